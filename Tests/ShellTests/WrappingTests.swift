import Testing

@testable import Shell

@Suite("Long lines on a screen")
struct WrappingTests {
  @Test("a line is cut between words, and goes on further in")
  func words() {
    let text = "  by limits.cycle_limit because of this and that\nshort"
    #expect(
      Wrapping.wrapped(text, to: 24)
        == "  by limits.cycle_limit\n    because of this and\n    that\nshort")
  }

  @Test("what fits stays as it is, and no word is lost or cut at any width", arguments: 20...120)
  func nothingIsLost(width: Int) {
    let text = """
      DENIED  s0362-21 (request)  kite / main  2026-10-30 20:02:45 UTC
           limits.payg_spent $14.941452 + $0.074906 = $15.016358 > limits.spending_limit $15.00 (over by $0.016358)
      \u{1B}[2ma line in colour that is longer than most screens have columns, \u{1B}[31mand goes on\u{1B}[0m
      """
    let wrapped = Wrapping.wrapped(text, to: width)
    #expect(wrapped.split { $0 == " " || $0 == "\n" } == text.split { $0 == " " || $0 == "\n" })
    if width == 120 { #expect(wrapped == text) }
    for line in wrapped.split(separator: "\n") where !line.contains("\u{1B}") && line.split(separator: " ").count > 1 {
      #expect(line.count <= max(width, 40), "\(line)")
    }
  }
}
