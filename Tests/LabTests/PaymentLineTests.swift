import Diagnostics
import Language
import Standard
import Testing

@testable import Lab

/// Scenario lines about payments, cards, holds and the payment provider: the words that do not need rules for them.
@Suite("Payment lines")
struct PaymentLineTests {
  /// The first code and help of a scenario, or what came of it.
  static func outcome(_ text: String) throws -> String {
    try ScenarioLineTests.outcome("scenario \"it\"\n\(text)")
  }

  @Test(
    "an opening payment is a lot of the bucket that keeps lots",
    arguments: [
      ("given payment \"p1\" $20", "then balance is $20"), ("given payment p1 $20", "then balance is $20"),
      ("given payment \"p1\" is $20", "then balance is $20, paid of payment \"p1\" is $20"),
      ("given payment \"p1\" $20 with $7.50 spent", "then balance is $12.50, unspent of payment p1 is $12.50"),
      ("given payment \"p1\" $20 with $20 spent", "then balance is $0, unspent of payment p1 is $0"),
      ("given payment \"p1\" $20 card visa, payment \"p2\" $5 card \"my card\"", "then balance is $25"),
      ("given balance is $3, payment \"p1\" $20", "then balance is $23"),
      ("given payment \"p1\" $20\nand balance is $3", "then balance is $23"),
      ("given payment \"p1\" $20 card visa", "then card of payment \"p1\" is visa"),
      ("given payment \"p1\" $20 card visa", "then card of payment \"p1\" is not amex"),
      ("given payment \"p1\" $20", "then card of payment \"p1\" is none, state of payment \"p1\" is paid"),
      ("given payment \"p1\" $20", "then automatic of payment \"p1\" is off, refunded of payment \"p1\" < $1"),
      (
        "given payment \"p1\" $20", "then unspent of payment \"p1\" >= $20, unspent of payment \"p1\" <= 10000000 units"
      ),
      ("given payment \"p1\" $20\nwhen request costing $5", "then unspent of payment \"p1\" is $15"),
      ("given provider declines, provider pays, provider waits, provider fails", "then balance is $0"),
      ("given provider declines 3 times", "then balance is $0"),
      ("given balance is $1\nwhen request costing $1", "then collects nothing, refunds nothing, absorbs nothing"),
    ])
  func rows(_ before: String, _ then: String) throws {
    #expect(try Self.outcome("\(before)\n\(then)") == "passed")
  }

  @Test(
    "what did not come true is said with what there is",
    arguments: [
      ("then unspent of payment \"p1\" is $5", "3:6: payment \"p1\" has $20.00"),
      ("then state of payment \"p1\" is declined", "3:6: payment \"p1\" has paid"),
      ("then unspent of payment \"p2\" is $5", "3:6: there is no payment \"p2\""),
      ("then state of hold \"h1\" is open", "3:6: there is no hold \"h1\""),
      ("then card of payment \"p1\" is amex", "3:6: payment \"p1\" has visa"),
      ("when request costing $0\nthen collects $5", "4:6: collects nothing"),
      ("when request costing $0\nthen collects $5 from visa", "4:6: collects nothing"),
      ("when request costing $0\nthen refunds $5", "4:6: refunds nothing"),
      ("when request costing $0\nthen absorbs $5", "4:6: absorbs nothing"),
      ("when request costing $0\nthen waiting", "4:6: allowed"),
    ])
  func failures(_ then: String, _ wanted: String) throws {
    #expect(try Self.outcome("given payment \"p1\" $20 card visa\n\(then)") == wanted)
  }

