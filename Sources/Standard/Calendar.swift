import Language
import Values

/// Functions of times, all in UTC.
enum Calendar {
  static let all = [daysBetween, startOfDay, startOfMonth, addBusinessDays, hourOfDay, dayOfWeek, dayOfMonth]

  private static let whole = ValueType.integer

  static let daysBetween = FunctionDefinition(
    name: "days_between", summary: "midnights passed from the first time to the second; below zero if it is earlier",
    parameters: [.init("from", .time), .init("to", .time)],
    result: .init("days", whole, range: ValueRange(-3_000_000, 3_000_000)),
    example: ("days_between(2026-01-01, 2026-01-31)", "30"),
    body: { $0[1] / Instant.perDay - $0[0] / Instant.perDay })

  static let startOfDay = FunctionDefinition(
    name: "start_of_day", summary: "midnight of the day that a time is in",
    parameters: [.init("time", .time)], result: .init("start", .time),
    example: ("start_of_day(2026-01-31T14:02:11Z)", "2026-01-31T00:00:00Z"),
    body: { $0[0] - $0[0] % Instant.perDay })

  static let startOfMonth = FunctionDefinition(
    name: "start_of_month", summary: "midnight of the first day of the month that a time is in",
    parameters: [.init("time", .time)], result: .init("start", .time),
    example: ("start_of_month(2026-01-31T14:02:11Z)", "2026-01-01T00:00:00Z"),
    body: { max(0, BillingCalendar.window(.month, at: $0[0], anchor: nil).start) })

  static let addBusinessDays = FunctionDefinition(
    name: "add_business_days", summary: "a time so many days from Monday to Friday later, at the same time of day",
    parameters: [.init("time", .time), .init("days", whole, range: ValueRange(-10_000, 10_000))],
    result: .init("time", .time),
    example: ("add_business_days(2026-01-30, 1)", "2026-02-02T00:00:00Z"),
    body: { max(0, min(Instant.latest.microseconds, BillingCalendar.addBusinessDays($0[0], Int($0[1])))) })

  static let hourOfDay = FunctionDefinition(
    name: "hour_of_day", summary: "the hour of a time, from 0 to 23",
    parameters: [.init("time", .time)], result: .init("hour", whole, range: ValueRange(0, 23)),
    example: ("hour_of_day(2026-01-31T14:02:11Z)", "14"),
    body: { $0[0] % Instant.perDay / Instant.perHour })

  static let dayOfWeek = FunctionDefinition(
    name: "day_of_week", summary: "the day of the week of a time, Monday 1 to Sunday 7",
    parameters: [.init("time", .time)], result: .init("day", whole, range: ValueRange(1, 7)),
    example: ("day_of_week(2026-01-31)", "6"),
    // 1970-01-01 was a Thursday.
    body: { ($0[0] / Instant.perDay + 3) % 7 + 1 })

  static let dayOfMonth = FunctionDefinition(
    name: "day_of_month", summary: "the day of the month of a time, from 1 to 31",
    parameters: [.init("time", .time)], result: .init("day", whole, range: ValueRange(1, 31)),
    example: ("day_of_month(2026-01-31)", "31"),
    body: { Int64(Instant(microseconds: $0[0]).date.day) })
}
