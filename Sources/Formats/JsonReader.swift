import Diagnostics

/// Reads JSON strictly (RFC 8259), byte by byte: no comments, no trailing commas, no name twice in one object.
///
/// A whole number of 64 bits is read as one, any other number stays the text it was written as: `1.5e-07` is never turned
/// into a binary fraction. Whatever the bytes are, the answer is a value or a failure with its place.
public struct JsonReader {
  /// How deep lists and objects may stand in each other. Real files need a handful; the bound keeps the stack small.
  public static let nestingLimit = 64
  /// The largest text, in bytes, that is read: about ten times the largest public price list.
  public static let byteLimit = 16 << 20

  /// Why a text is not JSON, and where.
  public struct Failure: Error, Sendable, Equatable {
    /// A lower-case sentence.
    public var message: String
    /// What to write instead, if anything general can be said.
    public var help: String?
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    public init(message: String, help: String? = nil, line: Int, column: Int) {
      self.message = message
      self.help = help
      self.line = line
      self.column = column
    }
  }

  private let bytes: [UInt8]
  private var place = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value of a whole text. A byte order mark before it is skipped.
  public static func read(_ bytes: [UInt8]) throws(Failure) -> Json {
    guard bytes.count <= byteLimit else {
      throw Failure(message: "the text is longer than the \(byteLimit >> 20) MiB that are read", line: 1, column: 1)
    }
    do throws(Slip) {
      return try readValue(bytes)
    } catch {
      let place = Source(name: "", bytes: bytes).position(of: error.offset)
      throw Failure(message: error.message, help: error.help, line: place.line, column: place.column)
    }
  }

  private static func readValue(_ bytes: [UInt8]) throws(Slip) -> Json {
    var reader = JsonReader(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.place = 3 }
    reader.skipSpace()
    let value = try reader.takeValue(depth: 0)
    reader.skipSpace()
    if reader.next != nil { throw reader.unexpected("the end of the file") }
    return value
  }

  /// A failure whose line nobody has counted yet.
  private struct Slip: Error {
    var offset: Int
    var message: String
    var help: String?
  }
}

// MARK: - Values

extension JsonReader {
  private mutating func takeValue(depth: Int) throws(Slip) -> Json {
    guard let byte = next else { throw unexpected("a value") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try takeMembers(depth: try deeper(depth)))
    case UInt8(ascii: "["): return .list(try takeValues(depth: try deeper(depth)))
    case UInt8(ascii: "\""): return .text(try takeText())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try takeNumber()
    default:
      let start = place
      switch takeWord() {
      case "null": return .null
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "NaN", "Infinity":
        throw Slip(
          offset: start, message: "JSON has no such number", help: "leave the member out, or write `null`")
      default:
        place = start
        throw unexpected("a value")
      }
    }
  }

  private func deeper(_ depth: Int) throws(Slip) -> Int {
    guard depth < JsonReader.nestingLimit else {
      throw Slip(
        offset: place, message: "lists and objects stand in each other more than \(JsonReader.nestingLimit) deep")
    }
    return depth + 1
  }

  private mutating func takeMembers(depth: Int) throws(Slip) -> [Json.Member] {
    let open = place
    place += 1
    skipSpace()
    var members: [Json.Member] = []
    var names: Set<String> = []
    if take("}") { return members }
    while true {
      let start = place
      guard next == UInt8(ascii: "\"") else { throw unexpected("a name in double quotes", in: "object", from: open) }
      let name = try takeText()
      guard names.insert(name).inserted else {
        throw Slip(
          offset: start, message: "`\(JsonReader.short(name))` stands twice in this object",
          help: "remove one of the two")
      }
      skipSpace()
      guard take(":") else { throw unexpected("`:`", in: "object", from: open) }
      skipSpace()
      members.append(Json.Member(name, try takeValue(depth: depth)))
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw unexpected("`,` or `}`", in: "object", from: open) }
      try skipSpace(beforeClosing: "}")
    }
  }

  private mutating func takeValues(depth: Int) throws(Slip) -> [Json] {
    let open = place
    place += 1
    skipSpace()
    var values: [Json] = []
    if take("]") { return values }
    while true {
      values.append(try takeValue(depth: depth))
      skipSpace()
      if take("]") { return values }
      guard take(",") else { throw unexpected("`,` or `]`", in: "list", from: open) }
      try skipSpace(beforeClosing: "]")
    }
  }

  /// Skips the space after a comma, behind which a bracket must not close.
  private mutating func skipSpace(beforeClosing bracket: Unicode.Scalar) throws(Slip) {
    let comma = place - 1
    skipSpace()
    if next.map(UInt32.init) == bracket.value {
      throw Slip(
        offset: comma, message: "a comma before `\(bracket)`", help: "remove the comma")
    }
  }

  /// -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)?
  private mutating func takeNumber() throws(Slip) -> Json {
    let start = place
    _ = take("-")
    if takeWord(keeping: false) == "Infinity" {
      throw Slip(offset: start, message: "JSON has no such number")
    }
    let first = place
    try takeDigits()
    if place - first > 1, bytes[first] == UInt8(ascii: "0") {
      throw Slip(offset: first, message: "a number must not begin with 0", help: "remove the leading 0")
    }
    let end = place
    if take(".") { try takeDigits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try takeDigits()
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if place == end, let whole = Int64(text) { return .integer(whole) }
    return .number(text)
  }

  private mutating func takeDigits() throws(Slip) {
    let start = place
    while let byte = next, isDigit(byte) { place += 1 }
    if place == start { throw unexpected("a digit") }
  }
}

