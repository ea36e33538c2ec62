import Backtest

/// What is counted about two policies, by hand.
struct HandDifferences {
  var same = 0
  var groups: [Key: Group] = [:]
  /// The first ones, by time.
  var rows: [Row] = []

  struct Key: Hashable {
    var change: Change
    var a: HandAnswer.Decider
    var b: HandAnswer.Decider
  }

  struct Group {
    var count = 0
    var paid: Int64 = 0
    var first: Row
  }

  struct Row {
    var account: String
    var id: String
    var at: Int64
    var number: Int
    var change: Change
    var a: HandAnswer
    var b: HandAnswer

    static func precedes(_ left: Row, _ right: Row) -> Bool {
      if left.at != right.at { return left.at < right.at }
      return left.account != right.account ? left.account < right.account : left.number < right.number
    }
  }

  mutating func add(_ row: Row) {
    let paid = Self.paid(row.b) - Self.paid(row.a)
    let key = Key(change: row.change, a: row.a.decider, b: row.b.decider)
    groups[key, default: Group(first: row)].count += 1
    groups[key]?.paid += paid
    if let first = groups[key]?.first, Row.precedes(row, first) { groups[key]?.first = row }
    if rows.count < ComparisonOptions.usualRows { rows.append(row) }
  }

  static func paid(_ one: HandAnswer) -> Int64 { one.verdict == .allowed ? one.answer.cost : 0 }
}
