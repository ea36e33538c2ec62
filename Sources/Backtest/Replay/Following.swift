import Engine
import Ledger

/// What follows from one event at the payment provider: requests, answers, requests that answers lead to. The same
/// conversation that `RuleEngine.submit(_:to:journal:asking:)` has, without a journal and with answers that come late.
struct Following {
  /// How many records were asked about, or are older than the event.
  private var payments: Int
  private var refunds: Int
  private var asked = 0
  private(set) var broken: [Int] = []

  init(payments: Int, refunds: Int) {
    self.payments = payments
    self.refunds = refunds
  }

  /// Asks for what an event asks for, and takes it up again where it waited.
  mutating func goOn(from first: Decision, of input: EventInput, _ side: inout Side) throws(EngineFault) -> Decision {
    var decision = first
    broken += decision.brokenPromises
    if decision.verdict == .waiting, let payment = decision.collections.first {
      try ask(about: decision, &side)
      let isPending = side.account.payments[payment].state == .pending
      if isPending, !side.account.payments[payment].isAutomatic {
        side.provider.waiting[asker(of: decision, side)] = RecordedProvider.Waiting(input: input, payment: payment)
        return decision
      }
      decision = try resume(input, after: payment, &side)
      if isPending { decision.collections.insert(payment, at: 0) }
    }
    try ask(about: decision, &side)
    return decision
  }

  /// Submits an answer of the provider, and asks for what that leads to.
  mutating func tell(_ answer: EventInput, _ side: inout Side) throws(EngineFault) {
    let decision = try side.engine.submit(answer, to: &side.account)
    broken += decision.brokenPromises
    try ask(about: decision, &side)
  }

  /// Takes up an event that waited, and asks for what that leads to.
  mutating func takeUp(_ input: EventInput, after payment: Int, _ side: inout Side) throws(EngineFault) -> Decision {
    let decision = try resume(input, after: payment, &side)
    try ask(about: decision, &side)
    return decision
  }

  private mutating func resume(
    _ input: EventInput, after payment: Int, _ side: inout Side
  ) throws(EngineFault) -> Decision {
    var journal = Journal()
    let decision = try side.engine.resume(input, after: payment, to: &side.account, journal: &journal)
    broken += decision.brokenPromises
    return decision
  }

  private func asker(of decision: Decision, _ side: Side) -> RecordedProvider.Asker {
    RecordedProvider.Asker(event: side.engine.program.events[decision.event].name, id: decision.id)
  }

  /// Answers may lead to further requests: they are asked for in turn, up to a limit; the rest waits.
  private mutating func ask(about decision: Decision, _ side: inout Side) throws(EngineFault) {
    var reasons = [decision]
    while let reason = reasons.first {
      reasons.removeFirst()
      let asker = asker(of: reason, side)
      for payment in reason.collections where payment >= payments && side.account.payments.indices.contains(payment) {
        payments = payment + 1
        guard asked < EngineLimits.providerRequests else { return }
        asked += 1
        let said = side.provider.answer(
          side.engine.request(payment: payment, of: side.account), record: payment, for: asker)
        if let input = side.engine.answer(said, toPayment: payment, of: side.account, at: reason.at) {
          reasons.append(try submit(input, &side))
        }
      }
      for refund in reason.refunds where refund >= refunds && side.account.refunds.indices.contains(refund) {
        refunds = refund + 1
        guard asked < EngineLimits.providerRequests else { return }
        asked += 1
        let said = side.provider.answer(
          side.engine.request(refund: refund, of: side.account), record: refund, for: asker)
        if let input = side.engine.answer(said, toRefund: refund, of: side.account, at: reason.at) {
          reasons.append(try submit(input, &side))
        }
      }
    }
  }

  private mutating func submit(_ input: EventInput, _ side: inout Side) throws(EngineFault) -> Decision {
    let decision = try side.engine.submit(input, to: &side.account)
    broken += decision.brokenPromises
    return decision
  }
}
