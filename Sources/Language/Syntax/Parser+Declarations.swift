import Diagnostics
import Values

extension Parser {
  /// All declarations up to the bound.
  public mutating func parseFile() -> FileSyntax {
    var declarations: [DeclarationSyntax] = []
    // A file with that many mistakes is of another kind; what else is wrong with it helps nobody.
    while !isAtEnd, diagnostics.count < limits.keptDiagnostics {
      let range = position..<declarationEnd(from: position)
      within(range) { parser in parser.parseStretch(into: &declarations) }
    }
    return FileSyntax(source: source, declarations: declarations)
  }

  /// The index of the token that begins the next declaration. A word that can only go on with a declaration does not
  /// begin one, even in the first column; it is reported there.
  private mutating func declarationEnd(from start: Int) -> Int {
    var index = start + 1
    while index < bound {
      let token = tokens[index]
      if token.inFirstColumn {
        let goesOn = token.kind != .word || Words.continuations.contains(token.text)
        guard goesOn else { break }
        note(
          .lineNotIndented, "\(found(token)) goes on with the declaration above, so its line is indented",
          at: token.span, help: "put two spaces before it", replacement: "  \(token.text)")
      }
      index += 1
    }
    return index
  }

  /// One declaration, and any that follow it without beginning in the first column.
  private mutating func parseStretch(into declarations: inout [DeclarationSyntax]) {
    repeat {
      recover()
      nesting = 0
      let first = peek()
      if !first.inFirstColumn { reportColumn(first) }
      if let kind = parseDeclaration() {
        declarations.append(DeclarationSyntax(kind, span(from: first)))
      }
      if isRecovering { skipToDeclaration() }
      if !isAtEnd, !startsDeclaration {
        recover()
        expectEnd(of: "declaration")
      }
    } while !isAtEnd
  }

  private mutating func reportColumn(_ token: Token) {
    guard token.kind == .word, Words.declarations.contains(token.text) else { return }
    note(
      .declarationIndented, "`\(token.text)` begins a declaration, so it starts in the first column", at: token.span,
      help: "start it in the first column")
  }

  /// Whether an indented line begins like a declaration.
  var startsDeclaration: Bool {
    let token = peek()
    guard token.startsLine, token.kind == .word, Words.declarations.contains(token.text) else { return false }
    // A field or a family may have such a name.
    switch peek(1).kind {
    case .word, .text, .end: return true
    case .leftParenthesis, .minus, .integer, .money, .time: return token.text == "always"
    default: return false
    }
  }

  private mutating func skipToDeclaration() {
    while !isAtEnd, !startsDeclaration { advance() }
  }

  // MARK: - Each kind

  private mutating func parseDeclaration() -> DeclarationSyntax.Kind? {
    let token = peek()
    guard token.kind == .word else {
      report(
        .unknownDeclaration, "a declaration begins with a word such as `setting`, found \(found(token))",
        at: token.span, help: "indent the lines that go on with the declaration above")
      return nil
    }
    switch token.text {
    case "policy": return parsePolicy()
    case "setting": return parseSetting()
    case "bucket": return parseBucket()
    case "meter": return parseMeter()
    case "event": return parseEvent()
    case "derive": return parseDerive()
    case "let": return parseConstant()
    case "table": return parseTable()
    case "denial": return parseDenial()
    case "always": return parsePromise()
    case "cycle": return parseCycle()
    case "deny", "gate", "cap", "on", "before", "after": return parseRule()
    case "reform": return parseReform()
    default:
      reportUnknownDeclaration(token)
      return nil
    }
  }

  /// Words in backticks with commas between them.
  static func list(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }

  private mutating func reportUnknownDeclaration(_ token: Token) {
    if ["scenario", "given", "when", "then"].contains(token.text) {
      report(
        .scenarioInRules, "`\(token.text)` belongs to a scenario, and this is a rule file", at: token.span,
        help: "put it in a file whose name ends in `.scenario`")
      return
    }
    let meant = Suggestion.nearest(token.text.lowercased(), in: Words.declarations)
    report(
      .unknownDeclaration, "`\(token.text)` does not begin a declaration", at: token.span,
      notes: meant == nil ? ["declarations begin with \(Parser.list(Words.declarations))"] : [],
      help: meant.map { "did you mean `\($0)`?" } ?? "indent the line if it goes on with the declaration above",
      replacement: meant)
  }

  private mutating func parsePolicy() -> DeclarationSyntax.Kind? {
    advance()
    guard let name = expectName("the policy's name", example: "policy limits \"Cap what may be spent.\""),
      let summary = expectText("one sentence about the policy", help: "policy \(name.text) \"Cap what may be spent.\"")
    else { return nil }
    return .policy(name: name, summary: summary)
  }

