import Engine
import Language
import Ledger
import Values

/// One moment of a store. Only good inside of the closure that got it.
public class StoreReader {
  let store: AccountStore
  let memory: StoreMemory
  var statements: StatementCache { memory.statements }

  init(_ store: AccountStore, _ memory: StoreMemory) {
    self.store = store
    self.memory = memory
  }

  /// The policy in force, with its global settings.
  public var engine: RuleEngine {
    get throws(StoreFault) { try memory.engine() }
  }

  /// SHA-256 over its texts, as hexadecimal digits.
  public var policyHash: String {
    get throws(StoreFault) {
      guard let hash = try memory.activeHash() else { throw fault(.damaged("no policy is in force")) }
      return hash
    }
  }

  /// The texts of a policy the store has ever had; of that in force where none is named.
  ///
  /// - Parameter hash: all of its hash, or its beginning.
  public func policyFiles(hash: String? = nil) throws(StoreFault) -> [PolicyFile] {
    guard let hash else { return try memory.policyFiles(try memory.activePolicy().id) }
    var found: [Int64] = []
    try statements["SELECT id FROM policy WHERE substr(hash, 1, length(?1)) = ?1"].bind(1, hash)
      .forEach { found.append($0.integer(0)) }
    guard found.count == 1 else {
      let problem =
        found.isEmpty ? "there is no policy `\(hash)` in this store" : "several policies begin with `\(hash)`"
      throw fault(.refused(problem, help: "payg policy"))
    }
    return try memory.policyFiles(found[0])
  }

  /// The time it is: that of the machine, or of a test store's clock. Microseconds since 1970.
  public var now: Int64 { memory.testClock ?? machineTime() }

  /// Whether it is a store to try things on, whose clock stands until it is moved.
  public var isTest: Bool { memory.testClock != nil }

  func fault(_ kind: StoreFault.Kind) -> StoreFault { memory.fault(kind) }

  // MARK: - Accounts

  /// The names of all accounts, sorted.
  public func accountNames() throws(StoreFault) -> [String] {
    var names: [String] = []
    try statements["SELECT name FROM account ORDER BY name"].forEach { names.append($0.text(0)) }
    return names
  }

  public func hasAccount(_ name: String) throws(StoreFault) -> Bool {
    try statements["SELECT 1 FROM account WHERE name = ?"].bind(1, name).first { _ in true } ?? false
  }

  /// An account with everything that decisions need. Its settled holds and its answers stay in the file.
  public func account(_ name: String) throws(StoreFault) -> AccountState { try memory.account(name).state }

  // MARK: - History

  /// Events, the newest first. Nil stands for any.
  ///
  /// - Parameters:
  ///   - before, after: only those with lower, and higher, numbers.
  ///   - start, end: only those that count as of `start` or later and before `end`, in microseconds since 1970. All that the
  ///     other conditions leave are read for it until there are enough.
  ///   - verdict: `allowed`, `denied`, `conflict`, `waiting`
  ///   - oldestFirst: the other way round.
  public func events(
    account: String? = nil, kind: String? = nil, id: String? = nil, before: Int64? = nil, after: Int64? = nil,
    from start: Int64? = nil, to end: Int64? = nil, verdict: String? = nil, oldestFirst: Bool = false, limit: Int
  ) throws(StoreFault) -> [StoredEvent] {
    var conditions: [String] = []
    if account != nil { conditions.append("event.account = ?1") }
    if kind != nil { conditions.append("event.kind = ?2") }
    if id != nil { conditions.append("event.id = ?3") }
    if before != nil { conditions.append("event.seq < ?4") }
    if after != nil { conditions.append("event.seq > ?5") }
    if verdict != nil { conditions.append("decision.verdict = ?6") }
    let place = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    let statement = try statements[
      """
      SELECT event.seq, account.name, event.kind, event.id, event.at, event.recorded_at, event.fields, decision.verdict,
        decision.code, decision.decider, decision.amount, policy.hash, substr(decision.facts, 1, 24)
      FROM event LEFT JOIN account ON account.id = event.account LEFT JOIN decision ON decision.event = event.seq
        LEFT JOIN policy ON policy.id = decision.policy
      \(place) ORDER BY event.seq \(oldestFirst ? "ASC" : "DESC")
      """]
    if let account { statement.bind(1, try memory.account(account).id) }
    if let kind { statement.bind(2, kind) }
    if let id { statement.bind(3, id) }
    if let before { statement.bind(4, before) }
    if let after { statement.bind(5, after) }
    if let verdict { statement.bind(6, verdict) }
    var events: [StoredEvent] = []
    if limit <= 0 { return events }
    try statement.walk { (row) throws(StoreFault) -> Bool in
      let countedAt = row.isNull(12) ? nil : Decision.time(inArchive: row.bytes(12))
      let time = countedAt ?? row.integer(4)
      if time < start ?? time || time >= end ?? Int64.max { return true }
      events.append(
        StoredEvent(
          seq: row.integer(0), account: row.optionalText(1), kind: row.text(2), id: row.text(3), at: row.integer(4),
          recordedAt: row.integer(5), fields: row.text(6), verdict: row.optionalText(7), code: row.optionalText(8),
          decider: row.optionalText(9), amount: row.integer(10), policyHash: row.optionalText(11),
          countedAt: countedAt))
      return events.count < limit
    }
    return events
  }

