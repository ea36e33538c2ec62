import Diagnostics
import Language
import Testing

/// What authors read after each mistake, and that one mistake makes one report.
@Suite struct MistakeTests {
  @Test(arguments: MistakeRows.all)
  func mistakeIsReported(_ row: (text: String, report: String)) {
    let reading = Reading(row.text)
    #expect(reading.report == row.report)
    #expect(reading.spansAreInside)
  }

  @Test func everyMistakeOfAFileIsSeenOnce() {
    let reading = Reading(
      """
      policy limits
      seting low: money = $5
      setting high: money = $5 +
        must high > low else "x"
      deny request rule broke when with insufficient
      gate balance rule closed
        when (enabled or off
        else quota_exceeded
      cap balance rule limit at $5 < when enabled else broke
      on request rule charge
        pay request.cost ) extra
      let fine = $5

      """)
    #expect(
      reading.diagnostics.map(\.code) == [
        "P0105", "P0101", "P0107", "P0107", "P0117", "P0107", "P0114",
      ], "\(reading.report)")
    #expect(
      reading.dump.split(separator: "\n") == [
        "(setting high money (+ $5.00 ?) (must (> high low) \"x\"))",
        "(rule broke (deny request) (with insufficient) (when ?))",
        "(rule closed (gate balance) (else quota_exceeded) (when (or enabled off)))",
        "(rule limit (cap balance) (at (< $5.00 ?)) (else broke) (when enabled))",
        "(rule charge (on request) (pay request.cost))",
        "(let fine $5.00)",
      ])
  }

  @Test func unclosedBracketShowsWhereItWasOpened() {
    let reading = Reading("let a = min(b, c\n")
    #expect(reading.diagnostics.first?.labels.map(\.message) == ["opened here"])
    #expect(reading.diagnostics.first?.labels.first?.span.start == 11)
  }

  @Test func fixesCanBeApplied() throws {
    for (text, fixed) in [
      ("seting a: bool = on", "setting a: bool = on"), ("let a = b == c", "let a = b = c"),
      ("let a-b = c", "let a_b = c"), ("let a = true", "let a = on"), ("let a = b)", "let a = b"),
      ("let a = $1,000", "let a = $1000"), ("deny a rule b when c else d", "deny a rule b when c with d"),
      ("event e a: money b: bool", "event e a: money, b: bool"),
    ] {
      let fix = try #require(Reading(text).diagnostics.first?.fix, "\(text)")
      var bytes = Array(text.utf8)
      bytes.replaceSubrange(Int(fix.span.start)..<Int(fix.span.end), with: fix.replacement.utf8)
      #expect(String(decoding: bytes, as: UTF8.self) == fixed)
      #expect(Reading(fixed).report == "")
    }
  }

  @Test func invisibleCharactersAreRefusedEverywhere() {
    for text in ["let a = b # \u{202E}x", "policy a \"\u{200B}\"", "let\u{FEFF} a = b", "let a = \u{85} b"] {
      #expect(Reading(text).diagnostics.map(\.code) == ["P0004"], "\(text.unicodeScalars.map(\.value))")
    }
    #expect(Reading("policy a \"👩‍💻 é 日本語\" # ñ").report == "")
    #expect(Reading("let a =\u{A0}b").report == "")
  }

  @Test func bytesThatAreNotTextAreReportedOnce() {
    let reading = Reading(
      bytes: Array("let a = b \u{0}\u{0} ".utf8) + [0xFF, 0xC0, 0x80] + Array("\nlet c = \u{1}d ".utf8) + [0x80])
    #expect(reading.diagnostics.map(\.code) == ["P0004", "P0003"])
    #expect(reading.dump == "(let a b)\n(let c d)")
  }
}
