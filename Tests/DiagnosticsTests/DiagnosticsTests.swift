import Diagnostics
import Testing

@Suite("collected diagnostics")
struct CollectedTests {
  private func diagnostic(_ severity: Severity, _ source: Int32, _ start: Int32, _ message: String = "m") -> Diagnostic
  {
    Diagnostic(
      code: "T0001", severity: severity, message: message, span: Span(source: source, start: start, end: start + 1))
  }

  @Test("come in the order of the text, and as found where that is the same")
  func order() {
    var all = DiagnosticList()
    all.append(diagnostic(.error, 1, 0, "e"))
    all.append(diagnostic(.warning, 0, 9, "c"))
    all.append(diagnostic(.error, 0, 9, "d"))
    all.append(diagnostic(.note, 0, 2, "b"))
    all.append(Diagnostic(code: "T0002", message: "a", span: .none))
    #expect(all.sorted.map(\.message) == ["a", "b", "c", "d", "e"])
    #expect(all.map(\.message) == ["a", "b", "c", "d", "e"])
  }

  @Test("are counted by severity")
  func counts() {
    var all = DiagnosticList()
    #expect(all.isEmpty && !all.hasErrors)
    all.append(diagnostic(.warning, 0, 0))
    #expect(!all.isEmpty && !all.hasErrors)
    all.append(contentsOf: [diagnostic(.error, 0, 1), diagnostic(.error, 0, 2), diagnostic(.note, 0, 3)])
    #expect(all.hasErrors)
    #expect((all.errorCount, all.warningCount, all.count(.note), all.count) == (2, 1, 1, 4))
  }

  @Test("are counted but not kept past a limit, so warnings crowd out no error")
  func limit() {
    var flood = DiagnosticList()
    for start in 0..<Int32(DiagnosticList.keptAtMost + 500) { flood.append(diagnostic(.warning, 0, start)) }
    flood.append(diagnostic(.error, 0, 9_999, "the one that matters"))
    #expect(flood.warningCount == DiagnosticList.keptAtMost + 500)
    #expect(flood.sorted.count == DiagnosticList.keptAtMost + 1)
    #expect(flood.sorted.last?.message == "the one that matters")

    var all = DiagnosticList()
    all.append(diagnostic(.warning, 1, 0))
    all.append(contentsOf: flood)
    #expect(all.warningCount == DiagnosticList.keptAtMost + 501)
    #expect(all.errorCount == 1)
    #expect(all.count == DiagnosticList.keptAtMost + 502)
    #expect(all.sorted.count == DiagnosticList.keptAtMost + 1)
  }
}
