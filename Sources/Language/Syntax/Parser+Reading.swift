import Diagnostics
import Values

extension Parser {
  public func at(_ kind: Token.Kind) -> Bool { peek().kind == kind }

  public func at(_ word: String) -> Bool { peek().isWord(word) }

  public func at(anyOf words: Set<String>) -> Bool { peek().kind == .word && words.contains(peek().text) }

  public mutating func accept(_ kind: Token.Kind) -> Token? { at(kind) ? advance() : nil }

  public mutating func accept(_ word: String) -> Token? { at(word) ? advance() : nil }

  /// Reads a symbol or reports that it is missing.
  @discardableResult
  public mutating func expect(_ kind: Token.Kind, after what: String, help: String? = nil) -> Bool {
    if accept(kind) != nil { return true }
    report(
      .missingWord, "expected `\(kind.rawValue)` after \(what), found \(found(peek()))", at: peek().span, help: help)
    return false
  }

  /// Reads a word of the grammar or reports that it is missing. A near miss is reported and taken for the word.
  @discardableResult
  public mutating func expect(
    _ word: String, after what: String, code: DiagnosticCode = .missingWord, help: String? = nil
  ) -> Bool {
    if accept(word) != nil { return true }
    let token = peek()
    if isMisspelling(token, of: word) {
      note(
        code, "expected `\(word)` after \(what), found \(found(token))", at: token.span,
        help: "write `\(word)`", replacement: word)
      advance()
      return true
    }
    report(code, "expected `\(word)` after \(what), found \(found(token))", at: token.span, help: help)
    return false
  }

  /// Whether a token is a word of three letters or more that was probably meant to be another.
  func isMisspelling(_ token: Token, of word: String) -> Bool {
    token.kind == .word && token.text != word && word.utf8.count > 3 && !Words.continuations.contains(token.text)
      && Suggestion.nearest(token.text.lowercased(), in: [word]) != nil
  }

  /// Reads a name. `what` is its place in the grammar, with its article: `the setting's name`.
  mutating func expectName(_ what: String, example: String) -> Identifier? {
    let token = peek()
    guard token.kind == .word else {
      if token.kind == .text {
        report(
          .nameExpected, "expected \(what), found a quoted text", at: token.span, help: "write it without quotes")
      } else {
        report(.nameExpected, "expected \(what), found \(found(token))", at: token.span, help: "write `\(example)`")
      }
      return nil
    }
    if Words.reserved.contains(token.text) {
      report(
        .reservedName, "`\(token.text)` cannot be a name", at: token.span, label: "reserved for expressions",
        help: "choose another, such as `\(token.text)_value`")
      return nil
    }
    advance()
    return nameWithDashes(token)
  }

  /// `my-name`: one report for all of it.
  private mutating func nameWithDashes(_ first: Token) -> Identifier {
    var parts = [first.text]
    var end = first.span
    while at(.minus), peek().span.start == end.end, peek(1).kind == .word, peek(1).span.start == peek().span.end {
      advance()
      let part = advance()
      parts.append(part.text)
      end = part.span
    }
    guard parts.count > 1 else { return Identifier(first.text, first.span) }
    let name = parts.joined(separator: "_")
    let span = first.span.joined(with: end)
    note(
      .dashInName, "a name cannot contain `-`, which is the minus sign", at: span, help: "write `\(name)`",
      replacement: name)
    return Identifier(name, span)
  }

  /// Reads one name and more behind commas.
  mutating func expectNames(_ what: String, example: String) -> [Identifier]? {
    guard let first = expectName(what, example: example) else { return nil }
    var names = [first]
    while accept(.comma) != nil {
      guard let name = expectName(what, example: example) else { return nil }
      names.append(name)
    }
    return names
  }

  mutating func expectText(_ what: String, help: String) -> QuotedText? {
    if let token = accept(.text) { return QuotedText(token.text, token.span) }
    report(.textExpected, "expected \(what) in quotes, found \(found(peek()))", at: peek().span, help: help)
    return nil
  }

  mutating func expectInteger(_ what: String, help: String) -> LiteralInteger? {
    if let token = accept(.integer) { return LiteralInteger(token.value, token.span) }
    report(.integerExpected, "expected \(what), found \(found(peek()))", at: peek().span, help: help)
    return nil
  }

  /// After a mistake: goes on to the next of these words, if there is one. Otherwise does nothing.
  mutating func resume(at words: Set<String>) {
    guard isRecovering else { return }
    while !isAtEnd, !at(anyOf: words) { advance() }
    if !isAtEnd { recover() }
  }

  /// Reports what is left before the bound and steps over it.
  public mutating func expectEnd(of what: String, clauses: [String] = []) {
    defer { move(to: bound) }
    guard !isAtEnd, !isRecovering else { return }
    let token = peek()
    switch token.kind {
    case .rightParenthesis:
      report(.unexpectedWord, "this `)` closes nothing", at: token.span, help: "delete it", replacement: "")
    case .word:
      if let meant = Words.foreign[token.text] {
        report(
          .unexpectedWord, "`\(token.text)` does not go on with this \(what)", at: token.span, help: "write `\(meant)`",
          replacement: meant)
      } else if let meant = Suggestion.nearest(token.text.lowercased(), in: clauses.filter { $0 != token.text }) {
        report(
          .unexpectedWord, "`\(token.text)` does not go on with this \(what)", at: token.span,
          help: "did you mean `\(meant)`?", replacement: meant)
      } else {
        report(
          .unexpectedWord, "`\(token.text)` does not go on with this \(what)", at: token.span,
          label: "the \(what) is complete before it",
          help: clauses.isEmpty ? advice(on: token) : "what may come here: \(Parser.list(clauses))")
      }
    default:
      report(
        .unexpectedWord, "\(found(token)) does not go on with this \(what)", at: token.span,
        label: "the \(what) is complete before it", help: advice(on: token))
    }
  }

  private func advice(on token: Token) -> String {
    if token.text == "of" { return "a share of an amount is `round up to 1 unit (amount * 20%)`" }
    return "write an operator such as `and`, `+` or `*` before `\(shown(token.span))`, or delete it"
  }
}
