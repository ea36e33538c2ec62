import Diagnostics
import Language
import Ledger
import Values

extension Explanation {
  /// One thing that stands against an event.
  public struct Objection: Sendable {
    public var kind: Kind
    /// The rule, the bucket, or the given field: `limits.cycle_limit`.
    public var name: String
    /// `limits/policy.rules:12`
    public var place: String
    /// What the caller would be told; nil for a bucket that only leaves the rest to the next one.
    public var denial: Int?
    /// What was compared, in numbers.
    public var arithmetic: String
    public var reasons: [ArithmeticText.Reason] = []
    /// The answer is about this one.
    public var decided: Bool
    /// It was never asked: this is what it would have said had nothing stood before it.
    public var isHypothetical: Bool

    public enum Kind: String, Sendable, Hashable, CaseIterable {
      case field
      case denial
      /// A charge that was not paid.
      case charge
      case gate
      case cap
      case bucket
    }
  }

  /// Everything that stands against the event, each judged as if nothing had stood before it; empty where it was not denied.
  ///
  /// What follows from a field outside its range is left out: the rules' sums mean nothing there.
  public var objections: [Objection] {
    guard decision.verdict == .denied, engine.program.events.indices.contains(decision.event) else { return [] }
    if decision.field != nil { return misfits }
    var whole = self
    whole.arithmetic = completed
    let plan = engine.compiled.plans[decision.event]
    var found = whole.denials(plan)
    if found.isEmpty, let rule = decision.rule, isAnswer(rule) {
      return [
        Objection(
          kind: .charge, name: engine.program.rules[rule].name, place: place(of: rule), denial: decision.denial,
          arithmetic: refusalLines.map { $0.drop { $0 == " " } }.joined(separator: ", "), decided: true,
          isHypothetical: false)
      ]
    }
    found += whole.shortages(plan, behindDenial: !found.isEmpty)
    return found
  }

  private var misfits: [Objection] {
    let event = engine.program.events[decision.event]
    return event.fields.prefix(event.givenCount).enumerated().compactMap { index, field in
      guard index < decision.fields.count else { return nil }
      let value = decision.fields[index]
      let fits = value == ValueType.none ? field.type.isOptional : field.type.base.admits(value, in: field.range)
      guard !fits || index == decision.field else { return nil }
      return Objection(
        kind: .field, name: "\(event.name).\(field.name)", place: place(field.span),
        denial: field.outOfRange ?? event.outOfRange, arithmetic: misfit(index), decided: index == decision.field,
        isHypothetical: false)
    }
  }

  /// The facts with every derived field computed, whether or not a rule had asked for it.
  private var completed: ArithmeticText {
    let event = engine.program.events[decision.event]
    var trace = decision.trace
    while trace.fields.count < event.fields.count { trace.fields.append(ValueType.none) }
    for field in event.derivationOrder {
      guard let derivation = event.fields[field].derivation else { continue }
      trace.fields[field] = FactReader(engine.compiled, trace).evaluate(derivation)
    }
    var text = arithmetic
    text.reader = FactReader(engine.compiled, trace)
    return text
  }

  private func denials(_ plan: EventPlan) -> [Objection] {
    if wasCharged { return [] }
    return plan.denies.compactMap { rule in
      let trial = attempt(rule)
      return trial.objects ? objection(.denial, trial, isHypothetical: false) : nil
    }
  }

  private func objection(_ kind: Objection.Kind, _ trial: RuleTrial, isHypothetical: Bool) -> Objection {
    let decided = trial.rule == decision.rule
    return Objection(
      kind: kind, name: engine.program.rules[trial.rule].name, place: place(of: trial.rule),
      denial: denial(of: trial.rule), arithmetic: trial.arithmetic, reasons: trial.reasons, decided: decided,
      isHypothetical: isHypothetical && !decided)
  }

  /// What the caps, gates and buckets have against it.
  private func shortages(_ plan: EventPlan, behindDenial: Bool) -> [Objection] {
    let acting = plan.ons.filter { attempt($0).holds }
    let amount: Expr
    switch demand(of: acting) {
    case .pay(let asked)?, .hold(let asked, _)?: amount = asked
    default: return []
    }
    var need = max(0, arithmetic.reader.evaluate(amount))
    guard need > 0 else { return [] }
    var found: [Objection] = []
    for rule in plan.totalCaps {
      let trial = attempt(cap: rule, asked: need)
      if trial.objects { found.append(objection(.cap, trial, isHypothetical: behindDenial)) }
    }
    let isBehind = behindDenial || !found.isEmpty
    var short: [Objection] = []
    for bucket in engine.program.buckets.indices where need > 0 {
      let (objections, rest) = shortages(of: bucket, need, plan, isBehind)
      short += objections
      need = rest
    }
    // What another bucket made up for stood against nothing.
    return found + (need > 0 ? short : [])
  }

  private func shortages(
    of bucket: Int, _ need: Int64, _ plan: EventPlan, _ isBehind: Bool
  ) -> (found: [Objection], rest: Int64) {
    let declared = engine.program.buckets[bucket]
    var draw = BucketDraw(
      bucket: bucket, need: need, due: due(need, from: bucket),
      available: arithmetic.reader.value(of: .available(bucket)), gave: 0, rest: need)
    var found: [Objection] = []
    for rule in plan.gates[bucket] {
      let trial = attempt(gate: rule)
      guard trial.objects else { continue }
      found.append(objection(.gate, trial, isHypothetical: isBehind || draw.closedBy != nil))
      draw.closedBy = draw.closedBy ?? rule
    }
    let isClosed = draw.closedBy != nil
    var room = min(draw.due, draw.available)
    for rule in plan.caps[bucket] {
      let trial = attempt(cap: rule, asked: draw.due)
      guard let limit = trial.limit else { continue }
      if trial.objects { found.append(objection(.cap, trial, isHypothetical: isBehind || isClosed)) }
      room = min(room, max(0, limit))
    }
    draw.gave = max(0, min(draw.due, draw.available))
    if draw.available < draw.due {
      let decided = decision.rule == nil && decision.bucket == bucket
      found.append(
        Objection(
          kind: .bucket, name: declared.name, place: place(declared.span), denial: declared.denial,
          arithmetic: shortage(draw), decided: decided, isHypothetical: !decided && (isBehind || isClosed)))
    }
    let gave = isClosed ? 0 : max(0, room)
    return (found, rest(of: need, due: draw.due, gave: gave, from: bucket))
  }

  /// What decided against the event, in one line: `limits.cycle_limit: $49.70 + $0.35 = $50.05 > $50.00 (over by $0.05)`; nil
  /// where nothing did.
  public var decisive: String? {
    switch decision.verdict {
    case .allowed, .waiting: return nil
    case .conflict: return engine.text(of: decision)
    case .denied: break
    }
    if let field = decision.field {
      return "\(engine.program.events[decision.event].fields[field].name): \(misfit(field))"
    }
    if let rule = decision.rule {
      let name = engine.program.rules[rule].name
      let trial = trials.first { $0.rule == rule && $0.objects }
      let text = isAnswer(rule) ? refusalLines.map { String($0.drop { $0 == " " }) }.first : trial?.arithmetic
      return text.map { $0.isEmpty ? name : "\(name): \($0)" } ?? name
    }
    if let bucket = decision.bucket {
      let name = engine.program.buckets[bucket].name
      return draws.first { $0.bucket == bucket }.map { "\(name): \(shortage($0))" } ?? name
    }
    return engine.text(of: decision)
  }
}
