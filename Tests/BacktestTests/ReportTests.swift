import Lab
import Testing

@testable import Backtest

@Suite("Reports of comparisons")
struct ReportTests {
  @Test("cells that a spreadsheet would run are texts; numbers are never touched")
  func guardsFormulas() {
    #expect(ComparisonReport.quoted("=1+1") == "'=1+1")
    #expect(ComparisonReport.quoted("-x") == "'-x")
    #expect(ComparisonReport.quoted("@x,\"y\"") == "\"'@x,\"\"y\"\"\"")
    #expect(ComparisonReport.quoted("plain") == "plain")
  }

  @Test("shares are exact to a hundredth of a percent")
  func shares() {
    #expect(ComparisonReport.share(2_408, of: 1_284_310) == "0.19%")
    #expect(ComparisonReport.share(1, of: 3) == "33.33%")
    #expect(ComparisonReport.share(0, of: 3) == "0.00%")
    #expect(ComparisonReport.share(1, of: 10_000_000) == "under 0.01%")
    #expect(ComparisonReport.share(0, of: 0) == "0%")
  }

  /// A C1 control that some terminals take for an escape sequence, one that turns the direction of writing, and a plain escape.
  @Test("no name in a report steers the terminal", arguments: ["\u{9B}2J", "\u{202E}", "\u{1B}[2J", "\n", "\u{2066}"])
  func names(mark: String) throws {
    let name = "a\(mark)b"
    var result = BacktestResult(traffic: name)
    result.notes = [name]
    let side = Difference.Side(
      verdict: .denied, code: "c", rule: "r", amount: 0, paid: 0, charged: 0, sentBack: 0)
    let row = Difference(
      account: name, kind: "request", id: name, at: 0, number: 0, candidate: 1, change: .allowToDeny, a: side, b: side)
    for number in 0...1 {
      var candidate = CandidateResult(name: "\(name)\(number)", hash: "")
      candidate.brokenPromises = [(promise: name, count: 1, account: name, id: name)]
      candidate.impossible = [(reason: name, count: 1)]
      candidate.refusals = [(text: name, count: 1)]
      result.candidates.append(candidate)
    }
    var pair = PairResult(a: name, b: name, candidate: 1)
    pair.differing = 1
    pair.groups = [
      ChangeGroup(
        change: .allowToDeny, ruleA: "", ruleB: "r", count: 1, paid: 0, charged: 0,
        first: Witness(row: row, whyA: name, whyB: "DENIED\n  \(name)"))
    ]
    var account = AccountDifference(account: name)
    account.changes[0] = 1
    pair.accounts = [account]
    pair.changedRules = [ChangedRule(name: name, how: .changed, place: name)]
    result.comparisons = [pair]
    var texts = [ComparisonReport(result).text()]
    texts.append(SweepReport(try Sweep("pricing.rounding in up, down"), result).text())
    result.comparisons = []
    texts.append(ComparisonReport(result).text())
    for text in texts {
      #expect(text.contains("a\u{FFFD}") || mark == "\n", "\(text.debugDescription)")
      #expect(!text.contains(name), "\(text.debugDescription)")
      for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(
          scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format,
          "\(scalar.value)")
      }
    }
    // Programs are given what there is.
    #expect(ComparisonReport(result).json.compact.contains("traffic"))
  }

  @Test("a sum larger than any amount is a fault, never a wrong number")
  func sumsOverflow() throws {
    var money = MoneyMoved()
    money.charged = Int64.max
    var one = MoneyMoved()
    one.charged = 1
    #expect(throws: BacktestFault.self) { try money.add(one) }
  }
}
