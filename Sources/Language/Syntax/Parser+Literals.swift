import Diagnostics
import Values

/// Literals of one token, and those that a number and a word make together.
extension Parser {
  /// The literal that begins with the token just read.
  mutating func literal(_ token: Token) -> ExprSyntax {
    switch token.kind {
    case .money: return rate(token) ?? ExprSyntax(.literal(.money(Money(nano: token.value))), token.span)
    case .percent: return ExprSyntax(.literal(.ratio(Ratio(packed: token.value))), token.span)
    case .time: return ExprSyntax(.literal(.time(Instant(microseconds: token.value))), token.span)
    default: return quantity(token)
    }
  }

  /// `150 units`, `10 cents`, `100 tokens`, `90 minutes`, or the number alone.
  private mutating func quantity(_ token: Token) -> ExprSyntax {
    let unit = peek()
    guard unit.kind == .word, !unit.startsLine else { return ExprSyntax(.literal(.integer(token.value)), token.span) }
    let span = token.span.joined(with: unit.span)
    if let size = Parser.sizes[unit.text] {
      advance()
      let (product, overflow) = token.value.multipliedReportingOverflow(by: size.factor)
      if overflow || (size.isMoney && !Money(nano: product).isInRange) {
        note(
          .numberTooLarge, "`\(shown(span))` is too large", at: span,
          label: size.isMoney ? "the largest amount is \(Money.largest)" : nil,
          help: size.isMoney ? "write a smaller amount, such as `$1000`" : "write a shorter time, such as `365 days`")
        return ExprSyntax(.missing, span)
      }
      if size.isMoney { return ExprSyntax(.literal(.money(Money(nano: product))), span) }
      return ExprSyntax(.literal(.duration(TimeSpan(microseconds: product))), span)
    }
    if unit.text == "tokens" || unit.text == "token" {
      advance()
      return ExprSyntax(.literal(.tokens(token.value)), span)
    }
    if let advice = Parser.unknownUnits[unit.text] {
      advance()
      note(
        .unknownUnit, "`\(unit.text)` is not a unit here", at: span, label: advice.reason,
        help: "write \(advice.help(token.text))")
      return ExprSyntax(.missing, span)
    }
    if unit.text == "business", ["day", "days"].contains(peek(1).text) {
      advance()
      let whole = span.joined(with: advance().span)
      note(
        .unknownUnit, "`\(shown(whole))` has no fixed length", at: whole, label: "it depends on where it begins",
        help: "write days, such as `\(token.text) days`")
      return ExprSyntax(.missing, whole)
    }
    return ExprSyntax(.literal(.integer(token.value)), token.span)
  }

  /// `$2.50 per 1M tokens`, if that is what follows the amount.
  private mutating func rate(_ token: Token) -> ExprSyntax? {
    guard at("per") else { return nil }
    let hasCount = peek(1).kind == .integer
    let word = peek(hasCount ? 2 : 1)
    guard word.isWord("tokens") || word.isWord("token") else {
      guard hasCount else { return nil }
      advance()
      let count = advance()
      report(
        .missingWord, "expected `tokens` after `\(shown(count.span))`, found \(found(peek()))", at: peek().span,
        help: "write `\(token.text) per \(count.text) tokens`")
      return ExprSyntax(.missing, span(from: token))
    }
    advance()
    let count = hasCount ? advance().value : 1
    advance()
    let span = span(from: token)
    let (pico, overflow) = token.value.multipliedReportingOverflow(by: Rate.picoPerNano)
    guard count > 0, !overflow, pico % count == 0 else {
      // Too large for 64 bits is far beyond any price, unless a large count divides it again.
      let wide = Int128(token.value) * Int128(Rate.picoPerNano)
      if count > 0, wide % Int128(count) == 0, let pico = Int64(exactly: wide / Int128(count)) {
        return rateLiteral(pico, span)
      }
      note(
        .rateNotExact, "`\(shown(span))` is not a whole number of millionths of a dollar per 1M tokens", at: span,
        help: "write it per 1M tokens with at most six decimals, such as `$2.50 per 1M tokens`")
      return ExprSyntax(.missing, span)
    }
    return rateLiteral(pico / count, span)
  }

  private mutating func rateLiteral(_ pico: Int64, _ span: Span) -> ExprSyntax {
    let rate = Rate(pico: pico)
    guard rate.isInRange else {
      note(
        .numberTooLarge, "`\(shown(span))` is too large", at: span, label: "the largest rate is \(Rate.largest)",
        help: "write it per 1M tokens, such as `$2.50 per 1M tokens`")
      return ExprSyntax(.missing, span)
    }
    return ExprSyntax(.literal(.rate(rate)), span)
  }

  /// Units of money in nano-dollars, units of time in microseconds.
  private static let sizes: [String: (factor: Int64, isMoney: Bool)] = {
    var sizes: [String: (factor: Int64, isMoney: Bool)] = [
      "unit": (Money.nanoPerUnit, true), "units": (Money.nanoPerUnit, true),
      "cent": (Money.nanoPerCent, true), "cents": (Money.nanoPerCent, true),
    ]
    let spans: [(String, Int64)] = [
      ("microsecond", 1), ("millisecond", 1_000), ("second", 1_000_000), ("minute", 60_000_000),
      ("hour", 3_600_000_000), ("day", 86_400_000_000), ("week", 604_800_000_000),
    ]
    for (name, size) in spans {
      sizes[name] = (size, false)
      sizes[name + "s"] = (size, false)
    }
    return sizes
  }()

  private struct UnitAdvice: Sendable {
    var reason: String
    var help: @Sendable (String) -> String
  }

  /// Units people try, and what they should write.
  private static let unknownUnits: [String: UnitAdvice] = {
    var units: [String: UnitAdvice] = [:]
    for name in ["dollar", "dollars", "usd", "USD"] {
      units[name] = UnitAdvice(reason: "dollars have a sign") { "`$\($0)`" }
    }
    for name in ["month", "months"] {
      units[name] = UnitAdvice(reason: "months differ in length") { _ in "days, such as `30 days`" }
    }
    for name in ["year", "years"] {
      units[name] = UnitAdvice(reason: "years differ in length") { _ in "days, such as `365 days`" }
    }
    let short = [("hr", "hours"), ("hrs", "hours"), ("mins", "minutes"), ("sec", "seconds"), ("secs", "seconds")]
    for (name, full) in short {
      units[name] = UnitAdvice(reason: "units are written in full") { "`\($0) \(full)`" }
    }
    return units
  }()
}
