import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

/// An event that somebody asks about, with the account as it was just before: everything that questions about it need.
struct AskedEvent {
  /// Just before it, with the rules that it is asked under.
  var standing: World.Standing
  var call: EventCall
  /// Nil for one that was only tried, or only thought of.
  var stored: StoredEvent?
  /// All of its id, the newest first.
  var attempts: [StoredEvent] = []
  /// What came of one that was tried.
  var answer: SimulatedAnswer?
  /// What people call it.
  var name: String
  /// What the payment provider said to what it asked for, in order, with the card.
  var charges: [(card: String, answer: ProviderAnswer)] = []

  func question() throws -> Question {
    do throws(EngineFault) {
      var question = try Question(call, of: standing.state, by: standing.engine)
      // A card that said no goes on saying so.
      question.cards = Dictionary(charges.map { ($0.card, $0.answer) }, uniquingKeysWith: { $1 })
      return question
    } catch {
      throw Complaint(message: error.message)
    }
  }
}

extension Session {
  /// The event of a line, or the one that the rest of the line would be.
  func asked(_ request: Request, _ world: World) throws -> AskedEvent {
    if var line = try hypothetical(request, world) {
      var request = request
      // Whose it is may stand behind a change, which would else take the words.
      let words = Words(line).words
      if words.count > 2, words[words.count - 2].text == "of", let last = words.last, try world.hasAccount(last.text) {
        line = Words.text(line, 0..<words[words.count - 2].range.lowerBound).trimmed
        request.coordinates.account = last.text
      }
      return try asked(line: line, request, world)
    }
    switch try event(of: request, world) {
    case .stored(let event, let attempts): return try asked(event, attempts, world)
    case .tried(let number): return try asked(tried: number)
    }
  }

  /// An event of the history, as it was: under the policy of then, or the one the line names.
  func asked(_ event: StoredEvent, _ attempts: [StoredEvent], _ world: World) throws -> AskedEvent {
    guard let account = event.account else {
      throw Complaint(message: "`\(event.id)` is about all accounts: \(event.kind.dropFirst())", help: "events")
    }
    guard event.verdict != nil else {
      throw Complaint(
        message: "`\(event.id)` was recorded, and there was nothing to decide", help: "show \(Words.quoted(event.id))")
    }
    // One that waited for a charge was asked when it first came; what it was told in the end hangs on what was said to that.
    let moment = StoreReader.Moment.before(try firstAsked(event, world).seq)
    let standing = try world.base(account, at: moment, under: world.choice(at: moment))
    guard let call = world.reader.call(of: event, in: standing.engine.compiled) else {
      throw Complaint(message: "this policy has no event `\(event.kind)` such as `\(event.id)`")
    }
    var asked = AskedEvent(standing: standing, call: call, stored: event, attempts: attempts, name: event.id)
    asked.charges = try charges(of: event, account, world)
    return asked
  }

  /// The attempt that asked for the charge whose answer an event waited for; the event itself where it did not wait.
  private func firstAsked(_ event: StoredEvent, _ world: World) throws -> StoredEvent {
    guard event.verdict != "waiting", !event.id.isEmpty else { return event }
    let earlier = try world.reader.events(
      account: event.account, kind: event.kind, id: event.id, before: event.seq, limit: 1)
    return earlier.first { $0.verdict == "waiting" } ?? event
  }

  /// What was said to the charges that an event asked for.
  private func charges(
    of event: StoredEvent, _ account: String, _ world: World
  ) throws -> [(card: String, answer: ProviderAnswer)] {
    let state = try world.reader.account(account)
    let program = try world.reader.engine.program
    let own = state.payments.filter {
      $0.origin == event.id && program.events.indices.contains($0.event) && program.events[$0.event].name == event.kind
    }
    guard !own.isEmpty else { return [] }
    // An id may have been tried more than once, each time with a charge of its own.
    let counted = event.countedAt ?? event.at
    let ofThen = own.filter { $0.at == counted }
    return (ofThen.isEmpty ? own : ofThen).map { payment in
      let card = payment.card.flatMap { state.cardNames.indices.contains($0) ? state.cardNames[$0] : nil } ?? ""
      let answer: ProviderAnswer =
        // What it was told while it waited is that nothing was said yet.
        switch event.verdict == "waiting" ? .pending : payment.state {
        case .paid: .paid
        case .declined: .declined("")
        case .failed: .failed("")
        case .pending: .pending
        }
      return (card, answer)
    }
  }

  /// One of what was tried last.
  func asked(tried number: Int) throws -> AskedEvent {
    guard let (step, time) = tried?.answer(number), let standing = try step.standing(before: time) else {
      throw Complaint(message: "nothing was tried that could be `~\(number)`", help: "what if CHANGE")
    }
    for (deed, answer) in step.replayed where answer == time {
      guard case .event(let call, _) = deed else { break }
      return AskedEvent(standing: standing, call: call, stored: nil, answer: step.answers[time], name: "~\(number)")
    }
    let call: EventCall
    do throws(LineFault) {
      call = try LineReader(standing.engine.program).event(step.deed, keys: standing.state.keyNames, now: standing.at)
        .call
    } catch {
      throw Complaint(
        message: "`~\(number)` is no event: \(step.deed)", help: "~1 … are what was tried, from the first on")
    }
    var asked = AskedEvent(standing: standing, call: call, stored: nil, answer: step.answers[time], name: "~\(number)")
    asked.charges = step.answers[time].collections.map { ($0.card ?? "", $0.outcome) }
    return asked
  }

  /// The line of an event that is only thought of: `need request model "gpt-4o", input 60000`.
  private func hypothetical(_ request: Request, _ world: World) throws -> String? {
    let rest = request.arguments.text(.changes)
    guard let first = request.arguments.text(.event), let range = request.arguments.range(.event) else { return rest }
    let program = try world.program
    let isKind = program.events.contains { $0.name == first }
    if isKind, try rest != nil || world.reader.events(id: first, limit: 1).isEmpty {
      return Words.text(request.words.line, range) + (rest.map { " " + $0 } ?? "")
    }
    guard let rest else { return nil }
    throw LineComplaint(
      message: "`\(first)` is no event of the policy, so `\(rest)` does not go on with it", line: request.words.line,
      range: range,
      help: Suggestion.nearest(first, in: program.events.map(\.name)).map { "did you mean `\($0)`?" }
        ?? "the events are \(program.events.prefix(8).map(\.name).joined(separator: ", "))")
  }

  private func asked(line: String, _ request: Request, _ world: World) throws -> AskedEvent {
    let standing = try world.account(accountName(request, world))
    let written = Change.written(line, standing.engine.program)
    let call = try Stage.translated {
      try LineReader(standing.engine.program).event(written, keys: standing.state.keyNames, now: standing.at).call
    }
    return AskedEvent(standing: standing, call: call, name: written)
  }
}
