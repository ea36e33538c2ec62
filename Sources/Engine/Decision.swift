import Language
import Ledger

/// The answer to one event, with everything needed to explain it.
public struct Decision: Sendable {
  public var verdict: Verdict
  /// The event was known already; this is the answer it got then, and nothing happened now.
  public var isReplay = false
  public var event: Int
  public var id: String
  /// The time it counted as.
  public var at: Int64
  /// Why not: index of the denial in the program. Nil when allowed, or on a conflict.
  public var denial: Int?
  /// The rule that decided against it: a `deny`, a gate or a cap.
  public var rule: Int?
  /// The bucket that fell short: by its gate or cap `rule`, or of its last cent.
  public var bucket: Int?
  /// The given field that was outside its range.
  public var field: Int?
  /// What had to be paid, at standard rates.
  public var amount: Int64 = 0
  /// The part of it that was paid: all of it, or nothing.
  public var covered: Int64 = 0
  /// What the waterfall could not cover.
  public var shortfall: Int64 = 0
  /// What each bucket gave; all zero when denied.
  public var drawn: [Int64] = []
  /// All fields of the event, the derived ones computed.
  public var fields: [Int64] = []
  /// The key it came with, by its index in the account.
  public var key: Int?
  /// Rules that acted, in order: `on`, then `before denial`, then `after`.
  public var firedRules: [Int] = []
  public var notices: [Notice] = []
  /// The rule that acted so that a denied event could be taken once more.
  public var rescueRule: Int?
  /// A rescue was tried and did not help: it would not have been enough, or its charge was not paid. Nothing of it remains.
  public var triedRescueRule: Int?
  /// Payments of the account, by index, that this event asked for and that wait for the provider's answer.
  public var collections: [Int] = []
  /// Refunds of the account, by index, that it sent on their way.
  public var refunds: [Int] = []
  /// The hold it made, by its index in the account.
  public var hold: Int?
  /// What it did cost and nobody pays: the platform bears it.
  public var absorbed: Int64 = 0
  /// Promises that do not hold any more; only when asked for.
  public var brokenPromises: [Int] = []
  /// The facts as they were when it was decided.
  public var trace: Trace
  /// The facts as the reactions saw them, once the decision was carried out; nil where no rule reacted.
  public var afterwards: Trace? {
    get { reactions.first }
    set { reactions = newValue.map { [$0] } ?? [] }
  }
  // A list of one or none: nothing reacts to most events, and a second trace would make every decision twice as large.
  private var reactions: [Trace] = []

  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case allowed
    case denied
    /// The id was used before for something else.
    case conflict
    /// The answer depends on the payment provider's to ``Decision/collections``: submit that, then ``RuleEngine/resume``.
    case waiting
  }

  public struct Notice: Sendable, Hashable {
    public var level: String
    public var rule: Int

    public init(level: String, rule: Int) {
      self.level = level
      self.rule = rule
    }
  }

  public var isAllowed: Bool { verdict == .allowed }

  /// The code of a conflict, which no policy declares.
  public static let conflictCode = "idempotency_mismatch"

  /// The denial's code, or that of a conflict; nil when allowed.
  public func code(in program: Program) -> String? {
    switch verdict {
    case .allowed, .waiting: nil
    case .denied: denial.map { program.denials[$0].code }
    case .conflict: Decision.conflictCode
    }
  }

  /// What or who decided against it: a rule, or a bucket that fell short of its last cent; nil when allowed.
  public func decider(in program: Program) -> String? {
    if isAllowed { return nil }
    if let rule { return program.rules[rule].name }
    return bucket.map { program.buckets[$0].name }
  }

  /// The HTTP status the caller gets.
  public func status(in program: Program) -> Int64 {
    switch verdict {
    case .allowed: 200
    case .denied: denial.map { program.denials[$0].status } ?? 402
    case .conflict: 409
    case .waiting: 202
    }
  }

  init(_ verdict: Verdict, _ input: EventInput, at: Int64, trace: Trace) {
    self.verdict = verdict
    self.event = input.event
    self.id = input.id
    self.at = at
    self.trace = trace
  }

  /// What an evaluator decided.
  init(
    _ outcome: Evaluator.Outcome, _ input: EventInput, at: Int64, key: Int?, fields: [Int64], drawn: [Int64],
    firedRules: [Int], notices: [Notice], trace: Trace
  ) {
    func index(_ number: Int32) -> Int? { number < 0 ? nil : Int(number) }
    verdict = outcome.verdict == .allowed ? .allowed : .denied
    event = input.event
    id = input.id
    self.at = at
    denial = index(outcome.denial)
    rule = index(outcome.rule)
    bucket = index(outcome.bucket)
    field = index(outcome.field)
    amount = outcome.amount
    covered = outcome.covered
    shortfall = outcome.shortfall
    self.drawn = drawn
    self.fields = fields
    self.key = key
    self.firedRules = firedRules
    self.notices = notices
    absorbed = outcome.verdict == .allowed ? outcome.shortfall : 0
    self.trace = trace
  }
}

/// The facts a decision saw: plain rows of numbers, kept so that it can be explained later.
public struct Trace: Sendable, Hashable {
  public var event: Int?
  public var now: Int64
  /// Global settings by slot, `LedgerLayout.unset` where the default held.
  public var globals: [Int64]
  /// The account's row, and that of the event's key.
  public var row: [Int64]
  public var keyRow: [Int64]?
  /// All fields; derived ones as far as they were computed.
  public var fields: [Int64]
  public var amount: Int64 = 0
  public var drawn: [Int64] = []
  public var covered: Int64 = 0
  public var shortfall: Int64 = 0
  /// The event's key, by its index in the account.
  public var key: Int?
  /// The numbers of the record that each given field names, by field; empty for a field that names none.
  public var records: [[Int64]] = []
  /// What is derived of all payments together, by derivation; empty where no rule of the event asks.
  public var totals: [Int64] = []
  public var isRescued = false
}

extension Trace {
  /// The event of a decision and what came of it, among facts of a later moment.
  public mutating func take(_ decision: Decision) {
    event = decision.event
    fields = decision.fields
    key = decision.key
    amount = decision.amount
    drawn = decision.drawn
    covered = decision.covered
    shortfall = decision.shortfall
    isRescued = decision.rescueRule != nil
  }
}
