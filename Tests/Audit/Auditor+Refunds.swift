// Money going back: by agreement, or because a bank says so.
extension Auditor {
  /// What of a payment could be given back, in whole cents.
  public func refundable(payment number: Int) -> Int64 {
    let payment = payments[number]
    guard let lot = payment.lot, !payment.isDisputed else { return 0 }
    return wholeCents(max(0, min(lots.lots[lot].remaining, payment.paid - payment.refunded)))
  }

  /// What a refund that names this payment, or none, could give back. Never less than nothing, whatever is owed.
  public func refundable(_ number: Int?) -> Int64 {
    let most =
      number.map { refundable(payment: $0) }
      ?? payments.indices.reduce(0) { $0 + refundable(payment: $1) }
    return wholeCents(max(0, min(most, available)))
  }

  private func wholeCents(_ amount: Int64) -> Int64 { amount - amount % Auditor.cent }

  mutating func refund(_ id: String, _ choice: AuditRefundChoice, _ outcome: AuditOutcome) -> AuditAnswer {
    guard choice.amount >= Auditor.cent, choice.amount <= Auditor.mostAmount else {
      return AuditAnswer(denied: .invalidRefund)
    }
    var number: Int?
    if let name = choice.payment {
      guard let known = self.number(ofPayment: name) else { return AuditAnswer(denied: .unknownPayment) }
      number = known
    }
    if choice.approvedBy == nil { return AuditAnswer(denied: .needsSupportApproval) }
    if choice.reason == nil { return AuditAnswer(denied: .needsReason) }
    let most = refundable(number)
    if choice.amount > most, !choice.upTo {
      var answer = AuditAnswer(denied: .exceedsRefundable)
      answer.refundable = most
      return answer
    }
    if choice.amount % Auditor.cent != 0, !choice.upTo { return AuditAnswer(denied: .fractionOfACent) }
    // Cards take whole cents; of as much as there is a fraction of one is not sent.
    var rest = wholeCents(min(choice.amount, most))
    var answer = AuditAnswer(.allow)
    answer.refundable = most
    answer.refunded = rest
    var made: [Int] = []
    // The newest payment is the one that was asked for last.
    for payment in number.map({ [$0] }) ?? payments.indices.reversed() where rest > 0 {
      let part = min(rest, refundable(payment: payment))
      guard part > 0, let lot = payments[payment].lot else { continue }
      rest -= part
      balance -= part
      lots.refund(part, of: lot)
      payments[payment].refunded += part
      post { $0.refunds += part }
      refunds.append(AuditRefund(id: id, part: made.count + 1, payment: payment, amount: part))
      made.append(refunds.count - 1)
      answer.parts.append(
        AuditAnswer.Part(payment: payments[payment].id, card: payments[payment].card, amount: part))
    }
    if !id.isEmpty { refundNumbers[id] = made }
    if outcome != .pending {
      for refund in made {
        resolve(refund, arrived: outcome == .paid)
        let kind = outcome == .paid ? AuditEvent.Kind.refundPaid : .refundFailed
        let act = AuditEvent.Act.refundAnswer(refund: id, part: refunds[refund].part, arrived: outcome == .paid)
        memory[MemoryKey(kind: kind, id: Auditor.answerId(refund: id, part: refunds[refund].part))] = (
          act, AuditAnswer(.allow)
        )
      }
    }
    return answer
  }

  /// The id under which a provider speaks of a part of a refund.
  public static func answerId(refund: String, part: Int) -> String { "\(refund)#\(part)" }

  mutating func take(refund id: String, part: Int, arrived: Bool) -> AuditAnswer {
    guard let parts = refundNumbers[id], part >= 1, part <= parts.count else { return AuditAnswer(.refuse) }
    // Whoever says the same again under the same id is heard before: this is another word about a closed refund.
    guard refunds[parts[part - 1]].state == .pending else { return AuditAnswer(denied: .refundAnswered) }
    resolve(parts[part - 1], arrived: arrived)
    return AuditAnswer(.allow)
  }

  /// What a card does not take comes back, once; what is owed takes its part of it.
  private mutating func resolve(_ number: Int, arrived: Bool) {
    let refund = refunds[number]
    guard refund.state == .pending else { return }
    refunds[number].state = arrived ? .paid : .failed
    guard !arrived, let lot = payments[refund.payment].lot else { return }
    let owed = max(0, -balance)
    balance += refund.amount
    payments[refund.payment].refunded -= refund.amount
    lots.restore(refund.amount, to: lot)
    lots.burn(min(owed, refund.amount))
    post { $0.refunds -= refund.amount }
  }

  // MARK: - Disputes

  /// A bank takes back what was paid and not yet refunded, wherever it is now; no card is charged by itself from then
  /// on.
  mutating func dispute(_ id: String) -> AuditAnswer {
    guard let number = self.number(ofPayment: id) else { return AuditAnswer(denied: .unknownPayment) }
    let payment = payments[number]
    // No bank takes back what was never paid.
    if payment.state != .paid { return AuditAnswer(denied: .unknownPayment) }
    if payment.isDisputed { return AuditAnswer(denied: .alreadyDisputed) }
    var answer = AuditAnswer(.allow)
    answer.clawback = max(0, payment.paid - payment.refunded)
    payments[number].isDisputed = true
    payments[number].clawback = lots.clawBack(answer.clawback, own: payment.lot)
    balance -= answer.clawback
    post { $0.clawbacks += answer.clawback }
    autoTopUp.isSuspended = true
    return answer
  }

  /// The bank gives it back after all. The suspension stays: it is for the customer to end.
  mutating func winDispute(_ id: String, id event: String) -> AuditAnswer {
    guard let number = self.number(ofPayment: id) else { return AuditAnswer(denied: .unknownPayment) }
    let payment = payments[number]
    if !payment.isDisputed { return AuditAnswer(denied: .notDisputed) }
    let amount = payment.clawback.parts.reduce(payment.clawback.debt) { $0 + $1.amount }
    payments[number].isDisputed = false
    payments[number].clawback = AuditLots.Clawback()
    let owed = max(0, -balance)
    balance += amount
    lots.reinstate(payment.clawback, owed: owed, id: event)
    post { $0.reinstated += amount }
    var answer = AuditAnswer(.allow)
    answer.reinstated = amount
    return answer
  }
}
