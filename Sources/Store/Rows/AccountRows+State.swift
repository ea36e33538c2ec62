import Engine
import Formats
import Language
import Ledger
import Values

// MARK: - An account to rows

extension AccountRows {
  /// All rows of an account, with the holds that are at hand.
  init(_ account: AccountState, _ map: SlotMap) {
    clock = account.clock
    sequence = account.sequence
    holdCount = account.holds.count
    keys = account.keyNames
    cards = account.cardNames
    let texts = FieldText(map: map)
    for place in map.accountPlaces { add(place, key: 0, row: account.row[...], account, texts) }
    for key in 0..<account.keyCount {
      if let row = account.keyRow(key) {
        for place in map.keyPlaces { add(place, key: key + 1, row: row, account, texts) }
      }
    }
    for (bucket, place) in map.layout.buckets.enumerated() {
      if let book = place.lotBook {
        lots += account.storedLots(of: book).map { AccountRows.row(of: $0, in: bucket, map) }
      }
    }
    holds = account.holds.numbers.map { AccountRows.row(of: account.holds[$0], number: $0, in: account, map) }
    payments = account.payments.indices.map { AccountRows.row(ofPayment: $0, in: account, map) }
    refunds = account.refunds.indices.map { AccountRows.row(ofRefund: $0, in: account, map) }
    charges = account.charges.map(\.payment).sorted()
  }

  /// The row of one place; what is as it is in a new account has none.
  private mutating func add(
    _ place: SlotMap.Place, key: Int, row: ArraySlice<Int64>, _ account: AccountState, _ texts: FieldText
  ) {
    let first = row[row.startIndex + place.first]
    let second = place.second < 0 ? 0 : row[row.startIndex + place.second]
    let third = place.third < 0 ? 0 : row[row.startIndex + place.third]
    switch place.table {
    case .setting:
      if let value = texts.kept(first, of: place.setting, cards: account.cardNames, keys: account.keyNames) {
        settings.append(SettingRow(key: key, name: place.name, value: value))
      }
    case .book:
      if first != 0 || second != 0 || third != 0 { books.append(AccountRows.book(place, first, second, third)) }
    case .meter:
      if first != 0 || second != 0 {
        meters.append(MeterRow(key: key, name: place.name, value: first, held: second))
      }
    case .period:
      if first != LedgerLayout.stale || second != LedgerLayout.stale || third != 0 {
        periods.append(AccountRows.period(place, key: key, first, second, third))
      }
    case .latest: if first != LedgerLayout.none { latest.append(LatestRow(kind: place.name, at: first)) }
    }
  }

  static func book(_ place: SlotMap.Place, _ amount: Int64, _ held: Int64, _ used: Int64) -> BookRow {
    BookRow(name: place.name, amount: amount, held: held, used: place.third < 0 ? nil : used)
  }

  static func period(_ place: SlotMap.Place, key: Int, _ start: Int64, _ end: Int64, _ epoch: Int64) -> PeriodRow {
    func known(_ time: Int64) -> Int64? { time == LedgerLayout.stale ? nil : time }
    return PeriodRow(key: key, kind: place.name, start: known(start), end: known(end), epoch: epoch)
  }

  static func row(of lot: Lot, in bucket: Int, _ map: SlotMap) -> LotRow {
    let kinds = map.program.lotKinds
    return LotRow(
      bucket: map.program.buckets[bucket].name, number: lot.number,
      kind: kinds.indices.contains(lot.kind) ? kinds[lot.kind] : "paid", isPaid: lot.isPaid, amount: lot.amount,
      remaining: lot.remaining, receivedAt: lot.receivedAt, origin: lot.origin)
  }

