import Language
import Ledger
import Values

/// Brings into the frame what the code reads of the account.
extension Evaluator {
  /// The settings with their defaults, windows up to date.
  ///
  /// - Parameter part: the part of the code that runs next.
  @inline(__always)
  func load(_ account: borrowing AccountState, _ unit: UnsafeMutablePointer<Unit>, _ part: EventCode.Part) {
    unit.pointee.frame[unit.pointee.now] = now
    var mustRoll = unit.pointee.alwaysRolls
    account.row.withUnsafeBufferPointer { row in
      if let row = row.baseAddress, unit.load(row: row, now: now) { mustRoll = true }
    }
    if unit.pointee.readsKey {
      if key >= 0 {
        account.keyRows.withUnsafeBufferPointer { rows in
          if let rows = rows.baseAddress, unit.load(keyRow: rows + key &* unit.pointee.keyStride, now: now) {
            mustRoll = true
          }
        }
      } else {
        unit.loadNoKey()
      }
    }
    if unit.pointee.partsBringingMore & part.bit != 0 { bringMore(account, unit, part) }
    isRolled = false
    if mustRoll { roll(account, unit) }
  }

  @inline(never)
  private func bringMore(
    _ account: borrowing AccountState, _ unit: UnsafeMutablePointer<Unit>, _ part: EventCode.Part
  ) {
    let frame = unit.pointee.frame
    let isMore = bringTotalsOfNothing(for: part, of: account, unit)
    if !isMore { return }
    for dated in codes[event].dated {
      let setting = compiled.program.settings[dated.setting]
      let isUnset =
        setting.scope == .global
        ? globals[layout.settings[dated.setting].slot] == LedgerLayout.unset
        : frame[dated.register] == LedgerLayout.unset
      if isUnset { frame[dated.register] = setting.value(at: now) }
    }
    for load in codes[event].records where load.isRead { bring(load.place, of: account, to: unit) }
    bring(totalsFor: part, of: account)
  }

  /// The numbers of a record that a field names; none of all of them where it names none.
  private func bring(
    _ record: FrameMap.Record, of account: borrowing AccountState, to unit: UnsafeMutablePointer<Unit>
  ) {
    let frame = unit.pointee.frame
    let index = Int(exactly: frame[unit.pointee.fields + record.field]) ?? -1
    let order = compiled.burnOrder(globals, at: now)
    let row = RecordRows.row(of: record.kind, at: index, in: account, program: compiled.program, order: order) ?? []
    for number in 0..<record.numbers {
      frame[record.first + number] = number < row.count ? row[number] : ValueType.none
    }
    guard record.kind == .hold else { return }
    let drawn = account.holds.has(index) ? account.holds[index].drawn : []
    for bucket in 0..<unit.pointee.bucketCount {
      frame[record.drawn + bucket] = bucket < drawn.count ? drawn[bucket] : 0
    }
  }

  /// An account without payments, and an event that wants nothing else: the totals are those of no payments.
  ///
  /// - Returns: whether there is more to bring.
  @inline(__always)
  private func bringTotalsOfNothing(
    for part: EventCode.Part, of account: borrowing AccountState, _ unit: UnsafeMutablePointer<Unit>
  ) -> Bool {
    guard account.payments.isEmpty, unit.pointee.bringsTotalsAtMost else { return true }
    (unit.pointee.frame + unit.pointee.totals).update(from: noTotals, count: noTotalsCount)
    return false
  }

  /// What is derived of all payments together: the tree walker looks at each of them.
  func bring(totalsFor part: EventCode.Part, of account: borrowing AccountState) {
    guard let wanted = codes[event].totals[part] else { return }
    let totals = compiled.totals(of: wanted, account, globals: globals, at: now)
    for (index, total) in zip(wanted, totals) { frame[codes[event].map.totals + index] = total }
  }

  /// The first given field that does not fit: outside its declared range, or naming a record that the account does not have.
  @inline(never)
  func firstMisfit(
    _ given: UnsafeBufferPointer<Int64>, _ misfit: Int, _ account: borrowing AccountState
  ) -> Int {
    for load in codes[event].records {
      let field = load.place.field
      if misfit >= 0, misfit < field { return misfit }
      if given[field] == ValueType.none, units[event].ranges[field].isOptional { continue }
      let record = Int(exactly: given[field]) ?? -1
      let isKnown =
        switch load.place.kind {
        case .hold: account.holds.has(record)
        case .payment: account.payments.indices.contains(record)
        case .refund: account.refunds.indices.contains(record)
        }
      if !isKnown { return field }
    }
    return misfit
  }

  /// A window has ended: the rare way. Only here all of the moving parts come into the frame, because windows that this event
  /// does not read end too; and only here is computed what cycles are counted from.
  @inline(never)
  private func roll(_ account: borrowing AccountState, _ unit: UnsafeMutablePointer<Unit>) {
    let frame = unit.pointee.frame
    account.row.withUnsafeBufferPointer { row in
      guard let row = row.baseAddress else { return }
      (frame + unit.pointee.moving).update(from: row + unit.pointee.firstMoving, count: unit.pointee.movingCount)
    }
    if key >= 0 {
      account.keyRows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        (frame + unit.pointee.keyMoving).update(
          from: rows + key &* unit.pointee.keyStride + unit.pointee.firstKeyMoving, count: unit.pointee.keyMovingCount)
      }
    }
    var anchor: Int64?
    if unit.pointee.entries.anchor >= 0 {
      Interpreter.run(unit, from: unit.pointee.entries.anchor)
      let value = frame[unit.pointee.anchor]
      if value != ValueType.none { anchor = value }
    }
    isRolled = layout.roll(.account, in: frame + unit.pointee.account, now: now, anchor: anchor)
    if key >= 0, layout.roll(.key, in: frame + unit.pointee.key, now: now, anchor: anchor) {
      isRolled = true
    }
  }

  /// The moving part of the account's row as of now, where a window has ended; the same of the key's.
  var rolled: (account: [Int64]?, key: [Int64]?) {
    guard isRolled else { return (nil, nil) }
    let unit = units[event]
    return (
      numbers(from: unit.moving, unit.movingCount),
      key < 0 ? nil : numbers(from: unit.keyMoving, unit.keyMovingCount)
    )
  }
}
