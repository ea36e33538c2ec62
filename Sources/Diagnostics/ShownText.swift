/// Somebody's text as a terminal may be given it: nothing in it moves the cursor, colours the screen or turns the direction of
/// writing.
public enum ShownText {
  /// The text on one line. What would do more than stand there becomes U+FFFD, a tab becomes blanks.
  public static func text(_ text: String) -> String {
    text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? text : Glyph.shown(text)
  }

  /// The same for a text of several lines: they stay lines.
  public static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { ShownText.text(String($0)) }
      .joined(separator: "\n")
  }

  /// Columns it takes, shown: wide characters take two, marks above others none.
  public static func columns(_ text: String) -> Int {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + Glyph($1).columns }
  }

  /// As much of the text as fits, with `…` where something is left out.
  public static func cut(_ text: String, to columns: Int) -> String {
    if ShownText.columns(text) <= columns { return text }
    var (kept, room) = ("", max(0, columns - 1))
    for scalar in text.unicodeScalars {
      let width = Glyph(scalar).columns
      if width > room { break }
      room -= width
      kept.unicodeScalars.append(scalar)
    }
    return columns > 0 ? kept + "…" : ""
  }
}
