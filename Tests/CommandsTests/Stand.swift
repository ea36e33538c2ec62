import Foundation
import Testing

@testable import Commands
@testable import Shell

/// A test store in a folder of its own, and commands on it as a shell would run them, without a process.
struct Stand {
  var folder: URL
  var store: String { folder.appending(path: "try.payg").path }

  /// What a command did.
  struct Outcome {
    var status: Int32
    var out: String
    var error: String
  }

  /// The shipped rules with two of the models of their price list, which is long to read.
  static func copyRules(to folder: URL) throws {
    try FileManager.default.copyItem(at: Program.root.appending(path: "rules").resolvingSymlinksInPath(), to: folder)
    let list = folder.appending(path: "pricing/prices.csv")
    let lines = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
    let kept = lines.prefix(1) + lines.filter { $0.hasPrefix("gpt-4o,") || $0.hasPrefix("gpt-4o-mini,") }
    try #require(kept.count == 3)
    try (kept.joined(separator: "\n") + "\n").write(to: list, atomically: true, encoding: .utf8)
  }

  /// The rules the store was made with.
  var rules: String { folder.appending(path: "shipped").path }

  /// A folder with rules and no store yet.
  static func withoutStore<Result>(_ body: (Stand) throws -> Result) throws -> Result {
    try Program.withFolder { (folder: URL) throws in
      try copyRules(to: folder.appending(path: "shipped"))
      return try body(Stand(folder: folder))
    }
  }

  /// - Parameter setup: commands that come before, each of which must be answered.
  static func with<Result>(
    clock: String? = "2026-01-01", rules: String? = nil, _ setup: [[String]] = [], _ body: (Stand) throws -> Result
  ) throws -> Result {
    try withoutStore { stand in
      let made = stand.run(
        ["init", stand.store, "--rules", rules ?? stand.rules] + (clock.map { ["--test-clock", $0] } ?? []),
        hasStore: false)
      try #require(made.status == 0, "\(made.error)")
      for arguments in setup {
        let outcome = stand.run(arguments)
        try #require(outcome.status == 0, "\(arguments): \(outcome.error)\(outcome.out)")
      }
      return try body(stand)
    }
  }

  /// An account with a key and money.
  static let acme = ["account", "add", "acme", "--key", "k1", "--balance", "$20"]

  func run(
    _ arguments: [String], input: [String] = [], environment: [String: String] = [:], hasStore: Bool = true,
    color: Bool = false
  ) -> Outcome {
    let (out, error) = (KeptText(), KeptText())
    let console = Console(
      out: out, error: error, input: { Array(input.joined().utf8) }, feed: KeptFeed(input),
      environment: (hasStore ? ["PAYG_STORE": store] : [:]).merging(environment) { $1 })
    let status = Payg.run(arguments + (color ? ["--color", "always"] : []), console)
    return Outcome(status: status.rawValue, out: out.text, error: error.text)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ text: String, to name: String) throws -> String {
    try Program.write(text, to: folder.appending(path: name))
    return path(name)
  }
}
