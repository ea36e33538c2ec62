import Values

/// The event behind a list of instructions, for what new records keep of it.
struct RecordSource {
  var now: Int64
  var origin: String
  var order: BurnOrder
  var event: Int
  var fields: [Int64]
}

extension AccountState {
  /// Carries out a list that concerns holds, payments or refunds, from its first such instruction on: each is checked against
  /// its record and filled in, then written to the rows, then to the records and lots. A fault takes back all of it.
  @inline(never)
  mutating func applyRecords(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, _ writer: inout RowWriter, key: Int, _ source: RecordSource
  ) throws(LedgerFault) {
    let before = (lotBooks, payments, refunds, charges: answers.charges, pending: row[layout.pendingSlot])
    for change in changes[..<writer.recordStart] {
      follow(change, now: source.now, origin: source.origin, order: source.order)
    }
    var index = writer.recordStart
    while index < changes.count {
      do throws(LedgerFault) {
        try prepare(&changes[index], among: changes[..<index], source)
        if let fault = onRows(key: key, { writer.step(&changes[index], row: $0, keyRow: $1) }) { throw fault }
      } catch {
        for change in changes[..<index].reversed() {
          onRows(key: key) { writer.takeBack(change, row: $0, keyRow: $1) }
          takeBackHold(change)
        }
        (lotBooks, payments, refunds, _, row[layout.pendingSlot]) = before
        answers.putBack(before.charges)
        throw error
      }
      record(changes[index], in: changes, key: key, source)
      follow(changes[index], now: source.now, origin: source.origin, order: source.order)
      index += 1
    }
    if writer.touchedLots { assignLots(source.order) }
    row[layout.clockSlot] = max(row[layout.clockSlot], source.now)
  }

  @discardableResult
  private mutating func onRows<Result>(
    key: Int, _ body: (UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Int64>?) -> Result?
  ) -> Result? {
    let offset = key * layout.keyStride
    return row.withUnsafeMutableBufferPointer { row in
      guard let row = row.baseAddress else { return nil }
      guard key >= 0 else { return body(row, nil) }
      return keyRows.withUnsafeMutableBufferPointer { body(row, $0.baseAddress.map { $0 + offset }) }
    }
  }

  // MARK: - Checking

  /// Checks an instruction against its record, before anything of it is written, and fills in what the record knows.
  private mutating func prepare(
    _ change: inout LedgerChange, among earlier: Slice<UnsafeMutableBufferPointer<LedgerChange>>, _ source: RecordSource
  ) throws(LedgerFault) {
    let target = Int(change.target)
    switch change.kind {
    case .hold:
      guard change.amount >= 0, !earlier.contains(where: { $0.kind == .hold }) else {
        throw .wrongRecord(kind: "hold", index: holds.count)
      }
    case .resolve:
      guard holds.has(target), let state = Hold.State(rawValue: change.amount),
        AccountState.mayBecome(state, from: holds[target].state)
      else { throw .wrongRecord(kind: "hold", index: target) }
      change.allowance = holds[target].state.rawValue
    case .collect:
      guard layout.buckets.indices.contains(target), change.amount <= Money.largest.nano else {
        throw .bucketOutOfRange(bucket: target, balance: 0, amount: change.amount)
      }
      guard change.allowance == LedgerLayout.none || cardNames.indices.contains(Int(change.allowance)) else {
        throw .wrongRecord(kind: "card", index: Int(change.allowance))
      }
    case .receive:
      let payment = try payment(target)
      change.amount = payment.state == .paid ? 0 : payment.amount
      change.allowance = Int64(layout.paidLotKind)
      assign(payment, &change, source)
    case .close:
      _ = try payment(target)
      guard change.amount == Payment.State.declined.rawValue || change.amount == Payment.State.failed.rawValue else {
        throw .wrongRecord(kind: "payment", index: target)
      }
    case .refund:
      let payment = try payment(target, in: .paid)
      assign(payment, &change, source)
      guard change.amount <= payment.amount - payment.refunded, change.amount <= unspent(of: payment) else {
        throw .paymentExceeded(payment: target, amount: change.amount)
      }
    case .confirm:
      guard refunds.indices.contains(target), refunds[target].state != .failed else {
        throw .wrongRecord(kind: "refund", index: target)
      }
    case .restore:
      guard refunds.indices.contains(target), refunds[target].state != .failed else {
        throw .wrongRecord(kind: "refund", index: target)
      }
      change.amount = refunds[target].amount
      assign(payments[refunds[target].payment], &change, source)
    case .clawBack:
      let payment = try payment(target, in: .paid)
      guard payment.clawback == nil else { throw .wrongRecord(kind: "payment", index: target) }
      guard change.amount >= 0, change.amount <= payment.amount else {
        throw .paymentExceeded(payment: target, amount: change.amount)
      }
      assign(payment, &change, source)
    case .reinstate:
      let payment = try payment(target, in: .paid)
      guard let clawback = payment.clawback else { throw .wrongRecord(kind: "payment", index: target) }
      change.amount = clawback.amount
      assign(payment, &change, source)
    case .draw, .credit, .debit, .set, .add, .reset, .touch, .reserve, .addHeld, .drawLate, .absorb: break
    }
  }

