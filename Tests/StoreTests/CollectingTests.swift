import Engine
import Foundation
import Language
import Ledger
import Standard
import Synchronization
import Testing
import Values

@testable import Store

/// A bank that says the same to the same request, and what it decides from a seed. Both a simulated and a live provider.
final class SeededBank: PaymentProvider {
  let name = "seeded"
  let summary = "says what a seed decides"
  /// How many of a hundred requests end in a broken line.
  let faults: Int
  private let memory: Mutex<Memory>

  struct Memory: Sendable {
    var random: SeededGenerator
    var known: [String: ProviderAnswer] = [:]
    var requests: [ProviderRequest] = []
    var mayPend = true
  }

  init(seed: UInt64, faults: Int = 0) {
    self.faults = faults
    memory = Mutex(Memory(random: SeededGenerator(seed: seed)))
  }

  var requests: [ProviderRequest] { memory.withLock { $0.requests } }

  /// From now on everything is decided, what was pending too.
  func decide() { memory.withLock { $0.mayPend = false } }

  func answer(_ request: ProviderRequest) -> ProviderAnswer {
    memory.withLock { memory in
      memory.requests.append(request)
      let known = memory.known[request.key]
      if let known, known != .pending { return known }
      let answer: ProviderAnswer
      switch memory.random.next() % 6 {
      case 0: answer = .declined("insufficient funds")
      case 1: answer = .failed("the bank is asleep")
      case 2: answer = memory.mayPend ? .pending : .paid
      default: answer = .paid
      }
      memory.known[request.key] = answer
      return answer
    }
  }

  func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    let answer = answer(request)
    // The request has arrived whether or not its answer does.
    if faults > 0, memory.withLock({ Int($0.random.next() % 100) }) < faults { throw ProviderFault("the line is dead") }
    return answer
  }
}

/// The same bank, asked by a simulation.
struct SimulatedBank: SimulatedProvider {
  let bank: SeededBank

  mutating func answer(_ request: ProviderRequest) -> ProviderAnswer { bank.answer(request) }
}

extension Decision {
  /// Everything but the facts.
  var summary: String {
    """
    \(verdict) \(isReplay) at \(at) denial \(denial ?? -1) rule \(rule ?? -1) bucket \(bucket ?? -1) field \(field ?? -1) \
    amount \(amount) covered \(covered) short \(shortfall) drawn \(drawn) fields \(fields) key \(key ?? -1) \
    fired \(firedRules) notices \(notices.map { "\($0.level)\($0.rule)" }) rescue \(rescueRule ?? -1) \
    \(triedRescueRule ?? -1) collects \(collections) refunds \(refunds) hold \(hold ?? -1) absorbed \(absorbed)
    """
  }
}

@Suite("Collecting")
struct CollectingTests {
  static let account = "acme"
  static let dollar = CollectingPolicy.dollar

  /// A store and a memory that live through the same.
  final class Twins {
    let store: AccountStore
    var engine: RuleEngine
    var state: AccountState
    let seed: UInt64
    let bank: SeededBank
    var simulated: SimulatedBank
    var seen: [String: Int] = [:]
    /// Which submission asked for which payment and refund, and what waits for which payment.
    var paymentEvents: [Int: Int] = [:]
    var refundEvents: [Int: Int] = [:]
    var waiting: [Int: EventCall] = [:]
    var submissions = 0

    init(seed: UInt64) throws {
      self.seed = seed
      store = try CollectingPolicy.store()
      engine = try CollectingPolicy.engine()
      state = engine.newAccount()
      bank = SeededBank(seed: seed)
      simulated = SimulatedBank(bank: SeededBank(seed: seed))
      try store.write { writer in
        try writer.addAccount(CollectingTests.account)
        for key in ["k1", "k2"] { try writer.addKey(key, to: CollectingTests.account) }
      }
      for key in ["k1", "k2"] { state.addKey(key) }
    }

    deinit { CollectingPolicy.remove(store) }

    func count(_ name: String) { seen[name, default: 0] += 1 }

    func place(_ deed: Deed) -> Comment { Comment(rawValue: "seed \(seed): \(deed)") }

