import Diagnostics
import Language
import Ledger
import Values

/// Why a decision came out as it did: every rule that was tried with the numbers it compared, from the facts it saw.
///
/// It is worked out again from the trace, by the tree walker; a test holds it against the decision.
public struct Explanation: Sendable {
  public let decision: Decision
  /// In the order they were tried: denials, what to pay, total caps, then bucket by bucket.
  public internal(set) var trials: [RuleTrial] = []
  public internal(set) var draws: [BucketDraw] = []
  /// Rules about this event that were never reached.
  public internal(set) var notTried: [Int] = []
  public internal(set) var recomputedVerdict = Decision.Verdict.allowed
  public internal(set) var recomputedDenial: Int?
  let engine: RuleEngine
  var arithmetic: ArithmeticText

  /// One rule as it was tried.
  public struct RuleTrial: Sendable {
    public var rule: Int
    public var clauses: [Clause]
    /// All its clauses held.
    public var holds: Bool
    /// A cap: what it allowed; nil for none in force.
    public var limit: Int64?
    /// What was compared, in numbers.
    public var arithmetic: String
    /// It stands against the event: a denial that holds, a closed gate, a cap that was too low.
    public var objects: Bool
  }

  public struct Clause: Sendable {
    public var span: Span
    public var holds: Bool
    /// `balance $0.41 < request.cost $1.08`
    public var arithmetic: String
  }

  /// One bucket's part in the waterfall.
  public struct BucketDraw: Sendable {
    public var bucket: Int
    /// What was still to be paid when its turn came, at standard rates.
    public var need: Int64
    /// What it would have had to give at its own rate.
    public var due: Int64
    public var available: Int64
    public var closedBy: Int?
    /// The lowest cap in force.
    public var cap: (rule: Int, limit: Int64)?
    public var gave: Int64
    /// What was still to be paid after it.
    public var rest: Int64
  }

  /// - Parameter keyNames: what the account calls its keys, for people.
  public init(_ decision: Decision, by engine: RuleEngine, keyNames: [String] = []) {
    self.decision = decision
    self.engine = engine
    let reader = FactReader(engine.compiled, decision.trace)
    arithmetic = ArithmeticText(
      program: engine.program, reader: reader, formatter: ValueFormatter(engine.program, keyNames: keyNames))
    guard engine.program.events.indices.contains(decision.event) else { return }
    if decision.verdict == .conflict || decision.isReplay {
      recomputedVerdict = decision.verdict
      return
    }
    if decision.field != nil {
      recomputedVerdict = .denied
      recomputedDenial = decision.denial
      return
    }
    tryRules(engine.compiled.plans[decision.event])
  }

  // MARK: - Trying again

  private mutating func tryRules(_ plan: EventPlan) {
    var objection: (rule: Int, denial: Int)?
    for rule in plan.denies {
      let trial = attempt(rule)
      if trial.objects, objection == nil { objection = (rule, denial(of: rule)) }
      trials.append(trial)
    }
    if let objection {
      deny(objection.denial)
      notTried += plan.ons + plan.totalCaps + plan.gates.joined() + plan.caps.joined()
      return
    }
    for rule in plan.ons { trials.append(attempt(rule)) }
    draw(plan)
  }

  private mutating func deny(_ denial: Int?) {
    recomputedVerdict = .denied
    recomputedDenial = denial
  }

