import Diagnostics
import Values

/// Reads tokens as declarations and expressions, and goes on after a mistake.
///
/// ``parse(source:in:limits:)`` reads a rule file. Others that share the lexis, such as scenarios, make a parser over a
/// token stream, keep it inside a stretch of it with ``within(_:_:)`` and take expressions from it.
public struct Parser: Sendable {
  public let source: Int32
  public let limits: Limits
  public private(set) var diagnostics: [Diagnostic]
  /// The index of the next token.
  public private(set) var position = 0
  /// The index of the first token that must not be read.
  public private(set) var bound: Int
  /// Whether a mistake was just reported: what follows from it is not, until something is understood again.
  public private(set) var isRecovering = false

  let tokens: [Token]
  let text: Source
  /// How many expressions the parser is inside of.
  var nesting = 0

  /// A parser at the start of a stream, which must be of `source`. The lexer's diagnostics are not taken over.
  public init(_ stream: TokenStream, source: Int32, in sources: SourceMap, limits: Limits = .standard) {
    self.source = source
    self.limits = limits
    self.text = sources[source]
    tokens = stream.tokens.last?.kind == .end ? stream.tokens : stream.tokens + [Token(.end, text: "", span: .none)]
    diagnostics = []
    bound = tokens.count - 1
  }

  /// Reads one rule file. Never fails: a declaration that cannot be used is left out, an expression that cannot be read
  /// is ``ExprSyntax/Kind/missing``, and there is a diagnostic for each.
  public static func parse(
    source: Int32, in sources: SourceMap, limits: Limits = .standard
  ) -> (FileSyntax, [Diagnostic]) {
    let stream = Lexer.tokens(of: source, in: sources, limits: limits)
    var parser = Parser(stream, source: source, in: sources, limits: limits)
    let file = parser.parseFile()
    return (file, parser.allDiagnostics(with: stream))
  }

  /// Reads a text that is one expression, such as a value typed at the shell.
  public static func parseExpression(
    source: Int32, in sources: SourceMap, limits: Limits = .standard
  ) -> (ExprSyntax, [Diagnostic]) {
    let stream = Lexer.tokens(of: source, in: sources, limits: limits)
    var parser = Parser(stream, source: source, in: sources, limits: limits)
    let expression = parser.parseExpression()
    parser.expectEnd(of: "expression")
    return (expression, parser.allDiagnostics(with: stream))
  }

  /// The lexer's diagnostics and the parser's, in the order of the text; of those at one place the lexer's come first.
  private func allDiagnostics(with stream: TokenStream) -> [Diagnostic] {
    // Where a limit ended the reading, whatever the last declaration misses is not the author's mistake.
    let cut = stream.isCut ? tokens.last(where: \.inFirstColumn)?.span.start ?? 0 : Int32.max
    let own = diagnostics.filter { $0.span.start < cut || $0.code == DiagnosticCode.tooDeep.id }
    let places = Set(stream.diagnostics.map(\.span.start))
    let all = stream.diagnostics + own.filter { !places.contains($0.span.start) }
    let sorted = all.enumerated().sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }
    return sorted.prefix(limits.keptDiagnostics).map(\.element)
  }

  // MARK: - Tokens

  /// The next token, or one further on; an end token where there is none before the bound.
  public func peek(_ ahead: Int = 0) -> Token {
    let index = position + ahead
    guard index >= 0, index < bound else { return end }
    return tokens[index]
  }

  /// The token last read.
  public var previous: Token { position > 0 ? tokens[position - 1] : peek() }

  public var isAtEnd: Bool { position >= bound }

  /// Stands behind the last token that may be read, so that "expected …" points there.
  private var end: Token {
    guard bound > 0 else { return tokens[0].kind == .end ? tokens[0] : Token(.end, text: "", span: place(0)) }
    return Token(.end, text: "", span: place(tokens[bound - 1].span.end))
  }

  private func place(_ offset: Int32) -> Span { Span(source: source, start: offset, end: offset) }

  @discardableResult
  public mutating func advance() -> Token {
    let token = peek()
    if position < bound { position += 1 }
    return token
  }

  public mutating func move(to index: Int) { position = min(max(index, 0), bound) }

  /// Reads inside a stretch of the stream; afterwards the parser stands at its end, and the old bound holds again.
  public mutating func within<Result>(_ range: Range<Int>, _ body: (inout Parser) -> Result) -> Result {
    let outer = bound
    bound = min(max(range.upperBound, 0), tokens.count - 1)
    position = min(max(range.lowerBound, 0), bound)
    let result = body(&self)
    position = bound
    bound = outer
    return result
  }

  /// The span from a token to the one last read.
  public func span(from first: Token) -> Span {
    previous.span.end > first.span.start ? first.span.joined(with: previous.span) : first.span
  }

  // MARK: - Mistakes

  /// Reports a mistake, unless it only follows from one that was just reported.
  public mutating func report(
    _ code: DiagnosticCode, _ message: String, at span: Span, label: String? = nil, labels: [Label] = [],
    notes: [String] = [], help: String? = nil, replacement: String? = nil
  ) {
    guard !isRecovering else { return }
    isRecovering = true
    note(code, message, at: span, label: label, labels: labels, notes: notes, help: help, replacement: replacement)
  }

  /// Reports a mistake after which all is understood.
  public mutating func note(
    _ code: DiagnosticCode, _ message: String, at span: Span, label: String? = nil, labels: [Label] = [],
    notes: [String] = [], help: String? = nil, replacement: String? = nil
  ) {
    guard diagnostics.count < limits.keptDiagnostics else { return }
    diagnostics.append(
      Diagnostic(
        code: code.id, message: message, span: span, label: label, labels: labels, notes: notes, help: help,
        fix: replacement.map { Fix(span: span, replacement: $0) }))
  }

  /// Says that something was understood: later mistakes are reported again.
  public mutating func recover() { isRecovering = false }

  /// The author's own text for a message, on one line and not too long.
  func shown(_ span: Span) -> String {
    let most = 60
    let words = text.text(span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.unicodeScalars.count <= most
      ? words : String(String.UnicodeScalarView(words.unicodeScalars.prefix(most))) + "…"
  }

  /// What stands at a token, in backticks, or `the end`.
  func found(_ token: Token) -> String {
    guard token.kind == .end else { return "`\(shown(token.span))`" }
    return bound == tokens.count - 1 ? "the end of the file" : "the end of the declaration"
  }
}
