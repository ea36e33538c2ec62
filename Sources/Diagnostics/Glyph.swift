/// How one Unicode scalar of an author's text is shown in a terminal, and how many columns it takes.
///
/// Tabs become spaces. Characters that would move the cursor, colour the screen or turn the direction of writing become
/// U+FFFD, so that no text can disguise itself or the message about it.
struct Glyph {
  let text: String
  let columns: Int

  /// Columns of a tab. Fixed, not to the next stop, so that carets need not know what stands before.
  static let tabColumns = 4

  init(_ scalar: Unicode.Scalar) {
    if scalar == "\t" {
      text = String(repeating: " ", count: Glyph.tabColumns)
      columns = Glyph.tabColumns
    } else if (0x20..<0x7F).contains(scalar.value) {
      text = String(scalar)
      columns = 1
    } else if Glyph.isUnsafe(scalar) {
      text = "\u{FFFD}"
      columns = 1
    } else {
      text = String(scalar)
      columns = Glyph.isUnseen(scalar) ? 0 : Glyph.isWide(scalar.value) ? 2 : 1
    }
  }

  /// The text as it is shown, on one line.
  static func shown(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += Glyph($1).text }
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Marks, embeddings, overrides and isolates that turn the direction of writing.
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default:
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// Whether the scalar takes two columns: the wide and full-width ranges of Unicode's East Asian Width, in blocks.
  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F,  // Hangul consonants
      0x2E80...0x303E, 0x3041...0xA4CF,  // CJK radicals, kana, ideographs, Yi
      0xA960...0xA97F, 0xAC00...0xD7A3,  // Hangul
      0xF900...0xFAFF, 0xFE30...0xFE6F,  // CJK compatibility
      0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
      0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,  // pictographs
      0x2_0000...0x3_FFFD:  // further ideographs
      true
    default: false
    }
  }
}
