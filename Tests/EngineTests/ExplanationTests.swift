import Language
import Ledger
import Standard
import Testing
import Values

@testable import Engine

/// What support reads about holds, charges, refunds and disputes.
@Suite struct ExplanationTests {
  let dollar = MoneyWorld.dollar

  private func text(_ decision: Decision, _ world: MoneyWorld) -> String {
    let explanation = Explanation(decision, by: world.engine, account: world.account)
    // What waits for a rescue was denied by the rules.
    let isRescue = decision.verdict == .waiting && decision.denial != nil
    #expect(explanation.recomputedVerdict == (isRescue ? .denied : decision.verdict))
    #expect(explanation.recomputedDenial == decision.denial)
    // Each rule is said once at most: it was tried, or it was not.
    let tried = explanation.trials.map(\.rule) + explanation.notTried
    #expect(Set(tried).count == tried.count, "\(tried)")
    return explanation.text()
  }

  /// Every line is there, in this order.
  private func expect(_ text: String, _ lines: [String], _ place: SourceLocation = #_sourceLocation) {
    var rest = text[...]
    for line in lines {
      guard let found = rest.firstRange(of: line) else {
        Issue.record("`\(line)` is not in\n\(text)", sourceLocation: place)
        return
      }
      rest = rest[found.upperBound...]
    }
  }

  /// `rules/…:12` of a rule.
  private func place(_ rule: String, _ world: MoneyWorld) throws -> String {
    let index = try #require(world.program.rules.firstIndex { $0.name == "money.\(rule)" })
    let decision = try world.engine.decide(world.input("grant", ["amount": 0]), for: world.account)
    return "money.\(rule)  \(Explanation(decision, by: world.engine).place(of: index))"
  }

  // MARK: - Holds

  private func streaming() throws -> MoneyWorld {
    var world = try MoneyWorld()
    try world.set("quota_size", 2 * dollar)
    try world.fund(10 * dollar)
    try world.set("limit", 5 * dollar)
    return world
  }

  @Test func aHoldSaysWhatItReserves() throws {
    var world = try streaming()
    let decision = try world.send("begin", id: "h1", ["cost": 4 * dollar, "key": 0])
    expect(
      text(decision, world),
      [
        "ALLOWED  begin  h1  2026-01-10T00:00:00Z  key k1, cost $4.00",
        "  reserves $4.00 until 2026-01-10T01:00:00Z: quota $2.00, balance $2.00",
        "     money.quota gives $2.00 of $4.00, all it has", "     money.balance gives $2.00 of $2.00",
        "money.limited (money.spent $0.00 + $2.00 = $2.00 ≤ money.limit $5.00)",
      ])
  }

  @Test func aDeniedHoldSaysWhatIsHeldAlready() throws {
    var world = try streaming()
    try world.send("begin", id: "h1", ["cost": 4 * dollar])
    let decision = try world.send("begin", id: "h2", ["cost": 4 * dollar])
    #expect(decision.verdict == .denied)
    expect(
      text(decision, world),
      [
        "DENIED  begin  h2", "  by \(try place("limited", world))",
        "     money.spent $2.00 + $4.00 = $6.00 > money.limit $5.00 (over by $1.00)", "  402 over_limit  Limit",
        "money.balance gives $3.00 of $4.00, capped by money.limited",
      ])
  }

  @Test func aSettleSaysWhereItsMoneyCameFrom() throws {
    var world = try streaming()
    try world.send("begin", id: "h1", ["cost": 4 * dollar])
    try world.send("begin", id: "h2", ["cost": 1 * dollar])
    let below = text(try world.send("settle", id: "s2", ["hold": 1, "cost": dollar / 4]), world)
    expect(
      below,
      [
        "ALLOWED  settle  s2  2026-01-10T00:00:00Z  hold h2, cost $0.25",
        "  settles $0.25 of hold h2: $1.00 was reserved", "     $0.25 from the reserve: quota $0.00, balance $0.25",
        "     $0.75 of the reserve is free again",
        "passed: money.settles_once (settle.hold.state is open), money.charge_it (money.owes is off)",
        "did not act: money.owe_it (money.owes is off)",
        "not tried: money.at_most, money.per_key, money.fallback_is_on, money.limited",
      ])
    let overrun = text(try world.send("settle", id: "s1", ["hold": 0, "cost": 9 * dollar]), world)
    expect(
      overrun,
      [
        "  settles $9.00 of hold h1: $4.00 was reserved", "     $4.00 from the reserve: quota $2.00, balance $2.00",
        "     $5.00 beyond the reserve", "     money.quota gives $0.00 of $5.00, all it has",
        "     money.balance gives $2.75 of $5.00, capped by money.limited",
        "     $2.25 is absorbed by the platform",
        "       by \(try place("limited", world)): money.spent $2.25 + $5.00 = $7.25 > money.limit $5.00 (over by $2.25)",
      ])
    #expect(!overrun.contains("is free again"))
    let again = text(try world.send("settle", id: "s3", ["hold": 0, "cost": dollar]), world)
    expect(
      again,
      [
        "DENIED  settle  s3", "  by \(try place("settles_once", world))", "     settle.hold.state is settled",
        "  409 resolved", "not tried: money.charge_it, money.owe_it, money.at_most",
      ])
  }

