/// A sum that arrived in a bucket at one time, and what is left of it.
public struct Lot: Sendable, Hashable {
  /// Counts up within a bucket.
  public var number: Int
  /// Index of the kind of lot in the policy.
  public var kind: Int
  /// Whether somebody paid for it; grants burn before paid lots.
  public var isPaid: Bool
  /// Nano-dollars.
  public var amount: Int64
  public var remaining: Int64
  /// Microseconds since 1970.
  public var receivedAt: Int64
  /// What brought it: the event's id.
  public var origin: String
}

/// Which lot a payment burns first.
public enum BurnOrder: UInt8, Sendable, Hashable, CaseIterable {
  /// Grants before paid lots, the oldest of each first.
  case grantsFirst
  /// The oldest first.
  case oldestFirst
}

/// The lots of one bucket, oldest first.
///
/// Payments do not touch them. What was paid since is the difference between the remainders and the posted balance, and it is
/// assigned to lots only when somebody needs to know: before a new lot, before a debit, for a query.
public struct LotBook: Sendable, Hashable {
  public private(set) var lots: [Lot] = []
  private var nextNumber = 1

  public init() {}

  /// What is left in all lots before payments not yet assigned. In 128 bits, since lots may outnumber any balance.
  public var remaining: Int128 { lots.reduce(0) { $0 + Int128($1.remaining) } }

  /// What was paid from the bucket and is not assigned to a lot yet.
  public func unassigned(posted: Int64) -> Int128 { max(0, remaining - Int128(max(0, posted))) }

  /// Assigns what was paid since the last time, so that the remainders sum to the posted balance (to zero below it).
  public mutating func assign(posted: Int64, order: BurnOrder) {
    var burn = unassigned(posted: posted)
    guard burn > 0 else { return }
    func take(where matches: (Lot) -> Bool) {
      for index in lots.indices where burn > 0 && lots[index].remaining > 0 && matches(lots[index]) {
        let part = min(burn, Int128(lots[index].remaining))
        lots[index].remaining -= Int64(part)
        burn -= part
      }
    }
    if order == .grantsFirst { take { !$0.isPaid } }
    take { _ in true }
  }

  mutating func receive(kind: Int, isPaid: Bool, amount: Int64, at time: Int64, origin: String) {
    lots.append(
      Lot(
        number: nextNumber, kind: kind, isPaid: isPaid, amount: amount, remaining: amount, receivedAt: time,
        origin: origin))
    nextNumber += 1
  }
}
