import Diagnostics
import Language
import Testing

/// The catalogue of findings.
@Suite struct AnalysisCodeTests {
  @Test(arguments: DiagnosticCode.analysisCodes.map(\.id))
  func exampleYieldsItsCodeFirst(_ id: String) throws {
    let code = try #require(DiagnosticCode.named(id))
    let analysed = AnalysedText(code.example, limits: code.limits)
    #expect(analysed.all.first?.code == code.id, "\(code.id)\n\(analysed.rendered)")
    #expect(analysed.all.allSatisfy { $0.help != nil }, "every finding says what to do\n\(analysed.rendered)")
  }

  @Test func idsAreSortedAndInTheirHundred() {
    let ids = DiagnosticCode.analysisCodes.map(\.id)
    #expect(ids == ids.sorted() && Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.hasPrefix("P03") })
  }
}
