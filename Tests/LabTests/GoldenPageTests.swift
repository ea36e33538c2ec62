import Diagnostics
import Foundation
import Language
import Testing

@testable import Lab

/// What `payg explain CODE` prints of every diagnostic. `PAYG_UPDATE_GOLDENS=1` writes the texts anew.
@Suite("Golden pages")
struct GoldenPageTests {
  static let folder = Golden.tests.appending(path: "LabTests/Golden/explain")

  @Test("each page says what it always said", arguments: DiagnosticCatalog.all)
  func saysTheSame(_ code: DiagnosticCode) throws {
    try Golden.expect(DiagnosticPage.text(of: code) + "\n", at: Self.folder.appending(path: "\(code.id).txt"))
  }

  @Test("each example yields its code first, with a help line", arguments: DiagnosticCatalog.all)
  func exampleYieldsCode(_ code: DiagnosticCode) throws {
    let (diagnostics, sources) = DiagnosticCatalog.example(of: code)
    let first = try #require(diagnostics.first, "\(code.id): the example yields nothing")
    #expect(first.code == code.id, "\(Renderer(sources: sources).render(first))")
    #expect(first.help != nil || first.fix != nil, "\(code.id) has no help")
  }

  @Test("no page is left of a code that is gone")
  func noneIsLeft() {
    if Golden.isUpdating { return }
    let pages = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path)) ?? []
    #expect(Set(pages) == Set(DiagnosticCatalog.all.map { "\($0.id).txt" }))
  }
}