// MARK: - Texts

extension JsonReader {
  private mutating func takeText() throws(Slip) -> String {
    let open = place
    place += 1
    var content: [UInt8] = []
    while true {
      guard let byte = next else {
        throw Slip(offset: open, message: "this text is not closed", help: "end it with `\"`")
      }
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw Slip(offset: open, message: "this text is not valid UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        content.append(contentsOf: Array(String(try takeEscape()).utf8))
      case ..<0x20:
        throw Slip(
          offset: place,
          message: byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            ? "a text must end on the line it begins on" : "a control character inside a text",
          help: "write it as an escape, such as `\\n` or `\\u0001`")
      default:
        content.append(byte)
        place += 1
      }
    }
  }

  private mutating func takeEscape() throws(Slip) -> Unicode.Scalar {
    let start = place
    place += 1
    let byte = next ?? 0
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var value = try takeHex(from: start)
      // A scalar past U+FFFF is written as a pair.
      if (0xD800..<0xDC00).contains(value), take("\\"), take("u") {
        let low = try takeHex(from: start)
        if (0xDC00..<0xE000).contains(low) { value = 0x1_0000 + (value - 0xD800) << 10 + (low - 0xDC00) }
      }
      if let scalar = Unicode.Scalar(value) { return scalar }
      throw Slip(offset: start, message: "half of a surrogate pair is not a character")
    default:
      throw Slip(
        offset: start, message: "JSON has no such escape", help: "write a backslash itself as `\\\\`")
    }
  }

  private mutating func takeHex(from start: Int) throws(Slip) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw Slip(offset: start, message: "`\\u` needs four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      place += 1
    }
    return value
  }
}

// MARK: - Bytes

extension JsonReader {
  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next.map(UInt32.init) == character.value else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  /// Takes the letters that come next, at most as many as any word of JSON has.
  private mutating func takeWord(keeping: Bool = true) -> String {
    let letters = bytes[place...].prefix(9).prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
    if keeping { place += letters.count }
    return String(decoding: letters, as: UTF8.self)
  }

  /// What stands here instead of what was wanted, as an error.
  private func unexpected(_ wanted: String, in kind: String? = nil, from open: Int = 0) -> Slip {
    guard let byte = next else {
      guard let kind else { return Slip(offset: place, message: "expected \(wanted), but the file ends") }
      return Slip(offset: open, message: "this \(kind) is not closed: expected \(wanted), but the file ends")
    }
    let found: String
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "#"):
      return Slip(offset: place, message: "JSON has no comments", help: "remove the comment")
    case UInt8(ascii: "'"):
      return Slip(offset: place, message: "JSON texts stand in double quotes", help: "write `\"` for `'`")
    case 0x21..<0x7F: found = "`\(Character(Unicode.Scalar(byte)))`"
    default: found = "byte 0x" + String(byte, radix: 16, uppercase: true)
    }
    return Slip(offset: place, message: "expected \(wanted), found \(found)")
  }

  private static func short(_ name: String) -> String {
    name.unicodeScalars.count <= 80 ? name : String(String.UnicodeScalarView(name.unicodeScalars.prefix(80))) + "…"
  }
}
