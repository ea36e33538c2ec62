import Language

/// Effects that move money.
enum Movements {
  static let all = [pay, credit, debit]

  static let pay = EffectDefinition(
    verb: "pay",
    summary: "takes an amount from the buckets in the order they draw, inside every gate and cap: all of it or nothing",
    fields: [EffectDefinition.Field(nil, "amount", .value(.money))],
    example: """
      policy example "pays"
      event usage cost: money in $0..$10
      bucket balance draw 1 else too_little
      denial too_little 402 rank 1 "Too little"
      on usage rule charge  pay usage.cost
      """,
    draws: .pay,
    lower: { arguments in arguments.values["amount"].map { [.pay($0)] } ?? [] })

  static let credit = EffectDefinition(
    verb: "credit",
    summary: "puts an amount into a bucket, as a lot of the named kind where the bucket keeps lots",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("to", "bucket", .bucket),
      EffectDefinition.Field("as", "kind", .word, isRequired: false),
    ],
    example: """
      policy example "credits"
      event grant amount: money in $0..$10
      bucket balance draw 1 keeps lots else too_little
      denial too_little 402 rank 1 "Too little"
      on grant rule give  credit grant.amount to balance as promo
      """,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let bucket = arguments.buckets["bucket"] else { return [] }
      return [.credit(amount, bucket: bucket, lotKind: arguments.words["kind"] ?? "paid")]
    })

  static let debit = EffectDefinition(
    verb: "debit",
    summary: "takes an amount out of a bucket, at most what is in it",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("from", "bucket", .bucket),
    ],
    example: """
      policy example "debits"
      event claw amount: money in $0..$10
      bucket balance draw 1 else too_little
      denial too_little 402 rank 1 "Too little"
      on claw rule take  debit claw.amount from balance
      """,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let bucket = arguments.buckets["bucket"] else { return [] }
      return [.debit(amount, bucket: bucket)]
    })
}
