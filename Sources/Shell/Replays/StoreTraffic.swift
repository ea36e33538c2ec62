import Backtest
import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

/// A period of a store's own history as traffic. Accounts begin as they were just before their first entry in it.
///
/// Each candidate rules from the beginning of the period: changes of the policy within it are left out. Late events count as
/// they did, by their account's clock. What the payment provider said then it says now.
public final class StoreTraffic: TrafficHistory {
  public let name: String
  public let program: Program
  let window: Window
  /// Entries after this one are of a later moment.
  let last: Int64
  let accounts: [String]
  let global: [StoredSettingChange]
  let asking: AccountStore
  private let open: @Sendable () throws -> AccountStore
  private let readers: Int
  private let state: Guarded<State>

  struct State: Sendable {
    var notes: [String] = []
    var unreadable: [String: Int] = [:]
    var beginnings: [String: Beginning] = [:]
  }

  /// Where an account begins.
  struct Beginning: Sendable {
    /// Its first entry of the period.
    var first: Int64
    /// Nothing happened to it before.
    var isNew: Bool
    var cards: [String: ProviderAnswer]
  }

  /// - Parameters:
  ///   - window: `[start, end)`, in microseconds since 1970, by the times that entries count as.
  ///   - name: what people call the period.
  ///   - readers: how many parts it is read in; each opens the store once more.
  ///   - open: opens the store for reading.
  public init(
    _ window: Window, named name: String, readers: Int = 2, open: @escaping @Sendable () throws -> AccountStore
  ) throws {
    self.window = window
    self.name = name
    self.open = open
    self.readers = max(1, readers)
    let store = try open()
    asking = store
    let (program, last, accounts, global, notes) = try store.read { reader in
      let last = try reader.events(limit: 1).first?.seq ?? 0
      let global = try reader.settingChanges(account: nil).filter { $0.event <= last }
      // The first one made the store what it is.
      let first = try reader.events(kind: StoreWriter.Own.policy, oldestFirst: true, limit: 1).first?.seq ?? 0
      let policies = try reader.events(kind: StoreWriter.Own.policy, limit: 1_000)
        .filter { $0.at >= window.start && $0.at < window.end && $0.seq > first }
      var notes: [String] = []
      if !policies.isEmpty {
        notes.append(
          "the policy was changed \(Count.text(policies.count, "time")) in this period; "
            + "each candidate rules from its beginning")
      }
      notes.append(
        "payments are answered as they were; a charge that was not asked for then is answered as its card was last, "
          + "and else paid")
      return (try reader.engine.program, last, try reader.accountNames(), global, notes)
    }
    self.program = program
    self.last = last
    self.accounts = accounts
    self.global = global
    state = Guarded(State(notes: notes))
  }

  public var count: Int? { nil }

  public var notes: [String] {
    state.with { state in
      state.notes
        + state.unreadable.sorted { $0.key < $1.key }.map {
          "\(Count.text($0.value, "entry", "entries")) left out: \($0.key)"
        }
    }
  }

  public func parts() throws -> [any TrafficPart] {
    let count = min(readers, max(1, accounts.count))
    return try (0..<count).map { number in
      let own = stride(from: number, to: accounts.count, by: count).map { accounts[$0] }
      return Part(self, number == 0 ? asking : try open(), own)
    }
  }

  public func opening(of account: String, under candidate: Candidate) throws -> Opening {
    guard let beginning = state.with({ $0.beginnings[account] }) else {
      throw BacktestFault.opening(account: account, candidate: candidate.name, reason: "nothing is known of it")
    }
    do {
      return try asking.read { reader in
        let engine = try reader.candidate(candidate.engine, at: .before(beginning.first))
        let state =
          beginning.isNew
          ? engine.newAccount() : try reader.account(account, at: .before(beginning.first), under: engine)
        return Opening(account: state, engine: engine, cards: beginning.cards)
      }
    } catch let fault as StoreFault {
      throw BacktestFault.opening(account: account, candidate: candidate.name, reason: fault.message)
    }
  }

  func begin(_ account: String, _ beginning: Beginning) { state.with { $0.beginnings[account] = beginning } }

  func leaveOut(_ reason: String) { state.with { $0.unreadable[reason, default: 0] += 1 } }

  /// Reads some of the accounts, one after another.
  private final class Part: TrafficPart {
    let traffic: StoreTraffic
    let store: AccountStore
    let accounts: [String]
    var opened = 0
    var reading: AccountReading?

    init(_ traffic: StoreTraffic, _ store: AccountStore, _ accounts: [String]) {
      self.traffic = traffic
      self.store = store
      self.accounts = accounts
    }

    var progress: (part: Int, whole: Int?) { (opened, accounts.count) }

    func next() throws -> [Occurrence]? {
      while reading == nil {
        guard opened < accounts.count else { return nil }
        reading = try store.read { reader in try AccountReading(accounts[opened], traffic, reader) }
        opened += 1
      }
      guard var reading else { return nil }
      let found = try store.read { reader in try reading.next(reader) }
      self.reading = reading.isAtEnd ? nil : reading
      return found
    }
  }
}
