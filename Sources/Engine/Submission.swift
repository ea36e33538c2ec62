import Language
import Ledger
import Values

/// One event on its way through: expired holds, memory of earlier answers, the decision, at most one rescue, what follows.
struct Submission {
  let engine: RuleEngine
  let evaluator: Evaluator
  let input: EventInput
  /// Which lots burn first.
  let order: BurnOrder

  var program: Program { engine.program }

  /// An account as it was, for putting it back.
  struct Before {
    let rows: AccountState.Rows
    /// What was done to holds since.
    var done: [LedgerChange] = []
    /// How many records there were.
    let holds: Int
    let payments: Int
    let refunds: Int
    let journal: Int

    init(_ account: AccountState, key: Int?, _ journal: Journal?) {
      rows = account.rows(key: key)
      holds = account.holds.count
      payments = account.payments.count
      refunds = account.refunds.count
      self.journal = journal?.transactions.count ?? 0
    }

    func putBack(_ account: inout AccountState, _ journal: inout Journal?) {
      account.putBack(rows, undoing: done)
      journal?.rewind(to: self.journal)
    }
  }

  mutating func run(on account: inout AccountState, recording journal: inout Journal?) throws(EngineFault) -> Decision {
    if let earlier = try earlierAnswer(on: &account, recording: &journal) { return earlier }
    if let payment = attempt(in: account) {
      return try goOn(after: payment, on: &account, recording: &journal)
    }
    return try decide(on: &account, recording: &journal)
  }

