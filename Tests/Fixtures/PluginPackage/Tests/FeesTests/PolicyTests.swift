import Diagnostics
import Engine
import Fees
import Lab
import Language
import Standard
import Testing

/// The folder `rules` of this package, which speaks the plugin's words.
@Suite("Rules that use the plugin")
struct PolicyTests {
  /// The words of the box and the plugin's own.
  static func words() throws -> Vocabulary {
    try PluginRegistry([StandardPlugin(), FeesPlugin()]).vocabulary
  }

  static func simulation() throws -> Simulation {
    let rules = try RuleFolder(Package.rules).load(vocabulary: words())
    #expect(rules.diagnostics.isEmpty, "\(rules.diagnostics.map(\.message))")
    return try Simulation(rules)
  }

  @Test("paid in time, or in the days of grace: no fee", arguments: ["2026-01-31", "2026-01-28", "2026-02-10"])
  func noFee(due: String) throws {
    let payg = try Self.simulation()
    try payg.when("clock to 2026-01-31 15:00")
    try payg.given("balance is $100")
    let answer = try payg.when("invoice amount $60, due \(due)")
    #expect(answer.isAllowed)
    #expect(answer.notices == [])
    #expect(try payg.then("balance is $40") == [])
  }

  @Test("paid late: the fee is taken, and the customer is told why")
  func fee() throws {
    let payg = try Self.simulation()
    try payg.when("clock to 2026-01-31 15:00")
    try payg.given("balance is $100")
    let answer = try payg.when("invoice amount $60, due 2026-01-27")
    #expect(answer.isAllowed)
    #expect(answer.amount == .dollars(60))
    #expect(answer.notices == ["late_payment"])
    #expect(answer.firedRules == ["invoices.pay_invoice", "invoices.fee_when_late"])
    #expect(try payg.then("balance is $35") == [])
    try payg.when("invoice amount $1, due 2025-12-01")
    #expect(try payg.then("balance is $9") == [])
    #expect(payg.account.sumOfBooks == 0)
  }

  @Test("a fee takes at most what is there")
  func smallBalance() throws {
    let payg = try Self.simulation()
    try payg.when("clock to 2026-01-31")
    try payg.given("balance is $63")
    #expect(try payg.when("invoice amount $60, due 2025-01-01").brokenPromises == [])
    #expect(try payg.then("balance is $0") == [])
  }

  @Test("an invoice that cannot be paid is denied, and costs no fee")
  func denied() throws {
    let payg = try Self.simulation()
    try payg.when("clock to 2026-01-31")
    try payg.given("balance is $59")
    let answer = try payg.when("invoice amount $60, due 2025-01-01")
    #expect(answer.denial == "insufficient_balance")
    #expect(answer.notices == [])
    #expect(try payg.then("balance is $59") == [])
  }

  @Test("every scenario of the folder comes true")
  func scenarios() throws {
    let rules = try RuleFolder(Package.rules).load(vocabulary: Self.words())
    var runner = try ScenarioRunner(rules)
    var results: [TestResult] = []
    for path in rules.families.flatMap(\.scenarioPaths) {
      var sources = rules.sources
      let number = sources.add(Source(name: path, bytes: try TextFile.read(path, limit: Limits.standard.fileBytes)))
      let (file, mistakes) = ScenarioParser.parse(source: number, in: sources)
      let bound = ScenarioBinder.bind(file, in: rules.program, sources: sources)
      #expect((mistakes + bound.diagnostics).map(\.message) == [])
      results += bound.plans.map { runner.run($0, sources) }
    }
    #expect(results.count == 6)
    for result in results { #expect(result.outcome == .passed, "\(result.place) \(result.title): \(result.failures)") }
  }

  @Test("without the plugin the rules do not check, and say who has the missing words")
  func withoutThePlugin() throws {
    var vocabulary = StandardPlugin.vocabulary
    for word in FeesPlugin().words { vocabulary.offeredElsewhere[word] = "fees" }
    let rules = try RuleFolder(Package.rules).load(vocabulary: vocabulary)
    let missing = rules.diagnostics.filter { $0.code == "P0220" }
    #expect(missing.map(\.message).contains("`charge_fee` needs the plugin `fees`, which is not loaded"))
    #expect(missing.map(\.message).contains("`days_late` needs the plugin `fees`, which is not loaded"))
    #expect(rules.diagnostics.hasErrors)
    #expect(throws: SimulationFault.self) { try Simulation(rules) }
  }
}
