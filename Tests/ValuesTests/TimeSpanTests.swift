import Testing
import Values

@Suite("time span")
struct TimeSpanTests {
  @Test(
    "reads and prints",
    arguments: [
      ("1 hour", TimeSpan.hours(1), "1 hour"), ("90 minutes", .minutes(90), "90 minutes"),
      ("7 days", .days(7), "7 days"),
      ("2 weeks", .weeks(2), "2 weeks"), ("1 week", .days(7), "7 days"), ("14 days", .weeks(2), "2 weeks"),
      ("60 minutes", .hours(1), "1 hour"), ("0 hours", .zero, "0 seconds"), ("1 second", .seconds(1), "1 second"),
      ("1500 milliseconds", TimeSpan(microseconds: 1_500_000), "1500 milliseconds"),
      ("-5 minutes", .minutes(-5), "-5 minutes"),
      ("1 microsecond", TimeSpan(microseconds: 1), "1 microsecond"), ("24hours", .days(1), "1 day"),
      ("3 Days", .days(3), "3 days"),
      ("-1 week", .days(-7), "-7 days"),
    ])
  func reads(text: String, span: TimeSpan, printed: String) throws {
    #expect(try TimeSpan(parsing: text) == span)
    #expect(span.description == printed)
  }

  @Test(
    "refuses the rest and says why",
    arguments: [
      ("", "`` is not a duration"), ("5", "`5` is not a duration"), ("hour", "`hour` is not a duration"),
      ("1 month", "`1 month` is not a duration"), ("1 hour 30 minutes", "`1 hour 30 minutes` is not a duration"),
      ("7 business days", "`7 business days` has no fixed length"), ("7 business", "`7 business` is not a duration"),
      ("1.5 hours", "`1.5 hours` is not a whole number"),
      ("106751992 days", "`106751992 days` is out of range: a duration is at most 106751991 days"),
      (
        "99999999999999999999 days", "`99999999999999999999 days` is out of range: a duration is at most 106751991 days"
      ),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: ValueError.self) { try TimeSpan(parsing: text) }
    #expect(error?.message == message)
  }

  @Test("reads back what it prints")
  func readsBack() throws {
    var (random, seed) = seededGenerator("time span reads back")
    let sizes: [Int64] = [1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000, 604_800_000_000]
    for round in 0..<5_000 {
      let size = sizes[round % sizes.count]
      let span = TimeSpan(microseconds: random.anyInt64() / size * size)
      #expect(try TimeSpan(parsing: span.description) == span, "PAYG_SEED=\(seed)")
    }
    for extreme in [Int64.min, Int64.max] {
      let span = TimeSpan(microseconds: extreme)
      #expect(try TimeSpan(parsing: span.description) == span)
    }
  }
}
