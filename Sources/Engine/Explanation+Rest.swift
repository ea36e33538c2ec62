import Language
import Ledger
import Values

/// What else there is to say about a decision: rules that could have helped, rules that reacted, when a limit begins anew.
extension Explanation {
  /// The rules that act before the denial it got and did not, with the numbers that kept them from it.
  public var rescues: [RuleTrial] {
    guard decision.verdict == .denied, let denial = decision.denial, decision.field == nil, !wasCharged else {
      return []
    }
    return engine.compiled.plans[decision.event].rescues.compactMap { rule in
      guard self.denial(of: rule) == denial, rule != decision.triedRescueRule else { return nil }
      let trial = attempt(rule)
      return trial.holds ? nil : trial
    }
  }

  /// The rules that look at what came of it, each with the facts it saw; empty where nothing reacted.
  public var reactions: [RuleTrial] {
    guard let after = decision.afterwards else { return [] }
    var seen = self
    seen.arithmetic = ArithmeticText(
      program: engine.program, reader: FactReader(engine.compiled, after, previous: decision.trace),
      formatter: arithmetic.formatter)
    return engine.compiled.plans[decision.event].afters.map { seen.attempt($0) }
  }

  /// `limits.cycle_limit`
  public func name(of rule: Int) -> String { engine.program.rules[rule].name }

  /// The rules that may react to this event.
  public var reacting: [Int] {
    engine.compiled.plans.indices.contains(decision.event) ? engine.compiled.plans[decision.event].afters : []
  }

  /// What people ask next about a rule that kept a bucket from paying: when its meters begin anew, and whether there was money.
  func circumstances(of rule: Int) -> [String] {
    var lines: [String] = []
    let bucket: Int?
    switch engine.program.rules[rule].kind {
    case .cap(let capped, let limit, _):
      bucket = capped ?? engine.program.buckets.indices.last
      for (meter, end) in resets(of: limit) { lines.append("\(meter) resets \(Explanation.minuteText(end))") }
    case .gate(let gated, _): bucket = gated
    default: bucket = nil
    }
    guard let bucket else { return lines }
    let available = arithmetic.reader.value(of: .available(bucket))
    let due = draws.first { $0.bucket == bucket }?.due ?? decision.trace.amount
    if due > 0, available >= due {
      lines.append("\(engine.program.buckets[bucket].name) is not the cause: \(money(available)) available")
    }
    return lines
  }

  /// The meters an expression reads that begin anew, and when.
  func resets(of expr: Expr) -> [(meter: String, end: Int64)] {
    var found: [(meter: String, end: Int64)] = []
    var waiting = [arithmetic.chosen(expr)]
    while let expr = waiting.popLast() {
      switch expr.kind {
      case .named(let index): waiting.append(arithmetic.chosen(engine.program.lets[index].value))
      case .fact(.meter(let index)):
        let name = engine.program.meters[index].name
        if let end = end(ofWindowOf: index), !found.contains(where: { $0.meter == name }) { found.append((name, end)) }
      default: waiting += expr.operands.reversed()
      }
    }
    return found
  }

  private func end(ofWindowOf meter: Int) -> Int64? {
    let place = engine.compiled.layout.meters[meter]
    let trace = arithmetic.reader.trace
    let windows = place.isPerKey ? engine.compiled.layout.keyWindows : engine.compiled.layout.accountWindows
    guard let window = windows.first(where: { $0.kind == place.window }),
      let row = place.isPerKey ? trace.keyRow : trace.row, row.indices.contains(window.endSlot)
    else { return nil }
    let end = row[window.endSlot]
    return end < Instant.latest.microseconds && end > 0 ? end : nil
  }

  /// `2026-11-01 00:00 UTC`, with seconds only where there are some.
  public static func minuteText(_ time: Int64) -> String {
    let text = Instant(microseconds: time).description
    let short = text.hasSuffix(":00Z") ? text.dropLast(4) : text.dropLast(1)
    return short.replacing("T", with: " ", maxReplacements: 1) + " UTC"
  }
}

extension CompiledProgram {
  /// Every fact that can matter to whether an event is allowed: what its denials, caps, gates, rescues and demands read, through
  /// all names, derived fields, allowances, rates and the start of billing cycles.
  public func factsDeciding(event: Int) -> Set<Fact> {
    guard plans.indices.contains(event) else { return [] }
    let plan = plans[event]
    var scan = ExprScan(program)
    for rule in plan.denies + plan.ons + plan.totalCaps + plan.gates.joined() + plan.caps.joined() + plan.rescues {
      for clause in program.rules[rule].clauses { scan.visit(clause) }
      if case .cap(_, let limit, _) = program.rules[rule].kind { scan.visit(limit) }
      for operation in program.rules[rule].effects.flatMap(\.operations) {
        if case .set = operation { continue }
        for expr in operation.expressions { scan.visit(expr) }
      }
    }
    if plan.ons.contains(where: { program.rules[$0].effects.flatMap(\.operations).contains { $0.draw != nil } }) {
      for bucket in program.buckets {
        if let rate = bucket.rate { scan.visit(rate) }
        if let resets = bucket.resets { scan.visit(resets.allowance) }
      }
    }
    if let anchor = program.cycleAnchor { scan.visit(anchor) }
    let declared = program.events[event]
    for field in declared.derivationOrder.reversed() where scan.facts.contains(.field(event: event, field: field)) {
      if let derivation = declared.fields[field].derivation { scan.visit(derivation) }
    }
    var facts = scan.facts
    if plan.ons.contains(where: { program.rules[$0].effects.flatMap(\.operations).contains { $0.draw != nil } }) {
      for bucket in program.buckets.indices { facts.insert(.available(bucket)) }
    }
    return facts
  }
}

extension RuleEngine {
  /// A number of each payment of an account, in the order they were made.
  ///
  /// - Parameter expr: reads ``Fact/own(_:number:)`` of payments, settings and the time: what a derivation of payments is, or the
  ///   most that a refund may take of each.
  public func numbers(_ expr: Expr, ofPaymentsOf account: AccountState, at time: Int64) -> [Int64] {
    let rows = RecordRows.payments(of: account, order: burnOrder(at: account.effectiveTime(time)))
    var walker = reader(account, at: time).walker
    return RecordRows.values(expr, of: rows, by: &walker)
  }
}
