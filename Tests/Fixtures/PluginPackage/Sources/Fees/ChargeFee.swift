import Language

extension EffectDefinition {
  /// `charge_fee AMOUNT from BUCKET because WORD`: takes the fee, at most what is there, and tells the customer why.
  static let chargeFee = EffectDefinition(
    verb: "charge_fee",
    summary: "takes a fee out of a bucket, at most what is in it, and notifies the customer of the reason",
    fields: [
      Field(nil, "amount", .value(.money)),
      Field("from", "bucket", .bucket),
      Field("because", "reason", .word),
    ],
    example: """
      policy example "takes a fee"
      event usage cost: money in $0..$10
      bucket balance draw 1 else too_little
      denial too_little 402 rank 1 "Too little"
      on usage rule charge  pay usage.cost
      after usage rule fee  when usage.cost > $5  charge_fee $1 from balance because large_usage
      """,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let bucket = arguments.buckets["bucket"],
        let reason = arguments.words["reason"]
      else { return [] }
      return [.debit(amount, bucket: bucket), .notify(level: reason)]
    })
}
