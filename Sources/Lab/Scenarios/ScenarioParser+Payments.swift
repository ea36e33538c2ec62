import Diagnostics
import Language

// Lines about cards, the payment provider, and what an account keeps a record of.

// MARK: - given

extension Parser {
  /// Whether the word `ahead` goes on with an assignment, so that the word before it is a setting's name.
  func isAssigning(_ ahead: Int) -> Bool {
    let token = peek(ahead)
    return token.kind == .equal || token.kind == .dot || token.isWord("is") || token.isWord("to")
  }

  /// `payment "p1" …`, `payment p1 …`: a setting of that name would be followed by `is`, `to` or its value.
  var startsOpeningPayment: Bool {
    guard peek().isWord("payment") else { return false }
    if peek(1).kind == .text { return true }
    return peek(1).kind == .word && !isAssigning(1) && !Words.reserved.contains(peek(1).text)
  }

  static let paymentExample = "given payment \"p1\" $20 card visa with $7.50 spent"

  mutating func readOpeningPayment() -> GivenSyntax? {
    advance()
    let id = advance()
    _ = accept("is") ?? accept(.equal) ?? accept("of")
    let amount = readValue(of: "payment \(id.text)", example: Parser.paymentExample)
    var payment = PaymentSyntax(id: Identifier(id.text, id.span), amount: amount)
    if at("from") || at("by") {
      report(
        .scenarioLine, "`\(peek().text)` does not say a payment's card", at: peek().span, help: Parser.paymentExample)
      return nil
    }
    if accept("card") != nil {
      guard let card = readName("the name of a card", example: Parser.paymentExample) else { return nil }
      payment.card = card
    }
    if accept("with") != nil {
      payment.spent = readValue(of: "with", example: Parser.paymentExample)
      guard isRecovering || accept("spent") != nil else {
        report(.scenarioLine, "expected `spent` after the amount", at: peek().span, help: Parser.paymentExample)
        return nil
      }
    }
    return .payment(payment)
  }

  /// `provider declines`, `provider declines 3 times`
  mutating func readProvider() -> GivenSyntax? {
    advance()
    let answer = advance()
    var times: ExprSyntax?
    if !isAtEnd, !at(.comma) {
      times = parseExpression()
      guard isRecovering || accept("times") != nil else {
        report(
          .scenarioLine, "expected `times` after the number", at: peek().span, help: "given provider declines 3 times")
        return nil
      }
    }
    return .provider(answer: Identifier(answer.text, answer.span), times: times)
  }

  /// `provider` alone, `payment $5`: what is missing is said where it is.
  mutating func readsIncomplete() -> Bool {
    let isProvider = peek().isWord("provider") && (peek(1).kind == .end || peek(1).kind == .comma)
    let isPayment = peek().isWord("payment") && peek(1).kind == .money
    guard isProvider || isPayment else { return false }
    report(
      .scenarioLine, isProvider ? "what does the provider say?" : "a payment needs an id", at: peek().span,
      help: isProvider ? "given provider declines" : Parser.paymentExample)
    return true
  }

  /// `when provider declines`: it is stated, and does not happen. Reported if so.
  mutating func readsStatement() -> Bool {
    let answer = peek(1).text
    guard at("provider"), peek(1).kind == .word, ScenarioBinder.answers.contains(where: { $0.key == answer }) else {
      return false
    }
    report(
      .scenarioLine, "what the provider says is stated, it does not happen", at: peek().span,
      help: "given provider \(answer)")
    return true
  }

  /// One word, or a quoted text.
  private mutating func readName(_ what: String, example: String) -> Identifier? {
    guard let name = accept(.word) ?? accept(.text) else {
      report(
        .scenarioLine, "expected \(what)", at: isAtEnd ? previous.span : peek().span, help: example)
      return nil
    }
    return Identifier(name.text, name.span)
  }
}

// MARK: - then

extension Parser {
  /// Whether an amount or `nothing` follows, and not an operator that makes the word before it a name.
  func startsAmount(_ ahead: Int) -> Bool {
    switch peek(ahead).kind {
    case .money, .integer, .decimal, .leftParenthesis: true
    case .word: !Words.reserved.contains(peek(ahead).text)
    case .end, .comma: true
    default: false
    }
  }

  mutating func readCollects() -> CheckSyntax? {
    advance()
    if accept("nothing") != nil { return .collects(nil, card: nil) }
    let example = "then collects $50 from visa"
    let amount = readValue(of: "collects", example: example)
    guard !isWrong("to", after: "collects", example: example) else { return nil }
    guard accept("from") != nil else { return .collects(amount, card: nil) }
    return readName("the name of a card after `from`", example: example).map { .collects(amount, card: $0) }
  }

