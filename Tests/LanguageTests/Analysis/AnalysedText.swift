import Diagnostics
import FoundationEssentials
import Language
import Values

/// Rule texts parsed, checked with a small vocabulary, and analysed.
struct AnalysedText {
  var program: Program
  /// What the parser and the checker said; the analysis runs only when there is no error.
  var mistakes: [Diagnostic]
  var findings: [Diagnostic] = []

  init(_ texts: [String], names: [String]? = nil, limits: Limits = .standard, tables: [String: String] = [:]) {
    var sources = SourceMap()
    var files: [FileSyntax] = []
    mistakes = []
    for (index, text) in texts.enumerated() {
      let number = sources.add(Source(name: names?[index] ?? "test\(index).rules", text: text))
      let (file, found) = Parser.parse(source: number, in: sources, limits: limits)
      files.append(file)
      mistakes += found
    }
    let (program, found) = Checker.check(files: files, sources: sources, vocabulary: AnalysedText.vocabulary) {
      family, file in tables["\(family)/\(file)"].map { Source(name: "\(family)/\(file)", text: $0) }
    }
    self.program = program
    mistakes += found
    if !mistakes.contains(where: { $0.severity == .error }) {
      findings = Analysis.diagnose(program, limits: limits)
    }
  }

  init(_ text: String, limits: Limits = .standard) { self.init([text], limits: limits) }

  var all: [Diagnostic] { mistakes + findings }

  /// Everything said, as people see it.
  var rendered: String {
    let renderer = Renderer(sources: program.sources)
    return all.map(renderer.render).joined(separator: "\n")
  }

  /// One line per finding: `P0301 message | notes | help`.
  var lines: [String] {
    all.map { ([$0.code, $0.message].joined(separator: " ")) + $0.notes.map { " | \($0)" }.joined() }
  }

  static let vocabulary = Vocabulary(functions: [.addBusinessDays], effects: EffectDefinition.forTests)
}

/// The families the product ships.
enum ShippedRules {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "rules")

  static func load(reversed: Bool = false, without left: [String] = []) throws -> AnalysedText {
    let families = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
    var texts: [(name: String, text: String)] = []
    var tables: [String: String] = [:]
    for family in families where !left.contains(family) {
      let folder = root.appending(path: family)
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
        let isRules = file == "policy.rules"
        guard isRules || file.hasSuffix(".csv") else { continue }
        let text = String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
        if isRules { texts.append(("\(family)/\(file)", text)) } else { tables["\(family)/\(file)"] = text }
      }
    }
    if reversed { texts.reverse() }
    return AnalysedText(texts.map(\.text), names: texts.map(\.name), tables: tables)
  }
}
