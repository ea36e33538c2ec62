import Diagnostics
import Values

extension Parser {
  mutating func parseRule() -> DeclarationSyntax.Kind? {
    let keyword = advance()
    switch keyword.text {
    case "deny": return parseDeny()
    case "gate": return parseGate()
    case "cap": return parseCap()
    case "before": return parseBefore()
    default: return parseReaction(keyword)
    }
  }

  private mutating func parseDeny() -> DeclarationSyntax.Kind? {
    let events = expectNames("an event's name after `deny`", example: "deny request rule NAME when … with …")
    let name = parseRuleName(clauses: ["when", "with"])
    let condition = parseRequiredCondition(of: "deny", help: "when … with …", clauses: ["with"])
    let code = parseCode("with", of: "deny")
    finish("rule", clauses: ["when", "with"])
    guard let events, let name, let code else { return nil }
    return .rule(RuleSyntax(kind: .deny(events: events, code: code), name: name, condition: condition))
  }

  private mutating func parseGate() -> DeclarationSyntax.Kind? {
    let bucket = expectName("a bucket's name after `gate`", example: "gate balance rule NAME when … else …")
    let name = parseRuleName(clauses: ["when", "else"])
    let condition = parseRequiredCondition(of: "gate", help: "when … else …", clauses: ["else"])
    let code = parseCode("else", of: "gate")
    finish("rule", clauses: ["when", "else"])
    guard let bucket, let name, let code else { return nil }
    return .rule(RuleSyntax(kind: .gate(bucket: bucket, code: code), name: name, condition: condition))
  }

  private mutating func parseCap() -> DeclarationSyntax.Kind? {
    let target = expectName("a bucket's name or `total` after `cap`", example: "cap balance rule NAME at … else …")
    let name = parseRuleName(clauses: ["at", "when", "else"])
    var limit = ExprSyntax(.missing, peek().span)
    resume(at: ["at", "when", "else"])
    if expect("at", after: "the rule's name", help: "write the limit, such as `at limit - spent`") {
      limit = parseExpression()
    }
    resume(at: ["when", "else"])
    let condition = parseCondition()
    let code = parseCode("else", of: "cap")
    finish("rule", clauses: ["at", "when", "else"])
    guard let target, let name, let code else { return nil }
    return .rule(RuleSyntax(kind: .cap(target: target, limit: limit, code: code), name: name, condition: condition))
  }

  private mutating func parseBefore() -> DeclarationSyntax.Kind? {
    expect("denial", after: "`before`", help: "before denial insufficient_balance rule NAME …")
    let code = expectName("a denial's code", example: "before denial insufficient_balance rule NAME …")
    let name = parseRuleName(clauses: ["when"])
    let condition = parseCondition()
    let effects = parseEffects(of: name)
    guard let code, let name else { return nil }
    return .rule(RuleSyntax(kind: .beforeDenial(code: code), name: name, condition: condition, effects: effects))
  }

  private mutating func parseReaction(_ keyword: Token) -> DeclarationSyntax.Kind? {
    let events = expectNames(
      "an event's name after `\(keyword.text)`", example: "\(keyword.text) request rule NAME …")
    let name = parseRuleName(clauses: ["when"])
    let condition = parseCondition()
    let effects = parseEffects(of: name)
    guard let events, let name else { return nil }
    let kind: RuleSyntax.Kind = keyword.text == "on" ? .on(events: events) : .after(events: events)
    return .rule(RuleSyntax(kind: kind, name: name, condition: condition, effects: effects))
  }

  // MARK: - Clauses

  private mutating func parseRuleName(clauses: Set<String>) -> Identifier? {
    resume(at: clauses.union(["rule"]))
    if accept("rule") == nil {
      guard !isRecovering else { return nil }
      let token = peek()
      guard isMisspelling(token, of: "rule") else {
        // The rest of the rule is understood without its name, so that its own mistakes are seen too.
        note(
          .ruleNameMissing, "expected `rule` and a name, found \(found(token))", at: token.span,
          label: "every rule has a name, which traces and reports cite", help: "write `rule NAME` here")
        return nil
      }
      note(
        .ruleNameMissing, "expected `rule` and a name, found \(found(token))", at: token.span, help: "write `rule`",
        replacement: "rule")
      advance()
    }
    return expectName("the rule's name", example: "rule no_debts")
  }

