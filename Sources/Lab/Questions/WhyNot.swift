import Engine
import Language
import Ledger
import Values

/// All that stands against an event, not only what decided: denials that hold, gates that are closed, caps that are too low,
/// buckets that are short, each judged as if nothing had stood before it.
public struct WhyNot: Sendable {
  public let decision: Decision
  /// In the order they are asked; empty where the event was not denied.
  public let objections: [Explanation.Objection]
  private let explanation: Explanation
  private let codes: [Int: String]

  public init(_ question: Question) throws(EngineFault) {
    let (exchange, account) = try question.answer()
    self.init(
      Explanation(exchange.decision, by: question.engine, account: account, words: question.labels), question.program)
  }

  /// Of a decision that was taken some time ago.
  public init(_ explanation: Explanation, _ program: Program) {
    self.explanation = explanation
    decision = explanation.decision
    objections = explanation.objections
    codes = Dictionary(
      uniqueKeysWithValues: program.denials.enumerated().map { ($0.offset, "\($0.element.status) \($0.element.code)") })
  }

  /// What people read: what decided first, then the rest of what would have.
  public func text() -> String {
    switch decision.verdict {
    case .allowed: return "nothing stood against it"
    case .waiting: return "it waits for the payment provider: nothing stands against it so far"
    case .conflict: return explanation.decisive ?? "its id was used before for something else"
    case .denied: break
    }
    var lines: [String] = []
    let hypothetical = objections.contains { $0.isHypothetical }
    let sorted = objections.filter(\.decided) + objections.filter { !$0.decided && !$0.isHypothetical }
    for objection in sorted { lines += told(objection) }
    if hypothetical {
      lines.append("had nothing stood before them, these would have denied it as well:")
      for objection in objections where objection.isHypothetical { lines += told(objection) }
    }
    for trial in explanation.rescues {
      lines.append(
        "  did not help: \(explanation.name(of: trial.rule))\(trial.arithmetic.isEmpty ? "" : " (\(trial.arithmetic))")"
      )
      lines += told(trial.reasons)
    }
    return lines.isEmpty ? explanation.decisive ?? "" : lines.joined(separator: "\n")
  }

  private func told(_ objection: Explanation.Objection) -> [String] {
    let code = objection.denial.flatMap { codes[$0] }.map { "  \($0)" } ?? ""
    var lines = ["  \(objection.decided ? "by " : "and ")\(objection.name)  \(objection.place)\(code)"]
    if !objection.arithmetic.isEmpty { lines.append("     \(objection.arithmetic)") }
    return lines + told(objection.reasons)
  }

  private func told(_ reasons: [ArithmeticText.Reason]) -> [String] {
    reasons.map { "     \($0.name): \($0.facts.joined(separator: ", "))" }
  }
}
