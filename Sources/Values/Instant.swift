/// A moment, in UTC, to the microsecond.
///
/// Days have 86,400 seconds, as in Unix time. The declared range is from ``earliest`` to ``latest``.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microseconds: Int64

  @inlinable
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Midnight at the beginning of a day.
  @inlinable
  public init(_ date: CivilDate) {
    // A day beyond the reach of 64 bits is hundreds of millennia away; the nearest moment stands for it.
    let (product, overflow) = Int64(date.daysSinceEpoch).multipliedReportingOverflow(by: Instant.perDay)
    self.init(microseconds: overflow ? (date.year < 0 ? Int64.min : Int64.max) : product)
  }

  /// 1970-01-01T00:00:00Z, where the declared range begins.
  @inlinable public static var earliest: Instant { Instant(microseconds: 0) }
  /// 9999-12-31T23:59:59.999999Z, where the declared range ends.
  @inlinable public static var latest: Instant { Instant(microseconds: 253_402_300_799_999_999) }

  /// Microseconds in one second.
  @inlinable public static var perSecond: Int64 { 1_000_000 }
  /// Microseconds in one hour.
  @inlinable public static var perHour: Int64 { 3_600_000_000 }
  /// Microseconds in one day.
  @inlinable public static var perDay: Int64 { 86_400_000_000 }

  /// Whether the moment lies in the declared range, from ``earliest`` to ``latest``.
  @inlinable public var isInRange: Bool { self >= .earliest && self <= .latest }

  /// The day it falls on.
  @inlinable
  public var date: CivilDate { CivilDate(daysSinceEpoch: Int(floorQuotient(microseconds, Instant.perDay))) }

  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }
}

// MARK: - Arithmetic

extension Instant {
  /// The moment this much later, or nil when it does not fit.
  @inlinable
  public func adding(_ span: TimeSpan) -> Instant? {
    let (sum, overflow) = microseconds.addingReportingOverflow(span.microseconds)
    return overflow ? nil : Instant(microseconds: sum)
  }

  /// The time from `other` to this moment, negative when `other` is later, or nil when it does not fit.
  @inlinable
  public func since(_ other: Instant) -> TimeSpan? {
    let (difference, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
    return overflow ? nil : TimeSpan(microseconds: difference)
  }
}

// MARK: - Text

extension Instant: CustomStringConvertible {
  /// `2026-10-15T14:02:11Z`, with a fraction, `14:02:11.25Z`, only where there is one.
  public var description: String {
    let ofDay = floorRemainder(microseconds, Instant.perDay)
    let seconds = UInt(ofDay / Instant.perSecond)
    let fraction = DecimalText(ofDay % Instant.perSecond, scaledBy: 6).text(atLeast: 0, prefix: "").dropFirst()
    let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(date)T\(time)\(fraction)Z"
  }

  /// The day alone: `2026-10-15`.
  public var dateText: String { date.description }

  /// Reads `2026-10-15`, `2026-10-15 14:02`, `2026-10-15T14:02:11Z` or `2026-10-15T14:02:11.25Z`, always in UTC.
  ///
  /// A fraction may have up to nine digits. What lies beyond the microsecond is dropped, never rounded up, so a moment
  /// is never read as later than it was.
  ///
  /// - Throws: ``ValueError/impossibleDate(_:)`` for a day such as 2026-02-30, ``ValueError/impossibleTime(_:)`` for
  ///   a time such as 24:00, ``ValueError/leapSecond(_:)`` for second 60, ``ValueError/outOfRange(_:of:)`` before
  ///   1970, ``ValueError/tooManyDecimals(_:limit:)`` past nine digits, ``ValueError/unreadable(_:as:)`` for any other
  ///   text, time zones other than `Z` among them.
  public init(parsing text: String) throws(ValueError) {
    var cursor = try ByteCursor(text, as: .instant)
    guard let year = cursor.takeDigits(4), cursor.take("-"), let month = cursor.takeDigits(2), cursor.take("-"),
      let day = cursor.takeDigits(2)
    else { throw .unreadable(text, as: .instant) }

    var time = (hour: 0, minute: 0, second: 0)
    var micro = 0
    if !cursor.isAtEnd {
      let hasMark = cursor.take("T") || cursor.take("t")
      if !hasMark { cursor.takeSpaces() }
      guard let hour = cursor.takeDigits(2), cursor.take(":"), let minute = cursor.takeDigits(2) else {
        throw .unreadable(text, as: .instant)
      }
      time = (hour, minute, 0)
      if cursor.take(":") {
        guard let second = cursor.takeDigits(2) else { throw .unreadable(text, as: .instant) }
        time.second = second
        if cursor.take(".") {
          let digits = cursor.takeDigits()
          guard !digits.isEmpty else { throw .unreadable(text, as: .instant) }
          guard digits.count <= 9 else { throw .tooManyDecimals(text, limit: 9) }
          for index in 0..<6 {
            let place = digits.startIndex + index
            micro = micro * 10 + (place < digits.endIndex ? Int(digits[place] & 0x0F) : 0)
          }
        }
      }
      _ = cursor.take("Z") || cursor.take("z")
      guard cursor.isAtEnd else { throw .unreadable(text, as: .instant) }
    }

    guard let date = CivilDate(year: year, month: month, day: day) else { throw .impossibleDate(text) }
    guard time.hour < 24, time.minute < 60, time.second <= 60 else { throw .impossibleTime(text) }
    guard time.second < 60 else { throw .leapSecond(text) }
    guard year >= 1970 else { throw .outOfRange(text, of: .instant) }
    let seconds = (time.hour * 60 + time.minute) * 60 + time.second
    self.init(microseconds: Instant(date).microseconds + Int64(seconds) * Instant.perSecond + Int64(micro))
  }
}
