import ArgumentParser
import Diagnostics
import Lab
import Language
import Shell

struct ExplainCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell what a diagnostic, a rule or a denial means.",
    discussion: """
      EXAMPLES:
        payg explain P0201                a diagnostic, with an example
        payg explain limits.cycle_limit   a rule, and scenarios that show it
        payg explain quota_exceeded       a denial, and the rules that give it
      """)

  @Argument(help: "A diagnostic's code, a rule, or a denial's code.")
  var name: String

  @Option(name: .long, help: ArgumentHelp("The rules to look in.", valueName: "dir"), completion: .directory)
  var rules: String?

  @OptionGroup
  var plugins: PluginOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    if let code = DiagnosticCatalog.named(name) {
      explain(code, console)
      return .answered
    }
    if name.uppercased().hasPrefix("P"), name.count == 5, name.dropFirst().allSatisfy(\.isNumber) {
      let near = Suggestion.nearest(name.uppercased(), in: DiagnosticCatalog.all.map(\.id))
      throw Complaint(message: "there is no diagnostic `\(name)`", help: near.map { "payg explain \($0)" })
    }
    let folder = try RuleFolder(rules ?? RuleFolder.usual(executable: console.executable))
    let vocabulary = try plugins.loaded(console).vocabulary
    let loaded = try folder.load(vocabulary: vocabulary)
    guard !loaded.diagnostics.hasErrors else {
      console.show(loaded.diagnostics, of: loaded.sources)
      return .brokenPolicy
    }
    if let rule = NameIndex.unique(name, in: loaded.program.rules, named: \.name) {
      try explain(rule: rule, loaded, folder, console)
      return .answered
    }
    if let denial = loaded.program.denials.firstIndex(where: { $0.code == name }) {
      explain(denial: denial, loaded, console)
      return .answered
    }
    if let effect = vocabulary.effects.first(where: { $0.verb == name }) {
      explain(effect.signature, effect.summary, effect.example, console)
      return .answered
    }
    if let function = vocabulary.functions.first(where: { $0.name == name }) {
      let example = "\(function.example.expression) is \(function.example.result)"
      explain(PluginsCommand.signature(function), function.summary, example, console)
      return .answered
    }
    throw unknown(loaded.program)
  }

  /// A word that a plugin brings.
  private func explain(_ signature: String, _ summary: String, _ example: String, _ console: Console) {
    console.print(Ink(console.out.isColored).strong(signature))
    console.print("  \(summary)\n")
    console.print(indented(example))
  }

  private func unknown(_ program: Program) -> Complaint {
    let same = program.rules.map(\.name).filter { NameIndex.bare($0) == name }
    if let first = same.first {
      return Complaint(message: "several families have a rule `\(name)`", help: "payg explain \(first)")
    }
    let known =
      program.rules.flatMap { [$0.name, NameIndex.bare($0.name)] } + program.denials.map(\.code)
      + DiagnosticCatalog.all.map(\.id)
    return Complaint(
      message: "there is no diagnostic, rule or denial `\(name)`",
      help: Suggestion.nearest(name, in: known).map { "payg explain \($0)" }
        ?? "payg plugins lists effects and functions")
  }

  // MARK: - A diagnostic

  private func explain(_ code: DiagnosticCode, _ console: Console) {
    let ink = Ink(console.out.isColored)
    console.print(
      DiagnosticPage.text(
        of: code, color: console.out.isColored, width: console.out.width, strong: { ink.strong($0) }))
  }

  // MARK: - A rule

  private func explain(rule index: Int, _ loaded: LoadedRules, _ folder: RuleFolder, _ console: Console) throws {
    let rule = loaded.program.rules[index]
    let ink = Ink(console.out.isColored)
    console.print("\(ink.strong(rule.name))  \(loaded.place(rule.span))")
    console.print(loaded.program.policies[rule.policy].summary + "\n")
    let span = loaded.declaration(of: rule)
    for line in comments(above: span, loaded.sources) { console.print("  \(line)") }
    console.print(indented(loaded.sources.text(span)))
    if let denial = rule.kind.denial {
      let told = loaded.program.denials[denial]
      console.print("\ndenies with \(told.code), HTTP \(told.status), rank \(told.rank): \(told.text)")
    }
    let suite = try ScenarioSuite(loaded, paths: folder.families.flatMap(\.scenarioPaths))
    let witnesses = try suite.run().witnesses[rule.name] ?? []
    console.print(witnesses.isEmpty ? "\nno scenario shows it" : "\nscenarios in which it decides or acts:")
    for title in witnesses { console.print("  \(title)") }
  }

  /// The comment lines right above a place.
  private func comments(above span: Span, _ sources: SourceMap) -> [String] {
    let source = sources[span]
    var line = source.position(of: Int(span.start)).line - 1
    var found: [String] = []
    while line >= 1 {
      let text = String(decoding: source.lineBytes(line), as: UTF8.self).drop { $0 == " " || $0 == "\t" }
      guard text.hasPrefix("#") else { break }
      found.insert(String(text), at: 0)
      line -= 1
    }
    return found
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n")
  }

  // MARK: - A denial

  private func explain(denial index: Int, _ loaded: LoadedRules, _ console: Console) {
    let program = loaded.program
    let denial = program.denials[index]
    let ink = Ink(console.out.isColored)
    console.print("\(ink.strong(denial.code))  \(loaded.place(denial.span))")
    console.print("HTTP \(denial.status), rank \(denial.rank): \(denial.text)\n")
    let rules = program.rules.filter { $0.kind.denial == index }
    for rule in rules { console.print("  by \(rule.name)  \(loaded.place(rule.span))") }
    for rule in program.rules where rule.asks(index) {
      console.print("  by \(rule.name), when its charge is not paid  \(loaded.place(rule.span))")
    }
    for bucket in program.buckets where bucket.denial == index {
      console.print("  by the last cent of \(bucket.name)  \(loaded.place(bucket.span))")
    }
    for event in program.events where event.outOfRange == index {
      console.print("  by a field of \(event.name) outside of its range  \(loaded.place(event.span))")
    }
    for event in program.events {
      for field in event.fields where field.outOfRange == index {
        let isRecord = if case .record = field.type.base { true } else { false }
        let what = isRecord ? "that the account does not have" : "outside of its range"
        console.print("  by \(event.name).\(field.name) \(what)  \(loaded.place(field.span))")
      }
    }
  }
}

extension Rule {
  /// Whether it charges a card and denies with this where nothing is paid.
  fileprivate func asks(_ denial: Int) -> Bool {
    effects.flatMap(\.operations).contains { if case .collect(_, _, _, denial) = $0 { true } else { false } }
  }
}

extension Rule.Kind {
  /// The denial it gives.
  fileprivate var denial: Int? {
    switch self {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial): denial
    case .on, .beforeDenial, .after: nil
    }
  }
}
