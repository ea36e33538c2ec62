import Engine
import Language
import Ledger

/// Traffic to be replayed, and the accounts it begins with: a period of a store, a file of events, a branch.
///
/// What it says must not depend on when or on which thread it is asked.
public protocol TrafficHistory: Sendable {
  /// What people know it by: `2026-10`, `usage.csv`.
  var name: String { get }
  /// The rules its calls are written for: the indices of their events and fields are this program's.
  var program: Program { get }
  /// How many occurrences there are, where that is known beforehand.
  var count: Int? { get }
  /// What its reader should know: rows that could not be read, policies that changed within it. Asked for at the end.
  var notes: [String] { get }
  /// Readers of its parts. An account stands in one part only, and its occurrences in the order they happened; parts are read
  /// side by side, each by one thread at a time.
  func parts() throws -> [any TrafficPart]
  /// An account as it was when the traffic begins. Asked for once per candidate, when the account comes up first.
  ///
  /// - Throws: where the candidate has no place for something it has.
  func opening(of account: String, under candidate: Candidate) throws -> Opening
}

/// A reader of some accounts' occurrences.
public protocol TrafficPart: AnyObject {
  /// The next ones, in batches of any size; nil at the end.
  func next() throws -> [Occurrence]?
  /// How far it is, in a unit of its own: bytes, rows. `whole` is nil where nobody knows.
  var progress: (part: Int, whole: Int?) { get }
}

/// An account at the beginning of the traffic.
public struct Opening: Sendable {
  public var account: AccountState
  /// The candidate's engine with the global settings of then; nil: as the candidate has them.
  public var engine: RuleEngine?
  /// What the provider says to charges of a card that the history asked nothing for at that moment. A card that is not here is
  /// charged.
  public var cards: [String: ProviderAnswer]

  public init(account: AccountState, engine: RuleEngine? = nil, cards: [String: ProviderAnswer] = [:]) {
    self.account = account
    self.engine = engine
    self.cards = cards
  }
}
