import Engine
import Formats
import Language
import Ledger
import Standard
import Values

/// One account as a worked case describes it, and the translation between the words of the cases and the shipped rules:
/// units and dollars, `sub` and the bucket `quota`, `payg` and the bucket `balance`. The rules themselves know nothing of it.
struct ConformanceWorld {
  var engine: RuleEngine
  var account: AccountState
  var journal = Journal()
  var clock: Int64
  /// What the balance was before anything was posted.
  private(set) var opening: Int64 = 0
  /// Whether the case speaks of a subscription at all: only then do answers name its cycle.
  var hasSubscription = false
  /// Whether it speaks of automatic charges: only then does it end with whether they are suspended.
  var hasAutomaticCharges = false
  /// What the payment provider says to automatic charges: the case's list in order, then that they are paid.
  var provider = ScriptedProvider()
  /// What of the case nothing was made of.
  var remarks: [String] = []
  /// The automatic charge a call led to, by the name and the id of the call: an answer that is given again names it again.
  var chargesOfCalls: [String: [Json.Member]] = [:]
  /// Payments by names that only the case gives them.
  var paymentsTold: [String: Int] = [:]

  /// The card of an account that names no other.
  static let usualCard = "card_1"

  var program: Program { engine.program }

  init(_ program: Program, _ given: Json, policy: Json, defaults: Json) throws(ConformanceFault) {
    engine = try ConformanceWorld.engine(ConformanceWorld.priced(program, given["prices"]?.members ?? []))
    account = engine.newAccount()
    guard let at = given["at"]?.text, let time = ConformanceWorld.moment(at) else {
      throw ConformanceFault("`given.at` is not a time")
    }
    clock = time.microseconds
    remarkGiven(given)
    try addKeys(given["keys"])
    if let subscription = given["subscription"], !subscription.isNull { try subscribe(subscription) }
    if program.settings.contains(where: { $0.name == "funding.card" }) {
      try setCard(given["card"]?.text ?? ConformanceWorld.usualCard)
    }
    for lot in try inOrder(given["lots"]?.elements ?? []) { try add(lot.lot, at: lot.time) }
    let automatic = given["auto_topup"].flatMap { $0.isNull ? nil : $0 }
    // What was configured may be right under the rules as shipped, or only under those of the case.
    let wasRight = automatic.map { (try? setAutomaticCharges($0)) != nil } ?? true
    try turn(policy, defaults: defaults)
    if let automatic, !wasRight { try setAutomaticCharges(automatic) }
    for outcome in given["card_outcomes"]?.elements ?? [] { provider.answers.append(try answer(outcome)) }
    opening = try fact("balance")
    journal = Journal()
  }

  private mutating func remarkGiven(_ given: Json) {
    let known = ConformanceVocabulary.given
    remark(given, known: known["given"] ?? [], "given")
    for part in ["subscription", "auto_topup"] {
      if let json = given[part] { remark(json, known: known[part] ?? [], "given.\(part)") }
    }
    for lot in given["lots"]?.elements ?? [] { remark(lot, known: known["lots"] ?? [], "given.lots") }
    for key in given["keys"]?.members ?? [] { remark(key.value, known: known["keys"] ?? [], "given.keys.\(key.name)") }
  }

