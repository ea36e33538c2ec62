/// A length of time, to the microsecond.
///
/// Days here are 24 hours. Months and business days are not lengths of time: they are counted on a calendar, see
/// ``BillingCalendar``.
@frozen
public struct TimeSpan: Hashable, Comparable, Sendable {
  public var microseconds: Int64

  @inlinable
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// No time at all.
  @inlinable public static var zero: TimeSpan { TimeSpan(microseconds: 0) }

  /// A number of seconds, for lengths written in code. Traps past 292,000 years.
  @inlinable public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 1_000_000) }
  /// A number of minutes, for lengths written in code. Traps past 292,000 years.
  @inlinable public static func minutes(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 60_000_000) }
  /// A number of hours, for lengths written in code. Traps past 292,000 years.
  @inlinable public static func hours(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 3_600_000_000) }
  /// A number of 24-hour days, for lengths written in code. Traps past 292,000 years.
  @inlinable public static func days(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 86_400_000_000) }
  /// A number of 7-day weeks, for lengths written in code. Traps past 292,000 years.
  @inlinable public static func weeks(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 604_800_000_000) }

  @inlinable
  public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.microseconds < right.microseconds }
}

// MARK: - Text

extension TimeSpan: CustomStringConvertible {
  private static let units: [(name: String, size: Int64)] = [
    ("week", 604_800_000_000), ("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000),
    ("second", 1_000_000), ("millisecond", 1_000), ("microsecond", 1),
  ]

  /// A whole number of the largest unit that fits exactly: `1 hour`, `90 minutes`, `2 weeks`.
  /// A single week is `7 days`, as terms and deadlines put it.
  public var description: String {
    if microseconds == 0 { return "0 seconds" }
    for unit in TimeSpan.units where microseconds % unit.size == 0 {
      let count = microseconds / unit.size
      if unit.name == "week" && count.magnitude == 1 { continue }
      return "\(count) \(unit.name)\(count.magnitude == 1 ? "" : "s")"
    }
    return "\(microseconds) microseconds"
  }

  /// Reads a whole number and a unit, from `microsecond` to `week`, with or without the `s`: `1 hour`, `90 minutes`.
  ///
  /// - Throws: ``ValueError/businessDays(_:)`` for those, ``ValueError/tooManyDecimals(_:limit:)`` for `1.5 hours`,
  ///   ``ValueError/outOfRange(_:of:)`` when it does not fit, ``ValueError/unreadable(_:as:)`` for any other text.
  public init(parsing text: String) throws(ValueError) {
    var cursor = try ByteCursor(text, as: .timeSpan)
    let isNegative = cursor.take("-")
    guard let number = cursor.takeNumber() else { throw .unreadable(text, as: .timeSpan) }
    cursor.takeSpaces()
    let word = cursor.takeWord()
    cursor.takeSpaces()
    if word == "business" && ["day", "days"].contains(cursor.takeWord()) && cursor.isAtEnd {
      throw .businessDays(text)
    }
    guard let unit = TimeSpan.units.first(where: { word == $0.name || word == $0.name + "s" }), cursor.isAtEnd else {
      throw .unreadable(text, as: .timeSpan)
    }
    guard number.decimals == 0 else { throw .tooManyDecimals(text, limit: 0) }
    // The sign goes in before the number is sized, because the range reaches one further below zero than above.
    let signed = (isNegative ? [UInt8(ascii: "-")] : []) + number.bytes
    guard let count = try? DecimalText(utf8: signed).scaled(toPower: 0) else { throw .outOfRange(text, of: .timeSpan) }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.size)
    guard !overflow else { throw .outOfRange(text, of: .timeSpan) }
    self.init(microseconds: product)
  }
}
