import Language
import Ledger
import Values

/// What the caller is told.
extension Submission {
  /// What the evaluator has just decided, with the facts it saw.
  func decision(_ outcome: Evaluator.Outcome, on account: AccountState) -> Decision {
    let isAllowed = outcome.verdict == .allowed
    let fields = outcome.verdict == .fieldOutOfRange ? input.fields : evaluator.fields
    let fired = isAllowed ? evaluator.fired : []
    let tried = outcome.verdict == .fieldOutOfRange ? noDraws : evaluator.drawn
    var trace = engine.trace(account, key: evaluator.keyIndex, at: input.at, event: input.event, fields: fields)
    trace.amount = outcome.amount
    trace.drawn = tried
    trace.covered = outcome.covered
    trace.shortfall = outcome.shortfall
    return Decision(
      outcome, input, at: evaluator.time, key: evaluator.keyIndex, fields: fields, drawn: isAllowed ? tried : noDraws,
      firedRules: fired, notices: notices(of: fired), trace: trace)
  }

  /// The answer the event got before, or that it is another.
  func repeated(_ answer: AnswerMemory.Answer, _ account: AccountState) -> Decision {
    let isSame =
      program.saysTheSame(input.event, input.fields, as: answer.fields, in: account) && answer.labels == input.labels
    var decision = unmatched(isSame ? .allowed : .conflict, account)
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
    // Holds may be very many, and what comes again is mostly no hold.
    if engine.compiled.codes[input.event].movement == .hold {
      decision.hold = account.holds.last { $0.event == input.event && $0.id == input.id }
    }
    decision.refunds = account.refunds.indices.filter {
      account.refunds[$0].event == input.event && account.refunds[$0].origin == input.id
    }
    decision.collections = account.payments.indices.filter {
      let payment = account.payments[$0]
      return payment.state == .pending && payment.event == input.event && payment.origin == input.id
    }
    return decision
  }

  var noDraws: [Int64] { Array(repeating: 0, count: program.buckets.count) }

  /// An answer that no rule gave.
  func unmatched(_ verdict: Decision.Verdict, _ account: AccountState) -> Decision {
    let trace = engine.trace(
      account, key: key(in: account), at: input.at, event: input.event, fields: input.fields)
    var decision = Decision(verdict, input, at: trace.now, trace: trace)
    decision.key = trace.key
    decision.fields = input.fields
    return decision
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
    guard let field = program.events[input.event].keyThrough, field < input.fields.count,
      let hold = Int(exactly: input.fields[field]), account.holds.has(hold)
    else { return nil }
    let key = account.holds[hold].key
    return key >= 0 && key < account.keyCount ? key : nil
  }

  /// The facts right after the decision was carried out.
  func afterwards(_ decision: Decision, _ account: AccountState) -> Trace {
    var trace = engine.trace(
      account, key: decision.key, at: decision.at, event: input.event, fields: decision.fields)
    trace.take(decision)
    return trace
  }

  func notices(of rules: [Int]) -> [Decision.Notice] {
    var notices: [Decision.Notice] = []
    for rule in rules { notices += engine.compiled.notices[rule] }
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
