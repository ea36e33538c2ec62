import Diagnostics
import Language
import Ledger
import Values

/// The events of holds, payments, refunds and disputes, and rules for them.
extension RandomProgram {
  static let (hold, settle, void, topup) = (3, 4, 5, 6)
  static let (paid, declined, failed) = (7, 8, 9)
  static let (refund, refundPaid, refundFailed, dispute, disputeWon) = (10, 11, 12, 13, 14)

  mutating func makeMoneyEvents() {
    func field(_ name: String, _ type: ValueType, isOptional: Bool = false, _ range: ValueRange? = nil) -> Event.Field {
      Event.Field(
        name: name, type: QualifiedType(type, isOptional: isOptional), range: range ?? type.naturalRange, span: .none)
    }
    let amounts = ValueRange(0, 100 * RandomProgram.money)
    func add(_ name: String, _ fields: [Event.Field]) {
      program.events.append(
        Event(
          name: name, policy: 0, summary: "", fields: fields, givenCount: fields.count,
          keyField: fields.firstIndex { $0.type.base == .key }, span: .none))
    }
    add(
      "hold",
      [field("key", .key, isOptional: true), field("estimate", .money, amounts), field("ttl", .duration)])
    add("settle", [field("hold", .record(.hold)), field("actual", .money, amounts)])
    add("void", [field("hold", .record(.hold))])
    add("topup", [field("amount", .money, amounts), field("card", .card, isOptional: true)])
    for name in ["paid", "declined", "failed"] { add(name, [field("payment", .record(.payment))]) }
    add("refund", [field("amount", .money, amounts), field("payment", .record(.payment), isOptional: true)])
    for name in ["refund_paid", "refund_failed"] { add(name, [field("refund", .record(.refund))]) }
    for name in ["dispute", "dispute_won"] { add(name, [field("payment", .record(.payment))]) }
    for event in [RandomProgram.settle, RandomProgram.void] where chance(90) {
      program.events[event].keyThrough = 0
    }
    for event in program.events.indices.dropFirst(3) {
      if chance(60) { program.events[event].outOfRange = below(program.denials.count) }
      for field in program.events[event].fields.indices where chance(20) {
        program.events[event].fields[field].outOfRange = below(program.denials.count)
      }
    }
    program.roles.hold = RandomProgram.hold
    program.roles.paid = RandomProgram.paid
    program.roles.declined = RandomProgram.declined
    program.roles.failed = RandomProgram.failed
    program.roles.refundPaid = RandomProgram.refundPaid
    program.roles.refundFailed = RandomProgram.refundFailed
    if chance(50) {
      let words = ValueType.enumeration(
        chance(50) ? ["grants_first", "oldest_first"] : ["oldest_first", "grants_first"])
      program.settings.append(
        Setting(
          name: "p.order", type: QualifiedType(words), range: words.naturalRange, scope: .global,
          defaults: [(Int64.min, Int64(below(2))), (time(), Int64(below(2)))], span: .none))
    }
  }

  /// Prices that are pinned when something begins.
  mutating func makePins() {
    event = RandomProgram.hold
    for index in 0..<below(3) {
      let derivation = expr(.money, 2)
      program.events[RandomProgram.hold].fields.append(
        Event.Field(
          name: "pin\(index)", type: QualifiedType(.money), range: ValueType.money.naturalRange,
          derivation: derivation, span: .none))
      let place = program.events[RandomProgram.hold].fields.count - 1
      program.events[RandomProgram.hold].derivationOrder.append(place)
    }
    event = RandomProgram.settle
    if chance(40) {
      let derivation = expr(.money, 2)
      program.events[RandomProgram.settle].fields.append(
        Event.Field(
          name: "cost", type: QualifiedType(.money), range: ValueType.money.naturalRange, derivation: derivation,
          span: .none))
      program.events[RandomProgram.settle].derivationOrder.append(2)
    }
  }

  // MARK: - Expressions

