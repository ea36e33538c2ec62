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

  public init(
    number: Int, kind: Int, isPaid: Bool, amount: Int64, remaining: Int64, receivedAt: Int64, origin: String
  ) {
    self.number = number
    self.kind = kind
    self.isPaid = isPaid
    self.amount = amount
    self.remaining = remaining
    self.receivedAt = receivedAt
    self.origin = origin
  }
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

  /// Lots as they were kept, oldest first.
  init(lots: [Lot]) {
    self.lots = lots
    nextNumber = (lots.map(\.number).max() ?? 0) + 1
  }

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

  /// Adds a lot and returns its number.
  @discardableResult
  mutating func receive(kind: Int, isPaid: Bool, amount: Int64, at time: Int64, origin: String) -> Int {
    let lot = Lot(
      number: nextNumber, kind: kind, isPaid: isPaid, amount: amount, remaining: amount, receivedAt: time,
      origin: origin)
    lots.append(lot)
    nextNumber += 1
    return lot.number
  }

  /// Makes the newest lot one that was `amount` once, and moves it to its place among the older ones.
  mutating func backdate(amount: Int64) {
    guard var lot = lots.popLast() else { return }
    lot.amount = amount
    let place = lots.lastIndex { $0.receivedAt <= lot.receivedAt }.map { $0 + 1 } ?? 0
    lots.insert(lot, at: place)
  }

  /// What is left of a lot, as far as payments are assigned.
  func remaining(of number: Int) -> Int64 { lots.first { $0.number == number }?.remaining ?? 0 }

  /// Takes what it can of one lot, at most `amount`, and returns it.
  mutating func take(_ amount: Int64, of number: Int) -> Int64 {
    guard let index = lots.firstIndex(where: { $0.number == number }) else { return 0 }
    let part = min(amount, lots[index].remaining)
    lots[index].remaining -= part
    return part
  }

  /// Gives a lot back what was taken of it.
  mutating func putBack(_ amount: Int64, to number: Int) {
    guard let index = lots.firstIndex(where: { $0.number == number }) else { return }
    lots[index].remaining += amount
  }

  /// Takes at most `amount`: of the lot it is about, then of other paid lots, then of the rest, the oldest first.
  mutating func clawBack(_ amount: Int64, own: Int?) -> [Payment.Clawback.Part] {
    var left = amount
    var parts: [Payment.Clawback.Part] = []
    func take(where matches: (Lot) -> Bool) {
      for index in lots.indices where left > 0 && lots[index].remaining > 0 && matches(lots[index]) {
        let part = min(left, lots[index].remaining)
        lots[index].remaining -= part
        left -= part
        parts.append(Payment.Clawback.Part(lot: lots[index].number, amount: part))
      }
    }
    take { $0.number == own }
    take(where: \.isPaid)
    take { _ in true }
    return parts
  }

  /// Gives `amount` to lots that were spent, the newest first, and returns what none had room for.
  ///
  /// - Parameter taken: what of each lot, by its number, went back to cards or banks: there is no room for that part.
  mutating func refill(_ amount: Int64, taken: [Int: Int64]) -> Int64 {
    var left = amount
    for index in lots.indices.reversed() where left > 0 {
      let room = lots[index].amount - lots[index].remaining - taken[lots[index].number, default: 0]
      let part = max(0, min(left, room))
      lots[index].remaining += part
      left -= part
    }
    return left
  }
}
