import Language
import Ledger
import Values

/// The decision procedure written a second time, as plainly as it can be said: over the tree, one fact after another, with
/// nothing prepared and nothing shared with the compiled engine. Tests hold the two against each other.
public struct ReferenceEngine {
  let program: Program
  let layout: LedgerLayout
  /// Global settings by slot, `LedgerLayout.unset` where the default holds.
  public var globals: [Int64]

  public init(_ compiled: CompiledProgram) {
    program = compiled.program
    layout = compiled.layout
    globals = Array(repeating: LedgerLayout.unset, count: compiled.layout.globalCount)
  }

  /// Everything one event does; the slow twin of ``RuleEngine/submit(_:to:journal:)``.
  public func submit(
    _ input: EventInput, to account: inout AccountState, checkPromises: Bool = false
  ) throws(EngineFault) -> Decision {
    let now = max(input.at, account.clock)
    try expire(&account, by: now)
    if let known = remembered(input, account, now) { return known }
    // A card may have been asked already for the same event: then its answer counts, and nothing new is asked.
    if !input.id.isEmpty,
      let asked = account.payments.lastIndex(where: { $0.event == input.event && $0.origin == input.id }),
      account.payments[asked].state == .pending || account.payments[asked].state == .paid
    {
      return try takeUp(input, after: asked, of: &account, now, checkPromises)
    }
    if let refused = try refusedField(input, account, now) { return refused }

    let before = moment(account, input, now)
    var taken = before
    let outcome = try decide(&taken)
    if outcome.isDenied { return try rescue(input, outcome, taken, &account, checkPromises) }
    if let wanted = outcome.wanted { return try wait(for: wanted, outcome, taken, input, &account) }
    return try carryOut(outcome, taken, input, from: before, account, to: &account, checkPromises)
  }

  /// Takes an event up again that waits for a payment; the slow twin of ``RuleEngine/resume(_:after:to:journal:)``.
  public func resume(
    _ input: EventInput, after payment: Int, to account: inout AccountState, checkPromises: Bool = false
  ) throws(EngineFault) -> Decision {
    let now = max(input.at, account.clock)
    try expire(&account, by: now)
    if let known = remembered(input, account, now) { return known }
    guard account.payments.indices.contains(payment), account.payments[payment].event == input.event,
      account.payments[payment].origin == input.id
    else { throw .ledger(.wrongRecord(kind: "payment", index: payment)) }
    return try takeUp(input, after: payment, of: &account, now, checkPromises)
  }

  // MARK: - Before a decision

  /// Holds whose time was over by `now` give back what they reserve, each as of its own time.
  private func expire(_ account: inout AccountState, by now: Int64) throws(EngineFault) {
    while true {
      let over = account.holds.numbers.filter {
        account.holds[$0].state == .open && account.holds[$0].expiresAt <= now
      }
      guard let index = over.min(by: { account.holds[$0].expiresAt < account.holds[$1].expiresAt }) else { return }
      let hold = account.holds[index]
      let moment = Moment(
        account, key: hold.key < 0 ? nil : hold.key, now: max(hold.expiresAt, account.clock), globals: globals,
        event: hold.event, fields: hold.fields)
      try apply(release(index, as: .expired, moment), to: &account, moment, id: hold.id)
    }
  }

  /// The answer an event got when it came the first time, or that its id means something else.
  private func remembered(_ input: EventInput, _ account: AccountState, _ now: Int64) -> Decision? {
    guard !input.id.isEmpty, let answer = account.answers.answer(event: input.event, id: input.id) else { return nil }
    let before = moment(account, input, now)
    let same =
      program.saysTheSame(input.event, input.fields, as: answer.fields, in: account) && answer.labels == input.labels
    var decision = Decision(same ? .allowed : .conflict, input, at: now, trace: trace(before))
    decision.key = before.key
    decision.fields = same ? answer.results : input.fields
    decision.isReplay = same
    guard same else { return decision }
    decision.covered = answer.covered
    decision.absorbed = answer.absorbed
    decision.shortfall = answer.absorbed
    decision.amount = answer.covered + answer.absorbed
    decision.drawn = answer.drawn
    decision.hold = account.holds.last { $0.event == input.event && $0.id == input.id }
    decision.refunds = account.refunds.indices.filter {
      account.refunds[$0].event == input.event && account.refunds[$0].origin == input.id
    }
    decision.collections = account.payments.indices.filter {
      let payment = account.payments[$0]
      return payment.event == input.event && payment.origin == input.id && payment.state == .pending
    }
    decision.firedRules = answer.firedRules
    decision.at = answer.at
    return decision
  }

