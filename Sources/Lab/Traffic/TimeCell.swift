import Formats
import Values

/// A moment as exports write it, read from bytes.
///
/// - `2026-10-15T14:02:11.25Z`, with a `T` or a space, up to nine digits of a second, and `Z`, `UTC`, an offset such as
///   `+02:00` or nothing at the end, which means UTC. A day alone is its midnight.
/// - A number in the unit its column's name ends in: `_s`, `_ms`, `_us`, `_ns`.
/// - A number without a unit. Since 1970 there are 10 digits of seconds, 13 of milliseconds, 16 of microseconds, 19 of
///   nanoseconds, until the year 2286: so many digits say the unit, and any other count of ten or more is refused.
/// - A number of less than a billion seconds (2001-09-09) counts from zero. It is added to a start if there is one, else
///   refused.
///
/// What lies beyond the microsecond is dropped, never rounded up, so a moment is never read as later than it was.
struct TimeCell {
  /// The unit of a number, by the name of its column.
  enum Unit: UInt8, CaseIterable {
    case unnamed, seconds, milliseconds, microseconds, nanoseconds

    var ending: String {
      switch self {
      case .unnamed: ""
      case .seconds: "_s"
      case .milliseconds: "_ms"
      case .microseconds: "_us"
      case .nanoseconds: "_ns"
      }
    }
  }

  /// The least number of microseconds that is a moment by itself: a billion seconds.
  static let leastMoment: Int64 = 1_000_000_000_000_000
  private static let example = "write it like `2026-10-15T14:02:11Z`"

  /// Microseconds since 1970.
  ///
  /// - Parameter start: What a number that counts from zero is added to.
  static func read(_ cell: UnsafeRawBufferPointer, _ unit: Unit, start: Instant?) throws(CellFault) -> Int64 {
    if cell.count >= 10, cell[4] == UInt8(ascii: "-") { return try moment(cell) }
    let micro = try count(cell, unit)
    if micro >= leastMoment { return micro }
    guard let start else {
      throw CellFault(
        cell, "counts from zero, not from 1970", help: "say what it is added to: `--start 2026-01-01`")
    }
    guard let moment = start.adding(TimeSpan(microseconds: micro)), moment.isInRange else { throw outOfRange(cell) }
    return moment.microseconds
  }

  private static func outOfRange(_ cell: UnsafeRawBufferPointer) -> CellFault {
    CellFault(.outOfRange(CellFault.shown(cell), of: .instant))
  }

  // MARK: - Numbers

  /// A number as microseconds: digits, and more behind a point.
  static func count(_ cell: UnsafeRawBufferPointer, _ unit: Unit) throws(CellFault) -> Int64 {
    var whole: UInt64 = 0
    var place = 0
    while place < cell.count, cell[place] &- 0x30 <= 9 {
      // 19 digits fit 64 bits.
      guard place < 19 else { throw outOfRange(cell) }
      whole = whole &* 10 &+ UInt64(cell[place] & 0x0F)
      place += 1
    }
    guard place > 0 else { throw CellFault(cell, "is not a time", help: example) }
    var billionths: UInt64 = 0
    if place < cell.count {
      let decimals = cell.count - place - 1
      guard cell[place] == UInt8(ascii: "."), decimals > 0 else {
        throw CellFault(cell, "is not a time", help: example)
      }
      // Printed binary fractions have 17 digits and mean no more by them.
      guard decimals <= DecimalText.digitLimit else {
        throw CellFault(.tooManyDecimals(CellFault.shown(cell), limit: DecimalText.digitLimit))
      }
      place += 1
      let first = place
      while place < cell.count {
        guard cell[place] &- 0x30 <= 9 else { throw CellFault(cell, "is not a time", help: example) }
        if place - first < 9 { billionths = billionths * 10 + UInt64(cell[place] & 0x0F) }
        place += 1
      }
      for _ in min(decimals, 9)..<9 { billionths *= 10 }
    }
    let (product, overflow): (UInt64, Bool)
    switch unit == .unnamed ? try unitByDigits(whole, cell) : unit {
    case .seconds, .unnamed:
      (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000)
      billionths /= 1_000
    case .milliseconds:
      (product, overflow) = whole.multipliedReportingOverflow(by: 1_000)
      billionths /= 1_000_000
    case .microseconds: (product, overflow, billionths) = (whole, false, 0)
    case .nanoseconds: (product, overflow, billionths) = (whole / 1_000, false, 0)
    }
    guard !overflow, product <= UInt64(Instant.latest.microseconds) - 1_000_000 else { throw outOfRange(cell) }
    return Int64(product + billionths)
  }

