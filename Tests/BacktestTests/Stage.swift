import Backtest
import Engine
import Foundation
import Lab
import Language
import Ledger
import Standard

/// The shipped rules, reforms of them, and real traffic.
enum Stage {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let usage = root.appending(path: "REPL/demo/usage.csv.gz").path

  static let texts: PolicyTexts = {
    do {
      return try RuleFolder(root.appending(path: "rules").path).load(vocabulary: StandardPlugin.vocabulary).texts!
    } catch {
      fatalError("the shipped rules cannot be read: \(error)")
    }
  }()

  static let current = candidate("current")

  /// The shipped rules with a reform.
  static func candidate(_ name: String, _ reform: String? = nil) -> Candidate {
    do {
      let texts = try reform.map { try Stage.texts.adding(reform: Array($0.utf8), path: "\(name).rules") } ?? texts
      return try Candidate(
        name: name, rules: LoadedRules(texts, vocabulary: StandardPlugin.vocabulary, depth: .checked))
    } catch {
      fatalError("\(error)")
    }
  }

  static func reform(_ changes: String) -> String { "reform \"a try\"\n  \(changes)\n" }

  /// October of the demo's twelve accounts, with accounts that begin as the lines say.
  static func traffic(_ given: [String], _ candidates: [Candidate]) throws -> FileTraffic {
    let file = try FileTraffic(
      usage, program: candidates[0].engine.program, options: TrafficOptions(event: "request"))
    let openings = try GivenOpenings(given, at: file.start ?? 0, for: candidates)
    file.begin { _, candidate in openings.opening(under: candidate) }
    return file
  }

  static func compare(
    _ candidates: [Candidate], given: [String] = ["balance is $40"],
    _ change: (inout ComparisonOptions) -> Void = { _ in }
  ) throws -> BacktestResult {
    var options = ComparisonOptions()
    change(&options)
    return try Comparison.run(candidates, over: traffic(given, candidates), options: options)
  }
}

/// A generator whose numbers are the same everywhere.
struct Dice {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}
