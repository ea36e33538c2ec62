/// Days, months and monthly anniversaries in UTC, counted from nothing but the rules of the Gregorian calendar.
public enum AuditCalendar {
  /// Microseconds.
  public static let second: Int64 = 1_000_000
  public static let hour = 3600 * second
  public static let day = 24 * hour

  public struct Day: Hashable, Sendable {
    public var year: Int64
    /// 1 to 12.
    public var month: Int64
    /// 1 to 31.
    public var day: Int64

    public init(_ year: Int64, _ month: Int64, _ day: Int64) {
      self.year = year
      self.month = month
      self.day = day
    }
  }

  public static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  public static func length(ofMonth month: Int64, in year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days before the first of January of a year, counted from 1970.
  static func daysBefore(year: Int64) -> Int64 {
    let past = year - 1
    return 365 * (year - 1970) + (floor(past, 4) - floor(past, 100) + floor(past, 400)) - 477
  }

  static func daysBefore(month: Int64, in year: Int64) -> Int64 {
    var days: Int64 = 0
    for earlier in 1..<max(1, month) { days += length(ofMonth: earlier, in: year) }
    return days
  }

  /// Days since 1970-01-01.
  public static func days(_ date: Day) -> Int64 {
    daysBefore(year: date.year) + daysBefore(month: date.month, in: date.year) + date.day - 1
  }

  /// The day a moment is in.
  public static func date(_ time: Int64) -> Day {
    let days = floor(time, day)
    // Never more than a year away from the right one.
    var year = 1970 + floor(days, 365)
    while daysBefore(year: year) > days { year -= 1 }
    while daysBefore(year: year + 1) <= days { year += 1 }
    var rest = days - daysBefore(year: year)
    var month: Int64 = 1
    while rest >= length(ofMonth: month, in: year) {
      rest -= length(ofMonth: month, in: year)
      month += 1
    }
    return Day(year, month, rest + 1)
  }

  /// Months since January of the year 0.
  public static func month(_ time: Int64) -> Int64 {
    let date = date(time)
    return date.year * 12 + date.month - 1
  }

  public static func monthStart(_ month: Int64) -> Int64 {
    days(Day(floor(month, 12), month - 12 * floor(month, 12) + 1, 1)) * day
  }

  /// The same day and time of day `months` later; the last day of a month that is too short for it.
  public static func anniversary(of anchor: Int64, after months: Int64) -> Int64 {
    let first = date(anchor)
    let month = first.year * 12 + first.month - 1 + months
    let (year, inYear) = (floor(month, 12), month - 12 * floor(month, 12) + 1)
    let date = Day(year, inYear, min(first.day, length(ofMonth: inYear, in: year)))
    return days(date) * day + (anchor - floor(anchor, day) * day)
  }

  /// The billing cycle a moment is in, `[start, end)`, always counted from the anchor itself.
  public static func cycle(at time: Int64, anchor: Int64) -> (start: Int64, end: Int64) {
    var months = month(time) - month(anchor)
    if anniversary(of: anchor, after: months) > time { months -= 1 }
    return (anniversary(of: anchor, after: months), anniversary(of: anchor, after: months + 1))
  }

  static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  // MARK: - Text

  /// `2026-01-31T10:00:00Z`; microseconds only where there are any.
  public static func text(_ time: Int64) -> String {
    let date = date(time)
    let rest = time - floor(time, day) * day
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
    let micro = rest % second
    let fraction = micro == 0 ? "" : "." + String(String(micro + second).dropFirst())
    let seconds = rest / second
    return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):"
      + "\(two(seconds % 60))\(fraction)Z"
  }

  /// Reads `2026-01-31T10:00:00Z`, `2026-01-31` and nothing else.
  public static func time(_ text: String) -> Int64? {
    let numbers = text.split(whereSeparator: { !$0.isWholeNumber }).compactMap { Int64($0) }
    guard numbers.count == 3 || numbers.count == 6, (1...12).contains(numbers[1]) else { return nil }
    let clock = numbers.count == 6 ? numbers[3] * 3600 + numbers[4] * 60 + numbers[5] : 0
    return days(Day(numbers[0], numbers[1], numbers[2])) * day + clock * second
  }
}
