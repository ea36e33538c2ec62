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
  /// Everything that instructions change, for putting an account back as it was.
  public struct Rows: Sendable {
    fileprivate var row: [Int64] = []
    fileprivate var keyRows: [Int64] = []
    fileprivate var lotBooks: [LotBook] = []
    fileprivate var sequence: Int64 = 0

    public init() {}
  }

  public var rows: Rows {
    get {
      var rows = Rows()
      rows.row = row
      rows.keyRows = keyRows
      rows.lotBooks = lotBooks
      rows.sequence = sequence
      return rows
    }
    set {
      row = newValue.row
      keyRows = newValue.keyRows
      lotBooks = newValue.lotBooks
      sequence = newValue.sequence
    }
  }
}
