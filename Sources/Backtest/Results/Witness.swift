/// One event that shows a change, with why on both sides.
public struct Witness: Sendable, Hashable {
  public var row: Difference
  /// `why` of the base and of the candidate; several lines. Empty where nothing was decided.
  public var whyA: String
  public var whyB: String
}
