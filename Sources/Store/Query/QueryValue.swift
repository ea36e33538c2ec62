/// One value of an answer.
public enum QueryValue: Sendable, Hashable {
  case null
  case integer(Int64)
  /// Only where a statement asked for one, as `avg` does: no view has any.
  case real(Double)
  case text(String)
  case blob([UInt8])
}

extension QueryValue {
  init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
  init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  init(_ count: Int) { self = .integer(Int64(count)) }
}

/// What came of a statement beside its rows.
public struct QueryOutcome: Sendable, Hashable {
  /// As the statement calls them.
  public var columns: [String]
  /// How many rows were given.
  public var rows: Int
  /// There were more than were asked for.
  public var isCut: Bool
}
