import Foundation
import Testing

@testable import Commands

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

  static let rules = Program.root.appending(path: "rules").path

  /// - Parameter setup: commands that come before, each of which must be answered.
  static func with<Result>(
    clock: String? = "2026-01-01", rules: String = rules, _ setup: [[String]] = [], _ body: (Stand) throws -> Result
  ) throws -> Result {
    try Program.withFolder { (folder: URL) throws in
      let stand = Stand(folder: folder)
      let made = stand.run(
        ["init", stand.store, "--rules", rules] + (clock.map { ["--test-clock", $0] } ?? []), hasStore: false)
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