  /// Whether an event is in the history of an account by its id, whatever came of it.
  ///
  /// - Throws: `refused` where the id was used for something else.
  public func isKnown(_ call: EventCall, account: String) throws(StoreFault) -> Bool {
    let map = try memory.activePolicy().map
    let found = try statements[
      "SELECT at, fields FROM event WHERE id = ? AND account = ? AND kind = ? ORDER BY attempt LIMIT 1"
    ]
    .bind(1, call.id).bind(2, try memory.account(account).id).bind(3, map.program.events[call.event].name)
    .first { ($0.integer(0), $0.text(1)) }
    guard let (at, json) = found else { return false }
    guard let earlier = FieldText(map: map).call(call.event, id: call.id, at: at, json: json) else {
      throw fault(.damaged("an event `\(call.id)` cannot be read"))
    }
    if at != call.at {
      throw fault(
        .refused(
          "the id `\(call.id)` was used before for another time: \(Instant(microseconds: at))",
          help: "give what is new an id of its own; rows without one have the file's name in theirs: --name"))
    }
    for (form, (value, before)) in zip(map.fieldForms[call.event], zip(call.fields, earlier.fields)) {
      // A record may be called by its id or by its key, a member of an enumeration by its number.
      switch (value, before) {
      case (.number(let one), .number(let other)) where one != other: break
      case (.text(let one), .text(let other)) where one != other:
        if case .record = form.type { continue }
      default: continue
      }
      throw fault(
        .refused(
          "the id `\(call.id)` was used before with another `\(form.name)`", help: "give what is new an id of its own"))
    }
    return true
  }

  /// The decision about an event with the engine that took it; nil where nothing was decided.
  public func decision(of event: Int64) throws(StoreFault) -> (decision: Decision, engine: RuleEngine)? {
    guard let found = try stored(decision: event) else { return nil }
    return (found.decision, found.policy.engine)
  }

  func stored(decision event: Int64) throws(StoreFault) -> (decision: Decision, policy: StoredPolicy)? {
    let found = try statements[
      """
      SELECT decision.policy, decision.facts, event.kind, event.id FROM decision JOIN event ON event.seq = decision.event
      WHERE decision.event = ?
      """
    ].bind(1, event).first { ($0.integer(0), $0.bytes(1), $0.text(2), $0.text(3)) }
    guard let (number, bytes, kind, id) = found else { return nil }
    let policy = try memory.policy(number)
    guard let index = policy.map.event(named: kind) else {
      throw fault(.damaged("decision \(event) is about an event `\(kind)` that its policy does not have"))
    }
    do throws(ArchiveFault) {
      return (try Decision(archive: bytes, event: index, id: id, by: policy.engine.compiled), policy)
    } catch {
      throw fault(.damaged("decision \(event): \(error.message)"))
    }
  }

  // MARK: - Outbox

  /// Requests to the payment provider that have no answer, the oldest first.
  public func outbox() throws(StoreFault) -> [OutboxEntry] {
    var entries: [OutboxEntry] = []
    try statements["\(StoreReader.entry) WHERE outbox.answer IS NULL ORDER BY outbox.event, outbox.kind, outbox.n"]
      .forEach { entries.append(StoreReader.entry(of: $0)) }
    return entries
  }

  /// One request, whether it has an answer or not.
  func entry(_ key: String) throws(StoreFault) -> (entry: OutboxEntry, answer: String?)? {
    try statements["\(StoreReader.entry) WHERE outbox.key = ?"].bind(1, key)
      .first { (StoreReader.entry(of: $0), $0.optionalText(10)) }
  }

  private static let entry = """
    SELECT outbox.kind, outbox.key, outbox.amount, outbox.card, account.name, outbox.payment, outbox.event, outbox.n,
      outbox.sent, outbox.sent_at, outbox.answer, outbox.fault
    FROM outbox JOIN account ON account.id = outbox.account
    """

  private static func entry(of row: RawStatement) -> OutboxEntry {
    OutboxEntry(
      request: ProviderRequest(
        kind: row.text(0) == "refund" ? .refund : .collect, key: row.text(1), amount: row.integer(2), card: row.text(3),
        account: row.text(4), payment: row.text(5)),
      event: row.integer(6), record: row.index(7), sent: Int(row.integer(8)), sentAt: row.optional(9),
      fault: row.optionalText(11))
  }
}

/// One entry of the history.
public struct StoredEvent: Sendable, Hashable {
  public var seq: Int64
  /// Nil: it concerns every account.
  public var account: String?
  /// `request`; one of the store's own begins with an `@`.
  public var kind: String
  public var id: String
  /// The time it names, and when it was recorded. Microseconds since 1970.
  public var at: Int64
  public var recordedAt: Int64
  /// JSON.
  public var fields: String
  /// `allowed`, `denied`, `conflict`, `waiting`; nil where nothing was decided.
  public var verdict: String?
  public var code: String?
  public var decider: String?
  /// Nano-dollars.
  public var amount: Int64
  public var policyHash: String?
  /// The time it counted as, where something was decided: that of the account's clock for an event that came late.
  public var countedAt: Int64?

  /// Whether it counted as of another time than it names.
  public var isLate: Bool { countedAt.map { $0 > at } ?? false }
}

/// A request to the payment provider, kept before it is sent.
public struct OutboxEntry: Sendable, Hashable {
  public var request: ProviderRequest
  /// The event that asked.
  public var event: Int64
  /// The number of the payment or refund in its account, from 0.
  public var record: Int
  /// How often it was sent, and when last.
  public var sent: Int
  public var sentAt: Int64?
  /// Why nobody knows yet.
  public var fault: String?
}
