import Testing
import Values

@Suite("instant")
struct InstantTests {
  @Test(
    "reads and prints moments",
    arguments: [
      ("2026-10-15", 1_792_022_400_000_000, "2026-10-15T00:00:00Z"),
      ("2026-10-15 14:02", 1_792_072_920_000_000, "2026-10-15T14:02:00Z"),
      ("2026-10-15T14:02:11Z", 1_792_072_931_000_000, "2026-10-15T14:02:11Z"),
      ("2026-10-15 14:02:11", 1_792_072_931_000_000, "2026-10-15T14:02:11Z"),
      ("2026-10-15t14:02z", 1_792_072_920_000_000, "2026-10-15T14:02:00Z"),
      ("2026-10-15T14:02:11.25Z", 1_792_072_931_250_000, "2026-10-15T14:02:11.25Z"),
      ("2026-10-15T14:02:11.000001Z", 1_792_072_931_000_001, "2026-10-15T14:02:11.000001Z"),
      ("2026-10-15T14:02:11.1234567Z", 1_792_072_931_123_456, "2026-10-15T14:02:11.123456Z"),
      ("2026-10-15T14:02:11.999999999Z", 1_792_072_931_999_999, "2026-10-15T14:02:11.999999Z"),
      ("1970-01-01", 0, "1970-01-01T00:00:00Z"), ("2000-02-29", 951_782_400_000_000, "2000-02-29T00:00:00Z"),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
      (" 2026-10-15 ", 1_792_022_400_000_000, "2026-10-15T00:00:00Z"),
    ])
  func reads(text: String, microseconds: Int64, printed: String) throws {
    let instant = try Instant(parsing: text)
    #expect(instant.microseconds == microseconds)
    #expect(instant.description == printed)
    #expect(instant.dateText == printed.prefix(10))
  }

  @Test(
    "refuses days that do not exist",
    arguments: [
      "2026-13-01", "2026-00-10", "2026-02-30", "2026-02-29", "2100-02-29", "2026-04-31", "2026-01-00", "2026-01-32",
      "2026-02-30T10:00:00Z",
    ])
  func impossibleDate(text: String) {
    #expect(throws: ValueError.impossibleDate(text)) { try Instant(parsing: text) }
    #expect(ValueError.impossibleDate(text).message == "`\(text)` is not a day of the calendar")
  }

  @Test("refuses times that do not exist", arguments: ["24:00", "23:60", "25:00:00", "23:59:61", "99:99:99"])
  func impossibleTime(time: String) {
    let text = "2026-10-15T\(time)"
    #expect(throws: ValueError.impossibleTime(text)) { try Instant(parsing: text) }
  }

  @Test("refuses leap seconds", arguments: ["2016-12-31T23:59:60Z", "2026-10-15T14:02:60Z"])
  func leapSecond(text: String) {
    #expect(throws: ValueError.leapSecond(text)) { try Instant(parsing: text) }
  }

  @Test("refuses the time before 1970", arguments: ["1969-12-31", "0000-01-01", "1969-12-31T23:59:59Z"])
  func tooEarly(text: String) {
    #expect(throws: ValueError.outOfRange(text, of: .instant)) { try Instant(parsing: text) }
  }

  @Test(
    "refuses the rest",
    arguments: [
      "", "today", "2026", "2026-10", "2026-1-5", "26-10-15", "2026/10/15", "2026-10-15T", "2026-10-15 14",
      "2026-10-15T14:2",
      "2026-10-15T14:02:11.Z", "2026-10-15T14:02:11+02:00", "2026-10-15T14:02:11ZZ", "2026-10-15Z", "2026-10-15T 14:02",
      "2026-10-15x", "10000-01-01", "-2026-10-15", "２026-10-15",
    ])
  func unreadable(text: String) {
    #expect(throws: ValueError.unreadable(text, as: .instant)) { try Instant(parsing: text) }
  }

  @Test("refuses more than nine digits of a second")
  func decimals() {
    let text = "2026-10-15T14:02:11.1234567890Z"
    #expect(throws: ValueError.tooManyDecimals(text, limit: 9)) { try Instant(parsing: text) }
  }

  @Test("adds and subtracts, or gives nothing")
  func arithmetic() throws {
    let noon = try Instant(parsing: "2026-10-15 12:00")
    #expect(noon.adding(.hours(13))?.description == "2026-10-16T01:00:00Z")
    #expect(try noon.since(Instant(parsing: "2026-10-14")) == .hours(36))
    #expect(Instant(microseconds: .max).adding(.seconds(1)) == nil)
    #expect(Instant(microseconds: .min).since(.latest) == nil)
    #expect(noon.isInRange && Instant.latest.isInRange)
    #expect(!Instant(microseconds: -1).isInRange && !Instant(microseconds: .max).isInRange)
  }

  @Test(
    "prints even what is out of range",
    arguments: [
      (-1, "1969-12-31T23:59:59.999999Z"), (Int64.max, "294247-01-10T04:00:54.775807Z"),
      (Int64.min, "-290308-12-21T19:59:05.224192Z"), (-62_198_755_200_000_000, "-0001-01-01T00:00:00Z"),
    ])
  func printsAll(microseconds: Int64, text: String) {
    #expect(Instant(microseconds: microseconds).description == text)
  }

  @Test("reads back what it prints")
  func readsBack() throws {
    var (random, seed) = seededGenerator("instant reads back")
    for _ in 0..<5_000 {
      var micro = Int64.random(in: 0...Instant.latest.microseconds, using: &random)
      if Bool.random(using: &random) { micro -= micro % 1_000_000 }
      let instant = Instant(microseconds: micro)
      #expect(try Instant(parsing: instant.description) == instant, "PAYG_SEED=\(seed)")
      #expect(try Instant(parsing: instant.dateText) == Instant(instant.date), "PAYG_SEED=\(seed)")
    }
  }
}
