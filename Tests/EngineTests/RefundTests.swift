import Engine
import Language
import Ledger
import Standard
import Testing
import Values

/// Money on its way back, and money that banks take back.
@Suite struct RefundTests {
  let dollar = MoneyWorld.dollar
  private func units(_ count: Int64) -> Int64 { MoneyWorld.units(count) }

  private func order(_ world: inout MoneyWorld, _ name: String) throws {
    try world.set("lot_order", name == "oldest_first" ? 1 : 0)
  }

  /// RF-01, RF-09.
  @Test func onlyWhatIsLeftGoesBackOnce() throws {
    var world = try MoneyWorld()
    try world.open("p1", units(10_000_000))
    try world.send("request", id: "r1", ["cost": units(3_750_000)])
    let denied = try world.send("refund", id: "f1", ["amount": units(6_255_000), "payment": 0])
    #expect(world.code(denied) == "exceeds")
    #expect(denied.refunds.isEmpty)
    #expect(
      try world.engine.evaluate(#require(field("refund", "refundable", world)), seenBy: denied) == units(6_250_000))
    let sent = try world.send("refund", id: "f2", ["amount": units(6_250_000), "payment": 0])
    #expect(sent.isAllowed && sent.refunds == [0])
    #expect(try world.value("balance") == 0)
    #expect(world.account.contra(.refunds) == units(6_250_000))
    #expect(world.lots == [0])
    #expect(world.account.payments[0].refunded == units(6_250_000))
    let request = world.engine.request(refund: 0, of: world.account)
    #expect(request.kind == .refund && request.card == "visa" && request.payment == "p1")
    #expect(request.amount == units(6_250_000))
    let again = try world.send("refund", id: "f2", ["amount": units(6_250_000), "payment": 0])
    #expect(again.isReplay && again.refunds == [0])
    #expect(world.account.refunds.count == 1)
  }

  private func field(_ event: String, _ name: String, _ world: MoneyWorld) -> Expr? {
    guard let event = world.engine.compiled.event(named: event),
      let field = world.program.events[event].fields.firstIndex(where: { $0.name == name })
    else { return nil }
    return Expr(
      .fact(.field(event: event, field: field)), QualifiedType(.money), ValueType.money.naturalRange, .none)
  }

  /// RF-03: what is below a cent stays.
  @Test func cardsPayWholeCents() throws {
    var world = try MoneyWorld()
    try world.open("p1", units(10_000_000))
    try world.send("request", ["cost": units(1)])
    let sent = try world.send("refund", id: "f", ["amount": units(9_995_000)])
    #expect(sent.refunds == [0])
    #expect(world.account.refunds[0].amount == units(9_995_000))
    #expect(try world.value("balance") == units(4_999))
    #expect(world.code(try world.send("refund", ["amount": 1])) == "exceeds")
  }

  /// RF-04: gifts burn first and never go back.
  @Test func giftsAreNotPaidOut() throws {
    for (name, expected) in [("grants_first", units(4_500_000)), ("oldest_first", units(2_000_000))] {
      var world = try MoneyWorld()
      try order(&world, name)
      try world.open("p1", units(5_000_000))
      try world.send("grant", id: "g1", ["amount": units(2_500_000)])
      try world.send("request", ["cost": units(3_000_000)])
      #expect(world.code(try world.send("refund", ["amount": expected + 10_000_000])) == "exceeds", "\(name)")
      #expect(try world.send("refund", ["amount": expected]).isAllowed, "\(name)")
      #expect(try world.value("balance") == units(4_500_000) - expected)
    }
  }

  @Test func theNewestGoesBackFirstEachToItsOwnCard() throws {
    var world = try MoneyWorld()
    let other = world.account.addCard("amex")
    try world.open("p1", 10 * dollar)
    try world.engine.open(
      payment: "p2", amount: 6 * dollar, card: other, bucket: 1, in: &world.account, at: world.now,
      journal: &world.journal)
    try world.send("request", ["cost": 3 * dollar])
    let sent = try world.send("refund", id: "f", ["amount": 12 * dollar])
    #expect(sent.refunds == [0, 1])
    #expect(world.account.refunds.map(\.payment) == [1, 0])
    #expect(world.account.refunds.map(\.amount) == [6 * dollar, 6 * dollar])
    #expect(sent.refunds.map { world.engine.request(refund: $0, of: world.account).card } == ["amex", "visa"])
    #expect(Set(world.account.refunds.map(\.key)).count == 2)
    #expect(world.lots == [dollar, 0])
    #expect(try world.value("balance") == dollar)
  }

  /// What is held cannot go back; nor is a payment counted that has not arrived.
  @Test func onlyWhatIsFreeGoesBack() throws {
    var world = try MoneyWorld()
    try world.open("p1", 10 * dollar)
    try world.send("begin", id: "s", ["cost": 8 * dollar])
    try world.send("add", id: "t1", ["amount": 50 * dollar, "card": 0])
    #expect(world.code(try world.send("refund", ["amount": 3 * dollar])) == "exceeds")
    #expect(world.code(try world.send("refund", ["amount": dollar, "payment": 1])) == "exceeds")
    #expect(try world.send("refund", ["amount": 2 * dollar]).isAllowed)
    // No payment with this index: nobody declared an answer for that.
    #expect(throws: EngineFault.self) { try world.send("refund", ["amount": dollar, "payment": 9]) }
    #expect(throws: EngineFault.self) { try world.send("refund", ["amount": dollar, "payment": -1]) }
  }

  @Test func aRefundThatDoesNotArriveComesBack() throws {
    var world = try MoneyWorld()
    try world.open("p1", 10 * dollar)
    var provider = ScriptedProvider([.failed("closed"), .paid])
    let failed = try world.exchange("refund", id: "f1", ["amount": 4 * dollar], &provider)
    #expect(failed.decision.isAllowed)
    #expect(failed.followed.count == 1)
    #expect(failed.followed[0].rule.map { world.program.rules[$0].name } == "money.pay_back")
    #expect(world.account.refunds[0].state == .failed)
    #expect(try world.value("balance") == 10 * dollar)
    #expect(world.lots == [10 * dollar])
    let arrived = try world.exchange("refund", id: "f2", ["amount": 4 * dollar], &provider)
    #expect(arrived.followed[0].decision?.isAllowed == true)
    #expect(world.account.refunds[1].state == .paid)
    #expect(try world.value("balance") == 6 * dollar)
    #expect(try world.answer(.paid, refund: 1).isReplay)
    // A replay shows what was sent, and asks for nothing.
    let replay = try world.exchange("refund", id: "f2", ["amount": 4 * dollar], &provider)
    #expect(replay.decision.refunds == [1] && replay.followed.isEmpty)
    #expect(provider.requests.count == 2)
  }

  // MARK: - Disputes

  /// RF-12: the rest goes, what was spent is owed.
  @Test func aDisputeTakesThePaymentBack() throws {
    var world = try MoneyWorld()
    try world.open("p1", units(50_000_000))
    try world.send("request", ["cost": units(30_000_000)])
    let taken = try world.send("dispute", id: "d1", ["payment": 0])
    #expect(taken.isAllowed)
    #expect(try world.value("balance") == -units(30_000_000))
    #expect(try world.value("suspended") == 1)
    #expect(world.account.contra(.disputes) == units(50_000_000))
    #expect(world.code(try world.send("request", ["cost": units(1)])) == "insufficient")
    #expect(world.code(try world.send("dispute", id: "d2", ["payment": 0])) == "once")
    #expect(world.code(try world.send("refund", ["amount": 10_000_000, "payment": 0])) == "exceeds")
    // RF-13: won, exactly that returns.
    #expect(try world.send("won", ["payment": 0]).isAllowed)
    #expect(try world.value("balance") == units(20_000_000))
    #expect(world.lots == [units(20_000_000)])
    #expect(world.code(try world.send("refund", ["amount": units(20_005_000)])) == "exceeds")
    #expect(try world.send("refund", ["amount": units(20_000_000)]).isAllowed)
    #expect(throws: EngineFault.ledger(.wrongRecord(kind: "payment", index: 0))) {
      try world.send("won", id: "again", ["payment": 0])
    }
  }