  @Test func whatIsOwedIsSaid() throws {
    var world = try streaming()
    try world.set("owes", 1)
    try world.set("limit", ValueType.none)
    try world.set("most", 3 * dollar)
    try world.send("begin", id: "h1", ["cost": 1 * dollar])
    expect(
      text(try world.send("settle", id: "s1", ["hold": 0, "cost": 20 * dollar]), world),
      [
        "  settles $20.00 of hold h1: $1.00 was reserved", "     $1.00 from the reserve: quota $1.00, balance $0.00",
        "     $19.00 beyond the reserve", "     money.quota gives $1.00 of $3.00, all it has",
        "     money.balance gives $2.00 of $2.00", "     $16.00 is owed: the balance goes below zero",
        "       by \(try place("at_most", world)): $19.00 > money.most $3.00 (over by $16.00)",
      ])
    #expect(try world.value("balance") == -8 * dollar)
  }

  @Test func aLateSettleHasNoReserve() throws {
    var world = try streaming()
    try world.send("begin", id: "h1", ["cost": 4 * dollar])
    world.now += 2 * Instant.perHour
    let decision = try world.send("settle", id: "s1", ["hold": 0, "cost": 3 * dollar])
    expect(
      text(decision, world),
      [
        "  settles $3.00 of hold h1: $0.00 was reserved", "     $3.00 beyond the reserve",
        "     money.quota gives $2.00 of $3.00, all it has", "     money.balance gives $1.00 of $1.00",
        "settle.hold.state is expired",
      ])
  }

  /// Without the account there are no names and no split of the reserve; the sums are the same.
  @Test func theSumsNeedNoAccount() throws {
    var world = try streaming()
    try world.send("begin", id: "h1", ["cost": 4 * dollar])
    let decision = try world.send("settle", id: "s1", ["hold": 0, "cost": 9 * dollar])
    expect(
      Explanation(decision, by: world.engine).text(),
      [
        "  settles $9.00 of hold number 1: $4.00 was reserved", "     $4.00 from the reserve\n",
        "     money.balance gives $3.00 of $5.00, capped by money.limited", "     $2.00 is absorbed by the platform",
      ])
  }

  @Test func anUnknownHoldIsNamedAsSuch() throws {
    var world = try streaming()
    let decision = try world.send("settle", ["hold": -1, "cost": dollar])
    expect(
      text(decision, world),
      [
        "DENIED  settle  2026-01-10T00:00:00Z  no hold", "  by settle.hold", "     the account has no such hold",
        "  404 unknown_hold",
      ])
    try world.send("begin", id: "h1", ["cost": dollar])
    expect(
      text(try world.send("void", id: "v", ["hold": 0]), world),
      ["ALLOWED  void  v", "  by \(try place("give_up", world))", "     gives back what hold h1 reserved"])
  }

  // MARK: - Charges

  @Test func aTopUpWaitsAndIsTakenUp() throws {
    var world = try MoneyWorld()
    try world.set("card", 0)
    let values = ["amount": 10 * dollar]
    let rule = try place("add_funds", world)
    expect(
      text(try world.send("add", id: "t1", values), world),
      [
        "WAITING  add  t1  2026-01-10T00:00:00Z  amount $10.00, charged visa", "  waits for the payment provider",
        "     t1: $10.00 from visa", "  asked by \(rule)", "     add.charged is visa",
      ])
    expect(
      text(try world.answer(.declined("no"), payment: 0), world),
      ["ALLOWED  declined  t1#1", "  by \(try place("said_no", world))", "     closes payment t1: declined"])
    expect(
      text(try world.resume("add", id: "t1", values, after: 0), world),
      ["DENIED  add  t1", "  by \(rule)", "     t1: $10.00 from visa was not paid", "  402 card_declined"])
    try world.send("add", id: "t1", values)
    expect(
      text(try world.answer(.paid, payment: 1), world),
      ["  by \(try place("arrived", world))", "     receives $10.00 of payment t1"])
    expect(
      text(try world.resume("add", id: "t1", values, after: 1), world),
      ["ALLOWED  add  t1", "  by \(rule)", "     charged visa $10.00 for money.balance: t1, paid"])
  }

