import Diagnostics
import Language
import Values

/// Texts read by the parser, with what it says about them.
struct Reading {
  var file: FileSyntax
  var diagnostics: [Diagnostic]
  var sources = SourceMap()

  init(_ text: String, limits: Limits = .standard) { self.init(bytes: Array(text.utf8), limits: limits) }

  init(bytes: [UInt8], limits: Limits = .standard) {
    let number = sources.add(Source(name: "test.rules", bytes: bytes))
    (file, diagnostics) = Parser.parse(source: number, in: sources, limits: limits)
  }

  var dump: String { SyntaxDump.dump(file) }

  /// Each diagnostic as `! code place message`, then `? help` on the next line.
  var report: String { diagnostics.map(line).joined(separator: "\n") }

  func line(_ diagnostic: Diagnostic) -> String {
    let (line, column) = sources[diagnostic.span].position(of: Int(diagnostic.span.start))
    let help = diagnostic.help.map { "\n? \($0)" } ?? ""
    return "! \(diagnostic.code) \(line):\(column) \(diagnostic.message)\(help)"
  }

  /// An expression as the value of a definition.
  static func expression(_ text: String) -> String {
    let reading = Reading("let x = \(text)\n")
    guard reading.diagnostics.isEmpty else { return reading.report }
    guard case .constant(_, let value)? = reading.file.declarations.first?.kind else { return "no definition" }
    return SyntaxDump.dump(value)
  }

  /// Every span of the diagnostics, and of the tree where it can be named, lies inside the text.
  var spansAreInside: Bool {
    let count = Int32(clamping: sources[0].bytes.count)
    func isInside(_ span: Span) -> Bool {
      span.source == 0 && span.start >= 0 && span.start <= span.end && span.end <= count
    }
    return diagnostics.allSatisfy { diagnostic in
      isInside(diagnostic.span) && diagnostic.labels.allSatisfy { isInside($0.span) }
        && (diagnostic.fix.map { isInside($0.span) } ?? true)
    } && file.declarations.allSatisfy { isInside($0.span) }
  }
}
