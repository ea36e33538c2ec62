import Backtest
import Standard
import Testing

/// What each account of the demo's October would have paid with a plan and without one, worked out from the price list alone.
@Suite("Subscription against pay-as-you-go")
struct SubscriptionTests {
  static let unit = 2_000_000

  /// Nano-dollars, in pico-dollars per unit: a request's price, rounded up once.
  static func cost(_ request: RecomputedTests.Request, _ price: (input: Int, cached: Int, output: Int)) -> Int {
    let exact =
      (request.input - request.cached) * price.input + request.cached * price.cached + request.output * price.output
    return (exact + unit - 1) / unit * 2_000
  }

  static func up(_ value: Int, _ top: Int, _ bottom: Int) -> Int {
    // A unit is 2,000 nano-dollars.
    (value * top + bottom * 2_000 - 1) / (bottom * 2_000) * 2_000
  }

  @Test("charged, drawn and paid by each account")
  func byAccount() throws {
    let prices = try RecomputedTests.prices()
    var plain: [String: Int] = [:]
    var charged: [String: Int] = [:]
    var quota: [String: Int] = [:]
    for request in try RecomputedTests.requests() {
      guard let price = prices[request.model] else { continue }
      let name = String(request.account)
      let cost = Self.cost(request, price)
      plain[name, default: 0] += cost
      let left = 20_000_000_000 - quota[name, default: 0]
      let need = Self.up(cost, 4, 5)
      quota[name, default: 0] += min(left, need)
      if need > left { charged[name, default: 0] += Self.up(need - left, cost, need) }
    }
    let reading = SuppositionTests.reading
    let candidates = try [
      "first cancel", "first subscribe quota $20 rate 4/5, first fallback.enabled on, fee $16 each month",
    ].map { try reading.candidate($0) }
    let result = try Stage.compare(candidates, given: ["balance is $1_000_000"])
    let pair = result.comparisons[0]
    #expect(pair.accounts.count == plain.count && plain.count == 12)
    for account in pair.accounts {
      let name = account.account
      #expect(account.a.charged == Int64(plain[name, default: 0]), "\(name)")
      #expect(account.b.charged == Int64(charged[name, default: 0]), "\(name)")
      #expect(account.b.quota == Int64(quota[name, default: 0]), "\(name)")
      #expect(account.a.quota == 0 && account.a.fees == 0 && account.b.fees == 16_000_000_000)
      #expect(account.b.pays == Int64(charged[name, default: 0]) + 16_000_000_000)
    }
    #expect(result.candidates[1].money.fees == 12 * 16_000_000_000)

    // Those that pay more stand first, with their sum.
    let report = AccountsReport(result)
    let sorted = AccountsReport.sorted(pair.accounts)
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.pays >= $1.pays })
    #expect(report.csv.split(separator: "\r\n").count == 13)
    #expect(report.csv.hasPrefix(AccountsReport.columns.joined(separator: ",") + "\r\n"))
    #expect(report.text().contains("all of these") && report.text().contains("fees B"))
    let first = try #require(report.csv.split(separator: "\r\n").dropFirst().first).split(separator: ",")
    #expect(first.last.map(String.init) == "\(sorted[0].pays)")
  }
}
