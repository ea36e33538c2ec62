import Diagnostics
import Values

/// Operators, loosest first: `or`, `and`, `not`, comparison, `+ -`, `* /`, unary `-`, `.member`.
extension Parser {
  /// An expression with the height of its tree, which is limited.
  struct Tree {
    var expression: ExprSyntax
    var height = 1

    var span: Span { expression.span }
  }

  /// An expression. Where none can be read: a diagnostic and ``ExprSyntax/Kind/missing``.
  public mutating func parseExpression() -> ExprSyntax { disjunction().expression }

  /// An expression without comparisons, `and`, `or` and `not`: an amount, a name, a sum. For places where a comparison
  /// sign means something else.
  public mutating func parseOperand() -> ExprSyntax { sum().expression }

  /// `LOW..HIGH`, both ends belong.
  public mutating func parseRange(help: String) -> (low: ExprSyntax, high: ExprSyntax)? {
    range(help: help).map { ($0.low.expression, $0.high.expression) }
  }

  // MARK: - Levels

  mutating func disjunction() -> Tree {
    var left = conjunction()
    while let sign = accept("or") {
      let right = conjunction()
      left = binary(.or, left, right, sign)
    }
    return left
  }

  private mutating func conjunction() -> Tree {
    var left = negation()
    while let sign = accept("and") {
      let right = negation()
      left = binary(.and, left, right, sign)
    }
    return left
  }

  private mutating func negation() -> Tree {
    guard let sign = accept("not") else { return comparison() }
    return nested(sign) { parser in
      let operand = parser.negation()
      return parser.tree(.unary(.not, operand.expression), from: sign, over: [operand])
    }
  }

  private mutating func comparison() -> Tree {
    let left = sum()
    guard let first = comparisonTail(left) else { return left }
    guard startsComparison else { return first.tree }
    // Not chainable: which of the two readings is meant cannot be told.
    let sign = peek()
    guard let second = comparisonTail(first.last) else { return first.tree }
    let rest = Span(source: source, start: sign.span.start, end: second.tree.span.end)
    report(
      .comparisonChain, "comparisons cannot be chained", at: sign.span, label: "a second comparison",
      labels: [Label(span: first.sign.span, message: "the first one")],
      help: "write `\(shown(first.tree.span)) and \(shown(first.last.span)) \(shown(rest))`")
    recoverChain()
    return first.tree
  }

  /// The rest of a chain of three and more is part of the same mistake.
  private mutating func recoverChain() {
    while startsComparison {
      let operand = Tree(expression: ExprSyntax(.missing, peek().span))
      guard comparisonTail(operand) != nil else { break }
    }
    recover()
  }

  private var startsComparison: Bool {
    BinaryOperator(comparison: peek().kind) != nil || at("is") || at("in")
  }

  /// The operator and what follows it; `last` is the right-hand operand, for the help on chains.
  private mutating func comparisonTail(_ left: Tree) -> (tree: Tree, sign: Token, last: Tree)? {
    let sign = peek()
    if let comparison = BinaryOperator(comparison: sign.kind) {
      advance()
      let right = operand(of: sign)
      return (binary(comparison, left, right, sign), sign, right)
    }
    if at("is") { return isTail(left) }
    if at("not"), peek(1).isWord("in") {
      note(
        .notInRange, "`not` stands before what it negates", at: sign.span.joined(with: peek(1).span),
        help: "write `not \(shown(left.span)) in LOW..HIGH`")
      advance()
    }
    guard accept("in") != nil else { return nil }
    let subject = left.expression
    let name = shown(subject.span)
    guard let range = range(help: "write a range, or `\(name) = … or \(name) = …`") else {
      return (missing(at: sign), sign, left)
    }
    let within = ExprSyntax.Kind.within(subject, low: range.low.expression, high: range.high.expression)
    let span = subject.span.joined(with: range.high.span)
    return (tree(within, span, over: [left, range.low, range.high]), sign, range.high)
  }

