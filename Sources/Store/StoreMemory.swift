import Diagnostics
import Engine
import GRDB
import Language
import Ledger
import Values

/// What a connection keeps between transactions: prepared statements, compiled policies, accounts as they were last seen.
///
/// Accounts are good for as long as no other program has written; SQLite tells.
final class StoreMemory {
  let statements: StatementCache
  let table: AccountTable
  private unowned let store: AccountStore
  private var policies: [Int64: StoredPolicy] = [:]
  private(set) var active: StoredPolicy?
  private var activeEngine: RuleEngine?
  private var accounts: [String: CachedAccount] = [:]
  private var seenVersion: Int64 = -1
  private(set) var past = PastMemory()
  /// The number of the last event.
  var lastEvent: Int64 = 0
  /// The sum kept with it.
  var lastSum: Int64 = 0
  /// The time of a test store.
  private(set) var testClock: Int64?

  /// So many accounts are kept; the next transaction lets go of all.
  private static let accountLimit = 50_000

  init(_ store: AccountStore, _ database: Database) throws(StoreFault) {
    self.store = store
    statements = StatementCache(database, path: store.path)
    table = AccountTable(statements: statements)
  }

  /// Looks whether anybody else has written since the last transaction. To be called at the beginning of each.
  func refresh() throws(StoreFault) {
    (lastEvent, lastSum) =
      try statements["SELECT seq, sum FROM event ORDER BY seq DESC LIMIT 1"].first { ($0.integer(0), $0.integer(1)) }
      ?? (0, 0)
    if accounts.count > StoreMemory.accountLimit { accounts.removeAll() }
    let version = try statements["PRAGMA data_version"].first { $0.integer(0) } ?? 0
    if version == seenVersion { return }
    forget()
    seenVersion = version
    testClock = try statements["SELECT test_clock FROM store"].first { $0.optional(0) } ?? nil
  }

  /// Nothing that is remembered can be relied on any more.
  func forget() {
    accounts.removeAll()
    active = nil
    activeEngine = nil
    past = PastMemory()
    seenVersion = -1
  }

  func fault(_ kind: StoreFault.Kind) -> StoreFault { StoreFault(kind, path: store.path) }

  // MARK: - Policies

  /// The policy in force and its engine, with the global settings as they are.
  func engine() throws(StoreFault) -> RuleEngine {
    if let activeEngine { return activeEngine }
    let policy = try activePolicy()
    var engine = policy.engine
    let texts = FieldText(map: policy.map)
    try statements["SELECT name, value FROM global_setting"].forEach { row throws(StoreFault) in
      guard let index = policy.engine.compiled.setting(named: row.text(0)),
        let value = texts.number(row.value(1), of: index, cards: [], keys: [])
      else { return }
      engine.keep(global: index, value)
    }
    activeEngine = engine
    return engine
  }

  func activePolicy() throws(StoreFault) -> StoredPolicy {
    if let active { return active }
    guard let id = try statements["SELECT policy FROM active_policy"].first({ $0.integer(0) }) else {
      throw fault(.damaged("no policy is in force"))
    }
    let policy = try policy(id)
    active = policy
    return policy
  }

  /// The hash of the policy in force, whether it can be compiled here or not; nil before there is one.
  func activeHash() throws(StoreFault) -> String? {
    try statements["SELECT policy.hash FROM active_policy JOIN policy ON policy.id = active_policy.policy"]
      .first { $0.text(0) }
  }

  /// A policy the store has, compiled once.
  func policy(_ id: Int64) throws(StoreFault) -> StoredPolicy {
    guard let hash = try statements["SELECT hash FROM policy WHERE id = ?"].bind(1, id).first({ $0.text(0) }) else {
      throw fault(.damaged("there is no policy number \(id)"))
    }
    // The transaction that had brought it may have been taken back, and another have the number now.
    if let known = policies[id], known.hash == hash { return known }
    let files = try policyFiles(id)
    let engine: RuleEngine
    do throws(PolicyFault) {
      engine = try store.compile(files)
    } catch {
      throw fault(.brokenPolicy(error.message))
    }
    // One wrong letter would decide by other rules, in the name of the right ones.
    guard engine.program.hash == hash else {
      throw fault(.damaged("the texts of policy \(hash.prefix(12)) are not those that were put in force"))
    }
    let policy = StoredPolicy(id: id, hash: hash, engine: engine)
    policies[id] = policy
    return policy
  }

  func policyFiles(_ id: Int64) throws(StoreFault) -> [PolicyFile] {
    var files: [PolicyFile] = []
    try statements["SELECT name, text FROM policy_file WHERE policy = ? ORDER BY name"].bind(1, id)
      .forEach { files.append(PolicyFile(name: $0.text(0), bytes: $0.bytes(1))) }
    return files
  }

  func use(_ policy: StoredPolicy) {
    policies[policy.id] = policy
    active = policy
    activeEngine = nil
    accounts.removeAll()
  }

  /// A global setting has changed.
  func use(globalsOf engine: RuleEngine) { activeEngine = engine }

  func use(testClock: Int64) { self.testClock = testClock }

  // MARK: - Accounts

  func account(_ name: String) throws(StoreFault) -> CachedAccount {
    if let known = accounts[name] { return known }
    guard let id = try statements["SELECT id FROM account WHERE name = ?"].bind(1, name).first({ $0.integer(0) }) else {
      throw fault(.unknownAccount(name, nearest: try nearest(to: name)))
    }
    let account = CachedAccount(id: id, name: name, state: try load(id, name))
    accounts[name] = account
    return account
  }

  private func load(_ id: Int64, _ name: String) throws(StoreFault) -> AccountState {
    guard let rows = try table.rows(of: id) else { throw fault(.damaged("the account `\(name)` has no row")) }
    let map = try activePolicy().map
    do throws(AccountRows.Misfit) {
      return try rows.state(map)
    } catch {
      throw fault(.damaged("account `\(name)`: \(error.message)"))
    }
  }

  private func nearest(to name: String) throws(StoreFault) -> String? {
    // Only names that begin alike are looked at: there may be very many.
    let start = String(name.prefix(2))
    var found: [String] = []
    try statements["SELECT name FROM account WHERE name >= ?1 AND name < ?1 || char(1114111) LIMIT 1000"]
      .bind(1, start).forEach { found.append($0.text(0)) }
    return Suggestion.nearest(name, in: found)
  }
}

/// A policy that a store keeps, ready to run.
final class StoredPolicy {
  let id: Int64
  let hash: String
  let engine: RuleEngine
  let map: SlotMap

  init(id: Int64, hash: String, engine: RuleEngine) {
    self.id = id
    self.hash = hash
    self.engine = engine
    map = SlotMap(engine.compiled)
  }
}

/// An account in memory, beside what its rows say.
final class CachedAccount {
  let id: Int64
  let name: String
  var state: AccountState
  /// As its rows are.
  var saved: AccountState
  var isChanged = false

  init(id: Int64, name: String, state: AccountState) {
    self.id = id
    self.name = name
    self.state = state
    saved = state
  }
}
