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
      try AuditedStore.hurry(store)
      engine = try CollectingPolicy.engine()
      state = engine.newAccount()
      bank = SeededBank(seed: seed)
      simulated = SimulatedBank(bank: SeededBank(seed: seed))
      try store.write { writer in
        try writer.addAccount(CollectingTests.account)
        for key in ["k1", "k2"] { try writer.addKey(key, to: CollectingTests.account) }
      }
      for key in ["k1", "k2"] { state.addKey(key) }
      // Cards from the start, so that one answer leads to another request.
      for setting in ["card", "spare"] {
        _ = try carryOut(
          .set(engine.settingIndex("money.\(setting)"), .text(setting == "card" ? "visa" : "spare"), key: nil),
          at: CollectingPolicy.start)
      }
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
      for index in before.payments.count..<max(before.payments.count, state.payments.count) {
        paymentEvents[index] = submissions
      }
      for index in before.refunds.count..<max(before.refunds.count, state.refunds.count) {
        refundEvents[index] = submissions
      }
      switch (actual, expected) {
      case (.success(let actual), .success(let expected)):
        if expected.decision.verdict == .waiting, let payment = expected.decision.collections.first {
          waiting[payment] = call
        }
        let (left, right) = (actual.answer.decision.summary, expected.decision.summary)
        #expect(left == right, place(deed))
        #expect(actual.interruption == nil, place(deed))
        #expect(
          actual.asked.map(\.outcome.rawValue) == expected.followed.map { CollectingTests.word($0.answer) }, place(deed)
        )
        count(expected.decision.verdict.rawValue)
        for followed in expected.followed { count(CollectingTests.word(followed.answer)) }
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
          var journal = Journal()
          let decision = try engine.submit(try #require(input), to: &state, journal: &journal)
          add(before, at: decision.at)
        }
        if waits, let call = waiting.removeValue(forKey: entry.index) {
          let input = try engine.input(call, in: &state)
          let before = (state.payments.count, state.refunds.count)
          var journal = Journal()
          _ = try engine.resume(input, after: entry.index, to: &state, journal: &journal)
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

  @Test("a store with a provider comes to what a memory comes to with a simulated one")
  func storeIsMemory() throws {
    var seen: [String: Int] = [:]
    let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
    for seed in given.map({ $0...$0 }) ?? 1...30 { seen.merge(try compare(seed: seed)) { $0 + $1 } }
    if given != nil { return }
    for kind in [
      "allowed", "denied", "conflict", "waiting", "replay", "several requests", "rescued", "not rescued", "taken up",
      "pending", "declined", "failed", "paid",
    ] {
      #expect(seen[kind, default: 0] > 0, "\(kind) never happened: \(seen)")
    }
  }

  private func compare(seed: UInt64) throws -> [String: Int] {
    let twins = try Twins(seed: seed)
    var deeds = RandomDeeds(seed: seed, twins.engine)
    for _ in 0..<60 {
      let deed = try deeds.next()
      guard try twins.carryOut(deed, at: max(deeds.clock, twins.state.clock)) else { return [:] }
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
    let isSame = Self.isSame(kept, twins.state, "seed \(seed), opened again")
    #expect(isSame)
    #expect(twins.bank.requests.map(\.amount) == twins.simulated.bank.requests.map(\.amount))
    let prefix = "\(twins.store.id)/\(Self.account)/"
    #expect(twins.bank.requests.map(\.key) == twins.simulated.bank.requests.map { prefix + $0.key })
    #expect(try twins.store.audit().findings == [])
    return twins.seen
  }
}

/// One request after another, by hand.
@Suite("Outbox")
struct CollectingOutboxTests {
  static let start = CollectingPolicy.start
  static let dollar = CollectingPolicy.dollar

  /// A store with one account that has a card.
  private func stage(_ card: String = "visa", settings: [String: Int64] = [:]) throws -> AccountStore {
    let store = try CollectingPolicy.store()
    try store.write { writer in
      try writer.addAccount("acme")
      let engine = try writer.engine
      try writer.change(engine.settingIndex("money.card"), to: .text(card), account: "acme")
      try writer.change(engine.settingIndex("money.quota_size"), to: .number(0), account: "acme")
      for (name, value) in settings {
        try writer.change(engine.settingIndex("money.\(name)"), to: .number(value), account: "acme")
      }
    }
    return store
  }

  private func add(_ id: String, dollars: Int64 = 10, on store: AccountStore) throws -> EventCall {
    try store.read { reader in
      try reader.engine.calling("add", id: id, at: Self.start, ["amount": .number(dollars * Self.dollar)])
    }
  }

  private func request(_ id: String, dollars: Int64, on store: AccountStore) throws -> EventCall {
    try store.read { reader in
      try reader.engine.calling(
        "request", id: id, at: Self.start, ["model": .text("a"), "cost": .number(dollars * Self.dollar)])
    }
  }

  private func balance(_ store: AccountStore) throws -> Int64 { try store.read { try $0.account("acme").book(1) } }

  @Test("without a provider a charge waits in the outbox, and draining it takes the event up")
  func nobodyIsAsked() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    let waiting = try store.submit(try add("t1", on: store), to: "acme", asking: nil)
    #expect(waiting.decision.verdict == .waiting)
    #expect(waiting.requests == ["\(store.id)/acme/t1#1"])
    #expect(try store.read { try $0.outbox() }.map(\.sent) == [0])
    var told: [String] = []
    let report = try store.drain(asking: TestProvider()) { told.append("\($0) of \($1): \($2.outcome)") }
    #expect(told == ["1 of 1: paid"])
    #expect(report.sent == 1 && report.paid.count == 1 && report.resumed == 1)
    #expect(report.paid[0].request.amount == 10 * Self.dollar && report.paid[0].request.account == "acme")
    #expect(try balance(store) == 10 * Self.dollar)
    let again = try store.submit(try add("t1", on: store), to: "acme", asking: TestProvider())
    #expect(again.decision.isAllowed && again.decision.isReplay && again.requests == [])
    #expect(try store.drain(asking: TestProvider()) == DrainReport())
    #expect(try store.audit().findings == [])
  }

  @Test(
    "the test provider goes by the card's name",
    arguments: [
      ("visa", "allowed", [Asked.Outcome.paid]), ("declined", "denied", [.declined]), ("it fails", "denied", [.failed]),
      ("pending", "waiting", [.pending]),
    ])
  func cardDecides(card: String, verdict: String, outcomes: [Asked.Outcome]) throws {
    let store = try stage(card)
    defer { CollectingPolicy.remove(store) }
    let exchange = try store.exchange(try add("t1", on: store), with: "acme", asking: TestProvider())
    #expect(exchange.answer.decision.verdict.rawValue == verdict)
    #expect(exchange.asked.map(\.outcome) == outcomes)
    #expect(exchange.answer.requests.count == (verdict == "waiting" ? 1 : 0))
    #expect(try store.audit().findings == [])
  }

  @Test("a request that no rescue helps at once is denied, and its charge is drained later")
  func rescueDoesNotWait() throws {
    for provider in [nil, TestProvider()] as [TestProvider?] {
      let store = try stage("pending")
      defer { CollectingPolicy.remove(store) }
      let exchange = try store.exchange(try request("r1", dollars: 3, on: store), with: "acme", asking: provider)
      #expect(exchange.answer.decision.verdict == .denied)
      #expect(exchange.answer.requests.count == 1)
      #expect(exchange.asked.count == (provider == nil ? 0 : 1))
      let bank = SeededBank(seed: 1)
      bank.decide()
      _ = try store.drain(asking: bank)
      let state = try store.read { try $0.account("acme") }
      #expect(state.payments.count == 1 && state.payments[0].state != .pending)
      #expect(try store.audit().findings == [])
    }
  }

  @Test("a broken line is noted, the request stays, and the key stays the same")
  func faultsAreNoted() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    let dead = SeededBank(seed: 1, faults: 100)
    let exchange = try store.exchange(try add("t1", on: store), with: "acme", asking: dead)
    #expect(exchange.answer.decision.verdict == .waiting)
    #expect(exchange.asked.map(\.outcome) == [.unknown] && exchange.asked[0].reason == "the line is dead")
    #expect(try store.drain(asking: dead).faults.count == 1)
    let entry = try #require(try store.read { try $0.outbox() }.first)
    #expect(entry.sent == 2 && entry.fault == "the line is dead" && entry.sentAt != nil)
    #expect(try store.drain(asking: TestProvider()).paid.map(\.request.key) == [entry.request.key])
    #expect(Set(dead.requests.map(\.key)) == [entry.request.key])
    #expect(try balance(store) == 10 * Self.dollar)
    #expect(try store.audit().findings == [])
  }

  @Test("two programs that drain at once are harmless: each answer counts once")
  func twoDrains() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    for number in 0..<20 { _ = try store.submit(try add("t\(number)", on: store), to: "acme", asking: nil) }
    let path = store.path
    let stores = try (0..<3).map { _ in try AccountStore.open(path, compile: CollectingPolicy.compile) }
    let sent = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: stores.count) { index in
      do {
        let report = try stores[index].drain(asking: TestProvider())
        sent.withLock { $0 += report.sent }
        #expect(report.faults.isEmpty)
      } catch {
        Issue.record(error)
      }
    }
    #expect(sent.withLock { $0 } >= 20)
    #expect(try balance(store) == 200 * Self.dollar)
    let events = try store.read { try $0.events(account: "acme", kind: "paid", limit: 100) }
    #expect(events.count == 20)
    #expect(try store.audit().findings == [])
  }

  @Test("another program answers while this one asks: its answer is the one that counts")
  func overtaken() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    let other = try AccountStore.open(store.path, compile: CollectingPolicy.compile)
    let exchange = try store.exchange(try add("t1", on: store), with: "acme", asking: OvertakingProvider(other))
    #expect(exchange.answer.decision.isAllowed && !exchange.answer.decision.isReplay)
    #expect(try balance(store) == 10 * Self.dollar)
    #expect(try store.audit().findings == [])
  }

  @Test("an event that was left between its answer and its end is taken up by the next drain")
  func stranded() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    let waiting = try store.submit(try add("t1", on: store), to: "acme", asking: nil)
    // As if the program had ended right after the answer.
    try store.write { writer in _ = try writer.answer(.paid, to: waiting.requests[0]) }
    let report = try store.drain(asking: TestProvider())
    #expect(report.sent == 0 && report.resumed == 1)
    let events = try store.read { try $0.events(account: "acme", kind: "add", limit: 10) }
    #expect(events.map(\.verdict) == ["allowed", "waiting"])
    #expect(try store.drain(asking: TestProvider()) == DrainReport())
    #expect(try store.audit().findings == [])
  }

  @Test("answers that lead to further requests come to an end")
  func requestsEnd() throws {
    let store = try stage("declined")
    defer { CollectingPolicy.remove(store) }
    try store.write { writer in
      try writer.change(writer.engine.settingIndex("money.spare"), to: .text("declined too"), account: "acme")
    }
    let exchange = try store.exchange(try add("t1", on: store), with: "acme", asking: TestProvider())
    #expect(exchange.answer.decision.verdict == .denied)
    #expect(exchange.asked.map(\.request.card) == ["declined", "declined too", "declined too"])
    #expect(exchange.asked.allSatisfy { $0.outcome == .declined && $0.reason == "test card" && $0.answer != nil })
    #expect(try store.audit().findings == [])
  }

  @Test("a limit leaves the rest, and the oldest comes first")
  func limit() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    for number in 0..<12 { _ = try store.submit(try add("t\(number)", on: store), to: "acme", asking: nil) }
    let report = try store.drain(asking: TestProvider(), limit: 5)
    #expect(report.paid.map(\.request.payment) == ["t0", "t1", "t2", "t3", "t4"])
    #expect(try store.read { try $0.outbox() }.count == 7)
  }
}

/// While it is asked, another program drains the same store.
struct OvertakingProvider: PaymentProvider {
  let name = "overtaking"
  let summary = "somebody else is faster"
  let other: AccountStore

  init(_ other: AccountStore) { self.other = other }

  func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    do {
      _ = try other.drain(asking: TestProvider())
    } catch {
      throw ProviderFault("\(error)")
    }
    return .paid
  }
}
