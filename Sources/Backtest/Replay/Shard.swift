import Engine
import Language
import Ledger
import Values

/// Some of the accounts with everything that is counted about them. One thread works on it at a time.
final class Shard {
  let lineup: Lineup
  var tracks = TrackTable()
  /// One for each candidate.
  var tallies: [Tally]
  /// One for each candidate but the first.
  var pairs: [PairTally]
  /// By event of the history.
  var kinds: [Int]
  var events = 0
  var accounts = 0
  var span: ClosedRange<Int64>?
  private var engines: [RuleEngine]
  private let lanes: [Lane]
  /// Of the event at hand, by candidate: what became of it where it was an ordinary one.
  private let outcomes: UnsafeMutableBufferPointer<Outcome>
  /// Rows that were not handed over yet.
  private(set) var rows: [Difference] = []
  // Of the event at hand, by candidate.
  private var answers: [Side.Answered] = []

  init(_ lineup: Lineup) {
    self.lineup = lineup
    tallies = lineup.entrants.map { Tally($0.candidate.engine.program) }
    pairs = lineup.entrants.dropFirst().map { _ in PairTally() }
    lanes = lineup.entrants.map { Lane($0, calledBy: lineup.history.program) }
    outcomes = .allocate(capacity: lineup.entrants.count)
    outcomes.initialize(repeating: Outcome(.impossible))
    kinds = Array(repeating: 0, count: lineup.kinds.count)
    // Their own, so that threads need not wait for one another's evaluators.
    engines = lineup.entrants.map { entrant in
      var engine = RuleEngine(entrant.candidate.engine.compiled)
      engine.takeGlobals(of: entrant.candidate.engine)
      engine.checksPromises = lineup.options.checksPromises
      return engine
    }
  }

  deinit { outcomes.deallocate() }

  /// Takes the rows that came up since the last time.
  func takeRows() -> [Difference] {
    defer { rows.removeAll(keepingCapacity: true) }
    return rows
  }

  // MARK: - Occurrences

  /// - Parameter sum: of the account's name.
  func take(_ lent: UnsafePointer<Occurrence>, _ sum: UInt64) throws {
    let track = try tracks[lent.pointee.account, sum] ?? begin(lent.pointee, sum)
    let time = lent.pointee.at
    let day = Shard.day(of: time)
    if day != track.day {
      try closeDay(of: track)
      track.day = day
    }
    defer { track.number += 1 }
    try take(lent.pointee.deed, track, sum, at: time)
  }

  private func take(_ deed: Occurrence.Deed, _ track: AccountTrack, _ sum: UInt64, at time: Int64) throws {
    switch deed {
    case .event(let call, let said): try take(call, said, track, at: time)
    case .answer(let late): try take(late, track, at: time)
    case .key(let key):
      for index in track.sides.indices { track.sides[index].account.addKey(key) }
    case .setting(let name, let key, let value): set(name, key: key, value, track, at: time)
    case .global(let name, let value): set(name, key: nil, value, track, at: time)
    case .adjustment(let bucket, let amount, let lotKind):
      for index in track.sides.indices {
        let problem = track.sides[index].adjust(bucket, to: amount, lotKind: lotKind, at: time)
        if let problem { tallies[index].refuse("\(bucket): \(problem)") }
      }
    case .end: try end(track, sum)
    }
  }

  static func day(of time: Int64) -> Int {
    Int(time >= 0 ? time / Instant.perDay : (time - Instant.perDay + 1) / Instant.perDay)
  }

  private func begin(_ occurrence: Occurrence, _ sum: UInt64) throws -> AccountTrack {
    var sides: [Side] = []
    sides.reserveCapacity(lineup.entrants.count)
    for (index, entrant) in lineup.entrants.enumerated() {
      var opening = try lineup.history.opening(of: occurrence.account, under: entrant.candidate)
      if let beginning = entrant.candidate.supposition.beginning {
        let problems = beginning.begin(&opening, under: entrant.candidate.engine, at: occurrence.at)
        for problem in problems { tallies[index].fails(problem) }
      }
      let engine = engine(index, opening.engine ?? entrant.candidate.engine)
      let books = Books(opening.account, quotas: entrant.quotas)
      sides.append(
        Side(
          entrant: index, account: opening.account, engine: engine,
          provider: RecordedProvider(cards: opening.cards, of: opening.account, engine.program), opening: books,
          morning: books))
    }
    let track = AccountTrack(occurrence.account, day: Shard.day(of: occurrence.at), sides)
    tracks.insert(track, sum)
    accounts += 1
    return track
  }

