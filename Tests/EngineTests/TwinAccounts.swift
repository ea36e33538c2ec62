import Language
import Ledger
import Testing
import Values

@testable import Engine

/// One account kept twice, by the compiled engine and by the naive one, and whatever can be said of both.
struct TwinAccounts {
  let seed: UInt64
  var generator: RandomProgram
  let program: Program
  var engine: RuleEngine
  var reference: ReferenceEngine
  var account: AccountState
  var twin: AccountState
  var clock: Int64
  /// Events so far, and those that wait for a payment.
  var inputs: [EventInput] = []
  var waiting: [(input: EventInput, payment: Int)] = []
  /// What happened, by name, so that a test can see that everything does.
  var seen: [String: Int] = [:]
  /// Is told every decision of the compiled engine.
  var watch: ((Decision, AccountState, Comment) -> Void)?

  init(seed: UInt64) throws {
    self.seed = seed
    generator = RandomProgram(seed: seed)
    program = generator.make()
    engine = try RuleEngine(program)
    engine.checksPromises = true
    account = engine.newAccount()
    for key in 0..<generator.below(3) { account.addKey("k\(key)") }
    for card in 0..<generator.below(3) { account.addCard("c\(card)") }
    clock = RandomProgram.start + Int64(generator.below(40)) * Instant.perDay
    for bucket in program.buckets.indices where generator.chance(80) {
      try engine.adjust(
        bucket: bucket, to: generator.amount(), lotKind: generator.pick(program.lotKinds), in: &account, at: clock)
    }
    for setting in program.settings.indices where generator.chance(50) {
      let value = generator.value(program.settings[setting].type)
      let key = program.settings[setting].scope == .key ? 0 : nil
      try? engine.change(setting, to: value, key: key, in: &account, at: clock)
    }
    if generator.hasMoney, generator.chance(40) {
      for number in 0..<(1 + generator.below(3)) {
        var journal = Journal()
        let amount = generator.amount() + 1
        try? engine.open(
          payment: "old\(number)", amount: amount, remaining: generator.chance(60) ? amount : amount / 3,
          card: account.cardNames.isEmpty ? nil : 0, bucket: program.buckets.count - 1, in: &account, at: clock,
          journal: &journal)
      }
    }
    reference = ReferenceEngine(engine.compiled)
    reference.globals = engine.globals
    twin = account
  }

  // MARK: - What happens next

  /// One step; false when the two went apart, and more would only repeat it.
  mutating func step(_ number: Int) -> Bool {
    clock += Int64(generator.below(20)) * generator.pick([1, 60_000_000, Instant.perHour, Instant.perDay])
    let answered = waiting.indices.filter { account.payments[waiting[$0].payment].state != .pending }
    if !waiting.isEmpty, generator.chance(answered.isEmpty ? 10 : 60) {
      let place = generator.pick(answered.isEmpty ? Array(waiting.indices) : answered)
      var (input, payment) = waiting[place]
      if generator.chance(80) { waiting.remove(at: place) }
      if generator.chance(5) { payment += 1 - generator.below(3) }
      if generator.chance(5), !input.fields.isEmpty { input.fields[0] = generator.amount() }
      if generator.chance(70) { input.at = clock }
      return take(input, number, after: payment)
    }
    var input = EventInput(event: nextEvent(), id: generator.chance(60) ? "e\(number)" : "", at: clock, fields: [])
    input.fields = fields(input.event)
    if let record = input.fields.first, record >= 0, generator.chance(80) {
      switch input.event {
      case RandomProgram.paid, RandomProgram.declined, RandomProgram.failed:
        if record < account.payments.count { input.id = account.payments[Int(record)].key }
      case RandomProgram.refundPaid, RandomProgram.refundFailed:
        if record < account.refunds.count { input.id = account.refunds[Int(record)].key }
      default: break
      }
    }
    if generator.chance(15), let earlier = inputs.randomElement(using: &generator.random) { input = earlier }
    if generator.chance(5), !input.fields.isEmpty { input.fields[0] = generator.amount() }
    if generator.chance(5) { input.at -= Instant.perDay }
    inputs.append(input)
    if generator.hasMoney, generator.chance(12) { return converse(input, number) }
    return take(input, number, after: nil)
  }

