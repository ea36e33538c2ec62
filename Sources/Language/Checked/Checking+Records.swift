import Diagnostics
import Values

// What an account keeps records of: `settle.hold.reserved`, `payment.unspent`, `payments.refundable`.
extension Checking {
  /// `EVENT.FIELD.NUMBER`, where the field names a record. Outer nil: no field of this event, a family may have it.
  func recordFact(_ event: Int, _ path: [Identifier], _ span: Span, _ place: Place) -> Expr?? {
    let declared = program.events[event]
    let field = declared.fields.firstIndex { $0.name == path[1].text }
    if field == nil, names.member(path[1].text, of: path[0].text) != nil { return nil }
    guard let found = eventFact(event, Array(path.prefix(2)), path[0].span.joined(with: path[1].span), place) else {
      return nil
    }
    guard let record = found else { return .some(nil) }
    guard let field, case .record(let kind) = record.type.base else {
      report(
        .unknownName, "`\(text(record))` has no numbers of its own", path[2].span, label: "it is \(record.type.name)",
        help: "only a hold, a payment or a refund has some: `settle.hold.reserved`")
      return .some(nil)
    }
    guard present(record, place) != nil else { return .some(nil) }
    return recordNumber(kind, path[2], span) { .record(event: event, field: field, number: $0) }
  }

  /// One number of a record; `fact` says of which record it is read.
  private func recordNumber(_ kind: RecordKind, _ word: Identifier, _ span: Span, _ fact: (Int) -> Fact) -> Expr? {
    let own = kind.numbers
    if let index = own.firstIndex(where: { $0.name == word.text }) {
      return Expr(.fact(fact(index)), own[index].type, own[index].range, span)
    }
    switch kind {
    case .hold:
      guard let event = program.roles.hold,
        let field = program.events[event].fields.firstIndex(where: { $0.name == word.text })
      else { break }
      let declared = program.events[event]
      if field >= declared.givenCount {
        resolveDerivation("\(declared.name).\(word.text)")
        guard program.events[event].fields[field].derivation != nil else { return nil }
      }
      let known = program.events[event].fields[field]
      return Expr(.fact(fact(own.count + field)), known.type, known.range, span)
    case .payment:
      guard paymentDerivations[word.text] != nil else { break }
      guard
        var value = resolvePaymentDerivation(word.text)?.mapped({ node in
          guard case .fact(.own(.payment, let number)) = node.kind else { return nil }
          return Expr(.fact(fact(number)), node.type, node.range, node.span)
        })
      else { return nil }
      value.span = span
      return value
    case .refund: break
    }
    reportUnknownNumber(kind, word)
    return nil
  }

  private func reportUnknownNumber(_ kind: RecordKind, _ word: Identifier) {
    var known = kind.numbers.map(\.name)
    if kind == .hold, let event = program.roles.hold { known += program.events[event].fields.map(\.name) }
    if kind == .payment { known += paymentDerivations.keys.sorted() }
    let nearest = self.nearest(word.text, in: known)
    report(
      .unknownName, "a \(kind.rawValue) has no `\(word.text)`", word.span,
      notes: ["what is known of one is \(known.map { "`\($0)`" }.joined(separator: ", "))"]
        + (kind == .hold && program.roles.hold == nil
          ? ["no rule holds money, so a hold keeps no fields of an event"] : []),
      help: nearest.map { "did you mean `\($0)`?" }
        ?? (kind == .payment ? "derive it: `derive payment.\(word.text) = …`" : "write one of these"))
  }

  /// A derived field of the event that holds, read through a field that names a hold: what has to be checked before.
  func derivedNumber(_ words: [String]) -> Dependent? {
    guard let event = names.events[words[0]],
      let field = program.events[event].fields.first(where: { $0.name == words[1] })
    else { return nil }
    switch field.type.base {
    case .record(.hold):
      guard let hold = program.roles.hold else { return nil }
      let name = "\(program.events[hold].name).\(words[2])"
      return derivations[name] == nil ? nil : .derived(name)
    case .record(.payment): return paymentDerivations[words[2]] == nil ? nil : .ofPayment(words[2])
    default: return nil
    }
  }

  // MARK: - Each payment

  func declarePaymentDerivation(_ name: Identifier, _ value: ExprSyntax, _ family: String) {
    if let first = paymentDerivations[name.text] {
      report(
        .decidedTwice, "`payment.\(name.text)` is derived twice", name.span, label: "derived again here",
        labels: [Label(span: first.name.span, message: "first derived here, in family `\(first.family)`")],
        help: "remove one of them: a fact has one derivation")
      return
    }
    if RecordKind.payment.numbers.contains(where: { $0.name == name.text }) {
      report(
        .duplicateName, "every payment has a `\(name.text)` of its own", name.span,
        help: "derive a number of another name")
      return
    }
    paymentDerivations[name.text] = PaymentDerivationSyntax(family: family, name: name, value: value)
  }

