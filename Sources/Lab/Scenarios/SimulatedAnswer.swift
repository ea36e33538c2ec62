import Engine
import Language
import Ledger
import Values

/// What came of one deed in a simulation.
public struct SimulatedAnswer: Sendable {
  /// The engine's decision; nil where nothing was decided: a fault, a settings change, a move of the clock.
  public var decision: Decision?
  /// The event that happened, by its index; nil for a settings change or a move of the clock.
  public var event: Int?
  /// The rules' own words, or those of the fault, where it was refused.
  public var refusal: String?
  /// The facts as they were right after it, for conditions about it.
  var after: Trace?
  /// The time it happened at, in microseconds since 1970.
  var at: Int64
  let engine: RuleEngine
  let keyNames: [String]

  init(engine: RuleEngine, at: Int64, keyNames: [String]) {
    self.engine = engine
    self.at = at
    self.keyNames = keyNames
  }

  /// Nothing stood against it; true as well for a replay.
  public var isAllowed: Bool { refusal == nil && (decision?.isAllowed ?? true) }

  public var isDenied: Bool { decision?.verdict == .denied }

  /// Its id was used before for something else.
  public var isConflict: Bool { decision?.verdict == .conflict }

  /// Its id was known: this is the answer of then, and nothing happened now.
  public var isReplay: Bool { decision?.isReplay ?? false }

  /// The code of the denial or conflict; nil when allowed.
  public var denial: String? { decision?.code(in: engine.program) }

  /// The HTTP status the caller gets.
  public var status: Int64 { decision?.status(in: engine.program) ?? (refusal == nil ? 200 : 400) }

  /// What or who decided against it: `limits.cycle_limit`, or a bucket that fell short of its last cent.
  public var decider: String? {
    guard let decision, !decision.isAllowed else { return nil }
    if let rule = decision.rule { return engine.program.rules[rule].name }
    if let bucket = decision.bucket { return engine.program.buckets[bucket].name }
    return nil
  }

  /// What it had to pay in all.
  public var amount: Money { Money(nano: decision?.amount ?? 0) }

  /// What it drew from a bucket; nothing when denied.
  public func pays(_ bucket: String) -> Money {
    guard let index = NameIndex.unique(bucket, in: engine.program.buckets, named: \.name) else { return .zero }
    return pays(bucket: index)
  }

  func pays(bucket: Int) -> Money {
    guard let drawn = decision?.drawn, drawn.indices.contains(bucket) else { return .zero }
    return Money(nano: drawn[bucket])
  }

  /// The levels of the notices it sent, in order.
  public var notices: [String] { decision?.notices.map(\.level) ?? [] }

  /// The names of the rules that acted.
  public var firedRules: [String] { decision?.firedRules.map { engine.program.rules[$0].name } ?? [] }

  /// The promises of the rules that no longer held after it.
  public var brokenPromises: [String] { decision?.brokenPromises.map { engine.program.promises[$0].text } ?? [] }

  /// Why it came out as it did: the rule that decided first, with its arithmetic.
  public var why: String {
    if let refusal { return refusal }
    guard let decision else { return "nothing was decided" }
    return Explanation(decision, by: engine, keyNames: keyNames).text()
  }

  /// `allowed`, `denied with quota_exceeded by fallback.fallback_is_on`, `refused "…"`.
  public var summary: String {
    if let refusal { return "refused \"\(refusal)\"" }
    guard let decision else { return "allowed" }
    switch decision.verdict {
    case .allowed: return decision.isReplay ? "replayed" : "allowed"
    case .conflict: return "conflict"
    case .denied:
      let by = decider.map { " by \($0)" } ?? ""
      return "denied with \(denial ?? "no code")\(by)"
    }
  }
}
