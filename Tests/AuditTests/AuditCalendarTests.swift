import Audit
import Testing

@Suite("The auditor's calendar")
struct AuditCalendarTests {
  @Test("days follow each other, from 1969 to 2104, as one counts them on one's fingers")
  func daysFollow() {
    var expected = AuditCalendar.Day(1969, 1, 1)
    for number in Int64(-365)..<49_000 {
      #expect(AuditCalendar.days(expected) == number)
      #expect(AuditCalendar.date(number * AuditCalendar.day) == expected)
      #expect(AuditCalendar.date((number + 1) * AuditCalendar.day - 1) == expected)
      expected.day += 1
      if expected.day > AuditCalendar.length(ofMonth: expected.month, in: expected.year) {
        (expected.month, expected.day) = (expected.month + 1, 1)
      }
      if expected.month > 12 { (expected.year, expected.month) = (expected.year + 1, 1) }
    }
    #expect(expected.year == 2104)
  }

  @Test(
    "years with a 29 February", arguments: [(2024, true), (2026, false), (2000, true), (1900, false), (2100, false)])
  func leapYears(_ year: Int64, _ isLeap: Bool) { #expect(AuditCalendar.isLeap(year) == isLeap) }

  @Test(
    "anniversaries are counted from the anchor itself",
    arguments: [
      ("2026-01-31T10:00:00Z", "2026-02-28T09:59:59Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"),
      ("2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z"),
      ("2026-01-31T10:00:00Z", "2026-04-30T10:00:00Z", "2026-04-30T10:00:00Z", "2026-05-31T10:00:00Z"),
      ("2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z", "2029-02-28T00:00:00Z", "2029-03-29T00:00:00Z"),
      ("2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z", "2032-02-29T00:00:00Z", "2032-03-29T00:00:00Z"),
      ("2026-12-15T00:00:00Z", "2027-01-14T23:59:59Z", "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"),
      // Before the anchor, cycles go on backwards.
      ("2026-03-31T00:00:00Z", "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
    ])
  func cycles(_ anchor: String, _ time: String, _ start: String, _ end: String) throws {
    let cycle = AuditCalendar.cycle(
      at: try #require(AuditCalendar.time(time)), anchor: try #require(AuditCalendar.time(anchor)))
    #expect(AuditCalendar.text(cycle.start) == start)
    #expect(AuditCalendar.text(cycle.end) == end)
  }

  @Test("every moment is in exactly one cycle, and the next begins where it ends")
  func cyclesTile() {
    var random = SplitMix(seed: 11)
    for _ in 0..<2_000 {
      let anchor = random.within(0...4_000_000_000) * AuditCalendar.second
      let time = random.within(0...4_000_000_000) * AuditCalendar.second
      let cycle = AuditCalendar.cycle(at: time, anchor: anchor)
      #expect(cycle.start <= time && time < cycle.end)
      #expect(AuditCalendar.cycle(at: cycle.end, anchor: anchor).start == cycle.end)
      #expect(AuditCalendar.cycle(at: cycle.end - 1, anchor: anchor).start == cycle.start)
    }
  }

  @Test("months and texts")
  func months() throws {
    let time = try #require(AuditCalendar.time("2026-02-28T23:59:59Z"))
    #expect(AuditCalendar.text(AuditCalendar.monthStart(AuditCalendar.month(time))) == "2026-02-01T00:00:00Z")
    #expect(AuditCalendar.text(AuditCalendar.monthStart(AuditCalendar.month(time) + 1)) == "2026-03-01T00:00:00Z")
    #expect(AuditCalendar.text(time) == "2026-02-28T23:59:59Z")
    #expect(AuditCalendar.text(time + 1) == "2026-02-28T23:59:59.000001Z")
    #expect(AuditCalendar.time("2026-13-01") == nil)
    #expect(AuditCalendar.time("soon") == nil)
  }
}
