import Diagnostics
import Language
import Standard

/// Every diagnostic code there is, and what its example really renders to.
public enum DiagnosticCatalog {
  /// By id.
  public static let all: [DiagnosticCode] =
    (DiagnosticCode.all + DiagnosticCode.scenarioCodes + DiagnosticCode.reformCodes).sorted { $0.id < $1.id }

  public static func named(_ id: String) -> DiagnosticCode? {
    let id = id.uppercased()
    return all.first { $0.id == id }
  }

  /// The diagnostics the example of a code yields, and the texts they are about.
  public static func example(of code: DiagnosticCode) -> (diagnostics: [Diagnostic], sources: SourceMap) {
    if DiagnosticCode.scenarioCodes.contains(code) { return scenarioExample(code) }
    if DiagnosticCode.reformCodes.contains(code) { return reformExample(code) }
    var sources = SourceMap()
    var files: [FileSyntax] = []
    var tables: [String: Source] = [:]
    for (name, text) in code.exampleFiles {
      let source = Source(name: name, text: text)
      guard name.hasSuffix(".rules") else {
        tables[name] = source
        continue
      }
      let (file, found) = Parser.parse(source: sources.add(source), in: sources, limits: code.limits)
      guard found.isEmpty else { return (found, sources) }
      files.append(file)
    }
    var vocabulary = StandardPlugin.vocabulary
    vocabulary.offeredElsewhere["charge_fee"] = "fees"
    let checked = Checker.check(files: files, sources: sources, vocabulary: vocabulary, limits: code.limits) {
      tables[$1]
    }
    guard checked.diagnostics.isEmpty else { return (checked.diagnostics, checked.program.sources) }
    return (Analysis.diagnose(checked.program, limits: code.limits), checked.program.sources)
  }

  private static func scenarioExample(_ code: DiagnosticCode) -> ([Diagnostic], SourceMap) {
    let rules = LoadedRules.read(ScenarioDemo.files, vocabulary: StandardPlugin.vocabulary)
    var sources = rules.sources
    let number = sources.add(Source(name: "example.scenario", text: code.example))
    let (file, found) = ScenarioParser.parse(source: number, in: sources)
    let bound = ScenarioBinder.bind(file, in: rules.program, sources: sources)
    return (found + bound.diagnostics, sources)
  }

  private static func reformExample(_ code: DiagnosticCode) -> ([Diagnostic], SourceMap) {
    var sources = SourceMap()
    var files: [FileSyntax] = []
    for (name, text) in ScenarioDemo.files {
      files.append(Parser.parse(source: sources.add(Source(name: name, text: text)), in: sources).0)
    }
    let (overlay, found) = Parser.parse(
      source: sources.add(Source(name: "example.rules", text: code.example)), in: sources)
    return (found + Reforming.apply([overlay], to: &files), sources)
  }
}
