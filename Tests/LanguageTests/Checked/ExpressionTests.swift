import Diagnostics
import Language
import Testing

@Suite("Checked expressions")
struct ExpressionTests {
  @Test("each has its type and range, or its mistake", arguments: ExpressionRows.rows.indices)
  func hasTypeOrMistake(_ row: Int) {
    let (text, outcome) = ExpressionRows.rows[row]
    let rules = Fixture.with("let probe = \(text)")
    if outcome.hasPrefix("P") {
      #expect(rules.codes.contains(outcome), "\(text)\n\(rules.rendered)")
      #expect(rules.diagnostics.count <= 2, "one mistake is said once: \(text)\n\(rules.rendered)")
      return
    }
    let errors = rules.diagnostics.filter { $0.severity == .error }
    #expect(errors.isEmpty, "\(text)\n\(rules.rendered)")
    guard outcome != "exact" else {
      #expect(rules.constant("probe") == nil)
      return
    }
    guard let expr = rules.constant("probe") else {
      Issue.record("\(text) was not checked")
      return
    }
    let range = "\(expr.range.low)..\(expr.range.high)"
    #expect([expr.type.name, "\(expr.type.name) \(range)"].contains(outcome), "\(text): \(expr.type.name) \(range)")
  }

  @Test("the fixture itself is right")
  func fixtureIsRight() {
    let rules = CheckedRules(Fixture.text)
    #expect(rules.diagnostics.isEmpty, "\(rules.rendered)")
  }
}
