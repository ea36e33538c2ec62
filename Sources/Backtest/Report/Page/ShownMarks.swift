/// Anybody's text on a page: marked up as text, and with what could not be seen written out.
enum ShownMarks {
  /// The text for a place between tags or in an attribute with double quotes.
  ///
  /// Control characters, marks that turn the direction of writing and those that take no room are shown as `⟨U+202E⟩`; line feeds
  /// stay.
  static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": shown += "&amp;"
      case "<": shown += "&lt;"
      case ">": shown += "&gt;"
      case "\"": shown += "&quot;"
      case "\n": shown += "\n"
      case "\t": shown += "    "
      default:
        if isUnseen(scalar) {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          shown += "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.utf8.count)))\(digits)⟩"
        } else {
          shown.unicodeScalars.append(scalar)
        }
      }
    }
    return shown
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): false
    default: (0x20..<0x7F).contains(byte) || byte == UInt8(ascii: "\n")
    }
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
    default: scalar.properties.isDefaultIgnorableCodePoint && !(0xFE00...0xFE0F).contains(scalar.value)
    }
  }
}
