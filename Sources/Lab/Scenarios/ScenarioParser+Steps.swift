import Diagnostics
import Language

// MARK: - given

extension Parser {
  /// The statements of one line, separated by commas.
  mutating func readGivens() -> [StepSyntax] {
    readList { parser in
      let first = parser.peek()
      if first.isWord("key"), parser.peek(1).kind == .word || parser.peek(1).kind == .text {
        return parser.readKey().map { StepSyntax(.given($0), parser.span(from: first)) }
      }
      if first.isWord("table"), parser.peek(1).kind == .word {
        return parser.readRow().map { StepSyntax(.given($0), parser.span(from: first)) }
      }
      if parser.readsIncomplete() { return nil }
      if parser.startsOpeningPayment {
        return parser.readOpeningPayment().map { StepSyntax(.given($0), parser.span(from: first)) }
      }
      if first.isWord("provider"), parser.peek(1).kind == .word, !parser.isAssigning(1) {
        return parser.readProvider().map { StepSyntax(.given($0), parser.span(from: first)) }
      }
      let isGlobal = first.isWord("global") && parser.peek(1).kind == .word
      if isGlobal { parser.advance() }
      guard var assignment = parser.readAssignment(example: "given balance is $20") else { return nil }
      assignment.isGlobal = isGlobal
      return StepSyntax(.given(.value(assignment)), parser.span(from: first))
    }
  }

  /// `NAME [is] VALUE [LOT KIND] [for key KEY]`
  fileprivate mutating func readAssignment(example: String) -> AssignmentSyntax? {
    guard let name = readPath("the name of a setting, a bucket or a meter", example: example) else { return nil }
    _ = accept("is") ?? accept(.equal) ?? accept("to")
    let value = readValue(of: name.map(\.text).joined(separator: "."), example: example)
    var assignment = AssignmentSyntax(name: name, value: value)
    if peek().kind == .word, !at("for"), !at("and") {
      let kind = advance()
      assignment.lotKind = Identifier(kind.text, kind.span)
    }
    assignment.key = readForKey()
    return assignment
  }

  fileprivate mutating func readForKey() -> Identifier? {
    guard accept("for") != nil else { return nil }
    guard accept("key") != nil else {
      report(.scenarioLine, "expected `key` after `for`", at: peek().span, help: "for key bob")
      return nil
    }
    return readKeyName()
  }

  fileprivate mutating func readKeyName() -> Identifier? {
    guard let name = accept(.word) ?? accept(.text) else {
      report(.scenarioLine, "expected the name of a key", at: peek().span, help: "key bob")
      return nil
    }
    return Identifier(name.text, name.span)
  }

  private mutating func readKey() -> GivenSyntax? {
    advance()
    guard let name = readKeyName() else { return nil }
    var assignments: [AssignmentSyntax] = []
    if accept("with") != nil {
      // `and` would go on with an expression, so each setting is read inside its own stretch.
      repeat {
        let start = position
        let assignment = within(start..<endOfStretch(from: start)) { parser in
          let assignment = parser.readAssignment(example: "given key bob with key_limit $5")
          parser.expectLineEnd(of: "setting", help: "given key bob with key_limit $5 and key_window month")
          return assignment
        }
        guard let assignment else { return nil }
        assignments.append(assignment)
      } while accept("and") != nil
    }
    return .key(name, assignments)
  }

  /// The position of the next comma, or of this word, outside of brackets.
  private func endOfStretch(from start: Int, before word: String = "and") -> Int {
    var depth = 0
    var ahead = 0
    while peek(ahead).kind != .end {
      switch peek(ahead).kind {
      case .leftParenthesis: depth += 1
      case .rightParenthesis: depth -= 1
      case .comma where depth == 0: return start + ahead
      case .word where depth == 0 && peek(ahead).text == word: return start + ahead
      default: break
      }
      ahead += 1
    }
    return start + ahead
  }