  private func refusedField(
    _ input: EventInput, _ account: AccountState, _ now: Int64
  ) throws(EngineFault) -> Decision? {
    let event = program.events[input.event]
    for (index, field) in event.fields.prefix(event.givenCount).enumerated() {
      let value = input.fields[index]
      if field.type.isOptional && value == ValueType.none { continue }
      var fits = field.type.base.admits(value, in: field.range)
      if case .record(let kind) = field.type.base {
        let known =
          switch kind {
          case .hold: account.holds.count
          case .payment: account.payments.count
          case .refund: account.refunds.count
          }
        if value >= Int64(known) { fits = false }
      }
      if fits { continue }
      guard let denial = field.outOfRange ?? event.outOfRange else {
        throw .fieldOutOfRange(
          event: event.name, field: field.name, value: "\(value)", range: "\(field.range.low) to \(field.range.high)")
      }
      let moment = moment(account, input, now)
      var decision = Decision(.denied, input, at: now, trace: trace(moment))
      decision.denial = denial
      decision.field = index
      decision.key = moment.key
      decision.fields = input.fields
      decision.drawn = noDraws
      return decision
    }
    return nil
  }

  // MARK: - What follows a decision

  /// The first rule that acts before this denial, if it helps.
  private func rescue(
    _ input: EventInput, _ outcome: Outcome, _ taken: Moment, _ account: inout AccountState, _ checkPromises: Bool
  ) throws(EngineFault) -> Decision {
    var denied = decision(outcome, taken, input, .denied)
    var asking = taken
    asking.shortfall = outcome.shortfall
    let acting = program.rules.indices.first { index in
      guard case .beforeDenial(let denial) = program.rules[index].kind, denial == outcome.denial else { return false }
      return applies(program.rules[index], to: input.event) && hold(program.rules[index], asking)
    }
    guard let acting else { return denied }
    let effects = try operations(of: [acting], asking)
    let asks = effects.changes.filter { $0.kind == .collect }
    var copy = account
    try apply(effects.changes, to: &copy, asking, id: input.id)
    let asked = copy
    if !asks.isEmpty {
      // Whether the money would be enough, once it is there.
      try apply(
        [LedgerChange(.receive, target: copy.payments.count - 1)], to: &copy, moment(copy, input, taken.now),
        id: input.id)
    }
    var second = moment(copy, input, taken.now)
    var again = try decide(&second)
    guard !again.isDenied else {
      denied.triedRescueRule = acting
      return denied
    }
    if !asks.isEmpty {
      denied.verdict = .waiting
      denied.rescueRule = acting
      denied.collections = [account.payments.count]
      account = asked
      return denied
    }
    again.notices += effects.notices
    again.fired.append(acting)
    again.rescuedBy = acting
    // Where it waits for another answer, nothing of its rescue remains, as of the rest.
    if let wanted = again.wanted { return try wait(for: wanted, again, second, input, &account) }
    return try carryOut(
      again, second, input, from: moment(account, input, taken.now), copy, to: &account, checkPromises)
  }

  /// Asks for the charge that an event waits for. Nothing else of it remains.
  private func wait(
    for wanted: (rule: Int, change: LedgerChange), _ outcome: Outcome, _ taken: Moment, _ input: EventInput,
    _ account: inout AccountState
  ) throws(EngineFault) -> Decision {
    var decision = decision(outcome, taken, input, .waiting)
    (decision.amount, decision.drawn) = (0, noDraws)
    decision.rule = wanted.rule
    decision.collections = [account.payments.count]
    var asking = moment(account, input, taken.now)
    asking.fields = taken.fields
    try apply([wanted.change], to: &account, asking, id: input.id)
    return decision
  }