  private mutating func draw(_ plan: EventPlan) {
    let program = engine.program
    let reader = arithmetic.reader
    var need = decision.trace.amount
    guard need > 0 else {
      notTried += plan.totalCaps + plan.gates.joined() + plan.caps.joined()
      return
    }
    for (position, rule) in plan.totalCaps.enumerated() {
      let trial = attempt(cap: rule, asked: need)
      trials.append(trial)
      if trial.objects {
        deny(denial(of: rule))
        notTried += plan.totalCaps.dropFirst(position + 1) + plan.gates.joined() + plan.caps.joined()
        return
      }
    }
    var short: Int?
    var isShort = false
    for bucket in program.buckets.indices {
      if need == 0 {
        notTried += plan.gates[bucket] + plan.caps[bucket]
        continue
      }
      let available = reader.value(of: .available(bucket))
      let rate = program.buckets[bucket].rate.map { reader.evaluate($0) } ?? ValueType.none
      let due =
        rate == ValueType.none ? need : Arithmetic.due(need, atRate: rate, step: program.buckets[bucket].rateStep)
      var draw = BucketDraw(bucket: bucket, need: need, due: due, available: available, gave: 0, rest: need)
      for (position, rule) in plan.gates[bucket].enumerated() where draw.closedBy == nil {
        let trial = attempt(gate: rule)
        trials.append(trial)
        if trial.objects {
          draw.closedBy = rule
          notTried += plan.gates[bucket].dropFirst(position + 1) + plan.caps[bucket]
        }
      }
      if let gate = draw.closedBy {
        if !isShort { (short, isShort) = (denial(of: gate), true) }
        draws.append(draw)
        continue
      }
      var blamed: Int?
      var room = min(due, available)
      for rule in plan.caps[bucket] {
        let trial = attempt(cap: rule, asked: due)
        trials.append(trial)
        guard let limit = trial.limit else { continue }
        if draw.cap.map({ limit < $0.limit }) ?? true { draw.cap = (rule, limit) }
        if limit < due, blamed == nil { blamed = denial(of: rule) }
        room = min(room, max(0, limit))
      }
      draw.gave = max(0, room)
      let rest = due - draw.gave
      need =
        rest <= 0
        ? 0
        : rate == ValueType.none
          ? rest
          : Arithmetic.restAtStandardRates(
            rest: rest, need: need, due: due, step: program.buckets[bucket].rateStep)
      draw.rest = need
      draws.append(draw)
      if rest > 0, !isShort, let code = blamed ?? program.buckets[bucket].denial { (short, isShort) = (code, true) }
    }
    if need > 0 { deny(short) }
  }

  private func denial(of rule: Int) -> Int {
    switch engine.program.rules[rule].kind {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial), .beforeDenial(let denial): denial
    case .on, .after: -1
    }
  }

  private func clauses(of rule: Int) -> [Clause] {
    var clauses: [Clause] = []
    for clause in engine.program.rules[rule].clauses {
      let holds = arithmetic.reader.evaluate(clause) != 0
      clauses.append(Clause(span: clause.span, holds: holds, arithmetic: arithmetic.condition(clause)))
      if !holds { break }
    }
    return clauses
  }

  /// A rule with nothing but a condition: a denial objects when it holds.
  private func attempt(_ rule: Int) -> RuleTrial {
    let clauses = clauses(of: rule)
    let holds = clauses.allSatisfy(\.holds)
    let isDenial = if case .deny = engine.program.rules[rule].kind { true } else { false }
    // What settles it: the clause that failed, or all of them.
    let shown = clauses.last.map { $0.holds ? clauses : [$0] } ?? []
    return RuleTrial(
      rule: rule, clauses: clauses, holds: holds, arithmetic: shown.map(\.arithmetic).joined(separator: ", "),
      objects: isDenial && holds)
  }

  private func attempt(gate rule: Int) -> RuleTrial {
    var trial = attempt(rule)
    trial.objects = !trial.holds
    return trial
  }

  private func attempt(cap rule: Int, asked: Int64) -> RuleTrial {
    var trial = attempt(rule)
    guard trial.holds, case .cap(_, let limit, _) = engine.program.rules[rule].kind else { return trial }
    let value = arithmetic.reader.evaluate(limit)
    guard value != ValueType.none else {
      trial.arithmetic = "no cap"
      return trial
    }
    trial.limit = value
    trial.objects = max(0, value) < asked
    trial.arithmetic = capText(limit, value, asked: asked)
    return trial
  }

  /// `limits.payg_spent $49.70 + $0.35 = $50.05 > limits.spending_limit $50.00 (over by $0.05)`
  private func capText(_ limit: Expr, _ value: Int64, asked: Int64) -> String {
    func money(_ nano: Int64) -> String { Money(nano: nano).description }
    let (excess, overflow) = asked.subtractingReportingOverflow(max(0, value))
    let over = excess > 0 && !overflow ? " (over by \(money(excess)))" : ""
    var expr = arithmetic.chosen(limit)
    if case .named(let index) = expr.kind { expr = arithmetic.chosen(engine.program.lets[index].value) }
    if case .subtract(let most, let spent) = expr.kind {
      let (total, wraps) = arithmetic.reader.evaluate(spent).addingReportingOverflow(asked)
      if !wraps {
        let top = arithmetic.reader.evaluate(most)
        return "\(arithmetic.sum(spent)) + \(money(asked)) = \(money(total)) \(total > top ? ">" : "≤") "
          + arithmetic.sum(most) + over
      }
    }
    return "\(money(asked)) \(asked > max(0, value) ? ">" : "≤") \(arithmetic.sum(limit))\(over)"
  }
}
