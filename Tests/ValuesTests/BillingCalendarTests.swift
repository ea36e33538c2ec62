import Testing
import Values

@Suite("billing calendar")
struct BillingCalendarTests {
  @Test(
    "knows its windows",
    arguments: [
      (WindowKind.hour, "2026-10-15T14:02:11Z", "2026-10-15T14:00:00Z", "2026-10-15T15:00:00Z"),
      (.hour, "2026-10-15T14:00:00Z", "2026-10-15T14:00:00Z", "2026-10-15T15:00:00Z"),
      (.hour, "2026-10-15T13:59:59.999999Z", "2026-10-15T13:00:00Z", "2026-10-15T14:00:00Z"),
      (.day, "2026-10-15T14:02:11Z", "2026-10-15T00:00:00Z", "2026-10-16T00:00:00Z"),
      (.week, "2026-10-15T14:02:11Z", "2026-10-12T00:00:00Z", "2026-10-19T00:00:00Z"),
      (.week, "2026-10-18T23:59:59Z", "2026-10-12T00:00:00Z", "2026-10-19T00:00:00Z"),
      (.week, "2026-10-19T00:00:00Z", "2026-10-19T00:00:00Z", "2026-10-26T00:00:00Z"),
      (.week, "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z"),
      (.month, "2026-10-15T14:02:11Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
      (.month, "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
      (.month, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ])
  func windows(kind: WindowKind, at: String, start: String, end: String) throws {
    let window = BillingCalendar.window(kind, at: try Instant(parsing: at).microseconds, anchor: nil)
    #expect(Instant(microseconds: window.start).description == start)
    #expect(Instant(microseconds: window.end).description == end)
  }

  @Test(
    "counts cycles from the original anchor",
    arguments: [
      ("2026-01-31", "2026-02-10", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"),
      ("2026-01-31", "2026-02-28", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
      ("2026-01-31", "2026-03-30 23:59", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
      ("2026-01-31", "2026-03-31", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"),
      ("2026-01-31", "2028-02-20", "2028-01-31T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("2026-01-31", "2026-01-30", "2025-12-31T00:00:00Z", "2026-01-31T00:00:00Z"),
      ("2026-01-31", "2025-03-01", "2025-02-28T00:00:00Z", "2025-03-31T00:00:00Z"),
      ("2028-01-30", "2028-02-28", "2028-01-30T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("2028-01-30", "2028-02-29", "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z"),
      ("2028-01-30", "2029-02-28", "2029-02-28T00:00:00Z", "2029-03-30T00:00:00Z"),
      ("2028-02-29", "2029-02-28", "2029-02-28T00:00:00Z", "2029-03-29T00:00:00Z"),
      ("2028-02-29", "2032-02-29", "2032-02-29T00:00:00Z", "2032-03-29T00:00:00Z"),
      ("2028-02-29", "2032-02-28", "2032-01-29T00:00:00Z", "2032-02-29T00:00:00Z"),
      ("2026-03-16T10:02:35Z", "2026-03-16T10:02:35Z", "2026-03-16T10:02:35Z", "2026-04-16T10:02:35Z"),
      ("2026-03-16T10:02:35Z", "2026-04-16T10:02:34.999999Z", "2026-03-16T10:02:35Z", "2026-04-16T10:02:35Z"),
      ("2026-03-16T10:02:35Z", "2026-04-16T10:02:35Z", "2026-04-16T10:02:35Z", "2026-05-16T10:02:35Z"),
      ("2026-03-16T10:02:35Z", "2026-03-16T10:02:34.999999Z", "2026-02-16T10:02:35Z", "2026-03-16T10:02:35Z"),
      (
        "2026-03-16T10:02:35.000001Z", "2026-03-16T10:02:35Z", "2026-02-16T10:02:35.000001Z",
        "2026-03-16T10:02:35.000001Z"
      ),
      ("2026-12-31T23:59:59Z", "2027-01-01", "2026-12-31T23:59:59Z", "2027-01-31T23:59:59Z"),
    ])
  func cycles(anchor: String, at: String, start: String, end: String) throws {
    let window = BillingCalendar.window(
      .cycle, at: try Instant(parsing: at).microseconds, anchor: try Instant(parsing: anchor).microseconds)
    #expect(Instant(microseconds: window.start).description == start)
    #expect(Instant(microseconds: window.end).description == end)
  }

  @Test("agrees with anniversaries found by walking the calendar")
  func walkedCycles() {
    var (random, seed) = seededGenerator("cycles")
    let calendar = WalkedCalendar()
    let inside = calendar.days.indices.filter { (1990...2100).contains(calendar.days[$0].year) }
    for round in 0..<80 {
      // Half of the anchors late in a month, where the short months matter.
      var place = inside.randomElement(using: &random) ?? 0
      if round % 2 == 0 { while calendar.days[place].day < 28 { place += 1 } }
      let anchor = calendar.days[place]
      let ofDay = Int64.random(in: 0..<Instant.perDay, using: &random)
      // Each month's anniversary: its day with the anchor's number, or its last.
      let anniversaries = calendar.days.indices.filter {
        let day = calendar.days[$0]
        return day.day == min(anchor.day, WalkedCalendar.length(of: day.month, in: day.year))
      }.map { Int64($0 - calendar.epoch) * Instant.perDay + ofDay }

      for _ in 0..<20 {
        let index = Int.random(in: 1..<anniversaries.count - 1, using: &random)
        let (start, end) = (anniversaries[index], anniversaries[index + 1])
        for micro in [start, end - 1, Int64.random(in: start..<end, using: &random)] {
          let window = BillingCalendar.window(
            .cycle, at: micro, anchor: Int64(place - calendar.epoch) * Instant.perDay + ofDay)
          #expect(window == Window(start: start, end: end), "anchor \(anchor), PAYG_SEED=\(seed)")
        }
      }
    }
  }

  @Test("lays windows end to end with each moment in one", arguments: WindowKind.allCases)
  func tiles(kind: WindowKind) {
    var (random, seed) = seededGenerator("tiles \(kind)")
    for _ in 0..<2_000 {
      let micro = random.anyInt64()
      let anchor = random.anyInt64()
      let window = BillingCalendar.window(kind, at: micro, anchor: anchor)
      #expect(window.contains(micro) || micro < Int64.min + 2 || micro == Int64.max, "PAYG_SEED=\(seed)")
      if window.end < Int64.max {
        #expect(BillingCalendar.window(kind, at: window.end, anchor: anchor).start == window.end, "PAYG_SEED=\(seed)")
        #expect(BillingCalendar.window(kind, at: window.end - 1, anchor: anchor) == window, "PAYG_SEED=\(seed)")
      }
    }
  }

  @Test("never ends without an anchor")
  func ever() {
    let all = Window(start: Int64.min + 2, end: Int64.max)
    #expect(BillingCalendar.window(.cycle, at: 5, anchor: nil) == all)
    #expect(BillingCalendar.window(.ever, at: 5, anchor: 3) == all)
    #expect(WindowKind.allCases.map(\.name) == ["hour", "day", "week", "month", "cycle", "ever"])
    for kind in WindowKind.allCases { #expect(WindowKind(name: kind.name) == kind) }
    #expect(WindowKind(name: "year") == nil)
  }

  @Test("takes any number", arguments: WindowKind.allCases)
  func extremes(kind: WindowKind) {
    let edge = BillingCalendar.reach
    let extremes = [Int64.min, Int64.min + 2, -edge - 1, -edge, -edge + 1, -1, 0, edge - 1, edge, Int64.max]
    for micro in extremes {
      for anchor in extremes {
        let window = BillingCalendar.window(kind, at: micro, anchor: anchor)
        #expect(window.start < window.end)
      }
    }
  }

  @Test(
    "adds business days",
    arguments: [
      // 2026-10-15 is a Thursday.
      ("2026-10-15 14:02", 1, "2026-10-16T14:02:00Z"), ("2026-10-15 14:02", 2, "2026-10-19T14:02:00Z"),
      ("2026-10-15", 5, "2026-10-22T00:00:00Z"), ("2026-10-15", 7, "2026-10-26T00:00:00Z"),
      ("2026-10-17", 1, "2026-10-19T00:00:00Z"), ("2026-10-18", 1, "2026-10-19T00:00:00Z"),
      ("2026-10-17", 5, "2026-10-23T00:00:00Z"), ("2026-10-17", 0, "2026-10-17T00:00:00Z"),
      ("2026-10-17", -1, "2026-10-16T00:00:00Z"), ("2026-10-18", -1, "2026-10-16T00:00:00Z"),
      ("2026-10-15", -4, "2026-10-09T00:00:00Z"), ("2026-10-19", -1, "2026-10-16T00:00:00Z"),
    ])
  func businessDays(text: String, count: Int, expected: String) throws {
    let micro = try Instant(parsing: text).microseconds
    #expect(Instant(microseconds: BillingCalendar.addBusinessDays(micro, count)).description == expected)
  }

  @Test("agrees with business days walked one by one")
  func walkedBusinessDays() {
    var (random, seed) = seededGenerator("business days")
    let calendar = WalkedCalendar()
    for _ in 0..<2_000 {
      let place = Int.random(in: 5_000..<calendar.days.count - 5_000, using: &random)
      let count = Int.random(in: -2_000...2_000, using: &random)
      let ofDay = Int64.random(in: 0..<Instant.perDay, using: &random)
      var walked = place
      var left = count.magnitude
      while left > 0 {
        walked += count.signum()
        if calendar.days[walked].weekday <= 5 { left -= 1 }
      }
      let reckoned = BillingCalendar.addBusinessDays(Int64(place - calendar.epoch) * Instant.perDay + ofDay, count)
      #expect(reckoned == Int64(walked - calendar.epoch) * Instant.perDay + ofDay, "PAYG_SEED=\(seed)")
    }
  }

  @Test("keeps absurd business days within reach", arguments: [Int.min, -1, 1, Int.max])
  func absurdBusinessDays(count: Int) {
    for micro in [Int64.min, -1, 0, Int64.max] {
      let moved = BillingCalendar.addBusinessDays(micro, count)
      #expect(moved >= -BillingCalendar.reach && moved <= BillingCalendar.reach)
    }
    #expect(BillingCalendar.addBusinessDays(0, .max) == BillingCalendar.reach)
    #expect(BillingCalendar.addBusinessDays(0, .min) == -BillingCalendar.reach)
  }
}
