import Engine
import Language
import Ledger
import Values

/// Looks for two changes that turn the answer together, where no single one does.
struct TwoSearch {
  private(set) var pair: TwoWays?

  init(_ search: NeedSearch) {
    let levers = Array(search.pairable.prefix(32))
    let budget = search.prober.probes + Need.pairProbes
    func values(_ lever: Lever) -> [Int64] {
      switch lever.domain {
      case .axis(let axis): return axis.present == axis.low ? [axis.high] : [axis.high, axis.low]
      case .choices(let choices): return Array(choices.prefix(6))
      }
    }
    // Money is asked for in sums that a card can pay, so more than the very end is tried of what comes before the event.
    func tried(_ lever: Lever) -> [Int64] {
      guard lever.kind == .event, case .axis(let axis) = lever.domain else { return values(lever) }
      return (axis.hints.sorted().reversed() + [100, 1_000, 100_000].map { $0 * Money.nanoPerDollar })
        .filter { $0 > axis.low && $0 <= axis.high }.prefix(6) + values(lever)
    }
    // One that has the event denied for something else has done its part; what is left is a question of one change.
    var steps: [(lever: Lever, value: Int64, rank: Int64)] = []
    for lever in levers {
      for value in tried(lever).reversed() where search.prober.probes < budget {
        guard let rank = search.rank(after: [lever.change(value)]) else { continue }
        steps.append((lever, value, rank))
        break
      }
    }
    steps.sort { $0.rank > $1.rank }
    for first in steps.prefix(8) {
      for second in levers where second.name != first.lever.name {
        for value in tried(second) {
          if search.prober.probes >= budget || search.prober.isSpent { return }
          guard search.turns([first.lever.change(first.value), second.change(value)]) else { continue }
          pair = TwoSearch.smallest(search, (first.lever, first.value), (second, value))
          if pair != nil { return }
        }
      }
    }
  }

  /// Each as small as it can be beside the other.
  private static func smallest(
    _ search: NeedSearch, _ first: (lever: Lever, value: Int64), _ second: (lever: Lever, value: Int64)
  ) -> TwoWays? {
    func find(_ lever: Lever, _ value: Int64, _ test: (Int64) -> Bool) -> Axis.Find {
      if case .axis(let axis) = lever.domain, let find = axis.search(test) { return find }
      return Axis.Find(value: value, below: nil, step: 0, isUp: true, goesOn: false)
    }
    let one = find(first.lever, first.value) {
      search.turns([first.lever.change($0), second.lever.change(second.value)])
    }
    let two = find(second.lever, second.value) {
      search.turns([first.lever.change(one.value), second.lever.change($0)])
    }
    let changes = [first.lever.change(one.value), second.lever.change(two.value)]
    guard let left = search.way(first.lever, one, beside: [changes[1]]),
      let right = search.way(second.lever, two, beside: [changes[0]]),
      let outcome = search.prober.outcome(changes), outcome.refusal == nil,
      outcome.decision.isAllowed != search.answer.isAllowed
    else { return nil }
    let lines = search.question.deeds(changes, search.text) + [search.question.eventLine(changes, search.text)]
    return TwoWays(
      parts: [left, right], atValue: outcome.decision, lines: lines, text: "\(left.text); and \(right.text)")
  }
}
