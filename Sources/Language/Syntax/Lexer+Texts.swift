import Diagnostics

extension Lexer {
  /// A text in double quotes, on one line, with `\"`, `\\` and `\n`.
  mutating func readText() {
    let start = place
    let lineEnd = endOfLine
    place += 1
    var text: [UInt8] = []
    while place < lineEnd, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == UInt8(ascii: "\\"), place + 1 < lineEnd {
        text.append(readEscape())
      } else {
        text.append(bytes[place])
        place += 1
      }
    }
    if place < lineEnd {
      place += 1
      checkQuoted(start..<place)
      checkLength(of: text, start..<place)
    } else {
      report(
        .textNotClosed, "this text is not closed on its line", start..<place, label: "opened here",
        help: "end it with `\"`")
    }
    append(.text, text: String(decoding: text, as: UTF8.self), start..<place)
  }

  private mutating func checkLength(of text: [UInt8], _ range: Range<Int>) {
    guard text.count > limits.textBytes else { return }
    report(
      .textTooLong, "this text has \(text.count) bytes, and at most \(limits.textBytes) are allowed", range,
      help: "say it in one sentence, and the rest in a comment")
  }

  private mutating func readEscape() -> UInt8 {
    let start = place
    let escaped = bytes[place + 1]
    place += 2
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return escaped
    case UInt8(ascii: "n"): return Ascii.lineFeed
    case 0x20...0x7E:
      report(
        .unknownEscape, "`\(string(start..<place))` is not an escape", start..<place,
        help: "write `\\\\` for a backslash; the others are `\\\"` and `\\n`")
      return escaped
    default:
      place -= 1
      report(
        .unknownEscape, "`\\` escapes nothing here", start..<place,
        help: "write `\\\\` for a backslash; the others are `\\\"` and `\\n`")
      return UInt8(ascii: "\\")
    }
  }

  /// A text in the quotes of another language, from its opening quote.
  mutating func readForeignText(from start: Int, closing: String) {
    let lineEnd = endOfLine
    place = start + (UTF8Reader.scalar(in: bytes, at: start).map(UTF8Reader.length(of:)) ?? 1)
    let inside = place
    while place < lineEnd, !starts(with: closing) { place += 1 }
    let text = string(inside..<place)
    place = min(lineEnd, place + closing.utf8.count)
    checkQuoted(start..<place)
    report(
      .foreignQuotes, "texts stand in straight double quotes", start..<place, help: "write `\"\(shown(text))\"`")
    append(.text, text: text, start..<place)
  }

  /// Reports what nobody should write inside quotes or a comment: it shows as something other than it is.
  mutating func checkQuoted(_ range: Range<Int>) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let byte = bytes[offset]
      if byte >= 0x20, byte < 0x7F {
        offset += 1
      } else if byte < 0x80 {
        if byte != Ascii.tab {
          reportOnce(
            .controlCharacter, "here stands a control character", offset..<offset + 1,
            help: "delete it; is this a text file?", replacement: "")
        }
        offset += 1
      } else if let scalar = UTF8Reader.scalar(in: bytes, at: offset) {
        let length = UTF8Reader.length(of: scalar)
        if scalar == "\u{FFFD}" {
          reportOnce(
            .notUTF8, "here a character was lost when the file was saved", offset..<offset + length,
            help: "type it again and save the file as UTF-8")
        } else if UTF8Reader.isInvisible(scalar), scalar != "\u{200D}", scalar != "\u{200C}" {
          reportInvisible(scalar, offset..<offset + length)
        }
        offset += length
      } else {
        reportOnce(.notUTF8, "these bytes are not UTF-8 text", offset..<offset + 1, help: "save the file as UTF-8")
        offset += 1
      }
    }
  }
}
