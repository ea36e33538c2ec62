import Backtest
import Engine
import Lab
import Language
import Ledger
import Testing

@Suite("Comparing policies on the demo's traffic")
struct ComparisonTests {
  @Test("a policy against itself, and a reform that changes nothing, give an empty difference")
  func nothingDiffers() throws {
    let same = Stage.candidate("same", Stage.reform("limits.spending_limit default none"))
    let result = try Stage.compare([Stage.current, Stage.current, same])
    #expect(result.events == 8_316)
    #expect(result.accounts == 12)
    for pair in result.comparisons {
      #expect(pair.differing == 0)
      #expect(pair.same == 8_316)
      #expect(pair.accountsTouched == 0)
      #expect(pair.rows.isEmpty)
      #expect(pair.groups.isEmpty)
    }
    #expect(!result.differs)
    #expect(result.candidates[0].money == result.candidates[2].money)
    #expect(result.candidates[0].money.charged > 0)
    #expect(result.candidates[0].denials.map(\.code) == result.candidates[1].denials.map(\.code))
    #expect(ComparisonReport(result).text().contains("no difference"))
  }

  static let cheap = Stage.candidate("cheap", Stage.reform("limits.spending_limit default $5"))

  @Test("B against A is A against B, mirrored")
  func mirrors() throws {
    let given = ["plan_quota $10, subscription_start 2026-10-01, balance is $40, fallback.enabled on"]
    let one = try Stage.compare([Stage.current, Self.cheap], given: given)
    let other = try Stage.compare([Self.cheap, Stage.current], given: given)
    #expect(one.comparisons[0].differing > 0)
    #expect(one.comparisons[0].count(.allowToDeny) > 0)
    #expect(one.candidates[0].money == other.candidates[1].money)
    #expect(one.candidates[1].money == other.candidates[0].money)
    #expect(one.candidates[0].days == other.candidates[1].days)
    let mirrored = one.comparisons[0].rows.map { row in
      var row = row
      swap(&row.a, &row.b)
      row.change = row.change.mirrored
      return row
    }
    #expect(mirrored == other.comparisons[0].rows)
    for change in Change.allCases {
      #expect(one.comparisons[0].count(change) == other.comparisons[0].count(change.mirrored))
    }
    #expect(one.comparisons[0].accounts.map(\.charged) == other.comparisons[0].accounts.map { -$0.charged })
  }

  @Test("threads, shards and batches change nothing", arguments: [(1, 1), (1, 64), (2, 3), (8, 5)])
  func shardsDoNotMatter(threads: Int, shards: Int) throws {
    let candidates = [
      Stage.current, Self.cheap, Stage.candidate("at", Stage.reform("topup.trigger default at_or_below")),
    ]
    let given = ["plan_quota $10, subscription_start 2026-10-01, balance is $40, fallback.enabled on"]
    let usual = try Stage.compare(candidates, given: given)
    let result = try Stage.compare(candidates, given: given) { ($0.threads, $0.shards) = (threads, shards) }
    #expect(ComparisonReport(result).json == ComparisonReport(usual).json)
    #expect(ComparisonReport(result).text() == ComparisonReport(usual).text())
    #expect(ComparisonReport(result).csv == ComparisonReport(usual).csv)
  }

  @Test("kept rows are the first by time, counts are of all")
  func rowsAreCapped() throws {
    let given = ["subscription_start 2026-10-01, balance is $40, fallback.enabled on"]
    let all = try Stage.compare([Stage.current, Self.cheap], given: given)
    let few = try Stage.compare([Stage.current, Self.cheap], given: given) { $0.rows = 7 }
    #expect(few.comparisons[0].rows == Array(all.comparisons[0].rows.prefix(7)))
    #expect(few.comparisons[0].differing == all.comparisons[0].differing)
    #expect(all.comparisons[0].rows.count == all.comparisons[0].differing)
    #expect(zip(all.comparisons[0].rows, all.comparisons[0].rows.dropFirst()).allSatisfy { $0.at <= $1.at })
  }

  @Test("sums of days, accounts and candidates agree")
  func sumsAgree() throws {
    let given = ["plan_quota $10, subscription_start 2026-10-01, balance is $40, fallback.enabled on"]
    let result = try Stage.compare([Stage.current, Self.cheap], given: given)
    for candidate in result.candidates {
      for part in MoneyMoved.parts {
        #expect(candidate.days.reduce(0) { $0 + $1.money[keyPath: part.path] } == candidate.money[keyPath: part.path])
      }
      #expect(candidate.days.reduce(0) { $0 + $1.allowed } == candidate.count(.allowed))
      #expect(candidate.denials.reduce(0) { $0 + $1.count } == candidate.count(.denied))
      #expect(candidate.verdicts.reduce(0, +) == result.events)
    }
    let pair = result.comparisons[0]
    #expect(
      pair.accounts.reduce(0) { $0 + $1.charged } == result.candidates[1].money.charged
        - result.candidates[0].money.charged)
    #expect(pair.same + pair.differing == result.events)
    #expect(pair.accounts.reduce(0) { $0 + $1.changes.reduce(0, +) } == pair.differing)
    // What was paid less in answers is what balances and quotas gave less.
    let paid = pair.groups.reduce(Int64(0)) { $0 + $1.paid }
    let (a, b) = (result.candidates[0].money, result.candidates[1].money)
    #expect(paid == (b.charged + b.quota) - (a.charged + a.quota))
  }

  @Test("stopped early, it says so and counts what it has")
  func stops() throws {
    let traffic = try Stage.traffic(["balance is $40"], [Stage.current, Self.cheap])
    let result = try Comparison.run([Stage.current, Self.cheap], over: traffic, isInterrupted: { true })
    #expect(result.isPartial)
    #expect(result.events < 8_316)
    #expect(ComparisonReport(result).text().hasPrefix("PARTIAL"))
  }

  @Test("the report names what changed, with why on both sides")
  func reports() throws {
    let given = ["subscription_start 2026-10-01, balance is $40, fallback.enabled on"]
    let result = try Stage.compare([Stage.current, Self.cheap], given: given)
    let pair = result.comparisons[0]
    #expect(pair.changedRules.map(\.name) == ["limits.spending_limit"])
    #expect(pair.changedRules.map(\.place) == ["cheap.rules:2"])
    let group = try #require(pair.groups.first)
    #expect(group.change == .allowToDeny)
    #expect(group.ruleB == "limits.cycle_limit")
    #expect(group.first.whyA.hasPrefix("ALLOWED"))
    #expect(group.first.whyB.hasPrefix("DENIED"))
    #expect(group.first.row == pair.rows.first { $0.change == .allowToDeny })
    let text = ComparisonReport(result).text(width: 100)
    #expect(text.contains("allow→deny"))
    #expect(text.contains("limits.cycle_limit"))
    #expect(text.contains("+++"))
    #expect(text.contains("changed rules: limits.spending_limit (cheap.rules:2)"))
    #expect(!text.contains("\u{1B}"))
    #expect(ComparisonReport(result).text(color: true).contains("\u{1B}["))
  }
}
