/// One instruction to the ledger: the closed set of what a decision may do to an account.
///
/// Plain numbers without references, so that a decision can list them without allocating.
@frozen
public struct LedgerChange: Sendable, Hashable {
  @frozen
  public enum Kind: UInt8, Sendable, Hashable {
    /// `amount` from bucket `target` to usage.
    case draw
    /// `amount` into bucket `target` from `contra`, as a lot of `lotKind` where it keeps lots.
    case credit
    /// At most `amount` from bucket `target` to `contra`: as much as is posted.
    case debit
    /// Setting `target` becomes `amount`.
    case set
    /// `amount` more on meter `target`.
    case add
    /// Meter `target` starts again from what is held.
    case reset
    /// Event `target` took effect.
    case touch
    /// `amount` more of bucket `target` is held, or less below zero. Nothing moves.
    case reserve
    /// `amount` more on meter `target`, and `allowance` more of it held.
    case addHeld
    /// `amount` from bucket `target` to usage, of which `allowance` was used in a window that has ended: the part of a settled
    /// hold that counts nowhere any more.
    case drawLate
    /// A new hold of what the list reserves: `amount` at standard rates, until `allowance`.
    case hold
    /// Hold `target`, open or expired, becomes what `amount` says, a `Hold.State`; an expired one is never open again.
    case resolve
    /// The platform bears `amount` itself.
    case absorb
    /// A new payment for bucket `target`: `amount` from card `allowance`, none for no card; automatic if `lotKind` is 1.
    case collect
    /// Payment `target` is paid: its amount into its bucket, as a lot. Nothing if it was paid before.
    case receive
    /// Payment `target`, if pending, becomes what `amount` says, a `Payment.State`.
    case close
    /// `amount` of payment `target` leaves its bucket for its card, as a new refund.
    case refund
    /// Refund `target` has arrived.
    case confirm
    /// Refund `target` has not arrived: its amount returns to its payment's bucket and lot.
    case restore
    /// `amount` of payment `target` leaves its bucket, below zero if need be.
    case clawBack
    /// What was clawed back of payment `target` returns.
    case reinstate
  }

  public var kind: Kind
  public var contra: Contra
  /// For what moves money of a payment: its bucket, filled in as it is carried out. So is `amount` where the record knows it.
  public var lotKind: Int16
  public var target: Int32
  public var amount: Int64
  /// For a debit of a resetting bucket: what it is filled to. What a change wrote over is kept here, and for a payment
  /// received, the kind of its lot.
  public var allowance: Int64

  @inlinable
  public init(
    _ kind: Kind, target: Int, amount: Int64 = 0, contra: Contra = .usage, lotKind: Int = 0, allowance: Int64 = 0
  ) {
    self.kind = kind
    self.contra = contra
    self.lotKind = Int16(truncatingIfNeeded: lotKind)
    self.target = Int32(truncatingIfNeeded: target)
    self.amount = amount
    self.allowance = allowance
  }

  /// The same with other numbers.
  @inlinable
  public init(_ other: LedgerChange, amount: Int64, allowance: Int64) {
    kind = other.kind
    contra = other.contra
    lotKind = other.lotKind
    target = other.target
    self.amount = amount
    self.allowance = allowance
  }
}