  mutating func readRefunds() -> CheckSyntax? {
    advance()
    if accept("nothing") != nil { return .refunds(nil, card: nil) }
    let example = "then refunds $5 to visa"
    let amount = readValue(of: "refunds", example: example)
    guard !isWrong("from", after: "refunds", example: example) else { return nil }
    guard accept("to") != nil else { return .refunds(amount, card: nil) }
    return readName("the name of a card after `to`", example: example).map { .refunds(amount, card: $0) }
  }

  /// Money is collected from a card and refunded to one.
  private mutating func isWrong(_ word: String, after verb: String, example: String) -> Bool {
    guard at(word) else { return false }
    report(
      .scenarioLine, "`\(verb)` goes on with `\(word == "to" ? "from" : "to")`", at: peek().span, help: example)
    return true
  }

  /// `absorb nothing`, `payment "p1" unspent`: a word, and behind it what no condition goes on with. Reported if so.
  mutating func readsNearlyCheck() -> Bool {
    guard peek().kind == .word else { return false }
    let (word, next) = (peek().text, peek(1))
    if let kind = RecordKind(rawValue: word), next.kind == .text {
      report(
        .scenarioLine, "what of the \(kind.rawValue)?", at: peek().span,
        help: kind == .payment
          ? "then unspent of payment \"\(next.text)\" is $5"
          : "then state of \(word) \"\(next.text)\" is \(kind == .hold ? "open" : "paid")")
      return true
    }
    if readsVerdictOfName() { return true }
    guard next.kind == .money || next.isWord("nothing") else { return false }
    let known = ["collects", "refunds", "absorbs"]
    guard let near = Suggestion.nearest(word, in: known) else { return false }
    report(.scenarioLine, "`\(word)` is no check", at: peek().span, help: "did you mean `\(near)`?")
    return true
  }

  /// `denied r1`: a verdict, and behind it what would be somebody's name. Words that join conditions may follow a setting that is
  /// called like a verdict.
  private mutating func readsVerdictOfName() -> Bool {
    let verdicts = ["allowed", "denied", "conflict", "replayed", "waiting", "refused"]
    let joints = ["is", "and", "or", "for", "of", "in", "if", "then", "else"]
    let (verdict, next) = (peek(), peek(1))
    guard verdicts.contains(verdict.text), next.kind == .text || (next.kind == .word && !joints.contains(next.text))
    else { return false }
    let isDenied = verdict.isWord("denied")
    report(
      .scenarioLine,
      "a check is about the last event: "
        + (isDenied
          ? "only `with CODE` and `by RULE` belong behind `denied`" : "nothing belongs behind `\(verdict.text)`"),
      at: next.span, help: isDenied ? "denied with quota_exceeded by fallback_is_on" : verdict.text)
    return true
  }

  mutating func readAbsorbs() -> CheckSyntax? {
    advance()
    if accept("nothing") != nil { return .absorbs(nil) }
    return .absorbs(readValue(of: "absorbs", example: "then absorbs $0.10"))
  }

  /// `unspent of payment "t1"`. No expression has a word, `of` and another word in a row.
  var startsRecordNumber: Bool {
    peek().kind == .word && peek(1).isWord("of") && peek(2).kind == .word
  }

  mutating func readRecordNumber() -> RecordNumberSyntax? {
    let example = "then unspent of payment \"t1\" is $5"
    let number = advance()
    advance()
    let kind = advance()
    guard let id = readName("an id after `\(kind.text)`", example: example) else { return nil }
    guard let comparison = readComparison() else {
      report(
        .scenarioLine, "expected `is` or another comparison after `\(id.text)`",
        at: isAtEnd ? previous.span : peek().span, help: example)
      return nil
    }
    let value = readValue(of: number.text, example: example)
    return RecordNumberSyntax(
      number: Identifier(number.text, number.span), kind: Identifier(kind.text, kind.span), id: id,
      comparison: comparison, value: value)
  }

  private mutating func readComparison() -> Comparison? {
    if accept("is") != nil { return accept("not") == nil ? .equal : .notEqual }
    let found: Comparison? =
      switch peek().kind {
      case .equal: .equal
      case .notEqual: .notEqual
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .greater: .greater
      case .greaterOrEqual: .greaterOrEqual
      default: nil
      }
    if found != nil { advance() }
    return found
  }
}
