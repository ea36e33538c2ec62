import Diagnostics
import Standard
import Testing

@testable import Lab

/// Lines that name cards, holds, payments and refunds, under the shipped rules.
@Suite("Record lines")
struct RecordLineTests {
  static let rules = Result { try RuleFolderTests.load(Place.rules) }

  static func suite(_ text: String) throws -> ScenarioSuite {
    ScenarioSuite(try rules.get(), texts: [("test.scenario", "scenario \"it\"\n\(text)\n")])
  }

  @Test(
    "what is named is found when the line is carried out",
    arguments: [
      ("given balance is $5\nwhen hold estimate $2 as \"h1\"\nand settle hold h1, actual $1", "then balance is $4"),
      (
        "given balance is $5\nwhen hold estimate $2 as \"h1\"\nand settle hold \"h1\", actual $1",
        "then settle.hold.state is settled, settle.hold.reserved is $2, settle.hold.cost is $2"
      ),
      (
        "given balance is $5\nwhen hold estimate $2 as \"h1\"",
        "then cost of hold h1 is $2, at of hold h1 is 2026-01-01"
      ),
      ("given balance is $5\nwhen hold estimate $2 as \"h1\"\nand hold estimate $1 as \"h1\"", "then conflict"),
      ("given payment \"p1\" $20 with $7.50 spent", "then payments.refundable is $12.50"),
      (
        "given payment \"p1\" $20\nwhen dispute payment p1",
        "then dispute.payment.disputed, dispute.payment.paid is $20"
      ),
      ("given card visa\nwhen set card to amex\nand topup $20", "then collects $20 from amex, card is set"),
      ("given card visa\nwhen set card to none\nand topup $20", "then denied with no_card"),
      ("given card visa\nwhen topup $20, card \"another one\"", "then collects $20 from \"another one\""),
      (
        "given payment \"p1\" $20\nwhen refund $5, payment none, approved_by sup, reason x as \"f1\"",
        "then amount of refund f1 is $5"
      ),
      ("when refund_paid refund \"nobody's\"", "then denied with unknown_refund"),
    ])
  func found(_ before: String, _ then: String) throws {
    let suite = try Self.suite("\(before)\n\(then)")
    #expect(suite.diagnostics.isEmpty, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
    let run = try suite.run().run
    #expect(run.failed == 0 && run.passed == 1, "\(run.results.flatMap(\.failures).map { "\($0.wanted): \($0.got)" })")
  }

  @Test(
    "a wrong name or value has a code and a help",
    arguments: [
      ("when settle", "P0412", "hold"), ("when void \"h1\"", "P0412", "hold"), ("when dispute", "P0412", "payment"),
      ("when new_card", "P0412", "card"), ("when settle hold 5", "P0422", "h1"), ("when settle hold $5", "P0422", "h1"),
      ("when settle hold none", "P0422", "h1"), ("when settle hold h1, hold h2", "P0413", "remove"),
      ("when settle holt h1", "P0411", "hold"), ("when topup $20, card 5", "P0422", "card \"5\""),
      ("given card 5\nwhen new_card card visa", "P0422", "card"), ("when set card to $5", "P0422", "card"),
      ("when topup $5\nthen charge of payment t1 is $5", "P0435", "amount"),
      ("when topup $5\nthen refundabel of payment t1 is $5", "P0435", "refundable"),
      ("when topup $5\nthen refundable of hold h1 is $5", "P0435", "expires"),
      ("when topup $5\nthen input_rat of hold h1 is $5", "P0435", "input_rate"),
      ("when topup $5\nthen state of hold h1 is opened", "P0422", "open"),
      ("when topup $5\nthen card of payment t1 < visa", "P0435", "is"),
      ("when topup $5\nthen card of payment t1 is 5", "P0422", "card"),
    ])
  func wrong(_ line: String, _ code: String, _ word: String) throws {
    let suite = try Self.suite(line + (line.contains("then") ? "" : "\nthen balance is $0"))
    let first = try #require(suite.diagnostics.sorted.first, "no word about \(line)")
    #expect(first.code == code, "\(Renderer(sources: suite.sources).render(suite.diagnostics))")
    #expect(first.help?.contains(word) == true, "\(first.help ?? "no help")")
    #expect(!first.span.isNone)
  }

  @Test("a scenario is left out without the families it needs, and a slip in their names is told")
  func needs() throws {
    let text = "scenario \"it\" needs loyalty, holds\nwhen redeem points 5\nthen allowed\n"
    let suite = ScenarioSuite(try Self.rules.get(), texts: [("test.scenario", text)])
    #expect(suite.diagnostics.isEmpty)
    let result = try #require(suite.run().run.results.first)
    #expect(result.outcome == .skipped("it needs the family `loyalty`"))
    let there = try Self.suite("given balance is $5\nthen balance is $5")
    #expect(try there.run().run.passed == 1)
    for (line, code) in [
      ("scenario \"it\" needs hold", "P0402"), ("scenario \"it\" needs", "P0402"),
      ("scenario \"it\" needs holds,", "P0402"), ("scenario \"it\" needs \"holds\"", "P0402"),
      ("scenario \"it\" needs holds limits", "P0403"),
    ] {
      let wrong = ScenarioSuite(try Self.rules.get(), texts: [("test.scenario", line + "\nthen balance is $0\n")])
      #expect(wrong.diagnostics.sorted.first?.code == code, "\(line)")
    }
  }

  @Test("what the provider's answers moved counts as covered, and its rules as fired")
  func coverage() throws {
    let suite = try Self.suite(
      "given card visa, topup.enabled on, balance is $10, provider declines\nwhen request costing $1\n"
        + "then rule count_it fired, rule suspend not fired, rule threshold_reached fired")
    let outcome = try suite.run()
    #expect(outcome.run.passed == 1)
    #expect(outcome.witnesses["topup.count_it"] == ["it"] && outcome.witnesses["topup.declined"] == ["it"])
    let gaps = outcome.coverage.gaps(in: try Self.rules.get().program, suite.sources).filter {
      $0.rule == "topup.suspend"
    }
    #expect(gaps.map(\.text) == ["never decided or acted", "never true: declines >= most_declines"])
  }
}