  private mutating func parseSetting() -> DeclarationSyntax.Kind? {
    advance()
    guard let name = expectName("the setting's name", example: "setting spending_limit: money = $20"),
      expectColon(after: name, help: "setting \(name.text): \(likelyType)"), let type = parseType()
    else { return nil }
    var setting = SettingSyntax(name: name, type: type, value: ExprSyntax(.missing, type.span))
    if accept("in") != nil { setting.range = parseRange(help: "in $0..$1000") }
    if expect(.equal, after: "the type", help: "give it a value, such as `= none`") {
      setting.value = parseExpression()
    }
    let clauses: Set = ["per", "global", "must", "from"]
    resume(at: clauses)
    while at(anyOf: clauses) {
      recover()
      if at("must") {
        parseCondition(of: &setting)
      } else if at("from") {
        parseDatedValue(of: &setting)
      } else if let scope = parseScope(allowsGlobal: true) {
        once(setting.scope == nil, "the scope", at: scope.span)
        setting.scope = setting.scope ?? scope
      }
      resume(at: clauses)
    }
    finish("setting", clauses: ["per", "global", "must", "from"])
    return .setting(setting)
  }

  private mutating func parseCondition(of setting: inout SettingSyntax) {
    advance()
    let condition = parseExpression()
    guard
      expect("else", after: "the condition", help: "must \(shown(condition.span)) else \"what the caller reads\""),
      let text = expectText("what the caller reads", help: "must … else \"the smallest amount is {minimum}\"")
    else { return }
    setting.conditions.append((condition, text))
  }

  private mutating func parseDatedValue(of setting: inout SettingSyntax) {
    advance()
    guard let date = expectTime(help: "from 2026-07-01 $20") else { return }
    setting.dated.append((date, parseExpression()))
  }

  private mutating func expectTime(help: String) -> ExprSyntax? {
    if let token = accept(.time) {
      return ExprSyntax(.literal(.time(Instant(microseconds: token.value))), token.span)
    }
    report(.timeExpected, "expected a date after `from`, found \(found(peek()))", at: peek().span, help: help)
    return nil
  }

  /// `per account`, `per key` or `global`.
  mutating func parseScope(allowsGlobal: Bool) -> ScopeSyntax? {
    let first = advance()
    if first.text == "global" { return ScopeSyntax(.global, first.span) }
    for scope in [Scope.account, .key] {
      if let word = accept(scope.rawValue) { return ScopeSyntax(scope, first.span.joined(with: word.span)) }
    }
    report(
      .scopeExpected, "expected `account` or `key` after `per`, found \(found(peek()))", at: peek().span,
      help: allowsGlobal ? "write `per account`, `per key` or `global`" : "write `per account` or `per key`")
    return nil
  }

  private mutating func parseBucket() -> DeclarationSyntax.Kind? {
    advance()
    guard let name = expectName("the bucket's name", example: "bucket balance draw 30 keeps lots") else { return nil }
    var bucket = BucketSyntax(name: name, draw: LiteralInteger(0, name.span))
    var hasDraw = false
    let clauses: Set = ["draw", "resets", "keeps", "rate", "else"]
    while at(anyOf: clauses) {
      let word = advance()
      switch word.text {
      case "draw":
        once(!hasDraw, "`draw`", at: word.span)
        if let draw = expectInteger("the place in the drawing order", help: "draw 30") { bucket.draw = draw }
        hasDraw = true
      case "resets":
        once(bucket.resets == nil, "`resets`", at: word.span)
        if expect("each", after: "`resets`", help: "resets each cycle to $20"),
          let window = expectName("how often", example: "resets each cycle to $20"),
          expect("to", after: "`\(window.text)`", help: "resets each \(window.text) to $20")
        {
          bucket.resets = (window, parseExpression())
        }
      case "keeps":
        once(!bucket.keepsLots, "`keeps lots`", at: word.span)
        if expect("lots", after: "`keeps`", help: "keeps lots") { bucket.keepsLots = true }
        if bucket.keepsLots, accept("by") != nil { bucket.lotOrder = parseExpression() }
      case "rate":
        once(bucket.rate == nil, "`rate`", at: word.span)
        bucket.rate = parseExpression()
        if accept("round") != nil, expect("up", after: "`round`", help: "rate plan_rate round up to 1 unit"),
          expect("to", after: "`round up`", help: "rate plan_rate round up to 1 unit")
        {
          bucket.rateStep = parseOperand()
        }
      default:
        once(bucket.denial == nil, "`else`", at: word.span)
        bucket.denial = expectName("the denial's code after `else`", example: "else insufficient_balance")
      }
      resume(at: clauses)
    }
    if !hasDraw, isAtEnd {
      report(
        .missingWord, "the bucket `\(name.text)` has no place in the drawing order", at: name.span,
        help: "bucket \(name.text) draw 30")
      return nil
    }
    finish("bucket", clauses: ["draw", "resets", "keeps", "rate", "else"])
    return hasDraw ? .bucket(bucket) : nil
  }

