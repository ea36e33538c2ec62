import Engine
import Formats
import Language
import Ledger

/// An account worked out again from its events, one after another: the same calls that made it, under the policies of then.
struct AccountReplay {
  let statements: StatementCache
  let path: String
  let id: Int64
  let name: String
  private(set) var policy: StoredPolicy
  private(set) var engine: RuleEngine
  private(set) var state: AccountState
  private(set) var records = ReplayedRecords()
  /// The events of the policy that came up, by their name.
  private var kinds: [String: Int] = [:]

  var map: SlotMap { policy.map }

  init(_ statements: StatementCache, path: String, id: Int64, name: String, _ era: Timeline.Era) {
    self.statements = statements
    self.path = path
    self.id = id
    self.name = name
    policy = era.policy
    engine = era.engine
    state = era.engine.newAccount()
  }

  /// Why an event could not be carried out again.
  struct Trouble: Error {
    var text: String
  }

  // MARK: - Policies

  /// Goes on under what was put in force.
  mutating func move(to era: Timeline.Era) throws(StoreFault) {
    engine = era.engine
    if era.policy.id == policy.id { return }
    let rows = try rows()
    records.keep(rows.lots)
    policy = era.policy
    kinds = [:]
    do throws(AccountRows.Misfit) {
      state = try rows.state(policy.map)
    } catch {
      throw StoreFault(.damaged("account `\(name)`: \(error.message)"), path: path)
    }
  }

  /// The account as its rows are, with those of its open holds and of those that an entry names.
  func rows(naming entry: LoggedEntry? = nil) throws(StoreFault) -> AccountRows {
    var rows = records.rows(of: state, policy.map)
    rows.holds = []
    for number in state.openHolds { if let row = try hold(number: number) { rows.holds.append(row) } }
    guard let entry, let event = map.event(named: entry.kind),
      let call = FieldText(map: map).call(event, id: entry.id, at: entry.at, json: entry.fields)
    else { return rows }
    for place in map.holdFields[event] where place < call.fields.count {
      guard case .text(let id) = call.fields[place], !rows.holds.contains(where: { $0.id == id }),
        let number = try number(ofHold: id), let row = try hold(number: number)
      else { continue }
      rows.holds.append(row)
    }
    return rows
  }

  // MARK: - Entries

  /// Carries out an entry once more.
  ///
  /// - Returns: what was decided; nil where nothing is to decide.
  mutating func carryOut(_ entry: LoggedEntry, _ journal: inout Journal) throws -> Decision? {
    guard entry.kind.utf8.first == UInt8(ascii: "@") else { return try submit(entry, &journal) }
    guard let fields = FieldText.object(entry.fields) else { throw Trouble(text: "its fields cannot be read") }
    switch entry.kind {
    case StoreWriter.Own.account: break
    case StoreWriter.Own.key:
      guard let name = fields["key"]?.text else { throw Trouble(text: "it names no key") }
      state.addKey(name)
    case StoreWriter.Own.set: try change(fields, at: entry.at, &journal)
    case StoreWriter.Own.adjust:
      guard let bucket = map.bucket(named: fields["bucket"]?.text ?? ""), let amount = fields["to"]?.integer else {
        throw Trouble(text: "it names no bucket of the policy")
      }
      try engine.adjust(
        bucket: bucket, to: amount, lotKind: fields["lot"]?.text ?? "", in: &state, at: entry.at, journal: &journal)
    default: throw Trouble(text: "there is no such entry")
    }
    return nil
  }

  private mutating func change(_ fields: Json, at time: Int64, _ journal: inout Journal) throws {
    guard let setting = engine.compiled.setting(named: fields["setting"]?.text ?? "") else {
      throw Trouble(text: "it names no setting of the policy")
    }
    var key: Int?
    if let name = fields["key"]?.text {
      guard let index = state.keyIndex(named: name) else { throw Trouble(text: "it names no key of the account") }
      key = index
    }
    if case .card = map.program.settings[setting].type.base, let card = fields["to"]?.text { state.addCard(card) }
    let number = SettingText.number(
      fields["to"], of: setting, map, cards: state.cardNames, keys: state.keyNames)
    guard let number else { throw Trouble(text: "it names no value of the setting") }
    try engine.change(setting, to: number, key: key, in: &state, at: time, journal: &journal)
  }

  private mutating func submit(_ entry: LoggedEntry, _ journal: inout Journal) throws -> Decision {
    guard let event = event(named: entry.kind) else {
      throw Trouble(text: "the policy of then has no event `\(entry.kind)`")
    }
    // The answer that counts is the first, so whoever has it asked nothing twice.
    if entry.attempt != 0 { try remember(event, entry) }
    let input = try input(event, entry)
    if let waited = entry.resumes {
      return try engine.resume(input, after: waited &- 1, to: &state, journal: &journal)
    }
    return try engine.submit(input, to: &state, journal: &journal)
  }

  private mutating func event(named kind: String) -> Int? {
    if let known = kinds[kind] { return known }
    kinds[kind] = map.event(named: kind)
    return kinds[kind]
  }