  /// RF-14.
  @Test func aDisputedPaymentIsNotPaidOutTwice() throws {
    var world = try MoneyWorld()
    try world.open("p1", units(50_000_000))
    try world.open("p2", units(25_000_000))
    try world.send("dispute", ["payment": 0])
    #expect(try world.value("balance") == units(25_000_000))
    #expect(world.lots == [0, units(25_000_000)])
    #expect(world.code(try world.send("refund", ["amount": units(25_005_000)])) == "exceeds")
    let sent = try world.send("refund", ["amount": units(25_000_000)])
    #expect(world.account.refunds.map(\.payment) == [1])
    #expect(sent.refunds == [0])
  }

  /// TU-23: new money repays what is owed first.
  @Test func newMoneyRepaysTheDebt() throws {
    var world = try MoneyWorld()
    try world.open("p1", 5 * dollar)
    try world.set("owes", 1)
    try world.send("begin", id: "s", ["cost": 4 * dollar])
    try world.send("settle", ["hold": 0, "cost": 9 * dollar])
    #expect(try world.value("balance") == -4 * dollar)
    var provider = ScriptedProvider()
    #expect(try world.exchange("add", id: "t1", ["amount": 10 * dollar, "card": 0], &provider).decision.isAllowed)
    #expect(try world.value("balance") == 6 * dollar)
    #expect(world.lots == [0, 6 * dollar])
    #expect(try world.value("declines") == 0)
  }
}