    /// False where the two went apart.
    func carryOut(_ deed: Deed, at time: Int64) throws -> Bool {
      try store.write { try $0.moveClock(to: time) }
      var journal = Journal()
      switch deed {
      case .addKey(let name):
        guard state.keyIndex(named: name) == nil else { return true }
        state.addKey(name)
        try store.write { try $0.addKey(name, to: CollectingTests.account) }
      case .adjust(let amount):
        try engine.adjust(bucket: 1, to: amount, in: &state, at: time, journal: &journal)
        try store.write { try $0.adjust(bucket: 1, to: amount, account: CollectingTests.account) }
      case .set(let setting, let value, let key):
        if let key, state.keyIndex(named: key) == nil { return true }
        let number =
          switch value {
          case .number(let number): number
          case .text(let card) where engine.program.settings[setting].type.base == .card: Int64(state.addCard(card))
          case .text(let text): text == "pro" ? 1 : 0 as Int64
          }
        try engine.change(
          setting, to: number, key: key.flatMap { state.keyIndex(named: $0) }, in: &state, at: time, journal: &journal)
        try store.write { try $0.change(setting, to: value, key: key, account: CollectingTests.account) }
      case .setGlobal(let setting, let value):
        guard case .number(let number) = value else { return true }
        var nobody = engine.newAccount()
        try engine.change(setting, to: number, in: &nobody, at: time, journal: &journal)
        try store.write { try $0.change(setting, to: value, account: nil) }
      case .submit(let call): return try submit(call, deed)
      }
      return try agree(deed)
    }

    private func submit(_ call: EventCall, _ deed: Deed) throws -> Bool {
      let before = state
      let expected: Result<Exchange, any Error> = Result {
        let input = try engine.input(call, in: &state)
        var journal = Journal()
        return try engine.submit(input, to: &state, journal: &journal, asking: &simulated)
      }
      let actual = Result { try store.exchange(call, with: CollectingTests.account, asking: bank) }
      submissions += 1
      for index in before.payments.count..<max(before.payments.count, state.payments.count) { paymentEvents[index] = submissions }
      for index in before.refunds.count..<max(before.refunds.count, state.refunds.count) { refundEvents[index] = submissions }
      switch (actual, expected) {
      case (.success(let actual), .success(let expected)):
        if expected.decision.verdict == .waiting, let payment = expected.decision.collections.first {
          waiting[payment] = call
        }
        let (left, right) = (actual.answer.decision.summary, expected.decision.summary)
        #expect(left == right, place(deed))
        #expect(actual.interruption == nil, place(deed))
        #expect(actual.asked.map(\.outcome.rawValue) == expected.followed.map { CollectingTests.word($0.answer) }, place(deed))
        count(expected.decision.verdict.rawValue)
        if expected.decision.isReplay { count("replay") }
        if expected.followed.count > 1 { count("several requests") }
        if expected.decision.rescueRule != nil { count("rescued") }
        if expected.decision.triedRescueRule != nil { count("not rescued") }
        if expected.decision.isReplay {
          // In memory a hold whose time is over is released at once; in a store by what comes next.
          state = before
          return left == right
        }
        return try left == right && agree(deed)
      case (.failure(let fault), .failure(let expected)):
        count("fault")
        guard case .engine(let actual)? = (fault as? StoreFault)?.kind else {
          Issue.record("\(place(deed)): \(fault) for \(expected)")
          return false
        }
        #expect(actual == expected as? EngineFault, place(deed))
        state = before
        return try agree(deed)
      default:
        Issue.record("\(place(deed)): \(actual) but \(expected)")
        return false
      }
    }

