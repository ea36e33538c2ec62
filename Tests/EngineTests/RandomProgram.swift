import Diagnostics
import Language
import Ledger
import Standard
import Values

/// Typed programs made at random from a seed, as the checker could have made them.
struct RandomProgram {
  var random: SeededGenerator
  var program = Program()
  /// What the expression being made may read.
  var event: Int?
  var isAfter = false
  var isRescue = false
  var allowsBuckets = true
  var letCount = 0
  /// Whether it has holds, payments, refunds and disputes.
  var hasMoney = false

  static let money: Int64 = 1_000_000_000
  static let start = CivilDate(year: 2026, month: 1, day: 1).map { Instant($0).microseconds } ?? 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
  mutating func amount() -> Int64 {
    pick([0, 1, 500, 2_000, RandomProgram.money / 100, RandomProgram.money, RandomProgram.money * Int64(1 + below(60))])
  }
  mutating func time() -> Int64 {
    let day = Instant.perDay
    return RandomProgram.start + Int64(below(400)) * day + pick([0, 0, 1, day / 2, day - 1])
  }
  mutating func ratio() -> Int64 {
    Ratio(numerator: Int32(pick([0, 1, 2, 3, 4, 9])), denominator: Int32(pick([1, 2, 3, 5, 10]))).packed
  }

  // MARK: - Declarations

  mutating func make() -> Program {
    program.policies = [Policy(name: "p", summary: "made at random", span: .none)]
    program.functions = StandardPlugin().functions
    program.names = ["a": 0, "b": 1, "c": 2]
    program.lotKinds = chance(50) ? ["paid", "promo"] : ["grant", "paid"]
    program.noticeLevels = ["high", "low"]
    for index in 0..<(4 + below(3)) {
      program.denials.append(
        Denial(code: "d\(index)", policy: 0, status: 402, rank: 0, text: "no {s0}", span: .none))
    }
    for (rank, index) in program.denials.indices.shuffled(using: &random).enumerated() {
      program.denials[index].rank = Int64(rank)
    }
    hasMoney = chance(60)
    makeSettings()
    makeEvents()
    if hasMoney { makeMoneyEvents() }
    makeTables()
    let bucketCount = 1 + below(3)
    for index in 0..<bucketCount { makeBucket(index, isLast: index == bucketCount - 1) }
    if hasMoney { makePaymentDerivations() }
    makeMeters()
    if chance(70) { makeAnchor() }
    for index in 0..<below(5) {
      let type: ValueType = chance(50) ? .money : .bool
      let value = expr(type, 3)
      program.lets.append(Let(name: "p.l\(index)", value: value, span: .none))
      letCount = program.lets.count
    }
    makeDerived()
    for index in 0..<(2 + below(9)) { makeRule(index) }
    if !program.rules.contains(where: { if case .on = $0.kind { true } else { false } }) { makePayRule() }
    if hasMoney { makeMoneyRules() }
    for index in 0..<below(3) {
      event = chance(30) ? nil : eventNumber()
      isAfter = true
      program.promises.append(
        Promise(
          text: "p: \(index)", policy: 0, condition: expr(.bool, 3), events: event.map { [$0] } ?? [], span: .none))
      isAfter = false
      event = nil
    }
    return program
  }

  /// An event, requests more often than others.
  mutating func eventNumber() -> Int { hasMoney && chance(60) ? below(program.events.count) : pick([0, 0, 0, 1, 2]) }