  private mutating func nextEvent() -> Int {
    guard generator.hasMoney else { return generator.pick([0, 0, 0, 1, 2]) }
    if account.payments.contains(where: { $0.state == .pending }), generator.chance(50) {
      return generator.pick([7, 7, 7, 8, 9])
    }
    if account.refunds.contains(where: { $0.state == .pending }), generator.chance(30) {
      return generator.pick([RandomProgram.refundPaid, RandomProgram.refundFailed])
    }
    if account.holds.all.contains(where: { $0.state == .open }), generator.chance(50) {
      return generator.pick([4, 4, 4, 4, 5])
    }
    if account.payments.contains(where: { $0.state == .paid }), generator.chance(30) {
      return generator.pick([10, 10, 13, 14])
    }
    return generator.pick([0, 0, 0, 1, 2, 3, 3, 3, 6, 6, generator.below(program.events.count)])
  }

  private mutating func fields(_ event: Int) -> [Int64] {
    var values: [Int64] = []
    for field in program.events[event].fields.prefix(program.events[event].givenCount) {
      guard case .record(let kind) = field.type.base else {
        values.append(generator.value(field.type))
        continue
      }
      if field.type.isOptional, generator.chance(50) {
        values.append(ValueType.none)
        continue
      }
      let (count, open): (Int, [Int]) =
        switch kind {
        case .hold: (account.holds.count, account.holds.numbers.filter { account.holds[$0].state == .open })
        case .payment:
          (account.payments.count, account.payments.indices.filter { account.payments[$0].state == .pending })
        case .refund: (account.refunds.count, account.refunds.indices.filter { account.refunds[$0].state == .pending })
        }
      // Mostly one that waits, sometimes another, seldom none that there is.
      if !open.isEmpty, generator.chance(70) {
        values.append(Int64(generator.pick(open)))
      } else {
        values.append(Int64(generator.below(count + (generator.chance(10) ? 2 : 0))) - (generator.chance(5) ? 1 : 0))
      }
    }
    return values
  }

  // MARK: - Both at once

