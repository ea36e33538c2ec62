/// Cells as CSV writes them (RFC 4180).
public enum CsvText {
  /// A text as one cell, in quotes where it would not be read back as it is.
  ///
  /// - Parameter guardsFormulas: what a spreadsheet would run gets a quote in front: for texts of others, never for numbers.
  public static func cell(_ text: String, guardsFormulas: Bool = false) -> String {
    var cell = text
    if guardsFormulas, let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { cell = "'" + text }
    guard cell.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return cell }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
