import Diagnostics
import Language

/// Rules as they were read: the checked program and everything that was found on the way.
public struct LoadedRules: Sendable {
  /// The folder or file they were read from; empty for texts in memory.
  public var path: String
  public var families: [RuleFolder.Family]
  /// What they were read from, tables and reforms included.
  public var texts: PolicyTexts?
  /// Must not decide anything where `diagnostics` has errors. Its hash is that of the texts.
  public var program: Program
  public var sources: SourceMap
  public var diagnostics: DiagnosticList
  /// The parsed files, reforms applied.
  public var files: [FileSyntax]

  /// How much of what can be said about rules is said.
  public enum Depth: Sendable, Hashable {
    /// Everything the engine relies on: names, types, ranges, limits.
    case checked
    /// Also what their author should know: rules that can never act, gaps in tables, what is decided twice. Once is enough.
    case analysed
  }

  /// The rules that texts hold: read, checked and, where asked, analysed. What is wrong with them is in `diagnostics`.
  public init(_ texts: PolicyTexts, vocabulary: Vocabulary, depth: Depth = .analysed) {
    self.init(
      texts, PolicyParse(rules: texts.rules, reforms: texts.reforms), path: "", families: [], vocabulary: vocabulary,
      depth: depth)
  }

  init(
    _ texts: PolicyTexts, _ parse: PolicyParse, path: String, families: [RuleFolder.Family], vocabulary: Vocabulary,
    depth: Depth
  ) {
    self.path = path
    self.families = families
    self.texts = texts
    files = parse.files
    diagnostics = parse.diagnostics
    let checked = Checker.check(files: parse.files, sources: parse.sources, vocabulary: vocabulary) { family, file in
      parse.textName(of: file, in: family).flatMap { texts[$0] }.map { Source(name: $0.path, bytes: $0.bytes) }
    }
    diagnostics.append(contentsOf: checked.diagnostics)
    program = checked.program
    sources = checked.program.sources
    program.hash = texts.hash
    if depth == .analysed, !diagnostics.hasErrors { diagnostics.append(contentsOf: Analysis.diagnose(program)) }
  }

  private init(program: Program, diagnostics: DiagnosticList, files: [FileSyntax]) {
    path = ""
    families = []
    self.program = program
    sources = program.sources
    self.diagnostics = diagnostics
    self.files = files
  }

  /// Rules of a few lines kept in memory, as `(path, text)`, in any order; each file is a policy, whatever it is called.
  public static func read(_ texts: [(name: String, text: String)], vocabulary: Vocabulary) -> LoadedRules {
    let rules = texts.sorted { $0.name < $1.name }
      .map { PolicyTexts.Text(name: $0.name, bytes: Array($0.text.utf8), path: $0.name) }
    let parse = PolicyParse(rules: rules, reforms: [])
    let checked = Checker.check(files: parse.files, sources: parse.sources, vocabulary: vocabulary)
    var diagnostics = parse.diagnostics
    diagnostics.append(contentsOf: checked.diagnostics)
    var read = LoadedRules(program: checked.program, diagnostics: diagnostics, files: parse.files)
    read.texts = try? PolicyTexts(rules)
    read.program.hash = read.texts?.hash ?? ""
    return read
  }

  /// The policy hash as people read it: its first 12 digits.
  public var shortHash: String { PolicyTexts.short(program.hash) }

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
