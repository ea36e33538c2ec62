import Language
import Ledger
import Testing
import Values

@testable import Engine

/// The compiled engine and the naive one must agree on everything, over random policies, accounts and events.
@Suite struct AgainstReferenceTests {
  static let programsPerBatch = 500

  @Test(arguments: 0..<UInt64(10))
  func agreesWithTheReference(batch: UInt64) throws {
    for number in 0..<UInt64(AgainstReferenceTests.programsPerBatch) {
      let seed = batch * 100_000 + number
      try run(seed: seed)
    }
  }

  /// The policies made at random do reach every kind of outcome: otherwise agreeing on them would mean little.
  @Test func everyOutcomeIsReached() throws {
    var seen: [String: Int] = [:]
    for seed in 0..<UInt64(400) {
      var generator = RandomProgram(seed: seed)
      let program = generator.make()
      var engine = try RuleEngine(program)
      engine.checksPromises = true
      var account = engine.newAccount()
      account.addKey("k")
      var clock = RandomProgram.start
      for bucket in program.buckets.indices {
        try? engine.adjust(bucket: bucket, to: generator.amount(), in: &account, at: clock)
      }
      for number in 0..<8 {
        clock += Int64(generator.below(9)) * Instant.perDay
        let event = generator.pick([0, 0, 1, 2])
        let input = EventInput(
          event: event, id: "e\(number % 6)", at: clock, fields: fields(&generator, program, event))
        guard let decision = try? engine.submit(input, to: &account) else {
          seen["fault", default: 0] += 1
          continue
        }
        seen[decision.verdict.rawValue, default: 0] += 1
        if decision.isReplay { seen["replay", default: 0] += 1 }
        if decision.rescueRule != nil { seen["rescued", default: 0] += 1 }
        if decision.triedRescueRule != nil { seen["rescue tried", default: 0] += 1 }
        if !decision.brokenPromises.isEmpty { seen["promise broken", default: 0] += 1 }
        if decision.drawn.filter({ $0 > 0 }).count > 1 { seen["two buckets", default: 0] += 1 }
        for rule in decision.firedRules {
          if case .after = program.rules[rule].kind { seen["reaction", default: 0] += 1 }
        }
        guard decision.verdict == .denied else { continue }
        guard let rule = decision.rule else {
          seen[decision.field == nil ? "last cent" : "field", default: 0] += 1
          continue
        }
        switch program.rules[rule].kind {
        case .deny: seen["denied by rule", default: 0] += 1
        case .gate: seen["denied by gate", default: 0] += 1
        case .cap(nil, _, _): seen["denied by total cap", default: 0] += 1
        case .cap: seen["denied by cap", default: 0] += 1
        default: break
        }
      }
    }
    for outcome in [
      "allowed", "denied", "conflict", "fault", "replay", "rescued", "rescue tried", "promise broken", "two buckets",
      "reaction", "last cent", "field", "denied by rule", "denied by gate", "denied by total cap", "denied by cap",
    ] {
      #expect(seen[outcome, default: 0] > 0, "\(outcome) among \(seen)")
    }
  }

