import Testing
import Values

@testable import Lab

@Suite("Times in usage files")
struct TrafficTimeTests {
  static func read(
    _ text: String, _ unit: TimeCell.Unit = .unnamed, start: Instant? = nil
  ) throws(CellFault) -> Int64 {
    let result: Result<Int64, CellFault> = Array(text.utf8).withUnsafeBytes { bytes in
      do throws(CellFault) { return .success(try TimeCell.read(bytes, unit, start: start)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  @Test(
    "a written time is read to the microsecond, and never as later than it was",
    arguments: [
      ("2026-01-01", 0), ("2026-01-01 00:00", 0), ("2026-01-01T00:00:00Z", 0), ("2026-01-01t00:00:00z", 0),
      ("2026-01-01 00:00:01", 1_000_000), ("2026-01-01T00:00:00.5", 500_000), ("2026-01-01T00:00:00.1234567Z", 123_456),
      ("2026-01-01T00:00:00.999999999Z", 999_999), ("2026-01-01T02:00:00+02:00", 0), ("2026-01-01T02:00:00+0200", 0),
      ("2026-01-01T02:00:00+02", 0), ("2025-12-31T19:30:00-04:30", 0), ("2026-01-01 00:00:00 UTC", 0),
      ("2026-01-01 00:00:00 +00:00", 0), ("2026-01-01 00:00:00 GMT", 0), ("2025-12-31T23:59:59.000001", -999_999),
    ] as [(String, Int64)])
  func written(_ text: String, _ after: Int64) throws {
    #expect(try Self.read(text) == TrafficBench.newYear + after)
    // What both read, they read alike.
    if let instant = try? Instant(parsing: text) { #expect(instant.microseconds == TrafficBench.newYear + after) }
  }

  @Test(
    "the digits of a number say its unit",
    arguments: [
      ("1767225600", 0), ("1767225600.25", 250_000), ("1767225600000", 0), ("1767225600001.5", 1_500),
      ("1767225600000001", 1), ("1767225600000001.9", 1), ("1767225600000001999", 1),
      ("1767225600.20793754160099873", 207_937),
    ] as [(String, Int64)])
  func digits(_ text: String, _ after: Int64) throws { #expect(try Self.read(text) == TrafficBench.newYear + after) }

  @Test("the name of a column says it better")
  func units() throws {
    let start = Instant(microseconds: TrafficBench.newYear)
    for (text, unit, micro) in [
      ("1500", .seconds, 1_500_000_000), ("1500", .milliseconds, 1_500_000), ("1500", .microseconds, 1_500),
      ("1500", .nanoseconds, 1), ("0.000001", .seconds, 1), ("0.0009", .milliseconds, 0), ("0", .seconds, 0),
    ] as [(String, TimeCell.Unit, Int64)] {
      #expect(try Self.read(text, unit, start: start) == start.microseconds + micro)
      #expect(throws: CellFault.self) { try Self.read(text, unit) }
    }
    #expect(try Self.read("17672256000", .milliseconds, start: start) == start.microseconds + 17_672_256_000_000)
    #expect(try Self.read("1767225600000000", .microseconds, start: start) == start.microseconds)
    #expect(try Self.read("2026-01-01", .microseconds, start: start) == start.microseconds)
  }

  @Test(
    "what is ambiguous or impossible is refused",
    arguments: [
      ("12345678901", "`12345678901` may be in seconds, milliseconds or microseconds"),
      ("123456789012345", "`123456789012345` may be in"), ("12345678901234567", "`12345678901234567` may be in"),
      ("5", "`5` counts from zero, not from 1970"), ("0.000", "`0.000` counts from zero"),
      ("99999999999999999999", "`99999999999999999999` is out of range"), ("1.7e9", "`1.7e9` is not a time"),
      ("-5", "`-5` is not a time"), ("1767225600.", "`1767225600.` is not a time"), ("soon", "`soon` is not a time"),
      (
        "1767225600." + String(repeating: "1", count: 65),
        "`1767225600.1111111111111111111111111111111111111…` has more"
      ),
      ("2026-02-30", "`2026-02-30` is not a day of the calendar"), ("2026-13-01", "`2026-13-01` is not a day"),
      ("2026-01-01T24:00", "`2026-01-01T24:00` is not a time of day"),
      ("2026-01-01T00:00:60Z", "`2026-01-01T00:00:60Z` is a leap second"),
      ("1969-12-31T23:59:59Z", "`1969-12-31T23:59:59Z` is out of range"),
      ("1970-01-01T00:00:00+01:00", "`1970-01-01T00:00:00+01:00` is out of range"),
      ("9999-12-31T23:59:59-01:00", "`9999-12-31T23:59:59-01:00` is out of range"),
      ("2026-01-01T00:00:00.", "`2026-01-01T00:00:00.` is not a time"),
      ("2026-01-01T00:00:00X", "`2026-01-01T00:00:00X` is not a time"),
      ("2026-01-01T00:00:00.1234567890Z", "`2026-01-01T00:00:00.1234567890Z` has more"),
      ("2026-1-1T00:00", "`2026-1-1T00:00` is not a time"),
      ("2026-01-01T00", "`2026-01-01T00` is not a time"), ("2026-01-01T00:00:0", "`2026-01-01T00:00:0` is not a time"),
      ("2026-01-01 00:00:00 CEST", "`2026-01-01 00:00:00 CEST` is not a time"),
      ("2026-01-01T00:00+24:00", "`2026-01-01T00:00+24:00` is not"),
    ])
  func refused(_ text: String, _ message: String) {
    do throws(CellFault) {
      let micro = try Self.read(text)
      Issue.record("read as \(micro)")
    } catch {
      #expect(error.message.hasPrefix(message), "\(error.message)")
    }
  }

  @Test("any start and any time before or after it stays in range or is refused")
  func ends() throws {
    #expect(throws: CellFault.self) { try Self.read("999999999", .seconds, start: .latest) }
    #expect(throws: CellFault.self) { try Self.read("253402300799", .seconds) }
    #expect(try Self.read("253402300798", .seconds) == 253_402_300_798_000_000)
  }
}
