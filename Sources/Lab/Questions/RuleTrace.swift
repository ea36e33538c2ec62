import Diagnostics
import Engine
import Language
import Ledger
import Values

/// Every rule that is about an event, in the order they are asked: each clause with its arithmetic and its place, and what came
/// of the rule.
public struct RuleTrace: Sendable {
  public struct Step: Sendable {
    public var rule: String
    /// `limits/policy.rules:12`
    public var place: String
    public var kind: Kind
    public var outcome: Outcome
    public var clauses: [Clause]
    /// What was compared in the end; empty for a rule without a condition.
    public var arithmetic: String
    /// What the names in its conditions came from.
    public var reasons: [ArithmeticText.Reason]
    /// Why it was not asked.
    public var untried: String?
  }

  public struct Clause: Sendable, Hashable {
    public var place: String
    public var holds: Bool
    public var arithmetic: String
  }

  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case deny
    case on
    case cap
    case gate
    case beforeDenial = "before denial"
    case after
  }

  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    case passed
    /// It stood against the event.
    case objected
    case acted
    /// It holds, and would have acted had nothing stood against the event.
    case held = "would act"
    case idle = "did not act"
    case untried = "not tried"
  }

  /// Which steps are shown.
  public enum Filter: String, Sendable, Hashable, CaseIterable {
    case full
    /// What stood against it.
    case fails
    /// What acted.
    case notes
  }

  public let decision: Decision
  public let steps: [Step]
  private let explanation: Explanation

  public init(_ question: Question) throws(EngineFault) {
    let (exchange, account) = try question.answer()
    self.init(
      Explanation(exchange.decision, by: question.engine, account: account, words: question.labels), question.program)
  }

  /// Of a decision that was taken some time ago.
  public init(_ explanation: Explanation, _ program: Program) {
    self.explanation = explanation
    decision = explanation.decision
    let fired = Set(decision.firedRules)
    var steps: [Step] = []
    func step(_ trial: Explanation.RuleTrial, _ outcome: Outcome) -> Step {
      let spans = program.rules[trial.rule].clauses.count
      let clauses = trial.clauses.prefix(spans).map {
        Clause(place: explanation.place($0.span), holds: $0.holds, arithmetic: $0.arithmetic)
      }
      return Step(
        rule: program.rules[trial.rule].name, place: explanation.place(of: trial.rule),
        kind: RuleTrace.kind(program.rules[trial.rule].kind), outcome: outcome, clauses: clauses,
        arithmetic: trial.arithmetic, reasons: trial.reasons)
    }
    for trial in explanation.trials {
      let kind = RuleTrace.kind(program.rules[trial.rule].kind)
      if kind == .on {
        let refused = trial.rule == decision.rule && decision.verdict == .denied
        steps.append(
          step(trial, refused ? .objected : !trial.holds ? .idle : fired.contains(trial.rule) ? .acted : .held))
      } else {
        steps.append(step(trial, trial.objects ? .objected : .passed))
      }
    }
    for trial in explanation.rescues { steps.append(step(trial, .idle)) }
    var told = Set(explanation.trials.map(\.rule)).union(explanation.rescues.map(\.rule))
    let reactions = explanation.reactions
    for trial in reactions { steps.append(step(trial, fired.contains(trial.rule) ? .acted : .idle)) }
    told.formUnion(reactions.map(\.rule))
    func bare(_ rule: Int, _ outcome: Outcome, _ untried: String?) -> Step {
      Step(
        rule: program.rules[rule].name, place: explanation.place(of: rule),
        kind: RuleTrace.kind(program.rules[rule].kind),
        outcome: outcome, clauses: [], arithmetic: "", reasons: [], untried: untried)
    }
    // A rescue that acted, or was tried: what it saw is not kept.
    for rule in [decision.rescueRule, decision.triedRescueRule].compactMap({ $0 }) where told.insert(rule).inserted {
      steps.append(bare(rule, decision.rescueRule == rule ? .acted : .idle, nil))
    }
    for rule in explanation.reacting where told.insert(rule).inserted {
      let outcome: Outcome = decision.isAllowed ? (fired.contains(rule) ? .acted : .idle) : .untried
      steps.append(bare(rule, outcome, decision.isAllowed ? nil : "it looks at what was allowed"))
    }
    for rule in explanation.notTried where told.insert(rule).inserted {
      steps.append(bare(rule, .untried, RuleTrace.why(rule, explanation, program)))
    }
    self.steps = steps
  }

  private static func kind(_ kind: Rule.Kind) -> Kind {
    switch kind {
    case .deny: .deny
    case .on: .on
    case .cap: .cap
    case .gate: .gate
    case .beforeDenial: .beforeDenial
    case .after: .after
    }
  }

  private static func why(_ rule: Int, _ explanation: Explanation, _ program: Program) -> String {
    if let objecting = explanation.trials.first(where: { trial in
      guard trial.objects else { return false }
      switch (program.rules[trial.rule].kind, program.rules[rule].kind) {
      case (.deny, _), (.cap(nil, _, _), _): return true
      case (.gate(let closed, _), .gate(let bucket, _)), (.gate(let closed, _), .cap(let bucket?, _, _)):
        return closed == bucket
      default: return false
      }
    }) {
      return "`\(program.rules[objecting.rule].name)` had decided"
    }
    if case .deny = program.rules[rule].kind { return "it was asked before the card was charged" }
    return "nothing was left to be paid"
  }

  /// The steps a filter shows.
  public func steps(_ filter: Filter) -> [Step] {
    switch filter {
    case .full: steps
    case .fails: steps.filter { $0.outcome == .objected }
    case .notes: steps.filter { $0.outcome == .acted }
    }
  }

  /// What people read, a rule a line and its clauses below.
  public func text(_ filter: Filter = .full) -> String {
    let shown = steps(filter)
    var lines = [explanation.text().split(separator: "\n").first.map(String.init) ?? ""]
    if shown.isEmpty { lines.append(filter == .fails ? "  nothing stood against it" : "  no rule acted") }
    let width = shown.map { $0.outcome.rawValue.count }.max() ?? 0
    for step in shown {
      let mark = step.outcome.rawValue + String(repeating: " ", count: width - step.outcome.rawValue.count)
      lines.append(
        "  \(mark)  \(step.kind.rawValue) \(step.rule)  \(step.place)" + (step.untried.map { ": \($0)" } ?? ""))
      for clause in step.clauses { lines.append("     \(clause.holds ? "yes" : "no "): \(clause.arithmetic)") }
      // A cap says what it came to beside its condition.
      if !step.arithmetic.isEmpty, !step.clauses.contains(where: { step.arithmetic.contains($0.arithmetic) }) {
        lines.append("     \(step.arithmetic)")
      }
      for reason in step.reasons { lines.append("       \(reason.name): \(reason.facts.joined(separator: ", "))") }
    }
    return lines.joined(separator: "\n")
  }
}
