import Engine
import Language
import Ledger
import Values

/// Holds one account against its events: each event as it is carried out again, and at the end everything that follows.
struct AccountAudit {
  let memory: StoreMemory
  let storeID: String
  let id: Int64
  let name: String
  private var replay: AccountReplay
  private let timeline: Timeline
  private var era = 0
  /// What arrived in each book by the postings that are kept.
  private var posted: [String: Int64] = [:]
  /// What the provider said, by the key of the payment or refund.
  private var answers: [String: OutboxAudit.Answer] = [:]
  private(set) var events = 0
  private var isFirst = true
  private var formatter: ValueFormatter

  private var statements: StatementCache { memory.statements }

  init(_ memory: StoreMemory, store: AccountStore, id: Int64, name: String, _ timeline: Timeline) {
    self.memory = memory
    storeID = store.id
    self.id = id
    self.name = name
    self.timeline = timeline
    replay = AccountReplay(memory.statements, path: store.path, id: id, name: name, timeline.eras[0])
    formatter = timeline.eras[0].formatter
  }

  private static let entries = """
    SELECT e.seq, e.kind, e.id, e.attempt, e.at, e.resumes, e.fields, d.policy, d.verdict, d.code, d.decider, d.amount,
      d.covered, d.absorbed, d.facts
    FROM event e LEFT JOIN decision d ON d.event = e.seq WHERE e.account = ? ORDER BY e.seq
    """

  /// - Parameter progress: is told after every event.
  mutating func run(_ findings: inout Findings, progress: () -> Void) throws(StoreFault) {
    let statement = try statements[AccountAudit.entries].bind(1, id)
    try statement.forEach { row throws(StoreFault) in
      let entry = LoggedEntry(
        seq: row.integer(0), kind: row.text(1), id: row.text(2), attempt: row.integer(3), at: row.integer(4),
        resumes: row.optional(5).map { Int($0) }, fields: row.text(6))
      let stored =
        row.isNull(7) ? nil : (AuditTable.Row(key: [], values: (7..<14).map { row.value($0) }), row.bytes(14))
      try follow(entry, stored, &findings)
      progress()
    }
    try compareState(&findings)
  }

  // MARK: - Events

  private mutating func follow(
    _ entry: LoggedEntry, _ stored: (row: AuditTable.Row, facts: [UInt8])?, _ findings: inout Findings
  ) throws(StoreFault) {
    events += 1
    while era + 1 < timeline.eras.count, timeline.eras[era + 1].start < entry.seq {
      era += 1
      try replay.move(to: timeline.eras[era])
      formatter = timeline.eras[era].formatter
    }
    let label = "event \(entry.seq)"
    if isFirst {
      isFirst = false
      let name = FieldText.object(entry.fields)?["name"]?.text ?? ""
      if entry.kind != StoreWriter.Own.account {
        findings.add(self.name, "event", label, "comes before the account was made")
      } else if name != self.name {
        findings.add(self.name, "account", self.name, column: "name", is: "`\(self.name)`", shouldBe: "`\(name)`")
      }
    }
    var journal = Journal()
    let decision: Decision?
    do {
      decision = try replay.carryOut(entry, &journal)
    } catch let fault as StoreFault {
      throw fault
    } catch {
      findings.add(name, "event", label, "cannot be carried out again: \(AccountAudit.message(error))")
      replay.settle(entry)
      return
    }
    let check = EventAudit(statements: statements, account: name, formatter: formatter)
    let rows = JournalRows(journal, in: replay.state, replay.map)
    try compare(entry, decision, stored, check, &findings)
    try check.compare(.posting, rows.postings, of: entry.seq, &findings)
    try check.compare(.settingChange, rows.settings, of: entry.seq, &findings)
    for (book, amount) in rows.moved { posted[book, default: 0] += amount }
    if let decision, decision.isAllowed { noteAnswer(decision, at: entry.at) }
    replay.settle(entry)
    try compareNewHolds(&findings)
  }

  private static func message(_ error: any Error) -> String {
    switch error {
    case let error as EngineFault: error.message
    case let error as Refusal: error.text
    case let error as AccountReplay.Trouble: error.text
    default: "\(error)"
    }
  }