  private func payment(_ index: Int, in state: Payment.State? = nil) throws(LedgerFault) -> Payment {
    guard payments.indices.contains(index), state == nil || payments[index].state == state else {
      throw .wrongRecord(kind: "payment", index: index)
    }
    return payments[index]
  }

  /// Names a payment's bucket, and brings its lots to what is posted: what happened before concerns the lots of before.
  private mutating func assign(_ payment: Payment, _ change: inout LedgerChange, _ source: RecordSource) {
    change.lotKind = Int16(truncatingIfNeeded: payment.bucket)
    let place = layout.buckets[payment.bucket]
    if let book = place.lotBook { lotBooks[book].assign(posted: row[place.slot], order: source.order) }
  }

  /// What may leave a payment's bucket for its card. Without lots all that is posted; an allowance has no end.
  private func unspent(of payment: Payment) -> Int64 {
    let place = layout.buckets[payment.bucket]
    if let book = place.lotBook { return payment.lot.map { lotBooks[book].remaining(of: $0) } ?? 0 }
    return place.window == nil ? max(0, row[place.slot]) : Int64.max
  }

  /// A hold is resolved once. One that has expired may still turn out to have been used, or given up.
  private static func mayBecome(_ state: Hold.State, from earlier: Hold.State) -> Bool {
    switch earlier {
    case .open: state != .open
    case .expired: state == .settled || state == .voided
    case .settled, .voided: false
    }
  }

  // MARK: - Records

  /// Keeps what an instruction did, once its rows are written. Nothing here can fail.
  private mutating func record(
    _ change: LedgerChange, in changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int, _ source: RecordSource
  ) {
    let target = Int(change.target)
    switch change.kind {
    case .hold: addHold(change, reserving: changes, key: key, source)
    case .resolve: setState(Hold.State(rawValue: change.amount) ?? .voided, ofHold: target)
    case .collect where change.amount > 0: addPayment(change, source)
    case .receive where change.amount > 0:
      if payments[target].state == .pending { row[layout.pendingSlot] -= 1 }
      payments[target].state = .paid
      if let book = layout.buckets[payments[target].bucket].lotBook {
        payments[target].lot = lotBooks[book].receive(
          kind: layout.paidLotKind, isPaid: true, amount: change.amount, at: source.now, origin: payments[target].id)
      }
    case .close where payments[target].state == .pending:
      row[layout.pendingSlot] -= 1
      payments[target].state = Payment.State(rawValue: change.amount) ?? .failed
    case .refund where change.amount > 0: addRefund(change, source)
    case .confirm: refunds[target].state = .paid
    case .restore:
      let refund = refunds[target]
      refunds[target].state = .failed
      payments[refund.payment].refunded -= refund.amount
      putBack(refund.amount, to: payments[refund.payment].lot, of: payments[refund.payment].bucket)
    case .clawBack: keepClawback(change)
    case .reinstate: giveBackClawback(change, source)
    default: return
    }
    // What is owed burns what came in, in the order of now.
    if RowWriter.side(of: change.kind) != nil { assignLots(source.order) }
  }

  private mutating func addHold(
    _ change: LedgerChange, reserving changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int,
    _ source: RecordSource
  ) {
    var drawn = [Int64](repeating: 0, count: layout.buckets.count)
    for change in changes where change.kind == .reserve && change.amount > 0 {
      drawn[Int(change.target)] &+= change.amount
    }
    let keyStart = key * layout.keyStride
    holds.append(
      Hold(
        id: source.origin, event: source.event, key: key, at: source.now, expiresAt: change.allowance,
        covered: change.amount, drawn: drawn, fields: source.fields, state: .open,
        epochs: layout.accountWindows.map { row[$0.epochSlot] },
        keyEpochs: key < 0 ? [] : layout.keyWindows.map { keyRows[keyStart + $0.epochSlot] }))
    open(hold: holds.count - 1)
  }

