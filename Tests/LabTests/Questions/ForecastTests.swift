import Engine
import Language
import Ledger
import Testing
import Values

@testable import Lab

/// Rows that were worked out by hand.
@Suite("Forecast")
struct ForecastTests {
  static let dollar = Money.nanoPerDollar

  private func time(_ text: String) throws -> Int64 { try Instant(parsing: text).microseconds }

  /// So many dollars on each of the days before.
  private func days(_ dollars: Int64, count: Int, before now: String) throws -> [Forecast.Day] {
    let today = try time(now) / Instant.perDay * Instant.perDay
    return (1...count).map { Forecast.Day(at: today - Int64($0) * Instant.perDay + 5, nano: dollars * Self.dollar) }
  }

  @Test("seventeen dollars at two a day last eight and a half days")
  func plain() throws {
    let now = try time("2026-03-10 00:00")
    let forecast = Forecast(
      days: try days(2, count: 30, before: "2026-03-10"), buckets: [.init("balance", available: 17 * Self.dollar)],
      now: now)
    #expect(forecast.outlooks.map(\.end) == [.at(try time("2026-03-18 12:00")), .at(try time("2026-03-18 12:00"))])
    #expect(forecast.outlooks.map(\.pace) == [2 * Self.dollar, 2 * Self.dollar])
    #expect(
      forecast.text().contains("last 7 days: $2.00 a day   runs out 2026-03-18 12:00 UTC (in 8 days)"),
      "\(forecast.text())")
  }

  @Test("each pace has its days: seven at $7 and none before are $7 and $1.63 a day")
  func paces() throws {
    let now = try time("2026-03-10 06:00")
    let forecast = Forecast(
      days: try days(7, count: 7, before: "2026-03-10"), buckets: [.init("balance", available: 49 * Self.dollar)],
      now: now)
    // $49 at $7 a day: 7 days. At $49 in 30 days: 30 days.
    #expect(forecast.outlooks[0].end == .at(try time("2026-03-17 06:00")))
    #expect(forecast.outlooks[1].end == .at(try time("2026-04-09 06:00")))
    #expect(forecast.outlooks[1].pace == 1_633_333_333)
  }

  @Test("today is not over, and what is older than the stretch does not count")
  func whichDays() throws {
    let now = try time("2026-03-10 23:59")
    let counted = [
      Forecast.Day(at: try time("2026-03-10 01:00"), nano: 100 * Self.dollar),
      Forecast.Day(at: try time("2026-03-09 23:59:59"), nano: 3 * Self.dollar),
      Forecast.Day(at: try time("2026-03-03 00:00"), nano: 4 * Self.dollar),
      Forecast.Day(at: try time("2026-03-02 23:59:59"), nano: 50 * Self.dollar),
    ]
    let forecast = Forecast(days: counted, buckets: [.init("balance", available: 1)], now: now)
    #expect(forecast.outlooks.map(\.spent) == [7 * Self.dollar, 57 * Self.dollar])
  }

  @Test("no pace never ends, and nothing left has ended")
  func zeroes() throws {
    let now = try time("2026-03-10")
    let idle = Forecast(days: [], buckets: [.init("balance", available: 1)], now: now)
    #expect(idle.outlooks.allSatisfy { $0.end == .noPace && $0.buckets == [.noPace] })
    #expect(idle.text().contains("last 7 days: nothing was spent"))
    let empty = Forecast(
      days: try days(1, count: 7, before: "2026-03-10"), buckets: [.init("balance", available: 0)], now: now)
    #expect(empty.outlooks[0].end == .at(now) && empty.text().contains("nothing is left now"))
  }

  @Test("a quota comes first and comes back")
  func refills() throws {
    // $3 a day. Quota $10 left of $30 on the 10th at noon; full again on 1 April and 1 May; balance $50.
    // The quota lasts 3 days 8 hours, to 13 March 20:00. From then to 1 April are 18 days 4 hours: $54.50 at $3 a day.
    // The balance of $50 lasts 16 days 16 hours, to 30 March 12:00.
    let now = try time("2026-03-10 12:00")
    let quota = Forecast.Bucket(
      "quota", available: 10 * Self.dollar, refill: .init(window: .month, allowance: 30 * Self.dollar))
    let forecast = Forecast(
      days: try days(3, count: 7, before: "2026-03-10"),
      buckets: [quota, .init("balance", available: 50 * Self.dollar)], now: now,
      stretches: [7])
    #expect(forecast.outlooks[0].buckets == [.at(try time("2026-03-13 20:00")), .at(try time("2026-03-30 12:00"))])
    #expect(forecast.outlooks[0].end == .at(try time("2026-03-30 12:00")))
    // With $60 there are $5.50 left on 1 April. $30 of quota last to 11 April; $5.50 another 1 day 20 hours.
    let longer = Forecast(
      days: try days(3, count: 7, before: "2026-03-10"),
      buckets: [quota, .init("balance", available: 60 * Self.dollar)], now: now,
      stretches: [7])
    #expect(longer.outlooks[0].end == .at(try time("2026-04-12 20:00")))
  }

  @Test("a quota that is enough never ends, not even in months of 31 days")
  func never() throws {
    let now = try time("2026-03-10")
    func forecast(_ allowance: Int64) throws -> Forecast {
      Forecast(
        days: try days(1, count: 7, before: "2026-03-10"),
        buckets: [
          .init("quota", available: 31 * Self.dollar, refill: .init(window: .month, allowance: allowance)),
          .init("balance", available: 2 * Self.dollar),
        ], now: now, stretches: [7])
    }
    #expect(try forecast(31 * Self.dollar).outlooks[0].end == .never)
    #expect(try forecast(31 * Self.dollar).text().contains("never runs out"))
    // A dollar short in every long month: May and July take the two there are, August is the third.
    #expect(try forecast(30 * Self.dollar).outlooks[0].end == .at(try time("2026-08-31 00:00")))
  }

  @Test("a plan's discount makes its quota last longer, and a closed bucket pays nothing")
  func ratesAndGates() throws {
    let now = try time("2026-03-10")
    let half = try #require(Ratio(1, over: 2))
    let forecast = Forecast(
      days: try days(2, count: 7, before: "2026-03-10"),
      buckets: [
        .init("quota", available: 5 * Self.dollar, rate: half),
        .init("balance", available: 900 * Self.dollar, closedBy: "fallback.fallback_is_on"),
      ], now: now, stretches: [7])
    #expect(forecast.outlooks[0].end == .at(try time("2026-03-15 00:00")))
    #expect(forecast.text().contains("balance  $900.00, closed by fallback.fallback_is_on"), "\(forecast.text())")
  }

  @Test("absurd sums end at a limit")
  func absurd() throws {
    let now = try time("2026-03-10")
    let forecast = Forecast(
      days: [.init(at: now - Instant.perDay, nano: 1)],
      buckets: [
        .init("quota", available: 0, refill: .init(window: .hour, allowance: 1)),
        .init("balance", available: Money.largest.nano),
      ], now: now)
    #expect(forecast.outlooks.allSatisfy { $0.end == .never || $0.end != .noPace })
    let fast = Forecast(
      days: [.init(at: now - Instant.perDay, nano: Int64.max), .init(at: now - Instant.perDay, nano: Int64.max)],
      buckets: [.init("balance", available: Money.largest.nano)], now: now, stretches: [7, 0, -4, 30])
    #expect(fast.outlooks.count == 2)
  }

  @Test("of an account the buckets, what fills them and what closes them are found")
  func account() throws {
    let payg = try Simulation(QuestionStage.rules.get())
    try payg.given("plan_quota $10, plan_rate 4/5, subscription_start 2025-12-15, quota is $4, balance is $20")
    let forecast = Forecast(
      payg.account, by: payg.engine, days: try days(1, count: 7, before: "2026-01-01"), at: payg.clock, stretches: [7])
    #expect(forecast.buckets.map(\.name) == ["subscription.quota", "funding.balance"])
    #expect(
      forecast.buckets[0].refill == .init(window: .cycle, anchor: try time("2025-12-15"), allowance: 10 * Self.dollar))
    #expect(forecast.buckets[1].closedBy == "fallback.fallback_is_on")
    // $4 of quota at 4/5 are $5 of requests: five days.
    #expect(forecast.outlooks[0].end == .at(try time("2026-01-06")))
    try payg.when("set fallback.enabled to on")
    let open = Forecast(
      payg.account, by: payg.engine, days: try days(1, count: 7, before: "2026-01-01"), at: payg.clock)
    #expect(open.buckets[1].closedBy == nil)
  }
}