  /// An engine of this shard with another one's rules and global settings.
  private func engine(_ index: Int, _ own: RuleEngine) -> RuleEngine {
    if engines[index].compiled !== own.compiled {
      engines[index] = RuleEngine(own.compiled)
      engines[index].checksPromises = lineup.options.checksPromises
    }
    if engines[index].globals != own.globals { engines[index].takeGlobals(of: own) }
    return engines[index]
  }

  private func set(
    _ name: String, key: String?, _ value: Occurrence.SettingValue, _ track: AccountTrack, at time: Int64
  ) {
    for index in track.sides.indices {
      let problem = track.sides[index].set(name, key: key, to: value, at: time, lineup.entrants[index])
      if let problem { tallies[index].refuse("\(name): \(problem)") }
    }
  }

  // MARK: - Events

  private func take(_ call: EventCall, _ said: [RecordedAnswer], _ track: AccountTrack, at time: Int64) throws {
    let kind = call.event
    guard lineup.kinds.indices.contains(kind) else { return }
    events += 1
    kinds[kind] += 1
    span = span.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    let place = AccountTrack.Place(kind: kind, id: call.id, at: time, number: track.number)
    let key = call.id.isEmpty ? 0 : IdMemory.key(kind, call.id)
    let content = call.id.isEmpty ? 0 : IdMemory.content(call.fields)
    let known = call.id.isEmpty ? nil : track.memory.entry(key)
    var allowed: UInt32 = 0
    var isWaiting = false
    var ordinary = 0
    // What the provider said is for `submit` to take up, and what is supposed of the usage too.
    for index in track.sides.indices {
      let bit = UInt32(1) << UInt32(index)
      if let known, known.allowed & bit != 0 {
        let isSame = known.content == content || known.content == IdMemory.unknown
        outcomes[index] = Outcome(isSame ? .repeated : .conflict)
        if !isSame { outcomes[index].code = lineup.conflict }
      } else {
        guard said.isEmpty, !lanes[index].isSupposed,
          let outcome = lanes[index].take(call, track.sides.baseAddress?.advanced(by: index))
        else { break }
        outcomes[index] = outcome
        if outcome.verdict == .allowed {
          let broken = lanes[index].brokenPromises
          if !broken.isEmpty { for promise in broken { tallies[index].breaks(promise, place, of: track.name) } }
        }
      }
      if outcomes[index].verdict.isYes { allowed |= bit }
      ordinary += 1
    }
    if ordinary == track.sides.count, isTheSame(known) {
      if allowed != 0, !call.id.isEmpty { track.memory.note(key, content: content, allowed: allowed) }
      let day = Shard.day(of: time)
      for index in outcomes.indices { tallies[index].count(outcomes[index], day: day) }
      for pair in pairs.indices { pairs[pair].same += 1 }
      return
    }
    answers.removeAll(keepingCapacity: true)
    for index in track.sides.indices {
      let bit = UInt32(1) << UInt32(index)
      if index < ordinary {
        let isKnown = known.map { $0.allowed & bit != 0 } ?? false
        answers.append(
          isKnown
            ? Side.Answered(outcome: outcomes[index])
            : lanes[index].answered(call, outcomes[index], track.sides.baseAddress?.advanced(by: index)))
        continue
      }
      var answered: Side.Answered
      if let known, known.allowed & bit != 0 {
        let isSame = known.content == content || known.content == IdMemory.unknown
        answered = Side.Answered(outcome: Outcome(isSame ? .repeated : .conflict))
        if !isSame { answered.outcome.code = lineup.conflict }
      } else {
        answered = submit(call, said, track, index)
      }
      switch answered.outcome.verdict {
      case _ where answered.isLeftOut: break
      case .allowed, .repeated: allowed |= bit
      case .waiting: isWaiting = true
      case .denied, .conflict, .impossible: break
      }
      if let problem = answered.problem { tallies[index].cannot(problem) }
      for promise in answered.broken { tallies[index].breaks(promise, place, of: track.name) }
      answers.append(answered)
    }
    if allowed != 0, !call.id.isEmpty { track.memory.note(key, content: content, allowed: allowed) }
    if isWaiting, !call.id.isEmpty {
      let asker = RecordedProvider.Asker(event: lineup.kinds[kind], id: call.id)
      // An earlier attempt of it waits no more.
      if let earlier = track.open.removeValue(forKey: asker) { conclude(earlier.place, earlier.answers, track) }
      // It is looked at later, when the account has moved on.
      for index in answers.indices { answers[index].settle() }
      track.open[asker] = AccountTrack.OpenEvent(place: place, answers: answers, content: content)
      return
    }
    conclude(place, answers, track)
    answers.removeAll(keepingCapacity: true)
  }

