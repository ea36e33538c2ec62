import Formats
import Foundation
import Testing
import Values

@testable import Shell

/// What looking at the demo's store prints, line by line.
@Suite("Looking")
struct LookTests {
  private static let folder = DemoStore.root.appending(path: "Tests/ShellTests/Golden")

  /// Files of lines: each has what was typed and what came of it.
  static let transcripts: [(name: String, lines: [String])] = [
    (
      "accounts",
      [
        "accounts", "accounts where balance_nano < 1000000000", "balance lark", "balance ember as of 2026-10-15",
        "show haven", "show lark-2",
        "show juno-1", "show s0626-158", "show auto-3",
      ]
    ),
    (
      "money",
      [
        "spend delta for 2026-10 by week --chart", "spend delta for 2026-10", "spend for 2026-10",
        "spend birch of bob by model",
        "spend lark by key", "statement juno for 2026-10", "statement kite for 2026-10", "statement delta for 2026-10",
        "statement haven for 2026-11", "charges automatic", "charges fable declined", "charges lark", "refunds",
        "holds", "lots haven",
      ]
    ),
    (
      "limits",
      [
        "limits delta", "limits cedar", "limits grove", "limits birch", "limits ada", "keys birch",
        "keys birch --markdown", "cycle delta",
        "cycle birch", "settings delta", "settings", "history delta of limits.spending_limit",
        "history ember of balance last 5",
        "history delta of payg_spent",
      ]
    ),
    (
      "history",
      [
        "events lark last 6", "requests ada last 3", "requests birch last 2 --card", "decisions delta denied last 3",
        "decisions by limits.cycle_limit last 2", "decisions by topup.threshold_reached",
        "decisions by funding.balance last 1",
        "decisions denied for 2026-10 --chart", "decisions waiting last 2", "events for 2026-10-19 last 3",
        "events last 3 for 2026-10-19 kite",
      ]
    ),
    (
      "rules",
      [
        "rules unused last 10000", "rules used last 100", "explain limits.cycle_limit", "explain quota_exceeded",
        "models claude-opus-4-6",
        "models preset", "policies", ".schema decisions",
      ]
    ),
    (
      "sql",
      [
        "select account, code, count(*) as n from decisions where verdict = 'denied' group by 1, 2 order by n desc limit 3;",
        "select blance from accounts;", "with x as (select 1) delete from event;",
        "select account, balance_nano from accounts order by 2 limit 2;", ".count",
        "select id from requests where account = 'delta' and verdict = 'denied' order by seq desc limit 1;", "show _1",
      ]
    ),
    (
      "mistakes",
      [
        "balance birhc", "spend birch of bbo", "statement ada for 2026-13", "show nobody", "explain cycle_limt",
        "decisions by cycle_limt",
        "history delta of spending_limt", "models claude-opus-99", "limits", "events last 0", ".schema acounts",
        ".count", ".all",
      ]
    ),
  ]

  @Test("lines print what they did", arguments: LookTests.transcripts.indices)
  func golden(index: Int) throws {
    let (name, lines) = LookTests.transcripts[index]
    try LookTests.expect(try Typed().transcript(lines), "look-\(name)")
  }

  /// Questions that support and product ask: each is one line.
  @Test("every question about what is so is answered by one line")
  func questions() throws {
    let questions = [
      ("Show every automatic charge and what triggered it.", "charges automatic"),
      ("How much of the $100 from October can I refund, and to which card?", "show juno-1"),
      ("Where did the deleted key's money go?", "spend birch of bob by model"),
      ("Which rule was never used in the last 10,000 decisions?", "rules unused last 10000"),
      ("What is left of the limit, and when does it begin anew?", "limits delta"),
      ("What came in and went out in October, and does it add up?", "statement ember for 2026-10"),
      ("Who was denied most, and by what?", "decisions denied for 2026-10 --chart"),
      ("What was declined, and why?", "charges declined"),
      ("Who changed the limit, and when?", "history delta of spending_limit"),
      ("What did the account have on the 15th?", "balance ember as of 2026-10-15"),
      ("Who owes us money?", "accounts where balance_nano < 0"),
      ("Which streams hold money?", "holds"),
      ("Which gifts are left?", "lots haven"),
      ("What does this model cost?", "models claude-haiku-4-5-20251001"),
    ]
    let typed = try Typed()
    var text = ""
    for (question, line) in questions {
      let answer = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(answer)")
      text += "# \(question)\npayg> \(line)\n\(answer)\n"
    }
    try LookTests.expect(text, "questions-look")
  }

