import Foundation
import Testing

/// A file of real requests, and how a user would have it compared.
struct Trace: Sendable, CustomTestStringConvertible {
  let name: String
  let path: String
  /// Words behind `payg compare … on FILE`.
  var options: [String] = []
  /// The column that names the account; nil: all rows are one account's.
  var account: String?
  /// The model of every row; nil: the file says.
  var model: String?
  var cached: String?
  /// The first of the days that seconds are counted from, January 2026; nil: times are dates.
  var start: Int?
  /// In cents.
  let quota: Int
  let balance: Int
  /// What the reform of it lets the balance pay in a cycle.
  let limit: Int
  /// When the plan of each account began: it is filled anew a month later.
  let subscribed: String
  let renewal: String

  var testDescription: String { name }

  static let embedded = Trace(
    name: "embedded", path: "REPL/demo/usage.csv.gz", account: "account", cached: "cached_tokens", quota: 500,
    balance: 4_000, limit: 1_000, subscribed: "2026-09-15", renewal: "2026-10-15")

  /// Beside the package, for who works on it: their licences do not go with it.
  static let folder = Program.root.deletingLastPathComponent().appending(path: "shared/data/traces")

  static let beside: [Trace] = [
    Trace(
      name: "azure_llm_2023_conv", path: beside("azure_llm_2023_conv.csv.gz"),
      options: ["--account", "azure", "--set", "model=gpt-4o", "--set", "key=k1"], model: "gpt-4o", quota: 1_000,
      balance: 7_000, limit: 4_000, subscribed: "2023-11-01", renewal: "2023-12-01"),
    Trace(
      name: "mooncake_conversation", path: beside("mooncake_conversation.csv.gz"),
      options: ["--account", "moon", "--set", "model=gpt-4o", "--set", "key=k1", "--start", "2026-01-01"],
      model: "gpt-4o", start: 1, quota: 2_000, balance: 25_000, limit: 20_000, subscribed: "2026-01-01",
      renewal: "2026-02-01"),
    Trace(
      name: "vtc_arena_2023", path: beside("vtc_arena_2023.csv"),
      options: ["--set", "model=gpt-4o", "--set", "key=k1", "--start", "2026-01-01"], account: "user",
      model: "gpt-4o", start: 1, quota: 2, balance: 20, limit: 10, subscribed: "2026-01-01", renewal: "2026-02-01"),
    // Sessions of several days: some are filled anew on the fourth.
    Trace(
      name: "weka_claude_code", path: beside("weka_claude_code.csv.gz"),
      options: [
        "--column", "session=account", "--set", "key=k1", "--start", "2026-01-01", "--column", "agent=", "--column",
        "api_time_s=",
      ], account: "session", cached: "derived_cached_input_tokens", start: 1, quota: 100, balance: 800, limit: 300,
      subscribed: "2025-12-04", renewal: "2026-01-04"),
  ]

  private static func beside(_ file: String) -> String { folder.appending(path: file).path }

  /// What `--given` says of every account.
  var given: [String] {
    let plan = Trace.dollars(quota)
    return [
      "--given", "plan_quota \(plan), subscription_start \(subscribed), quota is \(plan)", "--given",
      "fallback.enabled on, balance is \(Trace.dollars(balance))",
    ]
  }

  /// `$0.05` of 5.
  static func dollars(_ cents: Int) -> String { "$\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)" }

  var books: TraceBooks {
    get throws {
      TraceBooks(
        requests: try requests(),
        prices: Price.list(
          try String(contentsOf: Program.root.appending(path: "rules/pricing/prices.csv"), encoding: .utf8)),
        opening: TraceBooks.Opening(
          quota: quota * TraceBooks.unitsPerCent, balance: balance * TraceBooks.unitsPerCent, renewal: renewal))
    }
  }

  private struct Unreadable: Error {
    var line: Substring
  }

  private func requests() throws -> [TraceBooks.Request] {
    let lines = try text().split(separator: "\n")
    let header = (lines.first ?? "").split(separator: ",").map(String.init)
    func column(_ name: String) -> Int { header.firstIndex(of: name) ?? -1 }
    let (time, named) = (column("ts"), column("model"))
    let (input, output) = (column("input_tokens"), column("output_tokens"))
    let (account, cached) = (account.map(column), cached.map(column))
    return try lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == header.count, let read = Int(cells[input]), let written = Int(cells[output]),
        let known = cached.map({ Int(cells[$0]) }) ?? 0
      else { throw Unreadable(line: line) }
      return TraceBooks.Request(
        account: account.map { String(cells[$0]) } ?? "all", day: try day(cells[time], line),
        model: model ?? String(cells[named]), input: read, cached: known, output: written)
    }
  }

  private func day(_ time: Substring, _ line: Substring) throws -> String {
    guard let start else { return String(time.prefix(10)) }
    guard let seconds = Int(time.prefix { $0 != "." }) else { throw Unreadable(line: line) }
    let number = start + seconds / 86_400
    guard number <= 31 else { throw Unreadable(line: line) }
    return "2026-01-\(number < 10 ? "0" : "")\(number)"
  }

  private func text() throws -> String {
    let file = path.hasPrefix("/") ? URL(filePath: path) : Program.root.appending(path: path)
    guard path.hasSuffix(".gz") else { return try String(contentsOf: file, encoding: .utf8) }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }
}