  @Test(
    "a wrong line has a code, a caret and a help",
    arguments: [
      ("given payment", "P0403"), ("given payment \"p1\"", "P0403"), ("given payment \"p1\" $20 card", "P0403"),
      ("given payment \"p1\" $20 with", "P0403"), ("given payment \"p1\" $20 with $5", "P0403"),
      ("given payment \"p1\" $20 with $5 gone", "P0403"), ("given payment \"p1\" $20 visa", "P0403"),
      ("given payment \"p1\" 20", "P0422"), ("given payment \"p1\" $20 with 5 tokens spent", "P0422"),
      ("given payment \"p1\" $0", "P0426"), ("given payment \"p1\" -$5", "P0426"),
      ("given payment \"p1\" $5 with $6 spent", "P0426"), ("given payment \"p1\" $5 with -$6 spent", "P0426"),
      ("given payment \"p1\" $5, payment \"p1\" $6", "P0426"), ("given provider refuses", "P0427"),
      ("given provider declins", "P0427"), ("given provider declines 0 times", "P0427"),
      ("given provider declines 1001 times", "P0427"), ("given provider declines 3", "P0403"),
      ("given provider declines $3 times", "P0422"), ("given provider declines visa", "P0403"),
      ("when request costing $0\nthen collects", "P0403"), ("when request costing $0\nthen collects 5 tokens", "P0422"),
      ("when request costing $0\nthen collects $5 from", "P0403"),
      ("when request costing $0\nthen refunds $5 to", "P0403"),
      ("when request costing $0\nthen refunds $5 from visa", "P0403"),
      ("when request costing $0\nthen absorbs", "P0403"),
      ("then collects $5", "P0430"), ("then refunds nothing", "P0430"), ("then absorbs $5", "P0430"),
      ("then waiting", "P0430"), ("then unspend of payment \"p1\" is $5", "P0435"),
      ("then unspent of paiment \"p1\" is $5", "P0435"), ("then unspent of balance \"p1\" is $5", "P0435"),
      ("then reserved of payment \"p1\" is $5", "P0435"), ("then state of payment \"p1\" < paid", "P0435"),
      ("then state of payment \"p1\" is payed", "P0422"), ("then unspent of payment \"p1\" is 5", "P0422"),
      ("then unspent of payment \"p1\" is none", "P0422"), ("then unspent of payment", "P0403"),
      ("then unspent of payment \"p1\"", "P0403"), ("then unspent of payment \"p1\" is", "P0403"),
      ("then unspent of payment \"p1\" was $5", "P0403"),
    ])
  func wrong(_ line: String, _ code: String) throws {
    let text = "scenario \"it\"\n\(line)\nthen balance is $0\n"
    let suite = ScenarioSuite(ScenarioLineTests.rules, texts: [("test.scenario", text)])
    let first = try #require(suite.diagnostics.sorted.first, "no word about \(line)")
    #expect(first.code == code, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
    #expect(first.help != nil && !first.span.isNone && first.message.last != ".")
    #expect(suite.diagnostics.count <= 2, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
  }

  @Test(
    "the help of a wrong line is the right line",
    arguments: [
      ("given provider", "given provider declines"), ("when provider fails", "given provider fails"),
      ("when payment \"p1\" $5", "given payment \"p1\" $20 card visa with $7.50 spent"),
      ("given payment $5", "given payment \"p1\" $20 card visa with $7.50 spent"),
      ("given payment \"p1\" $5 from visa", "given payment \"p1\" $20 card visa with $7.50 spent"),
      ("when request costing $0\nthen collects $5 to visa", "then collects $50 from visa"),
      ("when request costing $0\nthen refunds $5 from visa", "then refunds $5 to visa"),
      ("when request costing $0\nthen absorb nothing", "did you mean `absorbs`?"),
      ("when request costing $0\nthen refund $5", "did you mean `refunds`?"),
      ("when request costing $0\nthen allowd", "did you mean `allowed`?"),
      (
        "when request costing $0\nthen waits",
        "write `allowed`, `denied with CODE`, or a condition such as `balance is $5`"
      ),
      ("then sum is $5", "write a name that the rules declare, such as `balance`"),
      ("then payment \"p1\" unspent is $5", "then unspent of payment \"p1\" is $5"),
      ("then hold \"h7\" is open", "then state of hold \"h7\" is open"),
      ("then payment.unspent is $5", "say which one: `unspent of payment \"t1\" is …`"),
    ])
  func help(_ line: String, _ help: String) throws {
    let text = "scenario \"it\"\n\(line)\nthen balance is $0\n"
    let suite = ScenarioSuite(ScenarioLineTests.rules, texts: [("test.scenario", text)])
    #expect(suite.diagnostics.sorted.first?.help == help)
    #expect(suite.diagnostics.count == 1, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
  }

