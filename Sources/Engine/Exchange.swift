import Language
import Ledger

/// One event with everything that followed from it at the payment provider.
public struct Exchange: Sendable {
  /// The final answer to the event.
  public var decision: Decision
  /// What the provider was asked on its account, in order.
  public var followed: [Followed] = []

  public struct Followed: Sendable {
    public var request: ProviderRequest
    public var answer: ProviderAnswer
    /// The answer event; nil while the provider has not said.
    public var decision: Decision?
    /// The rule that asked.
    public var rule: Int?
    /// The payment it was about, by its index in the account: the one to be made, or the one a part of goes back.
    public var payment: Int?
  }
}

extension RuleEngine {
  /// Takes up an event that waits for a payment, after the provider's answer was submitted as an event.
  ///
  /// Once the charge is paid, an event that asked for it itself is allowed and asks for nothing more; one that a rescue asked
  /// for is decided once more. A charge that was not paid denies the event, which may be tried anew then. While the provider
  /// has not answered, an event that asked for it itself goes on waiting; one that was to be rescued is decided as it is.
  ///
  /// - Parameter payment: one of the ``Decision/collections`` of the answer that told the caller to wait.
  public func resume(
    _ input: EventInput, after payment: Int, to account: inout AccountState, journal: inout Journal
  ) throws(EngineFault) -> Decision {
    try journal.lend { journal throws(EngineFault) in
      var submission = try submission(of: input, to: account)
      defer { evaluators.give(submission.evaluator) }
      return try submission.resume(after: payment, on: &account, recording: &journal)
    }
  }

  /// Submits an event and carries the whole conversation with a simulated provider: asks what it collects and sends back,
  /// submits the answers, takes the event up again.
  ///
  /// A request cannot wait for a bank: where the charge of a rescue is not answered at once, it is denied as it was without.
  /// An event that is sent again asks for nothing again.
  public func submit(
    _ input: EventInput, to account: inout AccountState, journal: inout Journal,
    asking provider: inout some SimulatedProvider
  ) throws(EngineFault) -> Exchange {
    var asker = Asker(engine: self, known: (account.payments.count, account.refunds.count))
    var decision = try submit(input, to: &account, journal: &journal)
    if decision.verdict == .waiting, let payment = decision.collections.first {
      try asker.ask(about: decision, on: &account, &journal, &provider)
      let isPending = account.payments[payment].state == .pending
      if isPending, !account.payments[payment].isAutomatic {
        return Exchange(decision: decision, followed: asker.followed)
      }
      decision = try resume(input, after: payment, to: &account, journal: &journal)
      if isPending { decision.collections.insert(payment, at: 0) }
    }
    try asker.ask(about: decision, on: &account, &journal, &provider)
    return Exchange(decision: decision, followed: asker.followed)
  }

  /// What the provider has to be asked for a payment of the account that waits.
  public func request(payment: Int, of account: AccountState) -> ProviderRequest {
    let asked = account.payments[payment]
    return ProviderRequest(
      kind: .collect, key: asked.key, amount: asked.amount, card: card(of: asked, account), payment: asked.id)
  }

  /// What the provider has to be asked for a refund of the account that waits.
  public func request(refund: Int, of account: AccountState) -> ProviderRequest {
    let asked = account.refunds[refund]
    let payment = account.payments[asked.payment]
    return ProviderRequest(
      kind: .refund, key: asked.key, amount: asked.amount, card: card(of: payment, account), payment: payment.id)
  }

  private func card(of payment: Payment, _ account: AccountState) -> String {
    guard let card = payment.card, account.cardNames.indices.contains(card) else { return "" }
    return account.cardNames[card]
  }

  /// The event that tells the account what the provider said to a payment; nil for an answer that is none yet, or where
  /// no rule takes such an answer.
  ///
  /// Its id is the payment's key, so that the same answer delivered again takes effect once.
  public func answer(
    _ answer: ProviderAnswer, toPayment payment: Int, of account: AccountState, at time: Int64
  ) -> EventInput? {
    let event: Int? =
      switch answer {
      case .paid: program.roles.paid
      case .declined: program.roles.declined
      case .failed: program.roles.failed
      case .pending: nil
      }
    guard let event, account.payments.indices.contains(payment) else { return nil }
    return self.answer(event, about: .payment, payment, id: account.payments[payment].key, at: time)
  }