  private mutating func readRow() -> GivenSyntax? {
    advance()
    let example = "given table price \"mini\" is $0.15 per 1M tokens, none, $0.60 per 1M tokens"
    let table = advance()
    var cells: [ExprSyntax] = []
    // `is` would go on with an expression, so each cell is read inside its own stretch.
    repeat {
      let start = position
      cells.append(
        within(start..<endOfStretch(from: start, before: "is")) { parser in
          let cell = parser.parseExpression()
          parser.expectLineEnd(of: "cell", help: example)
          return cell
        })
    } while accept(.comma) != nil
    guard (accept("is") ?? accept(.equal)) != nil else {
      report(
        .scenarioLine, "expected `is` between what a row is for and what it gives", at: peek().span, help: example)
      return nil
    }
    var values: [ExprSyntax] = []
    repeat { values.append(parseExpression()) } while accept(.comma) != nil
    return .row(table: Identifier(table.text, table.span), cells: cells, values: values)
  }
}

// MARK: - when

extension Parser {
  /// The one deed of a line.
  mutating func readDeed() -> [StepSyntax] {
    let first = peek()
    guard let deed = readDeedKind() else {
      move(to: bound)
      return []
    }
    expectLineEnd(of: "event", help: "one event a line; its fields are separated by commas")
    return [StepSyntax(.when(deed), span(from: first))]
  }

  private mutating func readDeedKind() -> DeedSyntax? {
    if at("clock"), peek(1).isWord("to") || peek(1).isWord("forward") {
      advance()
      let word = advance()
      return word.text == "to" ? .clockTo(parseExpression()) : .clockForward(parseExpression())
    }
    if at("set"), peek(1).kind == .word {
      advance()
      let isGlobal = at("global") && peek(1).kind == .word
      if isGlobal { advance() }
      guard var assignment = readAssignment(example: "when set spending_limit to $80") else { return nil }
      assignment.isGlobal = isGlobal
      return .set(assignment)
    }
    if readsStatement() { return nil }
    guard let name = accept(.word) else {
      report(.scenarioLine, "expected an event's name", at: peek().span, help: "when request costing 150 units")
      return nil
    }
    var line = EventSyntaxLine(event: Identifier(name.text, name.span))
    if let id = accept(.text) { line.id = QuotedText(id.text, id.span) }
    while !isAtEnd, !isRecovering {
      if at("as"), peek(1).kind == .text {
        advance()
        let id = advance()
        line.id = QuotedText(id.text, id.span)
      } else if at("at"), !isAtLastWord {
        advance()
        line.time = parseExpression()
      } else {
        line.fields.append(readField())
      }
      let isSuffix = at("as") || at("at")
      guard accept(.comma) != nil || isSuffix else { break }
    }
    return .event(line)
  }

  private var isAtLastWord: Bool { peek(1).kind == .end || peek(1).kind == .comma }

  private mutating func readField() -> EventSyntaxLine.Field {
    // `on`, `off`, `none` and `if` begin a bare value; any other word names a field.
    guard peek().kind == .word, !Words.reserved.contains(peek().text) else {
      return EventSyntaxLine.Field(name: nil, value: parseExpression())
    }
    let name = advance()
    _ = accept("is") ?? accept(.equal)
    let value = readValue(of: name.text, example: "costing 150 units")
    return EventSyntaxLine.Field(name: Identifier(name.text, name.span), value: value)
  }
}

// MARK: - then

extension Parser {
  /// The checks of one line, separated by commas.
  mutating func readChecks() -> [StepSyntax] {
    readList { parser in
      let first = parser.peek()
      return parser.readCheck().map { StepSyntax(.then($0), parser.span(from: first)) }
    }
  }

  private mutating func readCheck() -> CheckSyntax? {
    let first = peek()
    if first.kind == .word {
      switch first.text {
      case "allowed" where isWholeCheck(1): return simple(.allowed)
      case "conflict" where isWholeCheck(1): return simple(.conflict)
      case "replayed" where isWholeCheck(1): return simple(.replayed)
      case "waiting" where isWholeCheck(1): return simple(.waiting)
      case "collects" where startsAmount(1): return readCollects()
      case "refunds" where startsAmount(1): return readRefunds()
      case "absorbs" where startsAmount(1): return readAbsorbs()
      case "refused" where isWholeCheck(1) || peek(1).kind == .text:
        advance()
        return .refused(accept(.text).map { QuotedText($0.text, $0.span) })
      case "denied" where isWholeCheck(1) || peek(1).isWord("with") || peek(1).isWord("by"): return readDenied()
      case "notified" where peek(1).kind == .word:
        advance()
        let level = advance()
        return .notified(Identifier(level.text, level.span))
      case "no" where peek(1).isWord("notice"):
        advance()
        return simple(.noNotice)
      case "rule" where peek(1).kind == .word: return readFired()
      default: break
      }
    }
    if startsRecordNumber { return readRecordNumber().map { .number($0) } }
    if let bucket = readPayer() {
      return .pays(bucket: bucket, amount: readValue(of: "pays", example: "balance pays 50 units"))
    }
    if readsNearlyCheck() { return nil }
    let condition = parseExpression()
    return .holds(condition, key: readForKey())
  }

