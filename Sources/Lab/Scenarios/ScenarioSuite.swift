import Diagnostics
import Language

/// Scenario files together with the rules they are about: read, understood, and ready to run.
public struct ScenarioSuite: Sendable {
  public let rules: LoadedRules
  public private(set) var plans: [ScenarioPlan] = []
  /// What is wrong with the scenarios, not with the rules.
  public private(set) var diagnostics = DiagnosticList()
  /// The rules' texts and the scenarios'.
  public private(set) var sources: SourceMap

  /// - Parameters:
  ///   - rules: without errors.
  ///   - paths: scenario files; their order is that of the report.
  public init(_ rules: LoadedRules, paths: [String]) throws(FileFault) {
    self.rules = rules
    sources = rules.sources
    for path in paths {
      add(Source(name: path, bytes: try TextFile.read(path, limit: Limits.standard.fileBytes)))
    }
  }

  /// Scenarios kept in memory.
  public init(_ rules: LoadedRules, texts: [(name: String, text: String)]) {
    self.rules = rules
    sources = rules.sources
    for (name, text) in texts { add(Source(name: name, text: text)) }
  }

  private mutating func add(_ source: Source) {
    let number = sources.add(source)
    let (file, found) = ScenarioParser.parse(source: number, in: sources)
    diagnostics.append(contentsOf: found)
    let bound = ScenarioBinder.bind(file, in: rules.program, sources: sources)
    diagnostics.append(contentsOf: bound.diagnostics)
    plans += bound.plans
  }

  /// What running them showed.
  public struct Outcome: Sendable {
    public var run: TestRun
    public var coverage: Coverage
    /// Titles of scenarios by the full name of each rule that decided or acted in them.
    public var witnesses: [String: [String]]
  }

  /// Runs the scenarios whose file and title, as `FILE: TITLE`, the filter matches; all where there is none.
  public func run(
    traces: Bool = false, where matches: (String) -> Bool = { _ in true }
  ) throws(SimulationFault) -> Outcome {
    var runner = try ScenarioRunner(rules)
    runner.traces = traces
    let clock = ContinuousClock()
    let start = clock.now
    var results: [TestResult] = []
    for plan in plans where matches("\(sources[plan.span].name): \(plan.title)") {
      results.append(runner.run(plan, sources))
    }
    return Outcome(
      run: TestRun(results: results, elapsed: clock.now - start), coverage: runner.coverage, witnesses: runner.witnesses
    )
  }
}
