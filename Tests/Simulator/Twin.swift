import Audit
import Engine
import Language
import Ledger
import Values

/// The real engine under the rules of a folder, told the same story as the auditor.
///
/// Everything is looked up by name once, so that a story of a million events is told in a minute.
public struct Twin {
  var engine: RuleEngine
  var account: AccountState
  var journal = Journal()
  var provider = StoryProvider()
  var now: Int64
  let order: BurnOrder
  let words: Words
  /// How many transactions of the journal have been looked at.
  var checkedTransactions = 0
  /// Promises of the rules that did not hold after an event.
  var broken: [String] = []

  /// What of the rules a story speaks of, by index.
  struct Words: Sendable {
    let events: [String: Int]
    let settings: [String: Int]
    let denials: [String]
    let quota: Int
    let balance: Int
    let spent: Int?
    let keySpent: Int?
    let keyBalanceSpent: Int?

    init(_ program: Program) throws(TwinFault) {
      events = Dictionary(uniqueKeysWithValues: program.events.enumerated().map { ($0.element.name, $0.offset) })
      settings = Dictionary(uniqueKeysWithValues: program.settings.enumerated().map { ($0.element.name, $0.offset) })
      denials = program.denials.map(\.code)
      func bucket(_ name: String) throws(TwinFault) -> Int {
        guard let index = program.buckets.firstIndex(where: { $0.name == name }) else {
          throw TwinFault("the rules have no bucket `\(name)`")
        }
        return index
      }
      quota = try bucket("subscription.quota")
      balance = try bucket("funding.balance")
      func meter(_ name: String) -> Int? { program.meters.firstIndex { $0.name == name } }
      spent = meter("limits.payg_spent")
      keySpent = meter("teams.key_spent_ever")
      keyBalanceSpent = meter("teams.key_balance_spent")
    }
  }

  public init(_ stage: Stage, _ opening: AuditOpening, policy: AuditPolicy = AuditPolicy()) throws(TwinFault) {
    words = stage.words
    now = opening.time
    order = policy.burn == .fifo ? .oldestFirst : .grantsFirst
    engine = try stage.engine(for: opening)
    engine.checksPromises = true
    account = engine.newAccount()
    provider.script = opening.script[...]
    try turn(policy)
    if let card = opening.card { try set("funding.card", Int64(account.addCard(card))) }
    for key in opening.keys {
      let index = account.addKey(key.name)
      if key.limit != nil { try set("teams.key_limit", key.limit ?? ValueType.none, key: index) }
      for meter in engine.program.meters.indices
      where key.spent != 0 && engine.program.meters[meter].scope == .key {
        try carryOut { engine, account, _ throws(EngineFault) in
          try engine.adjust(meter: meter, to: key.spent, key: index, in: &account, at: opening.time)
        }
      }
    }
    if let subscription = opening.subscription { try adopt(subscription) }
    let bucket = words.balance
    for lot in opening.lots {
      try carryOut { engine, account, journal throws(EngineFault) in
        if lot.isPaid {
          try engine.open(
            payment: lot.id, amount: lot.amount, remaining: lot.remaining, card: account.cardNames.isEmpty ? nil : 0,
            bucket: bucket, in: &account, at: opening.time, journal: &journal)
        } else {
          try engine.credit(
            lot.remaining, to: bucket, from: .adjustments, lotKind: "promo", in: &account, at: opening.time, id: lot.id,
            journal: &journal)
        }
      }
    }
    if let threshold = opening.autoTopUp.threshold { try set("topup.threshold", threshold) }
    if let amount = opening.autoTopUp.amount { try set("topup.amount", amount) }
    if opening.autoTopUp.isEnabled { try set("topup.enabled", 1) }
    if let cap = policy.monthCap { try set("topup.month_cap", cap) }
    journal = Journal()
  }

  // MARK: - Setting up

  private mutating func turn(_ policy: AuditPolicy) throws(TwinFault) {
    try choose("pricing.rounding", policy.rounding.rawValue)
    try choose("topup.trigger", policy.trigger.rawValue)
    try choose("holds.overrun", policy.overrun.rawValue)
    try choose("funding.lot_order", policy.burn == .fifo ? "oldest_first" : "grants_first")
    try choose("teams.key_limit_counts", policy.keyScope.rawValue)
    try set("topup.rescue", policy.rescue ? 1 : 0)
    try set("topup.minimum", policy.minimumTopUp)
    try set("topup.most_declines", Int64(policy.mostDeclines))
    try set("topup.retry_after", policy.retryAfter)
  }

