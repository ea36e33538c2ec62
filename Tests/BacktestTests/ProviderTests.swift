import Backtest
import Engine
import Lab
import Language
import Ledger
import Testing

@Suite("The payment provider in a backtest")
struct ProviderTests {
  let engine = Stage.current.engine
  let start: Int64 = 1_790_812_800_000_000

  func call(_ event: String, _ id: String, after seconds: Int64, _ given: [String: EventCall.Value]) throws -> EventCall
  {
    let index = try #require(engine.compiled.event(named: event))
    let declared = engine.program.events[index]
    let fields = declared.fields.prefix(declared.givenCount).map {
      given[$0.name] ?? .number($0.value ?? ValueType.none)
    }
    return EventCall(event: index, id: id, at: start + seconds * 1_000_000, fields: Array(fields))
  }

  func topup(_ id: String, after seconds: Int64, said: [RecordedAnswer] = []) throws -> Occurrence {
    let call = try call(
      "topup", id, after: seconds, ["amount": .number(20_000_000_000), "card": .text("visa")])
    return Occurrence(account: "ada", at: call.at, .event(call, said: said))
  }

  func run(_ list: [Occurrence], cards: [String: ProviderAnswer] = [:]) throws -> BacktestResult {
    let traffic = ListedTraffic(name: "test", program: engine.program, list) { _, candidate in
      Opening(account: candidate.engine.newAccount(), cards: cards)
    }
    return try Comparison.run([Stage.current, Stage.current], over: traffic)
  }

  @Test("what was declined then is declined now, and the next attempt has its own answer")
  func declined() throws {
    let result = try run([
      topup("t1", after: 0, said: [RecordedAnswer(.collect, .declined("no"))]),
      topup("t1", after: 60, said: [RecordedAnswer(.collect, .paid)]),
    ])
    let found = result.candidates[0]
    #expect(found.count(.denied) == 1)
    #expect(found.count(.allowed) == 1)
    #expect(found.money.paidIn == 20_000_000_000)
    #expect(found.denials.map(\.code) == ["card_declined"])
  }

  @Test("a card the history says nothing of at that moment is as it was otherwise, else it pays")
  func byCard() throws {
    #expect(try run([topup("t1", after: 0)], cards: ["visa": .declined("")]).candidates[0].count(.denied) == 1)
    #expect(try run([topup("t1", after: 0)]).candidates[0].count(.allowed) == 1)
  }

  @Test("a late answer takes up the event that waited for it; without one it goes on waiting")
  func late() throws {
    let pending = RecordedAnswer(.collect, .pending)
    let waiting = try run([topup("t1", after: 0, said: [pending])]).candidates[0]
    #expect(waiting.count(.waiting) == 1)
    #expect(waiting.money.paidIn == 0)
    for (answer, verdict) in [(ProviderAnswer.paid, Outcome.Verdict.allowed), (.declined(""), .denied)] {
      let late = LateAnswer(event: "topup", id: "t1", said: RecordedAnswer(.collect, answer))
      let result = try run([
        topup("t1", after: 0, said: [pending]),
        Occurrence(account: "ada", at: start + 90_000_000, .answer(late)),
      ])
      #expect(result.candidates[0].count(verdict) == 1)
      #expect(result.candidates[0].count(.waiting) == 0)
      #expect(result.candidates[0].money.paidIn == (answer == .paid ? 20_000_000_000 : 0))
      #expect(result.comparisons[0].same == 1)
    }
  }
}

extension ProviderTests {
  @Test("what is sent again after it waited and was paid is the same event, and something else under its id a conflict")
  func again() throws {
    let late = LateAnswer(event: "topup", id: "t1", said: RecordedAnswer(.collect, .paid))
    let first = [
      try topup("t1", after: 0, said: [RecordedAnswer(.collect, .pending)]),
      Occurrence(account: "ada", at: start + 90_000_000, .answer(late)),
    ]
    let same = try run(first + [topup("t1", after: 120)]).candidates[0]
    #expect(same.count(.repeated) == 1 && same.count(.conflict) == 0)
    let fields: [String: EventCall.Value] = ["amount": .number(30_000_000_000), "card": .text("visa")]
    let other = Occurrence(
      account: "ada", at: start + 120_000_000, .event(try call("topup", "t1", after: 120, fields)))
    let changed = try run(first + [other]).candidates[0]
    #expect(changed.count(.repeated) == 0 && changed.count(.conflict) == 1)
  }

  @Test("what an account waits for when the traffic begins is answered within it")
  func openWaits() throws {
    // A top-up from before: asked for, and pending.
    var account = engine.newAccount()
    let asked = try call("topup", "t0", after: -600, ["amount": .number(20_000_000_000), "card": .text("visa")])
    let input = try engine.input(asked, in: &account)
    #expect(try engine.submit(input, to: &account).verdict == .waiting)
    let begun = account
    let late = LateAnswer(event: "topup", id: "t0", said: RecordedAnswer(.collect, .paid))
    let traffic = ListedTraffic(
      name: "test", program: engine.program, [Occurrence(account: "ada", at: start, .answer(late))]
    ) { _, _ in Opening(account: begun) }
    let result = try Comparison.run([Stage.current, Stage.current], over: traffic)
    #expect(result.candidates[0].count(.allowed) == 1)
    #expect(result.candidates[0].money.paidIn == 20_000_000_000)
  }

  @Test("promises that are broken, events and settings a policy does not have, are told of and stop nothing")
  func faults() throws {
    var other = engine.program
    other.events[0].name = "no_such_event"
    var call = try call("request", "r1", after: 0, [:])
    call.event = 0
    let list = [
      Occurrence(account: "ada", at: start, .event(call)),
      Occurrence(account: "ada", at: start, .setting("no.such", key: nil, to: .byDefault)),
      Occurrence(account: "ada", at: start, .setting("limits.spending_limit", key: nil, to: .value(.number(-5)))),
      Occurrence(account: "ada", at: start, .adjustment(bucket: "no.such", to: 5, lotKind: "paid")),
    ]
    let result = try Comparison.run(
      [Stage.current, Stage.current], over: ListedTraffic(name: "t", program: other, list))
    #expect(result.candidates[0].impossible.map(\.count) == [1])
    #expect(result.candidates[0].refusals.count == 3)
    #expect(!result.differs)
  }
}
