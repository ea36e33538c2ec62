import Foundation
import Testing

/// The shipped rules against reforms on real requests: every total is what a second computation comes to.
@Suite("Comparing on real traces", .serialized)
struct TraceTests {
  private static let golden = Program.root.appending(path: "Tests/CommandsTests/Golden/compare-october.txt")
  private static let halfEven = "REPL/demo/reforms/half-even.rules"

  @Test("the trace of the demo")
  func embedded() throws { try Self.check(.embedded) }

  @Test(
    "the traces beside the package",
    .enabled(if: FileManager.default.fileExists(atPath: Trace.folder.path), "there are none in ../shared/data/traces"),
    arguments: Trace.beside)
  func beside(trace: Trace) throws { try Self.check(trace) }

  /// A report as people read it. `PAYG_UPDATE_GOLDENS=1` writes it.
  @Test("the report on the trace of the demo")
  func report() throws {
    let trace = Trace.embedded
    let program = try Program.run(
      ["compare", "rules", "rules+\(Self.halfEven)", "rules+REPL/demo/reforms/limit-10.rules", "on", trace.path]
        + trace.given, environment: ["COLUMNS": "100"])
    #expect(program.status == 0 && program.error == "", "\(program.error)")
    if ProcessInfo.processInfo.environment["PAYG_UPDATE_GOLDENS"] == "1" {
      try Program.write(program.out, to: Self.golden)
    }
    #expect(try String(contentsOf: Self.golden, encoding: .utf8) == program.out)
  }

  // MARK: - Two computations

  /// What `--json` says, as far as it is held against.
  private struct Report: Decodable {
    struct Candidate: Decodable {
      struct Denial: Decodable {
        var code: String
        var count: Int
      }
      struct Day: Decodable {
        var day: String
        var allowed: Int
        var denied: Int
        var money: [String: Int]
      }
      struct Promise: Decodable { var promise: String }
      var verdicts: [String: Int]
      var denials: [Denial]
      var money: [String: Int]
      var days: [Day]
      var brokenPromises: [Promise]

      enum CodingKeys: String, CodingKey {
        case verdicts, denials, money, days
        case brokenPromises = "broken_promises"
      }
    }
    struct Pair: Decodable {
      struct Change: Decodable {
        var kind: String
        var change: String
        var count: Int
      }
      struct Account: Decodable {
        var account: String
        var changes: [String: Int]
        var a: [String: Int]
        var b: [String: Int]
      }
      var same: Int
      var differ: Int
      var accountsTouched: Int
      var byKind: [Change]
      var accounts: [Account]

      enum CodingKeys: String, CodingKey {
        case same, differ, accounts
        case accountsTouched = "accounts_touched"
        case byKind = "by_kind"
      }
    }
    var events: Int
    var accounts: Int
    var partial: Bool
    var candidates: [Candidate]
    var comparisons: [Pair]
    var notes: [String]
  }

  private static func check(_ trace: Trace) throws {
    try Program.withFolder { (folder: URL) throws in
      let tight = folder.appending(path: "tight.rules")
      try Program.write(
        """
        reform "A tight limit, and the nearest unit"
          limits.spending_limit default \(Trace.dollars(trace.limit))
          pricing.rounding default half_even

        """, to: tight)
      let program = try Program.run(
        ["compare", "rules", "rules+\(halfEven)", "rules+\(tight.path)", "on", trace.path, "--json"] + trace.given
          + trace.options)
      try #require(program.status == 0, "\(program.error)")
      let report = try JSONDecoder().decode(Report.self, from: Data(program.out.utf8))
      let books = try trace.books
      let terms = [
        TraceBooks.Terms(), .init(roundsHalfEven: true),
        .init(roundsHalfEven: true, limit: trace.limit * TraceBooks.unitsPerCent),
      ]
      let totals = terms.map(books.totals)
      #expect(report.events == books.requests.count && !report.partial)
      #expect(report.accounts == Set(books.requests.map(\.account)).count)
      #expect(!report.notes.contains { $0.contains("left out") || $0.contains("cannot be read") }, "\(report.notes)")
      try #require(report.candidates.count == terms.count && report.comparisons.count == terms.count - 1)
      for (candidate, totals) in zip(report.candidates, totals) { expect(candidate, totals) }
      for (pair, other) in zip(report.comparisons, totals.dropFirst()) { expect(pair, books, totals[0], other) }
      // Otherwise little would be shown.
      #expect(totals[0].denials["insufficient_balance"] ?? 0 > 0, "\(totals[0].denials)")
      #expect(totals[2].denials["spending_limit_exceeded"] ?? 0 > 0, "\(totals[2].denials)")
      #expect(books.difference(totals[0], totals[1]).changes["paid differs"] ?? 0 > 0)
    }
  }

  private static func nano(_ units: Int) -> Int { units * 2_000 }

  private static func sum(_ units: [String: Int]) -> Int { units.values.reduce(0, +) }

  /// Amounts that are not nothing.
  private static func money(quota: Int, balance: Int) -> [String: Int] {
    ["charged_nano": nano(balance), "quota_nano": nano(quota)].filter { $0.value != 0 }
  }

  private static func expect(_ candidate: Report.Candidate, _ totals: TraceBooks.Totals) {
    let denied = totals.denials.values.reduce(0, +)
    #expect(
      candidate.verdicts.filter { $0.value != 0 }
        == ["allowed": totals.allowed, "denied": denied].filter { $0.value != 0 })
    let denials = Dictionary(candidate.denials.map { ($0.code, $0.count) }, uniquingKeysWith: +)
    #expect(denials == totals.denials)
    #expect(
      candidate.money.filter { $0.value != 0 }
        == money(quota: sum(totals.quota), balance: sum(totals.balance)))
    #expect(candidate.brokenPromises.isEmpty)
    #expect(candidate.days.map(\.day) == totals.days.keys.sorted())
    for day in candidate.days {
      let found = TraceBooks.Day(
        allowed: day.allowed, denied: day.denied, quota: (day.money["quota_nano"] ?? 0) / 2_000,
        balance: (day.money["charged_nano"] ?? 0) / 2_000)
      #expect(found == totals.days[day.day], "\(day.day)")
    }
  }

  private static func expect(
    _ pair: Report.Pair, _ books: TraceBooks, _ a: TraceBooks.Totals, _ b: TraceBooks.Totals
  ) {
    let difference = books.difference(a, b)
    #expect(pair.same == difference.same)
    #expect(pair.differ == difference.changes.values.reduce(0, +))
    #expect(pair.accountsTouched == difference.accounts.count)
    let changes = Dictionary(pair.byKind.map { ($0.change, $0.count) }, uniquingKeysWith: +)
    #expect(changes == difference.changes)
    #expect(pair.byKind.allSatisfy { $0.kind == "request" })
    // What one account is called where the file names none is the command line's.
    #expect(pair.accounts.count == difference.accounts.count)
    for account in pair.accounts {
      let name = difference.accounts[account.account] == nil ? "all" : account.account
      #expect(account.changes.filter { $0.value != 0 } == difference.accounts[name], "\(name)")
      for (money, totals) in [(account.a, a), (account.b, b)] {
        #expect(
          money.filter { $0.value != 0 }
            == Self.money(quota: totals.quota[name] ?? 0, balance: totals.balance[name] ?? 0), "\(name)")
      }
    }
  }
}