  private mutating func parseRequiredCondition(of kind: String, help: String, clauses: Set<String>) -> ExprSyntax {
    resume(at: clauses.union(["when"]))
    let start = peek()
    guard !isRecovering else { return ExprSyntax(.missing, start.span) }
    if at(anyOf: clauses) || isAtEnd {
      note(
        .whenMissing, "expected `when` and a condition, found \(found(start))", at: start.span,
        label: "a `\(kind)` rule says when it applies", help: "write `when …` before it")
      return ExprSyntax(.missing, start.span)
    }
    guard expect("when", after: "the rule's name", code: .whenMissing, help: "write `\(help)`") else {
      return ExprSyntax(.missing, start.span)
    }
    return parseExpression()
  }

  private mutating func parseCondition() -> ExprSyntax? {
    if isMisspelling(peek(), of: "when"), peek(1).kind != .equal {
      expect("when", after: "the rule's name", code: .whenMissing)
      return parseExpression()
    }
    return accept("when") == nil ? nil : parseExpression()
  }

  private mutating func parseCode(_ word: String, of kind: String) -> Identifier? {
    resume(at: [word])
    guard !isRecovering else { return nil }
    let other = word == "else" ? "with" : "else"
    if at(other) {
      note(
        .codeMissing, "a `\(kind)` rule names its denial with `\(word)`, not `\(other)`", at: peek().span,
        help: "write `\(word)`", replacement: word)
      advance()
    } else if !expect(
      word, after: "the rule's condition", code: .codeMissing, help: "write `\(word) CODE`, a denial's code")
    {
      return nil
    }
    return expectName("a denial's code after `\(word)`", example: "\(word) insufficient_balance")
  }

  // MARK: - Effects

  private mutating func parseEffects(of rule: Identifier?) -> [EffectSyntax] {
    var effects: [EffectSyntax] = []
    while !isRecovering, peek().kind == .word, !Words.reserved.contains(peek().text), !startsDeclaration,
      !Words.clauses.contains(peek().text)
    {
      effects.append(parseEffect())
    }
    if effects.isEmpty, isAtEnd || startsDeclaration {
      report(
        .effectMissing, "the rule \(rule.map { "`\($0.text)` " } ?? "")does nothing", at: rule?.span ?? peek().span,
        help: "add an effect, such as `pay request.cost`")
    }
    finish("rule", clauses: ["when"])
    return effects
  }

  /// `VERB [EXPR {, EXPR}] {LABEL EXPR}`. An argument without a label stands on the verb's own line, so a verb alone
  /// can be followed by another effect.
  public mutating func parseEffect() -> EffectSyntax {
    let verb = advance()
    var arguments: [EffectSyntax.Argument] = []
    if verb.text == "set" {
      arguments.append(EffectSyntax.Argument(label: nil, value: parseAssignment()))
    } else if startsArgument(peek()) {
      repeat {
        arguments.append(EffectSyntax.Argument(label: nil, value: parseExpression()))
      } while !isRecovering && accept(.comma) != nil
    }
    while !isRecovering, at(anyOf: Words.labels) {
      let label = advance()
      if label.text == "as", at("lot"), peek(1).kind == .word, !Words.labels.contains(peek(1).text),
        !Words.reserved.contains(peek(1).text), !peek(1).startsLine
      {
        advance()
      }
      arguments.append(
        EffectSyntax.Argument(label: Identifier(label.text, label.span), value: parseExpression()))
    }
    return EffectSyntax(verb: Identifier(verb.text, verb.span), arguments: arguments, span: span(from: verb))
  }

  private func startsArgument(_ token: Token) -> Bool {
    guard !token.startsLine else { return false }
    switch token.kind {
    case .word: return !Words.labels.contains(token.text)
    case .leftParenthesis, .minus, .text, .integer, .decimal, .money, .percent, .time: return true
    default: return false
    }
  }

  /// `SETTING = EXPR`: here the first `=` assigns, and whatever follows is the value.
  private mutating func parseAssignment() -> ExprSyntax {
    let target = parseOperand()
    let sign = peek()
    let name = shown(target.span)
    let help = sign.kind == .end || sign.startsLine ? "set \(name) = VALUE" : "set \(name) = \(shown(sign.span))"
    guard expect(.equal, after: "the setting's name", help: help) else { return ExprSyntax(.missing, target.span) }
    let value = parseExpression()
    return ExprSyntax(
      .binary(.equal, target, value, operatorSpan: sign.span), target.span.joined(with: value.span))
  }
}
