import Language
import Values

extension FunctionDefinition {
  /// The most days that are counted: who is later than a year is not asked for more.
  static let mostDaysLate: Int64 = 365

  /// `days_late(due, paid)`: midnights passed since something was due.
  static let daysLate = FunctionDefinition(
    name: "days_late", summary: "midnights passed since a payment was due; 0 in time, 365 at most",
    parameters: [.init("due", .time), .init("paid", .time)],
    result: .init("days", .integer, range: ValueRange(0, mostDaysLate)),
    example: ("days_late(2026-01-31, 2026-02-03)", "3"),
    body: { times in
      let days = times[1] / Instant.perDay - times[0] / Instant.perDay
      return max(0, min(mostDaysLate, days))
    })
}
