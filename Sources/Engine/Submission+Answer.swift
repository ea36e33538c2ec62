import Language
import Ledger
import Values

/// What the caller is told.
extension Submission {
  func decision(_ outcome: Evaluator.Outcome, _ trace: Trace) -> Decision {
    var decision = Decision(outcome.verdict == .allowed ? .allowed : .denied, input, at: evaluator.time, trace: trace)
    func index(_ number: Int32) -> Int? { number < 0 ? nil : Int(number) }
    decision.denial = index(outcome.denial)
    decision.rule = index(outcome.rule)
    decision.bucket = index(outcome.bucket)
    decision.field = index(outcome.field)
    decision.amount = outcome.amount
    decision.covered = outcome.covered
    decision.shortfall = outcome.shortfall
    decision.key = evaluator.keyIndex
    decision.fields = outcome.verdict == .fieldOutOfRange ? input.fields : evaluator.fields
    decision.trace.fields = decision.fields
    decision.trace.amount = outcome.amount
    decision.trace.covered = outcome.covered
    decision.trace.shortfall = outcome.shortfall
    if outcome.verdict == .allowed {
      decision.drawn = evaluator.drawn
      decision.absorbed = outcome.shortfall
      decision.firedRules = evaluator.fired
      decision.notices = notices(of: decision.firedRules)
      decision.trace.drawn = decision.drawn
    } else {
      decision.drawn = Array(repeating: 0, count: program.buckets.count)
      decision.trace.drawn = outcome.verdict == .denied ? evaluator.drawn : decision.drawn
    }
    return decision
  }

  /// The answer the event got before, or that it is another.
  func repeated(_ answer: AnswerMemory.Answer, _ account: AccountState) -> Decision {
    let isSame =
      program.saysTheSame(input.event, input.fields, as: answer.fields, in: account) && answer.labels == input.labels
    var decision = unmatched(isSame ? .allowed : .conflict, trace(account), account)
    guard isSame else { return decision }
    decision.isReplay = true
    decision.at = answer.at
    decision.covered = answer.covered
    decision.absorbed = answer.absorbed
    decision.shortfall = answer.absorbed
    decision.amount = answer.covered + answer.absorbed
    decision.drawn = answer.drawn
    decision.fields = answer.results
    decision.firedRules = answer.firedRules
    decision.hold = account.holds.lastIndex { $0.event == input.event && $0.id == input.id }
    decision.refunds = account.refunds.indices.filter {
      account.refunds[$0].event == input.event && account.refunds[$0].origin == input.id
    }
    decision.collections = account.payments.indices.filter {
      let payment = account.payments[$0]
      return payment.state == .pending && payment.event == input.event && payment.origin == input.id
    }
    return decision
  }

  /// An answer that no rule gave.
  func unmatched(_ verdict: Decision.Verdict, _ trace: Trace, _ account: AccountState) -> Decision {
    var decision = Decision(verdict, input, at: trace.now, trace: trace)
    decision.key = trace.key
    decision.fields = input.fields
    return decision
  }

  func trace(_ account: AccountState) -> Trace {
    engine.trace(account, key: key(in: account), at: input.at, event: input.event, fields: input.fields)
  }

  /// The key the event comes with: its own, or that of the hold it names; nil for none, and for one the account does not
  /// have.
  private func key(in account: AccountState) -> Int? {
    if let field = program.events[input.event].keyField {
      guard field < input.fields.count, input.fields[field] >= 0, input.fields[field] < Int64(account.keyCount) else {
        return nil
      }
      return Int(input.fields[field])
    }
    guard let field = program.events[input.event].keyThrough, field < input.fields.count, input.fields[field] >= 0,
      input.fields[field] < Int64(account.holds.count)
    else { return nil }
    let key = account.holds[Int(input.fields[field])].key
    return key >= 0 && key < account.keyCount ? key : nil
  }

  /// The facts right after the decision was carried out.
  func afterwards(_ decision: Decision, _ account: AccountState) -> Trace {
    var trace = engine.trace(
      account, key: decision.key, at: decision.at, event: input.event, fields: decision.fields)
    trace.amount = decision.amount
    trace.drawn = decision.drawn
    trace.covered = decision.covered
    trace.shortfall = decision.shortfall
    trace.isRescued = decision.rescueRule != nil
    return trace
  }

  func notices(of rules: [Int]) -> [Decision.Notice] {
    var notices: [Decision.Notice] = []
    for rule in rules {
      for case .notify(let level) in program.rules[rule].effects.flatMap(\.operations) {
        notices.append(Decision.Notice(level: level, rule: rule))
      }
    }
    return notices
  }

  // MARK: - Faults

  func checkFaults(_ outcome: Evaluator.Outcome) throws(EngineFault) {
    if outcome.verdict == .fieldOutOfRange, outcome.denial < 0 {
      let event = program.events[input.event]
      let field = event.fields[Int(outcome.field)]
      let formatter = engine.formatter()
      let (low, high) = (Arithmetic.clamp(field.range.low), Arithmetic.clamp(field.range.high))
      throw .fieldOutOfRange(
        event: event.name, field: field.name, value: formatter.text(input.fields[Int(outcome.field)], field.type),
        range: "\(formatter.text(low, field.type)) to \(formatter.text(high, field.type))")
    }
    try checkFaults(outcome.verdict)
  }

  func checkFaults(_ verdict: Evaluator.Verdict) throws(EngineFault) {
    switch verdict {
    case .allowed, .denied, .fieldOutOfRange: break
    case .twoPayments:
      throw .twoPayments(
        first: program.rules[evaluator.payer].name, second: program.rules[evaluator.faultPlace].name)
    case .functionFault:
      throw .functionOutOfRange(
        function: program.functions[evaluator.faultPlace].name, value: evaluator.faultValue)
    }
  }
}
