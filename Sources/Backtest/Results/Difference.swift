import Values

/// One event that two policies answered differently: a row of `compare_rows`.
public struct Difference: Sendable, Hashable {
  public var account: String
  public var kind: String
  public var id: String
  /// Microseconds since 1970.
  public var at: Int64
  /// Its number among what happened to the account, from 0.
  public var number: Int
  /// Which candidate it is about, from 1; the first one, 0, is what it is compared with.
  public var candidate: Int
  public var change: Change
  public var a: Side
  public var b: Side

  /// What one of the policies said.
  public struct Side: Sendable, Hashable {
    public var verdict: Outcome.Verdict
    /// `spending_limit_exceeded`; empty when allowed.
    public var code: String
    /// `limits.cycle_limit`; empty when allowed.
    public var rule: String
    /// Nano-dollars.
    public var amount: Int64
    public var paid: Int64
    public var charged: Int64
    public var sentBack: Int64
  }

  /// The order in which rows are kept and shown: by time, then by account.
  static func precedes(_ left: Difference, _ right: Difference) -> Bool {
    if left.at != right.at { return left.at < right.at }
    if left.account != right.account { return left.account < right.account }
    if left.number != right.number { return left.number < right.number }
    return left.candidate < right.candidate
  }
}
