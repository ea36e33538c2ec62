import Ledger

/// What stands in an account's books at one moment: two of them make the money that moved between.
struct Books {
  var usage: Int64
  var quota: Int64 = 0
  var absorbed: Int64
  var cards: Int64
  var grants: Int64
  var refunds: Int64
  var disputes: Int64
  var adjustments: Int64

  init(_ account: borrowing AccountState, quotas: [Int]) {
    usage = account.contra(.usage)
    absorbed = account.contra(.absorbed)
    cards = account.contra(.cards)
    grants = account.contra(.grants)
    refunds = account.contra(.refunds)
    disputes = account.contra(.disputes)
    adjustments = account.contra(.adjustments)
    for bucket in quotas { quota &+= account.book(bucket) }
  }

  /// What moved since.
  func moved(since earlier: Books) throws(BacktestFault) -> MoneyMoved {
    func difference(_ now: Int64, _ before: Int64, _ what: String) throws(BacktestFault) -> Int64 {
      let (value, overflow) = now.subtractingReportingOverflow(before)
      if overflow { throw .sumTooLarge(what: what) }
      return value
    }
    var money = MoneyMoved()
    let used = try difference(usage, earlier.usage, "usage")
    money.quota = try difference(earlier.quota, quota, "quotas")
    money.absorbed = try difference(earlier.absorbed, absorbed, "absorbed costs")
    money.charged = try difference(used, try difference(money.quota, -money.absorbed, "usage"), "usage")
    money.paidIn = try difference(earlier.cards, cards, "payments")
    money.granted = try difference(earlier.grants, grants, "grants")
    money.refunded = try difference(refunds, earlier.refunds, "refunds")
    money.disputed = try difference(disputes, earlier.disputes, "disputes")
    money.adjusted = try difference(earlier.adjustments, adjustments, "corrections")
    return money
  }
}
