import Engine
import Language
import Ledger
import Testing
import Values

@Suite struct HoldTests {
  let dollar = MoneyWorld.dollar
  private func units(_ count: Int64) -> Int64 { MoneyWorld.units(count) }

  /// A subscriber with a spending limit, as the worked cases LM-10 and LM-12 begin.
  private func limited(to limit: Int64, spent: Int64, balance: Int64) throws -> MoneyWorld {
    var world = try MoneyWorld()
    try world.fund(units(balance))
    try world.set("started", MoneyWorld.time("2026-01-01T00:00:00Z"))
    try world.set("limit", units(limit))
    try world.engine.adjust(meter: try meter("spent", world), to: units(spent), in: &world.account, at: world.now)
    return world
  }

  private func meter(_ name: String, _ world: MoneyWorld) throws -> Int {
    try #require(world.engine.compiled.meter(named: name))
  }

  @Test func twoStreamsCannotBothPassOneLimit() throws {
    var world = try limited(to: 25_000_000, spent: 20_000_000, balance: 100_000_000)
    let first = try world.send("begin", id: "h1", ["key": 0, "cost": units(4_000_000)])
    #expect(first.isAllowed)
    #expect(first.drawn == [0, units(4_000_000)])
    #expect(first.hold == 0)
    #expect(try world.value("balance.available") == units(96_000_000))
    #expect(try world.value("balance") == units(100_000_000))
    let second = try world.send("begin", id: "h2", ["key": 0, "cost": units(4_000_000)])
    #expect(world.code(second) == "over_limit")
    #expect(second.hold == nil)
    #expect(try world.send("begin", id: "h3", ["key": 0, "cost": units(1_000_000)]).isAllowed)
    let settled = try world.send("settle", ["hold": 0, "cost": units(1_500_000)])
    #expect(settled.isAllowed)
    #expect(settled.drawn == [0, units(1_500_000)])
    #expect(settled.absorbed == 0)
    #expect(settled.key == 0)
    #expect(try world.value("balance") == units(98_500_000))
    #expect(try world.send("begin", id: "h4", ["key": 0, "cost": units(2_500_000)]).isAllowed)
    #expect(try world.value("spent") == units(20_000_000 + 1_500_000 + 1_000_000 + 2_500_000))
    #expect(try world.value("key_spent", key: 0) == units(5_000_000))
    #expect(try world.value("balance.available") == units(95_000_000))
    #expect(try world.value("streams") == 3)
    #expect(try world.value("costs") == units(1_500_000))
  }

  @Test func anOverrunNeverPassesTheLimit() throws {
    var world = try limited(to: 25_000_000, spent: 24_000_000, balance: 100_000_000)
    try world.send("begin", id: "h1", ["cost": units(1_000_000)])
    let settled = try world.send("settle", ["hold": 0, "cost": units(1_375_000)])
    #expect(settled.isAllowed)
    #expect(settled.amount == units(1_375_000))
    #expect(settled.covered == units(1_000_000))
    #expect(settled.absorbed == units(375_000))
    #expect(settled.shortfall == units(375_000))
    #expect(try world.value("balance") == units(99_000_000))
    #expect(try world.value("spent") == units(25_000_000))
    #expect(world.account.contra(.absorbed) == -units(375_000))
    #expect(world.account.contra(.usage) == units(1_375_000))
  }

  @Test func theRestOfAnEstimateIsFree() throws {
    var world = try MoneyWorld()
    try world.fund(units(3_500_000))
    try world.send("begin", id: "s", ["cost": units(3_250_000)])
    #expect(try world.value("balance.available") == units(250_000))
    let denied = try world.send("request", ["cost": units(250_001)])
    #expect(world.code(denied) == "insufficient")
    let settled = try world.send("settle", ["hold": 0, "cost": units(550_000)])
    #expect(settled.covered == units(550_000))
    #expect(try world.value("balance.available") == units(2_950_000))
    #expect(try world.value("balance.held") == 0)
    #expect(try world.value("spent") == units(550_000))
  }

  @Test func anOverrunBeyondTheBalanceIsBorneOrOwed() throws {
    for owes in [false, true] {
      var world = try MoneyWorld()
      try world.fund(5 * dollar)
      try world.set("owes", owes ? 1 : 0)
      try world.send("begin", id: "s", ["key": 0, "cost": 4 * dollar])
      let settled = try world.send("settle", ["hold": 0, "cost": 7 * dollar])
      #expect(settled.isAllowed)
      #expect(settled.covered == (owes ? 7 : 5) * dollar)
      #expect(settled.shortfall == (owes ? 0 : 2) * dollar)
      #expect(settled.drawn == [0, (owes ? 7 : 5) * dollar])
      #expect(try world.value("balance") == (owes ? -2 : 0) * dollar)
      #expect(try world.value("spent") == (owes ? 7 : 5) * dollar)
      #expect(try world.value("key_spent", key: 0) == (owes ? 7 : 5) * dollar)
      #expect(world.account.contra(.absorbed) == (owes ? 0 : -2 * dollar))
    }
  }

