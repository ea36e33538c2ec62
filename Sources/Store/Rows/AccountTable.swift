import Ledger

/// The statements that read and write the rows of accounts.
struct AccountTable {
  let statements: StatementCache

  // MARK: - Reading

  /// Everything of an account that decisions need; of its holds the open ones.
  func rows(of account: Int64) throws(StoreFault) -> AccountRows? {
    var rows = AccountRows()
    let isThere = try statements["SELECT clock, sequence, holds FROM account WHERE id = ?"].bind(1, account)
      .first { row in
        rows.clock = row.integer(0)
        rows.sequence = row.integer(1)
        rows.holdCount = Int(row.integer(2))
        return true
      }
    guard isThere == true else { return nil }
    try statements["SELECT name FROM key WHERE account = ? ORDER BY n"].bind(1, account)
      .forEach { rows.keys.append($0.text(0)) }
    try statements["SELECT name FROM card WHERE account = ? ORDER BY n"].bind(1, account)
      .forEach { rows.cards.append($0.text(0)) }
    try statements["SELECT key, name, value FROM setting WHERE account = ?"].bind(1, account).forEach {
      rows.settings.append(.init(key: Int($0.integer(0)), name: $0.text(1), value: $0.value(2)))
    }
    try statements["SELECT name, amount, held, used FROM book WHERE account = ?"].bind(1, account).forEach {
      rows.books.append(.init(name: $0.text(0), amount: $0.integer(1), held: $0.integer(2), used: $0.optional(3)))
    }
    try statements["SELECT key, name, value, held FROM meter WHERE account = ?"].bind(1, account).forEach {
      rows.meters.append(
        .init(key: Int($0.integer(0)), name: $0.text(1), value: $0.integer(2), held: $0.integer(3)))
    }
    try statements["SELECT key, kind, starts_at, ends_at, epoch FROM period WHERE account = ?"].bind(1, account)
      .forEach {
        rows.periods.append(
          .init(
            key: Int($0.integer(0)), kind: $0.text(1), start: $0.optional(2), end: $0.optional(3), epoch: $0.integer(4))
        )
      }
    try statements["SELECT kind, at FROM latest WHERE account = ?"].bind(1, account)
      .forEach { rows.latest.append(.init(kind: $0.text(0), at: $0.integer(1))) }
    try statements[
      "SELECT bucket, n, kind, is_paid, amount, remaining, received_at, origin FROM lot WHERE account = ?"
    ].bind(1, account).forEach {
      rows.lots.append(
        .init(
          bucket: $0.text(0), number: Int($0.integer(1)), kind: $0.text(2), isPaid: $0.bool(3), amount: $0.integer(4),
          remaining: $0.integer(5), receivedAt: $0.integer(6), origin: $0.text(7)))
    }
    try statements["SELECT \(AccountTable.holdColumns) FROM hold WHERE account = ? AND state = 'open'"]
      .bind(1, account).forEach { rows.holds.append(AccountTable.hold($0)) }
    try statements["SELECT \(AccountTable.paymentColumns) FROM payment WHERE account = ? ORDER BY n"]
      .bind(1, account).forEach { rows.payments.append(AccountTable.payment($0)) }
    try statements["SELECT n, key, payment, amount, kind, origin, at, state FROM refund WHERE account = ? ORDER BY n"]
      .bind(1, account).forEach {
        rows.refunds.append(
          .init(
            number: Int($0.integer(0)), key: $0.text(1), payment: Int($0.integer(2)), amount: $0.integer(3),
            kind: $0.text(4), origin: $0.text(5), at: $0.integer(6), state: $0.text(7)))
      }
    if !rows.payments.isEmpty { rows.charges = try charges(of: account) }
    return rows
  }

  private static let holdColumns =
    "n, id, kind, key, at, expires_at, covered, state, drawn, fields, labels, epochs"

  private static func hold(_ row: RawStatement) -> AccountRows.HoldRow {
    AccountRows.HoldRow(
      number: Int(row.integer(0)), id: row.text(1), kind: row.text(2), key: Int(row.integer(3)), at: row.integer(4),
      expiresAt: row.integer(5), covered: row.integer(6), state: row.text(7), drawn: row.text(8), fields: row.text(9),
      labels: row.text(10), epochs: row.text(11))
  }

  private static let paymentColumns = """
    n, id, key, bucket, amount, card, is_automatic, kind, origin, fields, at, state, lot, refunded, clawback
    """

  private static func payment(_ row: RawStatement) -> AccountRows.PaymentRow {
    AccountRows.PaymentRow(
      number: Int(row.integer(0)), id: row.text(1), key: row.text(2), bucket: row.text(3), amount: row.integer(4),
      card: row.optionalText(5), isAutomatic: row.bool(6), kind: row.text(7), origin: row.text(8), fields: row.text(9),
      at: row.integer(10), state: row.text(11), lot: row.optional(12).map { Int($0) }, refunded: row.integer(13),
      clawback: row.optionalText(14))
  }