  /// Whether all candidates answered the event at hand alike, where it was an ordinary one for all.
  private func isTheSame(_ known: IdMemory.Entry?) -> Bool {
    let one = outcomes[0]
    for candidate in outcomes.indices.dropFirst() {
      let other = outcomes[candidate]
      guard one.verdict == other.verdict, one.paid == other.paid, one.absorbed == other.absorbed else { return false }
      switch one.verdict {
      case .allowed:
        guard lineup.entrants[candidate].drewTheSame(lanes[candidate].drawn, as: lanes[0].drawn) else { return false }
      case .denied: if one.code != other.code || one.decider != other.decider { return false }
      case .conflict, .repeated: continue
      case .waiting, .impossible: return false
      }
    }
    return true
  }

  private func submit(
    _ call: EventCall, _ said: [RecordedAnswer], _ track: AccountTrack, _ index: Int
  ) -> Side.Answered {
    guard let words = lineup.entrants[index].events[call.event] else {
      return Side.Answered(
        outcome: Outcome(.impossible), problem: "the policy has no event `\(lineup.kinds[call.event])`")
    }
    if let usage = lineup.entrants[index].usage, usage.leavesOut(call, of: track.name) {
      tallies[index].changed[call.event, default: 0] += 1
      tallies[index].leftOut[call.event, default: 0] += 1
      var answered = Side.Answered(outcome: Outcome(.repeated))
      answered.isLeftOut = true
      return answered
    }
    if !said.isEmpty { track.sides[index].provider.expect(said, for: lineup.kinds[call.event], call.id) }
    let own: EventCall
    do throws(EventWords.Unreadable) {
      if let usage = lineup.entrants[index].usage {
        var changed = call
        if usage.change(&changed, of: track.name) {
          tallies[index].changed[call.event, default: 0] += 1
          if let amount = usage.statedAmount(changed) { tallies[index].stated[amount, default: 0] += 1 }
        }
        own = try words.call(changed)
      } else {
        own = try words.call(call)
      }
    } catch {
      return Side.Answered(
        outcome: Outcome(.impossible), problem: "`\(lineup.kinds[call.event])` has to say `\(error.field)`")
    }
    return track.sides[index].submit(own, lineup.entrants[index])
  }

  /// The provider's late answer, and the event that waited for it.
  private func take(_ late: LateAnswer, _ track: AccountTrack, at time: Int64) throws {
    let asker = RecordedProvider.Asker(event: late.event, id: late.id)
    var open = track.open[asker]
    if open == nil, let kind = lineup.kinds.firstIndex(of: late.event),
      track.sides.contains(where: { $0.provider.waiting[asker] != nil })
    {
      // It has waited since before the traffic began, and comes up now.
      let place = AccountTrack.Place(kind: kind, id: late.id, at: time, number: track.number)
      let waiting = Side.Answered(outcome: Outcome(.waiting))
      open = AccountTrack.OpenEvent(
        place: place, answers: track.sides.map { _ in waiting }, content: IdMemory.unknown)
      events += 1
      kinds[kind] += 1
    }
    var isWaiting = false
    for index in track.sides.indices {
      let (answered, broken) = track.sides[index].take(late, at: time, lineup.entrants[index])
      if let open {
        for promise in broken { tallies[index].breaks(promise, open.place, of: track.name) }
      }
      guard let answered else {
        isWaiting = isWaiting || open?.answers[index].outcome.verdict == .waiting
        continue
      }
      if let problem = answered.problem { tallies[index].cannot(problem) }
      open?.answers[index] = answered
      if answered.outcome.verdict == .waiting { isWaiting = true }
      if answered.outcome.verdict == .allowed, let open {
        // What comes again under its id is held against what it said when it first came.
        track.memory.note(
          IdMemory.key(open.place.kind, open.place.id), content: open.content, allowed: UInt32(1) << UInt32(index))
      }
    }
    guard let open else { return }
    track.open[asker] = isWaiting ? open : nil
    if !isWaiting { conclude(open.place, open.answers, track) }
  }

  /// Counts what came of an event, and compares it.
  private func conclude(_ place: AccountTrack.Place, _ answers: [Side.Answered], _ track: AccountTrack) {
    let day = Shard.day(of: place.at)
    for index in answers.indices where !answers[index].isLeftOut {
      tallies[index].count(answers[index].outcome, day: day)
    }
    guard answers.count > 1 else { return }
    for candidate in 1..<answers.count {
      let entrant = lineup.entrants[candidate]
      guard let change = Shard.change(answers[0], answers[candidate], entrant) else {
        pairs[candidate - 1].same += 1
        continue
      }
      track.count(change, against: candidate)
      let row = row(place, change, candidate, answers, track)
      rows.append(row)
      pairs[candidate - 1].count(row, place.kind, from: answers[0].outcome, to: answers[candidate].outcome) {
        (self.why(answers[0], track, 0), self.why(answers[candidate], track, candidate))
      }
    }
  }

