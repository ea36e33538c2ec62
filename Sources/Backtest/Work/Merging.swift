import Values

/// Adds up what the shards counted.
struct Merging {
  let lineup: Lineup
  let shards: [Shard]
  let rows: [[Difference]]

  init(_ lineup: Lineup, _ floor: WorkFloor) {
    self.lineup = lineup
    shards = floor.shards
    rows = floor.keptRows()
  }

  func result() throws(BacktestFault) -> BacktestResult {
    var result = BacktestResult(traffic: lineup.history.name)
    var kinds = [Int](repeating: 0, count: lineup.kinds.count)
    for shard in shards {
      result.events += shard.events
      result.accounts += shard.accounts
      for kind in kinds.indices { kinds[kind] += shard.kinds[kind] }
      if let span = shard.span {
        result.span =
          result.span.map { min($0.lowerBound, span.lowerBound)...max($0.upperBound, span.upperBound) } ?? span
      }
    }
    result.eventsByKind = kinds.indices.filter { kinds[$0] > 0 }.map { (lineup.kinds[$0], kinds[$0]) }
      .sorted { $0.count == $1.count ? $0.kind < $1.kind : $0.count > $1.count }
    var suppositions = SuppositionNotes(lineup.history.program, kinds)
    for index in lineup.entrants.indices {
      let (candidate, tally) = try candidate(index)
      result.candidates.append(candidate)
      suppositions.add(lineup.entrants[index].candidate, tally)
    }
    for index in lineup.entrants.indices.dropFirst() { result.comparisons.append(pair(index)) }
    result.notes = lineup.history.notes + suppositions.notes
    return result
  }

  private func candidate(_ index: Int) throws(BacktestFault) -> (CandidateResult, Tally) {
    let candidate = lineup.entrants[index].candidate
    var tally = Tally(candidate.engine.program)
    for shard in shards { try tally.add(shard.tallies[index]) }
    var result = CandidateResult(name: candidate.name, hash: candidate.hash)
    result.money = tally.money
    result.changedEvents = tally.changed.values.reduce(0, +)
    result.verdicts = tally.verdicts
    result.denials = tally.denials.map { (lineup.word($0.key.code), lineup.word($0.key.decider), $0.value) }
      .sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.map { (code: $0.0, rule: $0.1, count: $0.2) }
    result.brokenPromises = tally.promises.map { promise, broken in
      (candidate.engine.program.promises[promise].text, broken.count, broken.account, broken.place.id)
    }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { (promise: $0.0, count: $0.1, account: $0.2, id: $0.3) }
    result.days = tally.days.sorted { $0.key < $1.key }.map { day, sums in
      DayResult(
        day: CivilDate(daysSinceEpoch: day).description, allowed: sums.allowed, denied: sums.denied, money: sums.money)
    }
    result.refusals = Merging.sorted(tally.refusals).map { (text: $0.0, count: $0.1) }
    result.impossible = Merging.sorted(tally.impossible).map { (reason: $0.0, count: $0.1) }
    return (result, tally)
  }

  static func sorted(_ counts: [String: Int]) -> [(String, Int)] {
    counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private func pair(_ index: Int) -> PairResult {
    var tally = PairTally()
    for shard in shards { tally.add(shard.pairs[index - 1]) }
    let (a, b) = (lineup.entrants[0].candidate, lineup.entrants[index].candidate)
    var result = PairResult(a: a.name, b: b.name, candidate: index)
    result.same = tally.same
    result.groups = tally.groups.map { key, group in
      ChangeGroup(
        change: key.change, ruleA: lineup.word(key.ruleA), ruleB: lineup.word(key.ruleB), count: group.count,
        paid: Int64(clamping: group.paid), charged: Int64(clamping: group.charged), first: group.first)
    }.sorted {
      if $0.change != $1.change { return $0.change.rawValue < $1.change.rawValue }
      if $0.count != $1.count { return $0.count > $1.count }
      return ($0.ruleA, $0.ruleB) < ($1.ruleA, $1.ruleB)
    }
    result.differing = result.groups.reduce(0) { $0 + $1.count }
    result.byKind = tally.kinds.map { (lineup.kinds[$0.key.kind], $0.key.change, $0.value) }
      .sorted { ($0.0, $0.1.rawValue) < ($1.0, $1.1.rawValue) }.map { (kind: $0.0, change: $0.1, count: $0.2) }
    result.accounts = tally.accounts.sorted { $0.account < $1.account }
    result.accountsTouched = result.accounts.count
    result.changedRules = ChangedRules.between(a, b)
    result.reforms = ChangedRules.reforms(of: b, notIn: a)
    result.rows = rows[index - 1]
    return result
  }
}
