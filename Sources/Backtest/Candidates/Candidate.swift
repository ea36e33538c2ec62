import Diagnostics
import Engine
import Lab
import Language

/// One of the policies that a backtest compares.
public struct Candidate: Sendable {
  /// What people know it by: `current`, `reforms/ten.rules`, `git:HEAD~3`.
  public var name: String
  /// SHA-256 over its texts; empty for rules that were made of none.
  public var hash: String
  /// What decides, with the global settings it begins with.
  public var engine: RuleEngine
  /// What it was read from; nil for an engine alone. Opening states in scenario lines need it, and so does saying which rules
  /// changed.
  public var rules: LoadedRules?
  /// What its customers would have done and been instead; nothing: what happened.
  public var supposition = Supposition()

  /// An engine that is at hand.
  public init(name: String, engine: RuleEngine, rules: LoadedRules? = nil) {
    self.name = name
    self.engine = engine
    self.rules = rules
    hash = engine.program.hash
  }

  /// Rules that were read.
  ///
  /// - Throws: ``BacktestFault/brokenRules(candidate:message:)`` where they have errors.
  public init(name: String, rules: LoadedRules) throws(BacktestFault) {
    guard !rules.diagnostics.hasErrors else {
      throw .brokenRules(
        candidate: name, message: "\n" + Renderer(sources: rules.sources).render(rules.diagnostics))
    }
    do throws(CompileError) {
      self.init(name: name, engine: try RuleEngine(rules.program), rules: rules)
    } catch {
      throw .brokenRules(candidate: name, message: error.message)
    }
  }
}

/// Why traffic cannot be replayed at all. What one policy makes of one event is never a fault: it is counted.
public enum BacktestFault: Error, Sendable, Hashable {
  case brokenRules(candidate: String, message: String)
  case tooFewCandidates
  case tooManyCandidates(limit: Int)
  /// An account has something that a candidate has no place for, or its opening state cannot be stated.
  case opening(account: String, candidate: String, reason: String)
  /// A sum left 64 bits.
  case sumTooLarge(what: String)
  /// The traffic cannot be read.
  case traffic(message: String, help: String?)
  /// What was asked for is no candidate or no traffic.
  case request(message: String, help: String?)
  /// A stretch of what somebody wrote cannot be understood: offsets in UTF-8.
  case words(message: String, text: String, range: Range<Int>, help: String?)
}

extension BacktestFault: CustomStringConvertible {
  /// One lower-case sentence.
  public var message: String {
    switch self {
    case .brokenRules(let candidate, let message): "`\(candidate)` cannot decide anything: \(message)"
    case .tooFewCandidates: "a comparison takes two policies or more"
    case .tooManyCandidates(let limit): "at most \(limit) policies are compared in one pass"
    case .opening(let account, let candidate, let reason):
      "account `\(account)` cannot begin under `\(candidate)`: \(reason)"
    case .sumTooLarge(let what): "the sum of \(what) is larger than any amount"
    case .traffic(let message, _), .request(let message, _): message
    case .words(let message, let text, let range, _): "\(message)\n\(BacktestFault.excerpt(text, range))"
    }
  }

  /// What was written, with carets below the place that is meant.
  private static func excerpt(_ text: String, _ range: Range<Int>) -> String {
    let bytes = Array(text.utf8)
    let low = min(max(0, range.lowerBound), bytes.count)
    let high = min(max(low, range.upperBound), bytes.count)
    let line = String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    let blanks = String(decoding: bytes[..<low], as: UTF8.self).count
    let carets = max(1, String(decoding: bytes[low..<high], as: UTF8.self).count)
    return "  \(line)\n  \(String(repeating: " ", count: blanks))\(String(repeating: "^", count: carets))"
  }

  /// What to do about it, one line.
  public var help: String? {
    switch self {
    case .brokenRules: "payg check RULES"
    case .tooFewCandidates: "payg compare current ten.rules on last month"
    case .tooManyCandidates: "compare them in several passes"
    case .opening: "choose a later beginning, or add what is missing to the rules"
    case .sumTooLarge: "compare a shorter period"
    case .traffic(_, let help), .request(_, let help), .words(_, _, _, let help): help
    }
  }

  public var description: String { message }
}
