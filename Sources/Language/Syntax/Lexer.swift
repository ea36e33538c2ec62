import Diagnostics
import Values

/// Cuts a text into tokens, byte by byte. Never fails: what it cannot read is reported and stepped over.
public struct Lexer {
  let source: Int32
  let bytes: [UInt8]
  let limits: Limits
  var place = 0
  var tokens: [Token] = []
  var comments: [TokenStream.Comment] = []
  var diagnostics: [Diagnostic] = []
  /// The offset where the line begins, past anything at its start that had to be stepped over.
  var lineStart = 0
  var lineIsEmpty = true
  /// Which kinds of unreadable byte were already reported: one report of a kind is enough for a file.
  var reported: Set<String> = []

  /// The tokens of one text of the map.
  public static func tokens(of source: Int32, in sources: SourceMap, limits: Limits = .standard) -> TokenStream {
    var lexer = Lexer(source: source, bytes: sources[source].bytes, limits: limits)
    return lexer.run()
  }

  init(source: Int32, bytes: [UInt8], limits: Limits) {
    self.source = source
    self.bytes = bytes
    self.limits = limits
  }

  private mutating func run() -> TokenStream {
    guard bytes.count <= limits.fileBytes else {
      report(
        .fileTooLarge, "the file has \(bytes.count) bytes, and at most \(limits.fileBytes) are read", 0..<0,
        help: "split the file, or move long tables to a CSV file and write `table … from \"prices.csv\"`")
      return stream(endingAt: 0, isCut: true)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      place = 3
      lineStart = 3
    }
    while place < bytes.count {
      if tokens.count >= limits.fileTokens {
        report(
          .tooManyTokens, "the file has more than \(limits.fileTokens) words and symbols", place..<place,
          help: "split the file, or move long tables to a CSV file and write `table … from \"prices.csv\"`")
        return stream(endingAt: place, isCut: true)
      }
      readNext()
    }
    return stream(endingAt: bytes.count, isCut: false)
  }

  private mutating func stream(endingAt offset: Int, isCut: Bool) -> TokenStream {
    tokens.append(Token(.end, text: "", span: span(offset..<offset)))
    return TokenStream(tokens: tokens, comments: comments, diagnostics: diagnostics, isCut: isCut)
  }

  private mutating func readNext() {
    let byte = bytes[place]
    switch byte {
    case Ascii.lineFeed:
      place += 1
      lineStart = place
      lineIsEmpty = true
    case Ascii.space, Ascii.tab: place += 1
    case Ascii.carriageReturn where byteAt(place + 1) == Ascii.lineFeed: place += 1
    case UInt8(ascii: "#"): readComment(from: place)
    case UInt8(ascii: "\""): readText()
    case UInt8(ascii: "$"): readMoney()
    case _ where Ascii.isDigit(byte): readNumber()
    case _ where Ascii.startsWord(byte): readWord()
    case 0x21...0x7E: readSymbol()
    case 0x80...0xFF: readBeyondAscii()
    default: skipControlCharacters()
    }
  }

  // MARK: - Words and comments

  private mutating func readWord() {
    let start = place
    place = endOfWord(from: place)
    if place - start > limits.identifierBytes {
      report(
        .identifierTooLong, "this name has \(place - start) letters, and at most \(limits.identifierBytes) are allowed",
        start..<place, help: "choose a shorter name, and say the rest in a comment")
    }
    append(.word, text: string(start..<place), start..<place)
  }

  func endOfWord(from start: Int) -> Int {
    var end = start
    while end < bytes.count, Ascii.continuesWord(bytes[end]) { end += 1 }
    return end
  }

  /// Reads to the end of the line; `start` is where the comment's mark stands.
  mutating func readComment(from start: Int) {
    var end = endOfLine
    let next = end
    while end > start, bytes[end - 1] == Ascii.space || bytes[end - 1] == Ascii.tab { end -= 1 }
    checkQuoted(start..<end)
    comments.append(
      TokenStream.Comment(
        text: string(start..<end), span: span(start..<end), startsLine: lineIsEmpty,
        inFirstColumn: start == lineStart))
    lineIsEmpty = false
    place = next
  }

  /// The offset of this line's ending, or of the end of the text.
  var endOfLine: Int {
    var end = place
    while end < bytes.count, bytes[end] != Ascii.lineFeed { end += 1 }
    if end < bytes.count, end > place, bytes[end - 1] == Ascii.carriageReturn { end -= 1 }
    return end
  }

  // MARK: - Building

  mutating func append(_ kind: Token.Kind, text: String? = nil, value: Int64 = 0, _ range: Range<Int>) {
    tokens.append(
      Token(
        kind, text: text ?? string(range), value: value, span: span(range), startsLine: lineIsEmpty,
        inFirstColumn: range.lowerBound == lineStart))
    lineIsEmpty = false
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, label: String? = nil, help: String? = nil,
    replacement: String? = nil
  ) {
    guard diagnostics.count < limits.keptDiagnostics else { return }
    let place = span(range)
    diagnostics.append(
      Diagnostic(
        code: code.id, message: message, span: place, label: label, help: help,
        fix: replacement.map { Fix(span: place, replacement: $0) }))
  }

  func span(_ range: Range<Int>) -> Span { Span(source: source, range: range) }

  func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The byte at an offset, or nil past the end.
  func byteAt(_ offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }
}

/// The bytes the lexer asks about.
enum Ascii {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let underscore = UInt8(ascii: "_")

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  static func isDigit(_ byte: UInt8?) -> Bool { byte.map { isDigit($0) } ?? false }

  static func startsWord(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || byte == underscore
  }

  static func continuesWord(_ byte: UInt8) -> Bool { startsWord(byte) || isDigit(byte) }

  static func continuesWord(_ byte: UInt8?) -> Bool { byte.map { continuesWord($0) } ?? false }
}
