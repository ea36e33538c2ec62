/// What the rules leave to be chosen, with what is chosen when nobody says anything.
public struct AuditPolicy: Hashable, Sendable {
  public enum Trigger: String, Hashable, Sendable, CaseIterable {
    case below
    case atOrBelow = "at_or_below"
  }
  public enum Overrun: String, Hashable, Sendable, CaseIterable {
    case absorb, debt
  }
  public enum Burn: String, Hashable, Sendable, CaseIterable {
    case promoFirst = "promo_first"
    case fifo
  }
  public enum KeyScope: String, Hashable, Sendable, CaseIterable {
    case total, balance
  }
  public enum Rounding: String, Hashable, Sendable, CaseIterable {
    case up, halfEven = "half_even"
    case down
    /// Up to a whole nano-dollar.
    case nano
  }

  public var trigger = Trigger.below
  /// Whether a charge is tried before a request is denied for want of balance.
  public var rescue = true
  /// What automatic charges may come to in a calendar month, to begin with.
  public var monthCap: Int64?
  public var overrun = Overrun.absorb
  public var burn = Burn.promoFirst
  public var keyScope = KeyScope.total
  public var rounding = Rounding.up
  public var minimumTopUp = 5 * Auditor.dollar
  /// Automatic declines in a row that suspend automatic charges.
  public var mostDeclines = 3
  /// How long no automatic charge is tried after a decline.
  public var retryAfter = 3600 * AuditCalendar.second

  public init() {}
}
