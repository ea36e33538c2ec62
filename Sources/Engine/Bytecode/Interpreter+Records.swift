import Language
import Ledger
import Values

/// What holds, charges and refunds add to the loop. Apart from it, so that requests need not carry them.
extension Interpreter {
  /// Runs the instruction before `next`.
  ///
  /// - Returns: what to run then; nil for nothing.
  @inline(never)
  static func runRecord(
    _ unit: UnsafeMutablePointer<Unit>, _ next: UnsafeMutablePointer<Instruction>
  ) -> UnsafeMutablePointer<Instruction>? {
    let frame = unit.pointee.frame
    let now = (next - 1).pointee
    switch now.opcode {
    case .hold: return hold(unit, now) ? next : nil
    case .settle: return settle(unit, now, next.pointee) ? next + 1 : nil
    case .startOverrun: startOverrun(frame)
    case .limitOverrun: limitOverrun(frame, to: max(0, frame[now.b]))
    case .endSettling: return endSettling(unit) ? next : unit.pointee.code + now.c
    case .owe: owe(now, frame)
    case .endHolding: return endHolding(frame) ? next : nil
    case .emitRecord: emit(unit, record: now, frame)
    case .emitRecordPositive: if frame[now.c] > 0 { emit(unit, record: now, frame) }
    case .collect: collect(unit, now, frame)
    case .collectOnce: if frame[Status.resumed] == 0 { collect(unit, now, frame) }
    case .wait: return wait(unit, now) ? next : nil
    default: break
    }
    return next
  }

  /// Starts reserving: from here on as any payment.
  private static func hold(_ unit: UnsafeMutablePointer<Unit>, _ now: Instruction) -> Bool {
    let frame = unit.pointee.frame
    guard pays(unit, now, frame) else { return false }
    let time = frame[unit.pointee.now]
    let (expiry, overflow) = time.addingReportingOverflow(max(0, frame[now.a]))
    frame[Status.until] = overflow ? Int64.max : expiry
    return true
  }

  /// Starts settling: first what the hold reserved, as far as it is there.
  private static func settle(_ unit: UnsafeMutablePointer<Unit>, _ now: Instruction, _ further: Instruction) -> Bool {
    let frame = unit.pointee.frame
    guard pays(unit, now, frame) else { return false }
    let isOpen = frame[now.a] == Hold.State.open.rawValue
    let amount = frame[Status.amount]
    let need = min(amount, isOpen ? max(0, frame[now.a &+ 1]) : 0)
    frame[Status.need] = need
    frame[Status.over] = amount &- need
    frame[Status.asked] = 0
    frame[Status.hold] = frame[further.b]
    frame[Status.owed] = Int64(further.c)
    for bucket in 0..<unit.pointee.bucketCount {
      frame[unit.pointee.floor &+ bucket] = isOpen ? frame[further.a &+ bucket] : 0
      frame[unit.pointee.overrun &+ bucket] = 0
    }
    return true
  }

  /// What was reserved is used up: what is left to pay is asked for as any payment is.
  private static func startOverrun(_ frame: UnsafeMutablePointer<Int64>) {
    frame[Status.need] &+= frame[Status.over]
    frame[Status.over] = 0
    frame[Status.asked] = frame[Status.need]
  }

  private static func limitOverrun(_ frame: UnsafeMutablePointer<Int64>, to cap: Int64) {
    let excess = frame[Status.need] &- cap
    guard excess > 0 else { return }
    frame[Status.need] = cap
    frame[Status.over] &+= excess
  }

  /// - Returns: whether something remains that is owed.
  private static func endSettling(_ unit: UnsafeMutablePointer<Unit>) -> Bool {
    let frame = unit.pointee.frame
    let left = frame[Status.need] &+ frame[Status.over]
    for bucket in 0..<unit.pointee.bucketCount {
      frame[unit.pointee.drawn &+ bucket] &+= frame[unit.pointee.overrun &+ bucket]
    }
    frame[Status.shortfall] = left
    frame[Status.covered] = frame[Status.amount] &- left
    frame[Status.overrun] = frame[Status.asked] &- left
    frame[Status.need] = left
    frame[Status.records] |= 1
    return left > 0 && frame[Status.owed] != 0
  }

  private static func owe(_ now: Instruction, _ frame: UnsafeMutablePointer<Int64>) {
    let left = frame[Status.need]
    let due = now.b == 1 && frame[Status.due] >= 0 ? frame[Status.due] : left
    frame[now.a] &+= due
    frame[now.c] &+= due
    frame[Status.shortfall] = 0
    frame[Status.covered] = frame[Status.amount]
    frame[Status.overrun] = frame[Status.asked]
  }

  /// - Returns: whether there was enough. The ledger reserves it, so no draws are written down.
  private static func endHolding(_ frame: UnsafeMutablePointer<Int64>) -> Bool {
    if frame[Status.need] > 0 {
      frame[Status.verdict] = Int64(Evaluator.Verdict.denied.rawValue)
      frame[Status.decider] = frame[Status.short]
      frame[Status.shortfall] = frame[Status.need]
      return false
    }
    frame[Status.covered] = frame[Status.amount]
    if frame[Status.payer] >= 0 { frame[Status.records] |= 1 }
    return true
  }

  private static func emit(
    _ unit: UnsafeMutablePointer<Unit>, record now: Instruction, _ frame: UnsafeMutablePointer<Int64>
  ) {
    let template = unit.pointee.templates[now.a]
    var change = LedgerChange(template, amount: frame[now.c], allowance: template.allowance)
    // An absent record is below zero, and stays so: the ledger knows none by that index.
    change.target = Int32(clamping: frame[now.b])
    append(change, to: unit)
  }

  private static func collect(
    _ unit: UnsafeMutablePointer<Unit>, _ now: Instruction, _ frame: UnsafeMutablePointer<Int64>
  ) {
    guard frame[now.b] > 0 else { return }
    append(
      LedgerChange(unit.pointee.templates[now.a], amount: frame[now.b], allowance: frame[now.c]), to: unit)
  }

  private static func append(_ change: LedgerChange, to unit: UnsafeMutablePointer<Unit>) {
    let frame = unit.pointee.frame
    let end = frame[Status.changeEnd]
    unit.pointee.changes[Int(end)] = change
    frame[Status.changeEnd] = end &+ 1
    frame[Status.records] |= 1
  }

  /// - Returns: false if the event waits for a charge already.
  private static func wait(_ unit: UnsafeMutablePointer<Unit>, _ now: Instruction) -> Bool {
    let frame = unit.pointee.frame
    guard frame[now.b] > 0 else { return true }
    if frame[Status.records] & Status.waits != 0 {
      if frame[Status.resumed] != 0 { return true }
      frame[Status.verdict] = Int64(Evaluator.Verdict.twoPayments.rawValue)
      frame[Status.payer] = Int64(unit.pointee.deciders[Int(frame[Status.awaited])].rule)
      frame[Status.fault] = Int64(unit.pointee.deciders[now.c].rule)
      return false
    }
    frame[Status.records] |= Status.waits
    frame[Status.awaited] = Int64(now.c)
    frame[Status.awaitedChange] = frame[Status.changeEnd]
    return true
  }
}
