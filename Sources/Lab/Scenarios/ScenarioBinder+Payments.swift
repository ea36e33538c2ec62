import Diagnostics
import Engine
import Language
import Values

extension ScenarioBinder {
  // MARK: - given

  mutating func bind(_ payment: PaymentSyntax) -> ScenarioPlan.OpeningPayment? {
    let amount = constant(payment.amount, QualifiedType(.money), of: "payment \(payment.id.text)")
    let spent = payment.spent.map { constant($0, QualifiedType(.money), of: "with … spent") } ?? 0
    guard let amount, let spent else { return nil }
    guard let bucket = program.paidBucket else {
      report(
        .openingPayment, "no bucket keeps lots, so nothing can remember this payment", payment.id.span,
        help: "declare it: `bucket balance draw 30 keeps lots`")
      return nil
    }
    guard amount > 0, spent >= 0, spent <= amount else {
      report(
        .openingPayment,
        amount > 0
          ? "a payment of \(Money(nano: amount)) cannot have \(Money(nano: spent)) spent"
          : "a payment is more than \(Money.zero)",
        amount > 0 ? payment.spent?.span ?? payment.amount.span : payment.amount.span,
        help: amount > 0 ? "write an amount from $0 to \(Money(nano: amount))" : "given payment \"p1\" $20")
      return nil
    }
    if let first = openings[payment.id.text] {
      report(
        .openingPayment, "the payment `\(payment.id.text)` is stated twice", payment.id.span,
        labels: [Label(span: first, message: "the first one")], help: "give it an id of its own")
      return nil
    }
    openings[payment.id.text] = payment.id.span
    return ScenarioPlan.OpeningPayment(
      id: payment.id.text, bucket: bucket, amount: amount, spent: spent, card: payment.card?.text)
  }

  /// Most answers one line may state. More would only be a slip of the finger.
  private static let mostAnswers: Int64 = 1_000

  static let answers: KeyValuePairs<String, ProviderAnswer> = [
    "pays": .paid, "declines": .declined("the card was declined"), "waits": .pending,
    "fails": .failed("the provider could not be reached"),
  ]

  mutating func bind(answer word: Identifier, times: ExprSyntax?) -> ScenarioPlan.Given? {
    guard let answer = ScenarioBinder.answers.first(where: { $0.key == word.text })?.value else {
      let known = ScenarioBinder.answers.map(\.key)
      report(
        .providerAnswer, "no payment provider `\(word.text)`", word.span,
        help: Suggestion.nearest(word.text, in: known).map { "did you mean `\($0)`?" }
          ?? "write `provider pays`, `provider declines`, `provider waits` or `provider fails`")
      return nil
    }
    guard let times else { return .answers(answer, count: 1) }
    guard let count = constant(times, QualifiedType(.integer), of: "times") else { return nil }
    guard count >= 1, count <= ScenarioBinder.mostAnswers else {
      report(
        .providerAnswer, "a provider answers from 1 to \(ScenarioBinder.mostAnswers) times in a line", times.span,
        help: "given provider \(word.text) 3 times")
      return nil
    }
    return .answers(answer, count: Int(count))
  }

  // MARK: - then

  /// An amount, or zero for `nothing`.
  mutating func money(_ syntax: ExprSyntax?, of what: String) -> Int64? {
    syntax.map { constant($0, QualifiedType(.money), of: what) } ?? 0
  }

  mutating func bind(number syntax: RecordNumberSyntax) -> ScenarioPlan.Check? {
    guard let kind = RecordKind(rawValue: syntax.kind.text) else {
      let known = RecordKind.allCases.map(\.rawValue)
      report(
        .unknownNumber, "an account keeps no record of a `\(syntax.kind.text)`", syntax.kind.span,
        help: Suggestion.nearest(syntax.kind.text, in: known).map { "did you mean `\($0)`?" }
          ?? "write `hold`, `payment` or `refund`")
      return nil
    }
    guard let (place, type) = program.place(of: syntax.number.text, in: kind) else {
      let known = program.numberNames(of: kind)
      report(
        .unknownNumber, "a \(kind.rawValue) has no `\(syntax.number.text)`", syntax.number.span,
        help: Suggestion.nearest(syntax.number.text, in: known).map { "did you mean `\($0)`?" }
          ?? "its numbers are \(listed(known))")
      return nil
    }
    if syntax.comparison != .equal, syntax.comparison != .notEqual, !type.base.isOrdered {
      report(
        .unknownNumber, "`\(syntax.number.text)` has no order, so nothing is less or more", syntax.number.span,
        help: "compare it with `is` or `is not`")
      return nil
    }
    guard let value = value(syntax.value, type, of: syntax.number.text) else { return nil }
    let number = ScenarioPlan.RecordNumber(kind: kind, id: syntax.id.text, place: place, type: type)
    return .number(number, syntax.comparison, value)
  }
}

extension Program {
  /// The bucket that payments are for: the one that some rule collects for, else the first that keeps lots.
  public var paidBucket: Int? {
    for operation in rules.flatMap(\.effects).flatMap(\.operations) {
      if case .collect(_, _, let bucket, _) = operation, buckets[bucket].keepsLots { return bucket }
    }
    return buckets.firstIndex(where: \.keepsLots)
  }

  /// What every record of a kind has, by name: its own numbers, the fields a hold keeps, what the rules derive of payments.
  func numberNames(of kind: RecordKind) -> [String] {
    var names = kind.numbers.map(\.name)
    if kind == .hold, let event = roles.hold { names += events[event].fields.map(\.name) }
    if kind == .payment { names += paymentDerivations.map(\.name) }
    return names
  }

  func place(
    of name: String, in kind: RecordKind
  ) -> (place: ScenarioPlan.RecordNumber.Place, type: QualifiedType)? {
    guard let index = numberNames(of: kind).firstIndex(of: name) else { return nil }
    if let number = number(index, of: kind) { return (.stored(index), number.type) }
    let derivation = index - kind.numbers.count
    guard kind == .payment, paymentDerivations.indices.contains(derivation) else { return nil }
    return (.derived(derivation), paymentDerivations[derivation].value.type)
  }
}
