import Diagnostics
import Foundation
import Language
import Standard
import Testing
import Values

@testable import Lab

@Suite("Rule folders")
struct RuleFolderTests {
  static func load(_ path: String, reforms: [String] = []) throws -> LoadedRules {
    try RuleFolder(path).load(vocabulary: StandardPlugin.vocabulary, reforms: reforms)
  }

  @Test("the shipped rules check without a word")
  func shippedRulesCheck() throws {
    let rules = try Self.load(Place.rules)
    #expect(rules.diagnostics.isEmpty, "\(Renderer(sources: rules.sources).render(rules.diagnostics))")
    #expect(rules.families.map(\.name) == rules.families.map(\.name).sorted())
  }

  @Test("every shipped scenario comes true, and they show every rule and clause both ways")
  func shippedScenarios() throws {
    let rules = try Self.load(Place.rules)
    let suite = try ScenarioSuite(rules, paths: rules.families.flatMap(\.scenarioPaths))
    #expect(suite.diagnostics.isEmpty, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
    let outcome = try suite.run()
    #expect(outcome.run.failed == 0, "\(outcome.run.results.filter(\.isFailed).map(\.place))")
    #expect(outcome.run.passed > 60)
    let gaps = outcome.coverage.gaps(in: rules.program, rules.sources).filter { $0.excuse == nil }
    #expect(gaps.isEmpty, "\(gaps.map { "\($0.rule) \($0.text)" })")
  }

