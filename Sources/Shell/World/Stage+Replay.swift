import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

/// What happened in fact, once more on what would be.
extension Stage {
  /// Asks once more for what an event asked for, as something new.
  mutating func again(_ id: String, _ change: Change) throws {
    let found = try world.session.event(named: world.session.answered(id), account: account, isSure: false, world)
    let line: String
    switch found {
    case .tried(let number):
      guard let (step, _) = world.session.tried?.answer(number) else { return }
      line = step.deed
    case .stored(let event, _):
      if account == nil { account = event.account }
      let standing = try standing(of: account ?? event.account ?? "")
      guard let call = world.reader.call(of: event, in: standing.engine.compiled) else {
        throw Complaint(message: "this policy has no event `\(event.kind)` such as `\(event.id)`")
      }
      line = ScenarioWriter.line(of: call, on: standing.state, by: standing.engine)
    }
    try deed(Change(kind: .deed, text: line, shown: change.text))
  }

  /// How many events are carried out once more at most.
  static let mostReplayed = 200_000

  /// Carries everything out again that happened to the account after the moment everything stands on: its events and the changes
  /// of its settings. A charge is answered as it was; one that was never asked as the last one of its card.
  mutating func replay(_ change: Change) throws {
    guard let account else { throw Complaint(message: "whose history?", help: "what if ACCOUNT … then replay @EVENT") }
    let moment = try world.moment
    let (after, start): (Int64?, Int64?)
    switch moment {
    case .now:
      throw Complaint(
        message: "nothing has happened since now", help: "what if \(account) … then replay as of 2026-10-15")
    case .before(let event): (after, start) = (event - 1, nil)
    case .after(let event): (after, start) = (event, nil)
    case .time(let time): (after, start) = (nil, time + 1)
    }
    let before = try standing(of: account)
    let simulation = simulation(on: before)
    var entries = try world.reader.events(
      account: account, after: after, from: start, oldestFirst: true, limit: Stage.mostReplayed + 1)
    let isCut = entries.count > Stage.mostReplayed
    if isCut { entries.removeLast() }
    let history = ChargeHistory(try world.reader.account(account))
    var step = Branch.Step(change.text, count: max(1, entries.count), account: account, before: before, after: state)
    step.program = before.engine.program
    var turned: [(text: String, count: Int)] = []
    var refused: [String] = []
    let answering = Set(before.engine.program.roles.answers)
    var told = 0
    func carryOut(_ deed: Replayed) throws -> SimulatedAnswer? {
      let outcome = try deed.perform(on: simulation)
      var answer: SimulatedAnswer?
      if case .answered(let given) = outcome { answer = given }
      if case .refused(let why) = outcome { refused.append(why) }
      let place = answer == nil ? nil : step.answers.count
      step.replayed.append((deed, place))
      step.note(simulation.journal.transactions[told...], of: account, answer: place)
      told = simulation.journal.transactions.count
      return answer
    }
    for entry in entries {
      if world.session.console.interrupts.hasCome() { throw Cancelled() }
      if entry.kind.hasPrefix("@") {
        if let noted = Replayed(noted: entry) { _ = try carryOut(noted) }
        continue
      }
      guard let call = world.reader.call(of: entry, in: simulation.engine.compiled), !answering.contains(call.event),
        let answer = try carryOut(.event(call, history.answers(to: entry)))
      else { continue }
      step.answers.append(answer)
      step.tally.add(answer, number: step.answers.count)
      let (was, now) = (history.verdict(of: entry), answer.decision?.verdict.rawValue ?? "refused")
      if was != now {
        let text = "\(was) → \(now)"
        if let place = turned.firstIndex(where: { $0.text == text }) {
          turned[place].count += 1
        } else {
          turned.append((text, 1))
        }
      }
    }
    let end = isCut ? entries.last?.at ?? simulation.clock : world.reader.now
    if simulation.clock < end { _ = try carryOut(.clock(end)) }
    step.count = step.answers.count
    let all = Count.text(step.answers.count, "event")
    step.notes =
      turned.isEmpty
      ? ["\(all), each answered as it was"]
      : [
        "\(all), of which were answered otherwise: "
          + turned.map { "\(Count.text($0.count)) \($0.text)" }.joined(separator: ", ")
      ]
    if let first = refused.first {
      let rest = refused.count > 1 ? ", and \(Count.text(refused.count - 1)) more" : ""
      step.notes.append("refused, so it stayed as it was: \(first)\(rest)")
    }
    if isCut {
      step.notes.append("only the first \(Count.text(Stage.mostReplayed)) entries were carried out; there are more")
    }
    step.notes += try changesForAll(after: after, from: start)
    try take(simulation, before)
    step.after = state
    steps.append(step)
    self.simulation = simulation
  }

  /// What was changed for all accounts after the moment, and is left out.
  private func changesForAll(after: Int64?, from start: Int64?) throws -> [String] {
    let found = try ["@policy", "@set"].map { kind in
      try world.reader.events(kind: kind, after: after, from: start, oldestFirst: true, limit: 4_096)
        .count { $0.account == nil }
    }
    var notes: [String] = []
    if found[0] > 0 {
      notes.append(
        "the policy was changed \(Count.text(found[0], "time")) since: all is decided by the one of the moment")
    }
    if found[1] > 0 {
      notes.append(
        "settings of all accounts were changed \(Count.text(found[1], "time")) since: they stay as they were")
    }
    return notes
  }
}

/// What the payment provider said to the charges of an account.
private struct ChargeHistory {
  private let payments: [Payment]
  private let cards: [String]

  init(_ account: AccountState) {
    payments = account.payments
    cards = account.cardNames
  }

  /// What it is to say to what an event asks for.
  func answers(to event: StoredEvent) -> [ProviderAnswer] {
    let own = payments.filter { $0.origin == event.id }
    if !own.isEmpty { return own.map { answer($0.state) } }
    // The card that would be charged is that of the settings, mostly the one charged last.
    let last = payments.last { $0.at <= event.at && $0.state != .pending } ?? payments.first { $0.state != .pending }
    return last.map { [answer($0.state), answer($0.state)] } ?? []
  }

  /// The answer an event got in the end: one that waited has the provider's by now.
  func verdict(of event: StoredEvent) -> String {
    let verdict = event.verdict ?? "nothing"
    guard verdict == "waiting", let payment = payments.last(where: { $0.origin == event.id }) else { return verdict }
    switch payment.state {
    case .paid: return "allowed"
    case .declined, .failed: return "denied"
    case .pending: return verdict
    }
  }

  private func answer(_ state: Payment.State) -> ProviderAnswer {
    switch state {
    case .paid: .paid
    case .pending: .pending
    case .declined: .declined("the card was declined")
    case .failed: .failed("the provider could not be reached")
    }
  }
}
