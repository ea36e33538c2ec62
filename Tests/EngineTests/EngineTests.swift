import Diagnostics
import Language
import Ledger
import Testing
import Values

@testable import Engine

@Suite struct EngineTests {
  let dollar = SmallPolicy.dollar

  private func time(_ text: String) throws -> Int64 { try Instant(parsing: text).microseconds }

  private func funded(_ dollars: Int64) throws -> (RuleEngine, AccountState, Int64) {
    var engine = try RuleEngine(SmallPolicy.program)
    engine.checksPromises = true
    var account = engine.newAccount()
    let now = try time("2026-01-31T10:00:00Z")
    try engine.adjust(bucket: 1, to: dollars * dollar, in: &account, at: now)
    return (engine, account, now)
  }

  private func change(
    _ engine: inout RuleEngine, _ account: inout AccountState, _ setting: Int, _ value: Int64, _ at: Int64
  )
    throws
  {
    try engine.change(setting, to: value, in: &account, at: at)
  }

  @Test func quotaFirstThenBalance() throws {
    var (engine, account, now) = try funded(50)
    _ = try engine.submit(EventInput(event: SmallPolicy.subscribe, at: now, fields: []), to: &account)
    var journal = Journal()
    let decision = try engine.submit(
      EventInput(event: SmallPolicy.request, id: "r1", at: now, fields: [15 * dollar]), to: &account, journal: &journal)
    #expect(decision.isAllowed)
    #expect(decision.drawn == [10 * dollar, 5 * dollar])
    #expect(engine.value(of: "balance", in: account, at: now)?.value == 45 * dollar)
    #expect(engine.value(of: "quota", in: account, at: now)?.value == 0)
    #expect(engine.value(of: "limits.spent", in: account, at: now)?.value == 5 * dollar)
    #expect(
      journal.transactions.map(\.postings) == [
        [
          Posting(.bucket(0), -10 * dollar), Posting(.contra(.usage), 10 * dollar), Posting(.bucket(1), -5 * dollar),
          Posting(.contra(.usage), 5 * dollar),
        ]
      ])
    #expect(account.sumOfBooks == 0)
  }

  @Test func cyclesFollowTheAnchorAcrossShortMonths() throws {
    var (engine, account, now) = try funded(500)
    // Plain spending before the subscription belongs to no cycle.
    _ = try engine.submit(EventInput(event: SmallPolicy.request, at: now, fields: [7 * dollar]), to: &account)
    #expect(engine.value(of: "spent", in: account, at: now)?.value == 7 * dollar)
    _ = try engine.submit(EventInput(event: SmallPolicy.subscribe, at: now, fields: []), to: &account)
    #expect(engine.value(of: "spent", in: account, at: now)?.value == 0)
    _ = try engine.submit(EventInput(event: SmallPolicy.request, at: now, fields: [12 * dollar]), to: &account)
    let last = try time("2026-02-28T09:59:59.999999Z")
    let first = try time("2026-02-28T10:00:00Z")
    #expect(engine.value(of: "quota", in: account, at: last)?.value == 0)
    #expect(engine.value(of: "quota", in: account, at: first)?.value == 10 * dollar)
    #expect(engine.value(of: "spent", in: account, at: first)?.value == 0)
    #expect(engine.value(of: "cycle.end", in: account, at: first)?.value == (try time("2026-03-31T10:00:00Z")))
    let late = try engine.submit(EventInput(event: SmallPolicy.request, at: first, fields: [11 * dollar]), to: &account)
    #expect(late.drawn == [10 * dollar, 1 * dollar])
    // Late news counts now: time never runs backwards.
    let early = try engine.submit(EventInput(event: SmallPolicy.request, at: last, fields: [1 * dollar]), to: &account)
    #expect(early.at == first)
    #expect(early.drawn == [0, 1 * dollar])
    #expect(engine.value(of: "spent", in: account, at: first)?.value == 2 * dollar)
  }

  @Test func aDenialChangesNothingAndShowsItsArithmetic() throws {
    var (engine, account, now) = try funded(100)
    try change(&engine, &account, SmallPolicy.subscribed, 1, now)
    try change(&engine, &account, SmallPolicy.limit, 50 * dollar, now)
    try engine.adjust(meter: 0, to: 49 * dollar + 700_000_000, in: &account, at: now)
    try engine.adjust(bucket: 0, to: 0, in: &account, at: now)
    let before = account
    let decision = try engine.submit(
      EventInput(event: SmallPolicy.request, id: "r", at: now, fields: [350_000_000]), to: &account)
    #expect(account == before)
    #expect(decision.code(in: engine.program) == "limit_exceeded")
    #expect(decision.shortfall == 50_000_000)
    #expect(engine.text(of: decision) == "limit_exceeded at $50.00")
    let text = Explanation(decision, by: engine).text()
    #expect(text.contains("by limits.cycle_limit"))
    #expect(
      text.contains("limits.spent $49.70 + $0.35 = $50.05 > limits.spending_limit $50.00 (over by $0.05)"), "\(text)")
    // Reaching the limit exactly is allowed.
    let exact = try engine.submit(
      EventInput(event: SmallPolicy.request, id: "r", at: now, fields: [300_000_000]), to: &account)
    #expect(exact.isAllowed)
  }

  @Test func theLastCentIsTheBuckets() throws {
    var (engine, account, now) = try funded(1)
    let decision = try engine.submit(
      EventInput(event: SmallPolicy.request, at: now, fields: [3 * dollar]), to: &account)
    #expect(decision.code(in: engine.program) == "insufficient_balance")
    #expect(decision.rule == nil)
    #expect(decision.bucket == 1)
    let text = Explanation(decision, by: engine).text()
    #expect(text.contains("$1.00 available < $3.00 (short by $2.00)"), "\(text)")
  }

  @Test func oneRescueAndOnlyIfItIsEnough() throws {
    var (engine, account, now) = try funded(1)
    try change(&engine, &account, SmallPolicy.rescue, 1, now)
    var journal = Journal()
    let rescued = try engine.submit(
      EventInput(event: SmallPolicy.request, at: now, fields: [21 * dollar]), to: &account, journal: &journal)
    #expect(rescued.isAllowed)
    #expect(rescued.rescueRule == 3)
    #expect(rescued.firedRules == [0, 3])
    #expect(journal.transactions.map(\.step) == [.rescue, .decision])
    #expect(engine.value(of: "balance", in: account, at: now)?.value == 0)
    #expect(account.lots(of: 1).map(\.remaining) == [0, 0])
    let before = account
    let count = journal.transactions.count
    let denied = try engine.submit(
      EventInput(event: SmallPolicy.request, at: now, fields: [21 * dollar]), to: &account, journal: &journal)
    #expect(denied.verdict == .denied)
    #expect(account == before)
    #expect(journal.transactions.count == count)
  }

  @Test func noticesAtTheCrossingOnly() throws {
    var (engine, account, now) = try funded(6)
    let costs = [dollar / 2, dollar, dollar]
    let notices = try costs.map { cost in
      try engine.submit(EventInput(event: SmallPolicy.request, at: now, fields: [cost]), to: &account).notices.count
    }
    #expect(notices == [0, 1, 0])
  }

  @Test func theSameIdTakesEffectOnce() throws {
    var (engine, account, now) = try funded(10)
    let input = EventInput(event: SmallPolicy.request, id: "r", at: now, fields: [4 * dollar])
    let first = try engine.submit(input, to: &account)
    let after = account
    let again = try engine.submit(input, to: &account)
    #expect(again.isReplay && again.isAllowed)
    #expect(again.drawn == first.drawn)
    #expect(account == after)
    var other = input
    other.fields = [5 * dollar]
    let conflict = try engine.submit(other, to: &account)
    #expect(conflict.verdict == .conflict)
    #expect(conflict.status(in: engine.program) == 409)
    #expect(conflict.code(in: engine.program) == "idempotency_mismatch")
    #expect(account == after)
    // A denied one is evaluated again.
    var big = input
    big.id = "b"
    big.fields = [9 * dollar]
    #expect(try engine.submit(big, to: &account).verdict == .denied)
    try engine.adjust(bucket: 1, to: 100 * dollar, in: &account, at: now)
    #expect(try engine.submit(big, to: &account).isAllowed)
  }

  @Test func settingsAreChecked() throws {
    var (engine, account, now) = try funded(10)
    let before = account
    let refusal = #expect(throws: Refusal.self) { try engine.change(SmallPolicy.limit, to: 1, in: &account, at: now) }
    #expect(refusal?.text == "the least limit is $5.00")
    #expect(throws: Refusal.self) { try engine.change(SmallPolicy.subscribed, to: 2, in: &account, at: now) }
    #expect(throws: Refusal.self) {
      try engine.change(SmallPolicy.subscribed, to: ValueType.none, in: &account, at: now)
    }
    #expect(account == before)
    try engine.change(SmallPolicy.minimum, to: 0, in: &account, at: now)
    try engine.change(SmallPolicy.limit, to: 1, in: &account, at: now)
    #expect(engine.value(of: "spending_limit", in: account, at: now)?.value == 1)
    try engine.change(SmallPolicy.limit, to: LedgerLayout.unset, in: &account, at: now)
    #expect(engine.value(of: "spending_limit", in: account, at: now)?.value == ValueType.none)
  }

  @Test func hostileInputIsAFaultOrADenial() throws {
    var (engine, account, now) = try funded(10)
    let before = account
    for cost in [Int64.min, Int64.min + 1, -1, Int64.max] {
      let decision = try engine.submit(EventInput(event: SmallPolicy.request, at: now, fields: [cost]), to: &account)
      #expect(decision.field == 0)
      #expect(decision.code(in: engine.program) == "bad")
      #expect(!Explanation(decision, by: engine).text().isEmpty)
    }
    #expect(throws: EngineFault.self) { try engine.submit(EventInput(event: 9, at: now, fields: []), to: &account) }
    #expect(throws: EngineFault.self) { try engine.submit(EventInput(event: 0, at: now, fields: []), to: &account) }
    #expect(throws: EngineFault.self) { try engine.submit(EventInput(event: 0, at: -1, fields: [1]), to: &account) }
    #expect(throws: EngineFault.self) {
      try engine.submit(EventInput(event: 0, at: Int64.max, fields: [1]), to: &account)
    }
    #expect(throws: EngineFault.self) { try engine.input("request", at: now) }
    #expect(throws: EngineFault.self) { try engine.input("request", at: now, ["cost": 1, "price": 2]) }
    var other = SmallPolicy.program
    other.meters.append(other.meters[0])
    var foreign = try RuleEngine(other).newAccount()
    #expect(throws: EngineFault.foreignAccount) {
      try engine.submit(EventInput(event: 0, at: now, fields: [1]), to: &foreign)
    }
    #expect(account == before)
  }

  @Test func aFunctionOutsideItsRangeIsAFault() throws {
    var program = SmallPolicy.program
    program.functions = [
      FunctionDefinition(
        name: "liar", summary: "", parameters: [.init("x", .money)],
        result: .init("y", .money, range: ValueRange(0, 5)),
        example: ("", ""), body: { $0[0] })
    ]
    program.rules[0].effects = [
      SmallPolicy.effect(.pay(SmallPolicy.expr(.call(0, [SmallPolicy.fact(.field(event: 0, field: 0))]))))
    ]
    let engine = try RuleEngine(program)
    var account = engine.newAccount()
    let before = account
    #expect(throws: EngineFault.functionOutOfRange(function: "liar", value: 6)) {
      try engine.submit(EventInput(event: 0, at: 0, fields: [6]), to: &account)
    }
    #expect(account == before)
  }

  @Test func oneEnginesWorkDoesNotShowInAnother() throws {
    let (engine, account, now) = try funded(10)
    var (first, second) = (engine, engine)
    var (one, two) = (account, account)
    try first.change(SmallPolicy.minimum, to: 0, in: &one, at: now)
    #expect(throws: Refusal.self) { try second.change(SmallPolicy.limit, to: 1, in: &two, at: now) }
    try first.change(SmallPolicy.limit, to: 1, in: &one, at: now)
  }
}
