import Diagnostics
import Values

/// Meters and events: what is counted and what is told.
extension Parser {
  mutating func parseMeter() -> DeclarationSyntax.Kind? {
    advance()
    let example = "= sum of payments each cycle"
    guard let name = expectName("the meter's name", example: "meter spent \(example)"),
      expect(.equal, after: "`\(name.text)`", help: "meter \(name.text) \(example)"),
      let measure = parseMeasure(name)
    else { return nil }
    var meter = MeterSyntax(name: name, measure: measure)
    let clauses: Set = ["each", "ever", "since", "per"]
    resume(at: clauses)
    while at(anyOf: clauses) {
      let word = peek()
      switch word.text {
      case "each":
        advance()
        once(meter.window == nil, "the window", at: word.span)
        let window = expectName("how often after `each`", example: "each cycle")
        meter.window = meter.window ?? window
      case "ever":
        advance()
        once(meter.window == nil, "the window", at: word.span)
        meter.window = meter.window ?? Identifier("ever", word.span)
      case "since":
        advance()
        once(meter.since == nil, "`since`", at: word.span)
        let event = expectName("an event's name after `since`", example: "since collect_paid")
        meter.since = meter.since ?? event
      default:
        if let scope = parseScope(allowsGlobal: false) {
          once(meter.scope == nil, "the scope", at: scope.span)
          meter.scope = meter.scope ?? scope
        }
      }
      resume(at: clauses)
    }
    finish("meter", clauses: ["each", "ever", "since", "per"])
    return .meter(meter)
  }

  private mutating func parseMeasure(_ name: Identifier) -> MeterSyntax.Measure? {
    let start = peek()
    if at("count"), peek(1).isWord("of") {
      advance()
      advance()
      return expectName("an event's name after `count of`", example: "count of request").map { .count(event: $0) }
    }
    guard at("sum"), peek(1).isWord("of") else {
      report(
        .measureExpected, "expected `sum of` or `count of`, found \(found(start))", at: start.span,
        help: "meter \(name.text) = sum of payments each cycle")
      return nil
    }
    advance()
    advance()
    if at("payments"), !peek(1).isWord("on"), !continuesOperand(peek(1)) {
      return .payments(start.span.joined(with: advance().span))
    }
    if peek().kind == .word, peek(1).isWord("payments"), !Words.reserved.contains(peek().text) {
      let bucket = advance()
      advance()
      return .bucketPayments(Identifier(bucket.text, bucket.span))
    }
    let value = parseExpression()
    guard
      expect(
        "on", after: "`\(shown(value.span))`",
        help: "write `sum of \(shown(value.span)) on EVENT`, or `sum of BUCKET payments`"),
      let event = expectName("an event's name after `on`", example: "sum of request.cost on request")
    else { return nil }
    return .sum(value, event: event)
  }

  mutating func parseEvent() -> DeclarationSyntax.Kind? {
    advance()
    guard let name = expectName("the event's name", example: "event hold estimate: money") else { return nil }
    var event = EventSyntax(name: name)
    if let text = accept(.text) { event.summary = QuotedText(text.text, text.span) }
    while peek().kind == .word, !startsDeclaration {
      if at("otherwise"), peek(1).kind != .colon {
        advance()
        event.otherwise = expectName("the denial's code after `otherwise`", example: "otherwise bad_request")
        break
      }
      guard let field = parseField() else { break }
      event.fields.append(field)
      let isParted = accept(.comma) != nil || peek().startsLine || at("otherwise")
      if !isParted, peek().kind == .word { reportMissingComma() }
    }
    finish("event", clauses: ["otherwise"])
    return .event(event)
  }

  private mutating func reportMissingComma() {
    let gap = Span(source: source, start: previous.span.end, end: previous.span.end)
    note(
      .missingComma, "two fields on one line are parted by a comma", at: gap,
      help: "write `,` before `\(peek().text)`", replacement: ",")
  }

  private mutating func parseField() -> EventSyntax.Field? {
    guard let name = expectName("a field's name", example: "amount: money"),
      expectColon(after: name, help: "\(name.text): money"), let type = parseType()
    else { return nil }
    var field = EventSyntax.Field(name: name, type: type)
    if accept("in") != nil { field.range = parseRange(help: "in $0..$1000") }
    if accept(.equal) != nil { field.value = parseExpression() }
    if accept("else") != nil {
      field.denial = expectName("the denial's code after `else`", example: "else unknown_hold")
    }
    return isRecovering ? nil : field
  }
}