  @Test("each example of a verb runs on the demo's store")
  func examples() throws {
    let typed = try Typed()
    for verb in Verbs.look where !verb.name.hasPrefix(".") {
      #expect(!verb.examples.isEmpty, "\(verb.name) shows nothing to type")
      for example in verb.examples where !example.contains(">") {
        let text = typed.type(example)
        #expect(typed.status == .answered, "\(example)\n\(text)")
        #expect(!text.isEmpty, "\(example)")
      }
    }
  }

  @Test("the SQL that a verb teaches comes to what the verb says")
  func taught() throws {
    let typed = try Typed(isTerminal: false)
    typed.type(".sql on")
    for line in [
      "spend delta for 2026-10 by day", "spend delta by model", "spend lark by month", "spend birch of bob by key",
      "spend by account",
      "holds lark", "lots haven", "charges", "decisions delta denied last 3", "events last 2", "requests ada last 2",
      "accounts",
      "statement juno for 2026-10", "limits delta",
    ] {
      let said = typed.type("\(line) --jsonl")
      let sql = typed.error.text.split(separator: "\n").first.map(String.init) ?? ""
      #expect(sql.hasPrefix("select") && sql.hasSuffix(";"), "\(line): \(said)")
      let charged = Self.sum(of: "charged_nano", in: typed.out.text)
      typed.type(".mode jsonl")
      let found = typed.type(sql)
      #expect(typed.status == .answered && !typed.out.text.isEmpty, "\(line): \(sql)\n\(found)")
      if line.hasPrefix("spend") {
        #expect(charged > 0 && Self.sum(of: "charged_nano", in: typed.out.text) == charged, "\(line): \(sql)\n\(found)")
      }
    }
  }

  private static func sum(of member: String, in lines: String) -> Int64 {
    lines.split(separator: "\n").reduce(0) { sum, line in
      sum + ((try? JsonReader.read(Array(line.utf8)))?[member]?.integer ?? 0)
    }
  }

  @Test("every mode prints every verb, and JSON has its schema and coordinates")
  func modes() throws {
    for verb in Verbs.look where !verb.name.hasPrefix(".") {
      guard let line = verb.examples.first(where: { !$0.contains("--") }) else { continue }
      let typed = try Typed(isTerminal: false)
      // Those two read ten thousand answers.
      let modes = ["rules", "explain"].contains(verb.name) ? [.json, .table] : Mode.allCases
      for mode in modes {
        let text = typed.type("\(line) --\(mode.rawValue)")
        #expect(typed.status == .answered, "\(line) --\(mode.rawValue)\n\(text)")
        if mode == .json {
          #expect(text.hasPrefix("{\"schema\": \"payg."), "\(line)\n\(text)")
          #expect(text.contains("\"coordinates\": {\"account\": "), "\(line)\n\(text)")
          #expect(!text.contains("_usd\": 0.") && text.firstMatch(of: #/_nano": -?\d+\.\d/#) == nil, "\(line)\n\(text)")
        }
      }
    }
  }

  static func expect(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) throws {
    let file = folder.appending(path: "\(name).txt")
    if ProcessInfo.processInfo.environment["PAYG_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let wanted = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    if text != wanted {
      let pairs = zip(
        text.split(separator: "\n", omittingEmptySubsequences: false),
        wanted.split(separator: "\n", omittingEmptySubsequences: false))
      let first = pairs.first { $0 != $1 }
      Issue.record(
        "\(name).txt differs: printed `\(first?.0 ?? "")`, wanted `\(first?.1 ?? "")`; PAYG_UPDATE_GOLDENS=1 rewrites it",
        sourceLocation: location)
    }
  }
}
