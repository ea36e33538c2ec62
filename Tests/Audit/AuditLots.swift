/// What the balance is made of: sums that arrived, and what is left of each.
///
/// The remainders always sum to the balance, or to nothing while it is below zero: then what arrives repays the debt
/// first.
public struct AuditLots: Hashable, Sendable {
  public struct Lot: Hashable, Sendable {
    /// What brought it.
    public var id: String
    public var isPaid: Bool
    /// The number of the payment it came from; nil for grants and for what a won dispute could not put elsewhere.
    public var payment: Int?
    public var amount: Int64
    public var remaining: Int64
    /// What went back to the card.
    public var refunded: Int64 = 0
    /// What open disputes have taken out of it.
    public var clawedBack: Int64 = 0

    /// What was used up, and could be put back.
    var room: Int64 { max(0, amount - remaining - refunded - clawedBack) }
  }

  /// In the order they arrived.
  public private(set) var lots: [Lot] = []
  let burn: AuditPolicy.Burn
  // Where the first lots with something left stand: everything of that kind before is used up.
  private var firstPaid = 0
  private var firstPromo = 0

  init(burn: AuditPolicy.Burn) { self.burn = burn }

  public var remaining: Int64 { lots.reduce(0) { $0 + $1.remaining } }

  /// A sum arrives, of which `owed` is gone at once.
  mutating func receive(_ id: String, isPaid: Bool, payment: Int?, amount: Int64, remaining: Int64) -> Int {
    lots.append(Lot(id: id, isPaid: isPaid, payment: payment, amount: amount, remaining: remaining))
    return lots.count - 1
  }

  // MARK: - Using up

  /// Uses up an amount: grants first and then the oldest, or the oldest whatever it is.
  mutating func burn(_ amount: Int64) {
    var rest = amount
    switch burn {
    case .promoFirst:
      rest -= take(rest, isPaid: false)
      rest -= take(rest, isPaid: true)
    case .fifo:
      while rest > 0, let next = oldest() { rest -= take(rest, from: next) }
    }
  }

  private mutating func oldest() -> Int? {
    let paid = first(isPaid: true)
    let promo = first(isPaid: false)
    guard let paid, let promo else { return paid ?? promo }
    return min(paid, promo)
  }

  private mutating func first(isPaid: Bool) -> Int? {
    var next = isPaid ? firstPaid : firstPromo
    while next < lots.count, lots[next].isPaid != isPaid || lots[next].remaining == 0 { next += 1 }
    if isPaid { firstPaid = next } else { firstPromo = next }
    return next < lots.count ? next : nil
  }

  private mutating func take(_ amount: Int64, from lot: Int) -> Int64 {
    let part = min(amount, lots[lot].remaining)
    lots[lot].remaining -= part
    return part
  }

  private mutating func take(_ amount: Int64, isPaid: Bool) -> Int64 {
    var rest = amount
    while rest > 0, let next = first(isPaid: isPaid) { rest -= take(rest, from: next) }
    return amount - rest
  }

  private mutating func put(_ amount: Int64, into lot: Int) {
    lots[lot].remaining += amount
    firstPaid = min(firstPaid, lot)
    firstPromo = min(firstPromo, lot)
  }

  // MARK: - Refunds

  mutating func refund(_ amount: Int64, of lot: Int) {
    lots[lot].remaining -= amount
    lots[lot].refunded += amount
  }

  mutating func restore(_ amount: Int64, to lot: Int) {
    lots[lot].refunded -= amount
    put(amount, into: lot)
  }

  // MARK: - Disputes

  /// What one dispute took.
  struct Clawback: Hashable, Sendable {
    var parts: [Part] = []
    /// Taken from nothing: the balance went below zero by it, or further.
    var debt: Int64 = 0

    struct Part: Hashable, Sendable {
      var lot: Int
      var amount: Int64
    }
  }

  /// Takes an amount: out of its own lot, then other paid lots, then grants, the oldest first; the rest is debt.
  mutating func clawBack(_ amount: Int64, own: Int?) -> Clawback {
    var clawback = Clawback(debt: amount)
    func take(_ lot: Int, _ lots: inout [Lot]) {
      let part = min(clawback.debt, lots[lot].remaining)
      guard part > 0 else { return }
      lots[lot].remaining -= part
      lots[lot].clawedBack += part
      clawback.debt -= part
      clawback.parts.append(Clawback.Part(lot: lot, amount: part))
    }
    if let own { take(own, &lots) }
    for lot in lots.indices where lots[lot].isPaid { take(lot, &lots) }
    for lot in lots.indices where !lots[lot].isPaid { take(lot, &lots) }
    return clawback
  }

  /// Gives back what a dispute took, while `owed` is what the balance is below zero by.
  ///
  /// What was debt then repays what is owed now. If it was repaid meanwhile, it goes back to the lots that have been
  /// used up, the newest first; the own lot among them had been used up by as much, so there is always room, save where
  /// a refund or another dispute took it: that part becomes a paid lot of its own, which no card paid and nobody can
  /// have refunded.
  mutating func reinstate(_ clawback: Clawback, owed: Int64, id: String) {
    for part in clawback.parts {
      lots[part.lot].clawedBack -= part.amount
      put(part.amount, into: part.lot)
    }
    var owed = owed
    var rest = clawback.debt
    let repaid = min(owed, rest)
    owed -= repaid
    rest -= repaid
    for lot in lots.indices.reversed() where rest > 0 {
      let part = min(rest, lots[lot].room)
      rest -= part
      if part > 0 { put(part, into: lot) }
    }
    if rest > 0 { _ = receive(id, isPaid: true, payment: nil, amount: rest, remaining: rest) }
    burn(owed)
  }
}
