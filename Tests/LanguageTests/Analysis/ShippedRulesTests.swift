import Diagnostics
import Language
import Testing

@Suite struct ShippedRulesTests {
  @Test func nothingIsWrongWithTheFamilies() throws {
    let analysed = try ShippedRules.load()
    #expect(!analysed.program.rules.isEmpty)
    #expect(analysed.all.isEmpty, "\(analysed.rendered)")
  }

  /// Whom everybody else is about: what a request costs, and who pays.
  private static let needed = ["pricing", "funding"]

  @Test func nothingIsWrongWithoutOneOfThem() throws {
    let families = try ShippedRules.load().program.policies.map(\.name)
    for family in families where !Self.needed.contains(family) {
      let analysed = try ShippedRules.load(without: [family])
      #expect(analysed.program.policies.count == families.count - 1)
      #expect(analysed.all.isEmpty, "without \(family)\n\(analysed.rendered)")
    }
  }

  @Test func whatIsNeededAloneIsRight() throws {
    let families = try ShippedRules.load().program.policies.map(\.name).filter { !Self.needed.contains($0) }
    let analysed = try ShippedRules.load(without: families)
    // What is kept for families that are not there has no reader.
    #expect(analysed.all.allSatisfy { $0.severity != .error }, "\(analysed.rendered)")
  }
}
