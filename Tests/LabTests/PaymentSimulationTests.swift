import Engine
import Standard
import Testing
import Values

@testable import Lab

/// What a line leads to at the payment provider, as programs see it.
@Suite("Simulated payments")
struct PaymentSimulationTests {
  static func simulation(_ given: String) throws -> Simulation {
    let payg = try Simulation(rules: Place.rules)
    try payg.given(given)
    return payg
  }

  @Test("an automatic charge is part of the answer, with the rule that asked")
  func threshold() throws {
    let payg = try Self.simulation("card visa, topup.enabled on, threshold $10, amount $50, balance is $10.50")
    let answer = try payg.when("request costing $1")
    let charge = try #require(answer.collections.first)
    #expect(answer.collections.count == 1 && answer.refunds.isEmpty)
    #expect(charge.amount == .dollars(50) && charge.card == "visa" && charge.outcome == .paid)
    #expect(charge.rule == "topup.threshold_reached")
    #expect(answer.why.contains("topup.threshold_reached asks visa for $50.00: paid"))
    #expect(payg.money("balance") == Money(nano: 59_500_000_000))
  }

  @Test("a decline is part of it, too")
  func declined() throws {
    let payg = try Self.simulation("card visa, topup.enabled on, balance is $1, provider declines")
    let answer = try payg.when("request costing $2")
    #expect(answer.isDenied && answer.denial == "insufficient_balance")
    #expect(answer.collections.map(\.outcome) == [.declined("the card was declined")])
    #expect(answer.why.contains("topup.rescue_with_one_topup asks visa for $50.00: declined"))
    #expect(try payg.then("declines is 1, balance is $1").isEmpty)
  }

  @Test("a top-up that waits is neither allowed nor denied")
  func waits() throws {
    let payg = try Self.simulation("card visa, provider waits")
    let answer = try payg.when("topup $20 as \"t1\"")
    #expect(answer.isWaiting && !answer.isAllowed && !answer.isDenied && answer.denial == nil)
    #expect(answer.status == 202 && answer.summary == "waiting for the payment provider")
    #expect(try payg.when("collect_paid payment \"t1\"").isAllowed)
    #expect(payg.money("balance") == .dollars(20))
  }

  @Test("refunds say what goes to which card")
  func refunds() throws {
    let payg = try Self.simulation("payment \"p1\" $50 card visa, payment \"p2\" $20 card amex")
    let answer = try payg.when("refund $25, approved_by \"sup\", reason \"unused\"")
    #expect(answer.refunds.map(\.card) == ["amex", "visa"])
    #expect(answer.refunds.map(\.amount) == [.dollars(20), .dollars(5)])
    #expect(answer.refunds.map(\.payment) == ["p2", "p1"])
    #expect(answer.why.contains("sends $5.00 of p1 back to visa: paid"))
  }

  @Test("a hold and what the platform bears")
  func absorbed() throws {
    let payg = try Self.simulation("balance is $5")
    let hold = try payg.when("hold estimate $4 as \"h1\"")
    #expect(hold.hold?.id == "h1" && hold.hold?.covered == Money.dollars(4).nano)
    let settled = try payg.when("settle hold \"h1\", actual $5.25")
    #expect(settled.absorbed == .cents(25) && settled.pays("balance") == .dollars(5))
  }

  @Test("the price a hold pinned outlives a new price list")
  func pinned() throws {
    let payg = try Self.simulation("balance is $10")
    try payg.given("table price \"house\" is $1 per 1M tokens, none, $1 per 1M tokens")
    try payg.when("hold model house, input 1000000 as \"h1\"")
    try payg.given("table price \"house\" is $5 per 1M tokens, none, $5 per 1M tokens")
    let answer = try payg.when("settle hold \"h1\", input 1000000")
    #expect(answer.amount == .dollars(1))
    #expect(try payg.then("input_rate of hold \"h1\" is $1 per 1M tokens").isEmpty)
  }

  @Test("no simulation leads to a provider that moves money")
  func noLiveProvider() throws {
    let payg = try Self.simulation("card visa")
    try payg.when("topup $20")
    // The type says so: what a simulation asks is this one, and nothing of it is a `PaymentProvider`.
    #expect(payg.provider.requests.count == 1)
    #expect(!((payg.provider as Any) is any PaymentProvider))
  }
}
