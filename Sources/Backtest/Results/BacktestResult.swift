import Values

/// What became of the same traffic under several policies.
public struct BacktestResult: Sendable {
  public var traffic: String
  public var candidates: [CandidateResult] = []
  /// The first candidate against each of the others.
  public var comparisons: [PairResult] = []
  /// Events that were replayed, and the accounts they are of.
  public var events = 0
  public var accounts = 0
  /// By the kind of event.
  public var eventsByKind: [(kind: String, count: Int)] = []
  /// Set where somebody stopped it: what is here is about the traffic up to then, and not the same for each account.
  public var isPartial = false
  /// What its reader should know.
  public var notes: [String] = []
  public var seconds = 0.0
  /// The first and the last event, in microseconds since 1970; nil without any.
  public var span: ClosedRange<Int64>?

  public init(traffic: String) { self.traffic = traffic }

  public var differs: Bool { comparisons.contains { $0.differing > 0 || $0.accountsTouched > 0 } }
}

/// What one policy made of the traffic.
public struct CandidateResult: Sendable {
  public var name: String
  public var hash: String
  public var money = MoneyMoved()
  /// Events that were not as they had been, because of what is supposed.
  public var changedEvents = 0
  /// By verdict, in the order of `Outcome.Verdict.allCases`.
  public var verdicts = [Int](repeating: 0, count: Outcome.Verdict.allCases.count)
  /// What said no how often: code and rule, the most frequent first.
  public var denials: [(code: String, rule: String, count: Int)] = []
  /// What the policy promises and did not keep, the most frequent first; with the first event after which it did not hold.
  public var brokenPromises: [(promise: String, count: Int, account: String, id: String)] = []
  public var days: [DayResult] = []
  /// Why events could not be taken at all, with how often.
  public var impossible: [(reason: String, count: Int)] = []
  /// Changes of settings that the policy refused, with its words.
  public var refusals: [(text: String, count: Int)] = []

  public func count(_ verdict: Outcome.Verdict) -> Int { verdicts[Int(verdict.rawValue)] }
}

/// One day, UTC, under one policy.
public struct DayResult: Sendable, Hashable {
  /// `2026-10-01`
  public var day: String
  public var allowed = 0
  public var denied = 0
  public var money = MoneyMoved()
}

/// The first candidate, A, against another one, B.
public struct PairResult: Sendable {
  public var a: String
  public var b: String
  /// Which candidate B is.
  public var candidate: Int
  /// Events that were answered the same, and those that were not.
  public var same = 0
  public var differing = 0
  /// Accounts with a difference, in answers or in money.
  public var accountsTouched = 0
  /// Each way in which answers changed, with the rules, the most frequent first.
  public var groups: [ChangeGroup] = []
  /// By kind of event and change.
  public var byKind: [(kind: String, change: Change, count: Int)] = []
  /// What changed in the rules: their names, with the place in B's text.
  public var changedRules: [ChangedRule] = []
  /// Titles of the reforms that B has and A has not.
  public var reforms: [String] = []
  /// Every account with a difference, sorted by name.
  public var accounts: [AccountDifference] = []
  /// The first rows by time, up to the cap of the options; the counts above are of all.
  public var rows: [Difference] = []

  public func count(_ change: Change) -> Int { groups.reduce(0) { $0 + ($1.change == change ? $1.count : 0) } }
}

/// Events that changed in one way because of the same rules.
public struct ChangeGroup: Sendable, Hashable {
  public var change: Change
  /// What decided on each side; empty where it was allowed.
  public var ruleA: String
  public var ruleB: String
  public var count: Int
  /// B less A, over its events: paid, and charged to cards.
  public var paid: Int64
  public var charged: Int64
  /// The first event by time.
  public var first: Witness
}

/// A rule, setting, or other declaration that is not the same in both policies.
public struct ChangedRule: Sendable, Hashable {
  public enum How: String, Sendable, Hashable {
    case changed
    case added
    case removed
  }

  /// `limits.cycle_limit`
  public var name: String
  public var how: How
  /// `ten.rules:3`
  public var place: String
  /// What is said of it on either side, as its author wrote it: the declaration, then what reforms say. Empty where nothing is.
  public var before = ""
  public var after = ""

  public init(name: String, how: How, place: String, before: String = "", after: String = "") {
    self.name = name
    self.how = how
    self.place = place
    self.before = before
    self.after = after
  }
}

/// What differs for one account.
public struct AccountDifference: Sendable, Hashable {
  public var account: String
  /// Events by change, in the order of `Change.allCases`.
  public var changes = [Int](repeating: 0, count: Change.allCases.count)
  public var a = MoneyMoved()
  public var b = MoneyMoved()

  public init(account: String) { self.account = account }

  public var newlyDenied: Int { changes[Int(Change.allowToDeny.rawValue)] }
  public var newlyAllowed: Int { changes[Int(Change.denyToAllow.rawValue)] }
  /// B less A: what the customer's usage cost, and what cards paid in less what came back.
  public var charged: Int64 { b.charged &- a.charged }
  /// The same with what their plans cost.
  public var pays: Int64 { b.pays &- a.pays }
  public var paidIn: Int64 { (b.paidIn &- b.refunded) &- (a.paidIn &- a.refunded) }
}
