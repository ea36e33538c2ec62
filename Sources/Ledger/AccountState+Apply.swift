import Values

extension AccountState {
  /// Carries out a list of instructions, all of them or none.
  ///
  /// This is the only place where value moves. Every sum is checked against its declared range; the first that would pass it
  /// undoes what came before and is thrown. Afterwards `changes` holds what really happened: a debit what it could take, a
  /// setting what stood there before (`allowance`).
  ///
  /// - Parameters:
  ///   - key: the key the event came with, by index; -1 for none, and then what concerns a key is left out.
  ///   - rolled: the moving part of the account's row with its windows brought up to `now`, where one had ended.
  ///   - keyRolled: the same of the key's row.
  ///   - origin: the event's id, kept with new lots and records.
  ///   - event: the event, by index, and all its fields, derived ones too: what new holds and payments keep. Not
  ///     read for lists without either, so that requests need not gather them.
  public mutating func apply(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int, now: Int64, rolled: UnsafePointer<Int64>? = nil,
    keyRolled: UnsafePointer<Int64>? = nil, origin: borrowing String = "", order: BurnOrder = .grantsFirst,
    event: Int = -1, fields: [Int64] = []
  ) throws(LedgerFault) {
    let known = key >= 0 && key < keyCount ? key : -1
    if rolled != nil || keyRolled != nil {
      try applyWithWindows(
        changes, key: known, now: now, rolled, keyRolled, origin: origin, order: order, event: event, fields: fields)
    } else {
      try applyRolled(changes, key: known, now: now, origin: origin, order: order, event: event, fields: fields)
    }
  }

  /// Brings windows up to `now` first, and back to where they were on a fault. What to go back to is kept on the stack: only
  /// for a row of more than some hundred slots does this ask for memory.
  @inline(never)
  private mutating func applyWithWindows(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int, now: Int64, _ rolled: UnsafePointer<Int64>?,
    _ keyRolled: UnsafePointer<Int64>?, origin: borrowing String, order: BurnOrder, event: Int, fields: [Int64]
  ) throws(LedgerFault) {
    let (own, keys) = (layout.movingSlots, layout.keyMovingSlots)
    let keyStart = key < 0 ? 0 : key * layout.keyStride + keys.lowerBound
    let ownCount = rolled == nil ? 0 : own.count
    let keyCount = key < 0 || keyRolled == nil ? 0 : keys.count
    let fault = withUnsafeTemporaryAllocation(of: Int64.self, capacity: ownCount + keyCount) { saved -> LedgerFault? in
      for offset in 0..<ownCount {
        saved[offset] = row[own.lowerBound + offset]
        if let rolled { row[own.lowerBound + offset] = rolled[offset] }
      }
      for offset in 0..<keyCount {
        saved[ownCount + offset] = keyRows[keyStart + offset]
        if let keyRolled { keyRows[keyStart + offset] = keyRolled[offset] }
      }
      do throws(LedgerFault) {
        try applyRolled(changes, key: key, now: now, origin: origin, order: order, event: event, fields: fields)
        return nil
      } catch {
        for offset in 0..<ownCount { row[own.lowerBound + offset] = saved[offset] }
        for offset in 0..<keyCount { keyRows[keyStart + offset] = saved[ownCount + offset] }
        return error
      }
    }
    if let fault { throw fault }
  }

  private mutating func applyRolled(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int, now: Int64,
    origin: borrowing String, order: BurnOrder, event: Int, fields: [Int64]
  ) throws(LedgerFault) {
    var writer = RowWriter(tables: layout.tables, contraStart: layout.contraStart)
    let keyOffset = key * layout.keyStride
    let clockSlot = layout.clockSlot
    let fault = row.withUnsafeMutableBufferPointer { row -> LedgerFault? in
      // An array that was never filled has no address: a pointer to the account's row stands in, and is never used.
      guard let base = row.baseAddress else { return nil }
      let fault: LedgerFault?
      if key < 0 {
        fault = writer.write(changes, row: base, keyRow: nil)
      } else {
        fault = keyRows.withUnsafeMutableBufferPointer { keys in
          writer.write(changes, row: base, keyRow: keys.baseAddress.map { $0 + keyOffset })
        }
      }
      if fault == nil, writer.recordStart < 0, base[clockSlot] < now { base[clockSlot] = now }
      return fault
    }
    if let fault { throw fault }
    if writer.recordStart >= 0 {
      let source = RecordSource(now: now, origin: copy origin, order: order, event: event, fields: fields)
      try applyRecords(changes, &writer, key: key, source)
    } else if writer.touchedLots {
      followLots(changes, now: now, origin: origin, order: order)
    }
    if writer.movedCycle { forgetCycles() }
  }

  /// Keeps lots in step. Apart, so that requests, which touch none, need not carry it.
  @inline(never)
  private mutating func followLots(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, now: Int64, origin: borrowing String, order: BurnOrder
  ) {
    for change in changes { follow(change, now: now, origin: origin, order: order) }
    assignLots(order)
  }

  /// Billing cycles are counted from another instant now: their stored bounds hold no longer.
  private mutating func forgetCycles() {
    for window in layout.accountWindows where window.kind == .cycle { row[window.endSlot] = LedgerLayout.stale }
    for window in layout.keyWindows where window.kind == .cycle {
      for key in 0..<keyCount { keyRows[key * layout.keyStride + window.endSlot] = LedgerLayout.stale }
    }
  }

  /// Keeps the lots in step with a credit or a debit that was carried out.
  mutating func follow(_ change: LedgerChange, now: Int64, origin: borrowing String, order: BurnOrder) {
    guard change.amount > 0, change.kind == .credit || change.kind == .debit,
      let book = layout.buckets[Int(change.target)].lotBook
    else { return }
    // `allowance` is the balance just before this change.
    lotBooks[book].assign(posted: change.allowance, order: order)
    if change.kind == .credit {
      lotBooks[book].receive(
        kind: Int(change.lotKind), isPaid: Int(change.lotKind) == layout.paidLotKind, amount: change.amount, at: now,
        origin: copy origin)
    } else {
      lotBooks[book].assign(posted: change.allowance - change.amount, order: order)
    }
  }

  /// Brings the remainders of all lots to what is posted. A credit first fills a balance below zero: that part of the new lot
  /// is spent already.
  mutating func assignLots(_ order: BurnOrder) {
    for place in layout.buckets {
      if let book = place.lotBook { lotBooks[book].assign(posted: row[place.slot], order: order) }
    }
  }
}