  private mutating func input(_ event: Int, _ entry: LoggedEntry) throws -> EventInput {
    guard let call = FieldText(map: map).call(event, id: entry.id, at: entry.at, json: entry.fields) else {
      throw Trouble(text: "its fields cannot be read")
    }
    for (field, value) in zip(map.program.events[event].fields, call.fields) {
      if case .record(.hold) = field.type.base, case .text(let id) = value, state.hold(id) == nil {
        try bring(hold: id)
      }
    }
    return try engine.input(call, in: &state)
  }

  /// Brings what an event names that is about to be decided: its holds, and the answer that its id has already.
  mutating func getReady(for entry: LoggedEntry) throws {
    guard let event = event(named: entry.kind) else { return }
    if entry.attempt != 0 { try remember(event, entry) }
    try bringHolds(event, entry)
  }

  private mutating func bringHolds(_ event: Int, _ entry: LoggedEntry) throws {
    guard let call = FieldText(map: map).call(event, id: entry.id, at: entry.at, json: entry.fields) else { return }
    for place in map.holdFields[event] where place < call.fields.count {
      if case .text(let id) = call.fields[place], state.hold(id) == nil { try bring(hold: id) }
    }
  }

  /// What the id was used for before, so that an event that says something else is told apart.
  private mutating func remember(_ event: Int, _ entry: LoggedEntry) throws {
    guard let earlier = try earlier(entry) else { return }
    state.remember(try input(event, earlier), at: earlier.at, program: map.program)
  }

  /// The answer that counts of an entry's id, where there was one before it.
  func earlier(_ entry: LoggedEntry) throws(StoreFault) -> LoggedEntry? {
    guard entry.attempt != 0 else { return nil }
    return try statements[
      """
      SELECT seq, kind, id, attempt, at, resumes, fields FROM event
      WHERE id = ? AND account = ? AND kind = ? AND attempt = 0 AND seq < ?
      """
    ].bind(1, entry.id).bind(2, id).bind(3, entry.kind).bind(4, entry.seq).first { LoggedEntry($0) }
  }

  // MARK: - Holds

  /// Brings a hold that an event names and that is resolved: as it was made, in the state it is in by now.
  mutating func bring(hold name: String) throws(StoreFault) {
    guard let number = try number(ofHold: name), let row = try hold(number: number) else { return }
    do throws(AccountRows.Misfit) {
      state.bring(try AccountRows().hold(row, state, map), number: number)
    } catch {
      throw StoreFault(.damaged("account `\(self.name)`: \(error.message)"), path: path)
    }
  }

  private func number(ofHold name: String) throws(StoreFault) -> Int? {
    try statements["SELECT n FROM hold WHERE account = ? AND id = ? AND n <= ? ORDER BY n DESC LIMIT 1"]
      .bind(1, id).bind(2, name).bind(3, state.holds.count).first { Int($0.integer(0)) &- 1 }
  }

  /// The row of a hold as it should be: what never changes of it was compared when it was made.
  private func hold(number: Int) throws(StoreFault) -> AccountRows.HoldRow? {
    var row: AccountRows.HoldRow?
    if let mended = records.mended[number] {
      row = mended
    } else {
      try statements["SELECT \(AuditTable.hold.selection) FROM hold WHERE account = ? AND n = ?"]
        .bind(1, id).bind(2, number + 1).forEach { row = AccountRows.HoldRow(audited: AuditTable.hold.row($0)) }
    }
    row?.state = records.state(ofHold: number).word
    return row
  }

  // MARK: - After an event

  /// Keeps what is new, and lets go of what can be found again.
  mutating func settle(_ entry: LoggedEntry) {
    records.follow(state, policy.map, entry)
    state.letGo()
  }

  mutating func mend(hold row: AccountRows.HoldRow) { records.mended[row.number - 1] = row }
}

extension AccountState {
  /// That an id has an answer already, so that an event that says something else is told apart.
  mutating func remember(_ input: EventInput, at time: Int64, program: Program) {
    answers.remember(
      AnswerMemory.Answer(
        fields: input.fields, labels: input.labels, covered: 0, drawn: program.buckets.map { _ in 0 },
        results: input.fields, firedRules: [], at: time),
      event: input.event, id: input.id)
  }
}

/// One entry of the history, as it is kept.
struct LoggedEntry: Sendable {
  var seq: Int64
  var kind: String
  var id: String
  var attempt: Int64
  var at: Int64
  /// The payment it waited for, by its number from 1.
  var resumes: Int?
  var fields: String
}

extension AccountRows.HoldRow {
  /// A row of the table.
  init(audited row: AuditTable.Row) {
    func text(_ index: Int) -> String { row.values[index].word }
    func number(_ index: Int) -> Int64 { row.values[index].integer ?? 0 }
    self.init(
      number: Int(row.key[0].integer ?? 0), id: text(0), kind: text(1), key: Int(number(2)), at: number(3),
      expiresAt: number(4), covered: number(5), state: text(6), drawn: text(7), fields: text(8), labels: text(9),
      epochs: text(10))
  }
}
