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

  @Test("a sum larger than any amount is a fault, never a wrong number")
  func sumsOverflow() throws {
    var money = MoneyMoved()
    money.charged = Int64.max
    var one = MoneyMoved()
    one.charged = 1
    #expect(throws: BacktestFault.self) { try money.add(one) }
  }
}
