import Engine
import Language
import Ledger
import Store
import Values

/// All accounts at one moment, on one branch, under one policy: what a verb looks at. Good for one answer.
public final class World {
  public let coordinates: Coordinates
  /// The store, at one moment of its own.
  public let reader: StoreReader
  let session: Session
  private var known: [String: Standing] = [:]
  private var chosen: PolicyChoice?
  private var past: (engine: RuleEngine, policyHash: String)?

  /// An account as it stands in a world.
  public struct Standing {
    public var name: String
    public var state: AccountState
    /// What decides about it, with the global settings of then.
    public var engine: RuleEngine
    public var policyHash: String
    /// The time it is, in microseconds since 1970; never before what has happened to the account.
    public var at: Int64
  }

  init(_ coordinates: Coordinates, _ reader: StoreReader, _ session: Session) {
    self.coordinates = coordinates
    self.reader = reader
    self.session = session
  }

  /// The branch that is looked at.
  public var branch: Branch? {
    get throws {
      guard let name = coordinates.branch else { return nil }
      let branch = try session.branch(name)
      if coordinates.moment != .now, coordinates.moment != branch.base.moment {
        throw Complaint(
          message: "the branch `\(name)` has a time of its own",
          help: "switch main, then ask again; or: clock forward 1 day")
      }
      return branch
    }
  }

  /// The place in the history that everything stands on.
  var moment: StoreReader.Moment {
    get throws {
      guard let branch = try branch else { return coordinates.moment }
      // As long as nobody wrote anything since, that is how things stand now.
      if branch.asked.moment == .now, case .after(reader.lastEvent) = branch.base.moment { return .now }
      return branch.base.moment
    }
  }

  /// The policy of `under`; nil for the one that was in force, and for that of a branch.
  func choice() throws -> PolicyChoice? {
    if let chosen { return chosen }
    guard let name = coordinates.policy else { return nil }
    if let branch = try branch {
      if branch.asked.policy == name { return nil }
      throw Complaint(
        message: "a branch and `under` cannot be combined", help: "put the branch under it: policy \(name)")
    }
    let choice = try session.policy(name, reader, at: moment)
    chosen = choice
    return choice
  }

  /// The policy of `under` as it is asked about one event: reforms lie over what was in force at its moment, and the global
  /// settings are those of then. `current` is the policy that is in force where one looks from.
  func choice(at event: StoreReader.Moment) throws -> PolicyChoice? {
    guard var choice = try choice() else { return nil }
    guard choice.name == "current" else { return try session.policy(choice.name, reader, at: event) }
    if try reader.engine(at: event).policyHash == choice.hash { return choice }
    let engine = try session.compiled(session.keptTexts(choice.hash, reader), called: choice.name)
    choice.engine = try reader.candidate(engine, at: event)
    return choice
  }

  private func ofThen() throws -> (engine: RuleEngine, policyHash: String) {
    if let past { return past }
    let moment = try moment
    let found = moment == .now ? (try reader.engine, try reader.policyHash) : try reader.engine(at: moment)
    past = found
    return found
  }

  /// What decides where no account is asked about.
  public var engine: RuleEngine {
    get throws {
      if let choice = try choice() { return choice.engine }
      return try branch?.current.engine ?? ofThen().engine
    }
  }

  public var policyHash: String {
    get throws {
      if let choice = try choice() { return choice.hash }
      return try branch?.current.policyHash ?? ofThen().policyHash
    }
  }

  public var program: Program { get throws { try engine.program } }

  /// The time it is.
  public var now: Int64 {
    get throws {
      if let clock = try branch?.current.clock { return clock }
      switch try moment {
      case .now: return reader.now
      case .time(let time): return time
      case .before(let event), .after(let event):
        let number = event == Int64.max ? event : event + 1
        guard let found = try reader.events(before: number, limit: 1).first else { return reader.now }
        return found.countedAt ?? found.at
      }
    }
  }

  // MARK: - Accounts

  /// Names of accounts, sorted; those that a branch made are among them.
  public func accountNames(limit: Int = Int.max) throws -> [String] {
    let made = try branch?.current.made ?? []
    let moment = try moment
    var kept: [String] = []
    if moment == .now {
      kept = try limit == Int.max ? reader.accountNames() : reader.accountNames(prefix: "", limit: limit)
    } else {
      for name in try reader.accountNames() where kept.count < limit {
        if session.console.interrupts.hasCome() { throw Cancelled() }
        if try reader.hasAccount(name, at: moment) { kept.append(name) }
      }
    }
    return made.isEmpty ? kept : Array((kept + made).sorted().prefix(limit))
  }

  public func hasAccount(_ name: String) throws -> Bool {
    try branch?.current.made.contains(name) == true || reader.hasAccount(name)
  }

  public func account(_ name: String) throws -> Standing {
    if let found = known[name] { return found }
    let standing = try load(name)
    known[name] = standing
    return standing
  }

  private func load(_ name: String) throws -> Standing {
    if let branch = try branch { return try branch.current.standing(of: name, in: self) }
    return try base(name, at: coordinates.moment, under: choice())
  }

  /// An account without any branch.
  func base(_ name: String, at moment: StoreReader.Moment, under choice: PolicyChoice?) throws -> Standing {
    let past = try reader.account(name, at: moment, progress: session.progress("replaying \(name)"))
    var at = past.at
    if case .now = moment { at = past.state.effectiveTime(reader.now) }
    guard let choice, choice.hash != past.policyHash else {
      return Standing(name: name, state: past.state, engine: past.engine, policyHash: past.policyHash, at: at)
    }
    let state = try reader.account(name, at: moment, under: choice.engine)
    return Standing(name: name, state: state, engine: choice.engine, policyHash: choice.hash, at: at)
  }
}