    /// Asks a simulated provider for everything that waits, as a store does.
    func drain(at time: Int64) throws {
      var open: [(event: Int, isPayment: Bool, index: Int)] = []
      for (index, payment) in state.payments.enumerated() where payment.state == .pending {
        open.append((paymentEvents[index] ?? 0, true, index))
      }
      for (index, refund) in state.refunds.enumerated() where refund.state == .pending {
        open.append((refundEvents[index] ?? 0, false, index))
      }
      open.sort { ($0.event, $0.isPayment ? 0 : 1, $0.index) < ($1.event, $1.isPayment ? 0 : 1, $1.index) }
      for entry in open {
        let waits = entry.isPayment && !state.payments[entry.index].isAutomatic
        var queue = [(isPayment: entry.isPayment, index: entry.index, at: time)]
        func add(_ before: (Int, Int), at: Int64) {
          for index in before.0..<state.payments.count { queue.append((true, index, at)) }
          for index in before.1..<state.refunds.count { queue.append((false, index, at)) }
        }
        while !queue.isEmpty {
          let next = queue.removeFirst()
          let request =
            next.isPayment
            ? engine.request(payment: next.index, of: state) : engine.request(refund: next.index, of: state)
          let answer = simulated.answer(request)
          let input =
            next.isPayment
            ? engine.answer(answer, toPayment: next.index, of: state, at: next.at)
            : engine.answer(answer, toRefund: next.index, of: state, at: next.at)
          let before = (state.payments.count, state.refunds.count)
          let decision = try engine.submit(try #require(input), to: &state)
          add(before, at: decision.at)
        }
        if waits, let call = waiting.removeValue(forKey: entry.index) {
          let input = try engine.input(call, in: &state)
          let before = (state.payments.count, state.refunds.count)
          _ = try engine.resume(input, after: entry.index, to: &state)
          #expect(state.payments.count == before.0, "nothing is asked for by what was waiting")
          count("taken up")
        }
      }
    }

    private func agree(_ deed: Deed) throws -> Bool {
      let kept = try store.read { try $0.account(CollectingTests.account) }
      return CollectingTests.isSame(kept, state, place(deed))
    }
  }

  static func word(_ answer: ProviderAnswer) -> String {
    switch answer {
    case .paid: "paid"
    case .declined: "declined"
    case .failed: "failed"
    case .pending: "pending"
    }
  }

  /// Whether two accounts are alike, without what can be found again.
  static func isSame(_ left: AccountState, _ right: AccountState, _ place: Comment) -> Bool {
    var (left, right) = (left, right)
    left.letGo()
    right.letGo()
    var isSame = true
    func compare<Value: Equatable>(_ name: String, _ one: Value, _ other: Value) {
      if one == other { return }
      isSame = false
      Issue.record("\(place): \(name) \(one), and should be \(other)")
    }
    func holds(_ account: AccountState) -> [Int: Hold] {
      Dictionary(uniqueKeysWithValues: account.holds.numbers.map { ($0, account.holds[$0]) })
    }
    compare("row", left.row, right.row)
    compare("keyRows", left.keyRows, right.keyRows)
    compare("keyNames", left.keyNames, right.keyNames)
    compare("cardNames", left.cardNames, right.cardNames)
    compare("holds", left.holds.count, right.holds.count)
    compare("holds", holds(left), holds(right))
    compare("openHolds", left.openHolds, right.openHolds)
    compare("nextExpiry", left.nextExpiry, right.nextExpiry)
    compare("payments", left.payments, right.payments)
    compare("refunds", left.refunds, right.refunds)
    compare("lots", left.lotBooks, right.lotBooks)
    compare("sequence", left.sequence, right.sequence)
    compare("answers", left.answers, right.answers)
    return isSame
  }

  @Test("a store with a provider comes to what a memory comes to with a simulated one", arguments: 1...40 as ClosedRange<UInt64>)
  func storeIsMemory(seed: UInt64) throws {
    let twins = try Twins(seed: seed)
    var deeds = RandomDeeds(seed: seed, twins.engine)
    for _ in 0..<60 {
      let deed = try deeds.next()
      guard try twins.carryOut(deed, at: max(deeds.clock, twins.state.clock)) else { return }
    }
    // What waits is decided now, in both.
    twins.bank.decide()
    twins.simulated.bank.decide()
    let time = max(deeds.clock, twins.state.clock)
    let report = try twins.store.drain(asking: twins.bank)
    try twins.drain(at: time)
    #expect(report.pending.isEmpty && report.faults.isEmpty)
    // What is read from the file anew is what was in memory.
    let again = try AccountStore.open(twins.store.path, .read, compile: CollectingPolicy.compile)
    let kept = try again.read { try $0.account(Self.account) }
    #expect(Self.isSame(kept, twins.state, "seed \(seed), opened again"))
    #expect(twins.bank.requests.map(\.amount) == twins.simulated.bank.requests.map(\.amount))
    let prefix = "\(twins.store.id)/\(Self.account)/"
    #expect(twins.bank.requests.map(\.key) == twins.simulated.bank.requests.map { prefix + $0.key })
    #expect(try twins.store.audit().findings == [])
    Self.seen.withLock { seen in seen.merge(twins.seen) { $0 + $1 } }
  }

  static let seen = Mutex<[String: Int]>([:])
}