  /// An amount of the event at hand, or of the record it names.
  mutating func eventAmount() -> Expr? {
    guard let event, event >= 3 else { return nil }
    var found: [Expr] = []
    for (index, field) in program.events[event].fields.enumerated() {
      if field.type.base == .money { found.append(fact(.field(event: event, field: index), .money)) }
      found += numbers(of: field, event, index) { $0 == .money }
    }
    return found.isEmpty ? nil : pick(found)
  }

  /// The numbers of one type that a field's record has; guarded where the field may be none.
  private mutating func numbers(
    of field: Event.Field, _ event: Int, _ index: Int, where matches: (ValueType) -> Bool
  ) -> [Expr] {
    guard case .record(let kind) = field.type.base else { return [] }
    var found: [Expr] = []
    var number = 0
    while let declared = program.number(number, of: kind) {
      if !declared.type.isOptional, matches(declared.type.base) {
        let read = fact(.record(event: event, field: index, number: number), declared.type.base)
        let name = fact(.field(event: event, field: index), field.type.base, isOptional: true)
        let otherwise = constant(value(declared.type), declared.type.base)
        found.append(
          field.type.isOptional
            ? Expr(
              .choose(condition: bool(.isSet(name)), then: read, otherwise: otherwise), declared.type, declared.range,
              .none) : read)
      }
      number += 1
    }
    return found
  }

  /// A condition about a record, the card that is charged, the key.
  mutating func moneyCondition() -> Expr? {
    switch below(6) {
    case 0: return fact(.collecting, .bool)
    case 1: return bool(.isSet(fact(.eventKey, .key, isOptional: true)))
    case 2: return isAfter ? fact(.rescued, .bool) : nil
    default:
      guard let event, event >= 3 else { return nil }
      var found: [Expr] = []
      for (index, field) in program.events[event].fields.enumerated() {
        found += numbers(of: field, event, index) { type in
          switch type {
          case .bool, .enumeration, .time: true
          default: false
          }
        }
      }
      guard !found.isEmpty else { return nil }
      let read = pick(found)
      switch read.type.base {
      case .bool: return read
      case .time: return bool(.compare(pick(Comparison.allCases), read, fact(.now, .time)))
      default:
        return bool(.compare(pick([.equal, .notEqual]), read, constant(value(read.type), read.type.base)))
      }
    }
  }

  private func own(_ number: Int) -> Expr {
    let declared = RecordKind.payment.numbers[number]
    return Expr(.fact(.own(.payment, number: number)), declared.type, declared.range, .none)
  }

  /// An amount about each payment in turn: settings, constants and its own numbers.
  mutating func paymentAmount(_ depth: Int) -> Expr {
    guard depth > 0 else {
      if chance(75) { return own(pick([1, 2, 3, 4, 4, 5])) }
      let plain = setting { $0.type == QualifiedType(.money) && $0.scope != .key }
      if let plain, chance(50) { return fact(.setting(plain), .money) }
      return constant(amount(), .money)
    }
    let (left, right) = (paymentAmount(depth - 1), paymentAmount(depth - 1))
    switch below(6) {
    case 0, 1: return money(.minimum(left, right))
    case 2: return money(.subtract(left, right))
    case 3: return money(.maximum(left, right))
    case 4: return money(.choose(condition: own(pick([6, 7])), then: left, otherwise: right))
    default:
      let condition: Expr
      if chance(50) {
        condition = bool(.compare(.equal, own(0), constant(Int64(below(4)), own(0).type.base)))
      } else {
        condition = bool(.compare(.less, own(9), fact(.now, .time)))
      }
      return money(.choose(condition: condition, then: left, otherwise: right))
    }
  }

  mutating func makePaymentDerivations() {
    for index in 0..<below(3) {
      program.paymentDerivations.append(
        PaymentDerivation(name: "n\(index)", value: paymentAmount(1 + below(2)), span: .none))
    }
    if let order = program.settings.firstIndex(where: { $0.name == "p.order" }) {
      for bucket in program.buckets.indices where program.buckets[bucket].keepsLots {
        program.buckets[bucket].lotOrder = fact(.setting(order), program.settings[order].type.base)
      }
    }
  }

  // MARK: - Rules