  static func row(of hold: Hold, number: Int, in account: AccountState, _ map: SlotMap) -> HoldRow {
    let program = map.program
    var drawn = JsonLine()
    for (bucket, amount) in hold.drawn.enumerated() where amount != 0 {
      drawn.add(program.buckets[bucket].name, amount)
    }
    var labels = JsonLine()
    for label in hold.labels { labels.add(label.name, label.text) }
    var epochs = JsonLine()
    for (window, epoch) in zip(map.layout.accountWindows, hold.epochs) { epochs.add("\(window.kind)", epoch) }
    for (window, epoch) in zip(map.layout.keyWindows, hold.keyEpochs) { epochs.add("key.\(window.kind)", epoch) }
    let fields = FieldText(map: map).json(of: hold.fields, event: hold.event, labels: hold.labels, in: account)
    return HoldRow(
      number: number + 1, id: hold.id, kind: program.events[hold.event].name, key: hold.key + 1, at: hold.at,
      expiresAt: hold.expiresAt, covered: hold.covered, state: hold.state.word, drawn: drawn.string,
      fields: String(decoding: fields, as: UTF8.self), labels: labels.string, epochs: epochs.string)
  }

  static func row(ofPayment index: Int, in account: AccountState, _ map: SlotMap) -> PaymentRow {
    let payment = account.payments[index]
    let program = map.program
    // A payment from before the first event has none.
    let isKnown = program.events.indices.contains(payment.event)
    let fields =
      isKnown
      ? FieldText(map: map).json(of: payment.fields, event: payment.event, labels: [], in: account) : JsonLine().bytes()
    let clawback = payment.clawback.map { clawback in
      var line = JsonLine()
      line.add("amount", clawback.amount)
      line.add("debt", clawback.debt)
      line.add("parts", raw: "[" + clawback.parts.map { "[\($0.lot),\($0.amount)]" }.joined(separator: ",") + "]")
      return line.string
    }
    return PaymentRow(
      number: index + 1, id: payment.id, key: payment.key, bucket: program.buckets[payment.bucket].name,
      amount: payment.amount, card: payment.card.map { account.cardNames[$0] }, isAutomatic: payment.isAutomatic,
      kind: isKnown ? program.events[payment.event].name : "", origin: payment.origin,
      fields: String(decoding: fields, as: UTF8.self), at: payment.at, state: payment.state.word, lot: payment.lot,
      refunded: payment.refunded, clawback: clawback)
  }

  static func row(ofRefund index: Int, in account: AccountState, _ map: SlotMap) -> RefundRow {
    let refund = account.refunds[index]
    return RefundRow(
      number: index + 1, key: refund.key, payment: refund.payment + 1, amount: refund.amount,
      kind: map.program.events.indices.contains(refund.event) ? map.program.events[refund.event].name : "",
      origin: refund.origin, at: refund.at, state: refund.state.word)
  }
}

// MARK: - Rows to an account

extension AccountRows {
  /// Why rows make no account: a row, and what is the matter with it.
  struct Misfit: Error {
    var table: String
    var row: String
    var problem: String

    var message: String { "\(table) `\(row)` \(problem)" }
  }

  /// The account under a policy. Rows of names that the policy does not have stay where they are.
  func state(_ map: SlotMap) throws(Misfit) -> AccountState {
    try checkNumbers()
    var kept = AccountState.Kept(layout: map.layout)
    kept.keyNames = keys
    kept.cardNames = cards
    kept.sequence = sequence
    kept.holdCount = holdCount
    kept.row[map.layout.clockSlot] = clock
    let newKeyRow = map.layout.newKeyRow
    for _ in keys { kept.keyRows += newKeyRow }
    try fill(&kept, map)
    kept.lots = [[Lot]](repeating: [], count: map.layout.lotBookCount)
    for row in lots.sorted(by: { ($0.receivedAt, $0.number) < ($1.receivedAt, $1.number) }) {
      guard let bucket = map.bucket(named: row.bucket), let book = map.layout.buckets[bucket].lotBook else { continue }
      kept.lots[book].append(
        Lot(
          number: row.number, kind: map.program.lotKinds.firstIndex(of: row.kind) ?? 0, isPaid: row.isPaid,
          amount: row.amount, remaining: row.remaining, receivedAt: row.receivedAt, origin: row.origin))
    }
    // Records name others: the fields of a hold may name a payment.
    for row in payments { kept.payments.append(try payment(row, map)) }
    for row in refunds { kept.refunds.append(try refund(row, map)) }
    let names = AccountState(layout: map.layout, kept: kept)
    for (index, row) in payments.enumerated() where kept.payments[index].event >= 0 {
      kept.payments[index].fields = try fields(
        row.fields, kept.payments[index].event, names, "payment", row.key, map)
    }
    for row in holds {
      kept.holds[row.number - 1] = try hold(row, names, map)
    }
    kept.charges = charges.map { (kept.payments[$0].event, kept.payments[$0].origin, $0) }
    return AccountState(layout: map.layout, kept: kept)
  }

