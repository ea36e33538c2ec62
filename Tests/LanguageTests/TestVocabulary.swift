import Language
import Values

extension EffectDefinition {
  /// The effects of the box, as these tests use them: the same words, and what they are made into.
  static let forTests: [EffectDefinition] = [
    of("pay", [.init(nil, "amount", .value(.money))], draws: .pay) { [.pay($0.values["amount"]!)] },
    of(
      "credit",
      [
        .init(nil, "amount", .value(.money)), .init("to", "bucket", .bucket),
        .init("as", "kind", .word, isRequired: false),
      ]
    ) { [.credit($0.values["amount"]!, bucket: $0.buckets["bucket"]!, lotKind: $0.words["kind"] ?? "paid")] },
    of("set", [.init(nil, "assignment", .assignment)]) {
      [.set(setting: $0.assignment!.setting, $0.assignment!.value)]
    },
    of("notify", [.init(nil, "level", .word)]) { [.notify(level: $0.words["level"]!)] },
    of("hold", [.init(nil, "amount", .value(.money)), .init("for", "time", .value(.duration))], draws: .hold) {
      [.hold($0.values["amount"]!, ttl: $0.values["time"]!)]
    },
    of(
      "settle",
      [
        .init(nil, "amount", .value(.money)), .init("of", "hold", .record(.hold)),
        .init("as", "rest", .words(["owed"]), isRequired: false),
      ], draws: .settle
    ) { [.settle($0.values["amount"]!, hold: $0.values["hold"]!, owed: $0.words["rest"] != nil)] },
    of("release", [.init(nil, "hold", .record(.hold))]) { [.release(hold: $0.values["hold"]!)] },
    of(
      "collect",
      [
        .init(nil, "amount", .value(.money)), .init("from", "card", .value(.card)), .init("for", "bucket", .bucket),
        .init("else", "code", .denial, isRequired: false),
      ]
    ) {
      [
        .collect(
          $0.values["amount"]!, card: $0.values["card"]!, bucket: $0.buckets["bucket"]!, denial: $0.denials["code"])
      ]
    },
    of("receive", [.init(nil, "payment", .record(.payment))]) { [.receive(payment: $0.values["payment"]!)] },
    of("close", [.init(nil, "payment", .record(.payment)), .init("as", "end", .words(["declined", "failed"]))]) {
      [.close(payment: $0.values["payment"]!, asDeclined: $0.words["end"] == "declined")]
    },
    of(
      "refund",
      [
        .init(nil, "amount", .value(.money)), .init("of", "payment", .record(.payment), isRequired: false),
        .init("from", "bucket", .bucket), .init("by", "limit", .eachPayment),
      ]
    ) {
      [
        .refund(
          $0.values["amount"]!, bucket: $0.buckets["bucket"]!, payment: $0.values["payment"], limit: $0.values["limit"]!
        )
      ]
    },
    of("confirm", [.init(nil, "refund", .record(.refund))]) { [.confirm(refund: $0.values["refund"]!)] },
    of("restore", [.init(nil, "refund", .record(.refund))]) { [.restore(refund: $0.values["refund"]!)] },
    of("clawback", [.init(nil, "amount", .value(.money)), .init("of", "payment", .record(.payment))]) {
      [.clawBack($0.values["amount"]!, payment: $0.values["payment"]!)]
    },
    of("reinstate", [.init(nil, "payment", .record(.payment))]) { [.reinstate(payment: $0.values["payment"]!)] },
  ]

  private static func of(
    _ verb: String, _ fields: [Field], draws: Draw? = nil, _ lower: @escaping @Sendable (EffectArguments) -> [Operation]
  ) -> EffectDefinition {
    EffectDefinition(verb: verb, summary: "", fields: fields, example: "", draws: draws, lower: lower)
  }
}

extension FunctionDefinition {
  /// What the shipped families use of the box.
  static let addBusinessDays = FunctionDefinition(
    name: "add_business_days", summary: "",
    parameters: [.init("time", .time), .init("days", .integer, range: ValueRange(-10_000, 10_000))],
    result: .init("time", .time), example: ("add_business_days(2026-01-30, 1)", "2026-02-02T00:00:00Z"),
    body: { $0[0] })
}