  @Test func gatesAndCapsDecideAboutTheOverrunOnly() throws {
    // PR-18: with the fallback off the quota's share is charged, the rest is borne.
    var world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.set("started", MoneyWorld.time("2026-01-01T00:00:00Z"))
    try world.set("quota_size", units(100_000))
    try world.send("begin", id: "s", ["cost": units(50_000)])
    try world.set("fallback", 0)
    let settled = try world.send("settle", ["hold": 0, "cost": units(150_000)])
    #expect(settled.drawn == [units(100_000), 0])
    #expect(settled.absorbed == units(50_000))
    #expect(try world.value("quota") == 0)
    #expect(try world.value("balance") == 10 * dollar)

    // A closed gate does not take back what was reserved while it was open.
    world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.send("begin", id: "s", ["cost": 3 * dollar])
    try world.set("fallback", 0)
    let reserved = try world.send("settle", ["hold": 0, "cost": 4 * dollar])
    #expect(reserved.drawn == [0, 3 * dollar])
    #expect(reserved.absorbed == dollar)

    // A cap on the total limits what is asked for beyond the reserve.
    world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.set("most", 2 * dollar)
    try world.send("begin", id: "s", ["cost": 2 * dollar])
    let capped = try world.send("settle", ["hold": 0, "cost": 5 * dollar])
    #expect(capped.covered == 4 * dollar)
    #expect(capped.absorbed == dollar)
  }

  @Test func aRatedQuotaIsReservedAndSettledAtItsRate() throws {
    var world = try MoneyWorld()
    try world.fund(10 * dollar)
    try world.set("started", MoneyWorld.time("2026-01-01T00:00:00Z"))
    try world.set("quota_size", 4 * dollar)
    try world.set("plan_rate", Ratio(numerator: 4, denominator: 5).packed)
    let held = try world.send("begin", id: "s", ["cost": 6 * dollar])
    // $5 at standard rates use up the quota of $4; $1 is left for the balance.
    #expect(held.drawn == [4 * dollar, dollar])
    let settled = try world.send("settle", ["hold": 0, "cost": 7 * dollar])
    #expect(settled.drawn == [4 * dollar, 2 * dollar])
    #expect(settled.covered == 7 * dollar)

    world = try MoneyWorld()
    try world.set("started", MoneyWorld.time("2026-01-01T00:00:00Z"))
    try world.set("quota_size", 4 * dollar)
    try world.set("plan_rate", Ratio(numerator: 4, denominator: 5).packed)
    try world.send("begin", id: "s", ["cost": 2 * dollar])
    let overrun = try world.send("settle", ["hold": 0, "cost": 3 * dollar])
    #expect(overrun.drawn == [2_400_000_000, 0])
    #expect(try world.value("quota") == 1_600_000_000)
  }