  @Test func anAutomaticChargeSaysWhatTriggeredIt() throws {
    var world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.set("card", 0)
    try world.set("threshold", 10 * dollar)
    let decision = try world.send("request", id: "r1", ["cost": dollar / 2])
    expect(
      text(decision, world),
      [
        "ALLOWED  request  r1", "  pays $0.50", "  then \(try place("low", world))",
        "money.balance $9.50 < money.threshold $10.00", "rescued is off, collecting is off",
        "     charges visa $20.00 for money.balance: auto-1",
      ])
    // At the threshold nothing happens, and nothing is said of it.
    var other = try MoneyWorld()
    try other.fund(10 * dollar + dollar / 2)
    try other.set("card", 0)
    try other.set("threshold", 10 * dollar)
    let quiet = text(try other.send("request", id: "r1", ["cost": dollar / 2]), other)
    #expect(!quiet.contains("then") && !quiet.contains("charges"))
  }

  @Test func aRescueWaitsWithItsDenial() throws {
    var world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.set("card", 0)
    try world.set("rescue", 1)
    let rule = try place("help", world)
    expect(
      text(try world.send("request", id: "r1", ["cost": 15 * dollar]), world),
      [
        "WAITING  request  r1", "     auto-1: $20.00 from visa", "  asked by \(rule)",
        "money.topup $20.00 ≥ shortfall $5.00", "  else 402 insufficient",
      ])
    try world.answer(.paid, payment: 0)
    expect(
      text(try world.resume("request", id: "r1", ["cost": 15 * dollar], after: 0), world),
      ["ALLOWED  request  r1", "     money.balance gives $15.00 of $15.00", "  after \(rule)"])
    try world.set("topup", 1 * dollar)
    let tooMuch = text(try world.send("request", id: "r2", ["cost": 500 * dollar]), world)
    expect(
      tooMuch,
      [
        "DENIED  request  r2", "$15.00 available < $500.00 (short by $485.00)",
        "  did not help: money.help (money.topup $1.00 < shortfall $485.00)",
      ])
    #expect(!tooMuch.contains("tried money.help"))
  }

  // MARK: - Refunds and disputes

  @Test func aRefundSaysItsParts() throws {
    var world = try MoneyWorld()
    try world.open("p1", 10 * dollar)
    try world.open("p2", 20 * dollar, left: 15 * dollar)
    let rule = try place("pay_back", world)
    expect(
      text(try world.send("refund", id: "f1", ["amount": 18 * dollar]), world),
      [
        "ALLOWED  refund  f1  2026-01-10T00:00:00Z  amount $18.00, refundable $25.00", "  by \(rule)",
        "     sends up to $18.00 of money.balance back", "       $15.00 of p2 to visa", "       $3.00 of p1 to visa",
        "passed: money.more_than_left (refund.amount $18.00 ≤ refund.refundable $25.00)",
      ])
    expect(
      text(try world.answer(.failed("no"), refund: 1), world),
      ["  by \(try place("came_back", world))", "refund p1/f1/2 did not arrive: its money is back"])
    expect(
      text(try world.send("refund", id: "f2", ["amount": 18 * dollar, "payment": 0]), world),
      [
        "DENIED  refund  f2", "  by \(try place("more_than_left", world))",
        "refund.amount $18.00 > refund.refundable $10.00",
      ])
  }

  @Test func aDisputeSaysWhoPaysForIt() throws {
    var world = try MoneyWorld()
    try world.open("p1", 10 * dollar, left: 4 * dollar)
    try world.open("p2", 3 * dollar)
    try world.send("grant", id: "g", ["amount": 2 * dollar])
    expect(
      text(try world.send("dispute", id: "d1", ["payment": 0]), world),
      [
        "ALLOWED  dispute  d1  2026-01-10T00:00:00Z  payment p1", "  by \(try place("take", world))",
        "     takes $10.00 of payment p1 back", "       $4.00 of its own", "       $3.00 of other payments",
        "       $2.00 of grants", "       $1.00 is owed now", "dispute.payment.disputed is off",
      ])
    expect(
      text(try world.send("dispute", id: "d2", ["payment": 0]), world),
      ["DENIED  dispute  d2", "  by \(try place("disputed_once", world))", "     dispute.payment.disputed is on"])
    expect(
      text(try world.send("won", id: "w1", ["payment": 0]), world),
      ["ALLOWED  won  w1", "  by \(try place("give_back", world))", "     gives back what was taken of payment p1"])
  }

  @Test func valuesAreNamedAsTheAccountNamesThem() throws {
    var world = try MoneyWorld()
    try world.open("p1", dollar)
    try world.send("begin", id: "h1", ["cost": 0])
    let plain = ValueFormatter(world.program)
    let named = ValueFormatter(world.program, of: world.account)
    #expect(named.text(0, .card) == "visa" && plain.text(0, .card) == "card 0")
    #expect(named.text(0, .key) == "k1" && plain.text(0, .key) == "key 0")
    #expect(named.text(0, .record(.hold)) == "hold h1" && plain.text(0, .record(.hold)) == "hold number 1")
    #expect(named.text(0, .record(.payment)) == "payment p1")
    #expect(named.text(-1, .record(.payment)) == "no payment")
    #expect(named.text(5, .record(.refund)) == "refund number 6")
  }
}
