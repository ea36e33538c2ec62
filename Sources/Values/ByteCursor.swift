/// Reads one short value text from left to right.
///
/// Spaces and tabs around the text are dropped. What is longer than ``ValueError/textLimit`` is refused before it
/// is read.
struct ByteCursor {
  private var rest: ArraySlice<UInt8>

  init(_ text: String, as form: ValueForm) throws(ValueError) {
    guard text.utf8.count <= ValueError.textLimit else { throw .unreadable(text, as: form) }
    rest = ArraySlice(text.utf8)
    takeSpaces()
    while let last = rest.last, ByteCursor.isSpace(last) { rest.removeLast() }
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// Takes this character when it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, UInt32(first) == character.value else { return false }
    rest.removeFirst()
    return true
  }

  mutating func takeSpaces() {
    rest = rest.drop(while: ByteCursor.isSpace)
  }

  /// Takes the ASCII letters that come next, in lower case; empty when there are none.
  mutating func takeWord() -> String {
    let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    rest = rest.dropFirst(letters.count)
    return String(decoding: letters.map { $0 | 0x20 }, as: UTF8.self)
  }

  /// Takes digits, and a point with digits after it when both follow; nil when no digit comes next.
  mutating func takeNumber() -> (bytes: ArraySlice<UInt8>, decimals: Int)? {
    let whole = rest.prefix(while: ByteCursor.isDigit)
    guard !whole.isEmpty else { return nil }
    let after = rest.dropFirst(whole.count)
    var decimals = 0
    if after.first == UInt8(ascii: ".") {
      decimals = after.dropFirst().prefix(while: ByteCursor.isDigit).count
    }
    let length = whole.count + (decimals > 0 ? 1 + decimals : 0)
    defer { rest = rest.dropFirst(length) }
    return (rest.prefix(length), decimals)
  }

  /// Takes exactly `count` digits, at most 18, as a number; nil, taking nothing, when fewer come next.
  mutating func takeDigits(_ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(ByteCursor.isDigit) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
  }

  /// Takes all digits that come next.
  mutating func takeDigits() -> ArraySlice<UInt8> {
    let digits = rest.prefix(while: ByteCursor.isDigit)
    rest = rest.dropFirst(digits.count)
    return digits
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
  static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
