/// What came of one event.
public struct AuditAnswer: Hashable, Sendable {
  public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case allow, deny
    /// The event itself makes no sense (400).
    case reject
    /// The same id came before with another content.
    case conflict
    /// A provider has been asked and has not said yes or no.
    case waiting
    case settled, voided
    /// A setting was changed, or time went by.
    case ok
    /// A value outside of its range, or a record nobody knows, where no denial is named for it.
    case refuse
  }

  /// One card that gets something back.
  public struct Part: Hashable, Sendable {
    public var payment: String
    public var card: String
    public var amount: Int64

    public init(payment: String, card: String, amount: Int64) {
      self.payment = payment
      self.card = card
      self.amount = amount
    }
  }

  /// A charge nobody asked for by hand.
  public struct Automatic: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
      case ok, declined
      /// Declined, and once too often.
      case suspended
      case pending, failed
    }
    public enum Why: String, Hashable, Sendable, CaseIterable {
      case threshold
      case beforeDenial = "before_deny"
    }

    /// What arrived; 0 unless it was paid at once.
    public var charged: Int64
    public var outcome: Outcome
    public var why: Why
    /// The number of the payment it made.
    public var payment: Int

    public init(charged: Int64, outcome: Outcome, why: Why, payment: Int) {
      self.charged = charged
      self.outcome = outcome
      self.why = why
      self.payment = payment
    }
  }

  public var verdict: Verdict
  public var code: AuditCode?
  /// The answer of the first time; nothing has happened now.
  public var isReplay = false
  /// What the subscription's quota paid.
  public var sub: Int64 = 0
  /// What the balance paid.
  public var payg: Int64 = 0
  /// At standard prices.
  public var cost: Int64 = 0
  /// What the platform bears of the cost.
  public var absorbed: Int64 = 0
  /// What this event, and what followed it at once, put on the balance; not what an automatic charge did.
  public var credited: Int64 = 0
  public var refunded: Int64 = 0
  public var parts: [Part] = []
  /// The most that could be refunded; told of every refund that was looked at.
  public var refundable: Int64?
  public var clawback: Int64 = 0
  public var reinstated: Int64 = 0
  public var automatic: Automatic?
  /// The level the owner is told of.
  public var notice: AuditLevel?
  /// The number of the payment an event made, or waits for.
  public var payment: Int?

  public init(_ verdict: Verdict, _ code: AuditCode? = nil) {
    self.verdict = verdict
    self.code = code
  }

  init(denied code: AuditCode) { self.init(code.status == 400 ? .reject : .deny, code) }

  public var isAllowed: Bool {
    switch verdict {
    case .allow, .settled, .voided, .ok: true
    case .deny, .reject, .conflict, .waiting, .refuse: false
    }
  }
}

/// Why something was turned down. The order is that of precedence.
public enum AuditCode: String, Hashable, Sendable, CaseIterable {
  case idempotencyMismatch = "idempotency_mismatch"
  case invalidUsage = "invalid_usage"
  case unknownModel = "unknown_model"
  case unknownHold = "unknown_hold"
  case unknownPayment = "unknown_payment"
  case holdResolved = "hold_resolved"
  case invalidRefund = "invalid_refund"
  case needsSupportApproval = "needs_support_approval"
  case needsReason = "needs_reason"
  case invalidAmount = "invalid_amount"
  case belowMinimum = "below_minimum"
  case notWholeCents = "not_whole_cents"
  case noCard = "no_card"
  case alreadyDisputed = "already_disputed"
  case notDisputed = "not_disputed"
  case refundAnswered = "refund_answered"
  case exceedsRefundable = "exceeds_refundable"
  case fractionOfACent = "fraction_of_a_cent"
  case keyDisabled = "key_disabled"
  case keyQuotaExceeded = "key_quota_exceeded"
  case quotaExceeded = "quota_exceeded"
  case spendingLimitExceeded = "spending_limit_exceeded"
  case insufficientBalance = "insufficient_balance"
  case cardDeclined = "card_declined"

  public var status: Int {
    switch self {
    case .invalidUsage, .unknownModel, .invalidAmount, .invalidRefund, .belowMinimum, .notWholeCents, .needsReason,
      .fractionOfACent:
      400
    case .keyDisabled: 401
    case .needsSupportApproval: 403
    case .unknownHold, .unknownPayment: 404
    case .idempotencyMismatch, .holdResolved, .exceedsRefundable, .alreadyDisputed, .notDisputed, .refundAnswered: 409
    case .noCard, .keyQuotaExceeded, .quotaExceeded, .spendingLimitExceeded, .insufficientBalance, .cardDeclined: 402
    }
  }
}

/// How near the end a balance is: above $20, $10 to $20, $5 to below $10, below $5.
public enum AuditLevel: Int, Hashable, Sendable, CaseIterable {
  case normal, low, warning, critical

  init(balance: Int64) {
    if balance > 20 * Auditor.dollar {
      self = .normal
    } else if balance >= 10 * Auditor.dollar {
      self = .low
    } else if balance >= 5 * Auditor.dollar {
      self = .warning
    } else {
      self = .critical
    }
  }

  public var name: String { "\(self)" }
}
