import Values

/// The money that moved in some time, in people's terms. Nano-dollars.
public struct MoneyMoved: Sendable, Hashable {
  /// What usage took out of balances.
  public var charged: Int64 = 0
  /// What usage took out of allowances that are filled anew.
  public var quota: Int64 = 0
  /// What usage cost and the platform bears.
  public var absorbed: Int64 = 0
  /// What cards paid in.
  public var paidIn: Int64 = 0
  /// What was given away.
  public var granted: Int64 = 0
  /// What was paid back.
  public var refunded: Int64 = 0
  /// What banks took back.
  public var disputed: Int64 = 0
  /// Corrections.
  public var adjusted: Int64 = 0
  /// What plans are supposed to cost; nothing in the ledger.
  public var fees: Int64 = 0

  public init() {}

  /// What a customer pays for usage: out of balances, and for plans.
  public var pays: Int64 { charged &+ fees }

  /// Every part with its name, in the order reports have them.
  public static let parts: [(name: String, words: String, path: WritableKeyPath<MoneyMoved, Int64> & Sendable)] = [
    ("charged", "charged to balances", \.charged), ("quota", "drawn from quotas", \.quota),
    ("absorbed", "borne by the platform", \.absorbed), ("paid_in", "paid in by cards", \.paidIn),
    ("granted", "given away", \.granted), ("refunded", "refunded", \.refunded),
    ("disputed", "taken back by banks", \.disputed), ("adjusted", "corrected", \.adjusted),
    ("fees", "plan fees", \.fees),
  ]

  /// Adds another sum.
  public mutating func add(_ other: MoneyMoved) throws(BacktestFault) {
    func sum(_ left: inout Int64, _ right: Int64, _ what: String) throws(BacktestFault) {
      let (value, overflow) = left.addingReportingOverflow(right)
      if overflow { throw .sumTooLarge(what: what) }
      left = value
    }
    try sum(&charged, other.charged, "charges")
    try sum(&quota, other.quota, "quotas")
    try sum(&absorbed, other.absorbed, "absorbed costs")
    try sum(&paidIn, other.paidIn, "payments")
    try sum(&granted, other.granted, "grants")
    try sum(&refunded, other.refunded, "refunds")
    try sum(&disputed, other.disputed, "disputes")
    try sum(&adjusted, other.adjusted, "corrections")
    try sum(&fees, other.fees, "fees")
  }
}
