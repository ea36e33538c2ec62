import Diagnostics
import Language
import Testing

@testable import Lab

@Suite("Catalog of diagnostics")
struct DiagnosticCatalogTests {
  static let own = DiagnosticCode.scenarioCodes + DiagnosticCode.reformCodes

  @Test("each example yields its code first, with one line of help", arguments: own)
  func exampleYieldsCode(_ code: DiagnosticCode) throws {
    let (diagnostics, sources) = DiagnosticCatalog.example(of: code)
    let first = try #require(diagnostics.first, "\(code.id): the example yields nothing")
    #expect(first.code == code.id, "\(Renderer(sources: sources).render(first))")
    #expect(!first.message.hasSuffix("."), "\(first.message)")
    #expect(first.help.map { !$0.contains("\n") } ?? true)
    #expect(!sources[first.span].name.isEmpty, "\(code.id) points nowhere")
  }

  @Test("ids are unique, and texts are there")
  func unique() {
    let all = DiagnosticCatalog.all
    #expect(Set(all.map(\.id)).count == all.count)
    for code in Self.own {
      #expect(!code.title.isEmpty && !code.explanation.isEmpty, "\(code.id)")
      #expect(DiagnosticCatalog.named(code.id.lowercased()) == code)
    }
  }
}
