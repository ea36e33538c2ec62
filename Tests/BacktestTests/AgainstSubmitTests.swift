import Backtest
import Engine
import Lab
import Language
import Ledger
import Testing

/// Always paid.
private struct Payer: SimulatedProvider {
  mutating func answer(_ request: ProviderRequest) -> ProviderAnswer { .paid }
}

@Suite("A backtest against the engine, event by event")
struct AgainstSubmitTests {
  /// What is left of an event once it is decided.
  private struct Answer: Equatable {
    var verdict: String
    var code: String?
    var rule: String?
    var paid: Int64
  }

  @Test("random traffic of all kinds comes out as one submit after another", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func isTheSame(seed: UInt64) throws {
    var dice = Dice(seed)
    let (a, b) = (Stage.current, Stage.candidate("b", Stage.reform("limits.spending_limit default $2")))
    let program = a.engine.program
    let start: Int64 = 1_790_812_800_000_000
    var time = start
    var list: [Occurrence] = []
    let accounts = (1...7).map { "account-\($0)" }
    for account in accounts { list.append(Occurrence(account: account, at: start, .key("k1"))) }
    func call(_ event: String, _ id: String, _ given: [String: EventCall.Value]) throws -> EventCall {
      let index = try #require(a.engine.compiled.event(named: event))
      let fields = program.events[index].fields.prefix(program.events[index].givenCount).map { field in
        given[field.name] ?? .number(field.value ?? ValueType.none)
      }
      return EventCall(event: index, id: id, at: time, fields: Array(fields))
    }
    for number in 0..<900 {
      time += Int64(dice.below(3_600_000_000 * 2))
      let account = dice.pick(accounts)
      // Now and then an id comes again.
      let id = dice.below(20) == 0 ? "e\(dice.below(max(1, number)))" : "e\(number)"
      let made: EventCall
      switch dice.below(12) {
      case 0:
        made = try call(
          "topup", id, ["amount": .number(Int64(1 + dice.below(30)) * 1_000_000_000), "card": .text("visa")])
      case 1: made = try call("subscribe", id, ["quota": .number(Int64(dice.below(8)) * 1_000_000_000)])
      case 2: made = try call("grant", id, ["amount": .number(Int64(dice.below(3)) * 1_000_000_000)])
      case 3:
        made = try call(
          "auto_topup", id, ["enabled": .number(1), "preset": .text(dice.pick(["light", "regular", "heavy"]))])
      case 4: made = try call("new_card", id, ["card": .text("amex")])
      default:
        made = try call(
          "request", id,
          [
            "model": .text(dice.pick(["gpt-4o", "claude-opus-4-6", "nobody-knows"])), "key": .text("k1"),
            "input": .number(Int64(dice.below(200_000))), "output": .number(Int64(dice.below(9_000))),
          ])
      }
      list.append(Occurrence(account: account, at: time, .event(made)))
      if dice.below(15) == 0 { list.append(Occurrence(account: account, at: time, .event(made))) }
      if dice.below(15) == 0 {
        list.append(
          Occurrence(
            account: account, at: time,
            .setting("fallback.enabled", key: nil, to: .value(.number(Int64(dice.below(2)))))))
      }
    }

    let result = try Comparison.run([a, b], over: ListedTraffic(name: "random", program: program, list, batch: 37))
    for (index, candidate) in [a, b].enumerated() {
      let engine = candidate.engine
      var states: [String: AccountState] = [:]
      var answers: [Outcome.Verdict: Int] = [:]
      for occurrence in list {
        var state = states[occurrence.account] ?? engine.newAccount()
        switch occurrence.deed {
        case .key(let key): state.addKey(key)
        case .setting(let name, _, .value(.number(let number))):
          var changing = engine
          let setting = try #require(engine.compiled.setting(named: name))
          try changing.change(setting, to: number, in: &state, at: occurrence.at)
        case .event(let call, _):
          let input = try engine.input(call, in: &state)
          var journal = Journal()
          var payer = Payer()
          let decision = try engine.submit(input, to: &state, journal: &journal, asking: &payer).decision
          let verdict: Outcome.Verdict =
            switch decision.verdict {
            case .allowed: decision.isReplay ? .repeated : .allowed
            case .denied: .denied
            case .conflict: .conflict
            case .waiting: .waiting
            }
          answers[verdict, default: 0] += 1
        default: Issue.record("unexpected")
        }
        states[occurrence.account] = state
      }
      let found = result.candidates[index]
      for verdict in Outcome.Verdict.allCases {
        #expect(found.count(verdict) == answers[verdict, default: 0], "seed \(seed): \(verdict)")
      }
      #expect(found.money.paidIn == -states.values.reduce(0) { $0 + $1.contra(.cards) })
      #expect(found.money.granted == -states.values.reduce(0) { $0 + $1.contra(.grants) })
      let quota = try #require(engine.compiled.bucket(named: "quota"))
      let quotas = -states.values.reduce(0) { $0 + $1.book(quota) }
      #expect(found.money.quota == quotas)
      let usage = states.values.reduce(0) { $0 + $1.contra(.usage) }
      #expect(found.money.charged + found.money.quota + found.money.absorbed == usage)
      #expect(found.brokenPromises.isEmpty)
      #expect(found.impossible.isEmpty)
    }
    #expect(answersVary(result))
  }

  private func answersVary(_ result: BacktestResult) -> Bool {
    result.comparisons[0].differing > 0 && result.candidates[0].count(.repeated) > 0
      && result.candidates[0].money.paidIn > 0
  }
}
