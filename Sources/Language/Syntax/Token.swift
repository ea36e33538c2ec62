import Diagnostics

/// One word, number, text or symbol of a rule file or a scenario.
public struct Token: Sendable, Hashable {
  public var kind: Kind
  /// A word as written; a quoted text without its quotes and with its escapes resolved; anything else as written.
  public var text: String
  /// The exact value of a number: a whole number itself, money in nano-dollars, a percentage as a packed ratio, a time
  /// in microseconds since 1970. Zero for all other tokens.
  public var value: Int64
  public var span: Span
  /// Whether nothing but space stands before it on its line.
  public var startsLine: Bool
  /// Whether it is the very first thing on its line: that is where declarations begin.
  public var inFirstColumn: Bool

  public init(
    _ kind: Kind, text: String, value: Int64 = 0, span: Span, startsLine: Bool = false, inFirstColumn: Bool = false
  ) {
    self.kind = kind
    self.text = text
    self.value = value
    self.span = span
    self.startsLine = startsLine
    self.inFirstColumn = inFirstColumn
  }

  /// Whether it is this word. No word is a keyword everywhere, so a quoted text never is.
  public func isWord(_ word: String) -> Bool { kind == .word && text == word }

  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case word
    case text
    /// `500000`, `500_000`, `100M`
    case integer
    /// `1.5`: only ever an error, kept so that the parser can go on.
    case decimal
    /// `$5`, `$0.006`
    case money
    /// `20%`, `12.5%`
    case percent
    /// `2026-07-01`, `2026-07-01 10:00`, `2026-07-01T10:00:00Z`
    case time
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case colon = ":"
    case comma = ","
    case dot = "."
    case dots = ".."
    case bar = "|"
    case arrow = "->"
    /// Behind the last token.
    case end
  }
}
