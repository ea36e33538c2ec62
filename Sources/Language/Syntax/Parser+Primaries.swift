import Diagnostics
import Values

/// What stands between operators: literals, names, calls, brackets, and the forms that begin with a word.
extension Parser {
  mutating func primary() -> Tree {
    let token = peek()
    switch token.kind {
    case .leftParenthesis: return bracketed()
    case .word: return word(token)
    case .text:
      advance()
      return Tree(expression: ExprSyntax(.literal(.text(token.text)), token.span))
    case .decimal:
      advance()  // The lexer said why it is none.
      return missing(at: token)
    case .integer, .money, .percent, .time: return Tree(expression: literal(advance()))
    default: return expressionMissing()
    }
  }

  private mutating func word(_ token: Token) -> Tree {
    switch token.text {
    case "on", "off":
      advance()
      return Tree(expression: ExprSyntax(.literal(.bool(token.text == "on")), token.span))
    case "none":
      advance()
      return Tree(expression: ExprSyntax(.literal(.none), token.span))
    case "if": return choice()
    case "not":
      let negated = nested(advance()) { $0.postfix() }
      report(
        .expressionExpected, "`not` inside a calculation needs brackets", at: token.span,
        help: "write `(not \(shown(negated.span)))`")
      return negated
    case _ where Words.reserved.contains(token.text) || isClauseWithoutOperand(token): return expressionMissing()
    case "round" where startsRounding: return rounding()
    case "last" where startsName(peek(1)): return lastEvent()
    case "previous" where startsName(peek(1)) || peek(1).kind == .leftParenthesis:
      advance()
      return nested(token) { parser in
        let fact = parser.postfix()
        return parser.tree(.previous(fact.expression), from: token, over: [fact])
      }
    default: return peek(1).kind == .leftParenthesis ? call() : name()
    }
  }

  /// A word that begins the next clause, where an operand should stand: `when with CODE`.
  private func isClauseWithoutOperand(_ token: Token) -> Bool {
    guard Words.continuations.contains(token.text) || (token.startsLine && Words.declarations.contains(token.text))
    else { return false }
    switch peek(1).kind {
    case .word:
      return !Words.reserved.contains(peek(1).text) || ["none", "on", "off", "not", "if"].contains(peek(1).text)
    case .text, .integer, .money, .percent, .time: return true
    default: return false
    }
  }

  private func startsName(_ token: Token) -> Bool {
    token.kind == .word && !token.startsLine && !Words.reserved.contains(token.text)
      && !Words.clauses.contains(token.text)
  }

  private mutating func expressionMissing() -> Tree {
    let token = peek()
    report(
      .expressionExpected, "expected an expression, found \(found(token))", at: token.span,
      help: position > 0 && previous.kind != .end
        ? "write a name, an amount such as `$5` or a condition behind `\(shown(previous.span))`" : nil)
    return missing(at: token)
  }

  // MARK: - Names and calls

  private mutating func name() -> Tree {
    let first = advance()
    if let meant = Words.foreign[first.text], !at(.dot) {
      note(
        .foreignWord, "`\(first.text)` is a word of another language", at: first.span, help: "write `\(meant)`",
        replacement: meant)
      return Tree(expression: ExprSyntax(.literal(meant == "none" ? .none : .bool(meant == "on")), first.span))
    }
    var parts = [Identifier(first.text, first.span)]
    while parts.count < 3, at(.dot), peek(1).kind == .word {
      advance()
      let part = advance()
      parts.append(Identifier(part.text, part.span))
    }
    if at(.dot) {
      advance()
      if peek().kind != .word {
        report(
          .nameExpected, "expected a name after `.`, found \(found(peek()))", at: peek().span,
          help: "write it like `limits.spending_limit`")
      } else {
        move(to: position - 1)
      }
    }
    return Tree(expression: ExprSyntax(.name(parts), span(from: first)))
  }

  private mutating func call() -> Tree {
    let name = advance()
    let opening = advance()
    return nested(opening) { parser in
      var arguments: [Tree] = []
      if !parser.at(.rightParenthesis) {
        repeat {
          arguments.append(parser.disjunction())
        } while !parser.isRecovering && parser.accept(.comma) != nil
      }
      parser.close(opening)
      return parser.tree(
        .call(Identifier(name.text, name.span), arguments.map(\.expression)), from: name, over: arguments)
    }
  }

