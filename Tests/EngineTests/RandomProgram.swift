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
  private var event: Int?
  private var isAfter = false
  private var isRescue = false
  private var allowsBuckets = true
  private var letCount = 0

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
    makeSettings()
    makeEvents()
    makeTables()
    let bucketCount = 1 + below(3)
    for index in 0..<bucketCount { makeBucket(index, isLast: index == bucketCount - 1) }
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
    for index in 0..<below(3) {
      event = chance(50) ? 0 : nil
      isAfter = true
      program.promises.append(
        Promise(
          text: "p: \(index)", policy: 0, condition: expr(.bool, 3), events: event.map { [$0] } ?? [], span: .none))
      isAfter = false
    }
    return program
  }

  private mutating func makeSettings() {
    let types: [QualifiedType] = [
      QualifiedType(.money), QualifiedType(.money, isOptional: true), QualifiedType(.bool),
      QualifiedType(.enumeration(["x", "y", "z"])), QualifiedType(.time, isOptional: true), QualifiedType(.ratio),
      QualifiedType(.integer),
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
    case .money: return amount() - (chance(10) ? RandomProgram.money : 0)
    case .bool: return Int64(below(2))
    case .enumeration(let members): return Int64(below(members.count))
    case .time: return time()
    case .ratio: return ratio()
    case .name: return Int64(below(4) - 1)
    case .key: return Int64(below(3))
    case .tokens: return Int64(below(2_000_000))
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
    if chance(40) {
      bucket.resets = (pick(WindowKind.allCases), expr(.money, 2))
    } else {
      bucket.keepsLots = chance(60)
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
      event = 0
      let measure: Meter.Measure =
        switch below(5) {
        case 0: .payments
        case 1, 2: .bucketPayments(below(program.buckets.count))
        case 3: .sum(expr(.money, 2), event: 0)
        default: .count(event: below(3))
        }
      event = nil
      var type = ValueType.money
      if case .count = measure { type = .integer }
      program.meters.append(
        Meter(
          name: "p.m\(index)", measure: measure, window: pick(WindowKind.allCases), since: chance(20) ? below(3) : nil,
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
    event = nil
  }

  // MARK: - Rules

  private mutating func clauses(_ most: Int) -> [Expr] {
    var clauses: [Expr] = []
    for _ in 0..<below(most + 1) { clauses.append(expr(.bool, 3)) }
    return clauses
  }

  private mutating func makePayRule() {
    event = 0
    program.rules.append(
      Rule(
        name: "p.pay", policy: 0, kind: .on(events: [0]), clauses: [],
        effects: [Effect(verb: "pay", operations: [.pay(expr(.money, 2))], span: .none)], span: .none))
    event = nil
  }

  private mutating func makeRule(_ index: Int) {
    let denial = below(program.denials.count)
    let about = pick([0, 0, 0, 1, 2])
    event = about
    defer {
      event = nil
      isAfter = false
      isRescue = false
    }
    var rule = Rule(name: "p.r\(index)", policy: 0, kind: .on(events: [about]), clauses: [], span: .none)
    switch below(9) {
    case 0:
      rule.kind = .deny(events: chance(20) ? [0, 1] : [about], denial: denial)
      if chance(20) { event = nil }
      rule.clauses = [expr(.bool, 3), expr(.bool, 2)]
      if chance(50) { rule.clauses.append(expr(.bool, 3)) }
    case 1:
      if chance(60) { event = nil } else { event = 0 }
      rule.kind = .gate(bucket: below(program.buckets.count), denial: denial)
      rule.clauses = clauses(2)
    case 2, 3:
      if chance(60) { event = nil } else { event = 0 }
      rule.kind = .cap(bucket: chance(30) ? nil : below(program.buckets.count), limit: limit(), denial: denial)
      rule.clauses = clauses(2)
    case 4:
      event = chance(50) ? 0 : nil
      isRescue = true
      rule.kind = .beforeDenial(denial: denial)
      rule.clauses = clauses(1)
      rule.effects = effects(1 + below(2))
    case 5:
      isAfter = true
      rule.kind = .after(events: [about])
      rule.clauses = clauses(2)
      rule.effects = effects(1 + below(2))
    case 6:
      makePayRule()
      return
    default:
      rule.clauses = clauses(2)
      rule.effects = effects(1 + below(3))
      let pays = program.rules.contains { $0.effects.contains { $0.verb == "pay" } }
      if !pays || chance(3) {
        rule.effects.append(Effect(verb: "pay", operations: [.pay(expr(.money, 2))], span: .none))
      }
    }
    program.rules.append(rule)
  }

  private mutating func effects(_ count: Int) -> [Effect] {
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

  private mutating func limit() -> Expr {
    guard chance(60), let setting = optionalSetting(.money) else { return expr(.money, 2) }
    let less = Expr(.subtract(setting, expr(.money, 1)), QualifiedType(.money), ValueType.money.naturalRange, .none)
    let none = Expr(.constant(ValueType.none), QualifiedType(.money, isOptional: true), ValueRange(0, 0), .none)
    return Expr(
      .choose(condition: bool(.isSet(setting)), then: less, otherwise: none), QualifiedType(.money, isOptional: true),
      ValueType.money.naturalRange, .none)
  }

  // MARK: - Expressions

  private func constant(_ value: Int64, _ type: ValueType) -> Expr {
    Expr(.constant(value), QualifiedType(type, isOptional: value == ValueType.none), type.naturalRange, .none)
  }

  private func fact(_ fact: Fact, _ type: ValueType, isOptional: Bool = false) -> Expr {
    Expr(.fact(fact), QualifiedType(type, isOptional: isOptional), type.naturalRange, .none)
  }

  private func bool(_ kind: Expr.Kind) -> Expr { Expr(kind, QualifiedType(.bool), ValueRange(0, 1), .none) }
  private func money(_ kind: Expr.Kind) -> Expr {
    Expr(kind, QualifiedType(.money), ValueType.money.naturalRange, .none)
  }

  private mutating func setting(where matches: (Setting) -> Bool) -> Int? {
    let found = program.settings.indices.filter { matches(program.settings[$0]) }
    return found.isEmpty ? nil : pick(Array(found))
  }

  private mutating func optionalSetting(_ type: ValueType) -> Expr? {
    guard let index = setting(where: { $0.type.base == type }) else { return nil }
    return fact(.setting(index), type, isOptional: program.settings[index].type.isOptional)
  }

  /// `none` replaced by a constant.
  private mutating func present(_ expr: Expr) -> Expr {
    guard expr.type.isOptional else { return expr }
    return Expr(
      .choose(
        condition: bool(.isSet(expr)), then: expr,
        otherwise: constant(value(QualifiedType(expr.type.base)), expr.type.base)),
      QualifiedType(expr.type.base), expr.range, .none)
  }

  mutating func expr(_ type: ValueType, _ depth: Int) -> Expr { type == .bool ? boolean(depth) : amount(depth) }

  private mutating func amount(_ depth: Int) -> Expr {
    if depth == 0 || chance(25) { return amountLeaf() }
    switch below(14) {
    case 0, 1: return money(.add(amount(depth - 1), amount(depth - 1)))
    case 2, 3: return money(.subtract(amount(depth - 1), amount(depth - 1)))
    case 4: return money(.minimum(amount(depth - 1), amount(depth - 1)))
    case 5: return money(.maximum(amount(depth - 1), amount(depth - 1)))
    case 6: return money(.negate(amount(depth - 1)))
    case 7: return money(.scale(Int64(below(7) - 2), amount(depth - 1)))
    case 8:
      return money(
        .choose(condition: boolean(depth - 1), then: amount(depth - 1), otherwise: amount(depth - 1)))
    case 9:
      var products: [Expr.Product] = []
      for _ in 0..<(1 + below(2)) {
        let tokens = event == 0 ? fact(.field(event: 0, field: 2), .tokens) : constant(Int64(below(1_000)), .tokens)
        products.append(Expr.Product(tokens: tokens, rate: constant(Int64(below(90_000_000)), .rate)))
      }
      let plus = chance(50) ? amount(depth - 1) : nil
      return money(
        .roundedProducts(products, plus: plus, pick(Rounding.allCases), quantum: pick([1, 2_000, 10_000_000])))
    case 10:
      let ratio = present(optionalSetting(.ratio) ?? constant(ratio(), .ratio))
      return money(
        .roundedScale(amount(depth - 1), ratio: ratio, pick(Rounding.allCases), quantum: pick([1, 2_000, 10_000_000])))
    case 11:
      let model =
        event == 0 ? fact(.field(event: 0, field: 4), .name, isOptional: true) : constant(Int64(below(4)), .name)
      return present(
        Expr(
          .lookup(table: 0, column: 0, [model]), QualifiedType(.money, isOptional: true), ValueType.money.naturalRange,
          .none))
    case 12:
      let keys = chance(50) ? (1, [amount(depth - 1), boolean(0)]) : (2, [amount(depth - 1)])
      return present(
        Expr(
          .lookup(table: keys.0, column: 0, keys.1), QualifiedType(.money, isOptional: true),
          ValueType.money.naturalRange, .none))
    default:
      guard let clamp = program.functions.firstIndex(where: { $0.name == "clamp" }) else { return amountLeaf() }
      return money(.call(clamp, [amount(depth - 1), constant(0, .money), amount(0)]))
    }
  }

  private mutating func amountLeaf() -> Expr {
    switch below(12) {
    case 0, 1: return constant(amount(), .money)
    case 2, 3: if event == 0 { return fact(.field(event: 0, field: 1), .money) }
    case 4: if event == 1 { return fact(.field(event: 1, field: 0), .money) }
    case 5: if let setting = optionalSetting(.money) { return present(setting) }
    case 6, 7:
      guard allowsBuckets, !program.buckets.isEmpty else { break }
      let bucket = below(program.buckets.count)
      var read = pick([Fact.posted(bucket), .available(bucket), .held(bucket)])
      if isAfter, chance(30) { read = .previous(read) }
      if isAfter, chance(20) { read = .drawn(bucket) }
      return fact(read, .money)
    case 8:
      let meters = program.meters.indices.filter { program.meters[$0].type == .money }
      guard allowsBuckets, !meters.isEmpty else { break }
      let read = Fact.meter(pick(Array(meters)))
      return fact(isAfter && chance(30) ? .previous(read) : read, .money)
    case 9:
      let lets = (0..<letCount).filter { program.lets[$0].value.type.base == .money }
      if allowsBuckets, !lets.isEmpty { return money(.named(pick(Array(lets)))) }
    case 10:
      if isAfter { return fact(.covered, .money) }
      if isRescue { return fact(.shortfall, .money) }
    default:
      if event == 0, program.events[0].fields.count > 5, chance(50) {
        // A derived field can be read by what comes after it.
        return fact(.field(event: 0, field: 5), .money)
      }
    }
    return constant(amount(), .money)
  }

  private mutating func boolean(_ depth: Int) -> Expr {
    switch below(depth == 0 ? 6 : 11) {
    case 0: if event == 0 { return fact(.field(event: 0, field: 3), .bool) }
    case 1: if let setting = setting(where: { $0.type.base == .bool }) { return fact(.setting(setting), .bool) }
    case 2:
      if let index = setting(where: { if case .enumeration = $0.type.base { true } else { false } }) {
        let type = program.settings[index].type.base
        return bool(.compare(pick([.equal, .notEqual]), fact(.setting(index), type), constant(Int64(below(3)), type)))
      }
    case 3:
      if let index = setting(where: { $0.type.isOptional }) {
        return bool(.isSet(fact(.setting(index), program.settings[index].type.base, isOptional: true)))
      }
    case 4:
      let lets = (0..<letCount).filter { program.lets[$0].value.type.base == .bool }
      if allowsBuckets, !lets.isEmpty { return bool(.named(pick(Array(lets)))) }
    case 5:
      let other = pick([fact(.cycleStart, .time), fact(.cycleEnd, .time), constant(time(), .time)])
      let last = present(fact(.last(below(3)), .time, isOptional: true))
      return bool(.compare(pick(Comparison.allCases), chance(50) ? fact(.now, .time) : last, other))
    case 6: return bool(.and(boolean(depth - 1), boolean(depth - 1)))
    case 7: return bool(.or(boolean(depth - 1), boolean(depth - 1)))
    case 8: return bool(.not(boolean(depth - 1)))
    case 9:
      if let setting = optionalSetting(.ratio) {
        return bool(.compareRatio(pick(Comparison.allCases), setting, constant(ratio(), .ratio)))
      }
    default: break
    }
    return bool(.compare(pick(Comparison.allCases), amount(max(0, depth - 1)), amount(max(0, depth - 1))))
  }
}
