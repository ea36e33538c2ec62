import Engine
import Language
import Ledger
import Standard
import Testing
import Values

/// Charges of cards: by hand, before a denial, after a charge.
@Suite struct PaymentTests {
  let dollar = MoneyWorld.dollar
  private func units(_ count: Int64) -> Int64 { MoneyWorld.units(count) }

  private func rescued(_ balance: Int64) throws -> MoneyWorld {
    var world = try MoneyWorld()
    try world.fund(balance)
    try world.set("card", 0)
    try world.set("rescue", 1)
    return world
  }

  // MARK: - By hand

  @Test func anEventThatCollectsWaitsForTheAnswer() throws {
    var world = try MoneyWorld()
    let asked = try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    #expect(asked.verdict == .waiting)
    #expect(asked.status(in: world.program) == 202)
    #expect(asked.collections == [0])
    #expect(asked.firedRules.isEmpty)
    #expect(try world.value("last add") == ValueType.none)
    #expect(try world.value("balance") == 0)
    let payment = world.account.payments[0]
    #expect(payment.id == "t1" && payment.key == "t1#1" && !payment.isAutomatic && payment.state == .pending)
    let request = world.engine.request(payment: 0, of: world.account)
    #expect(request == ProviderRequest(kind: .collect, key: "t1#1", amount: 10 * dollar, card: "visa", payment: "t1"))
    // Sent again it waits for the same charge, and so does who takes it up too early.
    let before = world.account
    #expect(try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0]).collections == [0])
    #expect(try world.resume("add", id: "t1", ["amount": 10 * dollar, "card": 0], after: 0).verdict == .waiting)
    #expect(world.account == before)
    // With other content it is another event.
    let other = try world.send("add", id: "t1", ["amount": 20 * dollar, "card": 0])
    #expect(other.verdict == .conflict)
    #expect(try world.resume("add", id: "t1", ["amount": 20 * dollar, "card": 0], after: 0).verdict == .conflict)
    #expect(world.account == before)

    try world.answer(.paid, payment: 0)
    #expect(try world.value("balance") == 10 * dollar)
    #expect(world.account.lots(of: 1).map(\.origin) == ["t1"])
    let final = try world.resume("add", id: "t1", ["amount": 10 * dollar, "card": 0], after: 0)
    #expect(final.isAllowed && final.collections.isEmpty)
    #expect(try world.value("last add") == world.now)
    #expect(world.account.payments.count == 1)
    #expect(try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0]).isReplay)
    #expect(try world.resume("add", id: "t1", ["amount": 10 * dollar, "card": 0], after: 0).isReplay)
    #expect(try world.send("add", id: "t1", ["amount": 20 * dollar, "card": 0]).verdict == .conflict)
    #expect(try world.value("balance") == 10 * dollar)
    #expect(world.account.contra(.cards) == -10 * dollar)
  }

  /// The program that asked is gone before the answer came: who sends the event again gets what was paid for.
  @Test func aCrashInBetweenChargesOnce() throws {
    var world = try MoneyWorld()
    try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    try world.answer(.paid, payment: 0)
    let again = try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    #expect(again.isAllowed && !again.isReplay)
    #expect(world.account.payments.count == 1)
    #expect(try world.value("balance") == 10 * dollar)
    #expect(try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0]).isReplay)
  }

  @Test func anAnswerDeliveredThreeTimesCountsOnce() throws {
    var world = try MoneyWorld()
    try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    let answers = try (0..<3).map { _ in try world.answer(.paid, payment: 0) }
    #expect(answers.map(\.isReplay) == [false, true, true])
    #expect(try world.value("balance") == 10 * dollar)
    // The same news under another id: the ledger knows the payment is paid.
    try world.send("paid", id: "hand-made", ["payment": 0])
    #expect(try world.value("balance") == 10 * dollar)
    // And a late refusal of it closes nothing.
    try world.answer(.declined("late"), payment: 0)
    #expect(world.account.payments[0].state == .paid)
    #expect(try world.value("balance") == 10 * dollar)
  }

