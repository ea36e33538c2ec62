import Diagnostics

/// Long lines of a text for a screen: cut between words, what follows a little further in than the line began.
enum Wrapping {
  /// Further in than the line by so much.
  private static let step = 2

  /// - Parameter width: columns; words that are longer stay whole.
  static func wrapped(_ text: String, to width: Int) -> String {
    guard width >= 20 else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { columns(String($0)) <= width ? String($0) : wrapped(line: String($0), to: width) }
      .joined(separator: "\n")
  }

  private static func wrapped(line: String, to width: Int) -> String {
    let indent = line.prefix { $0 == " " }.count
    let margin = String(repeating: " ", count: min(indent + step, width / 2))
    var lines: [String] = []
    var current = String(line.prefix(indent))
    var used = indent
    var isEmpty = true
    // Blanks that line words up are kept where they do not end a line.
    for word in line.dropFirst(indent).split(separator: " ", omittingEmptySubsequences: false) {
      let needed = columns(String(word))
      if !isEmpty, needed > 0, used + 1 + needed > width {
        lines.append(current)
        (current, used, isEmpty) = (margin, margin.count, true)
      }
      if !isEmpty {
        current += " "
        used += 1
      }
      current += word
      used += needed
      isEmpty = isEmpty && needed == 0
    }
    return (lines + [current]).joined(separator: "\n")
  }

  /// Columns of a text on a screen: escapes for colours take none.
  private static func columns(_ text: String) -> Int {
    guard text.utf8.contains(0x1B) else { return ShownText.columns(text) }
    var plain = ""
    var isEscape = false
    for scalar in text.unicodeScalars {
      if scalar == "\u{1B}" {
        isEscape = true
      } else if isEscape {
        isEscape = !("@"..."~").contains(scalar) || scalar == "["
      } else {
        plain.unicodeScalars.append(scalar)
      }
    }
    return ShownText.columns(plain)
  }
}