  private mutating func adopt(_ subscription: AuditOpening.Subscription) throws(TwinFault) {
    let plan = subscription.plan
    _ = try submit(
      "subscribe", "",
      [
        "quota": plan.quota, "rate": Twin.ratio(plan.rate), "start": plan.start ?? ValueType.none,
      ])
    if plan.status == .canceled { _ = try submit("cancel", "", [:]) }
    if plan.status == .pastDue { _ = try submit("renewal_failed", "", [:]) }
    try set("fallback.enabled", subscription.fallback ? 1 : 0)
    if let limit = subscription.limit { try set("limits.spending_limit", limit) }
    let (bucket, time) = (words.quota, now)
    if plan.status == .active {
      try carryOut { engine, account, journal throws(EngineFault) in
        try engine.adjust(bucket: bucket, to: plan.quota - subscription.used, in: &account, at: time, journal: &journal)
      }
    }
    if let meter = engine.program.meters.firstIndex(where: { $0.name == "limits.payg_spent" }) {
      try carryOut { engine, account, _ throws(EngineFault) in
        try engine.adjust(meter: meter, to: subscription.spent, in: &account, at: time)
      }
    }
  }

  static func engine(_ program: Program) throws(TwinFault) -> RuleEngine {
    do throws(CompileError) {
      return try RuleEngine(program)
    } catch {
      throw TwinFault(error.message)
    }
  }

  /// The program with these prices; the columns are input, cached and output.
  static func priced(_ program: Program, _ prices: [String: AuditPrice]) throws(TwinFault) -> Program {
    guard !prices.isEmpty else { return program }
    guard let table = program.tables.firstIndex(where: { $0.name == "pricing.price" }) else {
      throw TwinFault("the rules have no table `pricing.price`")
    }
    var program = program
    for (name, price) in prices.sorted(by: { $0.key < $1.key }) {
      program.setRow(
        of: table, named: name,
        program.tables[table].outputs.map { column in
          switch column.name {
          case "input": price.input
          case "output": price.output
          default: price.cached ?? ValueType.none
          }
        })
    }
    return program
  }

  static func ratio(_ rate: AuditRate) -> Int64 { Ratio(rate.numerator, over: rate.denominator)?.packed ?? -1 }

  // MARK: - Doing

  mutating func choose(_ setting: String, _ word: String) throws(TwinFault) {
    guard let index = words.settings[setting] else { return }
    guard case .enumeration(let members) = engine.program.settings[index].type.base,
      let member = members.firstIndex(of: word)
    else { throw TwinFault("`\(setting)` is never `\(word)`") }
    try set(setting, Int64(member))
  }

  /// A setting the rules do not have is left alone: the family may be missing on purpose.
  mutating func set(_ setting: String, _ value: Int64, key: Int? = nil) throws(TwinFault) {
    guard let index = words.settings[setting] else { return }
    do throws(Refusal) {
      try engine.change(index, to: value, key: key, in: &account, at: now, journal: &journal)
    } catch {
      throw TwinFault(error.text)
    }
  }

  /// The same, refused or not.
  mutating func change(_ setting: String, _ value: Int64, key: Int? = nil) -> AuditAnswer {
    do throws(TwinFault) {
      try set(setting, value, key: key)
      return AuditAnswer(.ok)
    } catch {
      return AuditAnswer(.refuse)
    }
  }

  mutating func submit(
    _ event: String, _ id: String, _ values: [String: Int64], label model: String? = nil
  ) throws(TwinFault) -> Exchange {
    let time = now
    do throws(EngineFault) {
      let labels = model.map { [Transaction.Label("model", $0)] } ?? []
      let input = try engine.input(event, id: id, at: time, values, labels: labels)
      return try engine.submit(input, to: &account, journal: &journal, asking: &provider)
    } catch {
      throw TwinFault(error.message)
    }
  }

  mutating func carryOut(
    _ body: (RuleEngine, inout AccountState, inout Journal) throws(EngineFault) -> Void
  ) throws(TwinFault) {
    do throws(EngineFault) {
      try body(engine, &account, &journal)
    } catch {
      throw TwinFault(error.message)
    }
  }
}

/// The rules cannot be told this story, or the engine could not go on.
public struct TwinFault: Error, Sendable, CustomStringConvertible {
  public var message: String

  init(_ message: String) { self.message = message }

  public var description: String { message }
}