  /// ID-07.
  @Test func aRefusedChargeIsTriedAnewWithAnotherKey() throws {
    var world = try MoneyWorld()
    try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    try world.answer(.declined("no funds"), payment: 0)
    #expect(world.account.payments[0].state == .declined)
    #expect(try world.value("declines") == 1)
    let denied = try world.resume("add", id: "t1", ["amount": 10 * dollar, "card": 0], after: 0)
    #expect(denied.verdict == .denied)
    #expect(world.code(denied) == "card_declined")
    #expect(denied.rule.map { world.program.rules[$0].name } == "money.add_funds")
    #expect(world.account.answers.answer(event: denied.event, id: "t1") == nil)
    let second = try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    #expect(second.verdict == .waiting && second.collections == [1])
    #expect(world.account.payments[1].key == "t1#2")
    try world.answer(.failed("no line"), payment: 1)
    let failed = try world.resume("add", id: "t1", ["amount": 10 * dollar, "card": 0], after: 1)
    #expect(world.code(failed) == "card_declined")
    // Other content is fine now: nothing was answered under this id.
    #expect(try world.send("add", id: "t1", ["amount": 20 * dollar, "card": 0]).collections == [2])
    try world.answer(.paid, payment: 2)
    #expect(try world.resume("add", id: "t1", ["amount": 20 * dollar, "card": 0], after: 2).isAllowed)
    #expect(try world.value("balance") == 20 * dollar)
    // The bank took the first one after all: the money is the customer's.
    try world.answer(.paid, payment: 0)
    #expect(try world.value("balance") == 30 * dollar)
    #expect(world.account.payment("t1") == 2)
  }

