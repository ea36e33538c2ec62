import Values

@testable import Backtest

/// Results made by hand, for pages.
enum PageStage {
  static let dollar: Int64 = 1_000_000_000
  static let start = Instant(CivilDate(year: 2026, month: 10, day: 1)!).microseconds

  static func money(charged: Int64, paidIn: Int64 = 0, quota: Int64 = 0) -> MoneyMoved {
    var money = MoneyMoved()
    (money.charged, money.paidIn, money.quota) = (charged, paidIn, quota)
    return money
  }

  static func candidate(_ name: String, denied: Int, days: [(Int, Int64)]) -> CandidateResult {
    var candidate = CandidateResult(name: name, hash: String(repeating: "a1", count: 32))
    candidate.verdicts[Int(Outcome.Verdict.allowed.rawValue)] = 1_000 - denied
    candidate.verdicts[Int(Outcome.Verdict.denied.rawValue)] = denied
    candidate.denials = [(code: "spending_limit_exceeded", rule: "limits.cycle_limit", count: denied)]
    candidate.days = days.enumerated().map { place, day in
      let date = CivilDate(daysSinceEpoch: Instant(microseconds: start).date.daysSinceEpoch + place)
      return DayResult(day: date.description, allowed: 100, denied: day.0, money: money(charged: day.1))
    }
    candidate.money = money(
      charged: days.reduce(0) { $0 + $1.1 }, paidIn: 40 * dollar, quota: 123_456_789)
    return candidate
  }

  static func witness(_ change: Change, account: String = "grove", id: String = "r-1") -> Witness {
    func side(_ verdict: Outcome.Verdict, _ rule: String) -> Difference.Side {
      .init(verdict: verdict, code: rule.isEmpty ? "" : "no", rule: rule, amount: 5, paid: 5, charged: 0, sentBack: 0)
    }
    let row = Difference(
      account: account, kind: "request", id: id, at: start + 3_600_000_000, number: 3, candidate: 1, change: change,
      a: side(.allowed, ""), b: side(change == .allowToDeny ? .denied : .allowed, "limits.cycle_limit"))
    let head = "request  \(id)  2026-10-01T01:00:00Z  model gpt-4o, input 1,200 tokens"
    return Witness(
      row: row,
      whyA: "ALLOWED  \(head)\n  pays $0.50\n     funding.balance gives $0.50 of $0.50\n  passed: pricing.known",
      whyB: "DENIED  \(head)\n  by limits.cycle_limit  limits/policy.rules:13\n  402 no  the limit is reached")
  }

  static func group(_ change: Change, _ count: Int, paid: Int64 = 0, _ witness: Witness? = nil) -> ChangeGroup {
    ChangeGroup(
      change: change, ruleA: change == .denyToAllow ? "fallback.is_on" : "",
      ruleB: change == .allowToDeny ? "limits.cycle_limit" : "", count: count, paid: paid, charged: 0,
      first: witness ?? self.witness(change))
  }

  static func account(_ name: String, denied: Int, _ a: Int64, _ b: Int64) -> AccountDifference {
    var account = AccountDifference(account: name)
    account.changes[Int(Change.allowToDeny.rawValue)] = denied
    (account.a, account.b) = (money(charged: a), money(charged: b))
    return account
  }

  /// Two policies, three days, five accounts.
  static func small() -> BacktestResult {
    var result = BacktestResult(traffic: "2026-10 UTC")
    (result.events, result.accounts) = (1_000, 5)
    result.eventsByKind = [(kind: "request", count: 990), (kind: "topup", count: 10)]
    result.span = start...(start + 3 * 86_400_000_000 - 1)
    result.candidates = [
      candidate("current", denied: 10, days: [(2, 200 * dollar), (3, 150 * dollar), (5, 100 * dollar)]),
      candidate(
        "ten.rules", denied: 31, days: [(2, 200 * dollar), (24, 143_490_000_000 + 2_640_000), (5, 100 * dollar)]),
    ]
    var pair = PairResult(a: "current", b: "ten.rules", candidate: 1)
    (pair.same, pair.differing) = (977, 23)
    pair.groups = [group(.allowToDeny, 21), group(.paidDiffers, 2, paid: -1_200_000)]
    pair.byKind = [
      (kind: "request", change: .allowToDeny, count: 21), (kind: "request", change: .paidDiffers, count: 2),
    ]
    pair.accounts = [
      account("grove", denied: 21, 16_500_000_000, 9_990_000_000),
      account("iris", denied: 0, dollar, dollar - 2_000_000),
      account("lark", denied: 0, 2 * dollar, 3 * dollar),
    ]
    pair.accountsTouched = 3
    pair.reforms = ["A spending limit of $10"]
    pair.changedRules = [
      ChangedRule(
        name: "limits.spending_limit", how: .changed, place: "ten.rules:2",
        before: "setting spending_limit: money = none\n  must spending_limit >= $0",
        after: "setting spending_limit: money = none\n  must spending_limit >= $0\nlimits.spending_limit default $10")
    ]
    result.comparisons = [pair]
    result.notes = ["payments are answered as they were"]
    result.seconds = 1.25
    return result
  }