  @Test("a bare name is that of the scenario's own family, where several have it")
  func ownFamily() throws {
    func policy(_ family: String, _ other: String) -> (name: String, text: String) {
      (
        "rules/\(family)/policy.rules",
        """
        policy \(family) "A family."
        setting most: money = $\(family == "ann" ? 1 : 2)
        event \(family)_asks amount: money in $0..$9
        denial too_much_\(family) 400 rank \(family == "ann" ? 1 : 2) "Too much"
        deny \(family)_asks rule cap_it when \(family)_asks.amount > most with too_much_\(family)
        on \(family)_asks rule more set most = $3
        \(other)
        """
      )
    }
    let files = [policy("ann", "bucket balance draw 10 keeps lots else too_much_ann"), policy("bob", "")]
    let rules = LoadedRules.read(
      files, vocabulary: StandardPlugin.vocabulary)
    #expect(rules.diagnostics.isEmpty, "\(Renderer(sources: rules.sources).render(rules.diagnostics))")
    let text = """
      scenario "it"
      given  most $2
      when   bob_asks $3
      then   denied with too_much_bob by cap_it, most is $2, ann.most is $1
      when   bob_asks $2
      then   rule more fired, most is $3, ann.most is $1

      """
    let own = ScenarioSuite(rules, texts: [("rules/bob/bob.scenario", text)])
    #expect(own.diagnostics.isEmpty, "\(Renderer(sources: own.sources).render(own.diagnostics))")
    #expect(try own.run().run.results.flatMap(\.failures).isEmpty)
    // From nowhere in particular it is not clear which is meant.
    let elsewhere = ScenarioSuite(rules, texts: [("bob.scenario", text)])
    #expect(Set(elsewhere.diagnostics.sorted.map(\.code)) == ["P0204", "P0421", "P0432"])
  }

  @Test("a payment needs a bucket that remembers it")
  func noLots() throws {
    var files = ScenarioDemo.files
    files[0].text.replace(" keeps lots", with: "")
    let rules = LoadedRules.read(files, vocabulary: StandardPlugin.vocabulary)
    let suite = ScenarioSuite(
      rules, texts: [("test.scenario", "scenario \"it\"\ngiven payment \"p1\" $5\nthen balance is $5\n")])
    #expect(suite.diagnostics.sorted.map(\.code) == ["P0426"])
  }

  @Test("a payment stated again later is refused")
  func again() throws {
    let text = "given payment \"p1\" $5\nwhen request costing $5\ngiven payment \"p2\" $5\nthen balance is $5"
    #expect(try Self.outcome(text) == "passed")
    let payg = try Simulation(ScenarioLineTests.rules)
    try payg.given("payment \"p1\" $5")
    #expect(throws: SimulationFault.self) { try payg.given("payment \"p1\" $5") }
  }

  @Test("lines cut anywhere never trap")
  func cutAnywhere() throws {
    let text = """
      scenario "All of it"
      given  payment "p1" $20 card visa with $7.50 spent, provider declines 3 times
      when   request "r1" costing 150 units
      then   collects $50 from visa, refunds $5 to "my card", absorbs $0.10, waiting
             unspent of payment "p1" is not $5, collects nothing
      """
    let bytes = Array(text.utf8)
    for end in bytes.indices {
      _ = ScenarioSuite(ScenarioLineTests.rules, texts: [("cut", String(decoding: bytes[..<end], as: UTF8.self))])
      _ = ScenarioSuite(ScenarioLineTests.rules, texts: [("cut", String(decoding: bytes[end...], as: UTF8.self))])
    }
  }
}