  /// What was decided.
  private func compare(
    _ entry: LoggedEntry, _ decision: Decision?, _ stored: (row: AuditTable.Row, facts: [UInt8])?,
    _ check: EventAudit, _ findings: inout Findings
  ) throws(StoreFault) {
    let label = "event \(entry.seq)"
    let attempt = decision?.isAllowed == true ? 0 : entry.seq
    if attempt != entry.attempt {
      findings.add(name, "event", label, column: "attempt", is: "\(entry.attempt)", shouldBe: "\(attempt)")
    }
    guard let decision else {
      if stored != nil { findings.add(name, "decision", label, "should not be there") }
      return
    }
    if decision.isReplay { findings.add(name, "event", label, "repeats an earlier one, of which nothing is kept") }
    guard let stored else {
      findings.add(name, "decision", label, "is missing: verdict `\(decision.verdict.rawValue)`")
      return
    }
    let expected = AuditTable.Row(
      key: [],
      values: [
        .integer(replay.policy.id), .text(decision.verdict.rawValue),
        StoredValue(decision.code(in: replay.map.program)),
        StoredValue(decision.decider(in: replay.map.program)), .integer(decision.amount), .integer(decision.covered),
        .integer(decision.absorbed),
      ])
    check.compare(.decision, stored.row, with: expected, label, &findings)
    compareFacts(entry, decision, stored.facts, &findings)
  }

  /// What the decision saw, as bytes; those of an earlier form are read and written again.
  private func compareFacts(
    _ entry: LoggedEntry, _ decision: Decision, _ stored: [UInt8], _ findings: inout Findings
  ) {
    let program = replay.engine.compiled
    let expected = decision.archived(by: program)
    if expected == stored { return }
    let label = "event \(entry.seq)"
    do throws(ArchiveFault) {
      let read = try Decision(archive: stored, event: decision.event, id: decision.id, by: program)
      if read.archived(by: program) == expected { return }
      findings.add(name, "decision", label, "facts are not what the decision saw")
    } catch {
      findings.add(name, "decision", label, "facts cannot be read: \(error.message)")
    }
  }

  /// What an answer event told the account, as `StoreWriter.noteAnswer` keeps it in the outbox.
  private mutating func noteAnswer(_ decision: Decision, at time: Int64) {
    for told in replay.map.told(decision.event, decision.fields, replay.state) {
      // A refund that the card does not take has failed, whatever the provider called it.
      let words =
        told.kind == .refund && told.state == Refund.State.failed.word ? ["declined", "failed"] : [told.state]
      // Money that arrives after a "no" has arrived.
      if answers[told.key] == nil || told.kind == .payment && answers[told.key]?.words != words {
        answers[told.key] = OutboxAudit.Answer(words: words, at: time)
      }
    }
  }

  // MARK: - What follows from them

  private var tables: TableAudit {
    TableAudit(
      statements: statements, map: replay.map, formatter: formatter, id: id, name: name, keys: replay.state.keyNames)
  }

  /// What never changes of a hold is compared when it is made: afterwards it can be relied on.
  private mutating func compareNewHolds(_ findings: inout Findings) throws(StoreFault) {
    for number in replay.records.newHolds where replay.state.holds.has(number) {
      let row = AccountRows.row(of: replay.state.holds[number], number: number, in: replay.state, replay.map)
      var expected = row.audited
      var found: AuditTable.Row?
      try statements["SELECT \(AuditTable.hold.selection) FROM hold WHERE account = ? AND n = ?"]
        .bind(1, id).bind(2, number + 1).forEach { found = AuditTable.hold.row($0) }
      guard let found else {
        findings.add(name, "hold", tables.label(.hold, expected), "is missing")
        replay.mend(hold: row)
        continue
      }
      expected.values[AuditTable.holdState] = found.values[AuditTable.holdState]
      if expected == found { continue }
      tables.compare(.hold, found, with: expected, &findings)
      replay.mend(hold: row)
    }
  }

