/// The other side of every movement: the closed set of accounts that money comes from and goes to.
///
/// A bucket never gains or loses money by itself. What it gains leaves one of these, what it loses arrives in one, so all the
/// books of an account always sum to zero.
public enum Contra: UInt8, CaseIterable, Sendable, Hashable {
  /// What requests were charged.
  case usage
  /// Money paid in.
  case cards
  /// Money given: promotions and other lots nobody paid for.
  case grants
  /// Corrections and opening balances.
  case adjustments
  /// Costs the platform bears itself.
  case absorbed
  /// Money paid back.
  case refunds
  /// Money a bank took back.
  case disputes

  /// Its name on a statement.
  public var name: String {
    switch self {
    case .usage: "usage"
    case .cards: "cards"
    case .grants: "grants"
    case .adjustments: "adjustments"
    case .absorbed: "absorbed"
    case .refunds: "refunds"
    case .disputes: "disputes"
    }
  }
}

/// One side of a movement of money.
public enum Book: Sendable, Hashable {
  case bucket(Int)
  case contra(Contra)
}
