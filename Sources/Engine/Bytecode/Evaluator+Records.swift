import Language
import Ledger
import Values

/// Carries out what concerns holds, payments and refunds. The interpreter only says what is wanted of them: what that comes
/// to depends on the account's records.
extension Evaluator {
  @inline(never)
  func applyRecords(to account: inout AccountState, id: String, order: BurnOrder) throws(LedgerFault) {
    try carryOut(try instructions(for: account, order), on: &account, id: id, order: order)
  }

  /// Of everything that was decided only asks for the charge that the event waits for.
  func applyAwaited(to account: inout AccountState, id: String, order: BurnOrder) throws(LedgerFault) {
    let change = units[event].changes[Int(frame[Status.awaitedChange])]
    // What was decided may have been decided on another account: one that a rescue had changed.
    load(account, units + event, .other)
    frame[Status.records] = 1
    try carryOut([known(change, account)], on: &account, id: id, order: order)
  }

  /// Whether the event waits for a charge; who then denies it if the card says no.
  var awaited: EventCode.Decider? {
    guard frame[Status.records] & Status.waits != 0 else { return nil }
    return units[event].deciders[Int(frame[Status.awaited])]
  }

  /// Whether the last run asked for a charge.
  var collects: Bool { changeList.contains { $0.kind == .collect } }

  private func carryOut(
    _ changes: [LedgerChange], on account: inout AccountState, id: String, order: BurnOrder
  ) throws(LedgerFault) {
    carriedOut = []
    if changes.isEmpty { return }
    var list = changes
    let unit = units + event
    let fields = self.fields
    try list.withUnsafeMutableBufferPointer { list throws(LedgerFault) in
      try account.apply(
        list, key: key, now: now, rolled: isRolled ? UnsafePointer(frame + unit.pointee.moving) : nil,
        keyRolled: isRolled && key >= 0 ? UnsafePointer(frame + unit.pointee.keyMoving) : nil, origin: id,
        order: order, event: event, fields: fields)
    }
    carriedOut = list
  }

  private func instructions(for account: AccountState, _ order: BurnOrder) throws(LedgerFault) -> [LedgerChange] {
    var list = try movement(for: account)
    for change in changeList {
      switch change.kind {
      case .collect: list.append(known(change, account))
      case .resolve:
        try check(holdAt: Int(change.target), of: account)
        let rolled = rolled
        list += account.changes(
          releasing: Int(change.target), as: .voided, rolled: rolled.account, keyRolled: rolled.key)
      case .refund: list += try parts(of: change, account, order)
      default: list.append(change)
      }
    }
    return list
  }

  /// What is held or settled, in place of draws.
  private func movement(for account: AccountState) throws(LedgerFault) -> [LedgerChange] {
    guard frame[Status.payer] >= 0 else { return [] }
    switch codes[event].movement {
    case .none, .pay: return []
    case .hold:
      return account.changes(holding: drawn, covered: frame[Status.covered], until: frame[Status.until], key: key)
    case .settle:
      let hold = Int(exactly: frame[Status.hold]) ?? -1
      try check(holdAt: hold, of: account)
      let rolled = rolled
      return account.changes(
        settling: hold, drawn: drawn, overrun: numbers(from: units[event].overrun, units[event].bucketCount),
        covered: frame[Status.covered], overrunCovered: frame[Status.overrun], absorbed: frame[Status.shortfall],
        rolled: rolled.account, keyRolled: rolled.key)
    }
  }

  /// What a hold counted for its key is given back to that key: an event that comes with another cannot resolve it.
  private func check(holdAt index: Int, of account: AccountState) throws(LedgerFault) {
    guard account.holds.has(index), account.holds[index].key == key || account.holds[index].key < 0 else {
      throw .wrongRecord(kind: "hold", index: index)
    }
  }

  /// A charge of no card, if the account does not know the card.
  private func known(_ change: LedgerChange, _ account: AccountState) -> LedgerChange {
    let isKnown = change.allowance >= 0 && change.allowance < Int64(account.cardNames.count)
    return LedgerChange(change, amount: change.amount, allowance: isKnown ? change.allowance : LedgerLayout.none)
  }

  /// A refund, payment by payment: the newest first, or the one that is named, of each at most what its limit says.
  private func parts(
    of refund: LedgerChange, _ account: AccountState, _ order: BurnOrder
  ) throws(LedgerFault) -> [LedgerChange] {
    let bucket = Int(refund.lotKind)
    var candidates = Array(account.payments.indices.reversed())
    if refund.target != -1 && refund.target != Int32.min {
      guard account.payments.indices.contains(Int(refund.target)) else {
        throw .wrongRecord(kind: "payment", index: Int(refund.target))
      }
      candidates = [Int(refund.target)]
    }
    candidates.removeAll { account.payments[$0].bucket != bucket || account.payments[$0].state != .paid }
    if candidates.isEmpty { return [] }
    let rows = RecordRows.payments(of: account, order: order)
    let trace = compiled.trace(
      account, key: keyIndex, now: now, globals: globals, event: event, fields: fields, wholly: true)
    var walker = FactReader(compiled, trace).walker
    var left = refund.amount
    var parts: [LedgerChange] = []
    for payment in candidates where left > 0 {
      let limits = RecordRows.values(codes[event].limits[Int(refund.allowance)], of: [rows[payment]], by: &walker)
      let part = min(left, limits.first ?? 0)
      guard part > 0 else { continue }
      parts.append(LedgerChange(.refund, target: payment, amount: part, lotKind: bucket))
      left -= part
    }
    return parts
  }
}
