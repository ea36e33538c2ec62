/// What is counted about the first candidate against another.
struct PairTally {
  var same = 0
  var groups: [Key: Group] = [:]
  var kinds: [Kind: Int] = [:]
  var accounts: [AccountDifference] = []

  struct Key: Hashable {
    var change: Change
    /// What decided, by its number; -1 where it was allowed.
    var ruleA: Int32
    var ruleB: Int32
  }

  struct Kind: Hashable {
    var kind: Int
    var change: Change
  }

  struct Group {
    var count = 0
    var paid: Int128 = 0
    var charged: Int128 = 0
    var first: Witness
  }

  /// Counts an event that was answered differently.
  mutating func count(
    _ row: Difference, _ kind: Int, from a: Outcome, to b: Outcome, why: () -> (a: String, b: String)
  ) {
    kinds[Kind(kind: kind, change: row.change), default: 0] += 1
    let key = Key(change: row.change, ruleA: a.decider, ruleB: b.decider)
    var isFirst = true
    if let known = groups[key] { isFirst = Difference.precedes(row, known.first.row) }
    if isFirst {
      let (whyA, whyB) = why()
      let witness = Witness(row: row, whyA: whyA, whyB: whyB)
      if groups[key] == nil { groups[key] = Group(first: witness) } else { groups[key]?.first = witness }
    }
    groups[key]?.count += 1
    groups[key]?.paid += Int128(b.paid) - Int128(a.paid)
    groups[key]?.charged += Int128(b.charged) - Int128(a.charged)
  }

  /// Adds what another shard counted.
  mutating func add(_ other: PairTally) {
    same += other.same
    kinds.merge(other.kinds, uniquingKeysWith: +)
    accounts += other.accounts
    for (key, group) in other.groups {
      guard var mine = groups[key] else {
        groups[key] = group
        continue
      }
      mine.count += group.count
      mine.paid += group.paid
      mine.charged += group.charged
      if Difference.precedes(group.first.row, mine.first.row) { mine.first = group.first }
      groups[key] = mine
    }
  }
}
