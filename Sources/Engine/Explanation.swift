import Diagnostics
import Language
import Ledger
import Values

/// Why a decision came out as it did: every rule that was tried with the numbers it compared, from the facts it saw.
///
/// It is worked out again from the trace, by the tree walker; a test holds it against the decision.
public struct Explanation: Sendable {
  public let decision: Decision
  /// In the order they were tried: denials, what the rules of the event do, total caps, then bucket by bucket.
  public internal(set) var trials: [RuleTrial] = []
  public internal(set) var draws: [BucketDraw] = []
  /// What became of a hold that was settled.
  public internal(set) var settlement: Settlement?
  /// Rules about this event that were never reached.
  public internal(set) var notTried: [Int] = []
  public internal(set) var recomputedVerdict = Decision.Verdict.allowed
  public internal(set) var recomputedDenial: Int?
  let engine: RuleEngine
  var arithmetic: ArithmeticText
  /// The account, for what its records are called and what is kept in them.
  let account: AccountState?

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
    /// What the names in its conditions came from: `topup.is_low: funding.balance $9.50 < topup.threshold $10.00`.
    public internal(set) var reasons: [ArithmeticText.Reason] = []
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

  /// What a settled hold paid, beyond its buckets.
  public struct Settlement: Sendable {
    public var hold: Int64
    /// What the hold still reserved, at standard rates: nothing once it has expired.
    public var reserved: Int64
    /// What of the cost the reserve paid, at standard rates.
    public var fromReserve: Int64
    /// The same per bucket; nil where the account is not at hand.
    public var reserveDraws: [Int64]?
    /// What went beyond it.
    public var overrun: Int64
    /// The total cap that cut the overrun off, and what it left of it.
    public var cap: (rule: Int, limit: Int64)?
    /// What no bucket could be asked for.
    public var unpaid: Int64
    /// The customer owes it; else the platform bears it.
    public var isOwed: Bool
  }

