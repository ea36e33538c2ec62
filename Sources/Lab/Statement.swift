import Ledger
import Values

/// What an account's balance did in one calendar month, by the time things were posted:
/// opening + top-ups + grants + reinstated + other − usage − refunds − clawbacks = closing, and the next opening is this closing.
///
/// A closed month never changes: late usage is posted when it arrives and only keeps the time it happened at.
public struct Statement: Sendable, Hashable {
  /// Nano-dollars, all of them.
  public var opening: Int64
  public var closing: Int64
  public var topUps: Int64 = 0
  public var grants: Int64 = 0
  public var usage: Int64 = 0
  /// Exact sums, largest first; a request without a model counts under the empty name. What other buckets paid for is
  /// listed as well, with nothing.
  public var usageByModel: [(model: String, amount: Int64)] {
    byModel.map { (model: $0.key, amount: $0.value) }.sorted { ($1.amount, $0.model) < ($0.amount, $1.model) }
  }
  public var refunds: Int64 = 0
  public var clawbacks: Int64 = 0
  public var reinstated: Int64 = 0
  /// Corrections; zero on most statements.
  public var other: Int64 = 0
  private var byModel: [String: Int64] = [:]

  /// Folds a journal.
  ///
  /// - Parameters:
  ///   - bucket: the bucket the statement is about.
  ///   - opening: its amount before the first transaction of the journal.
  ///   - window: the month, `[start, end)`.
  /// - Returns: nil if a sum passes 64 bits.
  public init?(_ journal: Journal, of bucket: Int, opening: Int64, in window: Window) {
    self.opening = opening
    closing = opening
    for transaction in journal.transactions where transaction.postedAt < window.end {
      for (amount, contra) in transaction.movements(of: bucket) {
        let (sum, overflow) = closing.addingReportingOverflow(amount)
        if overflow { return nil }
        closing = sum
        if transaction.postedAt >= window.start { add(amount, contra, transaction.model) }
      }
      if window.start <= transaction.postedAt, transaction.isUsage { byModel[transaction.model, default: 0] += 0 }
      if transaction.postedAt < window.start { self.opening = closing }
    }
  }

  private mutating func add(_ amount: Int64, _ contra: Contra, _ model: String) {
    switch contra {
    case .usage:
      usage -= amount
      byModel[model, default: 0] -= amount
    case .cards: topUps += amount
    case .grants: grants += amount
    case .refunds: refunds -= amount
    case .disputes: if amount < 0 { clawbacks -= amount } else { reinstated += amount }
    case .adjustments, .absorbed: other += amount
    }
  }

  /// How many payments into any bucket a journal holds: each has one invoice.
  public static func paidTopUps(_ journal: Journal) -> Int {
    journal.transactions.count { transaction in
      transaction.postings.contains { $0.book == .contra(.cards) && $0.amount < 0 }
    }
  }
}

extension Transaction {
  /// What it moved on a bucket, with the other side of each movement. Postings stand in pairs: a bucket, its contra.
  fileprivate func movements(of bucket: Int) -> [(amount: Int64, contra: Contra)] {
    zip(postings, postings.dropFirst()).compactMap { first, second in
      guard first.book == .bucket(bucket), case .contra(let contra) = second.book else { return nil }
      return (first.amount, contra)
    }
  }

  /// Whether any bucket paid for usage.
  fileprivate var isUsage: Bool {
    zip(postings, postings.dropFirst()).contains { first, second in
      if case .bucket = first.book { second.book == .contra(.usage) } else { false }
    }
  }

  fileprivate var model: String { labels.first { $0.name == "model" }?.text ?? "" }
}
