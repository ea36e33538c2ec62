import Engine
import Language
import Ledger
import Values

/// What came of one deed in a simulation.
public struct SimulatedAnswer: Sendable {
  /// The engine's decision; nil where nothing was decided: a fault, a settings change, a move of the clock.
  public var decision: Decision?
  /// The event that happened, by its index; nil for a settings change or a move of the clock.
  public var event: Int?
  /// The rules' own words, or those of the fault, where it was refused.
  public var refusal: String?
  /// What the payment provider was asked because of it, in order, and what it said.
  public internal(set) var followed: [Followed] = []
  /// What the rules made of the provider's answers, in order.
  public internal(set) var followedDecisions: [Decision] = []
  /// The hold it made; nil where it made none.
  public internal(set) var hold: Hold?
  /// The time it happened at, in microseconds since 1970.
  public internal(set) var at: Int64
  /// What the line called things that rules have no name for: who approved, an id nobody knows.
  var words: [Transaction.Label] = []
  /// What answered.
  public let engine: RuleEngine
  /// The account as it was left, for the names people gave its keys, cards and payments.
  private var account: AccountState

  init(engine: RuleEngine, at: Int64, account: AccountState) {
    self.engine = engine
    self.at = at
    self.account = account
  }

  /// Nothing stood against it; true as well for a replay.
  public var isAllowed: Bool { refusal == nil && (decision?.isAllowed ?? true) }

  /// It waits for the payment provider.
  public var isWaiting: Bool { decision?.verdict == .waiting }

  public var isDenied: Bool { decision?.verdict == .denied }

  /// Its id was used before for something else.
  public var isConflict: Bool { decision?.verdict == .conflict }

  /// Its id was known: this is the answer of then, and nothing happened now.
  public var isReplay: Bool { decision?.isReplay ?? false }

  /// The code of the denial or conflict; nil when allowed.
  public var denial: String? { decision?.code(in: engine.program) }

  /// The HTTP status the caller gets.
  public var status: Int64 { decision?.status(in: engine.program) ?? (refusal == nil ? 200 : 400) }

  /// What or who decided against it: `limits.cycle_limit`, or a bucket that fell short of its last cent.
  public var decider: String? { decision?.decider(in: engine.program) }

  /// What it had to pay in all.
  public var amount: Money { Money(nano: decision?.amount ?? 0) }

  /// What it drew from a bucket; nothing when denied.
  public func pays(_ bucket: String) -> Money {
    guard let index = NameIndex.unique(bucket, in: engine.program.buckets, named: \.name) else { return .zero }
    return pays(bucket: index)
  }

  func pays(bucket: Int) -> Money {
    guard let drawn = decision?.drawn, drawn.indices.contains(bucket) else { return .zero }
    return Money(nano: drawn[bucket])
  }

  /// The decision about it, then those about the provider's answers.
  private var decisions: [Decision] { (decision.map { [$0] } ?? []) + followedDecisions }

  /// The levels of the notices it sent, in order.
  public var notices: [String] { decisions.flatMap(\.notices).map(\.level) }

  /// The names of the rules that acted, those that the provider's answers moved included.
  public var firedRules: [String] { fired.map { engine.program.rules[$0].name } }

  var fired: [Int] { decisions.flatMap(\.firedRules) }

  /// The promises of the rules that no longer held after it.
  public var brokenPromises: [String] { broken.map { engine.program.promises[$0].text } }

  var broken: [Int] { decisions.flatMap(\.brokenPromises) }

  /// The rules that answered.
  public var program: Program { engine.program }

  /// The decision with everything that was tried for it; nil where nothing was decided.
  public var explanation: Explanation? {
    decision.map { Explanation($0, by: engine, account: account, words: words) }
  }

  /// Why it came out as it did: the rule that decided first, with its arithmetic; then what followed from it.
  public var why: String {
    if let refusal { return refusal }
    guard let text = explanation?.text() else { return "nothing was decided" }
    return ([text] + followed.map(\.text)).joined(separator: "\n")
  }

  /// `allowed`, `denied with quota_exceeded by fallback.fallback_is_on`, `refused "…"`.
  public var summary: String {
    if let refusal { return "refused \"\(refusal)\"" }
    guard let decision else { return "allowed" }
    switch decision.verdict {
    case .allowed: return decision.isReplay ? "replayed" : "allowed"
    case .conflict: return "conflict"
    case .waiting: return "waiting for the payment provider"
    case .denied:
      let by = decider.map { " by \($0)" } ?? ""
      return "denied with \(denial ?? "no code")\(by)"
    }
  }
}

// MARK: - What followed

extension SimulatedAnswer {
  /// One question to the payment provider and its answer.
  public struct Followed: Sendable, Hashable {
    public var kind: ProviderRequest.Kind
    /// The id of the payment that was to be made, or given back.
    public var payment: String
    public var amount: Money
    /// The name of the card; nil where none is known.
    public var card: String?
    public var outcome: ProviderAnswer
    /// The rule that asked: `topup.threshold_reached`; nil where the event itself was to be paid for.
    public var rule: String?

    /// `topup.threshold_reached asks visa for $50.00: paid`
    public var text: String {
      let who = rule ?? "the event"
      let card = card ?? "no card"
      return switch kind {
      case .collect: "\(who) asks \(card) for \(amount): \(outcomeText)"
      case .refund: "\(who) sends \(amount) of \(payment) back to \(card): \(outcomeText)"
      }
    }

    private var outcomeText: String {
      switch outcome {
      case .paid: "paid"
      case .pending: "no answer yet"
      case .declined(let reason): reason.isEmpty ? "declined" : "declined, \(reason)"
      case .failed(let reason): reason.isEmpty ? "failed" : "failed, \(reason)"
      }
    }
  }

  /// The charges of cards it led to, whatever came of them.
  public var collections: [Followed] { followed.filter { $0.kind == .collect } }

  /// The money it sent back to cards, whether or not it arrived.
  public var refunds: [Followed] { followed.filter { $0.kind == .refund } }

  /// What it did cost and nobody pays.
  public var absorbed: Money { Money(nano: decision?.absorbed ?? 0) }

  /// `collects $50.00 from visa`
  var collectionText: String { text("collects", "from", collections) }

  /// `refunds $5.00 to visa`
  var refundText: String { text("refunds", "to", refunds) }

  private func text(_ verb: String, _ preposition: String, _ asked: [Followed]) -> String {
    if asked.isEmpty { return "\(verb) nothing" }
    return asked.map { "\(verb) \($0.amount)" + ($0.card.map { " \(preposition) \($0)" } ?? "") }
      .joined(separator: ", ")
  }

  /// Takes over what came of the event, on the account as it is after it.
  mutating func take(_ exchange: Exchange, account: AccountState) {
    self.account = account
    decision = exchange.decision
    followedDecisions = exchange.followed.compactMap(\.decision)
    hold = exchange.decision.hold.map { account.holds[$0] }
    followed = exchange.followed.map { one in
      Followed(
        kind: one.request.kind, payment: one.request.payment, amount: Money(nano: one.request.amount),
        card: one.request.card.isEmpty ? nil : one.request.card, outcome: one.answer,
        rule: one.rule.map { engine.program.rules[$0].name })
    }
  }
}

extension [SimulatedAnswer.Followed] {
  /// Nano-dollars.
  var sum: Int64 { reduce(0) { $0 &+ $1.amount.nano } }
}
