import Diagnostics

extension BacktestResult {
  /// The same with every text that somebody else wrote as a terminal may be given it: nothing in a name of an account or of a
  /// file moves the cursor or turns the direction of writing.
  var shown: BacktestResult {
    var shown = self
    shown.traffic = ShownText.text(traffic)
    shown.candidates = candidates.map(\.shown)
    shown.comparisons = comparisons.map(\.shown)
    shown.notes = notes.map(ShownText.text)
    return shown
  }
}

extension CandidateResult {
  fileprivate var shown: CandidateResult {
    var shown = self
    shown.name = ShownText.text(name)
    for place in brokenPromises.indices {
      shown.brokenPromises[place].promise = ShownText.text(brokenPromises[place].promise)
      shown.brokenPromises[place].account = ShownText.text(brokenPromises[place].account)
      shown.brokenPromises[place].id = ShownText.text(brokenPromises[place].id)
    }
    shown.impossible = impossible.map { (ShownText.text($0.reason), $0.count) }
    shown.refusals = refusals.map { (ShownText.text($0.text), $0.count) }
    return shown
  }
}

extension PairResult {
  fileprivate var shown: PairResult {
    var shown = self
    shown.a = ShownText.text(a)
    shown.b = ShownText.text(b)
    for place in groups.indices {
      shown.groups[place].first.row.account = ShownText.text(groups[place].first.row.account)
      shown.groups[place].first.row.id = ShownText.text(groups[place].first.row.id)
      shown.groups[place].first.whyA = ShownText.lines(groups[place].first.whyA)
      shown.groups[place].first.whyB = ShownText.lines(groups[place].first.whyB)
    }
    for place in changedRules.indices {
      shown.changedRules[place].name = ShownText.text(changedRules[place].name)
      shown.changedRules[place].place = ShownText.text(changedRules[place].place)
    }
    for place in accounts.indices { shown.accounts[place].account = ShownText.text(accounts[place].account) }
    return shown
  }
}