  /// Numbers that others are worked out of: a file from elsewhere may hold any.
  private func checkNumbers() throws(Misfit) {
    // Far beyond what there can ever be, and far from the end of 64 bits.
    let most = 1 << 62
    func check(_ isSound: Bool, _ table: String, _ row: String, _ number: some BinaryInteger) throws(Misfit) {
      if !isSound { throw Misfit(table: table, row: row, problem: "cannot have the number \(number)") }
    }
    try check(clock >= 0 && clock <= Instant.latest.microseconds, "account", "clock", clock)
    try check(sequence >= 0 && sequence < most, "account", "sequence", sequence)
    try check(holdCount >= 0 && holdCount < most, "account", "holds", holdCount)
    for row in settings { try check(row.key >= 0 && row.key <= keys.count, "setting", row.name, row.key) }
    for row in meters { try check(row.key >= 0 && row.key <= keys.count, "meter", row.name, row.key) }
    for row in periods { try check(row.key >= 0 && row.key <= keys.count, "period", row.kind, row.key) }
    for row in lots { try check(row.number >= 1 && row.number < most, "lot", row.origin, row.number) }
    for row in holds { try check(row.number >= 1 && row.number <= holdCount, "hold", row.id, row.number) }
    for (index, row) in payments.enumerated() { try check(row.number == index + 1, "payment", row.key, row.number) }
    for (index, row) in refunds.enumerated() { try check(row.number == index + 1, "refund", row.key, row.number) }
  }

  private func fill(_ kept: inout AccountState.Kept, _ map: SlotMap) throws(Misfit) {
    let texts = FieldText(map: map)
    func start(_ key: Int) -> Int { (key - 1) * map.layout.keyStride }
    for row in settings {
      guard let place = map.place(.setting, row.name, isKey: row.key > 0) else { continue }
      guard let value = texts.number(row.value, of: place.setting, cards: cards, keys: keys) else {
        throw Misfit(table: "setting", row: row.name, problem: "has a value that the policy does not know")
      }
      if row.key == 0 {
        kept.row[place.first] = value
      } else {
        kept.keyRows[start(row.key) + place.first] = value
      }
    }
    for row in books {
      guard let place = map.place(.book, row.name, isKey: false) else { continue }
      kept.row[place.first] = row.amount
      if place.second >= 0 { kept.row[place.second] = row.held }
      if place.third >= 0 { kept.row[place.third] = row.used ?? 0 }
    }
    for row in meters {
      guard let place = map.place(.meter, row.name, isKey: row.key > 0) else { continue }
      if row.key == 0 {
        (kept.row[place.first], kept.row[place.second]) = (row.value, row.held)
      } else {
        let start = start(row.key)
        (kept.keyRows[start + place.first], kept.keyRows[start + place.second]) = (row.value, row.held)
      }
    }
    for row in periods {
      guard let place = map.place(.period, row.kind, isKey: row.key > 0) else { continue }
      let values = [row.start ?? LedgerLayout.stale, row.end ?? LedgerLayout.stale, row.epoch]
      let slots = [place.first, place.second, place.third]
      if row.key == 0 {
        for (slot, value) in zip(slots, values) { kept.row[slot] = value }
      } else {
        let start = start(row.key)
        for (slot, value) in zip(slots, values) { kept.keyRows[start + slot] = value }
      }
    }
    for row in latest {
      if let place = map.place(.latest, row.kind, isKey: false) { kept.row[place.first] = row.at }
    }
  }

