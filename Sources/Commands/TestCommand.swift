import ArgumentParser
import Diagnostics
import Lab
import Language
import Shell

struct TestCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run scenarios and say which did not come true.",
    discussion: """
      A scenario is run under the rules of the folder it lies in, else under those of --rules, else under ./rules.

      EXAMPLES:
        payg test                              every scenario of ./rules
        payg test rules/limits --trace         telling what each event did
        payg test rules --filter 'limit of'    those whose file or title matches
        payg test rules --coverage --strict    fail where something was not shown
      """)

  @Argument(help: "Folders of rules, families, or scenario files.", completion: .file())
  var paths: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("The rules to run scenarios under.", valueName: "dir"), completion: .directory)
  var rules: String?

  @Option(
    name: .long, help: ArgumentHelp("Only scenarios whose `FILE: TITLE` this expression matches.", valueName: "regex"))
  var filter: String?

  @Option(
    name: .long, help: ArgumentHelp("A reform to lay over the rules; may be given several times.", valueName: "file"))
  var reform: [String] = []

  @Flag(help: "Print TAP version 14.")
  var tap = false

  @Flag(name: .customLong("json"), help: "Print the results as JSON.")
  var asJSON = false

  @Option(name: .customLong("junit"), help: ArgumentHelp("Write JUnit XML as well.", valueName: "file"))
  var junit: String?

  @Flag(help: "Say which rules never decided and which clauses were never seen both true and false.")
  var coverage = false

  @Flag(help: "Tell what each event did.")
  var trace = false

  @Flag(help: "Fail for skipped scenarios too, and with --coverage for gaps without a reason.")
  var strict = false

  @OptionGroup
  var plugins: PluginOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    if tap && asJSON { throw ValidationError("--tap and --json are two forms of one output; choose one") }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let matches = try filterFunction()
    let vocabulary = try plugins.loaded(console).vocabulary
    var run = TestRun(results: [])
    var gaps: [Coverage.Gap] = []
    var covered: [CoverageReport.Part] = []
    var isBroken = false
    for group in try TestGroup.groups(of: paths, rules: rules, executable: console.executable) {
      let loaded = try group.folder.load(vocabulary: vocabulary, reforms: reform)
      if loaded.diagnostics.hasErrors {
        console.show(loaded.diagnostics, of: loaded.sources)
        return .brokenPolicy
      }
      let suite = try ScenarioSuite(loaded, paths: group.scenarios)
      console.show(suite.diagnostics, of: suite.sources)
      isBroken = isBroken || suite.diagnostics.hasErrors
      let outcome = try suite.run(traces: trace, where: matches)
      run.results += outcome.run.results
      run.elapsed += outcome.run.elapsed
      if coverage {
        let found = outcome.coverage.gaps(in: loaded.program, loaded.sources)
        gaps += found
        covered.append(CoverageReport.Part(rules: loaded, coverage: outcome.coverage, gaps: found))
      }
    }
    if run.results.isEmpty, !isBroken {
      throw Complaint(
        message: filter.map { "no scenario matches `\($0)`" } ?? "there are no scenarios in \(place)",
        help: filter == nil ? "write one beside its rules: rules/limits/limits.scenario" : "payg test without --filter")
    }
    if let junit { try TextFile.write(JUnitWriter.text(run), to: junit) }
    if tap {
      console.out.write(TapWriter.text(run))
    } else if asJSON {
      console.print(TestJSON.object(run, covered).compact)
    } else {
      console.out.write(TestReport(ink: Ink(console.out.isColored), traces: trace).text(run))
    }
    if coverage, !asJSON {
      let text = CoverageReport(parts: covered, ink: Ink(console.out.isColored)).text
      if tap {
        console.out.write(text.split(separator: "\n").map { "# \($0)\n" }.joined())
      } else {
        console.out.write(text)
      }
    }
    return status(run, gaps, isBroken)
  }

  private var place: String { paths.isEmpty ? "./rules" : paths.map { "`\($0)`" }.joined(separator: ", ") }

  private func status(_ run: TestRun, _ gaps: [Coverage.Gap], _ isBroken: Bool) -> ExitStatus {
    if isBroken { return .brokenPolicy }
    if run.failed > 0 { return .negative }
    if strict, run.skipped > 0 || gaps.contains(where: { $0.excuse == nil }) { return .negative }
    return .answered
  }

  private func filterFunction() throws -> (String) -> Bool {
    guard let filter else { return { _ in true } }
    do {
      let expression = try Regex(filter)
      return { $0.firstMatch(of: expression) != nil }
    } catch {
      throw Complaint(
        message: "`\(filter)` is not a regular expression", help: "payg test --filter 'limit of'",
        status: .badCommandLine)
    }
  }
}

/// Scenario files that run under one set of rules.
struct TestGroup {
  var folder: RuleFolder
  var scenarios: [String]

  /// Sorts the paths of a command line by the rules they run under.
  static func groups(of paths: [String], rules: String?, executable: String) throws(FileFault) -> [TestGroup] {
    let usual = rules ?? RuleFolder.usual(executable: executable)
    var order: [String] = []
    var scenarios: [String: [String]] = [:]
    for path in paths.isEmpty ? [usual] : paths {
      let files = try FileTree.scenarios(in: path)
      let root = rules ?? ruleRoot(of: path) ?? usual
      if scenarios[root] == nil { order.append(root) }
      scenarios[root, default: []] += files.filter { !(scenarios[root] ?? []).contains($0) }
    }
    var groups: [TestGroup] = []
    for root in order { groups.append(TestGroup(folder: try RuleFolder(root), scenarios: scenarios[root] ?? [])) }
    return groups
  }

  /// The rules a path lies in or is: itself, or the folder around the family it belongs to.
  private static func ruleRoot(of path: String) -> String? {
    let folder = TextFile.isFolder(path) ? path : TextFile.folder(of: path)
    return (try? RuleFolder(folder))?.path
  }
}
