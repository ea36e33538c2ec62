import Values

/// One customer's books at one moment: a plain value that can be copied, compared and thrown away.
public struct AccountState: Sendable, Hashable {
  public let layout: LedgerLayout
  /// The account's own row, see ``LedgerLayout``.
  public internal(set) var row: [Int64]
  /// The rows of its keys, one after another.
  public internal(set) var keyRows: [Int64]
  /// Names of its API keys; a key is known by its index.
  public private(set) var keyNames: [String] = []
  /// Names of the cards it has named; a card is known by its index.
  public private(set) var cardNames: [String] = []
  /// In the order they were made; rules know them by index.
  public internal(set) var holds = HoldBook()
  public internal(set) var payments: [Payment] = []
  public internal(set) var refunds: [Refund] = []
  /// The open holds, by index, in the order they expire.
  public internal(set) var openHolds: [Int] = []
  /// When the first open hold expires; the end of time where there is none.
  public internal(set) var nextExpiry = Int64.max
  public internal(set) var lotBooks: [LotBook]
  public var answers = AnswerMemory()
  /// The number of transactions so far.
  public internal(set) var sequence: Int64 = 0

  public init(layout: LedgerLayout) {
    self.layout = layout
    row = layout.newAccountRow
    keyRows = []
    lotBooks = [LotBook](repeating: LotBook(), count: layout.lotBookCount)
  }

  /// The number of the next transaction.
  public mutating func nextSequence() -> Int64 {
    sequence += 1
    return sequence
  }

  /// The time of the latest event that took effect, in microseconds since 1970. Time never runs backwards for an account.
  @inlinable
  public var clock: Int64 { row[layout.clockSlot] }

  /// The time an event at `time` counts as.
  @inlinable
  public func effectiveTime(_ time: Int64) -> Int64 { max(time, clock) }

  @inlinable
  public var keyCount: Int { keyNames.count }

  /// Adds an API key and returns its index; the index it has if there is one of that name.
  @discardableResult
  public mutating func addKey(_ name: String) -> Int {
    if let index = keyIndex(named: name) { return index }
    keyNames.append(name)
    keyRows += layout.newKeyRow
    return keyNames.count - 1
  }

  public func keyIndex(named name: String) -> Int? { keyNames.firstIndex(of: name) }

  /// Adds a card and returns its index; the index it has if there is one of that name.
  @discardableResult
  public mutating func addCard(_ name: String) -> Int {
    if let index = cardIndex(named: name) { return index }
    cardNames.append(name)
    return cardNames.count - 1
  }

  public func cardIndex(named name: String) -> Int? { cardNames.firstIndex(of: name) }

  /// Keeps the words that came with the event that made a hold; nothing for an index that names none.
  public mutating func label(hold: Int, _ labels: [Transaction.Label]) {
    if holds.has(hold) { holds[hold].labels = labels }
  }

  /// The latest hold of this id, of those at hand.
  public func hold(_ id: String) -> Int? { holds.last { $0.id == id } }

  /// The payment of this id: the paid one, else the latest attempt.
  public func payment(_ id: String) -> Int? {
    payments.lastIndex { $0.id == id && $0.state == .paid } ?? payments.lastIndex { $0.id == id }
  }

  /// The refund with this idempotency key.
  public func refund(_ key: String) -> Int? { refunds.lastIndex { $0.key == key } }

  /// What is left of a payment's lot; zero before it is paid, and for an index that names no payment.
  public func unspent(payment: Int, order: BurnOrder = .grantsFirst) -> Int64 {
    guard payments.indices.contains(payment), let number = payments[payment].lot else { return 0 }
    return lots(of: payments[payment].bucket, order: order).first { $0.number == number }?.remaining ?? 0
  }

  /// The row of one key; nil for an index that names none.
  public func keyRow(_ key: Int) -> ArraySlice<Int64>? {
    guard key >= 0, key < keyCount else { return nil }
    return keyRows[key * layout.keyStride..<(key + 1) * layout.keyStride]
  }

