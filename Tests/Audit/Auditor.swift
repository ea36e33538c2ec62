/// The billing semantics, written down a second time as plainly as possible: one account, one event after another.
///
/// It shares nothing with the engine, its rules or its ledger, and is what they are held against. Amounts are nano-
/// dollars, times microseconds since 1970. Where a text leaves room for more than one reading, a comment says which one
/// it is.
public struct Auditor: Sendable {
  public static let dollar: Int64 = 1_000_000_000
  public static let cent: Int64 = 10_000_000
  /// 500,000 of them are a dollar.
  public static let unit: Int64 = 2_000
  /// The most an amount in an event may be.
  public static let mostAmount = 1_000_000 * dollar
  public static let mostTokens: Int64 = 1_000_000_000
  public static let mostTtl = 30 * AuditCalendar.day

  public let policy: AuditPolicy
  public internal(set) var now: Int64

  // The balance.
  public internal(set) var balance: Int64 = 0
  public internal(set) var balanceHeld: Int64 = 0
  public internal(set) var lots: AuditLots
  public internal(set) var absorbed: Int64 = 0

  // The subscription.
  public internal(set) var plan = AuditPlan()
  public internal(set) var cycle = AuditCycle()
  public internal(set) var fallback = false
  public internal(set) var spendingLimit: Int64?

  public internal(set) var keys: [String: AuditKey] = [:]
  public internal(set) var prices: [String: AuditPrice]

  public internal(set) var holds: [AuditHold] = []
  var holdNumbers: [String: Int] = [:]
  /// Numbers of the open ones.
  public internal(set) var openHolds: [Int] = []

  public internal(set) var payments: [AuditPayment] = []
  /// The newest payment of an id: a declined one may be tried again under the same.
  var paymentNumbers: [String: Int] = [:]
  var paymentKeys: [String: Int] = [:]
  var pendingPayments = 0
  public internal(set) var invoices = 0
  /// What cards have paid since the beginning of the story.
  public internal(set) var cardIn: Int64 = 0
  public internal(set) var refunds: [AuditRefund] = []
  var refundNumbers: [String: [Int]] = [:]

  public internal(set) var card: String?
  public internal(set) var autoTopUp: AutoTopUp
  /// What the provider answers to the next automatic charges.
  public internal(set) var script: ArraySlice<AuditOutcome>

  public internal(set) var statements: [AuditStatement] = []
  /// The balance before the first event.
  public let opening: Int64

  var memory: [MemoryKey: (content: AuditEvent.Act, answer: AuditAnswer)] = [:]
  /// Events that wait for a payment, or could not go on after it.
  var waiting: [MemoryKey: (content: AuditEvent.Act, payment: Int)] = [:]

  struct MemoryKey: Hashable, Sendable {
    var kind: AuditEvent.Kind
    var id: String
  }

  /// How automatic charges are configured, and how they went.
  public struct AutoTopUp: Hashable, Sendable {
    public var isEnabled = false
    public var threshold = 10 * Auditor.dollar
    public var amount = 50 * Auditor.dollar
    public var monthCap: Int64?
    public var isSuspended = false
    /// Automatic declines in a row.
    public var declines = 0
    public var declinedAt: Int64?
    /// What was paid automatically in one calendar month.
    public var chargedMonth: Int64 = 0
    public var charged: Int64 = 0
  }

  public init(_ opening: AuditOpening, policy: AuditPolicy = AuditPolicy()) {
    self.policy = policy
    now = opening.time
    card = opening.card
    prices = opening.prices
    script = opening.script[...]
    lots = AuditLots(burn: policy.burn)
    autoTopUp = AutoTopUp()
    autoTopUp.monthCap = policy.monthCap
    autoTopUp.isEnabled = opening.autoTopUp.isEnabled
    autoTopUp.threshold = opening.autoTopUp.threshold ?? autoTopUp.threshold
    autoTopUp.amount = opening.autoTopUp.amount ?? autoTopUp.amount
    self.opening = opening.lots.reduce(0) { $0 + $1.remaining }
    for key in opening.keys { keys[key.name] = AuditKey(limit: key.limit, spent: key.spent) }
    for lot in opening.lots {
      let number = lot.isPaid ? payments.count : nil
      let place = lots.receive(
        lot.id, isPaid: lot.isPaid, payment: number, amount: lot.amount, remaining: lot.remaining)
      balance += lot.remaining
      if let number {
        var payment = AuditPayment(
          id: lot.id, key: "\(lot.id)#\(number + 1)", amount: lot.amount, card: opening.card ?? "",
          isAutomatic: false)
        payment.state = .paid
        payment.lot = place
        add(payment)
      }
    }
    if let subscription = opening.subscription { adopt(subscription) }
  }

  // MARK: - Events

  /// Lets one event happen. Time never goes back: an earlier event happens now.
  public mutating func take(_ event: AuditEvent) -> AuditAnswer {
    now = max(now, event.time)
    expireHolds()
    rollCycle()
    let kind = event.kind
    guard kind.isRemembered, !event.id.isEmpty else { return perform(event) }
    let key = MemoryKey(kind: kind, id: event.id)
    if let past = memory[key] {
      return past.content == event.content ? repeated(past.answer, kind) : AuditAnswer(.conflict, .idempotencyMismatch)
    }
    let answer = perform(event)
    // The answer of a provider was remembered where it took effect.
    if answer.isAllowed, !answer.isReplay { memory[key] = (event.content, answer) }
    return answer
  }

