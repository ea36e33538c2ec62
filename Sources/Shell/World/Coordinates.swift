import Store

/// Where an answer is looked for: every answer says so.
public struct Coordinates: Sendable, Hashable {
  /// The account that lines mean which name none.
  public var account: String?
  public var moment = StoreReader.Moment.now
  /// The branch whose changes are seen; nil for what the store has.
  public var branch: String?
  /// `under POLICY`, as it was written; nil for the policy that was in force then.
  public var policy: String?

  public init() {}
}
