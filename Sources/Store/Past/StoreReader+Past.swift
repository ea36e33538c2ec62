import Engine
import Language
import Ledger
import Values

extension StoreReader {
  /// An account as it was. That of now costs nothing extra; else its events are carried out again, which takes about as long as
  /// it took to decide them.
  ///
  /// Just before an event there is at hand what the event names: holds that were resolved by then, and the answer that its id
  /// had already.
  ///
  /// - Parameters:
  ///   - holds: ids of holds that are wanted whether they were open then or not.
  ///   - progress: is told how many of how many events were carried out, now and then; what it throws ends the work.
  /// - Throws: `unknownAccount`; `refused` where the account was made later; `damaged` where an event is not decided as it was.
  public func account(
    _ name: String, at moment: Moment, holds: [String] = [], progress: ((Int, Int) throws -> Void)? = nil
  ) throws -> PastAccount {
    let cached = try memory.account(name)
    // Without the policies of then, which may be none that can be compiled here.
    let past = moment == .now ? nil : try past(cached, moment)
    guard let past, try !past.isNow(cached.state.clock) else {
      var state = cached.state
      for hold in holds where state.hold(hold) == nil { try bring(hold, of: cached, to: &state) }
      let last = try statements["SELECT max(seq) FROM event WHERE account = ?"].bind(1, cached.id).first {
        $0.optional(0)
      }
      return PastAccount(
        state: state, engine: try engine, policyHash: try policyHash, lastEvent: last ?? nil,
        at: try time(of: moment, state))
    }
    var replay: AccountReplay
    let stop = try past.run(progress: progress)
    replay = stop.replay
    if case .before(let seq) = moment, let entry = try entry(seq, of: cached.id) { try replay.getReady(for: entry) }
    for hold in holds where replay.state.hold(hold) == nil { try replay.bring(hold: hold) }
    var found = PastAccount(
      state: replay.state, engine: replay.engine, policyHash: replay.policy.hash, lastEvent: stop.lastEvent,
      at: try time(of: moment, replay.state))
    found.records = replay.records
    return found
  }

  private func past(_ cached: CachedAccount, _ moment: Moment) throws(StoreFault) -> AccountPast {
    AccountPast(
      memory: memory, path: store.path, id: cached.id, name: cached.name, timeline: try timeline(), moment: moment)
  }

  /// The time it is at a moment, whatever the account: just before and after an event, the time that names.
  func time(of moment: Moment) throws(StoreFault) -> Int64 {
    switch moment {
    case .now: now
    case .time(let time): time
    case .before(let seq), .after(let seq):
      try statements["SELECT at FROM event WHERE seq = ?"].bind(1, seq).first { $0.integer(0) } ?? now
    }
  }

  /// What was in force when.
  private func timeline() throws(StoreFault) -> Timeline {
    try memory.past.timeline(until: memory.lastEvent) { () throws(StoreFault) in
      var findings = Findings(limit: 1)
      let timeline = try Timeline(store, memory, isTrusting: true, &findings)
      if let finding = findings.report.findings.first { throw fault(.damaged("\(finding)")) }
      return timeline
    }
  }

  private func entry(_ seq: Int64, of account: Int64) throws(StoreFault) -> LoggedEntry? {
    try statements["SELECT seq, kind, id, attempt, at, resumes, fields FROM event WHERE seq = ? AND account = ?"]
      .bind(1, seq).bind(2, account).first { LoggedEntry($0) }
  }

  /// The time it is at a moment: just before and after an event, what the event counts as.
  private func time(of moment: Moment, _ state: borrowing AccountState) throws(StoreFault) -> Int64 {
    switch moment {
    case .now: return now
    case .time(let time): return time
    case .before(let seq), .after(let seq):
      let at = try statements["SELECT at FROM event WHERE seq = ?"].bind(1, seq).first { $0.integer(0) }
      return at.map { state.effectiveTime($0) } ?? now
    }
  }

  private func bring(_ hold: String, of cached: CachedAccount, to state: inout AccountState) throws(StoreFault) {
    guard let row = try memory.table.hold(hold, of: cached.id) else { return }
    let map = try memory.activePolicy().map
    do throws(AccountRows.Misfit) {
      state.bring(try AccountRows().hold(row, state, map), number: row.number - 1)
    } catch {
      throw fault(.damaged("account `\(cached.name)`: \(error.message)"))
    }
  }

