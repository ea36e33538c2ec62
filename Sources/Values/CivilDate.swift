/// A day of the Gregorian calendar, with no time and no time zone.
@frozen
public struct CivilDate: Hashable, Comparable, Sendable {
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to the length of the month.
  public let day: Int

  /// Years the calendar is kept for: wider than any 64-bit count of microseconds reaches.
  @inlinable public static var years: ClosedRange<Int> { -400_000...400_000 }

  /// The day with these numbers, or nil when the calendar has no such day.
  @inlinable
  public init?(year: Int, month: Int, day: Int) {
    guard CivilDate.years.contains(year), (1...12).contains(month), day >= 1,
      day <= CivilDate.daysInMonth(month, of: year)
    else { return nil }
    self.init(checkedYear: year, month: month, day: day)
  }

  @inlinable
  init(checkedYear year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  @inlinable
  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

// MARK: - Counting days

// The algorithms are Howard Hinnant's `days_from_civil` and `civil_from_days`: a year counted from 1 March has its leap
// day last, so months have fixed offsets; 400 years, an era, always have 146,097 days.
extension CivilDate {
  /// Days since 1970-01-01, negative before it.
  @inlinable
  public var daysSinceEpoch: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorQuotient(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day this many days after 1970-01-01. A count beyond ``years`` gives the nearest day that exists.
  @inlinable
  public init(daysSinceEpoch days: Int) {
    // 400,000 years on either side of 1970, in days, rounded inwards.
    let shifted = max(-146_000_000, min(145_000_000, days)) + 719_468
    let era = floorQuotient(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    self.init(
      checkedYear: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// The day of the week, from 1 for Monday to 7 for Sunday (ISO 8601).
  @inlinable
  public var weekday: Int {
    // 1970-01-01 was a Thursday.
    floorRemainder(daysSinceEpoch + 3, 7) + 1
  }
}

// MARK: - Months

extension CivilDate {
  @inlinable
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// Whether the day lies in a leap year.
  @inlinable public var isLeap: Bool { CivilDate.isLeap(year) }

  /// 28 to 31. `month` is 1 to 12.
  @inlinable
  public static func daysInMonth(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Months since January of year 0: consecutive months have consecutive numbers.
  @inlinable public var monthNumber: Int { year * 12 + month - 1 }

  /// The same day `months` later, or earlier when negative; the last day of the month when that month is shorter:
  /// 31 January and one month is 28 or 29 February.
  ///
  /// A result beyond ``years`` stays in the first or last of them.
  @inlinable
  public func addingMonths(_ months: Int) -> CivilDate {
    let reach = 24 * CivilDate.years.upperBound
    let number = monthNumber + max(-reach, min(reach, months))
    let newYear = floorQuotient(number, 12)
    let newMonth = number - newYear * 12 + 1
    let bounded = max(CivilDate.years.lowerBound, min(CivilDate.years.upperBound, newYear))
    return CivilDate(
      checkedYear: bounded, month: newMonth, day: min(day, CivilDate.daysInMonth(newMonth, of: bounded)))
  }
}

extension CivilDate: CustomStringConvertible {
  /// `2026-10-15`.
  public var description: String {
    "\(year < 0 ? "-" : "")\(padded(year.magnitude, 4))-\(padded(month.magnitude, 2))-\(padded(day.magnitude, 2))"
  }
}

/// The number in digits, with zeros in front up to `width`.
func padded(_ number: UInt, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// What the quotient rounded toward −∞ leaves over: from 0 up to, not including, the divisor, which is above zero.
@inlinable
func floorRemainder<Number: FixedWidthInteger & SignedInteger>(_ number: Number, _ divisor: Number) -> Number {
  let rest = number % divisor
  return rest < 0 ? rest + divisor : rest
}

/// The quotient rounded toward −∞. The divisor is above zero.
@inlinable
func floorQuotient<Number: FixedWidthInteger & SignedInteger>(_ number: Number, _ divisor: Number) -> Number {
  let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
  return rest < 0 ? quotient - 1 : quotient
}