  /// - Parameters:
  ///   - keyNames: what the account calls its keys, for people; not needed beside the account.
  ///   - account: the account after the event, for the names of its cards, holds and payments and what is kept of them.
  ///   - words: what the caller wrote for fields whose values mean nothing to the rules: who approved, which id was not found.
  public init(
    _ decision: Decision, by engine: RuleEngine, keyNames: [String] = [], account: AccountState? = nil,
    words: [Transaction.Label] = []
  ) {
    self.decision = decision
    self.engine = engine
    self.account = account
    let reader = FactReader(engine.compiled, decision.trace)
    var formatter =
      account.map { ValueFormatter(engine.program, of: $0) } ?? ValueFormatter(engine.program, keyNames: keyNames)
    formatter.groupsDigits = true
    arithmetic = ArithmeticText(program: engine.program, reader: reader, formatter: formatter)
    guard engine.program.events.indices.contains(decision.event) else { return }
    for (field, declared) in engine.program.events[decision.event].fields.enumerated() {
      arithmetic.words[field] = words.first { $0.name == declared.name }?.text
    }
    if decision.verdict == .conflict || decision.isReplay {
      recomputedVerdict = decision.verdict
      return
    }
    if isAskedAgain {
      recomputedVerdict = .waiting
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
    if wasCharged { notTried += plan.denies }
    for rule in plan.denies where !wasCharged {
      let trial = attempt(rule)
      if trial.objects, objection == nil { objection = (rule, denial(of: rule)) }
      trials.append(trial)
    }
    if let objection {
      deny(objection.denial)
      notTried += plan.ons
      skipWaterfall(plan)
      return
    }
    for rule in plan.ons { trials.append(attempt(rule)) }
    let acting = trials.filter { trial in trial.holds && plan.ons.contains(trial.rule) }.map(\.rule)
    switch demand(of: acting) {
    case .settle(let amount, let hold, let isOwed)?: settle(plan, amount, hold, isOwed)
    case .pay?, .hold?: draw(plan)
    default: skipWaterfall(plan)
    }
    if recomputedVerdict == .allowed, let asking = acting.first(where: { asked(by: $0) != nil }) {
      answerAsked(asking)
    }
  }

  /// What the rules that act want of the buckets.
  func demand(of acting: [Int]) -> Operation? {
    acting.lazy.flatMap { engine.program.rules[$0].effects }.flatMap(\.operations).first { $0.draw != nil }
  }

  /// The charge that a rule has the event wait for.
  private func asked(by rule: Int) -> (amount: Int64, denial: Int)? {
    for case .collect(let amount, _, _, let denial?) in engine.program.rules[rule].effects.flatMap(\.operations) {
      let value = arithmetic.reader.evaluate(amount)
      if value > 0 { return (value, denial) }
    }
    return nil
  }

  /// It was sent again while the provider has not answered: it waits as before, and no rule was asked.
  var isAskedAgain: Bool { decision.verdict == .waiting && decision.rule == nil && decision.rescueRule == nil }

  /// A card was charged for this very event before it was decided, and then no rule denies it.
  var wasCharged: Bool {
    guard let rule = decision.rule else { return decision.verdict != .waiting && awaited?.state == .paid }
    return switch engine.program.rules[rule].kind {
    case .on: decision.verdict == .denied
    case .deny: false
    default: awaited?.state == .paid
    }
  }

  /// A charge stands between the rules and the answer: what the provider said to it is no fact of theirs.
  private mutating func answerAsked(_ rule: Int) {
    switch decision.verdict {
    case .waiting: recomputedVerdict = .waiting
    case .denied where decision.rule == rule: deny(asked(by: rule)?.denial)
    default: break
    }
  }

  private mutating func deny(_ denial: Int?) {
    recomputedVerdict = .denied
    recomputedDenial = denial
  }

  private mutating func skipWaterfall(_ plan: EventPlan) {
    // What never draws has nothing to do with gates and caps.
    guard demand(of: plan.ons) != nil else { return }
    notTried += plan.totalCaps + plan.gates.joined() + plan.caps.joined()
  }

  private mutating func draw(_ plan: EventPlan) {
    var need = decision.trace.amount
    guard need > 0 else { return skipWaterfall(plan) }
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
    for bucket in engine.program.buckets.indices {
      let (draw, blamed) = ask(bucket, for: need, plan)
      guard let draw else { continue }
      need = draw.rest
      draws.append(draw)
      if let gate = draw.closedBy {
        if !isShort { (short, isShort) = (denial(of: gate), true) }
      } else if draw.gave < draw.due, !isShort, let code = blamed ?? engine.program.buckets[bucket].denial {
        (short, isShort) = (code, true)
      }
    }
    if need > 0 { deny(short) }
  }

  /// What one bucket gives, and the denial of the cap that keeps it from giving all. Nil once nothing is needed any more.
  mutating func ask(_ bucket: Int, for need: Int64, _ plan: EventPlan) -> (draw: BucketDraw?, blamed: Int?) {
    guard need > 0 else {
      notTried += plan.gates[bucket] + plan.caps[bucket]
      return (nil, nil)
    }
    let available = arithmetic.reader.value(of: .available(bucket))
    let due = due(need, from: bucket)
    var draw = BucketDraw(bucket: bucket, need: need, due: due, available: available, gave: 0, rest: need)
    for (position, rule) in plan.gates[bucket].enumerated() {
      let trial = attempt(gate: rule)
      trials.append(trial)
      guard trial.objects else { continue }
      draw.closedBy = rule
      notTried += plan.gates[bucket].dropFirst(position + 1) + plan.caps[bucket]
      return (draw, nil)
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
    draw.rest = rest(of: need, due: due, gave: draw.gave, from: bucket)
    return (draw, blamed)
  }

  func rate(of bucket: Int) -> Int64? {
    let rate = engine.program.buckets[bucket].rate.map { arithmetic.reader.evaluate($0) }
    return rate == ValueType.none ? nil : rate
  }

  /// What a bucket has to give for what costs `need` at standard rates.
  func due(_ need: Int64, from bucket: Int) -> Int64 {
    rate(of: bucket).map { Arithmetic.due(need, atRate: $0, step: engine.program.buckets[bucket].rateStep) } ?? need
  }

  /// What is needed after it, at standard rates.
  func rest(of need: Int64, due: Int64, gave: Int64, from bucket: Int) -> Int64 {
    let rest = due - gave
    if rest <= 0 { return 0 }
    guard rate(of: bucket) != nil else { return rest }
    return Arithmetic.restAtStandardRates(
      rest: rest, need: need, due: due, step: engine.program.buckets[bucket].rateStep)
  }

  func denial(of rule: Int) -> Int {
    switch engine.program.rules[rule].kind {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial), .beforeDenial(let denial): denial
    case .on, .after: -1
    }
  }

  func clauses(of rule: Int, _ arithmetic: ArithmeticText) -> [Clause] {
    var clauses: [Clause] = []
    for clause in engine.program.rules[rule].clauses {
      let holds = arithmetic.reader.evaluate(clause) != 0
      clauses.append(Clause(span: clause.span, holds: holds, arithmetic: arithmetic.condition(clause)))
      if !holds { break }
    }
    return clauses
  }

  /// A rule with nothing but a condition: a denial objects when it holds.
  func attempt(_ rule: Int) -> RuleTrial {
    let clauses = clauses(of: rule, arithmetic)
    let holds = clauses.allSatisfy(\.holds)
    let isDenial = if case .deny = engine.program.rules[rule].kind { true } else { false }
    // What settles it: the clause that failed, or all of them.
    let shown = clauses.last.map { $0.holds ? clauses : [$0] } ?? []
    return RuleTrial(
      rule: rule, clauses: clauses, holds: holds, arithmetic: shown.map(\.arithmetic).joined(separator: ", "),
      objects: isDenial && holds, reasons: reasons(of: rule, arithmetic))
  }

  /// What the `let`s in a rule's conditions came from, as far as they were asked.
  func reasons(of rule: Int, _ text: ArithmeticText) -> [ArithmeticText.Reason] {
    var reasons: [ArithmeticText.Reason] = []
    for clause in engine.program.rules[rule].clauses {
      for reason in text.reasons(clause) where !reasons.contains(reason) { reasons.append(reason) }
      if text.reader.evaluate(clause) == 0 { break }
    }
    return reasons
  }

  func attempt(gate rule: Int) -> RuleTrial {
    var trial = attempt(rule)
    trial.objects = !trial.holds
    return trial
  }

  func attempt(cap rule: Int, asked: Int64) -> RuleTrial {
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
  func capText(_ limit: Expr, _ value: Int64, asked: Int64) -> String {
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
