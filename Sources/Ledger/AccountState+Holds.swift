import Values

extension AccountState {
  /// The instructions that reserve what was drawn.
  ///
  /// - Parameters:
  ///   - drawn: what the waterfall took of each bucket.
  ///   - covered: the same at standard rates.
  ///   - key: the key it came with; -1 for none.
  public func changes(holding drawn: [Int64], covered: Int64, until expiry: Int64, key: Int) -> [LedgerChange] {
    var changes: [LedgerChange] = []
    for (bucket, amount) in drawn.enumerated() where amount > 0 {
      changes.append(LedgerChange(.reserve, target: bucket, amount: amount))
    }
    for (meter, place) in layout.meters.enumerated() where key >= 0 || !place.isPerKey {
      let amount = measured(place.measure, drawn, covered)
      if amount != 0 { changes.append(LedgerChange(.addHeld, target: meter, amount: amount, allowance: amount)) }
    }
    changes.append(LedgerChange(.hold, target: 0, amount: covered, allowance: expiry))
    return changes
  }

  /// The instructions that resolve a hold with what something did cost.
  ///
  /// What the hold reserved belongs to the windows it was made in. Where one has ended since, only the overrun counts in the
  /// new one. A hold that is not open reserves nothing any more.
  ///
  /// - Parameters:
  ///   - drawn: what each bucket pays in all.
  ///   - overrun: the part of it that the hold had not reserved.
  ///   - covered: what is paid in all at standard rates.
  ///   - overrunCovered: the part of it that the hold had not reserved.
  ///   - absorbed: what nobody pays.
  ///   - rolled: the moving part of the account's row with its windows up to date, if one has ended; the same of the row of
  ///     the hold's key.
  public func changes(
    settling hold: Int, drawn: [Int64], overrun: [Int64], covered: Int64, overrunCovered: Int64, absorbed: Int64,
    rolled: [Int64]?, keyRolled: [Int64]?
  ) -> [LedgerChange] {
    guard holds.has(hold) else { return [resolution(of: hold, .settled)] }
    let record = holds[hold]
    let isOpen = record.state == .open
    var changes = isOpen ? reserveReturned(record, rolled) : []
    for (bucket, amount) in drawn.enumerated() where amount != 0 {
      let isLate = isOpen && !isCurrent(layout.buckets[bucket].window, record, rolled)
      let late = isLate && bucket < overrun.count ? amount &- overrun[bucket] : 0
      changes.append(LedgerChange(late == 0 ? .draw : .drawLate, target: bucket, amount: amount, allowance: late))
    }
    for (meter, place) in layout.meters.enumerated() where record.key >= 0 || !place.isPerKey {
      let paid = measured(place.measure, drawn, covered)
      let reserved = isOpen ? measured(place.measure, record.drawn, record.covered) : 0
      if !isOpen || !isCurrent(place, record, rolled, keyRolled) {
        let counted = isOpen ? measured(place.measure, overrun, overrunCovered) : paid
        if counted != 0 { changes.append(LedgerChange(.add, target: meter, amount: counted)) }
      } else if paid != 0 || reserved != 0 {
        changes.append(LedgerChange(.addHeld, target: meter, amount: paid &- reserved, allowance: 0 &- reserved))
      }
    }
    if absorbed > 0 { changes.append(LedgerChange(.absorb, target: 0, amount: absorbed)) }
    changes.append(resolution(of: hold, .settled))
    return changes
  }

  /// The instructions that give back what a hold reserved.
  ///
  /// - Parameters:
  ///   - state: what the hold becomes.
  ///   - rolled: the moving part of the account's row with its windows up to date, if one has ended; the same of the row of
  ///     the hold's key.
  public func changes(
    releasing hold: Int, as state: Hold.State, rolled: [Int64]?, keyRolled: [Int64]?
  ) -> [LedgerChange] {
    guard holds.has(hold), holds[hold].state == .open else { return [resolution(of: hold, state)] }
    let record = holds[hold]
    var changes = reserveReturned(record, rolled)
    for (meter, place) in layout.meters.enumerated() where record.key >= 0 || !place.isPerKey {
      let reserved = measured(place.measure, record.drawn, record.covered)
      if reserved != 0, isCurrent(place, record, rolled, keyRolled) {
        changes.append(LedgerChange(.addHeld, target: meter, amount: 0 &- reserved, allowance: 0 &- reserved))
      }
    }
    changes.append(resolution(of: hold, state))
    return changes
  }

  /// The open hold that expires first, if it has by `now`.
  public func expiredHold(by now: Int64) -> Int? { nextExpiry <= now ? openHolds.first : nil }

  // MARK: - Parts

  private func resolution(of hold: Int, _ state: Hold.State) -> LedgerChange {
    LedgerChange(.resolve, target: hold, amount: state.rawValue)
  }

  private func reserveReturned(_ hold: Hold, _ rolled: [Int64]?) -> [LedgerChange] {
    hold.drawn.enumerated().compactMap { bucket, amount in
      guard amount > 0, isCurrent(layout.buckets[bucket].window, hold, rolled) else { return nil }
      return LedgerChange(.reserve, target: bucket, amount: -amount)
    }
  }

  /// What a meter counts of a payment.
  private func measured(_ measure: LedgerLayout.Measure, _ drawn: [Int64], _ covered: Int64) -> Int64 {
    switch measure {
    case .payments: covered
    case .bucketPayments(let bucket): drawn.indices.contains(bucket) ? drawn[bucket] : 0
    case .other: 0
    }
  }

  /// Whether the window of a resetting bucket is still the one the hold was made in; one that never ends always is.
  private func isCurrent(_ window: WindowKind?, _ hold: Hold, _ rolled: [Int64]?) -> Bool {
    guard let window, let index = layout.accountWindows.firstIndex(where: { $0.kind == window }),
      index < hold.epochs.count
    else { return true }
    return hold.epochs[index]
      == stored(layout.accountWindows[index].epochSlot, in: layout.movingSlots, rolled, row[...])
  }

  private func isCurrent(
    _ meter: LedgerLayout.Meter, _ hold: Hold, _ rolled: [Int64]?, _ keyRolled: [Int64]?
  ) -> Bool {
    guard meter.isPerKey else { return isCurrent(meter.window, hold, rolled) }
    guard let index = layout.keyWindows.firstIndex(where: { $0.kind == meter.window }), index < hold.keyEpochs.count,
      let row = keyRow(hold.key)
    else { return true }
    return hold.keyEpochs[index]
      == stored(layout.keyWindows[index].epochSlot, in: layout.keyMovingSlots, keyRolled, row)
  }

  /// A slot of the moving part, rolled or as it stands in the row.
  private func stored(_ slot: Int, in moving: Range<Int>, _ rolled: [Int64]?, _ row: ArraySlice<Int64>) -> Int64 {
    if let rolled, rolled.indices.contains(slot - moving.lowerBound) { return rolled[slot - moving.lowerBound] }
    return row[row.startIndex + slot]
  }
}
