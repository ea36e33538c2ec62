import Engine
import Language
import Ledger
import Values

/// What came of an event in a store.
public struct StoredAnswer: Sendable {
  public var account: String
  /// Its number in the history; that of the first time, for a replay.
  public var event: Int64
  /// Its id: the caller's, or the one it was given.
  public var id: String
  public var decision: Decision
  /// The idempotency keys of what the provider has to be asked because of it, in the outbox now.
  public var requests: [String]

  public init(account: String, event: Int64, id: String, decision: Decision, requests: [String]) {
    self.account = account
    self.event = event
    self.id = id
    self.decision = decision
    self.requests = requests
  }
}

extension StoreWriter {
  /// Submits an event of the policy to an account. What comes of it is part of the transaction.
  ///
  /// An event without an id is given one. An event that came before gets the answer it got then, and nothing is written.
  ///
  /// - Throws: `unknownAccount`; `refused` for a time in the future and an id that only the store gives; `engine` where
  ///   nothing can be decided. The transaction can go on after these.
  public func submit(_ call: EventCall, to account: String) throws(StoreFault) -> StoredAnswer {
    _ = try checked(call.at)
    if call.id.utf8.first == UInt8(ascii: "#") {
      throw fault(.refused("the id `\(call.id)` begins with a `#`, as only those do that the store gives", help: nil))
    }
    guard try memory.activePolicy().map.program.events.indices.contains(call.event) else {
      throw fault(.engine(.unknownEvent("\(call.event)")))
    }
    try check(call)
    var call = call
    if call.id.isEmpty { call.id = "#\(memory.lastEvent + 1)" }
    return try carryOut(call, on: try memory.account(account), resuming: nil)
  }