  /// Places for all of them, so that each can be read before it is checked.
  func placePaymentDerivations() {
    for (index, name) in paymentDerivations.keys.sorted().enumerated() {
      guard let span = paymentDerivations[name]?.name.span else { continue }
      paymentDerivations[name]?.index = index
      program.paymentDerivations.append(
        PaymentDerivation(
          name: name, value: Expr(.constant(0), QualifiedType(.money), .constant(0), span), span: span))
    }
  }

  /// Checks what is derived of each payment when it is first read; nil while that fails.
  @discardableResult
  func resolvePaymentDerivation(_ name: String) -> Expr? {
    guard let derivation = paymentDerivations[name] else { return nil }
    switch derivation.state {
    case .done: return derivation.isSound ? program.paymentDerivations[derivation.index].value : nil
    case .open:
      report(
        .circular, "`payment.\(name)` is derived from itself", derivation.name.span,
        help: "derive it from the numbers every payment has")
      return nil
    case .waiting: break
    }
    paymentDerivations[name]?.state = .open
    var place = Place(family: derivation.family, events: [], phase: .decision)
    place.owns = .payment
    let value = apart {
      expression(derivation.value, place, expecting: nil).flatMap(typed).flatMap { present($0, place) }
        .flatMap(wieldy).flatMap { isNumberOfPayment($0) ? $0 : nil }
    }
    paymentDerivations[name]?.state = .done
    guard let value else { return nil }
    paymentDerivations[name]?.isSound = true
    program.paymentDerivations[derivation.index].value = value
    return value
  }

  private func isNumberOfPayment(_ value: Expr) -> Bool {
    guard [.money, .integer, .bool].contains(value.type.base) else {
      report(
        .wrongType, "what is derived of each payment is money, a count or on and off", value.span,
        label: "this is \(value.type.name)", help: "derive an amount, or a condition about it")
      return false
    }
    // It is written out wherever it is read.
    guard ExprSize(value, lets: knownLets).nodes <= ExprSize.mostRepeated else {
      reportTooLarge(value.span)
      return false
    }
    return isSettled(value, as: .ofPayment)
  }

  /// `payment.unspent`: of the payment at hand.
  func ownNumber(_ word: Identifier, _ span: Span, _ place: Place) -> Expr? {
    guard place.owns == .payment else {
      let field = place.events.flatMap { $0.count == 1 ? $0.first : nil }.flatMap { event in
        program.events[event].fields.first { $0.type.base == .record(.payment) }
          .map { "`\(program.events[event].name).\($0.name).\(word.text)`" }
      }
      report(
        .notKnownYet, "`payment.\(word.text)` is about each payment in turn, and none is at hand", span,
        help: field.map { "write \($0)" } ?? sumInstead(of: word.text))
      return nil
    }
    return recordNumber(.payment, word, span) { .own(.payment, number: $0) }
  }

  /// How to read over all payments what was read of one.
  private func sumInstead(of word: String) -> String {
    if paymentDerivations[word] != nil { return "read the sum over all: `payments.\(word)`" }
    let number = RecordKind.payment.numbers.first { $0.name == word }
    let value =
      switch number?.type.base {
      case .money: "payment.\(word)"
      case .bool: "if payment.\(word) then 1 else 0"
      default: "payment.amount"
      }
    return "derive payment.each_\(word) = \(value), and read the sum: `payments.each_\(word)`"
  }

  /// `payments.refundable`: the sum over all payments.
  func paymentTotal(_ word: Identifier, _ span: Span, _ place: Place) -> Expr? {
    if place.phase == .settings {
      report(
        .settingsOnly, "a setting's condition reads settings only", span, label: "this changes with every payment",
        help: "state a promise instead: `always CONDITION \"what it promises\"`")
      return nil
    }
    guard let derivation = paymentDerivations[word.text] else {
      let known = paymentDerivations.keys.sorted()
      let isNumber = RecordKind.payment.numbers.contains { $0.name == word.text }
      report(
        .unknownName, "no `payment.\(word.text)` is derived, so there is no sum of it", word.span,
        notes: known.isEmpty ? [] : ["the sums are \(known.map { "`payments.\($0)`" }.joined(separator: ", "))"],
        help: nearest(word.text, in: known).map { "did you mean `payments.\($0)`?" }
          ?? "derive payment.\(isNumber ? "each_" : "")\(word.text) = payment.\(isNumber ? word.text : "amount")")
      return nil
    }
    guard let value = resolvePaymentDerivation(word.text) else { return nil }
    guard value.type.base != .bool else {
      report(
        .wrongType, "`payment.\(word.text)` is on or off, which does not add up", word.span,
        labels: [Label(span: derivation.name.span, message: "derived here")],
        help: "derive an amount instead: `derive payment.each = if payment.\(word.text) then payment.amount else $0`")
      return nil
    }
    return Expr(.fact(.total(derivation.index)), value.type, PaymentDerivation.sumRange(value), span)
  }
}

extension PaymentDerivation {
  /// What the sum over all payments can be.
  static func sumRange(_ value: Expr) -> ValueRange {
    let natural = value.type.base.naturalRange
    return value.range.low >= 0 ? ValueRange(low: 0, high: natural.high) : natural
  }
}