  @Test func aHoldIsResolvedOnce() throws {
    var world = try MoneyWorld()
    try world.fund(5 * dollar)
    try world.send("begin", id: "s", ["cost": 2 * dollar])
    let first = try world.send("settle", id: "s", ["hold": 0, "cost": dollar])
    let again = try world.send("settle", id: "s", ["hold": 0, "cost": dollar])
    #expect(again.isReplay && again.covered == first.covered)
    #expect(world.code(try world.send("settle", id: "other", ["hold": 0, "cost": dollar])) == "resolved")
    #expect(world.code(try world.send("void", ["hold": 0])) == "resolved")
    try world.send("begin", id: "v", ["cost": 2 * dollar])
    #expect(try world.send("void", ["hold": 1]).isAllowed)
    #expect(try world.value("balance.available") == 4 * dollar)
    #expect(try world.value("spent") == dollar)
    #expect(world.code(try world.send("void", ["hold": 1])) == "resolved")
    #expect(world.code(try world.send("settle", ["hold": 1, "cost": 0])) == "resolved")
    // An id nobody knows, and an index past the end.
    for hold in [-1, 2, Int64(Int32.max), Int64.max] {
      let denied = try world.send("settle", ["hold": hold, "cost": 0])
      #expect(world.code(denied) == "unknown_hold")
      #expect(denied.field == 0)
    }
    // The other field is the event's to answer for.
    #expect(world.code(try world.send("settle", ["hold": 0, "cost": -1])) == "invalid")
    // Without a rule against it the ledger refuses, and nothing is left of the attempt.
    let before = world.account
    #expect(throws: EngineFault.ledger(.wrongRecord(kind: "hold", index: 0))) {
      try world.send("bill", ["hold": 0, "pieces": 1])
    }
    #expect(world.account == before)
  }

  @Test func whatWasSoThenIsRead() throws {
    var world = try MoneyWorld()
    try world.fund(5 * dollar)
    try world.send("begin", id: "s", ["cost": 2 * dollar, "unit_price": 3 * dollar])
    let billed = try world.send("bill", id: "b", ["hold": 0, "pieces": 1])
    #expect(billed.covered == 3 * dollar)
    #expect(billed.trace.records[0].first == Hold.State.open.rawValue)
  }

  @Test func aHoldOfNothingIsAHold() throws {
    var world = try MoneyWorld()
    #expect(try world.send("begin", id: "free", ["cost": 0]).hold == 0)
    #expect(try world.send("settle", ["hold": 0, "cost": 0]).isAllowed)
    #expect(world.account.holds[0].state == .settled)
    let replay = try world.send("begin", id: "free", ["cost": 0])
    #expect(replay.isReplay && replay.hold == 0)
  }

  // MARK: - Time

  @Test func aHoldExpiresBeforeTheNextEventAndInQueries() throws {
    var world = try MoneyWorld()
    try world.fund(5 * dollar)
    try world.send("begin", id: "s", ["key": 0, "cost": 4 * dollar, "ttl": Instant.perHour])
    world.now += Instant.perHour - 1
    #expect(try world.value("balance.available") == dollar)
    #expect(world.code(try world.send("request", ["cost": 2 * dollar])) == "insufficient")
    world.now += 1
    #expect(try world.value("balance.available") == 5 * dollar)
    #expect(try world.value("spent") == 0)
    #expect(world.account.holds[0].state == .open)
    #expect(try world.send("request", ["cost": 5 * dollar]).isAllowed)
    #expect(world.account.holds[0].state == .expired)
    let expiry = try #require(world.journal.transactions.first { $0.step == .expiry })
    #expect(expiry.id == "s" && expiry.postings.isEmpty && expiry.postedAt == world.now)
    #expect(try world.value("key_spent", key: 0) == 0)

    // A late settle takes what is there.
    try world.fund(dollar)
    let late = try world.send("settle", ["hold": 0, "cost": 3 * dollar])
    #expect(late.covered == dollar && late.absorbed == 2 * dollar)
    #expect(try world.value("key_spent", key: 0) == dollar)
    #expect(world.account.holds[0].state == .settled)
    #expect(world.account.holds[0].key == 0)
  }

  @Test func holdsExpireInTheirOrderWhateverComesOfTheEvent() throws {
    var world = try MoneyWorld()
    try world.fund(5 * dollar)
    try world.send("begin", id: "long", ["cost": dollar, "ttl": 3 * Instant.perHour])
    try world.send("begin", id: "short", ["cost": dollar, "ttl": Instant.perHour])
    try world.send("begin", id: "middle", ["cost": dollar, "ttl": 2 * Instant.perHour])
    world.now += 2 * Instant.perHour
    #expect(try world.send("request", ["cost": 40 * dollar]).verdict == .denied)
    #expect(world.journal.transactions.filter { $0.step == .expiry }.map(\.id) == ["short", "middle"])
    #expect(world.account.holds.all.map(\.state) == [.open, .expired, .expired])
    #expect(world.account.clock == world.now)
  }

  /// What a hold reserved belongs to the windows it was made in.
  @Test func aWindowThatEndedInBetweenIsLeftAlone() throws {
    var world = try MoneyWorld()
    world.now = MoneyWorld.time("2026-01-31T23:00:00Z")
    try world.fund(20 * dollar)
    try world.set("started", MoneyWorld.time("2026-01-01T00:00:00Z"))
    try world.set("quota_size", 2 * dollar)
    try world.send("begin", id: "s", ["key": 0, "cost": 5 * dollar, "ttl": 30 * Instant.perDay])
    #expect(try world.value("quota.held") == 2 * dollar)
    #expect(try world.value("spent") == 3 * dollar)
    #expect(try world.value("month_spent") == 5 * dollar)
    world.now = MoneyWorld.time("2026-02-01T00:00:00Z")
    #expect(try world.value("quota.available") == 2 * dollar)
    #expect(try world.value("spent") == 0)
    #expect(try world.value("month_spent") == 0)
    #expect(try world.value("balance.available") == 17 * dollar)
    let settled = try world.send("settle", ["hold": 0, "cost": 9 * dollar])
    // The reserve of $2 and $3; then $2 of the new quota and $2 of the balance.
    #expect(settled.drawn == [4 * dollar, 5 * dollar])
    #expect(try world.value("quota") == 0)
    #expect(try world.value("spent") == 2 * dollar)
    #expect(try world.value("month_spent") == 4 * dollar)
    #expect(try world.value("key_spent", key: 0) == 9 * dollar)
    #expect(try world.value("balance") == 15 * dollar)
    #expect(world.account.book(0) == -4 * dollar)
  }

  @Test func keysCountWhatTheyHold() throws {
    // TM-09.
    var world = try MoneyWorld()
    try world.fund(100 * dollar)
    try world.set("key_limit", 5 * dollar, key: 0)
    #expect(try world.send("begin", id: "a", ["key": 0, "cost": 4 * dollar]).isAllowed)
    let denied = try world.send("request", ["key": 0, "cost": 2 * dollar])
    #expect(world.code(denied) == "key_full")
    #expect(try world.send("request", ["cost": 2 * dollar]).isAllowed)
    let settled = try world.send("settle", ["hold": 0, "cost": 6 * dollar])
    #expect(settled.covered == 5 * dollar)
    #expect(try world.value("key_spent", key: 0) == 5 * dollar)
  }

  /// What was decided is carried out before what reacts to it: a fault there takes it back, holds too.
  @Test func aFaultInAReactionTakesAllOfItBack() throws {
    var world = try MoneyWorld()
    try world.fund(5 * dollar)
    try world.send("begin", id: "s", ["key": 0, "cost": dollar])
    try world.set("bonus", Money.largest.nano)
    let before = world.account
    let journal = world.journal
    for (event, fields) in [
      ("begin", ["key": 0, "cost": dollar]), ("settle", ["hold": 0, "cost": dollar]), ("request", ["cost": dollar]),
    ] {
      let fault = #expect(throws: EngineFault.self) { try world.send(event, id: "x", fields) }
      guard case .ledger(.bucketOutOfRange(bucket: 1, _, _)) = fault else {
        Issue.record("\(event): \(fault.map { "\($0)" } ?? "no fault")")
        continue
      }
      #expect(world.account == before)
      #expect(world.journal == journal)
    }
    #expect(world.account.openHolds == [0])
    try world.set("bonus", 0)
    #expect(try world.send("settle", id: "x", ["hold": 0, "cost": dollar]).isAllowed)
    #expect(world.account.openHolds.isEmpty)
  }

  @Test func aFaultLeavesTheAccountAsItWas() throws {
    var world = try MoneyWorld()
    try world.fund(5 * dollar)
    let meter = try meter("key_spent", world)
    try world.engine.adjust(meter: meter, to: Money.largest.nano, key: 0, in: &world.account, at: world.now)
    let before = world.account
    let count = world.journal.transactions.count
    #expect(throws: EngineFault.self) { try world.send("begin", id: "s", ["key": 0, "cost": dollar]) }
    #expect(world.account == before)
    #expect(world.journal.transactions.count == count)
  }

  /// Rules that answer in more than one way would settle twice.
  @Test func oneMovementForOneEvent() throws {
    var program = try MoneyWorld().program
    let settle = try #require(program.rules.firstIndex { $0.name == "money.charge_it" })
    program.rules[settle].clauses = []
    let owe = try #require(program.rules.firstIndex { $0.name == "money.owe_it" })
    program.rules[owe].clauses = []
    var world = try MoneyWorld()
    world.engine = try RuleEngine(program)
    world.account = world.engine.newAccount()
    try world.send("begin", id: "s", ["cost": 0])
    #expect(throws: EngineFault.twoPayments(first: "money.charge_it", second: "money.owe_it")) {
      try world.send("settle", ["hold": 0, "cost": 0])
    }
    program.rules[owe].effects = [
      Effect(
        verb: "pay", operations: [.pay(Expr(.constant(1), QualifiedType(.money), ValueRange(1, 1), .none))], span: .none
      )
    ]
    #expect(throws: CompileError.mixesMovements(event: "settle")) { try RuleEngine(program) }
  }

  /// The longest path through what an event can set off, in instructions: settling runs through the buckets twice.
  @Test func theLongestPathIsKnown() throws {
    let compiled = try MoneyWorld().engine.compiled
    for (index, event) in compiled.program.events.enumerated() {
      let worst = compiled.worstCase(event: index)
      #expect(worst.instructions > 0 && worst.instructions < 200, "\(event.name): \(worst)")
    }
    let (hold, settle) = (compiled.event(named: "begin"), compiled.event(named: "settle"))
    #expect(
      compiled.worstCase(event: try #require(settle)).instructions
        > compiled.worstCase(event: try #require(hold)).instructions)
  }
}
