// Money coming in: by hand, by itself, as a gift.
extension Auditor {
  // MARK: - Payments

  @discardableResult
  mutating func add(_ payment: AuditPayment) -> Int {
    payments.append(payment)
    let number = payments.count - 1
    paymentNumbers[payment.id] = number
    paymentKeys[payment.key] = number
    if payment.state == .pending { pendingPayments += 1 }
    return number
  }

  /// The payment that an id names: the attempt that was paid, else the newest.
  func number(ofPayment id: String) -> Int? {
    guard let newest = paymentNumbers[id], payments[newest].state != .paid else { return paymentNumbers[id] }
    return payments.lastIndex { $0.id == id && $0.state == .paid } ?? newest
  }

  /// Asks the provider. A payment asked for by hand has the event's id, others are numbered; the key is new each time.
  private mutating func collect(_ amount: Int64, card: String, id: String?) -> Int {
    let number = payments.count + 1
    let name = id.map { $0.isEmpty ? "payment-\(number)" : $0 } ?? "auto-\(number)"
    return add(
      AuditPayment(id: name, key: "\(name)#\(number)", amount: amount, card: card, isAutomatic: id == nil))
  }

  /// What a provider says of a payment, said for the first time: kept, so that it counts once.
  private mutating func settle(payment number: Int, _ outcome: AuditOutcome) -> AuditAnswer {
    let key = payments[number].key
    let event = AuditEvent(.paymentAnswer(key: key, outcome), id: key, at: now)
    let answer = follow(outcome, of: number)
    memory[MemoryKey(kind: event.kind, id: key)] = (event.content, answer)
    return answer
  }

  /// The answer of a provider that came by itself. Its id should be the payment's key: however often it is delivered,
  /// it counts once.
  mutating func take(answer outcome: AuditOutcome, ofPayment key: String) -> AuditAnswer {
    guard let number = paymentKeys[key], outcome != .pending else { return AuditAnswer(.refuse) }
    return follow(outcome, of: number)
  }

  /// Money that was taken is credited even after the provider had said no; any other word about a payment that is not
  /// pending any more says nothing new, and counts for nothing.
  private mutating func follow(_ outcome: AuditOutcome, of number: Int) -> AuditAnswer {
    let payment = payments[number]
    var answer = AuditAnswer(.allow)
    answer.payment = number
    if payment.state != .pending, outcome != .paid || payment.state == .paid { return answer }
    if payment.state == .pending { pendingPayments -= 1 }
    switch outcome {
    case .pending: break
    case .failed: payments[number].state = .failed
    case .declined:
      payments[number].state = .declined
      guard payment.isAutomatic else { break }
      autoTopUp.declines += 1
      autoTopUp.declinedAt = now
      if autoTopUp.declines >= policy.mostDeclines { autoTopUp.isSuspended = true }
    case .paid:
      payments[number].state = .paid
      payments[number].lot = credit(payment.amount, payment.id, payment: number)
      answer.credited = payment.amount
      invoices += 1
      cardIn += payment.amount
      // A charge that went through ends the row of declines; only the customer's own hand ends a suspension.
      autoTopUp.declines = 0
      autoTopUp.declinedAt = nil
      if payment.isAutomatic {
        let month = AuditCalendar.month(now)
        if autoTopUp.chargedMonth != month {
          autoTopUp.chargedMonth = month
          autoTopUp.charged = 0
        }
        autoTopUp.charged += payment.amount
      } else {
        autoTopUp.isSuspended = false
      }
    }
    return answer
  }

  /// A sum arrives. What is owed takes its part at once.
  private mutating func credit(_ amount: Int64, _ id: String, payment: Int?) -> Int {
    let owed = max(0, -balance)
    balance += amount
    post { statement in
      if payment == nil { statement.grants += amount } else { statement.topUps += amount }
    }
    return lots.receive(
      id, isPaid: payment != nil, payment: payment, amount: amount, remaining: amount - min(amount, owed))
  }

  mutating func grant(_ amount: Int64, id: String) -> AuditAnswer {
    guard amount >= 0, amount <= Auditor.mostAmount else { return AuditAnswer(.refuse) }
    var answer = AuditAnswer(.allow)
    answer.credited = amount
    if amount > 0 { _ = credit(amount, id, payment: nil) }
    return answer
  }

  // MARK: - By hand

