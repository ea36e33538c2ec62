import Foundation
import Testing

/// The demo builds, comes to the same numbers each time, and its numbers are right.
@Suite("The demo")
struct DemoTests {
  private static let golden = Program.root.appending(path: "Tests/CommandsTests/Golden/demo.txt")
  private static let demo = Program.root.appending(path: "REPL/demo")

  /// Builds the whole store, in debug too: about fifteen seconds of work, of which the audit is the half.
  @Test("its store comes to the golden numbers, audit finds nothing, and importing again changes nothing")
  func october() throws {
    try Program.withFolder { (folder: URL) throws in
      let store = folder.appending(path: "demo.payg").path
      let built = try Self.bash(#""$0" "$1" "$2""#, [Self.demo.appending(path: "build.sh").path, Program.path, store])
      try #require(built.status == 0, "\(built.out)\(built.error)")
      #expect(built.error == "")
      #expect(built.out.contains("clean  \(store): "))
      for line in try Self.shownOnFrontPage() { #expect(built.out.contains(line + "\n"), "\(line)\n\(built.out)") }

      let accounts = try Program.run(["accounts", "--json", "--store", store])
      let books = try Self.books(accounts.out)
      let numbers = (try Self.answers(built.out) + books.lines).joined(separator: "\n") + "\n"
      if ProcessInfo.processInfo.environment["PAYG_UPDATE_GOLDENS"] == "1" {
        try Program.write(numbers, to: Self.golden)
      }
      #expect(try String(contentsOf: Self.golden, encoding: .utf8) == numbers)

      try Self.expectByHand(books)

      let again = try Program.run(
        [
          "import", "usage", Self.demo.appending(path: "usage.csv.gz").path, "--json", "--rejects",
          folder.appending(path: "rejects").path, "--store", store,
        ])
      #expect(again.status == 0 && again.out.contains(#""rows": 8316, "#), "\(again.error)\(again.out)")
      #expect(again.out.contains(#""known": 8316, "rejected": 0,"#), "\(again.out)")
      #expect(try Program.run(["accounts", "--json", "--store", store]).out == accounts.out)
    }
  }

  /// What the front page shows of the demo.
  private static func shownOnFrontPage() throws -> [Substring] {
    let page = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    let block = try #require(
      page.components(separatedBy: "```\n$ payg why").dropFirst().first?.components(separatedBy: "```").first)
    let lines = ("$ payg why" + block).split(separator: "\n")
    #expect(lines.count > 2)
    return lines
  }

  @Test("each request its page names is in the file")
  func page() throws {
    let page = try String(contentsOf: Self.demo.appending(path: "README.md"), encoding: .utf8)
    let usage = try Self.usage()
    let ids = Set(usage.map(\.id))
    let named = page.matches(of: #/`(s\d{4}-\d+)`/#).map { String($0.1) }
    #expect(named.count > 8)
    for id in named { #expect(ids.contains(id), "\(id)") }
    #expect(
      ids.count == usage.count && page.contains("\(usage.count.formatted(.number.locale(.init(identifier: "en_US")))) ")
    )
    #expect(Set(usage.map { $0.id.prefix { $0 != "-" } }).count == 136)
  }

  // MARK: - The same numbers by hand

  /// A request as the file has it, its price worked out here.
  struct Usage {
    var at: String
    var account: String
    var id: String
    /// Units of $0.000002, rounded up; nil where the model has no price.
    var cost: Int?
  }

  /// Units for a million tokens: input, cached, output. One dollar is 500,000 units.
  private static let rates: [String: (Int, Int, Int)] = [
    "claude-haiku-4-5-20251001": (500_000, 50_000, 2_500_000),
    "claude-sonnet-4-5-20250929": (1_500_000, 150_000, 7_500_000),
    "claude-opus-4-5-20251101": (2_500_000, 250_000, 12_500_000),
    "claude-opus-4-6": (2_500_000, 250_000, 12_500_000),
  ]

  private static func usage() throws -> [Usage] {
    let text = try bash(#"gzip -dc "$0""#, [demo.appending(path: "usage.csv.gz").path]).out
    return try text.split(separator: "\n").dropFirst().map { row in
      let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      try #require(cells.count == 8, "\(row)")
      let input = try #require(Int(cells[5]))
      let cached = try #require(Int(cells[6]))
      let output = try #require(Int(cells[7]))
      let cost = rates[cells[4]].map { rate in
        ((input - cached) * rate.0 + cached * rate.1 + output * rate.2 + 999_999) / 1_000_000
      }
      return Usage(at: cells[0], account: cells[1], id: cells[3], cost: cost)
    }
  }

  /// What accounts with one purse have left, without the engine: each request is paid whole while it can be.
  private static func expectByHand(_ books: Books) throws {
    let usage = try usage()
    func left(_ account: String, of dollars: Int, until end: String = "2026-11") -> Int {
      usage.filter { $0.account == account && $0.at < end }.reduce(dollars * 500_000) { purse, request in
        guard let cost = request.cost, cost <= purse else { return purse }
        return purse - cost
      }
    }
    func nano(_ units: Int) -> Int { units * 2_000 }
    #expect(books.balances["ada"] == nano(left("ada", of: 40)))
    #expect(books.quotas["cedar"] == nano(left("cedar", of: 25)))
    // $25 and three top-ups; a fourth would show here.
    #expect(books.balances["ember"] == nano(left("ember", of: 25 + 3 * 50)))
    #expect(books.balances["fable"] == nano(left("fable", of: 15)))
    #expect(books.balances["haven"] == nano(left("haven", of: 40)))
    #expect(books.balances["juno"] == nano(left("juno", of: 100 - 50)))
    // All $60 go back to the bank; what had been spent of them is owed, and nothing is spent after.
    #expect(books.balances["kite"] == nano(left("kite", of: 60, until: "2026-10-19T08") - 60 * 500_000))
    // One stream settled: 12,000 tokens in, 48,000 cached, 2,400 out at $5, $0.50 and $25 a million.
    #expect(books.balances["lark"] == nano(left("lark", of: 50)) - 144_000_000)
  }

  // MARK: - What was built

  struct Books {
    var balances: [String: Int] = [:]
    var quotas: [String: Int] = [:]
    /// A line for each account, as the golden file has them.
    var lines: [String] = []
  }

  private static func books(_ json: String) throws -> Books {
    struct Accounts: Decodable {
      struct Account: Decodable {
        struct Bucket: Decodable {
          var amountNano: Int
          var heldNano: Int
        }
        var account: String
        var buckets: [String: Bucket]
      }
      var accounts: [Account]
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var books = Books()
    for account in try decoder.decode(Accounts.self, from: Data(json.utf8)).accounts {
      let quota = try #require(account.buckets["quota"])
      let balance = try #require(account.buckets["balance"])
      books.quotas[account.account] = quota.amountNano
      books.balances[account.account] = balance.amountNano
      books.lines.append(
        "\(account.account) quota_nano \(quota.amountNano) balance_nano \(balance.amountNano)"
          + " held_nano \(balance.heldNano)")
    }
    return books
  }

  /// How many requests were allowed, and denied with which code: `6988 requests allowed, denied: 374 quota_exceeded`.
  private static func answers(_ out: String) throws -> [String] {
    let list = try #require(out.components(separatedBy: "\n\n").first { $0.contains(" requests allowed, denied:") })
    let allowed = try #require(list.firstMatch(of: #/^(\d+) requests allowed/#)).1
    return ["allowed \(allowed)"] + list.matches(of: #/(\d+) ([a-z]+_[a-z_]+)/#).map { "\($0.2) \($0.1)" }
  }

  private static func bash(_ script: String, _ arguments: [String]) throws -> Program {
    try Program.withFolder { (folder: URL) throws in
      let files = [folder.appending(path: "out"), folder.appending(path: "error")]
      for file in files { try Program.write("", to: file) }
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["bash", "-c", script] + arguments
      process.environment = ProcessInfo.processInfo.environment.merging(["NO_COLOR": "1"]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: files[0])
      process.standardError = try FileHandle(forWritingTo: files[1])
      try process.run()
      process.waitUntilExit()
      return Program(
        status: process.terminationStatus, out: try String(contentsOf: files[0], encoding: .utf8),
        error: try String(contentsOf: files[1], encoding: .utf8))
    }
  }
}