  func isWholeCheck(_ ahead: Int) -> Bool { peek(ahead).kind == .end || peek(ahead).kind == .comma }

  private mutating func simple(_ check: CheckSyntax) -> CheckSyntax {
    advance()
    return check
  }

  private mutating func readDenied() -> CheckSyntax? {
    advance()
    var code: Identifier?
    if accept("with") != nil {
      guard let word = accept(.word) else {
        report(
          .scenarioLine, "expected a denial's code after `with`", at: peek().span, help: "denied with quota_exceeded")
        return nil
      }
      code = Identifier(word.text, word.span)
    }
    guard accept("by") != nil else { return .denied(code: code, rule: []) }
    let rule = readPath("a rule's name after `by`", example: "denied with quota_exceeded by fallback_is_on")
    return rule.map { .denied(code: code, rule: $0) }
  }

  private mutating func readFired() -> CheckSyntax? {
    advance()
    guard let rule = readPath("a rule's name", example: "rule fell_to_low fired") else { return nil }
    let isNegative = accept("not") != nil
    guard accept("fired") != nil else {
      report(
        .scenarioLine, "expected `fired` or `not fired` after the rule's name", at: peek().span,
        help: "rule \(rule.map(\.text).joined(separator: ".")) fired")
      return nil
    }
    return .fired(rule: rule, !isNegative)
  }

  /// `quota pays`, `funding.balance pays`: the name alone, or nothing read.
  private mutating func readPayer() -> [Identifier]? {
    let start = position
    guard peek().kind == .word else { return nil }
    var length = 1
    while peek(length).kind == .dot, peek(length + 1).kind == .word { length += 2 }
    guard peek(length).isWord("pays") else { return nil }
    let names = stride(from: 0, to: length, by: 2).map { Identifier(peek($0).text, peek($0).span) }
    move(to: start + length + 1)
    return names
  }
}

// MARK: - Parts

extension Parser {
  /// Statements separated by commas, to the end of the line.
  private mutating func readList(_ read: (inout Parser) -> StepSyntax?) -> [StepSyntax] {
    var steps: [StepSyntax] = []
    while !isAtEnd {
      if let step = read(&self), !isRecovering { steps.append(step) }
      if isRecovering {
        // One report a line: what follows a mistake is read again only behind the next comma.
        while !isAtEnd, !at(.comma) { advance() }
        recover()
      }
      guard accept(.comma) != nil else { break }
    }
    expectLineEnd(of: "line", help: "separate statements by commas, or write each on a line of its own")
    return steps
  }

  /// `spending_limit`, `limits.spending_limit`
  mutating func readPath(_ what: String, example: String) -> [Identifier]? {
    guard let first = accept(.word) else {
      let found = peek().kind == .end ? "the line ends" : "found `\(peek().text)`"
      report(.scenarioLine, "expected \(what), \(found)", at: peek().span, help: example)
      return nil
    }
    var names = [Identifier(first.text, first.span)]
    while at(.dot), peek(1).kind == .word {
      advance()
      let next = advance()
      names.append(Identifier(next.text, next.span))
    }
    return names
  }

  mutating func readValue(of name: String, example: String) -> ExprSyntax {
    guard !isAtEnd, !at(.comma) else {
      report(.scenarioLine, "`\(name)` needs a value", at: isAtEnd ? previous.span : peek().span, help: example)
      return ExprSyntax(.missing, peek().span)
    }
    return parseExpression()
  }

  mutating func expectLineEnd(of what: String, help: String) {
    defer { move(to: bound) }
    guard !isAtEnd, !isRecovering else { return }
    let token = peek()
    let text = token.kind == .text ? "a quoted text" : "`\(token.text)`"
    report(
      .scenarioLine, "\(text) does not go on with this \(what)", at: token.span,
      label: "the \(what) is complete before it",
      help: help)
  }
}
