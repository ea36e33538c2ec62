import Diagnostics

extension Lexer {
  /// Operators and brackets, those of this language first, then those that other languages have for the same.
  mutating func readSymbol() {
    let start = place
    if Lexer.slipStarts.contains(bytes[place]), let slip = Lexer.slips.first(where: { starts(with: $0.written) }) {
      return readSlip(slip)
    }
    if starts(with: "//") || starts(with: "/*") {
      report(
        .foreignComment, "comments begin with `#`", start..<start + 2, help: "write `# …`", replacement: "#")
      return readComment(from: start)
    }
    let kinds: [Token.Kind] = [
      .notEqual, .lessOrEqual, .greaterOrEqual, .arrow, .dots, .equal, .less, .greater, .plus, .minus, .star, .slash,
      .leftParenthesis, .rightParenthesis, .colon, .comma, .dot, .bar,
    ]
    if let kind = kinds.first(where: { starts(with: $0.rawValue) }) {
      place += kind.rawValue.utf8.count
      return append(kind, text: kind.rawValue, start..<place)
    }
    switch bytes[place] {
    case UInt8(ascii: "!"): readSlip(Slip("!", "not"))
    case UInt8(ascii: "'"), UInt8(ascii: "`"): readForeignText(from: start, closing: string(start..<start + 1))
    default:
      place += 1
      let written = string(start..<place)
      report(.unexpectedCharacter, "`\(written)` has no meaning here", start..<place, help: Lexer.advice[written])
      forgetColumn(start)
    }
  }

  /// A sign of another language for something this one writes differently.
  struct Slip {
    var written: String
    /// What the text goes on as; `and`, `or` and `not` are words.
    var meant: String
    var help: String

    init(_ written: String, _ meant: String, _ help: String? = nil) {
      self.written = written
      self.meant = meant
      self.help = help ?? "write `\(meant)`"
    }
  }

  // Longest first where one begins another.
  static let slips = [
    Slip("===", "="), Slip("!==", "!="), Slip("==", "="),
    Slip("=>", "->", "write `->` before a row's values, `>=` to compare"),
    Slip("=<", "<="), Slip("<>", "!="), Slip("&&", "and"), Slip("&", "and"), Slip("||", "or"), Slip(":=", "="),
    Slip("...", ".."), Slip("..<", "..", "write `..`; both ends belong"), Slip("..=", ".."),
  ]

  private static let slipStarts = Set(slips.compactMap(\.written.utf8.first))

  static let advice = [
    ";": "end the line; nothing else is needed",
    "{": "indent the lines that belong together; no brackets are needed",
    "}": "indent the lines that belong together; no brackets are needed",
    "[": "use `(` and `)`",
    "]": "use `(` and `)`",
    "%": "write the number right before it, such as `20%`",
    "@": "write a time such as `2026-07-01 10:00`",
  ]

  private mutating func readSlip(_ slip: Slip) {
    let start = place
    place += slip.written.utf8.count
    report(
      .foreignOperator, "`\(slip.written)` is not an operator here", start..<place, help: slip.help,
      replacement: slip.meant)
    append(Token.Kind(rawValue: slip.meant) ?? .word, text: slip.meant, start..<place)
  }

  func starts(with symbol: String) -> Bool { bytes[place...].starts(with: symbol.utf8) }

  /// What was stepped over at the start of a line does not move its first token out of the first column.
  mutating func forgetColumn(_ start: Int) {
    if start == lineStart { lineStart = place }
  }

  // MARK: - Beyond ASCII

