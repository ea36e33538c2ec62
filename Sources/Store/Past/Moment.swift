import Engine
import Ledger

extension StoreReader {
  /// A place in the history.
  public enum Moment: Sendable, Hashable {
    case now
    /// Just before an event, by its number, and just after it.
    case before(Int64)
    case after(Int64)
    /// Everything that counts as of then or earlier, in microseconds since 1970. An event that came late counts as of its
    /// account's clock.
    case time(Int64)
  }

  /// An account as it was, with the rules of then.
  public struct PastAccount: Sendable {
    public var state: AccountState
    /// The policy of then, with its global settings as they were.
    public var engine: RuleEngine
    /// SHA-256 over the texts of that policy.
    public var policyHash: String
    /// The number of the last event of the account that is in it; nil for an account nothing happened to.
    public var lastEvent: Int64?
    /// The time it is then, in microseconds since 1970. The account's own clock may stand earlier.
    public var at: Int64
    /// The states of its holds then, those that are not at hand among them.
    var records: ReplayedRecords?

    public init(state: AccountState, engine: RuleEngine, policyHash: String, lastEvent: Int64?, at: Int64) {
      self.state = state
      self.engine = engine
      self.policyHash = policyHash
      self.lastEvent = lastEvent
      self.at = at
    }
  }
}
