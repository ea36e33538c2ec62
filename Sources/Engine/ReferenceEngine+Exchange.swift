import Language
import Ledger

extension ReferenceEngine {
  /// An event with the whole conversation that follows from it; the slow twin of
  /// ``RuleEngine/submit(_:to:journal:asking:)``.
  public func submit(
    _ input: EventInput, to account: inout AccountState, asking provider: inout some SimulatedProvider
  ) throws(EngineFault) -> Exchange {
    // Only what this event newly makes is asked about.
    let (payments, refunds) = (account.payments.count, account.refunds.count)
    var exchange = Exchange(decision: try submit(input, to: &account))
    if exchange.decision.verdict == .waiting, let index = exchange.decision.collections.first {
      try converse(about: exchange.decision, &exchange, from: payments, refunds, &account, &provider)
      let isPending = account.payments[index].state == .pending
      if isPending, !account.payments[index].isAutomatic { return exchange }
      exchange.decision = try resume(input, after: index, to: &account)
      if isPending { exchange.decision.collections.insert(index, at: 0) }
    }
    try converse(about: exchange.decision, &exchange, from: payments, refunds, &account, &provider)
    return exchange
  }

  /// Everything a decision asks, then what the answers to it ask, and so on.
  private func converse(
    about decision: Decision, _ exchange: inout Exchange, from payments: Int, _ refunds: Int,
    _ account: inout AccountState, _ provider: inout some SimulatedProvider
  ) throws(EngineFault) {
    var open = questions(of: decision, account)
    while !open.isEmpty, exchange.followed.count < EngineLimits.providerRequests {
      let next = open.removeFirst()
      let isNew =
        switch next.record {
        case .payment(let index): index >= payments
        case .refund(let index): index >= refunds
        }
      let wasAsked = exchange.followed.contains { $0.request.key == next.request.key }
      guard isNew, !wasAsked else { continue }
      let said = provider.answer(next.request)
      var followed = Exchange.Followed(request: next.request, answer: said)
      if let event = answerEvent(said, to: next) {
        let decision = try submit(event, to: &account)
        followed.decision = decision
        open += questions(of: decision, account)
      }
      exchange.followed.append(followed)
    }
  }

  private enum Asked {
    case payment(Int)
    case refund(Int)
  }

  private struct Question {
    var request: ProviderRequest
    var record: Asked
    /// When it was asked.
    var at: Int64
  }

  /// What a decision wants of the provider, in the order it asked.
  private func questions(of decision: Decision, _ account: AccountState) -> [Question] {
    var questions: [Question] = []
    for index in decision.collections {
      let payment = account.payments[index]
      let request = ProviderRequest(
        kind: .collect, key: payment.key, amount: payment.amount, card: card(payment, account), payment: payment.id)
      questions.append(Question(request: request, record: .payment(index), at: decision.at))
    }
    for index in decision.refunds {
      let refund = account.refunds[index]
      let payment = account.payments[refund.payment]
      let request = ProviderRequest(
        kind: .refund, key: refund.key, amount: refund.amount, card: card(payment, account), payment: payment.id)
      questions.append(Question(request: request, record: .refund(index), at: decision.at))
    }
    return questions
  }

  private func card(_ payment: Payment, _ account: AccountState) -> String {
    payment.card.map { account.cardNames[$0] } ?? ""
  }

  private func answerEvent(
    _ answer: ProviderAnswer, to question: Question
  ) -> EventInput? {
    let (event, number, kind): (Int?, Int, RecordKind)
    switch (question.record, answer) {
    case (_, .pending): return nil
    case (.payment(let index), .paid): (event, number, kind) = (program.roles.paid, index, .payment)
    case (.payment(let index), .declined): (event, number, kind) = (program.roles.declined, index, .payment)
    case (.payment(let index), .failed): (event, number, kind) = (program.roles.failed, index, .payment)
    case (.refund(let index), .paid): (event, number, kind) = (program.roles.refundPaid, index, .refund)
    case (.refund(let index), .declined), (.refund(let index), .failed):
      (event, number, kind) = (program.roles.refundFailed, index, .refund)
    }
    guard let event else { return nil }
    let fields = program.events[event].fields.prefix(program.events[event].givenCount).map { field in
      field.type.base == .record(kind) ? Int64(number) : field.value ?? ValueType.none
    }
    return EventInput(event: event, id: question.request.key, at: question.at, fields: fields)
  }
}
