/// A candidate as somebody wrote it, cut at its commas and blanks: `current, model is gpt-4o-mini`.
struct CandidateText {
  let text: String
  let parts: [Part]

  /// What stands between two commas.
  struct Part {
    /// Without the blanks around it.
    var text: String
    /// Where it stands: offsets in UTF-8.
    var range: Range<Int>
    var words: [Word]

    func isWord(_ place: Int, _ words: String...) -> Bool {
      self.words.indices.contains(place) && words.contains(self.words[place].text)
    }
  }

  struct Word {
    /// As it was written, quotes included.
    var text: String
    var range: Range<Int>

    /// Without its quotes; nil for one that has none.
    var quoted: String? {
      guard let first = text.first, first == "'" || first == "\"", text.count >= 2, text.last == first else {
        return nil
      }
      return String(text.dropFirst().dropLast())
    }
  }

  /// - Parameter isWhole: it is one part, whatever it holds: the name of a file.
  init(_ text: String, isWhole: Bool = false) {
    self.text = text
    let bytes = Array(text.utf8)
    var parts: [Part] = []
    var words: [Range<Int>] = []
    var (start, word) = (0, Int?.none)
    var (quote, depth) = (UInt8?.none, 0)
    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func endWord(at place: Int) {
      if let begun = word { words.append(begun..<place) }
      word = nil
    }
    func endPart(at place: Int) {
      endWord(at: place)
      let range = words.first.map { $0.lowerBound..<(words.last?.upperBound ?? place) } ?? start..<place
      parts.append(
        Part(
          text: words.isEmpty ? "" : string(range), range: range,
          words: words.map { Word(text: string($0), range: $0) }))
      words = []
      start = place + 1
    }
    for (place, byte) in bytes.enumerated() {
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if byte == UInt8(ascii: ",") {
          guard depth == 0, !isWhole else { continue }
          endPart(at: place)
        } else {
          endWord(at: place)
        }
        continue
      // Inside of a word it is an apostrophe.
      case UInt8(ascii: "'"), UInt8(ascii: "\""): if word == nil { quote = byte }
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth = max(0, depth - 1)
      default: break
      }
      if word == nil { word = place }
    }
    endPart(at: bytes.count)
    self.parts = parts
  }

  /// What is wrong with a stretch of it.
  func fault(_ message: String, at range: Range<Int>? = nil, help: String?) -> BacktestFault {
    .words(message: message, text: text, range: range ?? 0..<text.utf8.count, help: help)
  }

  /// The words from one on to another, as they were written.
  func string(_ range: Range<Int>) -> String { String(decoding: Array(text.utf8)[range], as: UTF8.self) }
}