  /// An event again, after a payment was asked for on its account.
  private func takeUp(
    _ input: EventInput, after index: Int, of account: inout AccountState, _ now: Int64, _ checkPromises: Bool
  ) throws(EngineFault) -> Decision {
    let payment = account.payments[index]
    let before = moment(account, input, now)
    guard program.saysTheSame(input.event, input.fields, as: payment.fields.prefix(input.fields.count), in: account)
    else {
      var decision = Decision(.conflict, input, at: now, trace: trace(before))
      decision.key = before.key
      decision.fields = input.fields
      return decision
    }
    if payment.state == .pending, !payment.isAutomatic {
      var decision = Decision(.waiting, input, at: now, trace: trace(before))
      decision.key = before.key
      decision.fields = input.fields
      decision.drawn = noDraws
      decision.collections = [index]
      return decision
    }
    var taken = before
    guard payment.isAutomatic else {
      // The card was charged for this very event: no rule denies it any more, and nothing more is asked of a card.
      taken.isTakenUp = true
      taken.skipsCollections = payment.state == .paid
      var outcome = try decide(&taken, mayDeny: false)
      if payment.state == .paid {
        guard !outcome.isDenied else { return decision(outcome, taken, input, .denied) }
        return try carryOut(outcome, taken, input, from: before, account, to: &account, checkPromises)
      }
      let refusing = outcome.wanted?.rule ?? firstAwaiting(input.event)
      outcome = Outcome()
      outcome.isDenied = true
      outcome.rule = refusing
      outcome.denial = refusing.flatMap { awaitedDenial($0) }
      return decision(outcome, taken, input, .denied)
    }
    let rescuing = program.rules.indices.first { rule in
      guard case .beforeDenial = program.rules[rule].kind, applies(program.rules[rule], to: input.event) else {
        return false
      }
      return program.rules[rule].effects.flatMap(\.operations).contains {
        if case .collect(_, _, payment.bucket, _) = $0 { true } else { false }
      }
    }
    var outcome = try decide(&taken)
    guard !outcome.isDenied else {
      var denied = decision(outcome, taken, input, .denied)
      denied.triedRescueRule = rescuing
      return denied
    }
    if payment.state == .paid, let rescuing {
      outcome.fired.append(rescuing)
      outcome.notices += try operations(of: [rescuing], taken).notices
      outcome.rescuedBy = rescuing
    }
    if let wanted = outcome.wanted { return try wait(for: wanted, outcome, taken, input, &account) }
    return try carryOut(outcome, taken, input, from: before, account, to: &account, checkPromises)
  }

  /// Everything an allowed event does: what was decided, what reacts to it, the promises, the memory of its answer.
  private func carryOut(
    _ outcome: Outcome, _ taken: Moment, _ input: EventInput, from before: Moment, _ start: AccountState,
    to account: inout AccountState, _ checkPromises: Bool
  ) throws(EngineFault) -> Decision {
    var decision = decision(outcome, taken, input, .allowed)
    decision.firedRules = outcome.fired
    decision.notices = outcome.notices
    decision.rescueRule = outcome.rescuedBy
    decision.trace.isRescued = outcome.rescuedBy != nil

    var working = start
    try apply(commit(outcome, taken), to: &working, taken, id: input.id)
    func now(_ account: AccountState) -> Moment {
      var moment = Moment(
        account, key: taken.key, now: taken.now, globals: globals, event: input.event, fields: taken.fields)
      moment.drawn = outcome.drawn
      moment.covered = outcome.covered
      moment.shortfall = outcome.absorbed
      moment.isRescued = outcome.rescuedBy != nil
      moment.earlier = [before]
      return moment
    }
    let after = now(working)
    let reacting = program.rules.indices.filter { index in
      guard case .after(let events) = program.rules[index].kind, events.contains(input.event) else { return false }
      return applies(program.rules[index], to: input.event) && hold(program.rules[index], after)
    }
    let reaction = try operations(of: reacting, after)
    try apply(reaction.changes, to: &working, after, id: input.id)
    decision.firedRules += reacting
    decision.notices += reaction.notices
    decision.collections = Array(start.payments.count..<working.payments.count)
    decision.refunds = Array(start.refunds.count..<working.refunds.count)
    if working.holds.count > start.holds.count {
      decision.hold = working.holds.count - 1
      working.label(hold: working.holds.count - 1, input.labels)
    }

    if checkPromises {
      let final = now(working)
      decision.brokenPromises = program.promises.indices.filter { index in
        let promise = program.promises[index]
        guard promise.events.isEmpty || promise.events.contains(input.event) else { return false }
        guard speaks([promise.condition], of: input.event) else { return false }
        return evaluate(promise.condition, final) == 0
      }
    }
    account = working
    if !input.id.isEmpty {
      account.answers.remember(
        AnswerMemory.Answer(
          fields: input.fields, labels: input.labels, covered: decision.covered, drawn: decision.drawn,
          results: decision.fields, firedRules: decision.firedRules, at: taken.now, absorbed: decision.absorbed),
        event: input.event, id: input.id)
    }
    return decision
  }

  private func decision(
    _ outcome: Outcome, _ taken: Moment, _ input: EventInput, _ verdict: Decision.Verdict
  ) -> Decision {
    var decision = Decision(verdict, input, at: taken.now, trace: trace(taken, outcome))
    decision.key = taken.key
    decision.denial = outcome.denial
    decision.rule = outcome.rule
    decision.bucket = outcome.bucket
    decision.amount = outcome.amount
    decision.shortfall = verdict == .allowed ? outcome.absorbed : outcome.shortfall
    decision.fields = taken.fields
    decision.drawn = verdict == .allowed ? outcome.drawn : noDraws
    guard verdict == .allowed else { return decision }
    decision.covered = outcome.covered
    decision.absorbed = outcome.absorbed
    return decision
  }

  private var noDraws: [Int64] { program.buckets.map { _ in 0 } }
}
