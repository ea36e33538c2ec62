/// A movement the ledger refuses, because a number would pass its declared range. Nothing was changed.
public enum LedgerFault: Error, Sendable, Hashable {
  /// A bucket would pass ± $1 billion.
  case bucketOutOfRange(bucket: Int, balance: Int64, amount: Int64)
  case meterOutOfRange(meter: Int, total: Int64, amount: Int64)
  case settingOutOfRange(setting: Int, value: Int64)
  case contraOutOfRange(Contra, amount: Int64)
  /// There is no such hold, payment or refund, or it is not in the state for this.
  case wrongRecord(kind: String, index: Int)
  /// A payment has less left than was to be taken of it.
  case paymentExceeded(payment: Int, amount: Int64)

  /// What happened, with indices for names; the engine has a wording with names.
  public var message: String {
    switch self {
    case .bucketOutOfRange(let bucket, let balance, let amount):
      "bucket \(bucket) at \(balance) cannot take \(amount) more and stay in its range"
    case .meterOutOfRange(let meter, let total, let amount):
      "meter \(meter) at \(total) cannot take \(amount) more and stay in its range"
    case .settingOutOfRange(let setting, let value): "setting \(setting) cannot be \(value)"
    case .wrongRecord(let kind, let index): "\(kind) \(index) is not there, or is not in the state for this"
    case .paymentExceeded(let payment, let amount): "payment \(payment) has less left than \(amount)"
    case .contraOutOfRange(let contra, let amount): "the books of \(contra.name) cannot take \(amount) more"
    }
  }
}
