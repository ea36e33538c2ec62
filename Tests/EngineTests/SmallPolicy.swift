import Diagnostics
import Language
import Values

/// A policy of one screen, built by hand: a monthly quota, then a balance within a spending limit, and a rescue.
enum SmallPolicy {
  static let dollar = Money.nanoPerDollar

  static func expr(_ kind: Expr.Kind, _ type: ValueType = .money, isOptional: Bool = false) -> Expr {
    Expr(kind, QualifiedType(type, isOptional: isOptional), type.naturalRange, .none)
  }
  static func fact(_ fact: Fact, _ type: ValueType = .money, isOptional: Bool = false) -> Expr {
    expr(.fact(fact), type, isOptional: isOptional)
  }
  static func constant(_ value: Int64, _ type: ValueType = .money) -> Expr {
    expr(.constant(value), type, isOptional: value == ValueType.none)
  }
  static func condition(_ kind: Expr.Kind) -> Expr { expr(kind, .bool) }
  static func effect(_ operation: Operation) -> Effect { Effect(verb: "do", operations: [operation], span: .none) }

  static func setting(
    _ name: String, _ type: ValueType, _ value: Int64, isOptional: Bool = false, scope: Scope = .account
  ) -> Setting {
    Setting(
      name: name, type: QualifiedType(type, isOptional: isOptional), range: type.naturalRange, scope: scope,
      defaults: [(Int64.min, value)], span: .none)
  }

  // Settings.
  static let (quota, subscribed, limit, start, rescue, minimum) = (0, 1, 2, 3, 4, 5)
  // Events.
  static let (request, subscribe) = (0, 1)

  static var program: Program {
    var program = Program()
    program.policies = [Policy(name: "limits", summary: "", span: .none)]
    program.settings = [
      setting("limits.plan", .money, 10 * dollar), setting("limits.subscribed", .bool, 0),
      setting("limits.spending_limit", .money, ValueType.none, isOptional: true),
      setting("limits.start", .time, ValueType.none, isOptional: true), setting("limits.rescue", .bool, 0),
      setting("limits.minimum", .money, 5 * dollar, scope: .global),
    ]
    program.settings[limit].conditions = [
      (
        condition(
          .or(
            condition(.not(condition(.isSet(fact(.setting(limit), isOptional: true))))),
            condition(.compare(.greaterOrEqual, fact(.setting(limit), isOptional: true), fact(.setting(minimum)))))),
        "the least limit is {minimum}"
      )
    ]
    program.cycleAnchor = fact(.setting(start), .time, isOptional: true)
    let codes = ["bad", "quota_exceeded", "limit_exceeded", "insufficient_balance"]
    for (index, code) in codes.enumerated() {
      program.denials.append(
        Denial(code: code, policy: 0, status: 402, rank: Int64(index), text: "\(code) at {spending_limit}", span: .none)
      )
    }
    program.lotKinds = ["paid", "promo"]
    program.buckets = [
      Bucket(
        name: "funding.quota", draw: 1,
        resets: (
          .cycle,
          expr(
            .choose(condition: fact(.setting(subscribed), .bool), then: fact(.setting(quota)), otherwise: constant(0)))
        ), span: .none),
      Bucket(name: "funding.balance", draw: 2, keepsLots: true, denial: 3, span: .none),
    ]
    program.meters = [
      Meter(
        name: "limits.spent", measure: .bucketPayments(1), window: .cycle, type: .money,
        range: ValueType.money.naturalRange, span: .none)
    ]
    program.events = [
      Event(
        name: "request", policy: 0, summary: "",
        fields: [
          Event.Field(
            name: "cost", type: QualifiedType(.money), range: ValueRange(0, 1_000_000 * dollar), span: .none)
        ], givenCount: 1, outOfRange: 0, span: .none),
      Event(name: "subscribe", policy: 0, summary: "", fields: [], givenCount: 0, span: .none),
    ]
    let isSubscribed = fact(.setting(subscribed), .bool)
    let less = expr(.subtract(fact(.setting(limit), isOptional: true), fact(.meter(0))))
    let cap = expr(
      .choose(
        condition: condition(.isSet(fact(.setting(limit), isOptional: true))), then: less,
        otherwise: constant(ValueType.none)), isOptional: true)
    program.rules = [
      Rule(
        name: "funding.charge", policy: 0, kind: .on(events: [request]), clauses: [],
        effects: [effect(.pay(fact(.field(event: request, field: 0))))], span: .none),
      Rule(
        name: "limits.cycle_limit", policy: 0, kind: .cap(bucket: 1, limit: cap, denial: 2), clauses: [isSubscribed],
        span: .none),
      Rule(
        name: "limits.begin", policy: 0, kind: .on(events: [subscribe]), clauses: [],
        effects: [
          effect(.set(setting: subscribed, constant(1, .bool))), effect(.set(setting: start, fact(.now, .time))),
        ],
        span: .none),
      Rule(
        name: "topup.rescue", policy: 0, kind: .beforeDenial(denial: 3),
        clauses: [
          fact(.setting(rescue), .bool),
          condition(.compare(.lessOrEqual, fact(.shortfall), constant(20 * dollar))),
        ], effects: [effect(.credit(constant(20 * dollar), bucket: 1, lotKind: "paid"))], span: .none),
      Rule(
        name: "warnings.low", policy: 0, kind: .after(events: [request]),
        clauses: [
          condition(.compare(.less, fact(.posted(1)), constant(5 * dollar))),
          condition(.compare(.greaterOrEqual, fact(.previous(.posted(1))), constant(5 * dollar))),
        ], effects: [effect(.notify(level: "low"))], span: .none),
    ]
    program.noticeLevels = ["low"]
    program.promises = [
      Promise(
        text: "limits: never below zero", policy: 0,
        condition: condition(.compare(.greaterOrEqual, fact(.posted(1)), constant(0))), events: [], span: .none)
    ]
    return program
  }
}
