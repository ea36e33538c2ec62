import Diagnostics
import Engine
import Language
import Ledger

/// Carries one scenario out line by line, for whoever wants to see what each line does.
public final class ScenarioStepper {
  /// What one line did.
  public struct Line {
    /// `given`, `when` or `then`.
    public var keyword: String
    /// The author's own words, on one line.
    public var text: String
    /// `limits/limits.scenario:12`
    public var place: String
    /// What came of an event; nil for what is stated or checked.
    public var answer: SimulatedAnswer?
    /// What was there instead of what the line wants; nil where all is well.
    public var failure: String?
  }

  public let title: String
  /// The author's reason for leaving it out.
  public let skip: String?
  /// The account as it is by now.
  public var account: AccountState { simulation.account }
  public var engine: RuleEngine { simulation.engine }
  /// Where the clock stands, in microseconds since 1970.
  public var clock: Int64 { simulation.clock }

  private let plan: ScenarioPlan
  private let sources: SourceMap
  private let simulation: Simulation
  private var next = 0

  /// - Parameter sources: holds the scenario's text.
  public init(_ plan: ScenarioPlan, _ rules: LoadedRules, _ sources: SourceMap) throws(SimulationFault) {
    self.plan = plan
    self.sources = sources
    title = plan.title
    skip = plan.skip
    do throws(CompileError) {
      simulation = Simulation(engine: try RuleEngine(plan.program), sources: rules.sources, keys: plan.keys)
    } catch {
      throw SimulationFault(error.message)
    }
    simulation.show(sources)
    simulation.clock = plan.start
  }

  /// How many lines are left.
  public var left: Int { plan.steps.count - next }

  /// Carries out the next line. Statements that stand together are one, since their order means nothing.
  public func advance() -> [Line] {
    guard plan.steps.indices.contains(next) else { return [] }
    var givens: [(given: ScenarioPlan.Given, step: ScenarioPlan.Step)] = []
    while plan.steps.indices.contains(next), case .given(let given) = plan.steps[next].kind {
      givens.append((given, plan.steps[next]))
      next += 1
    }
    if !givens.isEmpty {
      let refused = simulation.state(givens.map(\.given))
      return givens.enumerated().map { index, entry in
        line("given", entry.step, failure: refused.first { $0.index == index }?.text)
      }
    }
    let step = plan.steps[next]
    next += 1
    switch step.kind {
    case .given: return []
    case .deed(let deed):
      let answer = simulation.perform(deed)
      var told = line("when", step)
      told.answer = answer
      return [told]
    case .check(let check): return [line("then", step, failure: simulation.judge(check))]
    }
  }

  private func line(_ keyword: String, _ step: ScenarioPlan.Step, failure: String? = nil) -> Line {
    let source = sources[step.span]
    return Line(
      keyword: keyword, text: sources.text(step.span).split(whereSeparator: \.isWhitespace).joined(separator: " "),
      place: "\(source.name):\(source.position(of: Int(step.span.start)).line)", failure: failure)
  }
}