  private mutating func bracketed() -> Tree {
    let opening = advance()
    return nested(opening) { parser in
      var inner = parser.disjunction()
      parser.close(opening)
      inner.expression.span = parser.span(from: opening)
      return inner
    }
  }

  /// Reads the bracket that closes `opening`, or reports that it is missing and where it was opened.
  private mutating func close(_ opening: Token) {
    guard accept(.rightParenthesis) == nil else { return }
    let token = peek()
    report(
      .bracketNotClosed, "expected `)`, found \(found(token))", at: token.span,
      labels: [Label(span: opening.span, message: "opened here")], help: "write `)` before it")
  }

  private mutating func lastEvent() -> Tree {
    let first = advance()
    let event = advance()
    return tree(.last(Identifier(event.text, event.span)), from: first, over: [])
  }

  // MARK: - Choices and rounding

  private mutating func choice() -> Tree {
    let first = advance()
    return nested(first) { parser in
      let condition = parser.disjunction()
      guard parser.part("then", of: first) else { return parser.missing(at: first) }
      let then = parser.disjunction()
      let slip = parser.peek()
      if slip.kind == .word, Words.elseIfs.contains(slip.text) {
        parser.note(
          .foreignWord, "`\(slip.text)` is a word of another language", at: slip.span, help: "write `else if`",
          replacement: "else if")
        let otherwise = parser.choice()
        return parser.choose(first, condition, then, otherwise)
      }
      guard parser.part("else", of: first) else { return parser.missing(at: first) }
      let otherwise = parser.disjunction()
      return parser.choose(first, condition, then, otherwise)
    }
  }

  private mutating func choose(_ first: Token, _ condition: Tree, _ then: Tree, _ otherwise: Tree) -> Tree {
    tree(
      .choose(condition: condition.expression, then: then.expression, otherwise: otherwise.expression), from: first,
      over: [condition, then, otherwise])
  }

  private mutating func part(_ word: String, of opening: Token) -> Bool {
    if accept(word) != nil { return true }
    report(
      .choiceIncomplete, "expected `\(word)`, found \(found(peek()))", at: peek().span,
      labels: [Label(span: opening.span, message: "of this `if`")], help: "write `if … then … else …`")
    return false
  }

  /// `round` begins a rounding where a direction, a quantum or a bracket follows; else it is a name.
  private var startsRounding: Bool {
    if peek(1).kind == .leftParenthesis { return true }
    return ["up", "down", "half", "to", "nearest", "even"].contains(peek(1).text) && peek(1).kind == .word
  }

  private mutating func rounding() -> Tree {
    let first = advance()
    let direction = roundingDirection(first)
    var quantum: Tree?
    if accept("to") != nil { quantum = roundingQuantum() }
    let opening = peek()
    guard accept(.leftParenthesis) != nil else {
      report(
        .missingWord, "expected `(` and what to round, found \(found(opening))", at: opening.span,
        help: "write `round down to 1 cent (…)`")
      return missing(at: first)
    }
    return nested(opening) { parser in
      let inner = parser.disjunction()
      parser.close(opening)
      return parser.tree(
        .round(direction, quantum: quantum?.expression, inner.expression), from: first,
        over: [inner] + (quantum.map { [$0] } ?? []))
    }
  }

  private mutating func roundingDirection(_ first: Token) -> Rounding {
    if accept("up") != nil { return .up }
    if accept("down") != nil { return .down }
    if at("half"), peek(1).isWord("even") || peek(1).isWord("up") {
      advance()
      return advance().text == "even" ? .halfEven : .halfUp
    }
    note(
      .roundingDirection, "`round` does not say which way", at: first.span,
      help: "write `round up`, `round down`, `round half even` or `round half up`")
    if at("half") || at("nearest") || at("even") { advance() }
    return .halfEven
  }

  /// What to round to: a literal, a name or something in brackets, as a call could not be told from what is rounded.
  private mutating func roundingQuantum() -> Tree {
    let token = peek()
    let isName = token.kind == .word && !Words.reserved.contains(token.text) && !isClauseWithoutOperand(token)
    return isName ? name() : primary()
  }
}