  private mutating func addPayment(_ change: LedgerChange, _ source: RecordSource) {
    let number = payments.count + 1
    let isAutomatic = change.lotKind == 1
    let id = isAutomatic ? "auto-\(number)" : source.origin.isEmpty ? "payment-\(number)" : source.origin
    payments.append(
      Payment(
        id: id, key: "\(id)#\(number)", bucket: Int(change.target), amount: change.amount,
        card: change.allowance == LedgerLayout.none ? nil : Int(change.allowance), isAutomatic: isAutomatic,
        event: source.event, origin: source.origin, fields: source.fields, at: source.now, state: .pending))
    row[layout.pendingSlot] += 1
    answers.note(charge: number - 1, event: source.event, id: source.origin)
  }

  private mutating func addRefund(_ change: LedgerChange, _ source: RecordSource) {
    let index = Int(change.target)
    let payment = payments[index]
    // Keys of payments end in `#` and a number, so the two never meet.
    refunds.append(
      Refund(
        key: "\(payment.id)/\(source.origin)/\(refunds.count + 1)", payment: index, amount: change.amount,
        event: source.event, origin: source.origin, at: source.now, state: .pending))
    payments[index].refunded += change.amount
    if let book = layout.buckets[payment.bucket].lotBook, let lot = payment.lot {
      _ = lotBooks[book].take(change.amount, of: lot)
    }
  }

  private mutating func putBack(_ amount: Int64, to lot: Int?, of bucket: Int) {
    guard let book = layout.buckets[bucket].lotBook, let lot else { return }
    lotBooks[book].putBack(amount, to: lot)
  }

  private mutating func keepClawback(_ change: LedgerChange) {
    let index = Int(change.target)
    let place = layout.buckets[payments[index].bucket]
    var clawback = Payment.Clawback(amount: change.amount, parts: [], debt: 0)
    if let book = place.lotBook {
      clawback.parts = lotBooks[book].clawBack(change.amount, own: payments[index].lot)
      clawback.debt = change.amount - clawback.parts.reduce(0) { $0 + $1.amount }
    } else if place.window == nil {
      clawback.debt = max(0, min(change.amount, -row[place.slot]))
    }
    payments[index].clawback = clawback
  }

  /// Lots get back what was taken of them. The rest of the balance is what newer lots repaid of the debt in the meantime.
  private mutating func giveBackClawback(_ change: LedgerChange, _ source: RecordSource) {
    let index = Int(change.target)
    let (bucket, parts) = (payments[index].bucket, payments[index].clawback?.parts ?? [])
    payments[index].clawback = nil
    let place = layout.buckets[bucket]
    guard let book = place.lotBook else { return }
    for part in parts { lotBooks[book].putBack(part.amount, to: part.lot) }
    let gap = Int128(max(0, row[place.slot])) - lotBooks[book].remaining
    guard gap > 0 else { return }
    let left = lotBooks[book].refill(Int64(gap), taken: takenOfLots(in: bucket))
    if left > 0 {
      lotBooks[book].receive(
        kind: layout.paidLotKind, isPaid: true, amount: left, at: source.now, origin: payments[index].id)
    }
  }

  /// What of each lot of a bucket, by its number, went back to cards and banks.
  private func takenOfLots(in bucket: Int) -> [Int: Int64] {
    var taken: [Int: Int64] = [:]
    for payment in payments where payment.bucket == bucket {
      if let lot = payment.lot { taken[lot, default: 0] += payment.refunded }
      for part in payment.clawback?.parts ?? [] { taken[part.lot, default: 0] += part.amount }
    }
    return taken
  }

  // MARK: - Open holds

  private mutating func setState(_ state: Hold.State, ofHold index: Int) {
    if holds[index].state == .open { close(hold: index) }
    holds[index].state = state
    if state == .open { open(hold: index) }
  }

  mutating func takeBackHold(_ change: LedgerChange) {
    switch change.kind {
    case .hold:
      close(hold: holds.count - 1)
      holds.removeLast()
    case .resolve: setState(Hold.State(rawValue: change.allowance) ?? .open, ofHold: Int(change.target))
    default: break
    }
  }

  private mutating func open(hold index: Int) {
    openHolds.insert(index, at: placeAmongOpen(index))
    nextExpiry = openHolds.first.map { holds[$0].expiresAt } ?? Int64.max
  }

  private mutating func close(hold index: Int) {
    let place = placeAmongOpen(index)
    if place < openHolds.count, openHolds[place] == index { openHolds.remove(at: place) }
    nextExpiry = openHolds.first.map { holds[$0].expiresAt } ?? Int64.max
  }

  /// Where a hold stands among the open ones, or would: by expiry, then by age.
  private func placeAmongOpen(_ index: Int) -> Int {
    let expiry = holds[index].expiresAt
    var (low, high) = (0, openHolds.count)
    while low < high {
      let middle = (low + high) / 2
      let other = openHolds[middle]
      if (holds[other].expiresAt, other) < (expiry, index) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
