import Formats
import Foundation
import GRDB
import Testing

@testable import Commands

/// Commands on a store that submit no event.
@Suite("Store commands")
struct StoreCommandTests {
  // MARK: - Making one

  @Test("a new store says what it is and what comes next")
  func initText() throws {
    try Stand.withoutStore { stand in
      let made = stand.run(["init", "--rules", stand.rules, "--test-clock", "2026-01-01"])
      let lines = made.out.split(separator: "\n")
      #expect(made.status == 0 && made.error == "")
      #expect(
        lines.first?.hasPrefix("made \(stand.store): a test store, its clock at 2026-01-01T00:00:00Z, policy ") == true)
      #expect(lines.last == "next: payg account add acme --key k1 --store \(stand.store)")

      let again = stand.run(["init", "--rules", stand.rules])
      #expect(again.status == 1 && again.error.hasPrefix("error: `\(stand.store)` exists already\n  help: "))

      let live = stand.run(["init", stand.path("live.payg"), "--rules", stand.rules, "--json"])
      let json = try JsonReader.read(Array(live.out.utf8))
      #expect(json["schema"] == "payg.init/1" && json["test_clock"] == .null && json["policy"]?.text?.count == 64)
    }
  }

  @Test("what keeps a store from being made, and no file is left")
  func initFaults() throws {
    try Stand.withoutStore { stand in
      let broken = try stand.write("policy a \"A.\"\nsetting x money\n", to: "broken/a/policy.rules")
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["init", "x.payg", "--rules", "nowhere"], 1, "there is no `nowhere`"),
        (
          ["init", stand.store, "--rules", URL(filePath: broken).deletingLastPathComponent().path], 3, "policy.rules:2:"
        ),
        (
          ["init", stand.store, "--rules", stand.rules, "--test-clock", "2026-13-01"], 64, "--test-clock: `2026-13-01`"
        ),
        (["init", stand.store, "--rules", stand.rules, "--reform", "nowhere.rules"], 1, "nowhere.rules"),
        (["init", stand.path("no/such/folder/x.payg"), "--rules", stand.rules], 4, "folder/x.payg"),
        (["init", stand.store, "--wait", "-1"], 64, "--wait"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == status && outcome.error.contains(text), "\(arguments): \(outcome)")
        #expect(outcome.out == "")
      }
      #expect(!FileManager.default.fileExists(atPath: stand.store))
      let nameless = stand.run(["init"], hasStore: false)
      #expect(nameless.status == 64 && nameless.error.contains("no store is named"))
    }
  }

  // MARK: - Opening one

  @Test("every command says which store is wrong, and how: 4")
  func wrongStores() throws {
    try Stand.withoutStore { stand in
      let text = try stand.write("this is no database, however long it is", to: "text.payg")
      let commands = [
        ["accounts"], ["balance", "acme"], ["account", "add", "acme"], ["key", "add", "acme", "k"],
        ["key", "delete", "acme", "k"], ["set", "acme", "x", "1"], ["request", "acme"], ["event", "grant", "acme"],
        ["submit"], ["clock"], ["clock", "forward", "1", "hour"], ["import", "usage", "nowhere.csv"], ["policy"],
        ["policy", "use", stand.rules], ["policy", "export", stand.path("x")], ["pay", "pending"], ["pay", "list"],
        ["backup", stand.path("b")], ["audit"], ["why", "r1"],
      ]
      for command in commands {
        let missing = stand.run(command)
        #expect(
          missing.status == 4 && missing.error.contains("there is no store `\(stand.store)`")
            && missing.error.contains("help: make one: payg init"), "\(command): \(missing)")
        let wrong = stand.run(command, environment: ["PAYG_STORE": text])
        #expect(
          wrong.status == 4 && wrong.error.hasPrefix("error: `\(text)` is not a payg store"), "\(command): \(wrong)")
        let nameless = stand.run(command, hasStore: false)
        #expect(nameless.status == 64 && nameless.error.contains("no store is named"), "\(command): \(nameless)")
        #expect(missing.out + wrong.out + nameless.out == "", "\(command)")
      }
    }
  }

  @Test("--store wins over the environment")
  func naming() throws {
    try Stand.with([Stand.acme]) { stand in
      for option in [["--store", stand.store], ["-s", stand.store]] {
        let found = stand.run(["accounts"] + option, environment: ["PAYG_STORE": "nowhere.payg"])
        #expect(found.status == 0 && found.out.hasPrefix("acme"))
      }
    }
  }

  // MARK: - Accounts

  @Test("accounts with keys, money and settings")
  func accounts() throws {
    try Stand.with { stand in
      let added = stand.run([
        "account", "add", "acme", "--key", "k1", "--key", "k2", "--balance", "$20", "--set",
        "limits.spending_limit to $50", "--set", "teams.key_limit to $5 for key k2",
      ])
      #expect(added.out == "added acme with the keys k1, k2: quota $0.00, balance $20.00\n", "\(added)")
      #expect(stand.run(["account", "add", "north", "b"]).out.split(separator: "\n").count == 2)
      #expect(
        stand.run(["accounts"]).out
          == "acme\t0.00\t20.00\t0.00\t2\nb\t0.00\t0.00\t0.00\t0\nnorth\t0.00\t0.00\t0.00\t0\n")
      let table = stand.run(["accounts", "--table"]).out
      for word in ["account", "quota", "balance", "keys", "$20.00", "north"] {
        #expect(table.contains(word), "\(word): \(table)")
      }
      #expect(
        stand.run(["balance", "acme"]).out
          == "acme  2026-01-01 00:00:00 UTC\n  quota    $0.00 of $0.00\n  balance  $20.00\n"
      )
      let json = try JsonReader.read(Array(stand.run(["balance", "acme", "--json"]).out.utf8))
      #expect(json["schema"] == "payg.balance/1" && json["keys"] == ["k1", "k2"])
      #expect(json["buckets"]?["balance"]?["amount_nano"] == 20_000_000_000)
      #expect(json["buckets"]?["balance"]?["amount_usd"] == "20.00")
      let all = try JsonReader.read(Array(stand.run(["accounts", "--json"]).out.utf8))
      #expect(all["schema"] == "payg.accounts/1" && all["accounts"]?.elements.count == 3)
    }
  }

  @Test("what is wrong with an account is said, and nothing of the command happens")
  func accountFaults() throws {
    try Stand.with([Stand.acme]) { stand in
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["account", "add", "acme"], 1, "there is an account `acme` already"),
        (["account", "add", "b", "b"], 1, "there is an account `b` already"),
        (["account", "add", "b", "--key", "k", "--key", "k"], 1, "the account `b` has a key `k` already"),
        (["account", "add", "b", "--balance", "0"], 64, "--balance '$20'"),
        (["account", "add", "b", "--balance", "ten"], 64, "--balance: `ten` is not"),
        (["account", "add", "b", "--set", "limits.spendig_limit to $5"], 64, "did you mean `limits.spending_limit`?"),
        (["account", "add", "b", "--set", "limits.spending_limit to -$5"], 2, "a spending limit cannot be negative"),
        (["account", "add", "b", "--at", "2026-01-02"], 2, "later than it is"),
        (["account", "add", "b\u{7}"], 2, "cannot be the name of an account"),
        (["account", "add"], 64, "names"),
        (["balance", "acm"], 1, "try: payg balance acme\n"), (["balance", "zebra"], 1, "help: payg accounts\n"),
        (["key", "add", "acm", "k"], 1, "did you mean `acme`?"), (["key", "add", "acme", "k1"], 1, "already"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == status && outcome.error.contains(text), "\(arguments): \(outcome)")
        #expect(outcome.out == "")
      }
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t20.00\t0.00\t1\n")
    }
  }

  // MARK: - Settings and keys

  @Test("settings of an account, a key, all")
  func settings() throws {
    try Stand.with([Stand.acme, ["key", "add", "acme", "k2"]]) { stand in
      let table: [(arguments: [String], out: String)] = [
        (["set", "acme", "limits.spending_limit", "to", "$50"], "set limits.spending_limit to $50.00 of acme\n"),
        (["set", "acme", "spending_limit none"], "set limits.spending_limit to none of acme\n"),
        (
          ["set", "acme", "teams.key_limit to $5 for key k2"], "set teams.key_limit to $5.00 for key k2 of acme\n"
        ),
        (["set", "acme", "fallback.enabled", "on"], "set fallback.enabled to on of acme\n"),
        (["set", "acme", "card", "is", "visa"], "set funding.card to visa of acme\n"),
        (["set", "--global", "topup.minimum", "to", "$10"], "set topup.minimum to $10.00 for every account\n"),
        (["set", "--global", "overrun debt"], "set holds.overrun to debt for every account\n"),
      ]
      for (arguments, out) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == 0 && outcome.out == out, "\(arguments): \(outcome)")
      }
      let json = try JsonReader.read(Array(stand.run(["set", "acme", "topup.amount", "$20", "--json"]).out.utf8))
      #expect(json["schema"] == "payg.set/1" && json["setting"] == "topup.amount" && json["value"] == "$20.00")
    }
  }

  @Test("a setting that cannot be so is refused in the rules' own words")
  func settingFaults() throws {
    try Stand.with([Stand.acme, ["key", "add", "acme", "k2"]]) { stand in
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["set", "acme", "topup.amount $1"], 2, "the minimum top-up is $5.00"),
        (["set", "acme", "topup.amount", "none"], 64, "`topup.amount` cannot be none"),
        (["set", "acme", "spendig_limit", "$5"], 64, "did you mean `spending_limit`?"),
        (["set", "acme", "balance", "$5"], 64, "`balance` is not a setting"),
        (["set", "acme", "teams.key_limit", "$5"], 64, "several keys have it"),
        (["set", "acme", "teams.key_limit $5 for key k9"], 64, "did you mean"),
        (["set", "acme", "topup.minimum", "$5"], 64, "payg set --global topup.minimum to …"),
        (["set", "--global", "limits.spending_limit $5"], 64, "payg set ACCOUNT limits.spending_limit to …"),
        (["set", "acme"], 64, "name an account and a setting"), (["set", "--global"], 64, "name a setting"),
        (["set", "acm", "spending_limit", "$5"], 1, "did you mean `acme`?"),
        (["set", "acme", "spending_limit", "$5", "for"], 64, "key"),
        (["set", "acme", "spending_limit $5, topup.amount $20"], 64, "does not go on"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == status && outcome.error.contains(text), "\(arguments): \(outcome)")
        #expect(outcome.out == "")
      }
    }
  }

  // MARK: - Clock

  @Test("the clock of a test store moves forward")
  func clock() throws {
    try Stand.with { stand in
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["clock"], 0, "2026-01-01T00:00:00Z  (a test store)\n"),
        (["clock", "forward", "3", "days"], 0, "2026-01-04T00:00:00Z  (a test store)\n"),
        (["clock", "to", "2026-02-01", "14:02"], 0, "2026-02-01T14:02:00Z  (a test store)\n"),
        (["clock", "--json"], 0, #"{"schema": "payg.clock/1", "now": "2026-02-01T14:02:00Z", "test": true}"# + "\n"),
        (["clock", "to", "2026-01-01"], 2, "moves forward only"), (["clock", "forward", "-1", "day"], 64, "-1"),
        (["clock", "forward", "1.5", "hours"], 64, "`1.5 hours` is not a whole number"),
        (["clock", "to"], 64, "payg clock to 2026-02-01"), (["clock", "2026-02-01"], 64, "payg clock to 2026-02-01"),
        (["clock", "forward", "999999999999", "weeks"], 64, "out of range"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == status && (outcome.out + outcome.error).contains(text), "\(arguments): \(outcome)")
      }
    }
    try Stand.with(clock: nil) { stand in
      #expect(stand.run(["clock"]).out.hasSuffix("  (the clock of this machine)\n"))
      let moved = stand.run(["clock", "forward", "1", "day"])
      #expect(moved.status == 2 && moved.error.contains("only the clock of a test store can be moved"), "\(moved)")
    }
  }

  // MARK: - Policy

  @Test("a policy is shown, exported, and used")
  func policy() throws {
    try Stand.with([Stand.acme]) { stand in
      let shown = stand.run(["policy"])
      #expect(shown.out.hasPrefix("policy ") && shown.out.contains("\n  limits/policy.rules  "))
      #expect(shown.out.contains("\n  delete_key        a key is taken away; its history and its balance stay\n"))
      #expect(stand.run(["policy", "show"]).out == shown.out)
      let json = try JsonReader.read(Array(stand.run(["policy", "--json"]).out.utf8))
      #expect(json["schema"] == "payg.policy/1" && json["files"]?.elements.count == 12)

      let folder = stand.path("rules")
      let exported = stand.run(["policy", "export", folder])
      #expect(exported.status == 0 && exported.out.hasPrefix("wrote 12 files of policy "))
      let twice = stand.run(["policy", "export", folder])
      #expect(twice.status == 1 && twice.error.contains("exists already"))
      let same = stand.run(["policy", "use", folder])
      #expect(same.status == 0 && same.out.hasSuffix(" is in force already\n"), "\(same)")

      let reform = try stand.write("reform \"Low\"\n  topup.minimum default $1\n", to: "low.rules")
      let used = stand.run(["policy", "use", folder, "--reform", reform])
      #expect(used.status == 0 && used.out.contains(" is in force now, before it was "), "\(used)")
      #expect(stand.run(["set", "acme", "topup.amount", "$1"]).status == 0)
      let second = stand.run(["policy", "export", stand.path("again")])
      #expect(second.error.contains("--reform \(stand.path("again"))/reforms/1-low.rules"), "\(second)")
    }
  }

  @Test("a policy that does not check is shown and not used: 3; one without room for what there is: 2")
  func policyFaults() throws {
    try Stand.with([Stand.acme]) { stand in
      let before = stand.run(["policy"]).out
      let broken = try stand.write("policy a \"A.\"\nsetting x money\n", to: "broken/a/policy.rules")
      let wrong = stand.run(["policy", "use", URL(filePath: broken).deletingLastPathComponent().path])
      #expect(wrong.status == 3 && wrong.error.contains("policy.rules:2:") && wrong.out == "", "\(wrong)")
      let small = try stand.write("policy a \"A.\"\nsetting x: bool = on\n", to: "small/a/policy.rules")
      let roomless = stand.run(["policy", "use", URL(filePath: small).deletingLastPathComponent().path])
      #expect(roomless.status == 2 && roomless.error.contains("no place for what accounts have"), "\(roomless)")
      #expect(stand.run(["policy"]).out == before)
    }
  }

  @Test("prices are put in force")
  func prices() throws {
    try Stand.with([Stand.acme]) { stand in
      let list = try stand.write(
        #"{"mini": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}}"#, to: "prices.json")
      let used = stand.run(["import", "prices", list, "--store", stand.store])
      #expect(used.status == 0 && used.out.contains(" is in force now") && used.error.hasPrefix("1 model imported"))
      let request = stand.run(["request", "acme", "model", "mini,", "input", "1000000"])
      #expect(request.status == 0 && request.out.contains("pays $1.00: balance $1.00"), "\(request)")
      let json = stand.run(["import", "prices", list, "--store", stand.store, "--json"])
      let parsed = try JsonReader.read(Array(json.out.utf8))
      #expect(
        parsed["schema"] == "payg.import-prices/1" && parsed["prices"] == nil && parsed["policy"]?.text?.count == 64)
      let empty = try stand.write("{}", to: "none.json")
      #expect(stand.run(["import", "prices", empty, "--store", stand.store]).status == 1)
    }
  }

  // MARK: - Backup and audit

  @Test("a copy is a store, and an existing file is kept")
  func backup() throws {
    try Stand.with([Stand.acme]) { stand in
      let copy = stand.path("copy.payg")
      let copied = stand.run(["backup", copy])
      #expect(copied.status == 0 && copied.out == "copied \(stand.store) to \(copy)\n")
      #expect(stand.run(["accounts", "--store", copy]).out == stand.run(["accounts"]).out)
      let again = stand.run(["backup", copy])
      #expect(again.status == 1 && again.error.contains("exists already"))
      let json = try JsonReader.read(Array(stand.run(["backup", stand.path("c2"), "--json"]).out.utf8))
      #expect(json["schema"] == "payg.backup/1")
    }
  }

  @Test("a row that somebody changed is named: 2")
  func findings() throws {
    try Stand.with([Stand.acme]) { stand in
      try DatabaseQueue(path: stand.store).write { database in
        try database.execute(sql: "UPDATE book SET amount = amount + 5000000000 WHERE name = 'funding.balance'")
      }
      let found = stand.run(["audit"])
      #expect(found.status == 2, "\(found)")
      #expect(
        found.out.hasPrefix("wrong  acme  book  funding.balance  amount is $25.00, and should be $20.00\n"), "\(found)")
      let limited = stand.run(["audit", "--limit", "1"])
      #expect(limited.out.hasSuffix(" findings, of which 1 are shown\n"), "\(limited)")
      let json = try JsonReader.read(Array(stand.run(["audit", "--json"]).out.utf8))
      #expect(json["clean"] == false && json["findings"]?.elements.first?["account"] == "acme")
    }
  }

  @Test("an audit says that all is well, and that a file is damaged: 4")
  func audit() throws {
    try Stand.with([Stand.acme, ["request", "acme", "costing", "$1"]]) { stand in
      let clean = stand.run(["audit"])
      #expect(clean.status == 0 && clean.out == "clean  \(stand.store): 6 events, 1 account\n", "\(clean)")
      #expect(stand.run(["audit", stand.store], hasStore: false).status == 0)
      let json = try JsonReader.read(Array(stand.run(["audit", "--json"]).out.utf8))
      #expect(json["schema"] == "payg.audit/1" && json["clean"] == true && json["findings"] == [])

      var bytes = try Data(contentsOf: URL(filePath: stand.store))
      bytes.removeLast(bytes.count / 2)
      let broken = stand.path("broken.payg")
      try bytes.write(to: URL(filePath: broken))
      let damaged = stand.run(["audit", broken])
      #expect(damaged.status == 4 && damaged.error.contains("is damaged") && damaged.out == "", "\(damaged)")
    }
  }
}
