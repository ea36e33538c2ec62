import Engine
import Language
import Ledger

/// What a statement needs beside the file while it runs: who may stop it, and accounts as they are at its moment.
final class QuerySession {
  let store: AccountStore
  unowned let query: StoreQuery
  let guardian = QueryGuard()
  /// Why the statement has to end.
  private(set) var stop: QueryFault?
  var scope: QueryScope
  private var isInterrupted: (() -> Bool)?
  private var deadline: ContinuousClock.Instant?
  private var seconds = 0
  /// Accounts that were asked for lately.
  private var accounts: [String: StoreReader.PastAccount?] = [:]
  private var given = Set<String>()
  private var policies: [Int64: StoredPolicy] = [:]

  private static let accountLimit = 200

  init(_ query: StoreQuery, _ scope: QueryScope) {
    self.query = query
    store = query.store
    self.scope = scope
  }

  // MARK: - Time

  func begin(seconds: Int, isInterrupted: @escaping () -> Bool) {
    stop = nil
    self.seconds = seconds
    self.isInterrupted = isInterrupted
    deadline = .now + .seconds(max(0, seconds))
    accounts = [:]
    given = []
  }

  func end() { isInterrupted = nil }

  var mustStop: Bool {
    if stop != nil { return true }
    if isInterrupted?() ?? false {
      stop = QueryFault(.interrupted, "the statement was interrupted")
    } else if let deadline, ContinuousClock.now > deadline {
      stop = QueryFault(
        .timeout, "the statement took longer than \(seconds) s",
        help: "name an account, or add a limit: where account = 'acme' … limit 100")
    }
    return stop != nil
  }

  func check() throws(QueryFault) { if mustStop, let stop { throw stop } }

  /// Ends the statement with what a function met.
  func fail(_ error: any Error) {
    if stop != nil { return }
    switch error {
    case let fault as QueryFault: stop = fault
    case let fault as StoreFault: stop = QueryFault(.failed, fault.message, help: fault.help, cause: fault)
    default: stop = QueryFault(.failed, "\(error)", cause: error)
    }
  }

  // MARK: - Accounts

  /// An account at the moment, on the branch; nil for one that was not there then.
  func account(_ name: String) throws -> StoreReader.PastAccount? {
    if let known = accounts[name] { return known }
    try check()
    var found: StoreReader.PastAccount?
    do {
      found = try query.world.account(name)
      if found != nil { given.insert(name) }
      found =
        try found
        ?? store.read { reader in
          try reader.account(name, at: scope.moment, progress: { [self] _, _ in try check() })
        }
    } catch let fault as StoreFault {
      switch fault.kind {
      // Made on the branch, or later.
      case .unknownAccount: break
      case .refused:
        guard try store.read({ try $0.hasAccount(name, at: scope.moment) }) else { break }
        throw QueryFault(.failed, "`\(name)`: \(fault.message)", help: fault.help)
      default: throw fault
      }
    }
    if accounts.count >= QuerySession.accountLimit { accounts = [:] }
    accounts[name] = .some(found)
    return found
  }

  /// Whether the world gave the account as it is.
  func isGiven(_ name: String) -> Bool { given.contains(name) }

  /// The rules that acted, by name.
  func firedRules(_ facts: [UInt8], policy number: Int64, kind: String) throws -> [String] {
    let policy: StoredPolicy
    if let known = policies[number] {
      policy = known
    } else {
      policy = try store.read { try $0.memory.policy(number) }
      policies[number] = policy
    }
    guard let event = policy.map.event(named: kind) else { return [] }
    let decision = try Decision(archive: facts, event: event, id: "", by: policy.engine.compiled)
    return decision.firedRules.map { policy.map.program.rules[$0].name }
  }
}

/// What views are made for: they are made anew where it changes.
struct QueryScope {
  var moment: StoreReader.Moment
  /// The time it is then, and the rules of then.
  var at: Int64
  var engine: RuleEngine
  /// The number of the last event of the file.
  var lastEvent: Int64
  var hasOverlay: Bool
  /// Views whose rows the caller gives.
  var given: Set<String> = []

  /// Whether the rows of the file say what accounts have.
  var isPlain: Bool { moment == .now && !hasOverlay }
}
