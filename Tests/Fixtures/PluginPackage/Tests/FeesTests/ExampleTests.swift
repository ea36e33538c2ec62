import Diagnostics
import Engine
import Fees
import Lab
import Language
import Standard
import Testing

/// What the plugin's own words say of themselves is true.
@Suite("Examples of the plugin")
struct ExampleTests {
  @Test("a function's example gives what it says", arguments: FeesPlugin().functions.map(\.name))
  func function(name: String) throws {
    let example = try #require(FeesPlugin().functions.first { $0.name == name }).example
    let rules = LoadedRules.read(
      [("example.rules", "policy example \"nothing\"\n")], vocabulary: try PolicyTests.words())
    var sources = rules.sources
    let (syntax, mistakes) = Parser.parseExpression(
      source: sources.add(Source(name: "example", text: example.expression)), in: sources)
    #expect(mistakes.map(\.message) == [])
    let checked = Checker.checkExpression(syntax, in: rules.program)
    #expect(checked.diagnostics.map(\.message) == [])
    let expression = try #require(checked.expression)
    let engine = try RuleEngine(rules.program)
    let account = engine.newAccount()
    let value = engine.evaluate(expression, account, at: 0)
    #expect(engine.formatter(for: account).text(value, expression.type) == example.result)
  }

  static let extremes: [(Int64, Int64)] = [(0, .max), (.max, 0), (0, 0), (.max, .max)]

  @Test("a function stays in its declared range", arguments: extremes)
  func functionRange(due: Int64, paid: Int64) throws {
    for function in FeesPlugin().functions {
      let ranges = function.parameters.map(\.range)
      let arguments = zip([due, paid], ranges).map { Int64(max($1.low, min($1.high, Int128($0)))) }
      let result = arguments.withUnsafeBufferPointer(function.body)
      #expect(function.result.range.contains(result), "\(function.name)(\(arguments)) is \(result)")
    }
  }

  @Test("an effect's example checks without a word", arguments: FeesPlugin().effects.map(\.verb))
  func effect(verb: String) throws {
    let example = try #require(FeesPlugin().effects.first { $0.verb == verb }).example
    let rules = LoadedRules.read([("example.rules", example)], vocabulary: try PolicyTests.words())
    #expect(rules.diagnostics.map(\.message) == [])
    _ = try RuleEngine(rules.program)
  }

  @Test("the plugin's words are its own")
  func noClash() throws {
    let words = try PolicyTests.words()
    #expect(words.functions.contains { $0.name == "days_late" && $0.plugin == "fees" })
    #expect(words.effects.contains { $0.verb == "charge_fee" && $0.plugin == "fees" })
    #expect(throws: PluginRegistry.Clash.self) { try PluginRegistry([FeesPlugin(), FeesPlugin()]) }
  }
}