  private func one(_ verb: String, _ operation: Operation) -> Effect {
    Effect(verb: verb, operations: [operation], span: .none)
  }

  private func record(_ event: Int, _ field: Int = 0) -> Expr {
    let type = program.events[event].fields[field].type
    return Expr(.fact(.field(event: event, field: field)), type, type.base.naturalRange, .none)
  }

  private mutating func add(_ name: String, _ kind: Rule.Kind, _ clauses: [Expr], _ effects: [Effect]) {
    let rule = Rule(name: "p.\(name)", policy: 0, kind: kind, clauses: clauses, effects: effects, span: .none)
    program.rules.insert(rule, at: below(program.rules.count + 1))
  }

  /// A state of the record that field 0 of an event names.
  private func state(_ event: Int, _ kind: RecordKind, _ state: Int64) -> Expr {
    let type = kind.numbers[0].type.base
    return bool(.compare(.equal, fact(.record(event: event, field: 0, number: 0), type), constant(state, type)))
  }

  mutating func makeMoneyRules() {
    makeHoldRules()
    makePaymentRules()
    makeRefundRules()
  }

  private mutating func makeHoldRules() {
    let (hold, settle, void) = (RandomProgram.hold, RandomProgram.settle, RandomProgram.void)
    event = hold
    let estimate = chance(80) ? fact(.field(event: hold, field: 1), .money) : expr(.money, 2)
    add(
      "reserve", .on(events: [hold]), clauses(chance(80) ? 0 : 1),
      [one("hold", .hold(estimate, ttl: fact(.field(event: hold, field: 2), .duration)))])
    event = settle
    let actual = chance(70) ? fact(.field(event: settle, field: 1), .money) : expr(.money, 2)
    let flag = setting { $0.type.base == .bool && $0.scope != .key }
    if let flag, chance(30) {
      let flag = fact(.setting(flag), .bool)
      add("absorb", .on(events: [settle]), [flag], [one("settle", .settle(actual, hold: record(settle), owed: false))])
      add(
        "owe", .on(events: [settle]), [bool(.not(flag))],
        [one("settle", .settle(actual, hold: record(settle), owed: true))])
    } else {
      let operation = Operation.settle(actual, hold: record(settle), owed: chance(40))
      add("settle", .on(events: [settle]), clauses(chance(80) ? 0 : 1), [one("settle", operation)])
    }
    event = void
    add("void", .on(events: [void]), clauses(chance(80) ? 0 : 1), [one("release", .release(hold: record(void)))])
    event = nil
    for about in [settle, void] where chance(80) {
      let resolved = bool(.or(state(about, .hold, 2), state(about, .hold, 3)))
      add("once\(about)", .deny(events: [about], denial: below(program.denials.count)), [resolved], [])
    }
  }

  /// The card that a rule charges.
  private mutating func card() -> Expr {
    let saved = setting { $0.type.base == .card && $0.scope != .key }
    let known = saved.map { fact(.setting($0), .card, isOptional: true) } ?? constant(0, .card)
    guard event == RandomProgram.topup, chance(60) else { return known }
    return record(RandomProgram.topup, 1)
  }

  private mutating func collect(_ amount: Expr, denial: Int?) -> Effect {
    let bucket = chance(85) ? program.buckets.count - 1 : below(program.buckets.count)
    return one("collect", .collect(amount, card: card(), bucket: bucket, denial: denial))
  }