  /// How two answers differ; nil where they do not.
  static func change(_ a: borrowing Side.Answered, _ b: borrowing Side.Answered, _ entrant: Entrant) -> Change? {
    if a.isLeftOut || b.isLeftOut { return nil }
    let (one, other) = (a.outcome, b.outcome)
    if one.verdict == .waiting || other.verdict == .waiting { return one.verdict == other.verdict ? nil : .otherwise }
    switch (one.verdict.isYes, other.verdict.isYes) {
    case (true, false): return .allowToDeny
    case (false, true): return .denyToAllow
    case (true, true):
      // What one of them knew already was compared when it came first.
      if one.verdict == .repeated || other.verdict == .repeated { return nil }
      if one.paid != other.paid || one.absorbed != other.absorbed || !entrant.drewTheSame(b.drawn, as: a.drawn) {
        return .paidDiffers
      }
    case (false, false):
      if one.verdict != other.verdict || one.code != other.code || one.decider != other.decider { return .ruleDiffers }
    }
    return one.charged != other.charged || one.sentBack != other.sentBack ? .cardsDiffer : nil
  }

  private func row(
    _ place: AccountTrack.Place, _ change: Change, _ candidate: Int, _ answers: [Side.Answered], _ track: AccountTrack
  ) -> Difference {
    func side(_ outcome: Outcome) -> Difference.Side {
      Difference.Side(
        verdict: outcome.verdict, code: lineup.word(outcome.code), rule: lineup.word(outcome.decider),
        amount: outcome.amount, paid: outcome.paid, charged: outcome.charged, sentBack: outcome.sentBack)
    }
    return Difference(
      account: track.name, kind: lineup.kinds[place.kind], id: place.id, at: place.at, number: place.number,
      candidate: candidate, change: change, a: side(answers[0].outcome), b: side(answers[candidate].outcome))
  }

  private func why(_ answered: Side.Answered, _ track: AccountTrack, _ index: Int) -> String {
    var answered = answered
    answered.settle()
    guard let decision = answered.decision?.decision else { return answered.problem ?? "" }
    return Explanation(
      decision, by: track.sides[index].engine, account: track.sides[index].account, words: answered.labels
    ).text()
  }

  // MARK: - Ends

  private func closeDay(of track: AccountTrack) throws(BacktestFault) {
    for index in track.sides.indices {
      let money = try track.sides[index].closeDay(quotas: lanes[index].quotas)
      if money != MoneyMoved() { try tallies[index].add(money, day: track.day) }
    }
  }

  /// What a plan costs an account: for each month from its first day on, begun ones whole.
  private func fees(of track: AccountTrack, _ candidate: Candidate) throws(BacktestFault) -> Int64 {
    let fee = candidate.supposition.monthlyFee
    guard fee != 0 else { return 0 }
    let (first, last) = (CivilDate(daysSinceEpoch: track.firstDay), CivilDate(daysSinceEpoch: track.day))
    var months = (last.year - first.year) * 12 + last.month - first.month
    if last.day >= first.day { months += 1 }
    let (sum, overflow) = fee.multipliedReportingOverflow(by: Int64(max(1, months)))
    if overflow { throw .sumTooLarge(what: "fees") }
    return sum
  }

  /// Closes an account's books and lets go of it.
  private func end(_ track: AccountTrack, _ sum: UInt64) throws(BacktestFault) {
    for open in track.open.values.sorted(by: { $0.place.number < $1.place.number }) {
      conclude(open.place, open.answers, track)
    }
    track.open = [:]
    try closeDay(of: track)
    var moved: [MoneyMoved] = []
    for side in track.sides {
      var money = try side.morning.moved(since: side.opening)
      money.fees = try fees(of: track, lineup.entrants[side.entrant].candidate)
      try tallies[side.entrant].money.add(money)
      moved.append(money)
    }
    for candidate in track.sides.indices.dropFirst() {
      let changes = track.changes[candidate - 1]
      guard !changes.isEmpty || moved[0] != moved[candidate] else { continue }
      var difference = AccountDifference(account: track.name)
      if !changes.isEmpty { difference.changes = changes }
      difference.a = moved[0]
      difference.b = moved[candidate]
      pairs[candidate - 1].accounts.append(difference)
    }
    tracks.remove(track.name, sum)
  }

  /// Closes the books of all accounts that are left.
  func endAll() throws(BacktestFault) {
    for (track, sum) in tracks.all.sorted(by: { $0.track.name < $1.track.name }) { try end(track, sum) }
  }
}