  /// The latest hold of an id, whatever its state.
  func hold(_ id: String, of account: Int64) throws(StoreFault) -> AccountRows.HoldRow? {
    try statements["SELECT \(AccountTable.holdColumns) FROM hold WHERE account = ? AND id = ? ORDER BY n DESC LIMIT 1"]
      .bind(1, account).bind(2, id).first { AccountTable.hold($0) }
  }

  /// A hold by its number, from 0.
  func hold(number: Int, of account: Int64) throws(StoreFault) -> AccountRows.HoldRow? {
    guard number < Int.max else { return nil }
    return try statements["SELECT \(AccountTable.holdColumns) FROM hold WHERE account = ? AND n = ?"]
      .bind(1, account).bind(2, number + 1).first { AccountTable.hold($0) }
  }

  /// The latest payment of each event that asked for one and has no answer.
  private func charges(of account: Int64) throws(StoreFault) -> [Int] {
    var found: [Int] = []
    try statements[
      """
      SELECT max(p.n) FROM payment p WHERE p.account = ?1 AND p.origin <> '' AND p.kind <> '' AND NOT EXISTS (
        SELECT 1 FROM event e WHERE e.id = p.origin AND e.account = ?1 AND e.kind = p.kind AND e.attempt = 0)
      GROUP BY p.kind, p.origin ORDER BY 1
      """
    ].bind(1, account).forEach { found.append($0.index(0)) }
    return found
  }

  // MARK: - Writing

  /// Brings the rows of an account from what is kept to what is so now.
  func save(_ account: Int64, from old: AccountState, to new: AccountState, _ map: SlotMap) throws(StoreFault) {
    if old.clock != new.clock || old.sequence != new.sequence || old.holds.count != new.holds.count {
      try statements["UPDATE account SET clock = ?, sequence = ?, holds = ? WHERE id = ?"]
        .bind(1, new.clock).bind(2, new.sequence).bind(3, new.holds.count).bind(4, account).run()
    }
    try saveNames(account, from: old, to: new)
    try savePlaces(account, map.accountPlaces, key: 0, old.row, new.row, new, map)
    if old.keyRows != new.keyRows {
      let none = map.layout.newKeyRow
      for key in 0..<new.keyCount {
        guard let row = new.keyRow(key) else { continue }
        try savePlaces(
          account, map.keyPlaces, key: key + 1, old.keyRow(key).map { Array($0) } ?? none, Array(row), new, map)
      }
    }
    for (bucket, place) in map.layout.buckets.enumerated() {
      guard let book = place.lotBook else { continue }
      try saveLots(account, bucket, from: old.storedLots(of: book), to: new.storedLots(of: book), map)
    }
    try saveHolds(account, from: old, to: new, map)
    if old.payments != new.payments {
      for index in new.payments.indices
      where index >= old.payments.count || old.payments[index] != new.payments[index] {
        try save(account, AccountRows.row(ofPayment: index, in: new, map))
      }
    }
    if old.refunds != new.refunds {
      for index in new.refunds.indices where index >= old.refunds.count || old.refunds[index] != new.refunds[index] {
        try save(account, AccountRows.row(ofRefund: index, in: new, map))
      }
    }
  }

  private func saveNames(_ account: Int64, from old: AccountState, to new: AccountState) throws(StoreFault) {
    for index in old.keyCount..<max(old.keyCount, new.keyCount) {
      try statements["INSERT INTO key (account, n, name) VALUES (?, ?, ?)"]
        .bind(1, account).bind(2, index + 1).bind(3, new.keyNames[index]).run()
    }
    for index in old.cardNames.count..<max(old.cardNames.count, new.cardNames.count) {
      try statements["INSERT INTO card (account, n, name) VALUES (?, ?, ?)"]
        .bind(1, account).bind(2, index + 1).bind(3, new.cardNames[index]).run()
    }
  }