  mutating func topUp(
    _ event: AuditEvent, _ amount: Int64, _ named: String?, _ outcome: AuditOutcome
  ) -> AuditAnswer {
    let memoryKey = MemoryKey(kind: .topUp, id: event.id)
    var answer = AuditAnswer(.allow)
    if !event.id.isEmpty, let earlier = waiting[memoryKey] {
      let state = payments[earlier.payment].state
      if state == .declined || state == .failed {
        waiting[memoryKey] = nil
      } else if earlier.content != event.content {
        return AuditAnswer(.conflict, .idempotencyMismatch)
      } else {
        // Paid, the money came while nobody was looking, after a no perhaps: it is on the balance already.
        if state == .pending { answer.verdict = .waiting } else { waiting[memoryKey] = nil }
        answer.payment = earlier.payment
        return answer
      }
    }
    guard amount >= 0, amount <= Auditor.mostAmount else { return AuditAnswer(denied: .invalidAmount) }
    if amount < policy.minimumTopUp { return AuditAnswer(denied: .belowMinimum) }
    if amount % Auditor.cent != 0 { return AuditAnswer(denied: .notWholeCents) }
    guard let card = named ?? card else { return AuditAnswer(denied: .noCard) }
    let number = collect(amount, card: card, id: event.id)
    switch outcome {
    case .paid: answer = settle(payment: number, .paid)
    case .declined, .failed:
      _ = settle(payment: number, outcome)
      answer = AuditAnswer(denied: .cardDeclined)
    case .pending: answer = AuditAnswer(.waiting)
    }
    if outcome != .paid, !event.id.isEmpty { waiting[memoryKey] = (event.content, number) }
    answer.payment = number
    return answer
  }

  // MARK: - By itself

  var isLow: Bool {
    balance < autoTopUp.threshold || (policy.trigger == .atOrBelow && balance == autoTopUp.threshold)
  }

  /// What automatic charges have come to in this calendar month.
  public var chargedThisMonth: Int64 {
    autoTopUp.chargedMonth == AuditCalendar.month(now) ? autoTopUp.charged : 0
  }

  /// Whether an automatic charge may be tried now. One is pending at most, a payment by hand counted.
  var mayCharge: Bool {
    guard autoTopUp.isEnabled, card != nil, pendingPayments == 0, !autoTopUp.isSuspended else { return false }
    if let declined = autoTopUp.declinedAt, now - declined < policy.retryAfter { return false }
    if let cap = autoTopUp.monthCap, chargedThisMonth + autoTopUp.amount > cap { return false }
    return true
  }

  mutating func chargeAutomatically(_ why: AuditAnswer.Automatic.Why) -> AuditAnswer.Automatic {
    let number = collect(autoTopUp.amount, card: card ?? "", id: nil)
    var charge = AuditAnswer.Automatic(charged: 0, outcome: .pending, why: why, payment: number)
    switch script.popFirst() ?? .paid {
    case .pending: break
    case .paid:
      charge.charged = settle(payment: number, .paid).credited
      charge.outcome = .ok
    case .declined:
      _ = settle(payment: number, .declined)
      charge.outcome = autoTopUp.isSuspended ? .suspended : .declined
    case .failed:
      _ = settle(payment: number, .failed)
      charge.outcome = .failed
    }
    return charge
  }

  /// Switching it on while the balance is low already charges once.
  mutating func configure(_ choice: AuditTopUpChoice) -> AuditAnswer {
    for amount in [choice.threshold, choice.amount] {
      if let amount, amount < 0 || amount > Auditor.mostAmount { return AuditAnswer(denied: .invalidAmount) }
    }
    let amount = choice.amount ?? choice.preset?.amount
    if let amount, amount < policy.minimumTopUp { return AuditAnswer(denied: .belowMinimum) }
    if let amount, amount % Auditor.cent != 0 { return AuditAnswer(denied: .notWholeCents) }
    let wasEnabled = autoTopUp.isEnabled
    autoTopUp.isEnabled = choice.isEnabled
    autoTopUp.threshold = choice.threshold ?? choice.preset?.threshold ?? autoTopUp.threshold
    autoTopUp.amount = amount ?? autoTopUp.amount
    var answer = AuditAnswer(.allow)
    if !wasEnabled, isLow, mayCharge { answer.automatic = chargeAutomatically(.threshold) }
    return answer
  }

  mutating func use(newCard name: String) -> AuditAnswer {
    card = name
    autoTopUp.declines = 0
    autoTopUp.declinedAt = nil
    autoTopUp.isSuspended = false
    return AuditAnswer(.allow)
  }
}

extension AuditTopUpChoice.Preset {
  public var threshold: Int64 {
    switch self {
    case .light: 5 * Auditor.dollar
    case .regular: 20 * Auditor.dollar
    case .heavy: 50 * Auditor.dollar
    case .production: 100 * Auditor.dollar
    }
  }

  public var amount: Int64 {
    switch self {
    case .light: 20 * Auditor.dollar
    case .regular: 50 * Auditor.dollar
    case .heavy: 100 * Auditor.dollar
    case .production: 200 * Auditor.dollar
    }
  }
}
