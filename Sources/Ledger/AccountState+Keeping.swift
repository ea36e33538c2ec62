import Values

extension AccountState {
  /// An account as a store keeps it: what cannot be worked out from the rest.
  public struct Kept: Sendable {
    /// The account's own row, and those of its keys one after another, see ``LedgerLayout``.
    public var row: [Int64]
    public var keyRows: [Int64]
    public var keyNames: [String] = []
    public var cardNames: [String] = []
    /// How many holds there ever were, and those that are at hand: all open ones at least.
    public var holdCount = 0
    public var holds: [Int: Hold] = [:]
    public var payments: [Payment] = []
    public var refunds: [Refund] = []
    /// By lot book, oldest first.
    public var lots: [[Lot]] = []
    /// The latest payment that each event without an answer asked for.
    public var charges: [(event: Int, id: String, payment: Int)] = []
    public var sequence: Int64 = 0

    /// Nothing but the rows of a new account.
    public init(layout: LedgerLayout) {
      row = layout.newAccountRow
      keyRows = []
    }
  }

  /// An account as it was kept. The number of payments that wait and the order of the open holds are worked out.
  public init(layout: LedgerLayout, kept: Kept) {
    precondition(
      kept.row.count == layout.accountStride && kept.keyRows.count == layout.keyStride * kept.keyNames.count,
      "a kept account has the rows of its layout")
    self.init(layout: layout)
    row = kept.row
    for name in kept.keyNames { addKey(name) }
    keyRows = kept.keyRows
    for name in kept.cardNames { addCard(name) }
    holds = HoldBook(count: kept.holdCount, atHand: kept.holds)
    openHolds = kept.holds.filter { $0.value.state == .open }
      .sorted { ($0.value.expiresAt, $0.key) < ($1.value.expiresAt, $1.key) }.map(\.key)
    nextExpiry = openHolds.first.map { holds[$0].expiresAt } ?? Int64.max
    payments = kept.payments
    refunds = kept.refunds
    row[layout.pendingSlot] = Int64(payments.count { $0.state == .pending })
    for (book, lots) in kept.lots.enumerated() where lotBooks.indices.contains(book) {
      lotBooks[book] = LotBook(lots: lots)
    }
    for charge in kept.charges { answers.note(charge: charge.payment, event: charge.event, id: charge.id) }
    sequence = kept.sequence
  }

  /// Makes a hold at hand that is not open any more: an event names it.
  public mutating func bring(_ hold: Hold, number: Int) { holds.bring(hold, number: number) }

  /// Lets go of the answers, which can be found again.
  public mutating func letGoOfAnswers() { answers.letGo() }

  /// Lets go of all that can be found again: answers, and holds that are not open.
  public mutating func letGo() {
    answers.letGo()
    if holds.numbers.count > openHolds.count { holds.letGo(keeping: openHolds) }
  }

  /// The lots of a lot book as they are stored: what was paid since is not assigned to them yet.
  public func storedLots(of book: Int) -> [Lot] { lotBooks[book].lots }

  /// The charges that events without an answer asked for.
  public var charges: [(event: Int, id: String, payment: Int)] {
    answers.charges.map { (event: $0.key.event, id: $0.key.id, payment: $0.value) }
  }
}