  private func compareState(_ findings: inout Findings) throws(StoreFault) {
    let state = replay.state
    let rows = replay.records.rows(of: state, replay.map)
    try compareAccount(state, &findings)
    try tables.compare(rows, &findings)
    try compareHoldStates(&findings)
    try compareSums(&findings)
    let outbox = OutboxAudit(
      statements: statements, id: id, name: name, storeID: storeID, state: state, records: replay.records,
      engine: replay.engine, formatter: formatter, answers: answers)
    try outbox.run(&findings)
  }

  private func compareAccount(_ state: AccountState, _ findings: inout Findings) throws(StoreFault) {
    let table = AuditTable("account", by: [], [("clock", .time), ("sequence", .plain), ("holds", .plain)])
    let expected = AuditTable.Row(
      key: [], values: [.integer(state.clock), .integer(state.sequence), StoredValue(state.holds.count)])
    let found = try statements["SELECT clock, sequence, holds FROM account WHERE id = ?"].bind(1, id)
      .first { table.row($0) }
    let check = EventAudit(statements: statements, account: name, formatter: formatter)
    if let found { check.compare(table, found, with: expected, name, &findings) }
  }

  private func compareHoldStates(_ findings: inout Findings) throws(StoreFault) {
    let count = replay.records.holdCount
    var seen = 0
    var found: [(number: Int, name: String, state: String)] = []
    try statements["SELECT n, id, state FROM hold WHERE account = ? ORDER BY n"].bind(1, id).forEach { row in
      let number = Int(row.integer(0)) &- 1
      if number >= 0, number < count { seen += 1 }
      // Only what is wrong is kept: there may be very many.
      if number < 0 || number >= count || replay.records.state(ofHold: number).word != row.text(2) {
        found.append((number, row.text(1), row.text(2)))
      }
    }
    for hold in found {
      let label = "\(hold.name) (number \(hold.number &+ 1))"
      if hold.number < 0 || hold.number >= count {
        findings.add(name, "hold", label, "should not be there: state `\(hold.state)`")
      } else {
        let expected = replay.records.state(ofHold: hold.number).word
        findings.add(name, "hold", label, column: "state", is: "`\(hold.state)`", shouldBe: "`\(expected)`")
      }
    }
    if seen < count {
      findings.add(name, "hold", "all", "are \(seen), and should be \(count)")
    }
  }

  /// What must be so whatever the rules say: nothing appears and nothing vanishes.
  private func compareSums(_ findings: inout Findings) throws(StoreFault) {
    var books: [(name: String, amount: Int64)] = []
    try statements["SELECT name, amount FROM book WHERE account = ? ORDER BY name"].bind(1, id)
      .forEach { books.append(($0.text(0), $0.integer(1))) }
    let sum = books.reduce(Int128(0)) { $0 + Int128($1.amount) }
    if sum != 0 {
      findings.add(
        name, "book", "all", "sum to \(formatter.text(Int64(clamping: sum), .money)), and should sum to nothing")
    }
    for (book, amount) in books where posted[book, default: 0] != amount {
      let moved = formatter.text(posted[book, default: 0], .money)
      findings.add(name, "book", book, "has \(formatter.text(amount, .money)), and its postings come to \(moved)")
    }
    try compareLots(&findings)
  }

  private func compareLots(_ findings: inout Findings) throws(StoreFault) {
    let map = replay.map
    for (bucket, place) in map.layout.buckets.enumerated() where place.lotBook != nil {
      let bucketName = map.program.buckets[bucket].name
      let posted = max(0, replay.state.book(bucket))
      var kept: Int128 = 0
      try statements["SELECT remaining FROM lot WHERE account = ? AND bucket = ?"].bind(1, id).bind(2, bucketName)
        .forEach { kept += Int128($0.integer(0)) }
      // What was paid since is taken from lots when somebody needs to know.
      if kept < Int128(posted) {
        let (left, should) = (formatter.text(Int64(clamping: kept), .money), formatter.text(posted, .money))
        findings.add(name, "lot", bucketName, "have \(left) left in all, and the bucket has \(should)")
      }
    }
  }
}

extension AuditTable {
  /// Where among the columns of `hold` its state is.
  static let holdState = hold.columns.firstIndex { $0.name == "state" } ?? 0
}
