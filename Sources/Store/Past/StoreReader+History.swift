import Engine
import Language
import Ledger

/// One step of money from one book to another.
public struct StoredPosting: Sendable, Hashable {
  /// The event it belongs to, by its number, and its place among that event's postings.
  public var event: Int64
  public var n: Int
  /// `rescue`, `decision`, `reaction`, `expiry`, `adjustment`
  public var step: String
  /// The time it counts as, in microseconds since 1970.
  public var at: Int64
  /// The book it leaves and the book it arrives in: a bucket, or where money comes from and goes to.
  public var source: String
  public var destination: String
  /// Nano-dollars, more than nothing.
  public var amount: Int64
}

/// A posting with the event it belongs to.
public struct Movement: Sendable, Hashable {
  public var posting: StoredPosting
  public var kind: String
  public var id: String
  /// The time the event names, in microseconds since 1970.
  public var namedAt: Int64
  /// JSON.
  public var fields: String
}

/// One change of a setting.
public struct StoredSettingChange: Sendable, Hashable {
  /// The event that changed it, by its number.
  public var event: Int64
  public var kind: String
  public var id: String
  /// The time it counts as, as far as it is kept, in microseconds since 1970.
  public var at: Int64
  /// The key it is for; nil: the account itself.
  public var key: String?
  public var name: String
  public var before: Setting
  public var after: Setting

  public enum Setting: Sendable, Hashable {
    /// Its default held.
    case standard
    case none
    /// A number in the setting's unit, or a name.
    case value(EventCall.Value)

    init(isSet: Bool, _ value: StoredValue) {
      self =
        switch (isSet, value) {
        case (false, _): .standard
        case (true, .none): .none
        case (true, .integer(let number)): .value(.number(number))
        case (true, .text(let text)): .value(.text(text))
        }
    }
  }
}

extension StoreReader {
  /// What an event moved, in order.
  public func postings(of event: Int64) throws(StoreFault) -> [StoredPosting] {
    var postings: [StoredPosting] = []
    try statements["SELECT event, n, step, at, source, destination, amount FROM posting WHERE event = ? ORDER BY n"]
      .bind(1, event).forEach { postings.append(StoredPosting($0)) }
    return postings
  }

  /// Everything that moved in an account's books in a period, in order, a few hundred in memory at a time.
  ///
  /// Where the period begins is searched for, not read up to: a month of a long history costs as much as that month.
  ///
  /// - Parameters:
  ///   - start: what counts as of then or later, in microseconds since 1970; nil: from the beginning.
  ///   - end: what counts as of before then.
  ///   - before: what events with lower numbers moved.
  public func movements(
    _ account: String, from start: Int64? = nil, to end: Int64? = nil, before: Int64? = nil,
    _ body: (Movement) throws -> Void
  ) throws {
    let id = try memory.account(account).id
    let limit = before ?? Int64.max
    // The postings of an account are in order of their time: its clock never goes back.
    var next = try start.map { try firstEvent(of: id, postingFrom: $0) } ?? 0
    while true {
      var page: [Movement] = []
      let statement = try statements[
        """
        SELECT p.event, p.n, p.step, p.at, p.source, p.destination, p.amount, e.kind, e.id, e.at, e.fields
        FROM event e CROSS JOIN posting p ON p.event = e.seq
        WHERE e.account = ? AND e.seq >= ? AND e.seq < ? ORDER BY e.seq, p.n
        """
      ].bind(1, id).bind(2, next).bind(3, limit)
      try statement.walk { (row) throws(StoreFault) -> Bool in
        let posting = StoredPosting(row)
        if page.count >= 512, page[page.count - 1].posting.event != posting.event { return false }
        page.append(
          Movement(posting: posting, kind: row.text(7), id: row.text(8), namedAt: row.integer(9), fields: row.text(10)))
        return true
      }
      for movement in page {
        if let end, movement.posting.at >= end { return }
        if let start, movement.posting.at < start { continue }
        try body(movement)
      }
      guard page.count >= 512, let last = page.last else { return }
      next = last.posting.event + 1
    }
  }

  /// The number of an event of an account from which on its postings count as of a time or later.
  private func firstEvent(of account: Int64, postingFrom time: Int64) throws(StoreFault) -> Int64 {
    var (low, high) = (Int64(0), memory.lastEvent)
    // Events before `low` post earlier than the time; where there are postings at all from `high` on, they do not.
    while low < high {
      let middle = low + (high - low) / 2
      let found = try statements[
        """
        SELECT e.seq, p.at FROM event e CROSS JOIN posting p ON p.event = e.seq
        WHERE e.account = ? AND e.seq >= ? ORDER BY e.seq, p.n DESC LIMIT 1
        """
      ].bind(1, account).bind(2, middle).first { ($0.integer(0), $0.integer(1)) }
      if let (event, at) = found, at < time { low = event + 1 } else { high = middle }
    }
    return low
  }

  /// Every change of a setting, in order.
  ///
  /// - Parameters:
  ///   - account: nil for settings that serve all accounts.
  ///   - name: `limits.spending_limit`; nil for all.
  public func settingChanges(
    account: String?, name: String? = nil, before: Int64? = nil
  ) throws(StoreFault) -> [StoredSettingChange] {
    let id = try account.map { name throws(StoreFault) in try memory.account(name).id }
    var changes: [StoredSettingChange] = []
    try statements[
      """
      SELECT e.seq, e.kind, e.id, coalesce((SELECT max(p.at) FROM posting p WHERE p.event = e.seq), e.at),
        substr(d.facts, 1, 24), key.name, c.name, c.was_set, c.before, c.is_set, c.after
      FROM event e CROSS JOIN setting_change c ON c.event = e.seq LEFT JOIN decision d ON d.event = e.seq
        LEFT JOIN key ON key.account = e.account AND key.n = c.key
      WHERE e.account IS ?1 AND (?2 IS NULL OR c.name = ?2) AND e.seq < ?3 ORDER BY e.seq, c.n
      """
    ].bind(1, id).bind(2, name).bind(3, before ?? Int64.max).forEach { row in
      changes.append(
        StoredSettingChange(
          event: row.integer(0), kind: row.text(1), id: row.text(2),
          at: Decision.time(inArchive: row.bytes(4)) ?? row.integer(3), key: row.optionalText(5), name: row.text(6),
          before: .init(isSet: row.bool(7), row.value(8)), after: .init(isSet: row.bool(9), row.value(10))))
    }
    return changes
  }
}

extension StoredPosting {
  /// Of `event, n, step, at, source, destination, amount`.
  init(_ row: RawStatement) {
    self.init(
      event: row.integer(0), n: Int(row.integer(1)), step: row.text(2), at: row.integer(3), source: row.text(4),
      destination: row.text(5), amount: row.integer(6))
  }
}
