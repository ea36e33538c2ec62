import Formats
import Foundation
import Shell
import Testing

@testable import Commands

/// Commands that submit one event: what they print, what they exit with.
@Suite("Event commands")
struct EventCommandTests {
  static func json(_ outcome: Stand.Outcome) throws -> Json { try JsonReader.read(Array(outcome.out.utf8)) }

  /// The first lines of what was printed.
  static func head(_ outcome: Stand.Outcome, _ count: Int = 3) -> [String] {
    Array(outcome.out.split(separator: "\n").prefix(count).map(String.init))
  }

  @Test("allowed, replayed, conflicting, denied")
  func verdicts() throws {
    try Stand.with([Stand.acme]) { stand in
      let allowed = stand.run(["request", "acme", "costing", "$0.50", "as", "r1"])
      #expect(allowed.status == 0 && allowed.error == "")
      #expect(
        allowed.out == """
          ALLOWED  request  r1  2026-01-01T00:00:00Z
            pays $0.50: balance $0.50
            acme has quota $0.00, balance $19.50

          """)
      let replayed = stand.run(["request", "acme", "costing", "$0.50", "--id", "r1"])
      #expect(replayed.status == 0)
      #expect(
        Self.head(replayed) == [
          "ALLOWED  request  r1  2026-01-01T00:00:00Z (replayed: nothing happened now)", "  pays $0.50: balance $0.50",
          "  acme has quota $0.00, balance $19.50",
        ])
      let conflict = stand.run(["request", "acme", "costing $0.60 as r1"])
      #expect(conflict.status == 2)
      #expect(
        Self.head(conflict) == [
          "CONFLICT  request  r1  2026-01-01T00:00:00Z  key k1, costing $0.60",
          "  by the memory of ids: The id `r1` was used before for something else",
          "  acme has quota $0.00, balance $19.50",
        ])
      let denied = stand.run(["request", "acme", "costing", "$50", "as", "r2"])
      #expect(denied.status == 2)
      #expect(
        Self.head(denied, 4) == [
          "DENIED  request  r2  2026-01-01T00:00:00Z  key k1, costing $50.00, cost $50.00",
          "  by funding.balance  funding/policy.rules:15", "     $19.50 available < $50.00 (short by $30.50)",
          "  402 insufficient_balance  Insufficient account balance",
        ])
      #expect(denied.out.hasSuffix("\n  acme has quota $0.00, balance $19.50\n"))
      #expect(stand.run(["audit"]).status == 0)
    }
  }

  @Test("every verb is an event of the shipped rules")
  func verbs() throws {
    let setup = [Stand.acme, ["set", "acme", "card", "visa"]]
    try Stand.with(setup) { stand in
      let table: [(arguments: [String], status: Int32, lines: [String])] = [
        (
          ["plan", "acme", "$10", "as", "s1"], 0,
          ["ALLOWED  subscribe  s1  2026-01-01T00:00:00Z", "  acme has quota $10.00, balance $20.00"]
        ),
        (
          ["request", "acme", "costing", "$4"], 0,
          ["  pays $4.00: quota $4.00", "  acme has quota $6.00, balance $20.00"]
        ),
        (
          ["request", "acme", "model gpt-4o, input 1200, output 300", "as", "r1"], 0,
          ["ALLOWED  request  r1  2026-01-01T00:00:00Z", "  pays $0.006: quota $0.006"]
        ),
        (
          ["hold", "acme", "estimate $1, ttl 5 minutes", "as", "h1"], 0,
          ["ALLOWED  hold  h1  2026-01-01T00:00:00Z", "  reserves $1.00: quota $1.00"]
        ),
        (["settle", "acme", "hold h1, actual $0.40"], 0, ["  pays $0.40: quota $0.40"]),
        (["hold", "acme", "estimate", "$1", "as", "h2"], 0, ["  reserves $1.00: quota $1.00"]),
        (["void", "acme", "hold", "h2"], 0, ["ALLOWED  void  "]),
        (["void", "acme", "hold", "h2"], 2, ["409 hold_resolved"]),
        (["topup", "acme", "$25", "as", "t1"], 0, ["  asked visa for $25.00: paid", "balance $45.00"]),
        (["refund", "acme", "$10, approved_by ana, reason outage"], 0, ["  sent $10.00 of t1 back to visa: paid"]),
        (["refund", "acme", "$10"], 2, ["403 needs_support_approval"]),
        (["dispute", "acme", "payment", "t1"], 0, ["ALLOWED  dispute  "]),
        (["grant", "acme", "$5"], 0, ["ALLOWED  grant  ", "balance $25.00"]),
        (["event", "cancel", "acme"], 0, ["ALLOWED  cancel  "]),
      ]
      for (arguments, status, lines) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == status, "\(arguments): \(outcome)")
        for line in lines { #expect(outcome.out.contains(line), "\(arguments): \(outcome.out)") }
      }
      #expect(stand.run(["audit"]).status == 0)
    }
  }

  @Test("an answer as JSON")
  func answers() throws {
    try Stand.with([Stand.acme]) { stand in
      let allowed = try Self.json(stand.run(["request", "acme", "costing $0.50 as r1", "--json"]))
      for (name, value) in [
        ("schema", "payg.answer/1"), ("id", "r1"), ("verdict", "allowed"), ("status", 200), ("code", .null),
        ("amount_nano", 500_000_000), ("covered_nano", 500_000_000), ("replay", false), ("requests", []),
        ("account", "acme"), ("at", "2026-01-01T00:00:00Z"), ("text", .null), ("asked", []),
      ] as [(String, Json)] { #expect(allowed[name] == value, "\(name): \(allowed.compact)") }
      #expect(allowed["paid"]?["balance"] == 500_000_000 && allowed["line"] == nil)
      #expect(allowed["after"]?["buckets"]?["balance"]?["amount_nano"] == 19_500_000_000)
      let denied = try Self.json(stand.run(["request", "acme", "costing $50", "--json"]))
      #expect(denied["verdict"] == "denied" && denied["code"] == "insufficient_balance" && denied["status"] == 402)
      #expect(denied["decider"] == "funding.balance" && denied["text"] == "Insufficient account balance")
      #expect(denied["explanation"]?.elements.first?.text?.hasPrefix("DENIED  request") == true)
    }
  }

  @Test("when it happens, and what it is called, said once")
  func timesAndIds() throws {
    try Stand.with([Stand.acme, ["clock", "to", "2026-02-01"]]) { stand in
      let dated = stand.run(["request", "acme", "costing", "$1", "as", "r1", "--at", "2026-01-10 14:02"])
      #expect(Self.head(dated, 1) == ["ALLOWED  request  r1  2026-01-10T14:02:00Z"], "\(dated)")
      let inLine = stand.run(["request", "acme", "costing $1 as r2 at 2026-01-11"])
      #expect(Self.head(inLine, 1) == ["ALLOWED  request  r2  2026-01-11T00:00:00Z"], "\(inLine)")
      let named = stand.run(["request", "acme", "costing", "$1"])
      #expect(Self.head(named, 1).first?.hasPrefix("ALLOWED  request  #") == true)
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["request", "acme", "costing $1 as r3", "--id", "r4"], 64, "leave one of them out"),
        (["request", "acme", "costing $1", "--at", "2026-03-01"], 2, "later than it is"),
        (["request", "acme", "costing $1", "--at", "soon"], 64, "--at: `soon`"),
        (["request", "acme", "costing $1", "--id", "#5"], 2, "begins with a `#`"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(
          outcome.status == status && outcome.error.contains(text) && outcome.out == "", "\(arguments): \(outcome)")
      }
    }
  }

  @Test("what is wrong with a line is shown where it is, with what was meant")
  func lineFaults() throws {
    try Stand.with([Stand.acme, ["account", "add", "two", "--key", "k1", "--key", "k2"]]) { stand in
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["request", "two", "costing", "$1"], 64, "k2"),
        (["request", "acm", "costing", "$1"], 1, "did you mean `acme`?"),
        (["request", "acme", "costin", "$1"], 64, "did you mean `costing`?"),
        (["request", "acme", "costing", "$1,", "costing", "$2"], 64, "given twice"),
        (["request", "acme", "costing"], 64, "`costing` needs a value"),
        (["topup", "acme"], 64, "add `amount $5`"),
        (["topup", "acme", "5"], 64, "single quotes"),
        (["event", "topp", "acme", "$5"], 64, "did you mean `topup`?"),
        (["event", "topup"], 64, "account"), (["request"], 64, "account"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(
          outcome.status == status && outcome.error.contains(text) && outcome.out == "", "\(arguments): \(outcome)")
      }
      #expect(stand.run(["accounts"]).out.hasPrefix("acme\t0.00\t20.00\t0.00\t1\n"))
    }
  }

  @Test("what a shell takes away of quotes is put back")
  func words() {
    let table: [(words: [String], line: String)] = [
      (["model", "gpt-4o,", "input", "1200", "as", "r1"], "model \"gpt-4o\", input 1200 as \"r1\""),
      (["model gpt-4o, input 1200 as r1"], "model \"gpt-4o\", input 1200 as \"r1\""),
      (["model", "\"gpt 4\"", "as", "\"r 1\""], "model \"gpt 4\" as \"r 1\""),
      (["reason", "double charge,", "$10"], "reason \"double charge\", $10"), (["reason", "a, b"], "reason \"a, b\""),
      (["model", "is", "x"], "model is \"x\""), (["model", "=", "x"], "model = \"x\""),
      (["model", "none,", "as", "none"], "model none, as \"none\""),
      (["reason", "say \"hi\" \\ now"], "reason \"say \\\"hi\\\" \\\\ now\""), (["$25"], "$25"), ([], ""),
      (["model", ",", "reason"], "model, reason"), (["costing", "min($1,", "$2)"], "costing min($1, $2)"),
      (["reason model model reason"], "reason \"model\" model \"reason\""),
    ]
    for (words, line) in table {
      #expect(LineWords.text(words) { ["model", "reason"].contains($0) } == line, "\(words)")
    }
  }

  @Test("an event of the policy that is no command is told so")
  func unknownCommand() throws {
    try Stand.with([Stand.acme]) { stand in
      let table: [(arguments: [String], help: String)] = [
        (["auto_topup", "acme"], "payg event auto_topup ACCOUNT …"), (["reqest", "acme"], "payg request"),
        (["cancel"], "payg event cancel ACCOUNT …"), (["zzzzzz"], "payg --help"),
      ]
      for (arguments, help) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == 64 && outcome.error.contains("help: \(help)\n"), "\(arguments): \(outcome)")
      }
      let named = stand.run(["cancel", "acme", "--store", stand.store], hasStore: false)
      #expect(named.error.contains("payg event cancel ACCOUNT …"))
      #expect(stand.run(["cancel", "acme"], hasStore: false).error.contains("help: payg --help"))
    }
  }

  @Test("a family of its own needs no command of its own")
  func ownFamily() throws {
    try Program.withFolder { (folder: URL) throws in
      try Program.write(
        """
        policy tips "Tips go into a purse."
        bucket purse draw 10 keeps lots else empty_purse
        denial empty_purse 402 rank 1 "The purse is empty"
        event tip "somebody is kind"
          amount: money in $0..$100
        on tip rule put_in
          credit tip.amount to purse as tips

        """, to: folder.appending(path: "rules/tips/policy.rules"))
      try Stand.with(rules: folder.appending(path: "rules").path, [["account", "add", "ana"]]) { stand in
        let tip = stand.run(["event", "tip", "ana", "$3", "as", "t1"])
        #expect(tip.status == 0 && tip.out.hasSuffix("  ana has purse $3.00\n"), "\(tip)")
        let none = stand.run(["request", "ana", "costing", "$1"])
        #expect(none.status == 64 && none.error.contains("no event `request`"), "\(none)")
        let deletion = stand.run(["key", "delete", "ana", "k1"])
        #expect(deletion.status == 1 && deletion.error.contains("no event of the policy deletes a key"), "\(deletion)")
      }
    }
  }

  @Test("a key is deleted by the event of the policy that does it")
  func deletesKey() throws {
    try Stand.with([Stand.acme]) { stand in
      let deleted = stand.run(["key", "delete", "acme", "k1"])
      #expect(deleted.status == 0 && deleted.out.hasPrefix("ALLOWED  delete_key  "), "\(deleted)")
      let request = stand.run(["request", "acme", "costing", "$1"])
      #expect(request.status == 2 && request.out.contains("401 key_disabled"))
      let unknown = stand.run(["key", "delete", "acme", "k"])
      #expect(unknown.status == 1 && unknown.error.contains("the account `acme` has no key `k`"), "\(unknown)")
    }
  }

  // MARK: - Why

  @Test("a stored decision is explained as it was, whatever came after")
  func why() throws {
    try Stand.with([Stand.acme]) { stand in
      let denied = stand.run(["request", "acme", "costing $50 as r2"])
      _ = stand.run(["grant", "acme", "$100"])
      let why = stand.run(["why", "r2"])
      // The headline says more: whose it was.
      let told = denied.out.split(separator: "\n").dropFirst().dropLast()
      #expect(why.status == 0 && why.error == "")
      #expect(
        why.out.hasPrefix(
          "DENIED  r2 (request)  acme / k1  2026-01-01 00:00 UTC  costing $50.00, cost $50.00\n"), "\(why)")
      #expect(!told.isEmpty && why.out.split(separator: "\n").dropFirst().dropLast() == told)
      #expect(why.out.split(separator: "\n").last?.hasPrefix("acme, event ") == true)

      let allowed = stand.run(["request", "acme", "costing $50 as r2"])
      #expect(allowed.status == 0)
      let second = stand.run(["why", "r2"])
      #expect(second.out.hasPrefix("ALLOWED  r2 (request)  acme / k1  "))
      #expect(
        second.error
          == "note: 2 events have the id `r2`; this is the latest attempt; the others: events acme\n")
      let json = try Self.json(stand.run(["why", "r2", "--json"]))
      #expect(json["schema"] == "payg.why/1" && json["attempts"] == 2 && json["verdict"] == "allowed")
    }
  }

  @Test("an id of several accounts, an event without one, one that nobody knows")
  func whyIds() throws {
    try Stand.with([Stand.acme, ["account", "add", "north", "--key", "k1", "--balance", "$5"]]) { stand in
      _ = stand.run(["request", "acme", "costing $1 as r1"])
      _ = stand.run(["request", "north", "costing $2 as r1"])
      let latest = stand.run(["why", "r1"])
      #expect(latest.out.contains("north, event ") && latest.error.contains("the accounts acme, north have some"))
      let one = stand.run(["why", "r1", "--account", "acme"])
      #expect(one.out.contains("pays $1.00") && one.error == "")
      _ = stand.run(["request", "north", "costing $2 as r9"])
      #expect(
        stand.run(["why", "r9", "--account", "acme"]).error
          == "note: `r9` is an event of `north`; `acme` has none of that id\n")
      #expect(stand.run(["why", "r9", "of", "acme"]).error.contains("no event of `acme` has the id `r9`"))
      let nameless = stand.run(["grant", "acme", "$1", "--json"])
      let id = try Self.json(nameless)["id"]?.text ?? ""
      #expect(id.hasPrefix("#") && stand.run(["why", id]).out.hasPrefix("ALLOWED  \(id) grant  acme  "))
      for (arguments, text) in [
        (["why", "zz"], "no event has the id `zz`"), (["why", "r1", "--account", "acm"], "did you mean `acme`?"),
        (["why", "#9999"], "no event has the id `#9999`"), (["why", "#x"], "no event has the id"),
        (["why", "#99999999999999999999"], "no event has the id"),
      ] {
        let outcome = stand.run(arguments)
        #expect(outcome.status == 1 && outcome.error.contains(text) && outcome.out == "", "\(arguments): \(outcome)")
      }
    }
  }

  @Test("an id that is nearly one, and that of a payment")
  func whyNearly() throws {
    try Stand.with([Stand.acme, ["set", "acme", "card", "visa"]]) { stand in
      #expect(
        stand.run(["why", "r1"]).error
          == "error: no event has the id `r1`\n  why r1\n      ^^\n  help: payg events\n")
      _ = stand.run(["request", "acme", "costing $1 as first-one"])
      #expect(stand.run(["why", "frist-one"]).error.contains("\n  try: payg why first-one\n"))
      let far = stand.run(["why", "zz"]).error
      #expect(far.contains("help: the latest is: payg why first-one\n") && !far.contains("try:"), "\(far)")
      _ = stand.run(["event", "auto_topup", "acme", "enabled on, preset production", "as", "on"])
      let payment = stand.run(["why", "auto-1"])
      #expect(
        payment.status == 0 && payment.out.hasPrefix("ALLOWED  on (auto_topup)  acme  ")
          && payment.error == "note: `auto-1` is a payment of `acme` that auto_topup `on` asked for\n",
        "\(payment)")
    }
  }

  @Test("a balance tells what is open")
  func open() throws {
    try Stand.with([Stand.acme, ["hold", "acme", "estimate $1, ttl 5 minutes", "as", "h1"]]) { stand in
      _ = stand.run(["topup", "acme", "$25, card sepa-pending as t1"])
      #expect(
        stand.run(["balance", "acme"]).out == """
          acme  2026-01-01 00:00:00 UTC
            quota    $0.00 of $0.00
            balance  $20.00, $1.00 held, $19.00 available
            hold h1  $1.00 until 2026-01-01T00:05:00Z
            payment t1  $25.00 from sepa-pending, not answered yet

          """)
      let json = try Self.json(stand.run(["balance", "acme", "--json"]))
      #expect(json["open_holds"] == 1 && json["holds"]?.elements.first?["id"] == "h1")
      _ = stand.run(["clock", "forward", "1", "hour"])
      #expect(!stand.run(["balance", "acme"]).out.contains("hold h1"))
    }
  }

  @Test("colour is for words that say the same without it")
  func colour() throws {
    try Stand.with([Stand.acme]) { stand in
      let painted = stand.run(["request", "acme", "costing", "$50"], color: true)
      #expect(painted.out.hasPrefix("\u{1B}[31mDENIED\u{1B}[0m  request"))
      let plain = try Program.run(
        ["request", "acme", "costing", "$50"],
        environment: ["PAYG_STORE": stand.store, "NO_COLOR": "1", "CLICOLOR_FORCE": "1"])
      #expect(plain.status == 2 && plain.out.hasPrefix("DENIED  request") && !plain.out.contains("\u{1B}"))
    }
  }
}
