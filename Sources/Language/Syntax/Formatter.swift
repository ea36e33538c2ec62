import Diagnostics
import Values

/// Lays rule files and scenarios out in the one usual way: indentation, spaces, blank lines, long lines.
///
/// It works on tokens, so it keeps the author's words, line breaks and comments, and formatting twice changes nothing
/// more. A file that cannot be read is left alone.
public enum Formatter {
  /// The two kinds of file, which share their lexis.
  public enum Dialect: Sendable, Hashable {
    case rules
    case scenario
  }

  /// A file after formatting.
  public struct Outcome: Sendable {
    /// The file's new bytes; the old ones when it has errors.
    public var bytes: [UInt8]
    /// Why it was left alone; empty when it was not.
    public var diagnostics: [Diagnostic]
    public var isChanged: Bool

    public var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// The widest line that is not broken, in characters.
  public static let width = 100

  /// - Parameter dialect: taken from the file's name, or else from its first word, when it is not given.
  public static func format(_ source: Source, dialect: Dialect? = nil, limits: Limits = .standard) -> Outcome {
    var sources = SourceMap()
    let number = sources.add(source)
    let stream = Lexer.tokens(of: number, in: sources, limits: limits)
    let dialect = dialect ?? Formatter.dialect(of: source, stream)
    let diagnostics =
      dialect == .rules ? Parser.parse(source: number, in: sources, limits: limits).1 : stream.diagnostics
    guard diagnostics.isEmpty else {
      return Outcome(bytes: source.bytes, diagnostics: diagnostics, isChanged: false)
    }
    let layout = Layout(stream, source, dialect)
    let bytes = Array(layout.text.utf8)
    guard bytes != source.bytes, keepsTokens(of: stream, in: bytes, limits) else {
      return Outcome(bytes: source.bytes, diagnostics: [], isChanged: false)
    }
    return Outcome(bytes: bytes, diagnostics: [], isChanged: true)
  }

  private static func dialect(of source: Source, _ stream: TokenStream) -> Dialect {
    if source.name.hasSuffix(".scenario") { return .scenario }
    let first = stream.tokens.first
    return first?.kind == .word && Layout.steps.contains(first?.text ?? "") ? .scenario : .rules
  }

  // Spaces are all that may change. If this were ever untrue of some file, leaving it alone is the right answer.
  private static func keepsTokens(of stream: TokenStream, in bytes: [UInt8], _ limits: Limits) -> Bool {
    var sources = SourceMap()
    let number = sources.add(Source(name: "", bytes: bytes))
    let after = Lexer.tokens(of: number, in: sources, limits: limits)
    return after.diagnostics.isEmpty
      && after.tokens.elementsEqual(stream.tokens) { ($0.kind, $0.text, $0.value) == ($1.kind, $1.text, $1.value) }
      && after.comments.map(\.text) == stream.comments.map(\.text)
  }
}