  /// Lots by when they came, those that do not say it last.
  private func inOrder(_ lots: [Json]) throws(ConformanceFault) -> [(lot: Json, time: Int64)] {
    var dated: [(lot: Json, time: Int64)] = []
    for lot in lots {
      guard let at = lot["at"]?.text else {
        dated.append((lot, clock))
        continue
      }
      guard let time = ConformanceWorld.moment(at) else { throw ConformanceFault("`at` of a lot is not a time: \(at)") }
      dated.append((lot, min(clock, time.microseconds)))
    }
    // Those of one time stay in the order they are written in.
    return dated.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  /// An opening balance: what a customer paid is a payment that can be refunded and disputed, the rest is credit.
  private mutating func add(_ lot: Json, at time: Int64) throws(ConformanceFault) {
    let kind = lot["kind"]?.text ?? "paid"
    let amount = try nano(lot["amount"] ?? lot["remaining"], "an amount of a lot")
    let left = try nano(lot["remaining"] ?? lot["amount"], "the rest of a lot")
    let id = lot["id"]?.text ?? ""
    let card = account.addCard(lot["card"]?.text ?? lot["method"]?.text ?? ConformanceWorld.usualCard)
    guard kind == "paid" else {
      try carryOut { engine, account, journal throws(EngineFault) in
        try engine.credit(
          left, to: try engine.bucket("balance"), from: .adjustments, lotKind: kind, in: &account, at: time, id: id,
          journal: &journal)
      }
      return
    }
    guard left <= amount else { throw ConformanceFault("more is left of the lot `\(id)` than was paid") }
    try carryOut { engine, account, journal throws(EngineFault) in
      try engine.open(
        payment: id, amount: amount, remaining: left, card: card, bucket: try engine.bucket("balance"), in: &account,
        at: time, journal: &journal)
    }
  }

  private mutating func addKeys(_ keys: Json?) throws(ConformanceFault) {
    guard let keys, !keys.isNull, keys != .object([]) else {
      account.addKey("k1")
      return
    }
    guard case .object(let named) = keys else {
      throw ConformanceFault("`given.keys` is \(keys.kindName), not an object")
    }
    for key in named { try setKey(account.addKey(key.name), key.value) }
  }

  /// What a case says about a key; what it does not mention stays.
  mutating func setKey(_ index: Int, _ key: Json) throws(ConformanceFault) {
    if let limit = key["limit"] { try set("teams.key_limit", try nanoOrNone(limit), key: index) }
    if let window = key["window"] ?? key["reset"] {
      let names = ["month": "monthly", "week": "weekly", "day": "daily", "lifetime": "never"]
      let type = program.settings.first { $0.name == "teams.key_window" }?.type.base
      guard case .enumeration(let members)? = type,
        let place = members.firstIndex(where: {
          window.isNull ? $0 == "lifetime" : [$0, names[$0]].contains(window.text)
        })
      else { throw ConformanceFault("`teams.key_window` has no value for \(window.compact)") }
      try set("teams.key_window", Int64(place), key: index)
    }
    if let used = key["used"] {
      let amount = try nano(used, "what a key used")
      let time = clock
      for meter in program.meters.indices where program.meters[meter].scope == .key {
        try carryOut { engine, account, _ throws(EngineFault) in
          try engine.adjust(meter: meter, to: amount, key: index, in: &account, at: time)
        }
      }
    }
    if let isDeleted = (key["disabled"] ?? key["deleted"])?.bool {
      try set("teams.deleted", isDeleted ? 1 : 0, key: index)
    }
  }

  // MARK: - The knobs

  /// How the value of a knob is written in the cases.
  private enum Knob {
    /// A word, and the setting's word for it.
    case word([String: String])
    case bool
    /// Units; null for none.
    case money
    case count
    case seconds
    /// What every rule file does; nothing else can be said.
    case only(String)
  }

  /// The setting behind a knob of the cases.
  private static let knobs: [String: (setting: String, knob: Knob)] = [
    "rounding": (
      "pricing.rounding",
      .word(["ceil": "up", "up": "up", "half_even": "half_even", "floor": "down", "down": "down", "nano": "nano"])
    ),
    "key_scope": (
      "teams.key_limit_counts",
      .word(["total": "total", "payg": "balance", "payg_only": "balance", "balance": "balance"])
    ),
    "trigger": ("topup.trigger", .word(["below": "below", "at_or_below": "at_or_below"])),
    "topup_before_deny": ("topup.rescue", .bool), "min_topup": ("topup.minimum", .money),
    "topup_month_cap": ("topup.month_cap", .money), "max_consecutive_failures": ("topup.most_declines", .count),
    "decline_cooldown_s": ("topup.retry_after", .seconds),
    "overrun": ("holds.overrun", .word(["absorb": "absorb", "absorbed": "absorb", "debt": "debt", "owed": "debt"])),
    "burn": (
      "funding.lot_order",
      .word([
        "promo_first": "grants_first", "grants_first": "grants_first", "fifo": "oldest_first",
        "oldest_first": "oldest_first",
      ])
    ),
    "refund_order": ("", .only("lifo")), "fallback_partial": ("", .only("deny_whole")),
  ]

  /// Turns the knobs of a case; one that stays at its default needs no setting.
  mutating func turn(_ policy: Json, defaults: Json) throws(ConformanceFault) {
    for knob in policy.members where knob.value != defaults[knob.name] {
      if case .only(let word)? = ConformanceWorld.knobs[knob.name]?.knob, knob.value.text == word { continue }
      guard let (setting, kind) = ConformanceWorld.knobs[knob.name],
        let index = program.settings.firstIndex(where: { $0.name == setting })
      else { throw ConformanceFault("the rules have no setting for the knob `\(knob.name)`") }
      guard let value = try value(knob.value, as: kind, of: program.settings[index].type.base) else {
        throw ConformanceFault("`\(setting)` has no value for \(knob.value.compact)")
      }
      try set(setting, value)
    }
  }

  private func value(_ json: Json, as kind: Knob, of type: ValueType) throws(ConformanceFault) -> Int64? {
    switch kind {
    case .word(let words):
      guard let word = json.text.flatMap({ words[$0] }), case .enumeration(let members) = type else { return nil }
      return members.firstIndex(of: word).map(Int64.init)
    case .bool: return json.bool.map { $0 ? 1 : 0 }
    case .money: return try nanoOrNone(json)
    case .count: return json.integer
    case .seconds:
      return json.integer.flatMap(ConformanceWorld.microseconds)
    case .only: return nil
    }
  }

  // MARK: - Prices

  static func engine(_ program: Program) throws(ConformanceFault) -> RuleEngine {
    do throws(CompileError) {
      return try RuleEngine(program)
    } catch {
      throw ConformanceFault(error.message)
    }
  }

  /// The program with other prices: micro-dollars per million tokens, which are pico-dollars per token.
  static func priced(_ program: Program, _ prices: [Json.Member]) throws(ConformanceFault) -> Program {
    guard !prices.isEmpty else { return program }
    guard let table = program.tables.firstIndex(where: { $0.name == "pricing.price" }) else {
      throw ConformanceFault("the rules have no table `pricing.price`")
    }
    var program = program
    for price in prices {
      var values: [Int64] = []
      for column in program.tables[table].outputs {
        let names = [
          "input": ["in", "input"], "output": ["out", "output"], "cached": ["cached", "cached_in", "cache_read"],
        ]
        let given = (names[column.name] ?? [column.name]).lazy.compactMap { price.value[$0]?.integer }.first
        guard let value = given ?? (column.type.isOptional ? ValueType.none : nil) else {
          throw ConformanceFault("the price of `\(price.name)` lacks `\(column.name)`")
        }
        guard value == ValueType.none || column.range.contains(value) else {
          throw ConformanceFault(
            "the price of `\(price.name)` is \(value) micro-dollars per million tokens, out of range")
        }
        values.append(value)
      }
      program.setRow(of: table, named: price.name, values)
    }
    return program
  }

  /// From now on a model has another price; everything else stays as it is.
  mutating func reprice(_ price: Json.Member) throws(ConformanceFault) {
    var repriced = try ConformanceWorld.engine(ConformanceWorld.priced(program, [price]))
    repriced.takeGlobals(of: engine)
    engine = repriced
  }

  // MARK: - Amounts

  /// Units as nano-dollars.
  func nano(_ json: Json?, _ what: String) throws(ConformanceFault) -> Int64 {
    guard let units = json?.integer, let money = Money(units: units) else {
      throw ConformanceFault("\(what) is \(json?.compact ?? "missing"), not a whole number of units")
    }
    return money.nano
  }

  /// Nil for more seconds than a time can have.
  static func microseconds(_ seconds: Int64) -> Int64? {
    let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : microseconds
  }

  func nanoOrNone(_ json: Json) throws(ConformanceFault) -> Int64 {
    json.isNull ? ValueType.none : try nano(json, "a limit")
  }

  /// Nano-dollars as units; as a decimal text where they are no whole number of them.
  func units(_ nano: Int64) -> Json {
    Money(nano: nano).units.map(Json.integer) ?? .text("\(Money(nano: nano))")
  }

  // MARK: - Facts and settings

  func fact(_ name: String, key: Int? = nil) throws(ConformanceFault) -> Int64 {
    guard let found = engine.value(of: name, in: account, key: key, at: clock) else {
      throw ConformanceFault("the rules have no `\(name)`")
    }
    return found.value
  }

  func has(_ name: String) -> Bool { engine.expression(named: name) != nil }

  /// The member of an enum a fact has.
  func word(_ name: String) throws(ConformanceFault) -> String {
    guard let found = engine.value(of: name, in: account, at: clock), case .enumeration(let members) = found.type.base,
      members.indices.contains(Int(found.value))
    else { throw ConformanceFault("the rules have no `\(name)`") }
    return members[Int(found.value)]
  }

  mutating func set(_ setting: String, _ value: Int64, key: Int? = nil) throws(ConformanceFault) {
    guard let index = program.settings.firstIndex(where: { $0.name == setting }) else {
      throw ConformanceFault("the rules have no setting `\(setting)`")
    }
    do throws(Refusal) {
      try engine.change(index, to: value, key: key, in: &account, at: clock, journal: &journal)
    } catch {
      throw ConformanceFault(error.text)
    }
  }

  /// What the engine is asked to do outside of events; its fault is a fault of the case.
  mutating func carryOut(
    _ body: (RuleEngine, inout AccountState, inout Journal) throws(EngineFault) -> Void
  ) throws(ConformanceFault) {
    do throws(EngineFault) {
      try body(engine, &account, &journal)
    } catch {
      throw ConformanceFault(error.message)
    }
  }

  mutating func subscribe(_ subscription: Json) throws(ConformanceFault) {
    hasSubscription = true
    var rate = Ratio.one
    if let given = subscription["rate"], !given.isNull {
      let parts = given.elements
      guard parts.count == 2, let over = parts[0].integer, let under = parts[1].integer,
        let ratio = Ratio(over, over: under)
      else { throw ConformanceFault("`rate` is \(given.compact), not a fraction such as [4, 5]") }
      rate = ratio
    }
    var start = ValueType.none
    if let anchor = (subscription["anchor"] ?? subscription["start"])?.text {
      guard let time = ConformanceWorld.moment(anchor) else { throw ConformanceFault("`anchor` is not a time") }
      start = time.microseconds
    }
    let time = clock
    let quota = try nano(subscription["quota"] ?? 0, "a quota")
    try submit("subscribe", ["quota": quota, "rate": rate.packed, "start": start])
    // A case states a subscription whole: what it does not mention is off, unlimited, not used and not spent.
    if has("fallback.enabled") { try set("fallback.enabled", subscription["fallback"]?.bool == true ? 1 : 0) }
    if has("limits.spending_limit") {
      try set("limits.spending_limit", try nanoOrNone(subscription["limit"] ?? .null))
    }
    let used = try nano(subscription["used"] ?? 0, "what was used of a quota")
    let spent = try nano(subscription["spent"] ?? 0, "what was spent")
    try carryOut { engine, account, journal throws(EngineFault) in
      try engine.adjust(bucket: try engine.bucket("quota"), to: quota - used, in: &account, at: time, journal: &journal)
    }
    if let meter = program.meters.firstIndex(where: { $0.name == "limits.payg_spent" }) {
      try carryOut { engine, account, _ throws(EngineFault) in
        try engine.adjust(meter: meter, to: spent, in: &account, at: time)
      }
    } else if spent != 0 {
      throw ConformanceFault("the rules have no meter `limits.payg_spent`")
    }
    if let status = subscription["status"]?.text { try changeStatus(status) }
  }

  mutating func changeStatus(_ status: String) throws(ConformanceFault) {
    switch status {
    case "active": try submit("renewed", [:])
    case "past_due": try submit("renewal_failed", [:])
    case "canceled", "cancelled": try submit("cancel", [:])
    default: throw ConformanceFault("the rules have no subscription status `\(status)`")
    }
  }

  /// An event that has no answer of its own in the cases.
  mutating func submit(_ event: String, _ values: [String: Int64]) throws(ConformanceFault) {
    let time = clock
    try carryOut { engine, account, journal throws(EngineFault) in
      let input = try engine.input(event, at: time, values)
      _ = try engine.submit(input, to: &account, journal: &journal)
    }
  }
}

extension RuleEngine {
  fileprivate func bucket(_ name: String) throws(EngineFault) -> Int {
    guard let index = compiled.bucket(named: name) else { throw .unknownName(name) }
    return index
  }
}