  private mutating func makeSettings() {
    let types: [QualifiedType] = [
      QualifiedType(.money), QualifiedType(.money, isOptional: true), QualifiedType(.bool),
      QualifiedType(.enumeration(["x", "y", "z"])), QualifiedType(.time, isOptional: true), QualifiedType(.ratio),
      QualifiedType(.integer), QualifiedType(.card, isOptional: true),
    ]
    for index in 0..<(5 + below(5)) {
      let type = index == 0 ? QualifiedType(.time, isOptional: true) : pick(types)
      let scope: Scope = index == 0 ? .account : pick([.account, .account, .global, .key])
      var defaults = [(from: Int64.min, value: value(type))]
      if index > 0, chance(20) { defaults.append((time(), value(type))) }
      defaults.sort { $0.from < $1.from }
      program.settings.append(
        Setting(
          name: "p.s\(index)", type: type,
          range: type.base == .money
            ? ValueRange(-100 * RandomProgram.money, 100 * RandomProgram.money) : type.base.naturalRange,
          scope: scope, defaults: defaults, span: .none))
    }
  }

  mutating func value(_ type: QualifiedType) -> Int64 {
    if type.isOptional, chance(40) { return ValueType.none }
    switch type.base {
    case .money: return amount() - (chance(5) ? RandomProgram.money : 0)
    case .bool: return Int64(below(2))
    case .enumeration(let members): return Int64(below(members.count))
    case .time: return time()
    case .ratio: return ratio()
    case .name: return Int64(below(4) - 1)
    case .key: return Int64(below(3))
    case .tokens: return Int64(below(1_050_000))
    case .card: return Int64(below(3))
    case .duration:
      let day = Instant.perDay
      return pick([0, 1, Instant.perHour, day, 10 * day, 20 * day, 40 * day, 40 * day, -5])
    default: return Int64(below(9) - 2)
    }
  }

  private mutating func makeEvents() {
    func field(_ name: String, _ type: QualifiedType, _ range: ValueRange? = nil, value: Int64? = nil) -> Event.Field {
      Event.Field(name: name, type: type, range: range ?? type.base.naturalRange, value: value, span: .none)
    }
    let fields = [
      field("key", QualifiedType(.key, isOptional: true)),
      field("cost", QualifiedType(.money), ValueRange(-RandomProgram.money, 90 * RandomProgram.money)),
      field("tokens", QualifiedType(.tokens), ValueRange(0, 1_000_000)),
      field("flag", QualifiedType(.bool)),
      field("model", QualifiedType(.name, isOptional: true)),
    ]
    program.events = [
      Event(
        name: "request", policy: 0, summary: "", fields: fields, givenCount: fields.count, keyField: 0,
        outOfRange: chance(50) ? 0 : nil, span: .none),
      Event(
        name: "grant", policy: 0, summary: "",
        fields: [field("amount", QualifiedType(.money), ValueRange(0, 100 * RandomProgram.money))], givenCount: 1,
        span: .none),
      Event(
        name: "subscribe", policy: 0, summary: "",
        fields: [field("plan", QualifiedType(.enumeration(["x", "y", "z"])))],
        givenCount: 1, span: .none),
    ]
  }

  private mutating func makeTables() {
    let money = Table.Column(name: "v", type: QualifiedType(.money), range: ValueType.money.naturalRange)
    let rate = Table.Column(name: "r", type: QualifiedType(.rate, isOptional: true), range: ValueType.rate.naturalRange)
    var prices = Table(
      name: "price", hit: .unique,
      inputs: [Table.Column(name: "m", type: QualifiedType(.name), range: ValueType.name.naturalRange)],
      outputs: [money, rate], rows: [], span: .none)
    for symbol in 0..<Int64(3) where chance(80) {
      prices.rowBySymbol[symbol] = prices.rows.count
      prices.rows.append(
        Table.Row(
          cells: [(symbol, symbol)], values: [amount(), chance(20) ? ValueType.none : Int64(below(100_000_000))],
          span: .none))
    }
    var steps = Table(
      name: "steps", hit: .first,
      inputs: [
        Table.Column(name: "c", type: QualifiedType(.money), range: ValueType.money.naturalRange),
        Table.Column(name: "f", type: QualifiedType(.bool), range: ValueType.bool.naturalRange),
      ], outputs: [money], rows: [], span: .none)
    var bands = Table(
      name: "bands", hit: .unique, inputs: [steps.inputs[0]], outputs: [money], rows: [], span: .none)
    var low = -RandomProgram.money
    for _ in 0..<(1 + below(4)) {
      let high = low + 1 + amount()
      bands.rows.append(Table.Row(cells: [(low, high)], values: [amount()], span: .none))
      steps.rows.append(
        Table.Row(cells: [(low, high + amount()), chance(50) ? (0, 1) : (1, 1)], values: [amount()], span: .none))
      low = high + 1 + (chance(30) ? amount() : 0)
    }
    program.tables = [prices, steps, bands]
  }