  /// The same for a refund.
  public func answer(
    _ answer: ProviderAnswer, toRefund refund: Int, of account: AccountState, at time: Int64
  ) -> EventInput? {
    let event: Int? =
      switch answer {
      case .paid: program.roles.refundPaid
      case .declined, .failed: program.roles.refundFailed
      case .pending: nil
      }
    guard let event, account.refunds.indices.contains(refund) else { return nil }
    return self.answer(event, about: .refund, refund, id: account.refunds[refund].key, at: time)
  }

  private func answer(_ event: Int, about kind: RecordKind, _ index: Int, id: String, at time: Int64) -> EventInput {
    var isNamed = false
    let declared = program.events[event]
    let fields = declared.fields.prefix(declared.givenCount).map { field in
      if !isNamed, case .record(kind) = field.type.base {
        isNamed = true
        return Int64(index)
      }
      // A field that has to be given and cannot be is none, for which `submit` has a fault.
      return field.value ?? ValueType.none
    }
    return EventInput(event: event, id: id, at: time, fields: fields)
  }
}

/// Asks a simulated provider for everything that events have newly made, and submits what it says.
private struct Asker {
  let engine: RuleEngine
  /// How many records were asked about, or are older than the event.
  var known: (payments: Int, refunds: Int)
  var followed: [Exchange.Followed] = []

  /// Answers may lead to further requests: they are asked for in turn, up to a limit; the rest waits.
  mutating func ask(
    about decision: Decision, on account: inout AccountState, _ journal: inout Journal,
    _ provider: inout some SimulatedProvider
  ) throws(EngineFault) {
    let engine = engine
    var reasons = [decision]
    while let reason = reasons.first {
      reasons.removeFirst()
      for payment in reason.collections where payment >= known.payments && account.payments.indices.contains(payment) {
        known.payments = payment + 1
        let request = engine.request(payment: payment, of: account)
        let rule = engine.collector(of: account.payments[payment], in: reason)
        try ask(request, about: payment, for: rule, on: &account, &journal, &provider, &reasons) { answer, account in
          engine.answer(answer, toPayment: payment, of: account, at: reason.at)
        }
      }
      for refund in reason.refunds where refund >= known.refunds && account.refunds.indices.contains(refund) {
        known.refunds = refund + 1
        let request = engine.request(refund: refund, of: account)
        let rule = engine.refunder(in: reason)
        let payment = account.refunds[refund].payment
        try ask(request, about: payment, for: rule, on: &account, &journal, &provider, &reasons) { answer, account in
          engine.answer(answer, toRefund: refund, of: account, at: reason.at)
        }
      }
    }
  }

  private mutating func ask(
    _ request: ProviderRequest, about payment: Int, for rule: Int?, on account: inout AccountState,
    _ journal: inout Journal, _ provider: inout some SimulatedProvider, _ reasons: inout [Decision],
    _ event: (ProviderAnswer, AccountState) -> EventInput?
  ) throws(EngineFault) {
    guard followed.count < EngineLimits.providerRequests else { return }
    let answer = provider.answer(request)
    let input = event(answer, account)
    let decision = try input.map { input throws(EngineFault) in
      try engine.submit(input, to: &account, journal: &journal)
    }
    followed.append(
      Exchange.Followed(request: request, answer: answer, decision: decision, rule: rule, payment: payment))
    if let decision { reasons.append(decision) }
  }
}

extension RuleEngine {
  /// The rule of a decision that asked for a payment.
  fileprivate func collector(of payment: Payment, in decision: Decision) -> Int? {
    if decision.verdict == .waiting { return decision.rescueRule ?? decision.rule }
    return decision.firedRules.first { rule in
      let isRescue = if case .beforeDenial = program.rules[rule].kind { true } else { false }
      let isAnswer = if case .on = program.rules[rule].kind { true } else { false }
      guard !isRescue, isAnswer != payment.isAutomatic else { return false }
      return program.rules[rule].effects.flatMap(\.operations).contains {
        if case .collect(_, _, payment.bucket, _) = $0 { true } else { false }
      }
    }
  }

  /// The rule of a decision that sent money back.
  fileprivate func refunder(in decision: Decision) -> Int? {
    decision.firedRules.first { rule in
      program.rules[rule].effects.flatMap(\.operations).contains { if case .refund = $0 { true } else { false } }
    }
  }
}
