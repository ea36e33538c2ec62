import ArgumentParser
import Diagnostics
import Engine
import Formats
import Lab
import Language
import Shell

struct CheckCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say whether the rules are right, and what a decision costs at worst.",
    discussion: """
      Reads every family and its scenarios. A family is checked together with its neighbours.

      EXAMPLES:
        payg check                            the rules in ./rules
        payg check rules/limits
        payg check rules --reform ten.rules   the rules with a change laid over them
      """)

  @Argument(help: "A folder of families, one family, or one rule file.", completion: .directory)
  var path: String?

  @Option(
    name: .long, help: ArgumentHelp("A reform to lay over the rules; may be given several times.", valueName: "file"))
  var reform: [String] = []

  @Flag(name: .customLong("json"), help: "Print the findings as JSON.")
  var asJSON = false

  @OptionGroup
  var plugins: PluginOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let folder = try RuleFolder(path ?? RuleFolder.usual(executable: console.executable))
    let rules = try folder.load(vocabulary: plugins.loaded(console).vocabulary, reforms: reform)
    var diagnostics = rules.diagnostics
    var sources = rules.sources
    var compiled: CompiledProgram?
    if !diagnostics.hasErrors {
      // Scenarios are written against the rules as they stand, so a reform may well contradict what they state.
      let suite = try ScenarioSuite(rules, paths: reform.isEmpty ? folder.families.flatMap(\.scenarioPaths) : [])
      diagnostics.append(contentsOf: suite.diagnostics)
      sources = suite.sources
      do throws(CompileError) {
        compiled = try CompiledProgram(rules.program)
      } catch {
        throw Complaint(message: error.message, status: .brokenPolicy)
      }
    }
    let costs = compiled.map(costs) ?? []
    if asJSON {
      console.print(FindingsJSON.object(diagnostics, sources, rules.program, costs).compact)
    } else {
      console.show(diagnostics, of: sources)
      if !diagnostics.hasErrors { describe(rules, costs, console) }
    }
    return diagnostics.hasErrors ? .brokenPolicy : .answered
  }

  private func costs(_ compiled: CompiledProgram) -> [(event: String, rules: Int, instructions: Int)] {
    compiled.program.events.indices.map { event in
      let rules = compiled.program.rules.count { $0.kind.events?.contains(event) ?? true }
      return (compiled.program.events[event].name, rules, compiled.worstCase(event: event).instructions)
    }
  }

  private func describe(
    _ rules: LoadedRules, _ costs: [(event: String, rules: Int, instructions: Int)], _ console: Console
  ) {
    let program = rules.program
    let ink = Ink(console.out.isColored)
    console.print(
      ink.green("ok") + "  \(rules.path): \(program.policies.count) families, \(program.rules.count) rules, "
        + "\(program.promises.count) promises, policy \(rules.shortHash)")
    let width = costs.map { $0.event.utf8.count }.max() ?? 0
    for cost in costs {
      let padding = String(repeating: " ", count: width - cost.event.utf8.count)
      console.print("    on \(cost.event)\(padding)  at most \(cost.instructions) instructions")
    }
  }
}

extension Rule.Kind {
  /// The events it is about; nil where it is about every one that pays.
  var events: [Int]? {
    switch self {
    case .deny(let events, _), .on(let events), .after(let events): events
    case .gate, .cap, .beforeDenial: nil
    }
  }
}

/// Findings for machines.
enum FindingsJSON {
  static func object(
    _ diagnostics: DiagnosticList, _ sources: SourceMap, _ program: Program,
    _ costs: [(event: String, rules: Int, instructions: Int)]
  ) -> Json {
    .object([
      .init("schema", "payg.check/1"), .init("policy", .text(program.hash)),
      .init("errors", .integer(Int64(diagnostics.errorCount))),
      .init("warnings", .integer(Int64(diagnostics.warningCount))),
      .init("diagnostics", .list(diagnostics.sorted.map { object($0, sources) })),
      .init(
        "events",
        .list(costs.map { ["event": .text($0.event), "worst_case_instructions": .integer(Int64($0.instructions))] })),
    ])
  }

  static func object(_ diagnostic: Diagnostic, _ sources: SourceMap) -> Json {
    let source = sources[diagnostic.span]
    let start = source.position(of: Int(diagnostic.span.start))
    let end = source.position(of: Int(diagnostic.span.end))
    return .object([
      .init("code", .text(diagnostic.code)), .init("severity", .text(diagnostic.severity.rawValue)),
      .init("message", .text(diagnostic.message)), .init("file", diagnostic.span.isNone ? .null : .text(source.name)),
      .init("line", .integer(Int64(start.line))), .init("column", .integer(Int64(start.column))),
      .init("end_line", .integer(Int64(end.line))), .init("end_column", .integer(Int64(end.column))),
      .init("notes", .list(diagnostic.notes.map { .text($0) })),
      .init("help", diagnostic.help.map { .text($0) } ?? .null),
    ])
  }
}
