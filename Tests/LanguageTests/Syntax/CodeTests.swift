import Diagnostics
import Language
import Testing

/// The catalogue of mistakes.
@Suite struct CodeTests {
  @Test(arguments: DiagnosticCode.syntaxCodes)
  func exampleYieldsItsCodeFirst(_ code: DiagnosticCode) {
    let reading = Reading(code.example, limits: code.limits)
    #expect(reading.diagnostics.first?.code == code.id, "\(code.id): \(reading.report)")
    #expect(reading.spansAreInside)
  }

  @Test func idsAreUniqueAndSorted() {
    let ids = DiagnosticCode.all.map(\.id)
    #expect(ids == Set(ids).sorted())
    #expect(DiagnosticCode.named("P0101")?.title == "unknown declaration")
    #expect(DiagnosticCode.named("P9999") == nil)
  }
}
