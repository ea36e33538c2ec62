import Engine

/// What views show beyond the rows of the file: asked row by row, never inside of a transaction of the store.
public protocol QueryWorld: AnyObject {
  /// As of when. Views of the history stop there, those of accounts show what was so then.
  var moment: StoreReader.Moment { get }

  /// Any named value of the policy at the moment, on the branch: `fact('acme', 'limits.payg_spent')`.
  ///
  /// - Parameter key: the key it is about, where it is one per key.
  func fact(account: String, key: String?, name: String) throws -> QueryValue

  /// Events of the branch: views of the history show them after those of the file.
  var overlay: [QueryOverlayEvent] { get throws }

  /// Whether accounts or rules are not as the file has them: on a branch, or under another policy.
  var isHypothetical: Bool { get throws }

  /// Accounts of the branch that are nowhere in the file.
  var madeAccounts: [String] { get throws }

  /// The rules that take the place of those of the moment, with the time it is; nil: those of the file.
  func policy() throws -> (engine: RuleEngine, at: Int64)?

  /// The rows of a view, in the order of its columns; nil for one that the store is to fill itself. Asked once for each
  /// statement that reads the view.
  func rows(of view: String) throws -> [[QueryValue]]?

  /// An account with the events of the branch; nil: as the file has it at the moment.
  func account(_ name: String) throws -> StoreReader.PastAccount?
}

extension QueryWorld {
  public var isHypothetical: Bool { get throws { try !overlay.isEmpty } }
  public var madeAccounts: [String] { get throws { [] } }
  public func policy() throws -> (engine: RuleEngine, at: Int64)? { nil }
  public func account(_ name: String) throws -> StoreReader.PastAccount? { nil }
}

/// An event that is in no file: of a branch.
public struct QueryOverlayEvent: Sendable, Hashable {
  public var account: String?
  public var kind: String
  public var id: String
  /// The time it names, in microseconds since 1970.
  public var at: Int64
  /// The time it counts as; nil: the one it names.
  public var countedAt: Int64?
  /// Nil where nothing was decided.
  public var verdict: String?
  public var code: String?
  /// The rule or bucket that decided against it.
  public var rule: String?
  /// Nano-dollars, as all amounts.
  public var amount: Int64
  public var covered: Int64
  public var absorbed: Int64
  /// SHA-256 over the texts of the policy that decided.
  public var policyHash: String?
  /// JSON.
  public var fields: String
  /// The rules that acted, in order.
  public var firedRules: [String]
  /// What it moved; their `event` is not read.
  public var postings: [StoredPosting]

  public init(
    account: String?, kind: String, id: String, at: Int64, countedAt: Int64? = nil, verdict: String?,
    code: String? = nil, rule: String? = nil, amount: Int64 = 0, covered: Int64 = 0, absorbed: Int64 = 0,
    policyHash: String? = nil, fields: String = "{}", firedRules: [String] = [], postings: [StoredPosting] = []
  ) {
    self.account = account
    self.kind = kind
    self.id = id
    self.at = at
    self.countedAt = countedAt
    self.verdict = verdict
    self.code = code
    self.rule = rule
    self.amount = amount
    self.covered = covered
    self.absorbed = absorbed
    self.policyHash = policyHash
    self.fields = fields
    self.firedRules = firedRules
    self.postings = postings
  }
}
