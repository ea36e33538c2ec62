import Diagnostics
import Foundation
import Testing

@testable import Lab

/// What the front page shows must be true.
@Suite("The front page")
struct ReadmeTests {
  private static let page = try? String(contentsOf: Place.root.appending(path: "README.md"), encoding: .utf8)

  /// The fenced block that begins with these words.
  private static func block(_ beginning: String) throws -> String {
    let blocks = try #require(page).components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }
    // What stands behind the fence names the block's language.
    let bodies = blocks.map { $0.element.drop { $0 != "\n" }.dropFirst() }
    return String(try #require(bodies.first { $0.hasPrefix(beginning) }))
  }

  @Test("its first rule checks among the shipped ones, and its scenario comes true")
  func firstRule() throws {
    try Place.withFolder { folder in
      try Place.copyRules(to: folder)
      try Place.write(try Self.block("policy daily"), to: "\(folder)/daily/policy.rules")
      try Place.write(try Self.block("scenario \"The cap binds"), to: "\(folder)/daily/daily.scenario")
      let rules = try RuleFolderTests.load(folder)
      #expect(rules.diagnostics.isEmpty, "\(Renderer(sources: rules.sources).render(rules.diagnostics))")
      let run = try ScenarioSuite(rules, paths: rules.families.flatMap(\.scenarioPaths)).run().run
      #expect(run.failed == 0 && run.results.contains { $0.title.hasPrefix("The cap binds") })
    }
  }

  @Test("its excerpt of a policy is the shipped one")
  func excerpt() throws {
    let shipped = try String(contentsOfFile: "\(Place.rules)/fallback/policy.rules", encoding: .utf8)
    #expect(try Self.block("policy fallback") == shipped)
  }

  @Test("its Swift test passes")
  func swiftTest() throws {
    let payg = try Simulation(rules: Place.rules)
    try payg.given("plan_quota 1000 units, subscription_start 2026-01-01, quota is 100 units")
    try payg.given("balance is $20, fallback.enabled on")
    let decision = try payg.when("request costing 150 units")
    #expect(decision.pays("quota") == .units(100))
    #expect(decision.pays("balance") == .units(50))

    let body = try Self.block("import Lab")
    for line in [
      "(\"plan_quota 1000 units, subscription_start 2026-01-01, quota is 100 units\")",
      "(\"balance is $20, fallback.enabled on\")", "(\"request costing 150 units\")", "== .units(100)", "== .units(50)",
    ] {
      #expect(body.contains(line))
    }
  }
}
