import Diagnostics
import Engine
import Language
import Ledger

/// Carries scenarios out, each on an account of its own.
public struct ScenarioRunner {
  public let rules: LoadedRules
  private let engine: RuleEngine
  /// Whether results tell what each event did.
  public var traces = false
  public private(set) var coverage: Coverage
  /// Scenario titles by the full names of the rules that decided or acted in them.
  public private(set) var witnesses: [String: [String]] = [:]

  public init(_ rules: LoadedRules) throws(SimulationFault) {
    self.rules = rules
    do throws(CompileError) {
      engine = try RuleEngine(rules.program)
    } catch {
      throw SimulationFault(error.message)
    }
    coverage = Coverage(rules.program)
  }

  /// Runs one scenario. `sources` holds its text.
  public mutating func run(_ plan: ScenarioPlan, _ sources: SourceMap) -> TestResult {
    let source = sources[plan.span]
    var result = TestResult(
      file: source.name, line: source.position(of: Int(plan.span.start)).line, title: plan.title, outcome: .passed)
    if let reason = plan.skip {
      result.outcome = .skipped(reason)
      return result
    }
    let clock = ContinuousClock()
    let start = clock.now
    var run = Run(plan: plan, sources: sources, traces: traces)
    do throws(CompileError) {
      let engine = plan.changesTables ? try RuleEngine(plan.program) : engine
      let simulation = Simulation(engine: engine, sources: rules.sources, keys: plan.keys)
      simulation.coverage = Coverage(rules.program)
      run.carryOut(on: simulation)
      if let covered = simulation.coverage { add(covered, plan.title) }
    } catch {
      run.fail(plan.span, wanted: plan.title, got: error.message)
    }
    result.elapsed = clock.now - start
    result.trace = run.trace
    if !run.failures.isEmpty { result.outcome = .failed(run.inOrder) }
    return result
  }

  private mutating func add(_ covered: Coverage, _ title: String) {
    coverage.add(covered)
    for (index, count) in covered.rules.enumerated() where count.fired > 0 {
      witnesses[rules.program.rules[index].name, default: []].append(title)
    }
  }
}

/// One scenario on its way.
private struct Run {
  let plan: ScenarioPlan
  let sources: SourceMap
  let traces: Bool
  var failures: [TestResult.Failure] = []
  var trace: [String] = []
  /// The last deed, until some line has said how it was answered.
  private var unstated: Span?

  init(plan: ScenarioPlan, sources: SourceMap, traces: Bool) {
    self.plan = plan
    self.sources = sources
    self.traces = traces
  }

  /// The failures in the order of their lines, each explanation once.
  var inOrder: [TestResult.Failure] {
    var told: [String] = []
    return failures.sorted { ($0.line, $0.column) < ($1.line, $1.column) }.map { failure in
      var failure = failure
      if failure.why == told { failure.why = [] } else if !failure.why.isEmpty { told = failure.why }
      return failure
    }
  }

  mutating func carryOut(on simulation: Simulation) {
    simulation.clock = plan.start
    simulation.show(sources)
    var givens: [(ScenarioPlan.Given, Span)] = []
    for step in plan.steps {
      if case .given(let given) = step.kind {
        givens.append((given, step.span))
        continue
      }
      state(&givens, on: simulation)
      switch step.kind {
      case .given: break
      case .deed(let deed):
        expectAllowed(simulation)
        let answer = simulation.perform(deed)
        unstated = step.span
        note(step.span, answer, simulation)
        expectPromises(step.span, answer, simulation)
      case .check(let check):
        if check.statesAnswer { unstated = nil }
        guard let got = simulation.judge(check) else { continue }
        fail(step.span, wanted: text(step.span), got: got, why: why(simulation))
      }
    }
    state(&givens, on: simulation)
    expectAllowed(simulation)
  }

  private mutating func state(_ givens: inout [(ScenarioPlan.Given, Span)], on simulation: Simulation) {
    guard !givens.isEmpty else { return }
    expectAllowed(simulation)
    for refused in simulation.state(givens.map(\.0)) {
      let span = givens[refused.index].1
      fail(span, wanted: text(span), got: refused.text)
    }
    givens = []
  }

  /// An event that no line says was turned away must not have been: a scenario does not go on from a silent denial.
  private mutating func expectAllowed(_ simulation: Simulation) {
    guard let span = unstated else { return }
    unstated = nil
    guard let answer = simulation.last, !answer.isAllowed || answer.isReplay else { return }
    fail(
      span, wanted: "\(text(span)): allowed, since no line says otherwise", got: answer.summary, why: why(simulation))
  }

  private mutating func expectPromises(_ span: Span, _ answer: SimulatedAnswer, _ simulation: Simulation) {
    for index in answer.broken {
      let promise = simulation.program.promises[index]
      let source = sources[promise.span]
      let line = source.position(of: Int(promise.span.start)).line
      fail(
        span, wanted: "the promise `\(promise.text)`", got: "broken after \(text(span))",
        why: ["promised in \(source.name):\(line)"] + why(simulation))
    }
  }

  private func why(_ simulation: Simulation) -> [String] {
    guard let answer = simulation.last, answer.decision != nil else { return [] }
    return answer.why.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }

  private mutating func note(_ span: Span, _ answer: SimulatedAnswer, _ simulation: Simulation) {
    guard traces else { return }
    trace.append("\(text(span)): \(answer.summary)")
    trace += why(simulation).map { "  " + $0 }
  }

  mutating func fail(_ span: Span, wanted: String, got: String, why: [String] = []) {
    let source = sources[span]
    let (line, column) = source.position(of: Int(span.start))
    failures.append(
      TestResult.Failure(file: source.name, line: line, column: column, wanted: wanted, got: got, why: why))
  }

  /// The author's own words, on one line.
  private func text(_ span: Span) -> String {
    sources.text(span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
