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
  }

  public var kind: Kind
  public var contra: Contra
  public var lotKind: Int16
  public var target: Int32
  public var amount: Int64
  /// For a debit of a resetting bucket: what it is filled to.
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
