import Diagnostics
import Language
import Testing

@Suite struct ShippedRulesTests {
  @Test func nothingIsWrongWithTheFamilies() throws {
    let analysed = try ShippedRules.load()
    #expect(!analysed.program.rules.isEmpty)
    #expect(analysed.all.isEmpty, "\(analysed.rendered)")
  }
}
