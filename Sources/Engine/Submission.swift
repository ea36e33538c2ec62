import Language
import Ledger
import Values

/// One event on its way through: memory of earlier answers, the decision, at most one rescue, what follows.
struct Submission {
  let engine: RuleEngine
  let evaluator: Evaluator
  let input: EventInput

  private var program: Program { engine.program }

  init(engine: RuleEngine, evaluator: Evaluator, input: EventInput) {
    self.engine = engine
    self.evaluator = evaluator
    self.input = input
  }

  mutating func run(on account: inout AccountState, recording journal: inout Journal?) throws(EngineFault) -> Decision {
    if let answer = input.id.isEmpty ? nil : account.answers.answer(event: input.event, id: input.id) {
      return repeated(answer, account)
    }
    var before = (rows: account.rows, trace: trace(account))
    var outcome = evaluator.decide(account, input)
    try checkFaults(outcome)
    var decision = decision(outcome, before.trace)

    if outcome.verdict == .denied, outcome.denial >= 0, evaluator.rescue(denial: outcome.denial) {
      let rule = evaluator.fired[0]
      try checkFaults(evaluator.verdict)
      do throws(LedgerFault) {
        try evaluator.apply(to: &account, id: input.id, order: engine.burnOrder)
      } catch {
        account.rows = before.rows
        throw .ledger(error)
      }
      let rescue = evaluator.changes
      let rescued = trace(account)
      outcome = evaluator.decideAgain(account, input)
      guard outcome.verdict == .allowed else {
        account.rows = before.rows
        decision.triedRescueRule = rule
        return decision
      }
      let notices = notices(of: [rule])
      let fired = evaluator.fired
      decision = self.decision(outcome, rescued)
      decision.firedRules = fired + [rule]
      decision.notices += notices
      decision.rescueRule = rule
      record(rescue, .rescue, account: &account, &journal)
    }
    guard outcome.verdict == .allowed else { return decision }

    let mark = journal?.transactions.count ?? 0
    do throws(EngineFault) {
      try commit(&decision, on: &account, recording: &journal)
    } catch {
      let rescueCount = decision.rescueRule == nil ? 0 : 1
      journal?.rewind(to: mark - rescueCount)
      account.rows = before.rows
      throw error
    }
    // Let go of the rows as they were, so that nothing needs to be copied because of them.
    before.rows = AccountState.Rows()
    if !input.id.isEmpty {
      account.answers.remember(
        AnswerMemory.Answer(
          fields: input.fields, labels: input.labels, covered: decision.covered, drawn: decision.drawn,
          results: decision.fields, firedRules: decision.firedRules, at: decision.at),
        event: input.event, id: input.id)
    }
    return decision
  }

  /// Carries the decision out, then what reacts to it; finally asks the promises.
  private func commit(
    _ decision: inout Decision, on account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) {
    do throws(LedgerFault) {
      try evaluator.apply(to: &account, id: input.id, order: engine.burnOrder)
    } catch {
      throw .ledger(error)
    }
    record(evaluator.changes, .decision, account: &account, &journal)
    if evaluator.reacts(to: input.event) {
      do throws(LedgerFault) {
        try evaluator.react(on: &account, id: input.id, order: engine.burnOrder)
      } catch {
        throw .ledger(error)
      }
      try checkFaults(evaluator.verdict)
      let fired = evaluator.fired
      decision.firedRules += fired
      decision.notices += notices(of: fired)
      let changes = evaluator.changes
      if !changes.isEmpty { record(changes, .reaction, account: &account, &journal) }
    }
    if engine.checksPromises {
      decision.brokenPromises = evaluator.brokenPromises(on: account)
      try checkFaults(evaluator.verdict)
    }
  }

  // MARK: - The answer

  private func decision(_ outcome: Evaluator.Outcome, _ trace: Trace) -> Decision {
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
      decision.firedRules = evaluator.fired
      decision.notices = notices(of: decision.firedRules)
      decision.trace.drawn = decision.drawn
    } else {
      decision.drawn = Array(repeating: 0, count: program.buckets.count)
      decision.trace.drawn = outcome.verdict == .denied ? evaluator.drawn : decision.drawn
    }
    return decision
  }

  private func repeated(_ answer: AnswerMemory.Answer, _ account: AccountState) -> Decision {
    let isSame = answer.fields == input.fields && answer.labels == input.labels
    let trace = trace(account)
    var decision = Decision(isSame ? .allowed : .conflict, input, at: trace.now, trace: trace)
    decision.key = key(in: account)
    decision.fields = input.fields
    guard isSame else { return decision }
    decision.isReplay = true
    decision.at = answer.at
    decision.amount = answer.covered
    decision.covered = answer.covered
    decision.drawn = answer.drawn
    decision.fields = answer.results
    decision.firedRules = answer.firedRules
    return decision
  }

  private func trace(_ account: AccountState) -> Trace {
    engine.trace(account, key: key(in: account), at: input.at, event: input.event, fields: input.fields)
  }

  private func key(in account: AccountState) -> Int? {
    guard let field = program.events[input.event].keyField, field < input.fields.count else { return nil }
    let value = input.fields[field]
    return value >= 0 && value < Int64(account.keyCount) ? Int(value) : nil
  }

  private func notices(of rules: [Int]) -> [Decision.Notice] {
    var notices: [Decision.Notice] = []
    for rule in rules {
      for case .notify(let level) in program.rules[rule].effects.flatMap(\.operations) {
        notices.append(Decision.Notice(level: level, rule: rule))
      }
    }
    return notices
  }

  private func record(
    _ changes: [LedgerChange], _ step: Transaction.Step, account: inout AccountState, _ journal: inout Journal?
  ) {
    let sequence = account.nextSequence()
    journal?.record(
      Transaction(
        changes, sequence: sequence, postedAt: evaluator.time, occurredAt: input.at, event: input.event, id: input.id,
        key: evaluator.keyIndex, labels: input.labels, step: step))
  }

  // MARK: - Faults

  private func checkFaults(_ outcome: Evaluator.Outcome) throws(EngineFault) {
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

  private func checkFaults(_ verdict: Evaluator.Verdict) throws(EngineFault) {
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