  /// What stands in a contra account: above zero is money that arrived there.
  public func contra(_ contra: Contra) -> Int64 { row[layout.contraStart + Int(contra.rawValue)] }

  /// The money in a bucket's book. A resetting bucket has nothing but its draws, so its book stands below zero.
  public func book(_ bucket: Int) -> Int64 { row[layout.buckets[bucket].bookSlot] }

  /// The lots of a bucket with everything paid so far assigned, oldest first. Empty for one that keeps none.
  public func lots(of bucket: Int, order: BurnOrder = .grantsFirst) -> [Lot] {
    guard let book = layout.buckets[bucket].lotBook else { return [] }
    var copy = lotBooks[book]
    copy.assign(posted: row[layout.buckets[bucket].slot], order: order)
    return copy.lots
  }

  /// What is stored of a setting: its value, or `LedgerLayout.unset`. Not for a setting that serves every account.
  public func stored(setting: Int, key: Int? = nil) -> Int64 {
    let place = layout.settings[setting]
    switch place.scope {
    case .global: return LedgerLayout.unset
    case .account: return row[place.slot]
    case .key:
      guard let key, let row = keyRow(key) else { return LedgerLayout.unset }
      return row[row.startIndex + place.slot]
    }
  }

  /// The sum of all books: always zero.
  public var sumOfBooks: Int128 {
    var sum: Int128 = 0
    for bucket in layout.buckets.indices { sum += Int128(book(bucket)) }
    for contra in Contra.allCases { sum += Int128(self.contra(contra)) }
    return sum
  }
}

extension AccountState {
  /// What instructions change, for putting an account back as it was before an event. Without holds, of which there may be very
  /// many: whoever kept them would make the next one copy them all.
  public struct Rows: Sendable {
    fileprivate var row: [Int64] = []
    /// Where in `keyRows` the rows begin that are kept.
    fileprivate var keyStart = 0
    fileprivate var keyRows: [Int64] = []
    fileprivate var lotBooks: [LotBook] = []
    fileprivate var sequence: Int64 = 0
    fileprivate var payments: [Payment] = []
    fileprivate var refunds: [Refund] = []
    fileprivate var charges = AnswerMemory.Charges()
  }

  /// What an event may change.
  ///
  /// - Parameter key: the key the event comes with, by its index in the account; nil for none.
  public func rows(key: Int?) -> Rows {
    var (keyStart, kept) = (0, [Int64]())
    if layout.keyWindows.contains(where: { $0.kind == .cycle }) {
      // Cycles that are counted from another instant are so for all keys.
      kept = keyRows
    } else if let key, let keyRow = keyRow(key) {
      (keyStart, kept) = (keyRow.startIndex, Array(keyRow))
    }
    return Rows(
      row: row, keyStart: keyStart, keyRows: kept, lotBooks: lotBooks, sequence: sequence, payments: payments,
      refunds: refunds, charges: answers.charges)
  }

  /// Puts rows back that whoever calls has kept, after changes that concern neither lots nor records.
  ///
  /// - Parameter start: where in `keyRows` what was kept of them begins; -1 for nothing.
  public mutating func putBack(
    row kept: UnsafeBufferPointer<Int64>, keyRows keptKeys: [Int64], from start: Int, sequence number: Int64
  ) {
    for (slot, value) in kept.enumerated() where row[slot] != value { row[slot] = value }
    if start >= 0 { for (slot, value) in keptKeys.enumerated() { keyRows[start + slot] = value } }
    sequence = number
  }

  /// Puts everything back as it was when `rows` were taken.
  ///
  /// - Parameter changes: everything that was carried out on holds since, as `apply` left it.
  public mutating func putBack(_ rows: Rows, undoing changes: [LedgerChange]) {
    row = rows.row
    keyRows.replaceSubrange(rows.keyStart..<rows.keyStart + rows.keyRows.count, with: rows.keyRows)
    lotBooks = rows.lotBooks
    sequence = rows.sequence
    payments = rows.payments
    refunds = rows.refunds
    answers.putBack(rows.charges)
    for change in changes.reversed() { takeBackHold(change) }
  }
}