  private func run(seed: UInt64) throws {
    var generator = RandomProgram(seed: seed)
    let program = generator.make()
    var engine: RuleEngine
    do {
      engine = try RuleEngine(program)
    } catch {
      Issue.record("seed \(seed): \(error.message)")
      return
    }
    engine.checksPromises = true
    engine.burnOrder = generator.chance(50) ? .grantsFirst : .oldestFirst
    var account = engine.newAccount()
    for key in 0..<generator.below(3) { account.addKey("k\(key)") }
    var clock = RandomProgram.start + Int64(generator.below(40)) * Instant.perDay
    for bucket in program.buckets.indices where generator.chance(80) {
      try engine.adjust(
        bucket: bucket, to: generator.amount(), lotKind: generator.pick(program.lotKinds), in: &account, at: clock)
    }
    for setting in program.settings.indices where generator.chance(50) {
      let value = generator.value(program.settings[setting].type)
      let key = program.settings[setting].scope == .key ? 0 : nil
      try? engine.change(setting, to: value, key: key, in: &account, at: clock)
    }
    var reference = ReferenceEngine(engine.compiled)
    reference.globals = engine.globals
    reference.burnOrder = engine.burnOrder

    var inputs: [EventInput] = []
    for number in 0..<(4 + generator.below(5)) {
      clock += Int64(generator.below(20)) * generator.pick([1, 60_000_000, Instant.perHour, Instant.perDay])
      let event = generator.pick([0, 0, 0, 1, 2])
      var input = EventInput(
        event: event, id: generator.chance(60) ? "e\(number)" : "", at: clock,
        fields: fields(&generator, program, event))
      if generator.chance(15), let earlier = inputs.randomElement(using: &generator.random) { input = earlier }
      if generator.chance(5), !input.fields.isEmpty { input.fields[0] = generator.amount() }
      if generator.chance(5) { input.at -= Instant.perDay }
      inputs.append(input)

      let before = account
      var twin = account
      var expected: Result<Decision, EngineFault>
      do { expected = .success(try reference.submit(input, to: &twin, checkPromises: true)) } catch {
        expected = .failure(error)
      }
      var journal = Journal()
      let actual: Result<Decision, EngineFault>
      do {
        actual = .success(try engine.submit(input, to: &account, journal: &journal))
      } catch {
        actual = .failure(error)
      }
      let place = Comment(rawValue: "seed \(seed), event \(number)")
      switch (actual, expected) {
      case (.success(let decision), .success(let oracle)):
        let (left, right) = (summary(decision), summary(oracle))
        #expect(left == right, place)
        #expect(account.row == twin.row, place)
        #expect(account.keyRows == twin.keyRows, place)
        #expect(account.lotBooks == twin.lotBooks, place)
        #expect(account.answers == twin.answers, place)
        if !decision.isAllowed { #expect(account == before, place) }
        if left != right || account.row != twin.row { return }
        checkExplanation(decision, engine, place)
      case (.failure(let fault), .failure(let oracle)):
        // The naive engine does not format values.
        if case .fieldOutOfRange = oracle {
          if case .fieldOutOfRange = fault {} else { Issue.record("seed \(seed): \(fault) for \(oracle)") }
        } else {
          #expect(fault == oracle, place)
        }
        #expect(account == before, "\(place): a fault leaves the account as it was")
        #expect(journal.transactions.isEmpty, place)
      default:
        Issue.record("seed \(seed), event \(number): \(actual) but \(expected)")
        return
      }
      #expect(account.sumOfBooks == 0, place)
      for transaction in journal.transactions {
        #expect(transaction.postings.reduce(0) { $0 + $1.amount } == 0, place)
      }
      checkLots(account, place)
    }
  }

  private func checkExplanation(_ decision: Decision, _ engine: RuleEngine, _ place: Comment) {
    guard decision.verdict != .conflict, !decision.isReplay else { return }
    let explanation = Explanation(decision, by: engine)
    #expect(explanation.recomputedVerdict == decision.verdict, place)
    #expect(explanation.recomputedDenial == decision.denial, place)
    #expect(!explanation.text().isEmpty, place)
  }

  private func checkLots(_ account: AccountState, _ place: Comment) {
    for (index, bucket) in account.layout.buckets.enumerated() {
      guard let book = bucket.lotBook else { continue }
      let posted = account.row[bucket.slot]
      let lots = account.lotBooks[book]
      if posted >= 0 { #expect(lots.remaining - lots.unassigned(posted: posted) == Int128(posted), place) }
      for order in BurnOrder.allCases {
        let assigned = account.lots(of: index, order: order)
        #expect(assigned.reduce(0) { $0 + $1.remaining } == max(0, posted), place)
        #expect(assigned.allSatisfy { $0.remaining >= 0 && $0.remaining <= $0.amount }, place)
      }
    }
  }

  private func fields(_ generator: inout RandomProgram, _ program: Program, _ event: Int) -> [Int64] {
    var values: [Int64] = []
    for field in program.events[event].fields.prefix(program.events[event].givenCount) {
      values.append(generator.value(field.type))
    }
    return values
  }

  /// Everything but the facts.
  private func summary(_ decision: Decision) -> String {
    """
    \(decision.verdict) \(decision.isReplay) at \(decision.at) denial \(decision.denial ?? -1) rule \(decision.rule ?? -1) \
    bucket \(decision.bucket ?? -1) field \(decision.field ?? -1) amount \(decision.amount) covered \(decision.covered) \
    short \(decision.shortfall) drawn \(decision.drawn) fields \(decision.fields) key \(decision.key ?? -1) \
    fired \(decision.firedRules) notices \(decision.notices.map { "\($0.level)\($0.rule)" }) \
    rescue \(decision.rescueRule ?? -1) \(decision.triedRescueRule ?? -1) broken \(decision.brokenPromises)
    """
  }
}
