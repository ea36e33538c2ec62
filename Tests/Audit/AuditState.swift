/// An account as people see it: what the engine is compared with after an event.
public struct AuditState: Hashable, Sendable {
  public struct Key: Hashable, Sendable {
    public var name: String
    /// What was charged, of quota and balance together; and with what open holds reserve.
    public var spent: Int64
    public var spentWithHolds: Int64
    public var balanceSpent: Int64
    public var limit: Int64?
    public var isDeleted: Bool
  }
  public struct Lot: Hashable, Sendable {
    public var id: String
    public var isPaid: Bool
    public var amount: Int64
    public var remaining: Int64
  }
  public struct Payment: Hashable, Sendable {
    public var id: String
    public var key: String
    public var state: AuditPayment.State
    public var amount: Int64
    public var unspent: Int64
    public var refunded: Int64
    public var refundable: Int64
    public var isDisputed: Bool
    public var isAutomatic: Bool
    public var card: String
  }

  public var balance: Int64
  public var available: Int64
  public var level: AuditLevel
  public var quotaLeft: Int64
  public var quotaAvailable: Int64
  public var cycleStart: Int64?
  /// From the balance in this billing cycle; and with what open holds reserve.
  public var paygSpent: Int64
  public var paygSpentWithHolds: Int64
  /// By name.
  public var keys: [Key]
  /// In the order they arrived, used up ones too.
  public var lots: [Lot]
  public var payments: [Payment]
  public var openHolds: [String]
  public var absorbed: Int64
  public var invoices: Int
  public var cardIn: Int64
  public var isSuspended: Bool
  public var declines: Int
  public var chargedThisMonth: Int64
}

extension Auditor {
  /// Everything there is to see. It takes time with the length of the story; single numbers are there without it.
  public var state: AuditState {
    AuditState(
      balance: balance, available: available, level: level, quotaLeft: quotaLeft, quotaAvailable: quotaAvailable,
      cycleStart: cycle.start, paygSpent: cycle.spent, paygSpentWithHolds: cycle.spent + cycle.held,
      keys: keys.keys.sorted().compactMap { name in
        keys[name].map {
          AuditState.Key(
            name: name, spent: $0.spent, spentWithHolds: $0.spent + $0.held, balanceSpent: $0.balanceSpent,
            limit: $0.limit, isDeleted: $0.isDeleted)
        }
      },
      lots: lots.lots.map {
        AuditState.Lot(id: $0.id, isPaid: $0.isPaid, amount: $0.amount, remaining: $0.remaining)
      },
      payments: payments.indices.map { number in
        let payment = payments[number]
        return AuditState.Payment(
          id: payment.id, key: payment.key, state: payment.state, amount: payment.amount,
          unspent: payment.lot.map { lots.lots[$0].remaining } ?? 0, refunded: payment.refunded,
          refundable: refundable(payment: number), isDisputed: payment.isDisputed,
          isAutomatic: payment.isAutomatic, card: payment.card)
      },
      openHolds: openHolds.map { holds[$0].id }, absorbed: absorbed, invoices: invoices, cardIn: cardIn,
      isSuspended: autoTopUp.isSuspended, declines: autoTopUp.declines, chargedThisMonth: chargedThisMonth)
  }
}