  /// An answer given once more: what it decided is told again, what it moved is not.
  private func repeated(_ answer: AuditAnswer, _ kind: AuditEvent.Kind) -> AuditAnswer {
    var answer = answer
    answer.isReplay = true
    answer.automatic = nil
    answer.notice = nil
    answer.credited = 0
    answer.clawback = 0
    answer.reinstated = 0
    answer.refundable = nil
    return answer
  }

  private mutating func perform(_ event: AuditEvent) -> AuditAnswer {
    switch event.act {
    case .request(let usage): return admit(event, usage, ttl: nil)
    case .hold(let usage, let ttl): return admit(event, usage, ttl: ttl)
    case .settle(let hold, let usage): return settle(hold, usage)
    case .void(let hold): return void(hold)
    case .topUp(let amount, let card, let outcome): return topUp(event, amount, card, outcome)
    case .paymentAnswer(let key, let outcome): return take(answer: outcome, ofPayment: key)
    case .configure(let choice): return configure(choice)
    case .newCard(let name): return use(newCard: name)
    case .script(let outcome):
      script.append(outcome)
      return AuditAnswer(.ok)
    case .grant(let amount): return grant(amount, id: event.id)
    case .refund(let choice, let outcome): return refund(event.id, choice, outcome)
    case .refundAnswer(let refund, let part, let arrived): return take(refund: refund, part: part, arrived: arrived)
    case .dispute(let payment): return dispute(payment)
    case .disputeWon(let payment): return winDispute(payment, id: event.id)
    case .subscribe(let quota, let rate, let start): return subscribe(quota, rate, start)
    case .cancel: return change(status: .canceled)
    case .renewalFailed: return change(status: .pastDue)
    case .renewed: return change(status: .active)
    case .changeOwner:
      // Balance and history stay; the old owner's card does not move.
      card = nil
      return AuditAnswer(.allow)
    case .deleteKey(let name): return delete(key: name)
    case .addKey(let name, let limit): return add(key: name, limit: limit)
    case .setKeyLimit(let name, let limit): return set(limit: limit, ofKey: name)
    case .setFallback(let isOn):
      fallback = isOn
      return AuditAnswer(.ok)
    case .setSpendingLimit(let limit): return set(limit, \.spendingLimit)
    case .setMonthCap(let limit): return set(limit, \.autoTopUp.monthCap)
    case .setPrice(let model, let price):
      prices[model] = price
      return AuditAnswer(.ok)
    case .wait: return AuditAnswer(.ok)
    }
  }

  // MARK: - Looking

  /// What may still be promised to somebody; below zero while something is owed.
  public var available: Int64 { balance - balanceHeld }
  public var level: AuditLevel { AuditLevel(balance: balance) }
  /// What is left of the quota, holds not counted.
  public var quotaLeft: Int64 { max(0, plan.allowance - cycle.quotaUsed) }
  public var quotaAvailable: Int64 { max(0, quotaLeft - cycle.quotaHeld) }
  public var waitsForProvider: Bool { pendingPayments > 0 }

  /// The billing cycle of now; nil without a subscription.
  public var cycleBounds: (start: Int64, end: Int64)? {
    guard plan.isSubscribed, let start = plan.start else { return nil }
    return AuditCalendar.cycle(at: now, anchor: start)
  }

  /// A cycle begins with nothing used, nothing spent and nothing held: a request belongs to the cycle of its admission.
  mutating func rollCycle() {
    let start = cycleBounds?.start
    if start != cycle.start { cycle = AuditCycle(start: start, number: cycle.number + 1) }
  }

  /// What must be true between any two events; a sentence for each that is not.
  public var faults: [String] {
    var faults: [String] = []
    if lots.remaining != max(0, balance) { faults.append("lots sum to \(lots.remaining), the balance is \(balance)") }
    for lot in lots.lots where lot.remaining < 0 || lot.remaining + lot.refunded + lot.clawedBack > lot.amount {
      faults.append("lot \(lot.id) has more than it ever had")
    }
    for payment in payments where payment.refunded < 0 || payment.refunded > payment.amount {
      faults.append("payment \(payment.id) has \(payment.refunded) of \(payment.amount) refunded")
    }
    let open = openHolds.map { holds[$0] }
    if open.reduce(0, { $0 + $1.balance }) != balanceHeld { faults.append("holds do not sum to what is held") }
    let current = open.filter { $0.cycle == cycle.number }
    if current.reduce(0, { $0 + $1.quota }) != cycle.quotaHeld { faults.append("holds do not sum to the quota held") }
    if current.reduce(0, { $0 + $1.balance }) != cycle.held { faults.append("holds do not sum to the spending held") }
    for (name, key) in keys {
      let own = open.filter { $0.key == name }
      if own.reduce(0, { $0 + $1.covered }) != key.held { faults.append("holds of \(name) do not sum") }
      if own.reduce(0, { $0 + $1.balance }) != key.balanceHeld { faults.append("balance holds of \(name) do not sum") }
    }
    if pendingPayments != payments.count(where: { $0.state == .pending }) {
      faults.append("pending payments miscounted")
    }
    for statement in statements where statement.sum != statement.closing {
      faults.append("the statement of month \(statement.month) does not add up")
    }
    if let last = statements.last, last.closing != balance { faults.append("the last statement closes elsewhere") }
    return faults
  }
}
