import Formats

/// The lines of a file of rejected rows that are no rows: what was wrong with the row below, and where it came from.
///
/// ```text
/// # line numbers are those of usage
/// at,account,input
/// # line 17: `input`: `12x` is not a whole number
/// 2026-10-15,a1,12x
/// ```
enum RejectNotes {
  /// How each of them begins. No row does.
  static let mark = "# line "
  private static let nameMark = "# line numbers are those of "

  static func of(file name: String) -> String { nameMark + oneLine(name) + "\n" }

  /// `# line ?` stands over a row that has no line in the file the others came from.
  static func of(_ row: RejectedRow) -> String {
    let line = row.firstLine.map(String.init) ?? "?"
    let cut = row.isCut ? ", and only its beginning is here" : ""
    return "\(mark)\(line): \(oneLine(row.reason))\(cut)\n"
  }

  private static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  enum Meaning {
    /// The numbers in the notes below count the lines of the file of this name.
    case file(String)
    /// The row below was on this line of it.
    case line(Int)
    case other
  }

  static func meaning(of note: [UInt8]) -> Meaning {
    let text = String(decoding: note, as: UTF8.self)
    if text.hasPrefix(nameMark) { return .file(String(text.dropFirst(nameMark.count))) }
    let digits = text.dropFirst(mark.count).prefix { $0.isASCII && $0.isNumber }
    guard text.dropFirst(mark.count + digits.count).first == ":", let line = Int(digits), line > 0 else {
      return .other
    }
    return .line(line)
  }
}