  /// Names that would be markup, move what stands beside them, or have no end.
  static let names = [
    "<script>alert(1)</script>", "\"><img src=http://evil.example/x onerror=alert(1)>", "a&amp;b &lt;", "]]>",
    "<!-- ", "</style><script>", "user\u{202E}gpj.exe", "\u{200B}\u{FEFF}\u{2066}\u{7}\u{0}\u{1B}[31m",
    "\u{FFFF}\u{FFFE}",
    "e\u{301}\u{1F600}日本語", "' onmouseover='alert(1)", String(repeating: "long-name-", count: 200),
    String(repeating: "W", count: 300), "https://evil.example/", "url(https://evil.example/x)", "", " ", "\n\t",
  ]

  /// The same with such names wherever somebody may choose one.
  static func hostile() -> BacktestResult {
    var result = small()
    let name = names.prefix(9).joined()
    result.traffic = name
    result.notes = names
    result.eventsByKind = names.map { (kind: $0, count: 3) }
    for index in result.candidates.indices {
      result.candidates[index].name = names[index] + name
      result.candidates[index].denials = names.map { (code: $0, rule: $0, count: 7) }
      result.candidates[index].brokenPromises = names.map { (promise: $0, count: 2, account: $0, id: $0) }
      result.candidates[index].impossible = names.map { (reason: $0, count: 2) }
      result.candidates[index].refusals = names.map { (text: $0, count: 2) }
      result.candidates[index].hash = name
      result.candidates[index].days.append(DayResult(day: name))
    }
    var pair = result.comparisons[0]
    (pair.a, pair.b, pair.reforms) = (result.candidates[0].name, result.candidates[1].name, [name])
    pair.groups = names.map { name in
      var group = group(.allowToDeny, 2, witness(.allowToDeny, account: name, id: name))
      (group.ruleA, group.ruleB) = (name, name)
      group.first.whyA = name
      group.first.whyB = "DENIED  \(name)\n  \(name)\n" + String(repeating: "  line\n", count: 100)
      return group
    }
    pair.byKind = names.map { (kind: $0, change: .allowToDeny, count: 2) }
    pair.accounts = names.map { account($0, denied: 2, dollar, 2 * dollar) }
    pair.accountsTouched = names.count
    pair.changedRules = names.map { ChangedRule(name: $0, how: .changed, place: $0, before: $0, after: name + $0) }
    result.comparisons = [pair]
    return result
  }

  /// Several candidates over a year, touching many accounts.
  static func large(pairs: Int, accounts: Int, days: Int) -> BacktestResult {
    var result = small()
    (result.events, result.accounts) = (10_000_000, accounts)
    var dice = Dice(7)
    func series() -> [(Int, Int64)] {
      (0..<days).map { _ in (dice.below(9_000), Int64(dice.below(1_000_000_000)) * 97) }
    }
    result.candidates = [candidate("current", denied: 5, days: series())]
    result.comparisons = []
    for number in 1...pairs {
      result.candidates.append(candidate("candidate-\(number).rules", denied: 9, days: series()))
      var pair = small().comparisons[0]
      (pair.b, pair.candidate) = ("candidate-\(number).rules", number)
      pair.accounts = (0..<accounts).map { place in
        account(
          "account-\(place)-of-a-customer", denied: dice.below(50), Int64(dice.below(1 << 40)),
          Int64(dice.below(1 << 40)))
      }
      pair.accountsTouched = accounts
      pair.groups = Change.allCases.flatMap { change in
        (0..<30).map { rule in
          var group = group(change, 100 - rule)
          group.ruleB = "family.rule_\(rule)"
          return group
        }
      }
      pair.changedRules = (0..<60).map { rule in
        ChangedRule(
          name: "family.rule_\(rule)", how: .changed, place: "family/policy.rules:\(rule)",
          before: String(repeating: "old line \(rule)\n", count: 90),
          after: String(repeating: "new line \(rule)\n", count: 90))
      }
      result.comparisons.append(pair)
    }
    return result
  }
}
