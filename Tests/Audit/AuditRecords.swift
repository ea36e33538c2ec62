/// Money reserved for a stream that has begun.
public struct AuditHold: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case open, expired, settled, voided
  }

  public var id: String
  public var state = State.open
  public var key: String
  public var model: String?
  /// Its model's prices, as they were when it began; nil if it named none.
  public var price: AuditPrice?
  /// At standard prices.
  public var covered: Int64
  public var quota: Int64
  public var balance: Int64
  public var expires: Int64
  /// The billing cycle it was admitted in.
  public var cycle: Int
}

/// A charge of a card: asked for, paid, or turned down.
public struct AuditPayment: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case pending, paid, declined, failed
  }

  public var id: String
  /// What the provider knows it by.
  public var key: String
  public var state = State.pending
  public var amount: Int64
  public var card: String
  public var isAutomatic: Bool
  public var refunded: Int64 = 0
  public var isDisputed = false
  /// The lot it brought, once it is paid.
  public var lot: Int?
  var clawback = AuditLots.Clawback()

  public var paid: Int64 { state == .paid ? amount : 0 }
}

/// A part of a refund: what goes back to one card.
public struct AuditRefund: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case pending, paid, failed
  }

  /// The refund's id, and which of its parts it is, from 1.
  public var id: String
  public var part: Int
  public var state = State.pending
  public var payment: Int
  public var amount: Int64
}

/// What one key may spend and has spent.
public struct AuditKey: Hashable, Sendable {
  public var limit: Int64?
  public var isDeleted = false
  /// Of quota and balance together, at standard prices.
  public var spent: Int64 = 0
  public var held: Int64 = 0
  /// Of the balance alone.
  public var balanceSpent: Int64 = 0
  public var balanceHeld: Int64 = 0
}

/// A subscription, as far as billing asks for it.
public struct AuditPlan: Hashable, Sendable {
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case active
    case pastDue = "past_due"
    case canceled
  }

  public var quota: Int64 = 0
  public var rate = AuditRate()
  public var start: Int64?
  public var status = Status.active

  public init() {}

  public init(quota: Int64, rate: AuditRate = AuditRate(), start: Int64, status: Status = .active) {
    self.quota = quota
    self.rate = rate
    self.start = start
    self.status = status
  }

  public var isSubscribed: Bool { start != nil && status != .canceled }
  public var allowance: Int64 { isSubscribed && status == .active ? quota : 0 }
}

/// What one billing cycle has seen.
public struct AuditCycle: Hashable, Sendable {
  /// Nil: without a subscription there is one cycle without an end.
  public var start: Int64?
  /// Counts cycles, so that a hold knows whether its own has ended.
  public var number = 0
  public var quotaUsed: Int64 = 0
  public var quotaHeld: Int64 = 0
  public var spent: Int64 = 0
  public var held: Int64 = 0
}

/// One calendar month of the balance, by the time things were posted.
public struct AuditStatement: Hashable, Sendable {
  /// Months since January of the year 0.
  public var month: Int64
  public var opening: Int64
  public var closing: Int64
  public var topUps: Int64 = 0
  public var grants: Int64 = 0
  public var usage: Int64 = 0
  /// What was used of each model; with nothing where a quota paid.
  public var usageByModel: [String: Int64] = [:]
  public var refunds: Int64 = 0
  public var clawbacks: Int64 = 0
  public var reinstated: Int64 = 0

  /// What the lines come to; the closing balance, if they add up.
  public var sum: Int64 {
    opening + topUps + grants + reinstated - usage - refunds - clawbacks
  }
}