  /// `is none`, `is set`, `is not none`, `is not set`, `is X`, `is not X`.
  private mutating func isTail(_ left: Tree) -> (tree: Tree, sign: Token, last: Tree) {
    let sign = advance()
    let isNot = accept("not") != nil
    if at("set") || at("none") {
      let word = advance()
      let kind = ExprSyntax.Kind.presence(left.expression, isSet: (word.text == "set") != isNot)
      let tree = tree(kind, left.span.joined(with: word.span), over: [left])
      return (tree, sign, left)
    }
    let right = operand(of: sign)
    return (binary(isNot ? .notEqual : .equal, left, right, sign), sign, right)
  }

  private mutating func operand(of sign: Token) -> Tree {
    guard at("not") else { return sum() }
    let start = peek()
    let negated = negation()
    report(
      .expressionExpected, "`not` behind `\(shown(sign.span))` needs brackets", at: start.span,
      help: "write `(\(shown(negated.span)))`", replacement: nil)
    recover()
    return negated
  }

  private mutating func range(help: String) -> (low: Tree, high: Tree)? {
    let low = sum()
    guard !isRecovering else { return nil }
    guard accept(.dots) != nil else {
      report(
        .missingWord, "expected `..` and the upper end of the range, found \(found(peek()))", at: peek().span,
        help: help)
      return nil
    }
    return (low, sum())
  }

  private mutating func sum() -> Tree {
    var left = product()
    while at(.plus) || at(.minus) {
      let sign = advance()
      let right = product()
      left = binary(sign.kind == .plus ? .add : .subtract, left, right, sign)
    }
    return left
  }

  private mutating func product() -> Tree {
    var left = unary()
    while at(.star) || at(.slash) {
      let sign = advance()
      let right = unary()
      left = binary(sign.kind == .star ? .multiply : .divide, left, right, sign)
    }
    return left
  }

  private mutating func unary() -> Tree {
    guard let sign = accept(.minus) else { return postfix() }
    return nested(sign) { parser in
      let operand = parser.unary()
      return parser.tree(.unary(.negate, operand.expression), from: sign, over: [operand])
    }
  }

  mutating func postfix() -> Tree {
    var left = primary()
    while !isRecovering, at(.dot), peek(1).kind == .word {
      advance()
      let member = advance()
      let name = Identifier(member.text, member.span)
      left = tree(.member(left.expression, name), left.span.joined(with: member.span), over: [left])
    }
    return left
  }

  // MARK: - Building

  private mutating func binary(_ sign: BinaryOperator, _ left: Tree, _ right: Tree, _ token: Token) -> Tree {
    tree(
      .binary(sign, left.expression, right.expression, operatorSpan: token.span), left.span.joined(with: right.span),
      over: [left, right])
  }

  mutating func tree(_ kind: ExprSyntax.Kind, from first: Token, over parts: [Tree]) -> Tree {
    tree(kind, span(from: first), over: parts)
  }

  mutating func tree(_ kind: ExprSyntax.Kind, _ span: Span, over parts: [Tree]) -> Tree {
    let height = 1 + (parts.map(\.height).max() ?? 0)
    guard height <= limits.expressionHeight else {
      report(
        .tooDeep, "this expression has more than \(limits.expressionHeight) steps", at: previous.span,
        help: "name a part of it with `let`")
      move(to: bound)
      return Tree(expression: ExprSyntax(.missing, span))
    }
    return Tree(expression: ExprSyntax(kind, span), height: height)
  }

  func missing(at token: Token) -> Tree { Tree(expression: ExprSyntax(.missing, token.span)) }

  /// Reads what stands inside something, unless that is too deep already.
  mutating func nested(_ opener: Token, _ body: (inout Parser) -> Tree) -> Tree {
    guard nesting < limits.nesting else {
      report(
        .tooDeep, "expressions may be nested \(limits.nesting) deep, and this is deeper", at: opener.span,
        help: "name a part of it with `let`")
      move(to: bound)
      return missing(at: opener)
    }
    nesting += 1
    defer { nesting -= 1 }
    return body(&self)
  }

  /// Whether a token would go on with an expression after a name.
  func continuesOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .plus, .minus, .star, .slash, .dot, .leftParenthesis: true
    default: false
    }
  }
}

extension BinaryOperator {
  init?(comparison kind: Token.Kind) {
    switch kind {
    case .equal: self = .equal
    case .notEqual: self = .notEqual
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    default: return nil
    }
  }
}
