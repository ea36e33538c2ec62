import Diagnostics
import Engine
import Language
import Ledger
import Standard
import Testing

@testable import Lab

/// What was decided about every event of the shipped scenarios can be kept as bytes and explained from them.
@Suite("Archives of shipped decisions")
struct ArchiveTests {
  static func dump(_ decision: Decision) -> String {
    var text = ""
    Swift.dump(decision, to: &text)
    return text
  }

  /// Every decision of every shipped scenario, with the account after it.
  static func each(_ body: (Decision, Simulation, String) throws -> Void) throws {
    let rules = try RuleFolder(Place.rules).load(vocabulary: StandardPlugin.vocabulary)
    let suite = try ScenarioSuite(rules, paths: rules.families.flatMap(\.scenarioPaths))
    let engine = try RuleEngine(rules.program)
    for plan in suite.plans where plan.skip == nil {
      let own = plan.changesTables ? try RuleEngine(plan.program) : engine
      let simulation = Simulation(engine: own, sources: rules.sources, keys: plan.keys)
      simulation.clock = plan.start
      var givens: [ScenarioPlan.Given] = []
      for step in plan.steps {
        switch step.kind {
        case .given(let given): givens.append(given)
        case .check: break
        case .deed(let deed):
          _ = simulation.state(givens)
          givens = []
          let answer = simulation.perform(deed)
          for decision in (answer.decision.map { [$0] } ?? []) + answer.followedDecisions {
            try body(decision, simulation, plan.title)
          }
        }
      }
    }
  }

  @Test("each comes back as it was, with the same explanation")
  func roundTrip() throws {
    var sizes: [Int] = []
    try Self.each { decision, simulation, title in
      let engine = simulation.engine
      let bytes = decision.archived(by: engine.compiled)
      let again = try Decision(archive: bytes, event: decision.event, id: decision.id, by: engine.compiled)
      #expect(Self.dump(again) == Self.dump(decision), "\(title)")
      let texts = [again, decision].map { Explanation($0, by: engine, account: simulation.account).text() }
      #expect(texts[0] == texts[1], "\(title)")
      if engine.program.events[decision.event].name == "request" { sizes.append(bytes.count) }
    }
    #expect(sizes.count > 100)
    // The rows of an account are ten times as long: 8 bytes a number.
    #expect(sizes.reduce(0, +) / max(1, sizes.count) < 200, "\(sizes.sorted())")
  }
}
