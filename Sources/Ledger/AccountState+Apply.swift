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
  ///   - origin: the event's id, kept with new lots.
  public mutating func apply(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int, now: Int64, rolled: UnsafePointer<Int64>? = nil,
    keyRolled: UnsafePointer<Int64>? = nil, origin: borrowing String = "", order: BurnOrder = .grantsFirst
  ) throws(LedgerFault) {
    let known = key >= 0 && key < keyCount ? key : -1
    if rolled != nil || keyRolled != nil {
      try applyWithWindows(changes, key: known, now: now, rolled, keyRolled, origin: origin, order: order)
    } else {
      try applyRolled(changes, key: known, now: now, origin: origin, order: order)
    }
  }

  /// Brings windows up to `now` first, and back to where they were on a fault. What to go back to is kept on the stack: only
  /// for a row of more than some hundred slots does this ask for memory.
  @inline(never)
  private mutating func applyWithWindows(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, key: Int, now: Int64, _ rolled: UnsafePointer<Int64>?,
    _ keyRolled: UnsafePointer<Int64>?, origin: borrowing String, order: BurnOrder
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
        try applyRolled(changes, key: key, now: now, origin: origin, order: order)
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
    origin: borrowing String, order: BurnOrder
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
      if fault == nil, base[clockSlot] < now { base[clockSlot] = now }
      return fault
    }
    if let fault { throw fault }
    if writer.movedCycle { forgetCycles() }
    if writer.touchedLots { follow(changes, now: now, origin: origin, order: order) }
  }

  /// Billing cycles are counted from another instant now: their stored bounds hold no longer.
  private mutating func forgetCycles() {
    for window in layout.accountWindows where window.kind == .cycle { row[window.endSlot] = LedgerLayout.stale }
    for window in layout.keyWindows where window.kind == .cycle {
      for key in 0..<keyCount { keyRows[key * layout.keyStride + window.endSlot] = LedgerLayout.stale }
    }
  }

  /// Keeps the lots in step with credits and debits that were carried out.
  private mutating func follow(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, now: Int64, origin: borrowing String, order: BurnOrder
  ) {
    for change in changes where change.amount > 0 && (change.kind == .credit || change.kind == .debit) {
      guard let book = layout.buckets[Int(change.target)].lotBook else { continue }
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
    // A credit first fills a balance below zero: that part of the new lot is spent already.
    for place in layout.buckets {
      if let book = place.lotBook { lotBooks[book].assign(posted: row[place.slot], order: order) }
    }
  }
}

/// Carries out instructions on raw rows, with everything it needs in plain memory.
struct RowWriter {
  let tables: LedgerTables
  let contraStart: Int
  var movedCycle = false
  var touchedLots = false

  init(tables: LedgerTables, contraStart: Int) {
    self.tables = tables
    self.contraStart = contraStart
  }

  /// Writes all changes; on a fault takes back what it wrote.
  mutating func write(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, row: UnsafeMutablePointer<Int64>,
    keyRow: UnsafeMutablePointer<Int64>?
  ) -> LedgerFault? {
    var index = 0
    while index < changes.count {
      if let fault = write(&changes[index], row: row, keyRow: keyRow) {
        while index > 0 {
          index -= 1
          takeBack(changes[index], row: row, keyRow: keyRow)
        }
        return fault
      }
      index &+= 1
    }
    return nil
  }

  @inline(__always)
  private mutating func write(
    _ change: inout LedgerChange, row: UnsafeMutablePointer<Int64>, keyRow: UnsafeMutablePointer<Int64>?
  ) -> LedgerFault? {
    let target = Int(change.target)
    switch change.kind {
    case .draw:
      return move(-change.amount, bucket: target, contra: .usage, row: row)
    case .credit:
      let bucket = tables.buckets[target]
      guard change.amount > 0 else { return nil }
      change.allowance = row[bucket.slot]
      if bucket.lotBook != nil { touchedLots = true }
      return move(change.amount, bucket: target, contra: change.contra, row: row)
    case .debit:
      let bucket = tables.buckets[target]
      let used = row[bucket.slot]
      // Amounts and allowances are inside ± $1 billion, so the difference cannot wrap.
      let posted = bucket.window == nil ? used : change.allowance &- used
      change.amount = max(0, min(change.amount, posted))
      change.allowance = used
      if bucket.lotBook != nil && change.amount > 0 { touchedLots = true }
      return move(-change.amount, bucket: target, contra: change.contra, row: row)
    case .set:
      let setting = tables.settings[target]
      let fits = change.amount >= setting.low && change.amount <= setting.high
      guard fits || (setting.isOptional && change.amount == LedgerLayout.none) || change.amount == LedgerLayout.unset
      else { return .settingOutOfRange(setting: target, value: change.amount) }
      guard let place = setting.scope == .key ? keyRow : row, setting.scope != .global else { return nil }
      change.allowance = place[setting.slot]
      place[setting.slot] = change.amount
      if setting.movesCycle { movedCycle = true }
      return nil
    case .add:
      let meter = tables.meters[target]
      guard let place = meter.isPerKey ? keyRow : row else { return nil }
      let (total, overflow) = place[meter.slot].addingReportingOverflow(change.amount)
      guard !overflow, total >= meter.low, total <= meter.high else {
        return .meterOutOfRange(meter: target, total: place[meter.slot], amount: change.amount)
      }
      place[meter.slot] = total
      return nil
    case .reset:
      let meter = tables.meters[target]
      guard let place = meter.isPerKey ? keyRow : row else { return nil }
      change.allowance = place[meter.slot]
      place[meter.slot] = place[meter.heldSlot]
      return nil
    case .touch:
      let (slot, movesCycle) = tables.lasts[target]
      if movesCycle { movedCycle = true }
      change.allowance = row[slot]
      row[slot] = change.amount
      return nil
    }
  }