  func hold(_ row: HoldRow, _ account: AccountState, _ map: SlotMap) throws(Misfit) -> Hold {
    guard row.number >= 1, row.number <= account.holds.count, row.key >= 0, row.key <= account.keyCount else {
      throw Misfit(table: "hold", row: row.id, problem: "is number \(row.number) of key \(row.key)")
    }
    guard let event = map.event(named: row.kind) else {
      throw Misfit(table: "hold", row: row.id, problem: "was made by an event that the policy does not have")
    }
    guard let state = Hold.State(word: row.state), let drawn = FieldText.object(row.drawn),
      let epochs = FieldText.object(row.epochs), let words = FieldText.object(row.labels)
    else { throw Misfit(table: "hold", row: row.id, problem: "cannot be read") }
    let labels = words.members.map { Transaction.Label($0.name, $0.value.text ?? "") }
    return Hold(
      id: row.id, event: event, key: row.key - 1, at: row.at, expiresAt: row.expiresAt, covered: row.covered,
      drawn: map.program.buckets.map { drawn[$0.name]?.integer ?? 0 },
      fields: try fields(row.fields, event, account, "hold", row.id, map), state: state, labels: labels,
      epochs: map.layout.accountWindows.map { epochs["\($0.kind)"]?.integer ?? 0 },
      keyEpochs: row.key == 0 ? [] : map.layout.keyWindows.map { epochs["key.\($0.kind)"]?.integer ?? 0 })
  }

  private func fields(
    _ json: String, _ event: Int, _ account: AccountState, _ table: String,
    _ row: String,
    _ map: SlotMap
  ) throws(Misfit) -> [Int64] {
    guard let fields = FieldText(map: map).fields(event, json: json, in: account) else {
      throw Misfit(table: table, row: row, problem: "has fields that cannot be read")
    }
    return fields
  }

  private func payment(_ row: PaymentRow, _ map: SlotMap) throws(Misfit) -> Payment {
    guard let bucket = map.bucket(named: row.bucket) else {
      throw Misfit(table: "payment", row: row.key, problem: "is for a bucket that the policy does not have")
    }
    guard let state = Payment.State(word: row.state) else {
      throw Misfit(table: "payment", row: row.key, problem: "cannot be read")
    }
    var payment = Payment(
      id: row.id, key: row.key, bucket: bucket, amount: row.amount, card: row.card.flatMap { cards.firstIndex(of: $0) },
      isAutomatic: row.isAutomatic, event: map.event(named: row.kind) ?? -1, origin: row.origin, at: row.at,
      state: state, lot: row.lot, refunded: row.refunded)
    if let clawback = row.clawback {
      guard let object = FieldText.object(clawback), let amount = object["amount"]?.integer,
        let debt = object["debt"]?.integer
      else { throw Misfit(table: "payment", row: row.key, problem: "has a clawback that cannot be read") }
      let parts = (object["parts"]?.elements ?? []).compactMap { part -> Payment.Clawback.Part? in
        let numbers = part.elements.compactMap(\.integer)
        guard numbers.count == 2 else { return nil }
        return Payment.Clawback.Part(lot: Int(truncatingIfNeeded: numbers[0]), amount: numbers[1])
      }
      payment.clawback = Payment.Clawback(amount: amount, parts: parts, debt: debt)
    }
    return payment
  }

  private func refund(_ row: RefundRow, _ map: SlotMap) throws(Misfit) -> Refund {
    guard let state = Refund.State(word: row.state), row.payment >= 1, row.payment <= payments.count else {
      throw Misfit(table: "refund", row: row.key, problem: "cannot be read")
    }
    return Refund(
      key: row.key, payment: row.payment - 1, amount: row.amount, event: map.event(named: row.kind) ?? -1,
      origin: row.origin, at: row.at, state: state)
  }
}
