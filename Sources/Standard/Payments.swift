import Language

/// Effects that ask for a customer's money, and send it back.
enum Payments {
  static let all = [collect, receive, close, refund, confirm, restore, clawback, reinstate]

  /// What an example needs so that somebody hears what became of a charge.
  private static let answers = """
    bucket balance draw 1 keeps lots else too_little
    denial too_little 402 rank 1 "Too little"
    event paid payment: payment
    event declined payment: payment
    on paid rule arrived  receive paid.payment
    on declined rule refused  close declined.payment as declined
    """

  static let collect = EffectDefinition(
    verb: "collect",
    summary: "asks the payment provider to charge a card for a bucket; with `else CODE` the event waits for the answer",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("from", "card", .value(.card)),
      EffectDefinition.Field("for", "bucket", .bucket),
      EffectDefinition.Field("else", "code", .denial, isRequired: false),
    ],
    example: """
      policy example "collects"
      event add amount: money in $0..$10, card: card
      denial card_declined 402 rank 2 "The card was declined"
      on add rule charge  collect add.amount from add.card for balance else card_declined
      \(answers)
      """,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let card = arguments.values["card"],
        let bucket = arguments.buckets["bucket"]
      else { return [] }
      return [.collect(amount, card: card, bucket: bucket, denial: arguments.denials["code"])]
    })

  static let receive = EffectDefinition(
    verb: "receive", summary: "puts the money of a payment into its bucket, once, as a lot of its own",
    of: .payment,
    example: """
      policy example "receives"
      event add amount: money in $0..$10, card: card
      on add rule charge  collect add.amount from add.card for balance
      \(answers)
      """
  ) { .receive(payment: $0) }

  static let close = EffectDefinition(
    verb: "close",
    summary: "notes that nothing was paid: the card was declined, or the charge failed for another reason",
    fields: [
      EffectDefinition.Field(nil, "payment", .record(.payment)),
      EffectDefinition.Field("as", "end", .words(["declined", "failed"])),
    ],
    example: """
      policy example "closes"
      event add amount: money in $0..$10, card: card
      event failed payment: payment
      on add rule charge  collect add.amount from add.card for balance
      on failed rule nobody_paid  close failed.payment as failed
      \(answers)
      """,
    lower: { arguments in
      guard let payment = arguments.values["payment"], let end = arguments.words["end"] else { return [] }
      return [.close(payment: payment, asDeclined: end == "declined")]
    })

  static let refund = EffectDefinition(
    verb: "refund",
    summary: "sends money of a bucket back to the cards it came from, newest payment first, of each at most the limit",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("of", "payment", .record(.payment), isRequired: false),
      EffectDefinition.Field("from", "bucket", .bucket),
      EffectDefinition.Field("by", "limit", .eachPayment),
    ],
    example: """
      policy example "refunds"
      event give_back amount: money in $0..$10, payment: payment or none
      bucket balance draw 1 keeps lots else too_little
      denial too_little 402 rank 1 "Too little"
      on give_back rule pay_back
        refund give_back.amount of give_back.payment from balance by payment.unspent
      """,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let bucket = arguments.buckets["bucket"],
        let limit = arguments.values["limit"]
      else { return [] }
      return [.refund(amount, bucket: bucket, payment: arguments.values["payment"], limit: limit)]
    })

  static let confirm = EffectDefinition(
    verb: "confirm", summary: "notes that a refund has arrived",
    of: .refund,
    example: """
      policy example "confirms"
      event arrived refund: refund
      on arrived rule note_it  confirm arrived.refund
      """
  ) { .confirm(refund: $0) }

  static let restore = EffectDefinition(
    verb: "restore", summary: "puts the money of a refund that did not arrive back to where it was",
    of: .refund,
    example: """
      policy example "restores"
      event came_back refund: refund
      on came_back rule put_back  restore came_back.refund
      """
  ) { .restore(refund: $0) }

  static let clawback = EffectDefinition(
    verb: "clawback",
    summary:
      "takes out what a bank took back of a payment: its own money, other payments', gifts, and the rest is owed",
    fields: [
      EffectDefinition.Field(nil, "amount", .value(.money)),
      EffectDefinition.Field("of", "payment", .record(.payment)),
    ],
    example: """
      policy example "claws back"
      event dispute payment: payment
      on dispute rule take_back  clawback dispute.payment.paid of dispute.payment
      """,
    lower: { arguments in
      guard let amount = arguments.values["amount"], let payment = arguments.values["payment"] else { return [] }
      return [.clawBack(amount, payment: payment)]
    })

  static let reinstate = EffectDefinition(
    verb: "reinstate", summary: "puts exactly what was clawed back of a payment where it was taken",
    of: .payment,
    example: """
      policy example "reinstates"
      event won payment: payment
      on won rule put_back  reinstate won.payment
      """
  ) { .reinstate(payment: $0) }
}

extension EffectDefinition {
  /// An effect that does one thing to one record, which stands right after the verb.
  init(
    verb: String, summary: String, of kind: RecordKind, example: String,
    operation: @escaping @Sendable (Expr) -> Operation
  ) {
    let name = kind.rawValue
    self.init(
      verb: verb, summary: summary, fields: [Field(nil, name, .record(kind))], example: example,
      lower: { arguments in arguments.values[name].map { [operation($0)] } ?? [] })
  }
}
