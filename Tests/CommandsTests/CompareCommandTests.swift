import Formats
import Foundation
import GRDB
import Testing

/// A store's history replayed: under the policy that made it, it has to come to what the store says.
@Suite("Replaying a store's history")
struct CompareCommandTests {
  /// Charges that wait, are declined and are answered late; a refund; settings that change.
  private static let story: [[String]] = [
    ["account", "add", "ada", "--key", "laptop", "--set", "card visa"],
    ["topup", "ada", "$20", "as", "t1"],
    ["topup", "ada", "$30, card sepa-pending", "as", "t2"],
    ["request", "ada", "model gpt-4o, input 1200, output 300", "as", "r1"],
    ["clock", "to", "2026-10-02"],
    ["topup", "ada", "$7, card visa-declined", "as", "t3"],
    ["topup", "ada", "$7, card visa", "as", "t3"],
    ["event", "collect_paid", "ada", "payment t2", "as", "late-1"],
    ["request", "ada", "model gpt-4o, input 1201, output 301", "as", "r2"],
    ["topup", "ada", "$30, card sepa-pending", "as", "t2"],
    ["event", "auto_topup", "ada", "enabled on, threshold $57, amount $25", "as", "at"],
    ["clock", "to", "2026-10-03"],
    ["request", "ada", "model gpt-4o, input 1000000, output 300", "as", "r3"],
    ["set", "ada", "limits.spending_limit", "to", "$3"],
    ["refund", "ada", "$5, payment t1, approved_by mia, reason \"too much\"", "as", "f1"],
    ["refund", "ada", "$9999, payment t1, approved_by mia, reason \"too much\"", "as", "f2"],
    ["hold", "ada", "model gpt-4o, input 1000, max_output 900", "as", "h1"],
    ["settle", "ada", "hold h1, input 1000, output 20", "as", "h1-end"],
    ["topup", "ada", "$9, card sepa-pending", "as", "t9"],
  ]

  private static func withStore<Result>(_ story: [[String]] = story, _ body: (String) throws -> Result) throws -> Result
  {
    try Program.withFolder { (folder: URL) throws in
      let store = folder.appending(path: "story.payg").path
      let made = try Program.run(["init", store, "--rules", "rules", "--test-clock", "2026-10-01T08:00"])
      try #require(made.status == 0, "\(made.error)")
      for line in story {
        let done = try Program.run(line + ["--store", store])
        #expect([0, 2].contains(done.status), "\(line): \(done.error)")
      }
      return try body(store)
    }
  }

  private static func json(_ words: [String], _ store: String) throws -> Json {
    let program = try Program.run(["compare", "current", "current", "on"] + words + ["--json", "--store", store])
    #expect(program.status == 0, "\(program.error)")
    return try JsonReader.read(Array(program.out.utf8))
  }

