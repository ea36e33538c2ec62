/// One word of a line, and where it stands.
public struct Word: Sendable, Hashable {
  /// Without its quotes.
  public var text: String
  /// Where it stands in the line, quotes included: offsets in UTF-8.
  public var range: Range<Int>
  public var isQuoted = false
}

/// The words of a line: runs of anything but blanks, or what stands between quotes.
public struct Words: Sendable {
  public var line: String
  public var words: [Word] = []
  /// The quote that nothing closes.
  public var openQuote: Character?

  public init(_ line: String) {
    self.line = line
    let bytes = Array(line.utf8)
    var place = 0
    while place < bytes.count {
      if Words.isBlank(bytes[place]) {
        place += 1
        continue
      }
      let start = place
      var text: [UInt8] = []
      var isQuoted = false
      while place < bytes.count, !Words.isBlank(bytes[place]) {
        let byte = bytes[place]
        guard byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\""), text.isEmpty, !isQuoted else {
          text.append(byte)
          place += 1
          continue
        }
        isQuoted = true
        while true {
          let end = bytes[(place + 1)...].firstIndex(of: byte)
          if end == nil { openQuote = Character(UnicodeScalar(byte)) }
          text += bytes[(place + 1)..<(end ?? bytes.count)]
          place = end.map { $0 + 1 } ?? bytes.count
          // Two of them are one that is meant: `'it''s'`.
          guard place < bytes.count, bytes[place] == byte else { break }
          text.append(byte)
        }
      }
      words.append(Word(text: String(decoding: text, as: UTF8.self), range: start..<place, isQuoted: isQuoted))
    }
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The line from a word on, as it was written.
  public func rest(from word: Int) -> String {
    words.indices.contains(word) ? Words.text(line, words[word].range.lowerBound..<line.utf8.count) : ""
  }

  static func text(_ line: String, _ range: Range<Int>) -> String {
    String(decoding: Array(line.utf8)[range], as: UTF8.self)
  }

  /// A line of words that a command line has cut already: what would not be read as one word goes into quotes.
  public static func line(of words: [String]) -> String {
    words.map { isOneWord($0) ? $0 : enclosed($0) }.joined(separator: " ")
  }

  /// A name as a line has it: in quotes where it would be more than a word, or another one than the name.
  static func quoted(_ name: String) -> String {
    let isPlain =
      isOneWord(name) && !Shape.isFixed(name) && !name.utf8.contains { [0x22, 0x27, 0x3E, 0x7C].contains($0) }
      && !name.hasPrefix("@") && !name.hasPrefix("--") && !name.hasSuffix("\\")
      && (!name.hasPrefix("#") || Session.number(of: name) != nil)
    return isPlain ? name : enclosed(name)
  }

  /// Whether the words of a line are read back as they are.
  private static func isOneWord(_ word: String) -> Bool {
    guard let first = word.utf8.first, first != 0x22, first != 0x27 else { return false }
    return !word.utf8.contains(where: isBlank) && ![">", ">>", "|"].contains(word)
  }

  /// A quote inside of it is doubled where it has both kinds.
  private static func enclosed(_ text: String) -> String {
    if text.utf8.contains(0x27), !text.utf8.contains(0x22) { return "\"\(text)\"" }
    return "'" + text.replacing("'", with: "''") + "'"
  }

  /// Leaves out words at the end. The line is cut by ``cutLine()``, once for all of them.
  mutating func dropLast(_ count: Int) { words.removeLast(min(count, words.count)) }

  /// Ends the line behind its last word.
  mutating func cutLine() {
    let end = words.last?.range.upperBound ?? 0
    if end < line.utf8.count { line = Words.text(line, 0..<end) }
  }
}
