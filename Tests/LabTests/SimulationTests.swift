import Diagnostics
import Foundation
import Standard
import Testing
import Values

@testable import Lab

@Suite("Simulation")
struct SimulationTests {
  @Test("the example of the README runs")
  func readmeExample() throws {
    let rules = Place.rules
    // README begins
    let payg = try Simulation(rules: rules)
    try payg.given("plan_quota 1000 units, subscription_start 2026-01-01, quota is 100 units, balance is $20")
    let answer = try payg.when("request costing 150 units")
    #expect(answer.denial == "quota_exceeded")
    #expect(answer.decider == "fallback.fallback_is_on")

    try payg.when("set fallback.enabled to on")
    let second = try payg.when("request costing 150 units")
    #expect(second.pays("quota") == .units(100))
    #expect(second.pays("balance") == .units(50))
    #expect(payg.value("warnings.level") == "low")
    #expect(try payg.then("balance is $19.9999, rule charge_usage fired").isEmpty)
    // README ends
  }

  @Test("the README shows that very code")
  func readmeShowsIt() throws {
    let readme = try String(contentsOf: Place.root.appending(path: "Sources/Lab/README.md"), encoding: .utf8)
    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    let code = source.components(separatedBy: "// README begins\n")[1].components(separatedBy: "    // README ends")[0]
      .split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }
      .joined(separator: "\n").replacing("rules: rules", with: "rules: \"rules\"")
    #expect(readme.contains("```swift\n" + code + "```"))
  }

  @Test("says why, in the words of the rules")
  func why() throws {
    let payg = try Simulation(rules: Place.rules)
    try payg.given("balance is $1")
    let answer = try payg.when("request costing $2")
    #expect(answer.isDenied && answer.status == 402 && answer.why.contains("funding.balance"))
    #expect(answer.summary == "denied with insufficient_balance by funding.balance")
    #expect(try payg.then("allowed") == ["wanted allowed, got \(answer.summary)"])
    let refused = try payg.when("set limits.spending_limit to -$1")
    #expect(refused.refusal == "a spending limit cannot be negative" && !refused.isAllowed)
  }

  @Test("a wrong line is a fault with a caret")
  func wrongLine() throws {
    let payg = try Simulation(rules: Place.rules)
    let fault = #expect(throws: SimulationFault.self) { try payg.given("blance is $5") }
    #expect(fault?.message.contains("did you mean `balance`?") == true)
    #expect(throws: SimulationFault.self) { try payg.when("request costing") }
    #expect(throws: SimulationFault.self) { try payg.then("balance is") }
    // Nothing of it stuck.
    #expect(payg.value("balance") == "$0.00")
  }

  @Test("lines go on from one another: keys, rows, clock, memory")
  func goesOn() throws {
    let payg = try Simulation(rules: Place.rules)
    try payg.given("key alice with key_limit $1, key bob, balance is $10")
    try payg.given("table price \"house\" is $1 per 1M tokens, none, $2 per 1M tokens")
    let answer = try payg.when("request \"r1\" model house, input 1000, output 500, key alice at 2026-01-02 10:00")
    #expect(answer.amount == .cents(0).adding(.units(1000)))
    #expect(payg.value("now") == "2026-01-02T10:00:00Z")
    #expect(try payg.when("request \"r1\" model house, input 1000, output 500, key alice").isReplay)
    #expect(try payg.when("request \"r1\" model house, input 1001, key alice").isConflict)
    #expect(payg.money("teams.key_spent", key: "alice") == .units(1000))
    #expect(payg.money("teams.key_spent", key: "bob") == .zero)
    #expect(payg.value("no_such_thing") == nil)
  }

  @Test("global settings survive a new table row")
  func globalsSurvive() throws {
    let payg = try Simulation(rules: Place.rules)
    try payg.given("global rounding nano, balance is $1")
    try payg.given("table price \"house\" is $0.15 per 1M tokens, none, $2 per 1M tokens")
    #expect(try payg.when("request model house, input 1").amount == Money(nano: 150))
  }

  @Test("rules that do not check cannot be simulated")
  func brokenRules() {
    let rules = LoadedRules.read(
      [("a/policy.rules", "policy a \"A.\"\nsetting x : money = 5\n")], vocabulary: StandardPlugin.vocabulary)
    #expect(throws: SimulationFault.self) { try Simulation(rules) }
  }
}
