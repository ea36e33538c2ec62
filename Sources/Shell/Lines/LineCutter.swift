/// Cuts what was typed, pasted or read from a file into inputs: a line each, save SQL, which goes on to a `;` or an empty line, and
/// lines that end in a backslash.
public struct LineCutter {
  struct Input: Sendable, Hashable {
    /// Without the backslashes that join its lines.
    var text: String
    /// Its first line, counted from 1.
    var line: Int
    var isSQL: Bool
  }

  private(set) var inputs: [Input] = []
  /// What was begun and not ended.
  private(set) var open: Input?
  /// How far the open SQL has come.
  private var ending = SQLEnding()
  private var lineCount = 0

  /// The quote that the open SQL stands in.
  var openQuote: Character? { open == nil ? nil : ending.openQuote }

  init(_ text: String) {
    // By bytes: for Swift a return and a line feed are one character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What ends the last line begins no other.
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines {
      let kept = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      take(String(Substring(kept)))
    }
  }

  /// All inputs, the one that was not ended as it stands.
  var all: [Input] { inputs + (open.map { [$0] } ?? []) }

  private mutating func take(_ line: String) {
    lineCount += 1
    // Nothing else may hold its text, or each line would copy it.
    guard let isSQL = open?.isSQL else {
      if LineCutter.isBlank(line) { return }
      ending = SQLEnding()
      open = Input(text: line, line: lineCount, isSQL: LineCutter.beginsSQL(line))
      return look(at: line, isComment: LineCutter.isComment(line))
    }
    if isSQL {
      if LineCutter.isBlank(line), openQuote == nil { return end() }
      // Whoever wants to leave is never held by what is unfinished.
      if openQuote == nil, LineCutter.isEscape(line) {
        inputs.append(Input(text: LineCutter.trimmed(line), line: lineCount, isSQL: false))
        return
      }
      open?.text.append("\n")
      ending.take("\n")
    } else {
      open?.text.unicodeScalars.removeLast()
    }
    open?.text.append(line)
    look(at: line, isComment: false)
  }

  /// Ends the open input where its latest line does.
  private mutating func look(at line: String, isComment: Bool) {
    guard let size = open?.text.utf8.count, let isSQL = open?.isSQL else { return }
    if isSQL {
      let wasEnded = ending.firstEnd != nil
      ending.take(line)
      if ending.isEnded { return end() }
      // `select …; > file`
      if !wasEnded, let first = ending.firstEnd, let text = open?.text,
        Tail(behindSQL: Words.text(text, first..<size)) != nil
      {
        return end()
      }
    } else if isComment || line.utf8.last != UInt8(ascii: "\\") {
      return end()
    }
    // Whoever carries it out says that it is too long.
    if size > Session.mostBytes { end() }
  }

  private mutating func end() {
    if let open { inputs.append(open) }
    open = nil
  }

  static func isBlank(_ line: String) -> Bool { line.utf8.allSatisfy(Words.isBlank) }

  private static func isComment(_ line: String) -> Bool { trimmed(line).hasPrefix("#") }

  static func trimmed(_ line: String) -> String {
    let bytes = Array(line.utf8)
    guard let first = bytes.firstIndex(where: { !Words.isBlank($0) }),
      let last = bytes.lastIndex(where: { !Words.isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  public static func beginsSQL(_ line: String) -> Bool {
    let first = trimmed(line).prefix { $0.isLetter }.lowercased()
    return ["select", "with", "values"].contains(first)
  }

  /// Words that work at every prompt, in the middle of SQL as well.
  private static func isEscape(_ line: String) -> Bool {
    ["quit", "exit", "help", "?", ".quit", ".exit", ".help"].contains(trimmed(line))
  }
}

/// Whether SQL has come to its `;`, outside of quotes and comments. It is told line by line.
struct SQLEnding {
  private(set) var isEnded = false
  /// Behind the first `;` that ends a statement: an offset in UTF-8.
  private(set) var firstEnd: Int?
  private var quote: UInt8?
  private var comment: Comment?
  private var before: UInt8 = 0
  private var count = 0

  private enum Comment { case line, block }

  var openQuote: Character? { quote.map { Character(UnicodeScalar($0)) } }

  init(_ text: String = "") { take(text) }

  mutating func take(_ text: String) {
    for byte in text.utf8 { take(byte) }
  }

  private mutating func take(_ byte: UInt8) {
    count += 1
    let last = before
    before = byte
    if let quote {
      if byte == quote { self.quote = nil }
      return
    }
    switch comment {
    case .line?:
      if byte == UInt8(ascii: "\n") { comment = nil }
      return
    case .block?:
      if last == UInt8(ascii: "*"), byte == UInt8(ascii: "/") { comment = nil }
      return
    case nil: break
    }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): (quote, isEnded, wasEnded) = (byte, false, false)
    case UInt8(ascii: "-") where last == UInt8(ascii: "-"): (comment, isEnded) = (.line, wasEnded)
    case UInt8(ascii: "*") where last == UInt8(ascii: "/"):
      // `/*/` does not end what it begins.
      (comment, isEnded, before) = (.block, wasEnded, 0)
    case UInt8(ascii: ";"):
      (isEnded, wasEnded) = (true, true)
      if firstEnd == nil { firstEnd = count }
    case _ where Words.isBlank(byte): break
    default:
      // The first sign of a comment is no more than one until the second has come.
      wasEnded = isEnded && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/"))
      isEnded = false
    }
  }

  private var wasEnded = false
}