  @Test func whoeverResumesMustNameItsOwnPayment() throws {
    var world = try MoneyWorld()
    try world.send("add", id: "t1", ["amount": 10 * dollar, "card": 0])
    try world.send("add", id: "t2", ["amount": 10 * dollar, "card": 0])
    let before = world.account
    for payment in [1, 2, -1, Int.max] {
      #expect(throws: EngineFault.ledger(.wrongRecord(kind: "payment", index: payment))) {
        try world.resume("add", id: "t1", ["amount": 10 * dollar, "card": 0], after: payment)
      }
    }
    #expect(throws: EngineFault.ledger(.wrongRecord(kind: "payment", index: 0))) {
      try world.resume("grant", id: "t1", ["amount": dollar], after: 0)
    }
    #expect(world.account == before)
  }

  @Test func nothingToChargeIsNothingToWaitFor() throws {
    var world = try MoneyWorld()
    #expect(try world.send("add", id: "t0", ["amount": 0, "card": 0]).isAllowed)
    #expect(world.account.payments.isEmpty)
    // No card is named and none is saved: the rule does not act.
    #expect(try world.send("add", id: "t1", ["amount": dollar]).isAllowed)
    // A card the account does not know is no card.
    let unknown = try world.send("add", id: "t2", ["amount": dollar, "card": 7])
    #expect(unknown.verdict == .waiting)
    #expect(world.engine.request(payment: 0, of: world.account).card == "")
  }

  // MARK: - Exchanges

  @Test func anExchangeCarriesTheWholeConversation() throws {
    var world = try MoneyWorld()
    var provider = ScriptedProvider([.declined("no"), .pending])
    let refused = try world.exchange("add", id: "t1", ["amount": 10 * dollar, "card": 0], &provider)
    #expect(world.code(refused.decision) == "card_declined")
    #expect(refused.followed.count == 1)
    #expect(refused.followed[0].answer == .declined("no"))
    #expect(refused.followed[0].decision?.isAllowed == true)
    #expect(refused.followed[0].rule == refused.decision.rule)
    let open = try world.exchange("add", id: "t1", ["amount": 10 * dollar, "card": 0], &provider)
    #expect(open.decision.verdict == .waiting)
    #expect(open.followed.map(\.answer) == [.pending])
    #expect(open.followed[0].decision == nil)
    // While it waits, nothing new is asked.
    let again = try world.exchange("add", id: "t1", ["amount": 10 * dollar, "card": 0], &provider)
    #expect(again.decision.verdict == .waiting && again.followed.isEmpty)
    #expect(provider.requests.map(\.key) == ["t1#1", "t1#2"])
    let paid = try world.exchange("add", id: "t2", ["amount": 10 * dollar, "card": 0], &provider)
    #expect(paid.decision.isAllowed)
    #expect(try world.value("balance") == 10 * dollar)
    let replay = try world.exchange("add", id: "t2", ["amount": 10 * dollar, "card": 0], &provider)
    #expect(replay.decision.isReplay && replay.followed.isEmpty)
  }

  /// TU-01, TU-03: below the threshold, once.
  @Test func aLowBalanceIsChargedFor() throws {
    var world = try MoneyWorld()
    try world.fund(units(5_250_000))
    try world.set("card", 0)
    try world.set("threshold", units(5_000_000))
    try world.set("topup", units(25_000_000))
    var provider = ScriptedProvider()
    let first = try world.exchange("request", id: "r1", ["key": 0, "cost": units(500_000)], &provider)
    #expect(first.decision.isAllowed)
    #expect(first.decision.collections == [0])
    #expect(first.followed.count == 1)
    #expect(first.followed[0].request.amount == units(25_000_000))
    #expect(first.followed[0].request.payment == "auto-1")
    #expect(first.followed[0].rule.map { world.program.rules[$0].name } == "money.low")
    #expect(world.account.payments[0].isAutomatic)
    #expect(try world.value("balance") == units(29_750_000))
    #expect(try world.exchange("request", id: "r1", ["key": 0, "cost": units(500_000)], &provider).followed.isEmpty)
    #expect(try world.exchange("request", id: "r2", ["cost": units(500_000)], &provider).followed.isEmpty)
    #expect(provider.requests.count == 1)
    // The reaction sees the facts as they were once the request was paid.
    let seen = try #require(first.decision.afterwards)
    #expect(FactReader(world.engine.compiled, seen).value(of: .posted(1)) == units(4_750_000))
  }

  @Test func oneChargeAtATime() throws {
    var world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.set("card", 0)
    try world.set("threshold", 10 * dollar)
    #expect(try world.send("request", ["cost": dollar]).collections == [0])
    #expect(try world.send("request", ["cost": dollar]).collections.isEmpty)
    try world.answer(.declined(""), payment: 0)
    #expect(try world.send("request", ["cost": dollar]).collections == [1])
    // TU-19: what is held is not spent, and reserving is no charge.
    #expect(try world.send("begin", id: "h", ["cost": 5 * dollar]).collections.isEmpty)
    try world.answer(.paid, payment: 1)
    #expect(try world.value("balance") == 27 * dollar)
    #expect(try world.send("settle", ["hold": 0, "cost": 18 * dollar]).collections == [2])
  }

  // MARK: - Before a denial

  @Test func aRescueLetsTheRequestPass() throws {
    var world = try rescued(dollar)
    let input: [String: Int64] = ["key": 0, "cost": 15 * dollar]
    let waiting = try world.send("request", id: "r", input)
    #expect(waiting.verdict == .waiting)
    #expect(waiting.denial.map { world.program.denials[$0].code } == "insufficient")
    #expect(waiting.shortfall == 14 * dollar)
    #expect(waiting.collections == [0])
    #expect(waiting.rescueRule.map { world.program.rules[$0].name } == "money.help")
    #expect(world.journal.transactions.last?.step == .rescue)
    // A request cannot wait for a bank: sent again it is decided as it is, and asks for nothing more.
    let again = try world.send("request", id: "r", input)
    #expect(world.code(again) == "insufficient" && again.triedRescueRule == waiting.rescueRule)
    #expect(world.account.payments.count == 1)
    try world.answer(.paid, payment: 0)
    let final = try world.resume("request", id: "r", input, after: 0)
    #expect(final.isAllowed && final.rescueRule == waiting.rescueRule)
    #expect(final.firedRules.contains(try #require(waiting.rescueRule)))
    #expect(final.trace.isRescued)
    #expect(try world.value("balance") == 6 * dollar)
    #expect(try world.send("request", id: "r", input).isReplay)
  }

  /// One charge for one request: a rescued one does not also fall below the threshold.
  @Test func oneChargeForOneRequest() throws {
    var world = try rescued(dollar)
    try world.set("threshold", 10 * dollar)
    var provider = ScriptedProvider()
    let rescued = try world.exchange("request", id: "r", ["cost": 20 * dollar], &provider)
    #expect(rescued.decision.isAllowed && rescued.decision.rescueRule != nil)
    #expect(rescued.followed.count == 1)
    #expect(provider.requests.count == 1)
    #expect(try world.value("balance") == dollar)
    // Nor where the answer was there before the request was sent again.
    world = try self.rescued(dollar)
    try world.set("threshold", 10 * dollar)
    try world.send("request", id: "r", ["cost": 20 * dollar])
    try world.answer(.paid, payment: 0)
    let again = try world.send("request", id: "r", ["cost": 20 * dollar])
    #expect(again.isAllowed && again.rescueRule != nil && again.collections.isEmpty)
  }

  /// TU-06, TU-07.
  @Test func aRescueThatWouldNotBeEnoughAsksForNothing() throws {
    var world = try rescued(12 * dollar)
    try world.set("topup", 50 * dollar)
    let before = world.account
    var provider = ScriptedProvider()
    let over = try world.exchange("request", id: "r1", ["cost": units(31_000_001)], &provider)
    #expect(world.code(over.decision) == "insufficient")
    #expect(provider.requests.isEmpty)
    #expect(world.account == before)
    // Enough money, and another limit says no: the rule would act, and nothing of it remains.
    try world.set("limit", 13 * dollar)
    let limited = try world.exchange("request", id: "r2", ["cost": 14 * dollar], &provider)
    #expect(world.code(limited.decision) == "over_limit")
    #expect(provider.requests.isEmpty)
    #expect(try world.exchange("request", id: "r3", ["cost": units(31_000_000)], &provider).decision.verdict == .denied)
    try world.set("limit", ValueType.none)
    #expect(try world.exchange("request", id: "r3", ["cost": units(31_000_000)], &provider).decision.isAllowed)
  }

  @Test func aRescueThatFailsAnswersAsWithoutIt() throws {
    for answer in [ProviderAnswer.declined("no"), .failed("broken")] {
      var world = try rescued(dollar)
      var provider = ScriptedProvider([answer])
      let denied = try world.exchange("request", id: "r", ["cost": 5 * dollar], &provider)
      #expect(denied.decision.verdict == .denied)
      #expect(world.code(denied.decision) == "insufficient")
      #expect(denied.decision.shortfall == 4 * dollar)
      #expect(denied.followed.map(\.answer) == [answer])
      #expect(provider.requests.count == 1)
      // It is tried anew with the next attempt, under another key.
      #expect(try world.exchange("request", id: "r", ["cost": 5 * dollar], &provider).decision.isAllowed)
      #expect(provider.requests.map(\.key) == ["auto-1#1", "auto-2#2"])
    }
  }

  @Test func aRequestDoesNotWaitForABank() throws {
    var world = try rescued(dollar)
    var provider = ScriptedProvider([.pending])
    let denied = try world.exchange("request", id: "r", ["cost": 5 * dollar], &provider)
    #expect(denied.decision.verdict == .denied)
    #expect(world.code(denied.decision) == "insufficient")
    #expect(denied.decision.collections == [0])
    let again = try world.exchange("request", id: "r", ["cost": 5 * dollar], &provider)
    #expect(world.code(again.decision) == "insufficient")
    #expect(again.decision.shortfall == 4 * dollar)
    #expect(again.followed.isEmpty)
    #expect(world.account.payments.count == 1)
    // Later the money is there.
    try world.answer(.paid, payment: 0)
    let last = try world.exchange("request", id: "r", ["cost": 5 * dollar], &provider)
    #expect(last.decision.isAllowed && last.decision.rescueRule != nil)
  }

  @Test func aHoldIsRescuedAsWell() throws {
    var world = try rescued(0)
    var provider = ScriptedProvider()
    let held = try world.exchange("begin", id: "s", ["key": 0, "cost": 5 * dollar], &provider)
    #expect(held.decision.isAllowed && held.decision.hold == 0)
    #expect(world.account.holds[0].id == "s")
    #expect(try world.value("balance.available") == 15 * dollar)
  }

  @Test func whoSentNoIdIsAskedForOnce() throws {
    var world = try rescued(0)
    var provider = ScriptedProvider()
    #expect(try world.exchange("request", ["cost": 5 * dollar], &provider).decision.isAllowed)
    #expect(try world.exchange("add", ["amount": 5 * dollar, "card": 0], &provider).decision.isAllowed)
    #expect(world.account.payments.map(\.id) == ["auto-1", "payment-2"])
    #expect(try world.value("balance") == 20 * dollar)
  }

  @Test func openedPaymentsArePayments() throws {
    var world = try MoneyWorld()
    try world.open("p1", 20 * dollar, left: 5 * dollar)
    try world.open("", 3 * dollar)
    #expect(world.account.payments.map(\.id) == ["p1", "payment-2"])
    #expect(world.account.payments.map(\.state) == [.paid, .paid])
    #expect(world.lots == [5 * dollar, 3 * dollar])
    #expect(try world.value("balance") == 8 * dollar)
    #expect(world.journal.transactions.map(\.step) == [.adjustment, .adjustment])
    #expect(throws: EngineFault.unknownName("bucket 7")) {
      try world.engine.open(
        payment: "x", amount: 1, card: nil, bucket: 7, in: &world.account, at: world.now, journal: &world.journal)
    }
    #expect(throws: EngineFault.self) { try world.open("x", 5 * dollar, left: 6 * dollar) }
    #expect(world.journal.transactions.count == 2)
  }
}
