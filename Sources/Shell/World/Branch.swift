import Engine
import Lab
import Language
import Ledger
import Store

/// What would be if some things had happened: the store at a moment, and a list of hypothetical changes. Kept in memory, never
/// written.
///
/// After each step everything it may have changed is kept as it is then. Accounts are values that share what they have in common,
/// so going back is exact and costs nothing.
public final class Branch {
  public let name: String
  /// What it stands on: what others write later is behind it.
  public let base: Coordinates
  /// The same as its user said it.
  public let asked: Coordinates
  /// What it begins with: a policy that was asked for, and nothing else that is not in the store.
  private let start: State
  public private(set) var steps: [Step] = []
  /// Steps that were undone, the next to be done again last.
  public private(set) var undone: [Step] = []

  /// Everything a step may change.
  public struct State {
    /// The accounts that are no longer as they were.
    public var accounts: [String: World.Standing] = [:]
    /// Accounts that are nowhere in the store.
    public var made: Set<String> = []
    /// Set once a policy was edited, reformed or chosen, or a global setting changed.
    public var engine: RuleEngine?
    public var policyHash: String?
    /// What the policy is made of, where it is none of the store's.
    public var texts: PolicyTexts?
    public var clock: Int64?
    /// What the payment provider will say to the next questions about an account, before it pays.
    public var upcoming: [String: [ProviderAnswer]] = [:]

    public init() {}
  }

  public struct Step {
    /// As a scenario has it behind `when`, or another change; with how often, where that is more than once.
    public var line: String
    /// The line of one time.
    public var deed: String
    /// How often it was done.
    public var count: Int
    public var account: String?
    /// What came of it, one for each time it was done.
    public var answers: [SimulatedAnswer]
    public var tally: Tally
    /// What is said about it besides.
    public var notes: [String]
    public var before: World.Standing?
    /// What the payment provider was about to say.
    var upcoming: [ProviderAnswer] = []
    /// What it moved in books, in order.
    var moved: [Moved] = []
    /// The rules it was made under, where it has no answers that say so.
    var program: Program?
    /// The deeds of a history that is carried out once more, with the answer that each gave.
    var replayed: [(deed: Replayed, answer: Int?)] = []
    public var after: State

    /// One transaction, and the answer it belongs to, by its place among those of the step.
    struct Moved {
      var account: String
      var answer: Int?
      var transaction: Transaction
    }

    init(
      _ line: String, deed: String? = nil, count: Int = 1, account: String? = nil, notes: [String] = [],
      before: World.Standing? = nil,
      after: State
    ) {
      self.line = line
      self.deed = deed ?? line
      self.count = count
      self.account = account
      self.notes = notes
      self.before = before
      self.after = after
      (answers, tally) = ([], Tally())
    }

    /// The account just before one of the times, from 0.
    func standing(before time: Int) throws -> World.Standing? {
      guard var standing = before, time > 0 else { return before }
      let simulation = Simulation(standing.state, engine: standing.engine, at: standing.at)
      if !replayed.isEmpty {
        for (deed, answer) in replayed {
          if answer == time { break }
          _ = try deed.perform(on: simulation)
        }
        (standing.state, standing.engine, standing.at) = (simulation.account, simulation.engine, simulation.clock)
        return standing
      }
      simulation.upcoming = upcoming
      try Stage.translated { try simulation.when(deed, times: time) { _ in } }
      (standing.state, standing.at) = (simulation.account, simulation.clock)
      return standing
    }
  }

  init(
    _ name: String, base: Coordinates, asked: Coordinates? = nil, start: State = State(), steps: [Step] = []
  ) {
    self.name = name
    self.base = base
    self.asked = asked ?? base
    self.start = start
    self.steps = steps
  }

  public var current: State { steps.last?.after ?? start }

  /// The same under another name.
  func copy(named name: String) -> Branch { Branch(name, base: base, asked: asked, start: start, steps: steps) }

  /// Goes on. What was undone is gone.
  func add(_ steps: [Step]) {
    self.steps += steps
    undone = []
  }

  /// - Returns: the steps that were taken back, the last first.
  func undo(_ count: Int) -> [Step] {
    let back = Array(steps.suffix(max(0, count)).reversed())
    steps.removeLast(back.count)
    undone += back
    return back
  }

  /// - Returns: the steps that were done again, in order.
  func redo(_ count: Int) -> [Step] {
    let again = Array(undone.suffix(max(0, count)).reversed())
    undone.removeLast(again.count)
    steps += again
    return again
  }

  /// Begins anew.
  ///
  /// - Returns: the steps that are gone.
  func reset() -> [Step] {
    let gone = steps
    (steps, undone) = ([], [])
    return gone
  }
}

extension Branch.State {
  /// An account as it stands here.
  func standing(of name: String, in world: World) throws -> World.Standing {
    if var changed = accounts[name] {
      if let engine { changed.engine = engine }
      changed.at = max(changed.at, clock ?? changed.at)
      return changed
    }
    let moment = try world.moment
    var standing = try world.base(name, at: moment, under: nil)
    if let engine, let policyHash {
      if policyHash != standing.policyHash {
        standing.state = try world.reader.account(name, at: moment, under: engine)
        standing.policyHash = policyHash
      }
      standing.engine = engine
    } else if let engine {
      standing.engine = engine
    }
    standing.at = max(standing.at, clock ?? standing.at)
    return standing
  }
}