  private mutating func makeBucket(_ index: Int, isLast: Bool) {
    var bucket = Bucket(name: "b\(index)", draw: Int64(index), span: .none)
    allowsBuckets = false
    if chance(hasMoney && isLast ? 10 : 40) {
      bucket.resets = (pick(WindowKind.allCases), expr(.money, 2))
    } else {
      bucket.keepsLots = chance(hasMoney ? 90 : 60)
    }
    if chance(30) {
      bucket.rateStep = chance(50) ? 1 : [2_000, 10_000_000, 7].randomElement(using: &random) ?? 1
      bucket.rate = chance(50) ? constant(ratio(), .ratio) : optionalSetting(.ratio) ?? constant(ratio(), .ratio)
    }
    allowsBuckets = true
    if isLast || chance(30) { bucket.denial = below(program.denials.count) }
    program.buckets.append(bucket)
  }

  private mutating func makeMeters() {
    for index in 0..<(1 + below(4)) {
      let summed = eventNumber()
      event = summed
      let measure: Meter.Measure =
        switch below(5) {
        case 0: .payments
        case 1, 2: .bucketPayments(below(program.buckets.count))
        case 3: .sum(expr(.money, 2), event: summed)
        default: .count(event: below(program.events.count))
        }
      event = nil
      var type = ValueType.money
      if case .count = measure { type = .integer }
      program.meters.append(
        Meter(
          name: "p.m\(index)", measure: measure, window: pick(WindowKind.allCases),
          since: chance(20) ? below(program.events.count) : nil,
          scope: chance(30) ? .key : .account, type: type,
          range: chance(10) ? ValueRange(-1, 20 * RandomProgram.money) : ValueType.money.naturalRange, span: .none))
    }
  }

  private mutating func makeAnchor() {
    let setting = Expr(.fact(.setting(0)), program.settings[0].type, ValueType.time.naturalRange, .none)
    let last = Expr(.fact(.last(2)), program.settings[0].type, ValueType.time.naturalRange, .none)
    program.cycleAnchor = chance(80) ? setting : last
  }

  private mutating func makeDerived() {
    event = 0
    for index in 0..<below(3) {
      let derivation = expr(.money, 3)
      program.events[0].fields.append(
        Event.Field(
          name: "derived\(index)", type: QualifiedType(.money), range: ValueType.money.naturalRange,
          derivation: derivation, span: .none))
      program.events[0].derivationOrder.append(program.events[0].fields.count - 1)
    }
    if hasMoney { makePins() }
    event = nil
  }

  // MARK: - Rules

  mutating func clauses(_ most: Int) -> [Expr] {
    var clauses: [Expr] = []
    for _ in 0..<below(most + 1) { clauses.append(expr(.bool, 3)) }
    return clauses
  }

  mutating func makePayRule() {
    event = 0
    program.rules.append(
      Rule(
        name: "p.pay", policy: 0, kind: .on(events: [0]), clauses: [],
        effects: [Effect(verb: "pay", operations: [.pay(expr(.money, 2))], span: .none)], span: .none))
    event = nil
  }