  /// The answer the event got when it came before. Holds whose time is over by now are released, whatever comes of it.
  private func earlierAnswer(
    on account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision? {
    if account.nextExpiry <= account.effectiveTime(input.at) {
      try engine.expire(&account, by: input.at, recording: &journal)
    }
    guard !input.id.isEmpty, let answer = account.answers.answer(event: input.event, id: input.id) else { return nil }
    return repeated(answer, account)
  }

  /// Takes the decision for the first time.
  private mutating func decide(
    on account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    let outcome = evaluator.decide(account, input)
    try checkFaults(outcome)
    var decision = decision(outcome, on: account)
    if outcome.verdict == .denied, outcome.denial >= 0, evaluator.rescue(denial: outcome.denial, on: account) {
      try checkFaults(evaluator.verdict)
      let rule = evaluator.fired[0]
      if evaluator.collects { return try rescue(decision, by: rule, asking: &account, recording: &journal) }
      var before = Before(account, key: evaluator.keyIndex, journal)
      guard let rescued = try rescue(by: rule, on: &account, before, recording: &journal) else {
        decision.triedRescueRule = rule
        return decision
      }
      if let awaited = evaluator.awaited {
        // Of a rescue nothing remains, as of the rest.
        before.putBack(&account, &journal)
        return try wait(rescued, for: awaited, asking: &account, recording: &journal)
      }
      decision = rescued
      try commit(&decision, on: &account, &before, recording: &journal)
      return decision
    }
    guard outcome.verdict == .allowed else { return decision }
    if let awaited = evaluator.awaited {
      return try wait(decision, for: awaited, asking: &account, recording: &journal)
    }
    var before = Before(account, key: evaluator.keyIndex, journal)
    try commit(&decision, on: &account, &before, recording: &journal)
    // Moved, for copying it would count every list in it.
    return consume decision
  }

  // MARK: - Rescues

  /// Carries out what a rule gives before a denial, and takes the decision once more.
  ///
  /// - Returns: nil if that is not enough; nothing of it remains then.
  private func rescue(
    by rule: Int, on account: inout AccountState, _ before: Before, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision? {
    // It is carried out whole or not at all, so a fault leaves nothing to put back.
    try apply(to: &account)
    let changes = evaluator.changes
    let outcome = evaluator.decideAgain(account, input)
    guard outcome.verdict == .allowed else {
      before.putBack(&account, &journal)
      try checkFaults(outcome)
      return nil
    }
    var decision = decision(outcome, on: account)
    credit(rule, with: &decision)
    record(.rescue, changes, account: &account, &journal)
    return decision
  }

  /// Asks for the charge that a rule wants before a denial, if it would let the event pass.
  private func rescue(
    _ denied: Decision, by rule: Int, asking account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    var decision = denied
    var asked = account
    try apply(to: &asked)
    let changes = evaluator.changes
    guard asked.payments.count > account.payments.count else { return denied }
    let payment = asked.payments.count - 1
    var paid = asked
    do throws(LedgerFault) {
      var list = [LedgerChange(.receive, target: payment)]
      try list.withUnsafeMutableBufferPointer { list throws(LedgerFault) in
        try paid.apply(list, key: -1, now: evaluator.time, origin: input.id, order: order)
      }
    } catch {
      throw .ledger(error)
    }
    let outcome = evaluator.decideAgain(paid, input)
    try checkFaults(outcome)
    guard outcome.verdict == .allowed else {
      decision.triedRescueRule = rule
      return decision
    }
    account = asked
    record(.rescue, changes, account: &account, &journal)
    decision.verdict = .waiting
    decision.rescueRule = rule
    decision.collections = [payment]
    return decision
  }

  /// Says in a decision that a rescue let it pass.
  private func credit(_ rule: Int, with decision: inout Decision) {
    decision.firedRules.append(rule)
    decision.notices += notices(of: [rule])
    decision.rescueRule = rule
    decision.trace.isRescued = true
  }

  // MARK: - Waiting

  /// Asks for the charge that the event waits for. Nothing else of it remains.
  private func wait(
    _ decided: Decision, for awaited: EventCode.Decider, asking account: inout AccountState,
    recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    do throws(LedgerFault) {
      try evaluator.applyAwaited(to: &account, id: input.id, order: order)
    } catch {
      throw .ledger(error)
    }
    record(.decision, account: &account, &journal)
    var decision = answer(.waiting, insteadOf: decided)
    decision.rule = Int(awaited.rule)
    decision.collections = [account.payments.count - 1]
    return decision
  }

  /// Another answer than what was decided, on the same facts.
  private func answer(_ verdict: Decision.Verdict, insteadOf decided: Decision) -> Decision {
    var decision = Decision(verdict, input, at: decided.at, trace: decided.trace)
    decision.key = decided.key
    decision.fields = decided.fields
    decision.drawn = noDraws
    return decision
  }

  /// The charge that this event asked for before and that waits, or was paid: the event goes on from there.
  private func attempt(in account: AccountState) -> Int? {
    guard !input.id.isEmpty, !account.payments.isEmpty, engine.compiled.plans[input.event].waits,
      let latest = account.answers.charge(event: input.event, id: input.id)
    else { return nil }
    switch account.payments[latest].state {
    case .pending, .paid: return latest
    case .declined, .failed: return nil
    }
  }

  /// Takes the event up after a charge that it asked for.
  mutating func resume(
    after payment: Int, on account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    if let earlier = try earlierAnswer(on: &account, recording: &journal) { return earlier }
    guard account.payments.indices.contains(payment), account.payments[payment].event == input.event,
      account.payments[payment].origin == input.id
    else { throw .ledger(.wrongRecord(kind: "payment", index: payment)) }
    return try goOn(after: payment, on: &account, recording: &journal)
  }

  private mutating func goOn(
    after index: Int, on account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    let payment = account.payments[index]
    guard program.saysTheSame(input.event, input.fields, as: payment.fields.prefix(input.fields.count), in: account)
    else { return unmatched(.conflict, account) }
    // A request cannot wait for a bank: while the charge of its rescue is pending, it is decided as it is without.
    if payment.state == .pending, !payment.isAutomatic {
      var decision = unmatched(.waiting, account)
      decision.drawn = noDraws
      decision.collections = [index]
      return decision
    }
    let isPaid = payment.state == .paid
    if !payment.isAutomatic { evaluator.setResumed(input.event, true) }
    let outcome = evaluator.decide(account, input)
    let awaited = evaluator.awaited
    // What follows is about the new state, whatever led to it.
    evaluator.setResumed(input.event, false)
    try checkFaults(outcome)
    var decision = decision(outcome, on: account)
    let plan = engine.compiled.plans[input.event]
    if payment.isAutomatic {
      let rule = plan.rescuer(of: payment.bucket, program)
      guard outcome.verdict == .allowed else {
        decision.triedRescueRule = rule
        return decision
      }
      if let awaited { return try wait(decision, for: awaited, asking: &account, recording: &journal) }
      if isPaid, let rule { credit(rule, with: &decision) }
    } else if !isPaid {
      let refusal = awaited.map { (Int($0.rule), Int($0.denial)) } ?? plan.waiter(program)
      // The card said no.
      decision = answer(.denied, insteadOf: decision)
      decision.rule = refusal?.rule
      decision.denial = refusal?.denial
      return decision
    }
    guard outcome.verdict == .allowed else { return decision }
    var before = Before(account, key: evaluator.keyIndex, journal)
    try commit(&decision, on: &account, &before, recording: &journal)
    return decision
  }

  // MARK: - What follows

  /// Carries the decision out, then what reacts to it; finally asks the promises. A fault puts everything back.
  private func commit(
    _ decision: inout Decision, on account: inout AccountState, _ before: inout Before,
    recording journal: inout Journal?
  ) throws(EngineFault) {
    evaluator.setRescued(input.event, decision.rescueRule != nil)
    defer { evaluator.setRescued(input.event, false) }
    do throws(EngineFault) {
      try carryOut(&decision, on: &account, &before, recording: &journal)
    } catch {
      before.putBack(&account, &journal)
      throw error
    }
    if account.holds.count > before.holds {
      decision.hold = account.holds.count - 1
      if !input.labels.isEmpty { account.label(hold: account.holds.count - 1, input.labels) }
    }
    if account.payments.count > before.payments {
      decision.collections = Array(before.payments..<account.payments.count)
    }
    if account.refunds.count > before.refunds { decision.refunds = Array(before.refunds..<account.refunds.count) }
    if input.id.isEmpty { return }
    account.answers.remember(
      AnswerMemory.Answer(
        fields: input.fields, labels: input.labels, covered: decision.covered, drawn: decision.drawn,
        results: decision.fields, firedRules: decision.firedRules, at: decision.at, absorbed: decision.absorbed),
      event: input.event, id: input.id)
  }

  private func carryOut(
    _ decision: inout Decision, on account: inout AccountState, _ before: inout Before,
    recording journal: inout Journal?
  ) throws(EngineFault) {
    try apply(to: &account)
    if evaluator.concernsRecords { before.done = evaluator.carriedOut }
    record(.decision, account: &account, &journal)
    if evaluator.reacts(to: input.event), evaluator.findReactions(to: account) {
      try checkFaults(evaluator.verdict)
      let fired = evaluator.fired
      if !fired.isEmpty {
        decision.afterwards = afterwards(decision, account)
        decision.firedRules += fired
        decision.notices += notices(of: fired)
      }
      try apply(to: &account)
      if evaluator.hasActed { record(.reaction, account: &account, &journal) }
    }
    if engine.checksPromises {
      decision.brokenPromises = evaluator.brokenPromises(on: account)
      try checkFaults(evaluator.verdict)
    }
  }

  private func apply(to account: inout AccountState) throws(EngineFault) {
    do throws(LedgerFault) {
      try evaluator.apply(to: &account, id: input.id, order: order)
    } catch {
      throw .ledger(error)
    }
  }

  /// Records what the evaluator has just done, unless it was something earlier.
  private func record(
    _ step: Transaction.Step, _ changes: [LedgerChange]? = nil, account: inout AccountState, _ journal: inout Journal?
  ) {
    let sequence = account.nextSequence()
    if journal == nil { return }
    let changes = changes ?? evaluator.changes
    var labels = input.labels
    // What settles a stream need not say again which model it was.
    if labels.isEmpty, let resolved = changes.first(where: { $0.kind == .resolve }) {
      labels = account.holds[Int(resolved.target)].labels
    }
    journal?.record(
      Transaction(
        changes, sequence: sequence, postedAt: evaluator.time, occurredAt: input.at, event: input.event, id: input.id,
        key: evaluator.keyIndex, labels: labels, step: step))
  }
}
