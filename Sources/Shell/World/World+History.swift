import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

/// What happened, up to the moment that is looked at, with what a branch adds.
extension World {
  /// Where the stored part of the history ends: before the event of this number, and before this time.
  var end: (before: Int64?, time: Int64?) {
    get throws {
      switch try moment {
      case .now: (nil, nil)
      case .before(let seq): (seq, nil)
      case .after(let seq): (seq == Int64.max ? seq : seq + 1, nil)
      case .time(let time): (nil, time == Int64.max ? time : time + 1)
      }
    }
  }

  /// What lies in a window and not behind the moment; nil stands for no bound.
  private func bounds(_ window: Window) throws -> (from: Int64?, to: Int64?, before: Int64?) {
    let end = try end
    let last = min(window.end, end.time ?? Int64.max)
    return (window.start <= 0 ? nil : window.start, last >= Window.all.end ? nil : last, end.before)
  }

  /// Events, the newest first: those of the branch, then the stored ones.
  ///
  /// - Parameters:
  ///   - where: only those it says yes to. All that the other conditions leave are read until there are enough.
  ///   - most: so many; one more is not looked for.
  func events(
    account: String? = nil, kinds: Set<String>? = nil, id: String? = nil, in window: Window = .all,
    verdict: String? = nil,
    isDecided: Bool = false, most: Int, where isWanted: (StoredEvent) throws -> Bool = { _ in true }
  ) throws -> [StoredEvent] {
    var found: [StoredEvent] = []
    func take(_ event: StoredEvent) throws {
      guard kinds?.contains(event.kind) ?? true, !isDecided || event.verdict != nil, try isWanted(event) else { return }
      found.append(event)
    }
    for event in try branchEvents() where found.count < most {
      guard account == nil || event.account == account, id == nil || event.id == id, window.contains(event.at),
        verdict == nil || event.verdict == verdict
      else { continue }
      try take(event)
    }
    if let account, try !reader.hasAccount(account) { return found }
    let bounds = try bounds(window)
    var before = bounds.before
    let kind = kinds?.count == 1 ? kinds?.first : nil
    while found.count < most {
      let size = min(4_096, max(256, most - found.count))
      let page = try reader.events(
        account: account, kind: kind, id: id, before: before, from: bounds.from, to: bounds.to, verdict: verdict,
        limit: size)
      for event in page where found.count < most { try take(event) }
      guard page.count == size, let last = page.last else { break }
      before = last.seq
      if session.console.interrupts.hasCome() { throw Cancelled() }
    }
    return found
  }

  /// Everything that moved in the books of an account in a window, in order.
  func movements(_ account: String, in window: Window = .all, _ body: (Movement) throws -> Void) throws {
    if try reader.hasAccount(account) {
      let bounds = try bounds(window)
      try reader.movements(account, from: bounds.from, to: bounds.to, before: bounds.before) { movement in
        if session.console.interrupts.hasCome() { throw Cancelled() }
        try body(movement)
      }
    }
    for movement in try branchMovements(account) where window.contains(movement.posting.at) { try body(movement) }
  }

  /// The last thing of an account that is seen from here.
  func lastEvent(of account: String) throws -> StoredEvent? { try events(account: account, most: 1).first }

  /// The decision of an event with the engine that took it; nil where nothing was decided, and for one of a branch.
  func decision(of event: StoredEvent) throws -> (decision: Decision, engine: RuleEngine)? {
    event.seq > 0 ? try reader.decision(of: event.seq) : try branchDecision(-event.seq)
  }
}

extension StoredEvent {
  /// As people call it: its id, or its number where it was given none.
  var name: String { id }

  /// `#17`; `~2` for the second of a branch.
  var number: String { seq > 0 ? "#\(seq)" : "~\(-seq)" }

  /// The time it counted as, as far as is known.
  var counted: Int64 { countedAt ?? at }

  var json: Json? { try? JsonReader.read(Array(fields.utf8)) }
}

// MARK: - What a branch adds

extension World {
  /// One thing of a branch with what it moved: an event, or what was stated, set or came with time.
  private struct Entry {
    var event: StoredEvent
    var movements: [Movement]
    var answer: SimulatedAnswer?
  }

  /// What is no event of the branch has numbers below these.
  private static let firstOther: Int64 = -(1 << 40)

  /// Everything of the branch, in order.
  private var entries: [Entry] {
    get throws {
      guard let branch = try branch else { return [] }
      var entries: [Entry] = []
      var number: Int64 = 0
      for step in branch.steps {
        var (owned, others): ([Int: [Branch.Step.Moved]], [Branch.Step.Moved]) = ([:], [])
        for moved in step.moved {
          if let answer = moved.answer, step.answers.indices.contains(answer) {
            owned[answer, default: []].append(moved)
          } else {
            others.append(moved)
          }
        }
        for (place, answer) in step.answers.enumerated() {
          number -= 1
          let program = answer.program
          guard let decision = answer.decision, program.events.indices.contains(decision.event) else {
            others = owned[place, default: []] + others
            continue
          }
          let kind = program.events[decision.event]
          let event = StoredEvent(
            seq: number, account: step.account, kind: kind.name, id: decision.id, at: decision.at,
            recordedAt: decision.at, fields: World.json(of: decision, kind, program, step.state(under: program)),
            decided: decision.verdict.rawValue, code: answer.denial, decider: answer.decider, amount: decision.amount,
            policyHash: step.after.policyHash, countedAt: decision.at)
          let movements = World.movements(owned[place, default: []], of: event, program)
          entries.append(Entry(event: event, movements: movements, answer: answer))
        }
        for moved in others {
          let program = try moved.answer.map { step.answers[$0].program } ?? step.program ?? engine.program
          let at = moved.transaction.postedAt
          let event = StoredEvent(
            seq: World.firstOther - Int64(entries.count), account: moved.account,
            kind: moved.transaction.event == -1 ? "@stated" : "@set", id: moved.transaction.id, at: at, recordedAt: at,
            fields: "{}", decided: nil, code: nil, decider: nil, amount: 0, policyHash: step.after.policyHash,
            countedAt: at)
          entries.append(Entry(event: event, movements: World.movements([moved], of: event, program), answer: nil))
        }
      }
      return entries
    }
  }

