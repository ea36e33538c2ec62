/// What is supposed of the traffic besides other rules: other usage, another beginning, a plan.
public struct Supposition: Sendable {
  /// What is different about events, in the order it is changed.
  public var usage: [UsageChange] = []
  /// Events that never came.
  public var leftOut: [LeftOutEvent] = []
  /// What each account begins with besides.
  public var beginning: AccountBeginning?
  /// What a plan costs for each month that an account was there, begun ones whole; nano-dollars.
  public var monthlyFee: Int64 = 0

  public init() {}

  /// Whether everything is as it was.
  public var isNothing: Bool { usage.isEmpty && leftOut.isEmpty && beginning == nil && monthlyFee == 0 }
}
