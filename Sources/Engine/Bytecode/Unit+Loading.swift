import Language
import Ledger

/// Brings events and accounts into the frame, as far as the code reads them.
///
/// On the pointer, so that the unit itself is never copied. All counts are those of lists the compiler made.
extension UnsafeMutablePointer<Unit> {
  /// Takes the given fields of an event.
  ///
  /// - Returns: the first that is outside its declared range, -1 for none.
  @inline(__always)
  func take(_ given: UnsafeBufferPointer<Int64>) -> Int {
    let count = pointee.givenCount
    precondition(given.count == count, "an event comes with the fields it declares")
    let fields = pointee.frame + pointee.fields
    let ranges = pointee.ranges
    var index = 0
    while index < count {
      let value = given[index]
      fields[index] = value
      if ranges[index].isDoubtful(value) { return takeSlowly(given, from: index) }
      index &+= 1
    }
    return -1
  }

  @inline(never)
  private func takeSlowly(_ given: UnsafeBufferPointer<Int64>, from first: Int) -> Int {
    var misfit = -1
    for index in first..<given.count {
      pointee.frame[pointee.fields + index] = given[index]
      if misfit < 0, !pointee.ranges[index].fits(given[index]) { misfit = index }
    }
    return misfit
  }

  /// The key the event came with, by index; -1 for none and for one the account does not have.
  @inline(__always)
  func key(amongst account: borrowing AccountState) -> Int {
    let field = pointee.keyField
    guard field >= 0 else { return pointee.keyThrough < 0 ? -1 : keyThroughHold(amongst: account) }
    let value = pointee.frame[pointee.fields &+ field]
    return value >= 0 && value < Int64(account.keyCount) ? Int(truncatingIfNeeded: value) : -1
  }

  @inline(never)
  private func keyThroughHold(amongst account: borrowing AccountState) -> Int {
    let value = pointee.frame[pointee.fields &+ pointee.keyThrough]
    guard let hold = Int(exactly: value), account.holds.has(hold) else { return -1 }
    let key = account.holds[hold].key
    return key < account.keyCount ? key : -1
  }

  /// Nothing is drawn yet. There is room for two buckets at least (`FrameMap`), so that most policies need no loop here.
  @inline(__always)
  func clearDraws() {
    let drawn = pointee.frame + pointee.drawn
    drawn[0] = 0
    drawn[1] = 0
    if pointee.bucketCount > 2 { (drawn + 2).update(repeating: 0, count: pointee.bucketCount &- 2) }
  }

  /// The time an event at `time` counts as, see `AccountState.effectiveTime`.
  @inline(__always)
  func effectiveTime(_ time: Int64, for account: borrowing AccountState) -> Int64 {
    account.row.withUnsafeBufferPointer { row in
      guard let row = row.baseAddress else { return time }
      return max(time, row[pointee.clockSlot])
    }
  }

  /// Brings what the code reads of an account's row.
  ///
  /// - Returns: whether a window has ended.
  @inline(__always)
  func load(row: UnsafePointer<Int64>, now: Int64) -> Bool {
    Self.copy(pointee.settings, from: row, to: pointee.frame)
    Self.copy(pointee.slots, from: row, to: pointee.frame + pointee.account)
    return Self.hasEnded(pointee.windowEnds, row, now)
  }

  /// The same of a key's row.
  @inline(__always)
  func load(keyRow: UnsafePointer<Int64>, now: Int64) -> Bool {
    Self.copy(pointee.keySettings, from: keyRow, to: pointee.frame)
    Self.copy(pointee.keySlots, from: keyRow, to: pointee.frame + pointee.key)
    return Self.hasEnded(pointee.keyWindowEnds, keyRow, now)
  }

  /// Without a key its settings read as their defaults, and nothing was ever counted for it.
  @inline(never)
  func loadNoKey() {
    let frame = pointee.frame
    var load = pointee.keySettings
    while load.pointee.slot >= 0 {
      frame[Int(load.pointee.register)] = load.pointee.fallback
      load += 1
    }
    var slot = pointee.keySlots
    while slot.pointee >= 0 {
      frame[pointee.key + Int(slot.pointee)] = 0
      slot += 1
    }
  }

  // The lists are short, and end with a slot below zero rather than with a count: counted loops would be unrolled, and take
  // longer to get ready than to run.

  @inline(__always)
  private static func copy(
    _ settings: UnsafeMutablePointer<EventCode.SettingLoad>, from row: UnsafePointer<Int64>,
    to frame: UnsafeMutablePointer<Int64>
  ) {
    var load = settings
    while load.pointee.slot >= 0 {
      let stored = row[Int(load.pointee.slot)]
      frame[Int(load.pointee.register)] = stored == LedgerLayout.unset ? load.pointee.fallback : stored
      load += 1
    }
  }

  @inline(__always)
  private static func copy(
    _ slots: UnsafeMutablePointer<Int32>, from row: UnsafePointer<Int64>, to registers: UnsafeMutablePointer<Int64>
  ) {
    var next = slots
    while next.pointee >= 0 {
      let slot = Int(next.pointee)
      registers[slot] = row[slot]
      next += 1
    }
  }

  @inline(__always)
  private static func hasEnded(
    _ ends: UnsafeMutablePointer<Int32>, _ row: UnsafePointer<Int64>, _ now: Int64
  ) -> Bool {
    var next = ends
    while next.pointee >= 0 {
      if now >= row[Int(next.pointee)] { return true }
      next += 1
    }
    return false
  }
}

extension EventCode.FieldRange {
  /// Whether a look at both ends is not enough to tell that the value fits.
  @inline(__always)
  func isDoubtful(_ value: Int64) -> Bool {
    (value < low || value > high || isRatio) && !(value == LedgerLayout.none && isOptional)
  }

  func fits(_ value: Int64) -> Bool {
    if value >= low && value <= high { return !isRatio || ValueType.ratio.admits(value, in: ValueRange(low, high)) }
    return isOptional && value == LedgerLayout.none
  }
}
