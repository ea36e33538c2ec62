import Backtest
import Engine
import Values

extension HandReplay {
  /// Every number of the comparison must come out the same by hand before anything is timed.
  func verify(_ result: BacktestResult) throws {
    try expect("events", result.events, events)
    try expect("accounts", result.accounts, accounts.count)
    guard result.candidates.count == 2, let pair = result.comparisons.first, !result.isPartial else {
      throw Mismatch("this is no comparison of two policies")
    }
    for (candidate, totals) in zip(result.candidates, totals) { try verify(candidate, totals) }
    try verify(pair)
  }

  private func expect<Value: Equatable>(_ what: String, _ found: Value, _ wanted: Value) throws {
    guard found == wanted else { throw Mismatch("\(what): the comparison says \(found), by hand it is \(wanted)") }
  }

  private static func money(charged: Int64, quota: Int64) -> MoneyMoved {
    var money = MoneyMoved()
    money.charged = charged
    money.quota = quota
    return money
  }

  /// Everything the rules can say is said, and every way in which answers can change occurs.
  func verifyVariety() throws {
    for verdict in [Outcome.Verdict.allowed, .denied, .conflict, .repeated]
    where totals[0].verdicts[Int(verdict.rawValue)] == 0 {
      throw Mismatch("no request is answered \(verdict.word)")
    }
    for decider in HandAnswer.Decider.allCases.dropFirst() where totals[1].denials[decider.rawValue] == 0 {
      throw Mismatch("no request is denied by \(decider)")
    }
    for change in [Change.allowToDeny, .ruleDiffers]
    where !differences.groups.contains(where: { $0.key.change == change }) {
      throw Mismatch("there is no change `\(change.words)`")
    }
  }

  // MARK: - One policy

  private func verify(_ candidate: CandidateResult, _ own: HandTotals) throws {
    let name = candidate.name
    try expect("\(name), verdicts", candidate.verdicts, own.verdicts)
    try expect("\(name), money", candidate.money, Self.money(charged: own.charged, quota: own.quota))
    try expect("\(name), broken promises", candidate.brokenPromises.reduce(0) { $0 + $1.count }, own.broken)
    try expect("\(name), what is impossible", candidate.impossible.count + candidate.refusals.count, 0)
    let found = candidate.denials.map { "\($0.code) \($0.rule) \($0.count)" }.sorted()
    let wanted = HandAnswer.Decider.allCases.filter { own.denials[$0.rawValue] > 0 }
      .map { "\($0.code.rawValue) \($0.name) \(own.denials[$0.rawValue])" }.sorted()
    try expect("\(name), denials", found, wanted)
    try expect("\(name), days", candidate.days.count, own.days.count)
    for (day, (number, sums)) in zip(candidate.days, own.days.sorted(by: { $0.key < $1.key })) {
      let date = CivilDate(daysSinceEpoch: number).description
      try expect("\(name), day", day.day, date)
      try expect("\(name), \(date), answers", [day.allowed, day.denied], [sums.allowed, sums.denied])
      try expect("\(name), \(date), money", day.money, Self.money(charged: sums.charged, quota: sums.quota))
    }
  }

  // MARK: - The two

  private func verify(_ pair: PairResult) throws {
    try expect("answers that are the same", pair.same, differences.same)
    try expect("answers that differ", pair.differing, events - differences.same)
    try verifyGroups(pair)
    var kinds: [Change: Int] = [:]
    for (key, group) in differences.groups { kinds[key.change, default: 0] += group.count }
    try expect("changes of requests", pair.byKind.count, kinds.count)
    for kind in pair.byKind { try expect(kind.change.words, kind.count, kinds[kind.change] ?? 0) }
    try verifyAccounts(pair)
    try expect("rows", pair.rows.count, differences.rows.count)
    for (row, own) in zip(pair.rows, differences.rows.sorted(by: HandDifferences.Row.precedes)) {
      try compare(row, own)
    }
  }

  private func verifyGroups(_ pair: PairResult) throws {
    try expect("ways of change", pair.groups.count, differences.groups.count)
    for group in pair.groups {
      let found = differences.groups.first {
        $0.key.change == group.change && $0.key.a.name == group.ruleA && $0.key.b.name == group.ruleB
      }
      let name = "\(group.change.words) \(group.ruleA) \(group.ruleB)"
      guard let own = found?.value else { throw Mismatch("\(name): by hand there is none") }
      try expect("\(name), count", group.count, own.count)
      try expect("\(name), paid", group.paid, own.paid)
      try expect("\(name), charged to cards", group.charged, 0)
      try compare(group.first.row, own.first)
    }
  }

  private func verifyAccounts(_ pair: PairResult) throws {
    let touched = accounts.values.compactMap { account -> AccountDifference? in
      var own = AccountDifference(account: account.name)
      own.changes = account.changes
      own.a = Self.money(charged: account.sides[0].charged, quota: account.sides[0].quota)
      own.b = Self.money(charged: account.sides[1].charged, quota: account.sides[1].quota)
      return own.a != own.b || own.changes.contains { $0 > 0 } ? own : nil
    }.sorted { $0.account < $1.account }
    try expect("accounts touched", pair.accountsTouched, touched.count)
    for (account, own) in zip(pair.accounts, touched) { try expect("account", account, own) }
  }

  private func compare(_ row: Difference, _ own: HandDifferences.Row) throws {
    guard row.account == own.account, row.id == own.id, row.at == own.at, row.number == own.number,
      row.kind == "request", row.candidate == 1, row.change == own.change, own.a.isSame(as: row.a),
      own.b.isSame(as: row.b)
    else { throw Mismatch("the comparison has the row \(row), by hand it is \(own)") }
  }
}

extension HandAnswer {
  fileprivate func isSame(as side: Difference.Side) -> Bool {
    let code =
      switch verdict {
      case .denied: decider.code.rawValue
      case .conflict: Decision.conflictCode
      default: ""
      }
    return side.verdict == verdict && side.code == code && side.rule == decider.name && side.amount == answer.cost
      && side.paid == HandDifferences.paid(self) && side.charged == 0 && side.sentBack == 0
  }
}
