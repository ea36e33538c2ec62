import Diagnostics
import Language
import Values

extension RandomProgram {
  func constant(_ value: Int64, _ type: ValueType) -> Expr {
    Expr(.constant(value), QualifiedType(type, isOptional: value == ValueType.none), type.naturalRange, .none)
  }

  func fact(_ fact: Fact, _ type: ValueType, isOptional: Bool = false) -> Expr {
    Expr(.fact(fact), QualifiedType(type, isOptional: isOptional), type.naturalRange, .none)
  }

  func bool(_ kind: Expr.Kind) -> Expr { Expr(kind, QualifiedType(.bool), ValueRange(0, 1), .none) }
  func money(_ kind: Expr.Kind) -> Expr {
    Expr(kind, QualifiedType(.money), ValueType.money.naturalRange, .none)
  }

  mutating func setting(where matches: (Setting) -> Bool) -> Int? {
    let found = program.settings.indices.filter { matches(program.settings[$0]) }
    return found.isEmpty ? nil : pick(Array(found))
  }

  mutating func optionalSetting(_ type: ValueType) -> Expr? {
    guard let index = setting(where: { $0.type.base == type }) else { return nil }
    return fact(.setting(index), type, isOptional: program.settings[index].type.isOptional)
  }

  /// `none` replaced by a constant.
  mutating func present(_ expr: Expr) -> Expr {
    guard expr.type.isOptional else { return expr }
    return Expr(
      .choose(
        condition: bool(.isSet(expr)), then: expr,
        otherwise: constant(value(QualifiedType(expr.type.base)), expr.type.base)),
      QualifiedType(expr.type.base), expr.range, .none)
  }

  mutating func expr(_ type: ValueType, _ depth: Int) -> Expr { type == .bool ? boolean(depth) : amount(depth) }

  mutating func amount(_ depth: Int) -> Expr {
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

  mutating func amountLeaf() -> Expr {
    if allowsBuckets, !program.paymentDerivations.isEmpty, chance(6) {
      return fact(.total(below(program.paymentDerivations.count)), .money)
    }
    switch below(12) {
    case 0, 1: return constant(amount(), .money)
    case 2, 3:
      if event == 0 { return fact(.field(event: 0, field: 1), .money) }
      if let amount = eventAmount() { return amount }
    case 4:
      if event == 1 { return fact(.field(event: 1, field: 0), .money) }
      if let amount = eventAmount() { return amount }
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
      if isAfter { return fact(chance(60) ? .covered : .shortfall, .money) }
      if isRescue { return fact(.shortfall, .money) }
    default:
      if event == 0, program.events[0].fields.count > 5, chance(50) {
        // A derived field can be read by what comes after it.
        return fact(.field(event: 0, field: 5), .money)
      }
    }
    return constant(amount(), .money)
  }

  mutating func boolean(_ depth: Int) -> Expr {
    if hasMoney, allowsBuckets, chance(20), let condition = moneyCondition() { return condition }
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
      let last = present(fact(.last(below(program.events.count)), .time, isOptional: true))
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