  // MARK: - Under another policy

  /// The same account under another policy, by name, as a change of policy keeps it.
  ///
  /// - Parameter engine: the candidate. For the global settings of then see ``candidate(_:at:)``.
  /// - Throws: as the other; `refused` with the words of a policy change where the candidate has no place for what the account
  ///   has, or for a global setting.
  public func account(_ name: String, at moment: Moment, under engine: RuleEngine) throws -> AccountState {
    let cached = try memory.account(name)
    let past = moment == .now ? nil : try past(cached, moment)
    let rows: AccountRows
    let old: Program
    var asked: (entry: LoggedEntry, earlier: LoggedEntry?)?
    if let past, try !past.isNow(cached.state.clock) {
      let replay = try past.run(progress: nil).replay
      if case .before(let seq) = moment, let entry = try entry(seq, of: cached.id) {
        asked = (entry, try replay.earlier(entry))
      }
      (rows, old) = (try replay.rows(naming: asked?.entry), replay.map.program)
    } else {
      let policy = try memory.activePolicy()
      guard let found = try rowsOfNow(cached, policy.map) else {
        throw fault(.damaged("the account `\(name)` has no row"))
      }
      (rows, old) = (found, policy.map.program)
    }
    let map = SlotMap(engine.compiled)
    var room = PolicyRoom(map, after: old)
    room.look(at: rows)
    room.look(at: try globals(at: moment).values)
    try room.check(store.path)
    var state: AccountState
    do throws(AccountRows.Misfit) {
      state = try rows.state(map)
    } catch {
      throw fault(.damaged("account `\(name)`: \(error.message)"))
    }
    // What the id was used for before, in the words of the candidate.
    if let (entry, earlier) = asked, let earlier, let event = map.event(named: entry.kind),
      let call = FieldText(map: map).call(event, id: earlier.id, at: earlier.at, json: earlier.fields)
    {
      do throws(EngineFault) {
        state.remember(try engine.input(call, in: &state), at: earlier.at, program: map.program)
      } catch {
        throw fault(.engine(error))
      }
    }
    return state
  }

  /// What an account's rows are now: of one that a transaction has changed and not written yet, what they will be.
  private func rowsOfNow(_ cached: CachedAccount, _ map: SlotMap) throws(StoreFault) -> AccountRows? {
    cached.isChanged ? AccountRows(cached.state, map) : try memory.table.rows(of: cached.id)
  }

  /// A candidate policy with the global settings of a moment, as a policy change takes them over.
  ///
  /// - Throws: `refused` where it has no place for one of them.
  public func candidate(_ engine: RuleEngine, at moment: Moment) throws(StoreFault) -> RuleEngine {
    let map = SlotMap(engine.compiled)
    let (globals, old) = try globals(at: moment)
    var room = PolicyRoom(map, after: old)
    room.look(at: globals)
    try room.check(store.path)
    var engine = engine
    engine.keep(globals, map)
    return engine
  }

  /// The policy of a moment, with its global settings as they were then.
  public func engine(at moment: Moment) throws(StoreFault) -> (engine: RuleEngine, policyHash: String) {
    if moment == .now { return (try engine, try policyHash) }
    guard let era = try timeline().era(at: moment) else { throw fault(.damaged("no policy was ever put in force")) }
    return (era.engine, era.policy.hash)
  }

  /// The global settings of a moment that had a value, and the policy they were set under.
  private func globals(at moment: Moment) throws(StoreFault) -> (values: [String: StoredValue], policy: Program?) {
    if moment != .now {
      let era = try timeline().era(at: moment)
      return (era?.globals ?? [:], era?.policy.map.program)
    }
    var values: [String: StoredValue] = [:]
    try statements["SELECT name, value FROM global_setting"].forEach { values[$0.text(0)] = $0.value(1) }
    return (values, try? memory.activePolicy().map.program)
  }
}

extension RuleEngine {
  /// Puts global settings back as a store kept them; what the program does not have is left out.
  mutating func keep(_ globals: [String: StoredValue], _ map: SlotMap) {
    let texts = FieldText(map: map)
    for (name, value) in globals {
      guard let index = compiled.setting(named: name), let number = texts.number(value, of: index, cards: [], keys: [])
      else { continue }
      keep(global: index, number)
    }
  }
}