  /// Refuses what could not be told from something else once it is kept.
  private func check(_ call: EventCall) throws(StoreFault) {
    guard call.id.utf8.count <= StoreWriter.idLimit, call.id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw fault(
        .refused(
          "the id has control characters or more than \(StoreWriter.idLimit) bytes",
          help: "an id is a word: `r1`, `2026-02-10/4711`"))
    }
    let map = try memory.activePolicy().map
    for place in call.fields.indices {
      // Numbers at the end of 64 bits stand for none and for not set.
      guard case .number(let number) = call.fields[place], number == ValueType.unset || number == ValueType.none,
        place < map.fieldForms[call.event].count
      else { continue }
      let form = map.fieldForms[call.event][place]
      if number == ValueType.unset || !form.isOptional {
        throw fault(
          .engine(
            .field(
              event: map.program.events[call.event].name, field: form.name, problem: "has no value that can be kept")))
      }
    }
  }

  /// Bytes of an event's id.
  static let idLimit = 512

  /// Takes up an event that waits for a payment, after that was answered: see `RuleEngine.resume`.
  ///
  /// - Parameter event: the number of the event that waits.
  public func resume(event: Int64) throws(StoreFault) -> StoredAnswer {
    let row = try statements[
      """
      SELECT account.name, event.kind, event.id, event.at, event.fields
      FROM event JOIN account ON account.id = event.account WHERE seq = ?
      """
    ].bind(1, event).first { ($0.text(0), $0.text(1), $0.text(2), $0.integer(3), $0.text(4)) }
    guard let (account, kind, id, at, fields) = row, let waiting = try stored(decision: event),
      waiting.decision.verdict == .waiting, let payment = waiting.decision.collections.first
    else { throw fault(.refused("event \(event) does not wait for a payment", help: "payg pay list")) }
    let map = try memory.activePolicy().map
    guard let index = map.event(named: kind),
      let call = FieldText(map: map).call(index, id: id, at: at, json: fields)
    else { throw fault(.refused("the policy in force has no event `\(kind)` of this form", help: nil)) }
    return try carryOut(call, on: try memory.account(account), resuming: payment)
  }

  /// The same for an event in words.
  private func carryOut(
    _ call: EventCall, on cached: CachedAccount, resuming payment: Int?
  ) throws(StoreFault) -> StoredAnswer {
    let before = cached.state
    let known: Int64?
    do throws(StoreFault) {
      known = try earlier(call.event, call.id, of: cached)
      try bringHolds(call, for: cached)
    } catch {
      cached.state = before
      throw error
    }
    let engine = try engine
    let input: EventInput
    do throws(EngineFault) {
      input = try engine.input(call, in: &cached.state)
    } catch {
      cached.state = before
      throw fault(.engine(error))
    }
    return try carryOut(input, said: call.fields, on: cached, as: before, known, resuming: payment)
  }

  /// Lets the engine decide, and writes what came of it.
  ///
  /// - Parameters:
  ///   - said: the fields in the caller's words.
  ///   - before: the account before anything was brought for this event, to go back to.
  ///   - known: the number of the event with this id that has its answer.
  ///   - payment: the payment it waited for, by its number from 0.
  func carryOut(
    _ input: EventInput, said: [EventCall.Value]?, on cached: CachedAccount, as before: AccountState, _ known: Int64?,
    resuming payment: Int?
  ) throws(StoreFault) -> StoredAnswer {
    let engine = try engine
    let policy = try memory.activePolicy()
    var journal = Journal()
    let decision: Decision
    do throws(EngineFault) {
      if let payment {
        decision = try engine.resume(input, after: payment, to: &cached.state, journal: &journal)
      } else {
        decision = try engine.submit(input, to: &cached.state, journal: &journal)
      }
    } catch {
      cached.state = before
      throw fault(.engine(error))
    }
    if decision.isReplay, let known {
      // Nothing is recorded of it, so nothing of it may stay: a hold that is over is released by what comes next.
      let requests = try openRequests(decision, before, cached)
      cached.state = before
      return StoredAnswer(
        account: cached.name, event: known, id: input.id, decision: decision, requests: requests)
    }
    let fields = FieldText(map: policy.map).json(
      of: input.fields, event: input.event, labels: input.labels, said: said, in: cached.state)
    let event = try append(
      policy.map.program.events[input.event].name, id: input.id, account: cached.id, at: input.at,
      isAnswer: decision.verdict == .allowed, resumes: payment.map { $0 + 1 }, fields: fields)
    try write(decision, of: event, policy)
    try write(journal, of: event, in: cached.state, policy)
    if decision.isAllowed { try noteAnswer(input, in: cached) }
    var requests: [String] = []
    for payment in before.payments.count..<max(before.payments.count, cached.state.payments.count)
    where cached.state.payments[payment].state == .pending {
      requests.append(try ask(engine.request(payment: payment, of: cached.state), record: payment, event, cached))
    }
    for refund in before.refunds.count..<max(before.refunds.count, cached.state.refunds.count)
    where cached.state.refunds[refund].state == .pending {
      requests.append(try ask(engine.request(refund: refund, of: cached.state), record: refund, event, cached))
    }
    cached.state.letGoOfAnswers()
    note(cached)
    return StoredAnswer(account: cached.name, event: event, id: input.id, decision: decision, requests: requests)
  }

  private func write(_ decision: Decision, of event: Int64, _ policy: StoredPolicy) throws(StoreFault) {
    // Read in place: a program that is bound to a name of its own is copied with every array in it.
    let map = policy.map
    archive.removeAll(keepingCapacity: true)
    decision.archive(into: &archive, by: policy.engine.compiled)
    try statements[.decision].bind(1, event).bind(2, policy.id).bind(3, decision.verdict.rawValue)
      .bind(4, decision.code(in: map.program)).bind(5, decision.decider(in: map.program)).bind(6, decision.amount)
      .bind(7, decision.covered).bind(8, decision.absorbed).bind(9, blob: archive).run()
  }

  // MARK: - What is brought from the file

  /// The answer an event of this id got, put where the engine looks for it.
  func earlier(_ event: Int, _ id: String, of cached: CachedAccount) throws(StoreFault) -> Int64? {
    let policy = try memory.activePolicy()
    let found = try statements[.earlier].bind(1, id).bind(2, cached.id).bind(3, policy.map.program.events[event].name)
      .first { ($0.integer(0), $0.integer(1), $0.text(2)) }
    guard let (seq, at, json) = found else { return nil }
    guard let call = FieldText(map: policy.map).call(event, id: id, at: at, json: json),
      let (decision, taker) = try stored(decision: seq)
    else { throw fault(.damaged("event \(seq) cannot be read")) }
    try bringHolds(call, for: cached)
    let engine = try engine
    let input: EventInput
    do throws(EngineFault) {
      input = try engine.input(call, in: &cached.state)
    } catch {
      throw fault(
        .refused(
          "the id `\(id)` was used under an earlier policy for what this one cannot read: \(error.message)",
          help: "give it another id"))
    }
    // Under another policy than the one that gave the answer, what has no name there is left out.
    let isSame = taker.id == policy.id
    let drawn = policy.map.program.buckets.map { bucket in
      taker.map.bucket(named: bucket.name).map { $0 < decision.drawn.count ? decision.drawn[$0] : 0 } ?? 0
    }
    cached.state.answers.remember(
      AnswerMemory.Answer(
        fields: input.fields, labels: input.labels, covered: decision.covered, drawn: drawn,
        results: isSame ? decision.fields : input.fields, firedRules: isSame ? decision.firedRules : [],
        at: decision.at,
        absorbed: decision.absorbed),
      event: event, id: id)
    if let hold = try memory.table.hold(id, of: cached.id) { try bring(hold, to: cached) }
    return seq
  }

  /// Brings the holds that an event names.
  private func bringHolds(_ call: EventCall, for cached: CachedAccount) throws(StoreFault) {
    for field in try memory.activePolicy().map.holdFields[call.event] where field < call.fields.count {
      switch call.fields[field] {
      case .text(let id):
        guard cached.state.hold(id) == nil, let row = try memory.table.hold(id, of: cached.id) else { continue }
        try bring(row, to: cached)
      case .number(let number):
        guard let number = Int(exactly: number), number >= 0, !cached.state.holds.has(number),
          let row = try memory.table.hold(number: number, of: cached.id)
        else { continue }
        try bring(row, to: cached)
      }
    }
  }

  private func bring(_ row: AccountRows.HoldRow, to cached: CachedAccount) throws(StoreFault) {
    let map = try memory.activePolicy().map
    do throws(AccountRows.Misfit) {
      let hold = try AccountRows().hold(row, cached.state, map)
      cached.state.bring(hold, number: row.number - 1)
      cached.saved.bring(hold, number: row.number - 1)
    } catch {
      throw fault(.damaged("account `\(cached.name)`: \(error.message)"))
    }
  }
}
