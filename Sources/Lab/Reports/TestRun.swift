import Diagnostics

/// What became of a set of scenarios: what every report is written from.
public struct TestRun: Sendable {
  public var results: [TestResult]
  public var elapsed: Duration

  public init(results: [TestResult], elapsed: Duration = .zero) {
    self.results = results
    self.elapsed = elapsed
  }

  public var passed: Int { results.count { $0.outcome == .passed } }
  public var failed: Int { results.count { $0.isFailed } }
  public var skipped: Int { results.count { $0.isSkipped } }

  /// `31 passed, 1 failed, 0 skipped`
  public var summary: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }
}

/// What became of one scenario.
public struct TestResult: Sendable {
  public var file: String
  /// From 1.
  public var line: Int
  public var title: String
  public var outcome: Outcome
  public var elapsed: Duration
  /// What each event did, for `--trace`.
  public var trace: [String]

  public enum Outcome: Sendable, Equatable {
    case passed
    case failed([Failure])
    /// The author's reason.
    case skipped(String)
  }

  public init(
    file: String, line: Int, title: String, outcome: Outcome, elapsed: Duration = .zero, trace: [String] = []
  ) {
    self.file = file
    self.line = line
    self.title = title
    self.outcome = outcome
    self.elapsed = elapsed
    self.trace = trace
  }

  public var isFailed: Bool { if case .failed = outcome { true } else { false } }
  public var isSkipped: Bool { if case .skipped = outcome { true } else { false } }

  /// `rules/limits/limits.scenario:12`
  public var place: String { "\(file):\(line)" }

  public var failures: [Failure] { if case .failed(let failures) = outcome { failures } else { [] } }

  /// A line of a scenario that did not come true.
  public struct Failure: Sendable, Equatable {
    public var file: String
    /// From 1.
    public var line: Int
    public var column: Int
    /// The line as the author wrote it: what was wanted.
    public var wanted: String
    /// What there was instead.
    public var got: String
    /// The rule that decided, the clause and its arithmetic, a line each.
    public var why: [String]

    public init(file: String, line: Int, column: Int, wanted: String, got: String, why: [String] = []) {
      self.file = file
      self.line = line
      self.column = column
      self.wanted = wanted
      self.got = got
      self.why = why
    }

    public var place: String { "\(file):\(line):\(column)" }
  }
}

extension Duration {
  /// `1.204`
  var secondsText: String {
    let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    let rest = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }
}
