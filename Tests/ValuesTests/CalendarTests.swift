import Testing
import Values

/// The calendar as a child learns it: one day after another, by the lengths of the months.
struct WalkedCalendar {
  struct Day: Equatable { var year, month, day, weekday: Int }

  /// One for each day, from 1 January 1896, a Wednesday, to 31 December 2199.
  let days: [Day]
  /// Where 1970-01-01 is in `days`.
  let epoch: Int

  static func length(of month: Int, in year: Int) -> Int {
    let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  init() {
    var days: [Day] = []
    var today = Day(year: 1896, month: 1, day: 1, weekday: 3)
    while today.year < 2200 {
      days.append(today)
      today.weekday = today.weekday == 7 ? 1 : today.weekday + 1
      today.day += 1
      if today.day > WalkedCalendar.length(of: today.month, in: today.year) {
        (today.day, today.month) = (1, today.month + 1)
      }
      if today.month > 12 { (today.month, today.year) = (1, today.year + 1) }
    }
    self.days = days
    epoch = days.firstIndex { ($0.year, $0.month, $0.day) == (1970, 1, 1) } ?? 0
  }
}

@Suite("civil date")
struct CivilDateTests {
  @Test("agrees with a walk day by day over three centuries")
  func walk() {
    let calendar = WalkedCalendar()
    // 304 years, of which 76 divide by four, all but 1900 and 2100 leap years.
    #expect(calendar.days.count == 304 * 365 + 74)
    for (index, day) in calendar.days.enumerated() {
      let date = CivilDate(daysSinceEpoch: index - calendar.epoch)
      guard
        WalkedCalendar.Day(year: date.year, month: date.month, day: date.day, weekday: date.weekday) == day,
        date.daysSinceEpoch == index - calendar.epoch,
        CivilDate(year: day.year, month: day.month, day: day.day) == date
      else {
        Issue.record("\(day) came out as \(date), weekday \(date.weekday)")
        return
      }
    }
  }

  @Test(
    "has no day that is not there",
    arguments: [
      (2026, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (2026, 6, 31), (1900, 2, 29), (Int.max, 1, 1),
      (2026, Int.min, 1),
      (2026, 1, Int.max),
    ])
  func missing(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test(
    "adds months from the day itself, to the last day of a short month",
    arguments: [
      ("2026-01-31", 1, "2026-02-28"), ("2026-01-31", 2, "2026-03-31"), ("2028-01-31", 1, "2028-02-29"),
      ("2028-02-29", 12, "2029-02-28"), ("2028-02-29", 48, "2032-02-29"), ("2026-01-31", -1, "2025-12-31"),
      ("2026-03-31", -1, "2026-02-28"), ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -13, "2024-12-15"),
      ("2026-10-31", 0, "2026-10-31"),
    ])
  func months(text: String, count: Int, expected: String) throws {
    #expect(try Instant(parsing: text).date.addingMonths(count).description == expected)
  }

  @Test("keeps absurd numbers within its years", arguments: [Int.min, Int.min + 1, -1 << 60, 1 << 60, Int.max])
  func absurd(count: Int) {
    #expect(CivilDate.years.contains(CivilDate(daysSinceEpoch: count).year))
    let moved = CivilDate(daysSinceEpoch: 0).addingMonths(count)
    #expect(CivilDate.years.contains(moved.year))
    #expect(CivilDate(daysSinceEpoch: count).weekday >= 1)
    #expect(
      CivilDate(daysSinceEpoch: CivilDate(daysSinceEpoch: count).daysSinceEpoch) == CivilDate(daysSinceEpoch: count))
  }
}