  @Test(
    "the same policy comes to the same postings, in any period",
    arguments: [
      ("all", "2026-01-01", "2027-01-01"), ("2026-10-01", "2026-10-01", "2026-10-02"),
      ("2026-10-02", "2026-10-02", "2026-10-03"), ("2026-10-03", "2026-10-03", "2026-10-04"),
    ])
  func isTheSame(period: String, start: String, end: String) throws {
    try Self.withStore { store in
      let report = try Self.json([period], store)
      let pair = try #require(report["comparisons"]?.elements.first)
      #expect(pair["differ"] == 0)
      let candidate = try #require(report["candidates"]?.elements.first)
      #expect(candidate["refusals"]?.elements.isEmpty == true)
      #expect(candidate["impossible"]?.elements.isEmpty == true)
      let queue = try DatabaseQueue(path: store)
      let moved = try queue.read { database in
        var moved: [String: Int64] = [:]
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT source, destination, amount FROM posting
            WHERE at >= unixepoch(?) * 1000000 AND at < unixepoch(?) * 1000000
            """, arguments: [start, end])
        for row in rows {
          let amount: Int64 = row["amount"]
          moved[row["source"], default: 0] -= amount
          moved[row["destination"], default: 0] += amount
        }
        return moved
      }
      let money = try #require(candidate["money"])
      func amount(_ name: String) -> Int64 { money["\(name)_nano"]?.integer ?? .min }
      #expect(amount("charged") + amount("quota") + amount("absorbed") == moved["usage", default: 0])
      #expect(amount("paid_in") == -moved["cards", default: 0])
      #expect(amount("refunded") == moved["refunds", default: 0])
      #expect(amount("quota") == -moved["subscription.quota", default: 0])
    }
  }

  @Test("compare, backtest, sweep: reports, files, exit codes")
  func reports() throws {
    try Self.withStore { store in
      let reform = Program.root.appending(path: "REPL/demo/reforms/half-even.rules").path
      let text = try Program.run(["compare", "current", reform, "on", "last", "week", "--store", store])
      #expect(text.status == 0 && text.out.contains("current → half-even.rules"), "\(text.out)\(text.error)")
      let differs = try Program.run(["backtest", reform, "on", "all", "--exit-code", "--store", store])
      #expect(differs.status == 2, "\(differs.error)")
      #expect(differs.out.contains("changed rules: pricing.rounding"))
      let same = try Program.run(["compare", "current", "current", "on", "all", "--exit-code", "--store", store])
      #expect(same.status == 0)
      let csv = try Program.run(["backtest", reform, "on", "all", "--csv", "--store", store])
      #expect(csv.out.hasPrefix("candidate,account,kind,id,at,change,"))
      let swept = try Program.run(["sweep", "limits.spending_limit in $0..$10 step $5", "on", "all", "--store", store])
      #expect(swept.status == 0 && swept.out.contains("$10.00"), "\(swept.error)")
      let usage = Program.root.appending(path: "REPL/demo/usage.csv.gz").path
      let file = try Program.run(
        ["compare", "rules", "rules+\(reform)", "on", usage, "--given", "balance is $20", "--rules", "rules"])
      #expect(file.status == 0 && file.out.contains("8,316 events, 12 accounts"), "\(file.error)")
    }
  }

  @Test("another model, a limit, a cache and a plan, on a file and on a store, with what each account pays")
  func usage() throws {
    let usage = Program.root.appending(path: "REPL/demo/usage.csv.gz").path
    let reform = Program.root.appending(path: "REPL/demo/reforms/limit-10.rules").path
    let file = ["on", usage, "--given", "balance is $1000", "--rules", "rules"]
    let text = try Program.run(
      ["compare", "current", "model is gpt-4o-mini", "output at most 500", "cached at least 60% of input"] + file)
    #expect(text.status == 0 && text.out.contains("current → cached at least 60% of input"), "\(text.out)\(text.error)")
    let accounts = try Program.run(
      ["compare", "first cancel", "first subscribe quota $20 rate 4/5, first fallback.enabled on, fee $16 each month"]
        + file + ["--accounts"])
    #expect(accounts.status == 0 && accounts.out.contains("all of these"), "\(accounts.error)")
    let csv = try Program.run(
      ["backtest", "\(reform), model is gpt-4o", "pricing.rounding default nano"] + file + ["--accounts", "--csv"])
    let rows = csv.out.split(separator: "\r\n")
    #expect(csv.status == 0 && rows.count == 25, "\(csv.error)")
    #expect(rows.first?.hasPrefix("candidate,account,newly_denied,") == true)
    #expect(rows.last?.hasPrefix("pricing.rounding default nano,") == true)
    #expect(rows.count(where: { $0.hasPrefix("\"limit-10.rules, model is gpt-4o\",") }) == 12)
    try Self.withStore { store in
      let json = try Program.run(
        [
          "compare", "current", "model is gpt-4o-mini", "never request, never hold", "on", "all", "--json", "--store",
          store,
        ])
      let report = try JsonReader.read(Array(json.out.utf8))
      let money = report["candidates"]?.elements.map { $0["money"]?["charged_nano"]?.integer ?? 0 } ?? []
      #expect(money.count == 3 && money[0] > money[1] && money[1] > 0 && money[2] == 0, "\(json.out)\(json.error)")
      let wrong = try Program.run(["compare", "current", "model is gpt-4o-mni", "on", "all", "--store", store])
      #expect(wrong.status == 64)
      #expect(wrong.error.contains("  model is gpt-4o-mni\n           ^^^^^^^^^^\n"), "\(wrong.error)")
      #expect(wrong.error.contains("did you mean `gpt-4o-mini`?"))
      let hash = try #require(report["candidates"]?.elements.first?["policy"]?.text)
      let kept = try Program.run([
        "compare", "current", "\(hash.prefix(12)), output at most 5", "on", "all", "--store", store,
      ])
      #expect(kept.status == 0, "\(kept.error)")
    }
  }

  @Test("--html writes a page beside the report, in any form of it, or to standard output")
  func pages() throws {
    try Self.withStore { store in
      let folder = URL(filePath: store).deletingLastPathComponent()
      let page = folder.appending(path: "report.html")
      let reform = Program.root.appending(path: "REPL/demo/reforms/half-even.rules").path
      func run(_ words: [String]) throws -> Program { try Program.run(words + ["--store", store]) }
      let plain = try run(["compare", "current", reform, "on", "all"])
      let told = try run(["compare", "current", reform, "on", "all", "--html", page.path])
      #expect(told.status == 0 && told.out == plain.out && told.error == "wrote \(page.path)\n", "\(told.error)")
      let first = try String(contentsOf: page, encoding: .utf8)
      #expect(first.hasPrefix("<!DOCTYPE html>\n") && first.contains("Round half to even"))
      #expect(first.contains("as they were in the store at the beginning of the period"))
      let json = try run(["backtest", reform, "on", "all", "--json", "--html", page.path])
      #expect(json.status == 0 && json.out.hasPrefix("{") && json.error == "wrote \(page.path)\n")
      #expect(try String(contentsOf: page, encoding: .utf8) == first, "the same result is the same bytes")
      let out = try run(["compare", "current", reform, "on", "all", "--html", "-"])
      #expect(out.out == first && out.error.isEmpty)
      let swept = try run(["sweep", "limits.spending_limit in $0..$10 step $5", "on", "all", "--html", page.path])
      #expect(swept.status == 0 && swept.out.contains("$10.00"), "\(swept.error)")
      #expect(try String(contentsOf: page, encoding: .utf8).contains("In numbers"))
      let usage = Program.root.appending(path: "REPL/demo/usage.csv.gz").path
      let file = try Program.run([
        "compare", "rules", "rules+\(reform)", "on", usage, "--given", "balance is $20", "--rules", "rules", "--html",
        page.path,
      ])
      #expect(file.status == 0, "\(file.error)")
      #expect(try String(contentsOf: page, encoding: .utf8).contains("<dd>balance is $20</dd>"))
    }
  }

  @Test("a page that cannot be written is known before the replay where it can be, and never written over a store")
  func unwritablePages() throws {
    try Self.withStore([]) { store in
      let folder = URL(filePath: store).deletingLastPathComponent().path
      let bytes = try Data(contentsOf: URL(filePath: store))
      for (path, reason) in [
        (folder, "it is a folder"), (store, "it is a file of the store"), (store + "-wal", "it is a file of the store"),
        (folder + "/none/page.html", "No such file or directory"), ("/dev/full", "No space left on device"),
      ] {
        let program = try Program.run(["compare", "current", "current", "on", "all", "--html", path, "--store", store])
        #expect(program.status == 1, "\(path)")
        #expect(program.error.contains("cannot write \(path): ") && program.error.contains(reason), "\(program.error)")
        #expect(program.error.contains("help: "))
        #expect(program.out.isEmpty || path == "/dev/full")
      }
      #expect(try Data(contentsOf: URL(filePath: store)) == bytes)
      let own = try Program.run([
        "compare", "rules", "rules", "on", "README.md", "--rules", "rules", "--html", "README.md",
      ])
      #expect(own.status == 1 && own.error.contains("it is the traffic"), "\(own.error)")
      let both = try Program.run([
        "compare", "current", "current", "on", "all", "--html", "-", "--json", "--store", store,
      ])
      #expect(both.status == 64 && both.error.contains("both take standard output"), "\(both.error)")
    }
  }

  @Test(
    "what is no comparison is a bad command line",
    arguments: [
      ["compare", "current"], ["compare", "current", "on", "all"], ["compare", "current", "current", "on"],
      ["compare", "current", "nowhere", "on", "all"], ["compare", "current", "current", "on", "no such period"],
      ["sweep", "limits.spending_limit", "on", "all"],
    ])
  func wrong(words: [String]) throws {
    try Self.withStore([]) { store in
      let program = try Program.run(words + ["--store", store])
      #expect([1, 64].contains(program.status), "\(program.out)")
      #expect(program.error.contains("error: "))
      #expect(program.error.contains("help: ") || program.error.contains("Usage"), "\(program.error)")
    }
  }
}