  /// Moves `amount` into a bucket (out of it below zero) against a contra account.
  @inline(__always)
  private func move(_ amount: Int64, bucket: Int, contra: Contra, row: UnsafeMutablePointer<Int64>) -> LedgerFault? {
    let place = tables.buckets[bucket]
    let (balance, overflow) = row[place.bookSlot].addingReportingOverflow(amount)
    guard !overflow, balance.magnitude <= Money.largest.nano.magnitude else {
      return .bucketOutOfRange(bucket: bucket, balance: row[place.bookSlot], amount: amount)
    }
    let other = contraStart &+ Int(contra.rawValue)
    let (against, contraOverflow) = row[other].subtractingReportingOverflow(amount)
    guard !contraOverflow, against != Int64.min else { return .contraOutOfRange(contra, amount: amount) }
    row[other] = against
    row[place.bookSlot] = balance
    // What was used of an allowance stays inside what the book ever gave, so it needs no check of its own.
    if place.window != nil { row[place.slot] &-= amount }
    return nil
  }

  private func takeBack(
    _ change: LedgerChange, row: UnsafeMutablePointer<Int64>, keyRow: UnsafeMutablePointer<Int64>?
  ) {
    let target = Int(change.target)
    switch change.kind {
    case .draw: takeBack(-change.amount, bucket: target, contra: .usage, row: row)
    case .credit: takeBack(max(0, change.amount), bucket: target, contra: change.contra, row: row)
    case .debit: takeBack(-change.amount, bucket: target, contra: change.contra, row: row)
    case .set:
      let setting = tables.settings[target]
      guard let place = setting.scope == .key ? keyRow : row, setting.scope != .global else { return }
      place[setting.slot] = change.allowance
    case .add:
      let meter = tables.meters[target]
      if let place = meter.isPerKey ? keyRow : row { place[meter.slot] &-= change.amount }
    case .reset:
      let meter = tables.meters[target]
      if let place = meter.isPerKey ? keyRow : row { place[meter.slot] = change.allowance }
    case .touch: row[tables.lasts[target].slot] = change.allowance
    }
  }

  private func takeBack(_ amount: Int64, bucket: Int, contra: Contra, row: UnsafeMutablePointer<Int64>) {
    let place = tables.buckets[bucket]
    row[place.bookSlot] &-= amount
    row[contraStart &+ Int(contra.rawValue)] &+= amount
    if place.window != nil { row[place.slot] &+= amount }
  }
}

/// The places of a layout in plain memory, so that the hot path touches no reference.
struct LedgerTables: @unchecked Sendable {
  let settings: UnsafeMutablePointer<LedgerLayout.Setting>
  let buckets: UnsafeMutablePointer<LedgerLayout.Bucket>
  let meters: UnsafeMutablePointer<LedgerLayout.Meter>
  let lasts: UnsafeMutablePointer<(slot: Int, movesCycle: Bool)>

  init(
    settings: [LedgerLayout.Setting], buckets: [LedgerLayout.Bucket], meters: [LedgerLayout.Meter],
    lasts: [(slot: Int, movesCycle: Bool)]
  ) {
    self.settings = LedgerTables.copy(settings)
    self.buckets = LedgerTables.copy(buckets)
    self.meters = LedgerTables.copy(meters)
    self.lasts = LedgerTables.copy(lasts)
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
    return memory
  }

  /// The elements are plain numbers, so there is nothing to deinitialize.
  func deallocate() {
    settings.deallocate()
    buckets.deallocate()
    meters.deallocate()
    lasts.deallocate()
  }
}
