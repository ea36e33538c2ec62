import Diagnostics

/// What the lexer found in one file.
public struct TokenStream: Sendable {
  /// In the order of the text; the last is always an ``Token/Kind/end``, which has no text.
  public var tokens: [Token]
  /// In the order of the text.
  public var comments: [Comment]
  public var diagnostics: [Diagnostic]
  /// Whether a limit ended the reading before the end of the file.
  public var isCut: Bool

  public init(tokens: [Token], comments: [Comment] = [], diagnostics: [Diagnostic] = [], isCut: Bool = false) {
    self.tokens = tokens
    self.comments = comments
    self.diagnostics = diagnostics
    self.isCut = isCut
  }

  /// A `#` and what follows it on the line, without space at the end.
  public struct Comment: Sendable, Hashable {
    public var text: String
    public var span: Span
    /// Whether nothing but space stands before it on its line.
    public var startsLine: Bool
    public var inFirstColumn: Bool

    public init(text: String, span: Span, startsLine: Bool, inFirstColumn: Bool) {
      self.text = text
      self.span = span
      self.startsLine = startsLine
      self.inFirstColumn = inFirstColumn
    }
  }
}