  private mutating func parseDerive() -> DeclarationSyntax.Kind? {
    advance()
    let example = "derive request.cost = …"
    guard let event = expectName("the event's name", example: example) else { return nil }
    guard expect(.dot, after: "`\(event.text)`", help: "write `\(example)`"),
      let field = expectName("the field's name", example: example)
    else { return nil }
    var value = ExprSyntax(.missing, field.span)
    if expect(.equal, after: "`\(event.text).\(field.text)`", help: "write `\(example)`") { value = parseExpression() }
    finish("derivation")
    return .derive(event: event, field: field, value: value)
  }

  private mutating func parseConstant() -> DeclarationSyntax.Kind? {
    advance()
    guard let name = expectName("a name after `let`", example: "let low = $5") else { return nil }
    var value = ExprSyntax(.missing, name.span)
    if expect(.equal, after: "`\(name.text)`", help: "let \(name.text) = $5") { value = parseExpression() }
    finish("definition")
    return .constant(name: name, value: value)
  }

  private mutating func parseDenial() -> DeclarationSyntax.Kind? {
    advance()
    let example = "402 rank 70 \"what the caller reads\""
    guard let code = expectName("the denial's code", example: "denial out_of_money \(example)"),
      let status = expectInteger("the status", help: "denial \(code.text) \(example)"),
      expect("rank", after: "the status", help: "denial \(code.text) \(example)"),
      let rank = expectInteger("the rank", help: "denial \(code.text) \(example)"),
      let text = expectText("what the caller reads", help: "denial \(code.text) \(example)")
    else { return nil }
    finish("denial")
    return .denial(DenialSyntax(code: code, status: status, rank: rank, text: text))
  }

  private mutating func parsePromise() -> DeclarationSyntax.Kind? {
    advance()
    let condition = parseExpression()
    if isRecovering { while !isAtEnd, !at("on"), !at(.text) { advance() } }
    var events: [Identifier] = []
    if accept("on") != nil {
      guard let names = expectNames("an event's name after `on`", example: "always … on request \"…\"")
      else { return nil }
      events = names
    }
    guard let text = expectText("the promise in words", help: "always … \"usage never makes a balance negative\"")
    else { return nil }
    finish("promise")
    return .promise(PromiseSyntax(condition: condition, events: events, text: text))
  }

  private mutating func parseCycle() -> DeclarationSyntax.Kind? {
    advance()
    expect("from", after: "`cycle`", help: "cycle from 2026-07-01")
    let anchor = parseExpression()
    finish("billing cycle")
    return .cycle(anchor: anchor)
  }

  // MARK: - Shared parts

  /// A type and a value that what stands behind a name without `:` looks like.
  private var likelyType: String {
    let value = peek().kind == .word ? peek(2) : peek(1)
    let shown = shown(value.span)
    switch value.kind {
    case .money: return "money = \(shown)"
    case .percent: return "percent = \(shown)"
    case .integer: return "integer = \(shown)"
    case .time: return "time = \(shown)"
    case .word where value.text == "on" || value.text == "off": return "bool = \(shown)"
    case .word where value.text == "none": return "money or none = none"
    default: return "money = $20"
    }
  }

  mutating func expectColon(after name: Identifier, help: String) -> Bool {
    if accept(.colon) != nil { return true }
    report(
      .colonExpected, "expected `:` and a type after `\(name.text)`, found \(found(peek()))", at: peek().span,
      help: help)
    return false
  }

  /// `money`, `up | down`, `time or none`
  public mutating func parseType() -> TypeSyntax? {
    guard let first = typeName() else { return nil }
    var names = [first]
    while accept(.bar) != nil {
      guard let name = typeName() else { return nil }
      names.append(name)
    }
    var span = first.span.joined(with: names[names.count - 1].span)
    var orNone = false
    if at("or"), peek(1).isWord("none") {
      advance()
      span = span.joined(with: advance().span)
      orNone = true
    }
    return TypeSyntax(names: names, orNone: orNone, span: span)
  }

  private mutating func typeName() -> Identifier? {
    let token = peek()
    if token.kind == .word, !Words.reserved.contains(token.text) {
      advance()
      return Identifier(token.text, token.span)
    }
    report(
      .typeExpected, "expected a type, found \(found(token))", at: token.span,
      help: "write one of `money`, `rate`, `tokens`, `integer`, `ratio`, `percent`, `bool`, `time`, `duration`, "
        + "`name`, `key`, `card`, `hold`, `payment`, `refund`, or words joined by `|`")
    return nil
  }

  /// Reports a clause that was already there; the first one stands.
  mutating func once(_ isFirst: Bool, _ what: String, at span: Span) {
    if !isFirst { note(.clauseTwice, "\(what) is given twice", at: span, help: "delete one of the two") }
  }

  /// The declaration is complete: whatever is left, save a declaration that should have its own line, is reported.
  mutating func finish(_ what: String, clauses: [String] = []) {
    guard !isAtEnd, !isRecovering, !startsDeclaration else { return }
    let start = position
    while !isAtEnd, position == start || !startsDeclaration { advance() }
    let end = position
    move(to: start)
    within(start..<end) { $0.expectEnd(of: what, clauses: clauses) }
    move(to: end)
  }
}
