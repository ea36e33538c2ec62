/// A stretch of time that begins with `start` and ends just before `end`.
///
/// Both are microseconds since 1970 in UTC. Windows of one kind lie end to end: each moment is in exactly one.
@frozen
public struct Window: Hashable, Sendable {
  /// The first microsecond inside.
  public var start: Int64
  /// The first microsecond after.
  public var end: Int64

  @inlinable
  public init(start: Int64, end: Int64) {
    self.start = start
    self.end = end
  }

  /// All of time. It begins at `Int64.min + 2`, because the two numbers below that stand for "none" and "unknown" where
  /// moments are kept in registers.
  @inlinable public static var ever: Window { Window(start: Int64.min + 2, end: Int64.max) }

  /// Whether the moment, in microseconds since 1970, is inside.
  @inlinable public func contains(_ micro: Int64) -> Bool { start <= micro && micro < end }
}

/// How often a meter begins anew.
@frozen
public enum WindowKind: UInt8, CaseIterable, Hashable, Sendable {
  /// On the hour, UTC.
  case hour
  /// At midnight, UTC.
  case day
  /// At midnight before Monday, UTC (ISO 8601).
  case week
  /// At midnight before the first of the month, UTC.
  case month
  /// At each monthly anniversary of the subscription, to the microsecond.
  case cycle
  /// Never.
  case ever
}

extension WindowKind: CustomStringConvertible {
  /// The word in the language: `hour`, `day`, `week`, `month`, `cycle`, `ever`.
  public var name: String {
    switch self {
    case .hour: "hour"
    case .day: "day"
    case .week: "week"
    case .month: "month"
    case .cycle: "cycle"
    case .ever: "ever"
    }
  }

  /// The same as ``name``.
  public var description: String { name }

  /// The kind with this name in the language, or nil.
  public init?(name: String) {
    guard let kind = WindowKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
