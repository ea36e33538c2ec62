import Diagnostics
import Foundation
import Testing

@testable import Lab

/// Families are folders: taking one away leaves the others whole.
@Suite("Families taken away")
struct RemovableFamilyTests {
  /// All but the ones the others stand on: what a request costs, who pays, and the plan's quota.
  static let removable = ["disputes", "fallback", "holds", "limits", "refunds", "teams", "topup", "warnings"]

  @Test("the rest checks without a word, and its scenarios come true", arguments: removable)
  func leftOut(_ family: String) throws {
    let found = try Self.expectWhole(without: [family])
    #expect(found.isEmpty, "\(found)")
  }

  @Test("so it is with one of them alone, and with none", arguments: ["disputes", "holds", "refunds", "topup", ""])
  func alone(_ family: String) throws {
    // What families share stands in `funding`, and some of it is used by nobody then: that is said, and nothing worse.
    try Self.expectWhole(without: Self.removable.filter { $0 != family })
  }

  @Test("every other family is one of them")
  func complete() throws {
    let families = try RuleFolder(Place.rules).families.map(\.name)
    #expect(Set(families) == Set(Self.removable + ["funding", "pricing", "subscription"]))
  }

  /// - Returns: what the checker says about the rest, as its author would read it.
  @discardableResult
  private static func expectWhole(without families: [String]) throws -> String {
    try Place.withFolder { folder in
      try Place.copyRules(to: folder) { $0.filter { !families.contains($0) } }
      let rules = try RuleFolderTests.load(folder)
      let found = Renderer(sources: rules.sources).render(rules.diagnostics)
      #expect(!rules.diagnostics.hasErrors, "\(found)")
      let suite = try ScenarioSuite(rules, paths: rules.families.flatMap(\.scenarioPaths))
      #expect(suite.diagnostics.isEmpty, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
      let run = try suite.run().run
      #expect(run.failed == 0, "\(run.results.filter(\.isFailed).map { "\($0.place) \($0.failures[0].got)" })")
      #expect(run.passed > 20)
      // Left out is only what says that it needs what is not there.
      for result in run.results {
        if case .skipped(let reason) = result.outcome {
          #expect(families.contains { reason.contains("`\($0)`") }, "\(result.place): \(reason)")
        }
      }
      return rules.diagnostics.isEmpty ? "" : found
    }
  }
}