  private func savePlaces(
    _ account: Int64, _ places: [SlotMap.Place], key: Int, _ old: [Int64], _ new: [Int64], _ state: AccountState,
    _ map: SlotMap
  ) throws(StoreFault) {
    var changed: [Int] = []
    old.withUnsafeBufferPointer { old in
      new.withUnsafeBufferPointer { new in
        guard let old = old.baseAddress, let new = new.baseAddress else { return }
        for (index, place) in places.enumerated() where !place.isSame(old, new) { changed.append(index) }
      }
    }
    for place in changed.lazy.map({ places[$0] }) {
      let first = new[place.first]
      let second = place.second < 0 ? 0 : new[place.second]
      let third = place.third < 0 ? 0 : new[place.third]
      switch place.table {
      case .setting: try save(account, setting: place, key: key, first, state, map)
      case .book:
        let row = AccountRows.book(place, first, second, third)
        try statements[
          """
          INSERT INTO book (account, name, amount, held, used) VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT DO UPDATE SET amount = ?3, held = ?4, used = ?5
          """
        ].bind(1, account).bind(2, row.name).bind(3, row.amount).bind(4, row.held).bind(5, row.used).run()
      case .meter:
        try statements[
          """
          INSERT INTO meter (account, key, name, value, held) VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT DO UPDATE SET value = ?4, held = ?5
          """
        ].bind(1, account).bind(2, key).bind(3, place.name).bind(4, first).bind(5, second).run()
      case .period:
        let row = AccountRows.period(place, key: key, first, second, third)
        try statements[
          """
          INSERT INTO period (account, key, kind, starts_at, ends_at, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
          ON CONFLICT DO UPDATE SET starts_at = ?4, ends_at = ?5, epoch = ?6
          """
        ].bind(1, account).bind(2, key).bind(3, row.kind).bind(4, row.start).bind(5, row.end).bind(6, row.epoch).run()
      case .latest:
        try statements[
          "INSERT INTO latest (account, kind, at) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET at = ?3"
        ].bind(1, account).bind(2, place.name).bind(3, first).run()
      }
    }
  }

  private func save(
    _ account: Int64, setting place: SlotMap.Place, key: Int, _ value: Int64, _ state: AccountState, _ map: SlotMap
  ) throws(StoreFault) {
    let kept = FieldText(map: map).kept(value, of: place.setting, cards: state.cardNames, keys: state.keyNames)
    guard let kept else {
      try statements["DELETE FROM setting WHERE account = ? AND key = ? AND name = ?"]
        .bind(1, account).bind(2, key).bind(3, place.name).run()
      return
    }
    try statements[
      """
      INSERT INTO setting (account, key, name, value) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET value = ?4
      """
    ].bind(1, account).bind(2, key).bind(3, place.name).bind(4, kept).run()
  }

  private func saveLots(
    _ account: Int64, _ bucket: Int, from old: [Lot], to new: [Lot], _ map: SlotMap
  ) throws(StoreFault) {
    if old == new { return }
    let known = Dictionary(uniqueKeysWithValues: old.map { ($0.number, $0) })
    for lot in new where known[lot.number] != lot {
      let row = AccountRows.row(of: lot, in: bucket, map)
      try statements[
        """
        INSERT INTO lot (account, bucket, n, kind, is_paid, amount, remaining, received_at, origin)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET remaining = ?7
        """
      ].bind(1, account).bind(2, row.bucket).bind(3, row.number).bind(4, row.kind).bind(5, row.isPaid)
        .bind(6, row.amount).bind(7, row.remaining).bind(8, row.receivedAt).bind(9, row.origin).run()
    }
  }

  private func saveHolds(
    _ account: Int64, from old: AccountState, to new: AccountState, _ map: SlotMap
  ) throws(StoreFault) {
    for number in new.holds.numbers {
      let isKnown = old.holds.has(number)
      if isKnown, old.holds[number].state == new.holds[number].state { continue }
      let row = AccountRows.row(of: new.holds[number], number: number, in: new, map)
      try statements[
        """
        INSERT INTO hold (account, \(AccountTable.holdColumns))
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO UPDATE SET state = ?9
        """
      ].bind(1, account).bind(2, row.number).bind(3, row.id).bind(4, row.kind).bind(5, row.key).bind(6, row.at)
        .bind(7, row.expiresAt).bind(8, row.covered).bind(9, row.state).bind(10, row.drawn).bind(11, row.fields)
        .bind(12, row.labels).bind(13, row.epochs).run()
    }
  }

  private func save(_ account: Int64, _ row: AccountRows.PaymentRow) throws(StoreFault) {
    try statements[
      """
      INSERT INTO payment (account, \(AccountTable.paymentColumns))
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
      ON CONFLICT (account, n) DO UPDATE SET state = ?13, lot = ?14, refunded = ?15, clawback = ?16
      """
    ].bind(1, account).bind(2, row.number).bind(3, row.id).bind(4, row.key).bind(5, row.bucket).bind(6, row.amount)
      .bind(7, row.card).bind(8, row.isAutomatic).bind(9, row.kind).bind(10, row.origin).bind(11, row.fields)
      .bind(12, row.at).bind(13, row.state).bind(14, row.lot.map { Int64($0) }).bind(15, row.refunded)
      .bind(16, row.clawback).run()
  }

  private func save(_ account: Int64, _ row: AccountRows.RefundRow) throws(StoreFault) {
    try statements[
      """
      INSERT INTO refund (account, n, key, payment, amount, kind, origin, at, state)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (account, n) DO UPDATE SET state = ?9
      """
    ].bind(1, account).bind(2, row.number).bind(3, row.key).bind(4, row.payment).bind(5, row.amount).bind(6, row.kind)
      .bind(7, row.origin).bind(8, row.at).bind(9, row.state).run()
  }
}
