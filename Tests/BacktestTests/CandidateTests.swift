import Backtest
import Foundation
import Lab
import Standard
import Testing

@Suite("Policies by their names")
struct CandidateTests {
  let reading = CandidateReading(vocabulary: StandardPlugin.vocabulary, current: Stage.texts)

  static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString).rules").path
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test("current, a folder, a reform over what is current, reforms over a folder")
  func names() throws {
    let rules = Stage.root.appending(path: "rules").path
    #expect(try reading.candidate("current").hash == Stage.current.hash)
    #expect(try reading.candidate(rules).hash == Stage.current.hash)
    try Self.withFile(Stage.reform("fallback.enabled default on")) { path in
      let alone = try reading.candidate(path)
      #expect(alone.hash != Stage.current.hash)
      #expect(alone.name == TextFile.lastName(path))
      #expect(try reading.candidate("\(rules)+\(path)").hash == alone.hash)
      #expect(try reading.candidate("current+\(path)").hash == alone.hash)
    }
  }

  @Test(
    "what names no policy says so",
    arguments: ["nowhere", "", "git:", "git:-x", "HEAD:nowhere-at-all", "git:no-such-revision-at-all", "+", "a+b"])
  func unknown(name: String) {
    #expect(throws: (any Error).self) { try reading.candidate(name) }
  }

  @Test("a broken reform is shown with its text, and nothing is replayed")
  func broken() throws {
    _ = try Self.withFile(Stage.reform("limits.no_such_setting default on")) { path in
      #expect(throws: BacktestFault.self) { try reading.candidate(path) }
    }
  }

  @Test("values of a sweep: ranges with a step, lists, and at most as many as one pass takes")
  func sweeps() throws {
    #expect(
      try Sweep("limits.spending_limit in $0..$1 step $0.25").values == ["$0.00", "$0.25", "$0.50", "$0.75", "$1.00"])
    #expect(try Sweep("topup.most_declines in 1..5 step 2").values == ["1", "3", "5"])
    #expect(
      try Sweep("topup.retry_after in 1 hours..3 hours step 1 hours").values == ["1 hours", "2 hours", "3 hours"])
    #expect(try Sweep("pricing.rounding in up, half_even,down").values == ["up", "half_even", "down"])
    let wrong = [
      "", "limits.spending_limit", "limits.spending_limit in", "x in 1, 2", "a.b in $1..$2 step $0",
      "a.b in $2..$1 step $1",
      "a.b in $1..5 step 1", "a.b in 1..1000000000000 step 1", "a.b in , ,",
    ]
    for text in wrong { #expect(throws: BacktestFault.self, "\(text)") { try Sweep(text) } }
  }

  @Test("a sweep finds the value from which on nothing changes")
  func swept() throws {
    let sweep = try Sweep("limits.spending_limit in $0..$80 step $40")
    let candidates = try sweep.candidates(reading)
    let result = try Stage.compare(
      candidates, given: ["subscription_start 2026-10-01, balance is $40, fallback.enabled on"])
    #expect(result.candidates.map(\.name) == ["current", "$0.00", "$40.00", "$80.00"])
    let differing = result.comparisons.map(\.differing)
    #expect(differing[0] > differing[1] && differing[1] > 0)
    #expect(differing[2] == 0)
    #expect(SweepReport(sweep, result).text().contains("keep what they set"))
  }
}
