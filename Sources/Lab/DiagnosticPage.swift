import Diagnostics
import Language

/// What `payg explain CODE` prints about a diagnostic: why it is a mistake, how to put it right, and an example with what it
/// really yields.
public enum DiagnosticPage {
  /// Lines shown of an example.
  private static let mostLines = 40
  /// Columns of running text, however wide the screen is.
  private static let textWidth = 88

  /// - Parameters:
  ///   - color: whether what the example yields is shown in colours.
  ///   - width: the columns of the screen.
  ///   - strong: how the code itself is set off.
  public static func text(
    of code: DiagnosticCode, color: Bool = false, width: Int = 100, strong: (String) -> String = { $0 }
  ) -> String {
    var lines = ["\(strong(code.id)): \(code.title)", ""]
    lines += wrapped(code.explanation, width: min(width, textWidth))
    lines += ["", "For example:", ""]
    let example = code.example.split(separator: "\n", omittingEmptySubsequences: false).prefix(mostLines)
    lines += indented(example.reversed().drop(while: \.isEmpty).reversed())
    let (diagnostics, sources) = DiagnosticCatalog.example(of: code)
    if let first = diagnostics.first(where: { $0.code == code.id }) ?? diagnostics.first {
      lines += ["", "yields:", ""]
      let rendered = Renderer(sources: sources, color: color, width: width - 2).render(first)
      lines += indented(rendered.split(separator: "\n", omittingEmptySubsequences: false))
    }
    return lines.joined(separator: "\n")
  }

  private static func indented(_ lines: some Sequence<Substring>) -> [String] {
    lines.map { $0.isEmpty ? "" : "  \($0)" }
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if line.isEmpty {
          line = String(word)
        } else if line.count + 1 + word.count <= width {
          line += " \(word)"
        } else {
          lines.append(line)
          line = String(word)
        }
      }
      lines.append(line)
    }
    return lines
  }
}
