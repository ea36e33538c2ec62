import Testing

@testable import Lab

@Suite("Reports")
struct ReportTests {
  static let run = TestRun(
    results: [
      TestResult(file: "a.scenario", line: 1, title: "fine", outcome: .passed, elapsed: .milliseconds(1_204)),
      TestResult(
        file: "a.scenario", line: 5, title: "# odd \\ <title> & \"more\" \u{1}", outcome: .skipped("not <yet>")),
      TestResult(
        file: "b.scenario", line: 2, title: "wrong",
        outcome: .failed([
          TestResult.Failure(
            file: "b.scenario", line: 3, column: 8, wanted: "balance is $5", got: "balance is $4.00",
            why: ["by limits.cycle_limit", "$49.70 + $0.35 = $50.05 > $50.00"])
        ])),
    ], elapsed: .milliseconds(2_000))

  @Test("counts")
  func counts() {
    #expect(Self.run.summary == "1 passed, 1 failed, 1 skipped")
    #expect(Duration.milliseconds(1_204).secondsText == "1.204" && Duration.milliseconds(7).secondsText == "0.007")
  }

  @Test("TAP 14")
  func tap() {
    #expect(
      TapWriter.text(Self.run) == """
        TAP version 14
        1..3
        ok 1 - a.scenario:1 fine
        ok 2 - a.scenario:5 \\# odd \\\\ <title> & "more"   # SKIP not <yet>
        not ok 3 - b.scenario:2 wrong
          ---
          at: "b.scenario:3:8"
          wanted: "balance is $5"
          got: "balance is $4.00"
          why:
            - "by limits.cycle_limit"
            - "$49.70 + $0.35 = $50.05 > $50.00"
          ...

        """)
  }

  @Test("JUnit")
  func junit() {
    let text = JUnitWriter.text(Self.run)
    #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
    #expect(
      text.contains("<testsuites name=\"payg\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"2.000\">"))
    #expect(text.contains("name=\"# odd \\ &lt;title&gt; &amp; &quot;more&quot; \u{FFFD}\""))
    #expect(text.contains("<skipped message=\"not &lt;yet&gt;\"/>"))
    #expect(text.contains("message=\"wanted balance is $5, got balance is $4.00\""))
    #expect(text.contains("$50.05 &gt; $50.00"))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }
}