  private mutating func makeRule(_ index: Int) {
    let denial = below(program.denials.count)
    let about = eventNumber()
    event = about
    defer {
      event = nil
      isAfter = false
      isRescue = false
    }
    var rule = Rule(name: "p.r\(index)", policy: 0, kind: .on(events: [about]), clauses: [], span: .none)
    switch below(9) {
    case 0:
      let events = chance(20) ? pick(hasMoney ? [[0, 1], [0, 3], [4, 5]] : [[0, 1]]) : [about]
      rule.kind = .deny(events: events, denial: denial)
      if chance(20) { event = nil }
      rule.clauses = [expr(.bool, 3), expr(.bool, 2)]
      if chance(50) { rule.clauses.append(expr(.bool, 3)) }
    case 1:
      event = chance(60) ? nil : hasMoney ? pick([0, 3, 4]) : 0
      rule.kind = .gate(bucket: below(program.buckets.count), denial: denial)
      rule.clauses = clauses(2)
    case 2, 3:
      event = chance(60) ? nil : hasMoney ? pick([0, 3, 4]) : 0
      rule.kind = .cap(bucket: chance(30) ? nil : below(program.buckets.count), limit: limit(), denial: denial)
      rule.clauses = clauses(2)
    case 4:
      event = chance(50) ? nil : hasMoney ? pick([0, 3]) : 0
      isRescue = true
      rule.kind = .beforeDenial(denial: denial)
      rule.clauses = clauses(1)
      rule.effects = effects(1 + below(2))
    case 5:
      isAfter = true
      rule.kind = .after(events: hasMoney && chance(40) ? [0, 4] : [about])
      if case .after(let events) = rule.kind, events.count > 1 { event = nil }
      rule.clauses = clauses(2)
      rule.effects = effects(1 + below(2))
    case 6:
      // Two rules that pay for one event are a fault: seldom.
      if chance(15) || !program.rules.contains(where: { $0.effects.contains { $0.verb == "pay" } }) { makePayRule() }
      return
    default:
      rule.clauses = clauses(2)
      rule.effects = effects(1 + below(3))
      let pays = program.rules.contains { $0.effects.contains { $0.verb == "pay" } }
      if about < 3, !pays || chance(3) {
        rule.effects.append(Effect(verb: "pay", operations: [.pay(expr(.money, 2))], span: .none))
      }
    }
    program.rules.append(rule)
  }

  mutating func effects(_ count: Int) -> [Effect] {
    var effects: [Effect] = []
    for _ in 0..<count {
      let bucket = below(program.buckets.count)
      switch below(5) {
      case 0, 1:
        effects.append(
          Effect(
            verb: "credit", operations: [.credit(expr(.money, 2), bucket: bucket, lotKind: pick(program.lotKinds))],
            span: .none))
      case 2:
        effects.append(Effect(verb: "debit", operations: [.debit(expr(.money, 2), bucket: bucket)], span: .none))
      case 3:
        let settable = program.settings.indices.filter { program.settings[$0].scope != .global }
        let setting = pick(Array(settable))
        let type = program.settings[setting].type
        let isTime = type.base == .time && event != nil
        let value =
          isTime ? fact(.now, .time) : type.base == .money ? expr(.money, 1) : constant(value(type), type.base)
        effects.append(Effect(verb: "set", operations: [.set(setting: setting, value)], span: .none))
      default:
        effects.append(Effect(verb: "notify", operations: [.notify(level: pick(program.noticeLevels))], span: .none))
      }
    }
    return effects
  }

  mutating func limit() -> Expr {
    guard chance(60), let setting = optionalSetting(.money) else { return expr(.money, 2) }
    let less = Expr(.subtract(setting, expr(.money, 1)), QualifiedType(.money), ValueType.money.naturalRange, .none)
    let none = Expr(.constant(ValueType.none), QualifiedType(.money, isOptional: true), ValueRange(0, 0), .none)
    return Expr(
      .choose(condition: bool(.isSet(setting)), then: less, otherwise: none), QualifiedType(.money, isOptional: true),
      ValueType.money.naturalRange, .none)
  }
}
