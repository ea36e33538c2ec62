import Diagnostics
import Language

/// Rules as they were read: the checked program and everything that was found on the way.
public struct LoadedRules: Sendable {
  public var path: String
  public var families: [RuleFolder.Family]
  /// Must not decide anything where `diagnostics` has errors.
  public var program: Program
  public var sources: SourceMap
  public var diagnostics: DiagnosticList
  /// The parsed files, reforms applied.
  public var files: [FileSyntax]

  public init(
    path: String, families: [RuleFolder.Family], program: Program, sources: SourceMap, diagnostics: DiagnosticList,
    files: [FileSyntax]
  ) {
    self.path = path
    self.families = families
    self.program = program
    self.sources = sources
    self.diagnostics = diagnostics
    self.files = files
  }

  /// Rules kept in memory, as `(path, text)`, in any order.
  public static func read(_ texts: [(name: String, text: String)], vocabulary: Vocabulary) -> LoadedRules {
    var sources = SourceMap()
    var diagnostics = DiagnosticList()
    var files: [FileSyntax] = []
    for (name, text) in texts.sorted(by: { $0.name < $1.name }) {
      let (file, found) = Parser.parse(source: sources.add(Source(name: name, text: text)), in: sources)
      diagnostics.append(contentsOf: found)
      files.append(file)
    }
    let (program, found) = Checker.check(files: files, sources: sources, vocabulary: vocabulary)
    diagnostics.append(contentsOf: found)
    return LoadedRules(
      path: "", families: [], program: program, sources: program.sources, diagnostics: diagnostics, files: files)
  }

  /// The policy hash of rules with a reform laid over them.
  static func hash(_ hash: String, followedBy text: [UInt8]) -> String {
    var sum = PolicyHash()
    sum.add(hash.utf8)
    sum.separate()
    sum.add(text)
    return sum.text
  }

  /// The whole text of a rule, from its keyword to its last word; its name alone where the files do not have it.
  public func declaration(of rule: Rule) -> Span {
    for file in files where file.source == rule.span.source {
      for declaration in file.declarations {
        if case .rule(let syntax) = declaration.kind, syntax.name.span == rule.span { return declaration.span }
      }
    }
    return rule.span
  }

  /// `rules/limits/policy.rules:12`
  public func place(_ span: Span) -> String {
    let source = sources[span]
    guard !span.isNone else { return path }
    return "\(source.name):\(source.position(of: Int(span.start)).line)"
  }
}