  @Test("every family has scenarios and a README that shows each of its settings")
  func familiesAreWhole() throws {
    let rules = try Self.load(Place.rules)
    for family in rules.families {
      #expect(!family.scenarioPaths.isEmpty, "\(family.name) has no scenario")
      let readme = (try? String(contentsOfFile: family.readmePath, encoding: .utf8)) ?? ""
      for setting in rules.program.settings where NameIndex.family(setting.name) == family.name {
        #expect(
          readme.contains("`\(NameIndex.bare(setting.name))`"),
          "\(family.name)/README.md is silent about \(setting.name)")
      }
    }
  }

  @Test("the order in which a disk lists families changes nothing", arguments: [1, 2, 3] as [UInt64])
  func shuffled(_ seed: UInt64) throws {
    let original = try Self.load(Place.rules)
    try Place.withFolder { folder in
      try Place.copyRules(to: folder) { names in
        var generator = SeededGenerator(seed: seed)
        return names.shuffled(using: &generator)
      }
      let copy = try Self.load(folder)
      #expect(copy.program.hash == original.program.hash, "seed \(seed)")
      #expect(copy.program.rules.map(\.name) == original.program.rules.map(\.name))
      #expect(copy.program.settings.map(\.name) == original.program.settings.map(\.name))
    }
    // Texts in any order, too: that is what the sorting is for.
    let texts = ScenarioDemo.files
    let forward = LoadedRules.read(texts, vocabulary: StandardPlugin.vocabulary).program
    let backward = LoadedRules.read(texts.reversed(), vocabulary: StandardPlugin.vocabulary).program
    #expect(forward.hash == backward.hash && forward.rules.map(\.name) == backward.rules.map(\.name))
  }

  // MARK: - A family more

  static let promotions = """
    policy promotions "Credit that was given away burns before the balance."
    setting burns_first : bool = on
    bucket promo draw 25
    event promote "credit from a campaign"
      amount: money in $0..$1_000_000
    on promote rule give_promo
      credit promote.amount to promo
    denial promo_blocked 402 rank 71 "Promotional credit is switched off"
    gate promo rule promo_is_on
      when burns_first
      else promo_blocked

    """

  @Test("a family more changes nothing of the others until it is used")
  func extraFamily() throws {
    try Place.withFolder { folder in
      try Place.copyRules(to: folder)
      try Place.write(Self.promotions, to: "\(folder)/promotions/policy.rules")
      let rules = try Self.load(folder)
      #expect(!rules.diagnostics.hasErrors, "\(Renderer(sources: rules.sources).render(rules.diagnostics))")
      let suite = try ScenarioSuite(rules, paths: rules.families.flatMap(\.scenarioPaths))
      let run = try suite.run().run
      #expect(run.failed == 0, "\(run.results.filter(\.isFailed).map { "\($0.place) \($0.failures[0].got)" })")

      let payg = try Simulation(rules)
      try payg.given("balance is $5")
      try payg.when("promote $1")
      let answer = try payg.when("request costing $3")
      #expect(answer.pays("promo") == .dollars(1) && answer.pays("balance") == .dollars(2))
    }
  }

  // MARK: - Files that are not there, or not text

  @Test("a file, a family and a folder can be named")
  func paths() throws {
    try Place.withFolder { folder in
      for (name, text) in ScenarioDemo.files { try Place.write(text + "\n", to: "\(folder)/\(name)") }
      #expect(try RuleFolder(folder).families.count == 2)
      #expect(try RuleFolder(folder + "/").path == folder)
      #expect(try RuleFolder("\(folder)/wallet").families.count == 2, "with its neighbours")
      #expect(try RuleFolder("\(folder)/wallet/policy.rules").families.count == 1, "alone")
    }
  }

  @Test("what cannot be read has a name")
  func faults() throws {
    try Place.withFolder { folder in
      #expect(throws: FileFault(path: "\(folder)/none", .missing)) { try RuleFolder("\(folder)/none") }
      #expect(throws: FileFault(path: folder, .noRules)) { try RuleFolder(folder) }
      let large = String(repeating: "# x\n", count: (1 << 20) / 4 + 1)
      try Place.write(large, to: "\(folder)/big/policy.rules")
      #expect(throws: FileFault.self) { try Self.load(folder) }
      try Place.write(
        "policy big \"B.\"\ntable t by m: name gives r: rate from \"t.csv\"\n", to: "\(folder)/big/policy.rules")
      try Data([0x6D, 0x2C, 0x72, 0x0A, 0xFF, 0xFE]).write(to: URL(filePath: "\(folder)/big/t.csv"))
      #expect(throws: FileFault(path: "\(folder)/big/t.csv", .notText)) { try Self.load(folder) }
      try Data([0xFF, 0x00, 0x01]).write(to: URL(filePath: "\(folder)/big/policy.rules"))
      #expect(try Self.load(folder).diagnostics.hasErrors)
    }
  }

  @Test("a table is read from its family's folder only")
  func tableOutside() throws {
    try Place.withFolder { folder in
      try Place.write("m,r\nmini,1\n", to: "\(folder)/outside.csv")
      try Place.write(
        "policy a \"A.\"\ntable t by m: name gives r: rate from \"../outside.csv\"\n", to: "\(folder)/a/policy.rules")
      #expect(try Self.load(folder).diagnostics.hasErrors)
    }
  }

  // MARK: - Reforms

  static func reformed(_ text: String, _ line: String) throws -> SimulatedAnswer {
    try Place.withFolder { folder in
      try Place.write("reform \"It\"\n  \(text)\n", to: "\(folder)/it.rules")
      let rules = try load(Place.rules, reforms: ["\(folder)/it.rules"])
      #expect(!rules.diagnostics.hasErrors, "\(Renderer(sources: rules.sources).render(rules.diagnostics))")
      let payg = try Simulation(rules)
      try payg.given("subscription_start 2026-01-01, fallback.enabled on, balance is $100")
      return try payg.when(line)
    }
  }

  @Test("a reform changes a default, a condition, a limit, a code, or takes a rule away")
  func reforms() throws {
    #expect(
      try Self.reformed("limits.spending_limit default $20", "request costing $21").denial == "spending_limit_exceeded")
    #expect(try Self.reformed("limits.spending_limit default $20", "request costing $20").isAllowed)
    #expect(try Self.reformed("limits.cycle_limit at $7", "request costing $8").denial == "spending_limit_exceeded")
    #expect(try Self.reformed("fallback.fallback_is_on when off", "request costing $8").denial == "quota_exceeded")
    #expect(
      try Self.reformed(
        "limits.spending_limit default $20\n  limits.cycle_limit else quota_exceeded", "request costing $21"
      ).denial == "quota_exceeded")
    #expect(
      try Self.reformed("limits.spending_limit default $20\n  without limits.cycle_limit", "request costing $21")
        .isAllowed)
  }

  @Test("a reform changes the policy hash, and its mistakes are shown in its own text")
  func reformMistakes() throws {
    try Place.withFolder { folder in
      let path = "\(folder)/it.rules"
      let plain = try Self.load(Place.rules).program.hash
      try Place.write("reform \"It\"\n  limits.spending_limit default $20\n", to: path)
      #expect(try Self.load(Place.rules, reforms: [path]).program.hash != plain)
      for (text, code) in [
        ("limit.spending_limit default $20", "P0451"), ("limits.spendinglimit default $20", "P0451"),
        ("limits.zero_means_off at $3", "P0451"), ("without limits.nothing", "P0451"),
        ("limits.spending_limit default $1\n  limits.spending_limit default $2", "P0452"),
        ("without limits.cycle_limit\n  limits.cycle_limit when off", "P0452"),
      ] {
        try Place.write("reform \"It\"\n  \(text)\n", to: path)
        let found = try Self.load(Place.rules, reforms: [path]).diagnostics.sorted.first { $0.severity == .error }
        #expect(found?.code == code, "\(text)")
      }
      try Place.write("reform \"It\"\n  limits.spending_limit default 5 tokens\n", to: path)
      let rules = try Self.load(Place.rules, reforms: [path])
      let first = try #require(rules.diagnostics.sorted.first)
      #expect(rules.sources[first.span].name == path)
    }
  }
}