  /// As if they were stored, the newest first; their numbers are below zero: -1 is the first.
  func branchEvents() throws -> [StoredEvent] {
    try entries.filter { $0.answer != nil }.map(\.event).reversed()
  }

  /// What was given, as a store writes it.
  private static func json(of decision: Decision, _ event: Event, _ program: Program, _ state: AccountState?) -> String
  {
    let formatter = state.map { ValueFormatter(program, of: $0) } ?? ValueFormatter(program)
    let members = zip(event.fields, decision.fields).prefix(event.givenCount).compactMap {
      field, value -> Json.Member? in
      if value == ValueType.none { return nil }
      switch field.type.base {
      case .money, .rate, .tokens, .integer, .ratio, .time, .duration: return .init(field.name, .integer(value))
      case .bool: return .init(field.name, .bool(value != 0))
      case .record(let kind):
        // As a store has it: the name alone.
        let text = formatter.text(value, field.type)
        return .init(
          field.name,
          .text(text.hasPrefix("\(kind.rawValue) ") ? String(text.dropFirst(kind.rawValue.count + 1)) : text))
      case .name, .key, .card, .enumeration: return .init(field.name, .text(formatter.text(value, field.type)))
      }
    }
    return Json.object(members).compact
  }

  /// A decision of the branch by its number, from 1, with the engine that took it.
  func branchDecision(_ number: Int64) throws -> (decision: Decision, engine: RuleEngine)? {
    guard let branch = try branch, number > 0 else { return nil }
    var rest = number - 1
    for step in branch.steps {
      guard rest >= Int64(step.answers.count) else {
        let answer = step.answers[Int(rest)]
        return answer.decision.map { ($0, answer.engine) }
      }
      rest -= Int64(step.answers.count)
    }
    return nil
  }

  /// What the branch moved in an account's books.
  func branchMovements(_ account: String) throws -> [Movement] {
    try entries.filter { $0.event.account == account }.flatMap(\.movements)
  }

  /// The events of the branch as SQL shows them, in order, with whatever else moved its books.
  func overlay() throws -> [QueryOverlayEvent] {
    try entries.map { entry in
      let (event, decision, program) = (entry.event, entry.answer?.decision, entry.answer?.program)
      return QueryOverlayEvent(
        account: event.account, kind: event.kind, id: event.id, at: event.at, countedAt: event.countedAt,
        verdict: event.verdict, code: event.code, rule: event.decider, amount: event.amount,
        covered: decision?.covered ?? 0, absorbed: decision?.absorbed ?? 0, policyHash: event.policyHash,
        fields: event.fields,
        firedRules: decision?.firedRules.compactMap { rule in
          program.flatMap { $0.rules.indices.contains(rule) ? $0.rules[rule].name : nil }
        } ?? [], postings: entry.movements.map(\.posting))
    }
  }

  /// What transactions moved, as movements of one event.
  private static func movements(_ moved: [Branch.Step.Moved], of event: StoredEvent, _ program: Program) -> [Movement] {
    func name(_ book: Book) -> String {
      switch book {
      case .bucket(let index): program.buckets.indices.contains(index) ? program.buckets[index].name : ""
      case .contra(let contra): contra.name
      }
    }
    var found: [Movement] = []
    for transaction in moved.map(\.transaction) {
      let isOwn =
        program.events.indices.contains(transaction.event) && program.events[transaction.event].name == event.kind
      let kind =
        program.events.indices.contains(transaction.event) ? program.events[transaction.event].name : event.kind
      let labels = transaction.labels.map { Json.Member($0.name, .text($0.text)) }
      let fields = isOwn || labels.isEmpty ? event.fields : Json.object(labels).compact
      var rest = transaction.postings[...]
      while let first = rest.popFirst(), let second = rest.popFirst() {
        let (from, to) = first.amount < 0 ? (first, second) : (second, first)
        if to.amount == 0 { continue }
        found.append(
          Movement(
            StoredPosting(
              of: event.seq, n: found.count, step: "\(transaction.step)", at: transaction.postedAt,
              from: name(from.book),
              to: name(to.book), amount: to.amount),
            kind: kind, id: transaction.id, namedAt: transaction.occurredAt, fields: fields))
      }
    }
    return found
  }
}

extension Branch.Step {
  /// The account as the step left it, where that is still under the rules that answered.
  fileprivate func state(under program: Program) -> AccountState? {
    guard let account, let standing = after.accounts[account],
      standing.engine.program.events.count == program.events.count
    else { return nil }
    return standing.state
  }
}