  private mutating func take(_ input: EventInput, _ number: Int, after payment: Int?) -> Bool {
    let place = Comment(rawValue: "seed \(seed), step \(number), \(program.events[input.event].name)")
    let before = account
    let expiring = before.nextExpiry <= max(input.at, before.clock)
    let oracle: Result<Decision, EngineFault>
    do throws(EngineFault) {
      if let payment {
        oracle = .success(try reference.resume(input, after: payment, to: &twin, checkPromises: true))
      } else {
        oracle = .success(try reference.submit(input, to: &twin, checkPromises: true))
      }
    } catch {
      oracle = .failure(error)
    }
    var journal = Journal()
    let actual: Result<Decision, EngineFault>
    do throws(EngineFault) {
      if let payment {
        actual = .success(try engine.resume(input, after: payment, to: &account, journal: &journal))
      } else {
        actual = .success(try engine.submit(input, to: &account, journal: &journal))
      }
    } catch {
      actual = .failure(error)
    }
    switch (actual, oracle) {
    case (.success(let decision), .success(let expected)):
      let (left, right) = (summary(decision), summary(expected))
      #expect(left == right, place)
      if left != right { return false }
      if !decision.isAllowed, decision.verdict != .waiting, !expiring { #expect(account == before, place) }
      note(decision, before, isResumed: payment != nil)
      watch?(decision, account, place)
      let wasAsked = before.payments.contains { $0.event == input.event && $0.origin == input.id }
      // Explaining takes longer than deciding.
      if number % 2 == 0 {
        checkExplanation(decision, isTakenUp: wasAsked && !input.id.isEmpty || payment != nil, place)
      }
      if decision.verdict == .waiting, payment == nil || generator.chance(50) {
        waiting += decision.collections.map { (input, $0) }
      }
      if case .settle? = draw(of: input.event), decision.isAllowed {
        #expect(decision.covered + decision.absorbed == decision.amount, place)
      }
    case (.failure(let fault), .failure(let expected)):
      seen["fault", default: 0] += 1
      seen["fault: \("\(fault)".prefix { $0 != "(" })", default: 0] += 1
      // The naive engine does not format values.
      if case .fieldOutOfRange = expected {
        if case .fieldOutOfRange = fault {} else { Issue.record("\(place): \(fault) for \(expected)") }
      } else {
        #expect(fault == expected, place)
      }
      if !expiring { #expect(account == before, "\(place): a fault leaves the account as it was") }
      #expect(journal.transactions.allSatisfy { $0.step == .expiry }, place)
    default:
      Issue.record("\(place): \(actual) but \(oracle)")
      return false
    }
    return agree(place) && isSound(from: before, journal, place)
  }

  /// An event with everything the provider is asked and says.
  private mutating func converse(_ input: EventInput, _ number: Int) -> Bool {
    let place = Comment(rawValue: "seed \(seed), step \(number), conversation on \(program.events[input.event].name)")
    let before = account
    var provider = MoodyProvider(random: SeededGenerator(seed: seed &+ UInt64(number)))
    var other = provider
    var journal = Journal()
    let expected = Result { () throws(EngineFault) in
      try reference.submit(input, to: &twin, asking: &other)
    }
    let actual = Result { () throws(EngineFault) in
      try engine.submit(input, to: &account, journal: &journal, asking: &provider)
    }
    switch (actual, expected) {
    case (.success(let exchange), .success(let oracle)):
      #expect(exchange.followed.map(\.request) == oracle.followed.map(\.request), place)
      #expect(exchange.followed.map(\.answer) == oracle.followed.map(\.answer), place)
      let answers = exchange.followed.map { $0.decision.map { summary($0, isChecked: false) } }
      #expect(answers == oracle.followed.map { $0.decision.map { summary($0, isChecked: false) } }, place)
      #expect(summary(exchange.decision, isChecked: false) == summary(oracle.decision, isChecked: false), place)
      if !exchange.followed.isEmpty { seen["conversation", default: 0] += 1 }
      note(exchange.decision, before, isResumed: false)
      for decision in [exchange.decision] + exchange.followed.compactMap(\.decision) {
        watch?(decision, account, place)
      }
    case (.failure(let fault), .failure(let oracle)):
      if case .fieldOutOfRange = oracle {} else { #expect(fault == oracle, place) }
    default:
      Issue.record("\(place): \(actual) but \(expected)")
      return false
    }
    return agree(place) && isSound(from: before, journal, place)
  }

  private func agree(_ place: Comment) -> Bool {
    #expect(account.row == twin.row, place)
    #expect(account.keyRows == twin.keyRows, place)
    #expect(account.lotBooks == twin.lotBooks, place)
    #expect(account.holds == twin.holds, place)
    #expect(account.payments == twin.payments, place)
    #expect(account.refunds == twin.refunds, place)
    #expect(account.openHolds == twin.openHolds, place)
    #expect(account.answers == twin.answers, place)
    return account.row == twin.row && account.keyRows == twin.keyRows && account.holds == twin.holds
      && account.payments == twin.payments && account.refunds == twin.refunds
  }

  // MARK: - What must be so whatever the rules say

  private func isSound(from before: AccountState, _ journal: Journal, _ place: Comment) -> Bool {
    #expect(account.sumOfBooks == 0, place)
    var moved: [Book: Int64] = [:]
    for transaction in journal.transactions {
      #expect(transaction.postings.reduce(0) { $0 + $1.amount } == 0, place)
      for posting in transaction.postings { moved[posting.book, default: 0] += posting.amount }
    }
    for bucket in program.buckets.indices {
      #expect(account.book(bucket) - before.book(bucket) == moved[.bucket(bucket), default: 0], place)
    }
    for contra in Contra.allCases {
      #expect(account.contra(contra) - before.contra(contra) == moved[.contra(contra), default: 0], place)
    }
    let open = account.holds.all.filter { $0.state == .open }
    for (index, bucket) in account.layout.buckets.enumerated() where bucket.window == nil || bucket.window == .ever {
      #expect(account.row[bucket.heldSlot] == open.reduce(0) { $0 + $1.drawn[index] }, place)
    }
    for meter in account.layout.meters where meter.window == .ever && !meter.isPerKey {
      guard case .bucketPayments(let bucket) = meter.measure else { continue }
      #expect(account.row[meter.heldSlot] == open.reduce(0) { $0 + $1.drawn[bucket] }, place)
    }
    #expect(account.nextExpiry == open.map(\.expiresAt).min() ?? Int64.max, place)
    #expect(account.row[account.layout.pendingSlot] == account.payments.count { $0.state == .pending }, place)
    for (index, payment) in account.payments.enumerated() {
      let sent = account.refunds.filter { $0.payment == index && $0.state != .failed }.reduce(0) { $0 + $1.amount }
      #expect(payment.refunded == sent && sent <= payment.paid, place)
    }
    checkLots(place)
    return true
  }

  private func checkLots(_ place: Comment) {
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

  private func checkExplanation(_ decision: Decision, isTakenUp: Bool, _ place: Comment) {
    guard decision.verdict != .conflict, !decision.isReplay else { return }
    let explanation = Explanation(decision, by: engine, account: account)
    #expect(!explanation.text().isEmpty, place)
    // What waits was decided before the card was asked, and what was taken up again was not decided by rules alone.
    guard decision.verdict != .waiting, !isTakenUp else { return }
    #expect(explanation.recomputedVerdict == decision.verdict, place)
    #expect(explanation.recomputedDenial == decision.denial, place)
  }

  private func draw(of event: Int) -> Draw? {
    for rule in program.rules {
      guard case .on(let events) = rule.kind, events.contains(event) else { continue }
      for operation in rule.effects.flatMap(\.operations) { if let draw = operation.draw { return draw } }
    }
    return nil
  }

  /// Everything but the facts.
  private func summary(_ decision: Decision, isChecked: Bool = true) -> String {
    """
    \(decision.verdict) \(decision.isReplay) at \(decision.at) denial \(decision.denial ?? -1) rule \(decision.rule ?? -1) \
    bucket \(decision.bucket ?? -1) field \(decision.field ?? -1) amount \(decision.amount) covered \(decision.covered) \
    short \(decision.shortfall) drawn \(decision.drawn) fields \(decision.fields) key \(decision.key ?? -1) \
    fired \(decision.firedRules) notices \(decision.notices.map { "\($0.level)\($0.rule)" }) \
    rescue \(decision.rescueRule ?? -1) \(decision.triedRescueRule ?? -1) collects \(decision.collections) \
    refunds \(decision.refunds) hold \(decision.hold ?? -1) absorbed \(decision.absorbed) \
    broken \(isChecked ? decision.brokenPromises : [])
    """
  }

  // MARK: - What was seen

  private mutating func note(_ decision: Decision, _ before: AccountState, isResumed: Bool) {
    func note(_ name: String, _ happened: Bool = true) { if happened { seen[name, default: 0] += 1 } }
    note(decision.verdict.rawValue)
    if isResumed { note("resumed \(decision.verdict.rawValue)") }
    note("replay", decision.isReplay)
    note("rescued", decision.rescueRule != nil && decision.isAllowed)
    note("rescued by a card", decision.rescueRule != nil && decision.isAllowed && isResumed)
    note("waits for a rescue", decision.rescueRule != nil && decision.verdict == .waiting)
    note("rescue tried", decision.triedRescueRule != nil)
    note("promise broken", !decision.brokenPromises.isEmpty)
    note("two buckets", decision.drawn.count { $0 > 0 } > 1)
    note("held", decision.hold != nil)
    note("held in two buckets", decision.hold.map { account.holds[$0].drawn.count { $0 > 0 } > 1 } ?? false)
    note("absorbed", decision.absorbed > 0)
    note("refund of two payments", decision.refunds.count > 1)
    note("collects", decision.isAllowed && !decision.collections.isEmpty)
    for (old, new) in zip(before.holds.all, account.holds.all) {
      if old.state == .open, new.state == .settled {
        note("settled below", decision.covered < old.covered)
        note("overrun", decision.covered > old.covered)
        note("settled in another window", old.epochs != currentEpochs)
      }
      note("expired", old.state == .open && new.state == .expired)
      if old.state == .expired { note("settled late", new.state == .settled) }
      if old.state == .open { note("voided", new.state == .voided) }
    }
    for (old, new) in zip(before.payments, account.payments) where old.state == .paid {
      note("clawed back", old.clawback == nil && new.clawback != nil)
      note("clawed back into debt", old.clawback == nil && (new.clawback?.debt ?? 0) > 0)
      note("reinstated", old.clawback != nil && new.clawback == nil)
    }
    for (old, new) in zip(before.refunds, account.refunds) {
      note("refund restored", old.state != .failed && new.state == .failed)
    }
    for bucket in program.buckets.indices {
      note("owed", account.book(bucket) < 0 && before.book(bucket) >= 0 && decision.covered > 0)
    }
    for rule in decision.firedRules { if case .after = program.rules[rule].kind { note("reaction") } }
    guard decision.verdict == .denied else { return }
    guard let rule = decision.rule else { return note(decision.field == nil ? "last cent" : "field") }
    switch program.rules[rule].kind {
    case .deny: note("denied by rule")
    case .gate: note("denied by gate")
    case .cap(nil, _, _): note("denied by total cap")
    case .cap: note("denied by cap")
    case .on: note("denied by a card")
    default: break
    }
  }

  private var currentEpochs: [Int64] { account.layout.accountWindows.map { account.row[$0.epochSlot] } }
}
