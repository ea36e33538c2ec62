import Language

/// Effects that reserve money for something that has begun.
enum Holds {
  static let all = [hold, settle, release]

  static let hold = EffectDefinition(
    verb: "hold",
    summary:
      "reserves an amount for some time, from the buckets in the order they draw, inside every gate and cap: all or nothing",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("for", "time", .value(.duration)),
    ],
    example: """
      policy example "holds"
      event begin estimate: money in $0..$10
      bucket balance draw 1 else too_little
      denial too_little 402 rank 1 "Too little"
      on begin rule reserve  hold begin.estimate for 1 hour
      """,
    draws: .hold,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let time = arguments.values["time"] else { return [] }
      return [.hold(amount, ttl: time)]
    })

  static let settle = EffectDefinition(
    verb: "settle",
    summary:
      "charges what something did cost: what its hold reserved, then the buckets; `as owed` lets the rest be owed",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("of", "hold", .record(.hold)),
      EffectDefinition.Field("as", "rest", .words(["owed"]), isRequired: false),
    ],
    example: """
      policy example "settles"
      event begin estimate: money in $0..$10
      event end hold: hold, cost: money in $0..$10
      bucket balance draw 1 keeps lots else too_little
      denial too_little 402 rank 1 "Too little"
      on begin rule reserve  hold begin.estimate for 1 hour
      on end rule charge  settle end.cost of end.hold as owed
      """,
    draws: .settle,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let hold = arguments.values["hold"] else { return [] }
      return [.settle(amount, hold: hold, owed: arguments.words["rest"] != nil)]
    })

  static let release = EffectDefinition(
    verb: "release", summary: "gives back what a hold reserved",
    of: .hold,
    example: """
      policy example "releases"
      event begin estimate: money in $0..$10
      event stop hold: hold
      bucket balance draw 1 else too_little
      denial too_little 402 rank 1 "Too little"
      on begin rule reserve  hold begin.estimate for 1 hour
      on stop rule give_back  release stop.hold
      """
  ) { .release(hold: $0) }
}