  private mutating func makePaymentRules() {
    let topup = RandomProgram.topup
    event = topup
    for index in 0..<(chance(20) ? 2 : 1) {
      let amount = chance(80) ? fact(.field(event: topup, field: 0), .money) : expr(.money, 2)
      let denial = chance(65) ? below(program.denials.count) : nil
      var effects = [collect(amount, denial: denial)]
      if chance(30) { effects += self.effects(1) }
      add("topup\(index)", .on(events: [topup]), clauses(index == 0 && chance(80) ? 0 : 1), effects)
    }
    if chance(25) {
      event = 0
      add(
        "prepay", .on(events: [0]), chance(40) ? [] : [expr(.bool, 2)],
        [collect(expr(.money, 1), denial: below(program.denials.count))])
    }
    event = nil
    let low = bool(
      .compare(.less, fact(.posted(program.buckets.count - 1), .money), constant(5 * RandomProgram.money, .money)))
    if chance(60) {
      isAfter = true
      let events = pick([[0], [0, 4], [0, 3, 4], [8], [topup]])
      let clauses = chance(90) ? [low, bool(.not(fact(.collecting, .bool)))] : [expr(.bool, 2)]
      add("refill", .after(events: events), clauses, [collect(constant(amount(), .money), denial: nil)])
      isAfter = false
    }
    if chance(60) {
      isRescue = true
      let enough = bool(
        .compare(.lessOrEqual, fact(.shortfall, .money), constant(20 * RandomProgram.money, .money)))
      var effects = [collect(constant(20 * RandomProgram.money, .money), denial: nil)]
      if chance(30) { effects.append(one("notify", .notify(level: pick(program.noticeLevels)))) }
      let denial = program.buckets[program.buckets.count - 1].denial ?? below(program.denials.count)
      add(
        "rescue", .beforeDenial(denial: chance(80) ? denial : below(program.denials.count)),
        chance(70) ? [enough] : clauses(1), effects)
      isRescue = false
    }
    for (about, operation) in [
      (RandomProgram.paid, Operation.receive(payment: record(RandomProgram.paid))),
      (RandomProgram.declined, .close(payment: record(RandomProgram.declined), asDeclined: true)),
      (RandomProgram.failed, .close(payment: record(RandomProgram.failed), asDeclined: false)),
    ] {
      event = about
      var effects = [one("answer", operation)]
      if chance(25) { effects += self.effects(1) }
      add("answer\(about)", .on(events: [about]), clauses(chance(90) ? 0 : 1), effects)
    }
    event = nil
  }

  private mutating func makeRefundRules() {
    event = RandomProgram.refund
    let amount = chance(70) ? fact(.field(event: RandomProgram.refund, field: 0), .money) : expr(.money, 2)
    let limits = program.paymentDerivations.map(\.value)
    let usual = money(.minimum(own(4), money(.subtract(own(2), own(3)))))
    let limit = chance(60) ? usual : limits.isEmpty || chance(30) ? paymentAmount(2) : pick(limits)
    let named = chance(60) ? record(RandomProgram.refund, 1) : nil
    let bucket = chance(85) ? program.buckets.count - 1 : below(program.buckets.count)
    add(
      "refund", .on(events: [RandomProgram.refund]), clauses(chance(80) ? 0 : 1),
      [one("refund", .refund(amount, bucket: bucket, payment: named, limit: limit))])
    for (about, operation) in [
      (RandomProgram.refundPaid, Operation.confirm(refund: record(RandomProgram.refundPaid))),
      (RandomProgram.refundFailed, .restore(refund: record(RandomProgram.refundFailed))),
      (RandomProgram.disputeWon, .reinstate(payment: record(RandomProgram.disputeWon))),
    ] {
      event = about
      add("answer\(about)", .on(events: [about]), clauses(chance(90) ? 0 : 1), [one("answer", operation)])
    }
    event = RandomProgram.dispute
    let paid = fact(.record(event: RandomProgram.dispute, field: 0, number: 2), .money)
    let refunded = fact(.record(event: RandomProgram.dispute, field: 0, number: 3), .money)
    let taken = chance(80) ? money(.subtract(paid, refunded)) : expr(.money, 1)
    add(
      "dispute", .on(events: [RandomProgram.dispute]), clauses(chance(90) ? 0 : 1),
      [one("clawback", .clawBack(taken, payment: record(RandomProgram.dispute)))])
    event = nil
    for (about, number) in [(RandomProgram.dispute, Int64(1)), (RandomProgram.disputeWon, 0)] where chance(70) {
      let disputed = fact(.record(event: about, field: 0, number: 6), .bool)
      add(
        "disputed\(about)", .deny(events: [about], denial: below(program.denials.count)),
        [number == 1 ? disputed : bool(.not(disputed))], [])
    }
  }
}