  mutating func readBeyondAscii() {
    let start = place
    guard let scalar = UTF8Reader.scalar(in: bytes, at: place) else {
      while place < bytes.count, bytes[place] >= 0x80, UTF8Reader.scalar(in: bytes, at: place) == nil { place += 1 }
      reportOnce(.notUTF8, "these bytes are not UTF-8 text", start..<place, help: "save the file as UTF-8")
      return forgetColumn(start)
    }
    let length = UTF8Reader.length(of: scalar)
    place += length
    let written = String(Character(scalar))
    switch scalar {
    case "\u{A0}", "\u{202F}", "\u{2009}", "\u{3000}":
      break  // A space of another width is a space.
    case "\u{FFFD}":
      reportOnce(
        .notUTF8, "here a character was lost when the file was saved", start..<place,
        help: "type it again and save the file as UTF-8")
      forgetColumn(start)
    case _ where UTF8Reader.isInvisible(scalar): reportInvisible(scalar, start..<place)
    case "“", "”", "„", "«", "»", "‘", "’": readForeignText(from: start, closing: Lexer.closings[written] ?? written)
    case "€", "£", "¥", "₹", "₽": skipOtherCurrency(written, start)
    case _ where Lexer.lookalikes[written] != nil:
      let meant = Lexer.lookalikes[written] ?? written
      report(
        .foreignOperator, "`\(written)` is not an operator here", start..<place, help: "write `\(meant)`",
        replacement: meant)
      append(Token.Kind(rawValue: meant) ?? .word, text: meant, start..<place)
    default:
      while let next = UTF8Reader.scalar(in: bytes, at: place), Lexer.continuesForeignWord(next) {
        place += UTF8Reader.length(of: next)
      }
      appendForeignWord(from: start)
    }
  }

  /// A word with letters of its own, together with what of it was already read.
  private mutating func appendForeignWord(from start: Int) {
    var range = start..<place
    if let last = tokens.last, last.kind == .word, Int(last.span.end) == start {
      range = Int(last.span.start)..<place
      tokens[tokens.count - 1].text = string(range)
      tokens[tokens.count - 1].span = span(range)
    } else {
      append(.word, range)
    }
    report(
      .unexpectedCharacter, "`\(shown(range))` is not a name", range,
      help: "names use the letters `a` to `z`; anything else goes in quotes, such as `\"…\"`")
  }

  private static func continuesForeignWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? Ascii.continuesWord(UInt8(truncatingIfNeeded: scalar.value)) : scalar.properties.isAlphabetic
  }

  static let lookalikes = [
    "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "→": "->", "…": "..",
  ]

  static let closings = ["“": "”", "„": "“", "«": "»", "‘": "’"]

  private mutating func skipOtherCurrency(_ sign: String, _ start: Int) {
    while let byte = byteAt(place) {
      guard Ascii.continuesWord(byte) || (byte == UInt8(ascii: ".") && Ascii.isDigit(byteAt(place + 1))) else { break }
      place += 1
    }
    let amount = string(start..<place).unicodeScalars.dropFirst()
    report(
      .otherCurrency, "`\(sign)` is not a currency here: all amounts are US dollars", start..<place,
      help: "write `$\(amount.isEmpty ? "5" : String(amount))`")
    append(.money, start..<place)
  }

  // MARK: - Bytes nobody meant to write

  mutating func skipControlCharacters() {
    let start = place
    while let byte = byteAt(place), byte < 0x20 || byte == 0x7F, byte != Ascii.tab, byte != Ascii.lineFeed {
      if byte == Ascii.carriageReturn, byteAt(place + 1) == Ascii.lineFeed { break }
      place += 1
    }
    reportOnce(
      .controlCharacter, "here stands a control character", start..<place,
      help: "delete it; is this a text file?", replacement: "")
    forgetColumn(start)
  }

  mutating func reportInvisible(_ scalar: Unicode.Scalar, _ range: Range<Int>) {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let number = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    reportOnce(
      .controlCharacter, "here stands an invisible character, U+\(number)", range, help: "delete it", replacement: "")
    forgetColumn(range.lowerBound)
  }

  mutating func reportOnce(
    _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, help: String, replacement: String? = nil
  ) {
    guard reported.insert(code.id).inserted else { return }
    report(code, message, range, help: help, replacement: replacement)
  }
}
