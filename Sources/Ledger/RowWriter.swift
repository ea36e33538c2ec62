import Values

/// Carries out instructions on raw rows, with everything it needs in plain memory.
struct RowWriter {
  let tables: LedgerTables
  let contraStart: Int
  var movedCycle = false
  var touchedLots = false
  /// Where the list first concerns a hold, a payment or a refund, which rows alone cannot answer: the account goes on from
  /// there, looking at the record of each instruction before it is written. -1 before that.
  var recordStart = -1

  init(tables: LedgerTables, contraStart: Int) {
    self.tables = tables
    self.contraStart = contraStart
  }

  /// Writes all changes up to the first that concerns a record; on a fault takes back what it wrote.
  mutating func write(
    _ changes: UnsafeMutableBufferPointer<LedgerChange>, row: UnsafeMutablePointer<Int64>,
    keyRow: UnsafeMutablePointer<Int64>?
  ) -> LedgerFault? {
    var index = 0
    while index < changes.count {
      if let fault = write(&changes[index], row: row, keyRow: keyRow) {
        if recordStart >= 0 {
          recordStart = index
          return nil
        }
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

  /// Writes one change, or nothing of it.
  @inline(never)
  mutating func step(
    _ change: inout LedgerChange, row: UnsafeMutablePointer<Int64>, keyRow: UnsafeMutablePointer<Int64>?
  ) -> LedgerFault? {
    write(&change, row: row, keyRow: keyRow)
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
      return add(change.amount, toMeter: target, place)
    case .reset:
      let meter = tables.meters[target]
      guard let place = meter.isPerKey ? keyRow : row else { return nil }
      change.allowance = place[meter.slot]
      place[meter.slot] = place[meter.heldSlot]
      return nil
    case .reserve, .addHeld, .drawLate, .absorb: return writeHeld(change, row: row, keyRow: keyRow)
    case .hold, .resolve, .collect, .receive, .close, .refund, .confirm, .restore, .clawBack, .reinstate:
      return writeRecord(change, row: row)
    case .touch:
      let (slot, movesCycle) = tables.lasts[target]
      if movesCycle { movedCycle = true }
      change.allowance = row[slot]
      row[slot] = change.amount
      return nil
    }
  }

  /// What holds do to rows: apart, so that requests need not carry it.
  @inline(never)
  private func writeHeld(
    _ change: LedgerChange, row: UnsafeMutablePointer<Int64>, keyRow: UnsafeMutablePointer<Int64>?
  ) -> LedgerFault? {
    let target = Int(change.target)
    switch change.kind {
    case .reserve:
      let slot = tables.buckets[target].heldSlot
      let (held, overflow) = row[slot].addingReportingOverflow(change.amount)
      guard !overflow, held >= 0, held <= Money.largest.nano else {
        return .bucketOutOfRange(bucket: target, balance: row[slot], amount: change.amount)
      }
      row[slot] = held
      return nil
    case .addHeld:
      let meter = tables.meters[target]
      guard let place = meter.isPerKey ? keyRow : row else { return nil }
      if let fault = add(change.amount, toMeter: target, place) { return fault }
      let (held, overflow) = place[meter.heldSlot].addingReportingOverflow(change.allowance)
      guard !overflow, held >= 0, held <= max(0, meter.high) else {
        place[meter.slot] &-= change.amount
        return .meterOutOfRange(meter: target, total: place[meter.heldSlot], amount: change.allowance)
      }
      place[meter.heldSlot] = held
      return nil
    case .drawLate:
      if let fault = move(-change.amount, bucket: target, contra: .usage, row: row) { return fault }
      let place = tables.buckets[target]
      if place.window != nil { row[place.slot] &-= change.allowance }
      return nil
    case .absorb:
      guard change.amount > 0 else { return nil }
      let (absorbed, usage) = (contraStart &+ Int(Contra.absorbed.rawValue), contraStart &+ Int(Contra.usage.rawValue))
      let (less, lessOverflow) = row[absorbed].subtractingReportingOverflow(change.amount)
      guard !lessOverflow, less != Int64.min else { return .contraOutOfRange(.absorbed, amount: change.amount) }
      let (more, moreOverflow) = row[usage].addingReportingOverflow(change.amount)
      guard !moreOverflow else { return .contraOutOfRange(.usage, amount: change.amount) }
      row[absorbed] = less
      row[usage] = more
      return nil
    default: return nil
    }
  }

  /// What payments and refunds do to rows, once the account has filled in their amount and bucket.
  @inline(never)
  private mutating func writeRecord(_ change: LedgerChange, row: UnsafeMutablePointer<Int64>) -> LedgerFault? {
    guard recordStart >= 0 else {
      recordStart = Int.max
      return .wrongRecord(kind: "record", index: Int(change.target))
    }
    guard let (contra, sign) = RowWriter.side(of: change.kind), change.amount > 0 else { return nil }
    return move(sign &* change.amount, bucket: Int(change.lotKind), contra: contra, row: row)
  }

  /// The other side of what a payment or a refund moves, and whether the bucket gains by it.
  static func side(of kind: LedgerChange.Kind) -> (contra: Contra, sign: Int64)? {
    switch kind {
    case .receive: (.cards, 1)
    case .refund: (.refunds, -1)
    case .restore: (.refunds, 1)
    case .clawBack: (.disputes, -1)
    case .reinstate: (.disputes, 1)
    default: nil
    }
  }

  /// Adds to a meter's total in the row it is in.
  @inline(__always)
  private func add(_ amount: Int64, toMeter target: Int, _ row: UnsafeMutablePointer<Int64>) -> LedgerFault? {
    let meter = tables.meters[target]
    let (total, overflow) = row[meter.slot].addingReportingOverflow(amount)
    guard !overflow, total >= meter.low, total <= meter.high else {
      return .meterOutOfRange(meter: target, total: row[meter.slot], amount: amount)
    }
    row[meter.slot] = total
    return nil
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

  func takeBack(
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
    case .reserve: row[tables.buckets[target].heldSlot] &-= change.amount
    case .addHeld:
      let meter = tables.meters[target]
      guard let place = meter.isPerKey ? keyRow : row else { return }
      place[meter.slot] &-= change.amount
      place[meter.heldSlot] &-= change.allowance
    case .drawLate:
      let place = tables.buckets[target]
      if place.window != nil { row[place.slot] &+= change.allowance }
      takeBack(-change.amount, bucket: target, contra: .usage, row: row)
    case .absorb:
      row[contraStart &+ Int(Contra.absorbed.rawValue)] &+= max(0, change.amount)
      row[contraStart &+ Int(Contra.usage.rawValue)] &-= max(0, change.amount)
    case .hold, .resolve, .collect, .receive, .close, .refund, .confirm, .restore, .clawBack, .reinstate:
      guard let (contra, sign) = RowWriter.side(of: change.kind), change.amount > 0 else { return }
      takeBack(sign &* change.amount, bucket: Int(change.lotKind), contra: contra, row: row)
    }
  }

  private func takeBack(_ amount: Int64, bucket: Int, contra: Contra, row: UnsafeMutablePointer<Int64>) {
    let place = tables.buckets[bucket]
    row[place.bookSlot] &-= amount
    row[contraStart &+ Int(contra.rawValue)] &+= amount
    if place.window != nil { row[place.slot] &+= amount }
  }
}