  private static func unitByDigits(_ whole: UInt64, _ cell: UnsafeRawBufferPointer) throws(CellFault) -> Unit {
    switch whole {
    case ..<10_000_000_000: return .seconds
    case 1_000_000_000_000..<10_000_000_000_000: return .milliseconds
    case 1_000_000_000_000_000..<10_000_000_000_000_000: return .microseconds
    case 1_000_000_000_000_000_000...: return .nanoseconds
    default:
      throw CellFault(
        cell, "may be in seconds, milliseconds or microseconds", help: "name the column so that it says: `ts_ms`")
    }
  }

  // MARK: - Dates

  /// Two digits, or −1.
  @inline(__always)
  private static func pair(_ cell: UnsafeRawBufferPointer, _ place: Int) -> Int {
    guard place + 1 < cell.count else { return -1 }
    let (ten, one) = (cell[place] &- 0x30, cell[place + 1] &- 0x30)
    return ten <= 9 && one <= 9 ? Int(ten) * 10 + Int(one) : -1
  }

  private static func moment(_ cell: UnsafeRawBufferPointer) throws(CellFault) -> Int64 {
    let unreadable = { (cell: UnsafeRawBufferPointer) in CellFault(cell, "is not a time", help: example) }
    let (century, year, month, day) = (pair(cell, 0), pair(cell, 2), pair(cell, 5), pair(cell, 8))
    guard century >= 0, year >= 0, month >= 0, day >= 0, cell[7] == UInt8(ascii: "-") else { throw unreadable(cell) }
    var micro: Int64 = 0
    if cell.count > 10 {
      guard cell[10] | 0x20 == UInt8(ascii: "t") || cell[10] == UInt8(ascii: " ") else { throw unreadable(cell) }
      let (hour, minute) = (pair(cell, 11), pair(cell, 14))
      guard hour >= 0, minute >= 0, cell[13] == UInt8(ascii: ":") else { throw unreadable(cell) }
      var place = 16
      var second = 0
      if place < cell.count, cell[place] == UInt8(ascii: ":") {
        second = pair(cell, 17)
        guard second >= 0 else { throw unreadable(cell) }
        place = 19
        if place < cell.count, cell[place] == UInt8(ascii: ".") {
          place += 1
          let first = place
          while place < cell.count, cell[place] &- 0x30 <= 9 {
            if place - first < 6 { micro = micro * 10 + Int64(cell[place] & 0x0F) }
            place += 1
          }
          guard place > first else { throw unreadable(cell) }
          guard place - first <= 9 else { throw CellFault(.tooManyDecimals(CellFault.shown(cell), limit: 9)) }
          for _ in min(6, place - first)..<6 { micro *= 10 }
        }
      }
      guard hour < 24, minute < 60, second <= 60 else { throw CellFault(.impossibleTime(CellFault.shown(cell))) }
      guard second < 60 else { throw CellFault(.leapSecond(CellFault.shown(cell))) }
      guard let offset = offset(UnsafeRawBufferPointer(rebasing: cell[place...])) else { throw unreadable(cell) }
      micro += Int64((hour * 60 + minute - offset) * 60 + second) * Instant.perSecond
    }
    guard let date = CivilDate(year: century * 100 + year, month: month, day: day) else {
      throw CellFault(.impossibleDate(CellFault.shown(cell)))
    }
    let result = Instant(microseconds: Instant(date).microseconds + micro)
    guard result.isInRange else { throw outOfRange(cell) }
    return result.microseconds
  }

  /// How many minutes a time is ahead of UTC; nil where this is no zone.
  private static func offset(_ zone: UnsafeRawBufferPointer) -> Int? {
    var zone = zone
    if zone.first == UInt8(ascii: " ") { zone = UnsafeRawBufferPointer(rebasing: zone.dropFirst()) }
    guard let sign = zone.first else { return 0 }
    if zone.count == 1 { return sign | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    if zone.elementsEqual("UTC".utf8) || zone.elementsEqual("GMT".utf8) { return 0 }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    let hours = pair(zone, 1)
    var minutes = 0
    switch zone.count {
    case 3: break
    case 5: minutes = pair(zone, 3)
    case 6 where zone[3] == UInt8(ascii: ":"): minutes = pair(zone, 4)
    default: return nil
    }
    guard (0..<24).contains(hours), (0..<60).contains(minutes) else { return nil }
    return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
  }
}
