import Language
import Ledger
import Values

extension ReferenceEngine {
  /// An account as an event finds it, with the event's own facts.
  struct Moment {
    var row: [Int64]
    var keyRow: [Int64]?
    var key: Int?
    var now: Int64
    var globals: [Int64]
    var event: Int
    var fields: [Int64]
    var drawn: [Int64] = []
    var covered: Int64 = 0
    var shortfall: Int64 = 0
    /// The moment before the event, where `previous` may be asked; at most one.
    var earlier: [Moment] = []

    init(_ account: AccountState, key: Int?, now: Int64, globals: [Int64], event: Int, fields: [Int64]) {
      row = account.row
      keyRow = key.flatMap { account.keyRow($0) }.map(Array.init)
      self.key = key
      self.now = now
      self.globals = globals
      self.event = event
      self.fields = fields
    }
  }

  func trace(_ moment: Moment, _ outcome: Outcome? = nil) -> Trace {
    var trace = Trace(
      event: moment.event, now: moment.now, globals: moment.globals, row: moment.row, keyRow: moment.keyRow,
      fields: moment.fields)
    if let outcome {
      trace.amount = outcome.amount
      trace.drawn = outcome.drawn
      trace.covered = outcome.isDenied ? 0 : outcome.amount
      trace.shortfall = outcome.shortfall
    }
    return trace
  }

  func checked(_ expr: Expr, _ moment: Moment) throws(EngineFault) -> Int64 {
    var walker = TreeWalker(program) { value(of: $0, moment, &$1) }
    let result = walker.evaluate(expr)
    if let fault = walker.fault { throw fault }
    return result
  }

  func evaluate(_ expr: Expr, _ moment: Moment) -> Int64 {
    var walker = TreeWalker(program) { value(of: $0, moment, &$1) }
    return walker.evaluate(expr)
  }

  func evaluate(_ fact: Fact, _ moment: Moment) -> Int64 {
    var walker = TreeWalker(program) { value(of: $0, moment, &$1) }
    return value(of: fact, moment, &walker)
  }

  private func value(of fact: Fact, _ moment: Moment, _ walker: inout TreeWalker) -> Int64 {
    switch fact {
    case .now: return moment.now
    case .cycleStart: return current(.cycle, moment).start
    case .cycleEnd: return current(.cycle, moment).end
    case .field(let event, let field):
      if event == moment.event, field < moment.fields.count { return moment.fields[field] }
      return ValueType.none
    case .setting(let index):
      let place = layout.settings[index]
      var stored = ValueType.unset
      switch place.scope {
      case .global: stored = moment.globals[place.slot]
      case .account: stored = moment.row[place.slot]
      case .key: if let row = moment.keyRow { stored = row[place.slot] }
      }
      if stored != ValueType.unset { return stored }
      var value = ValueType.none
      for (from, dated) in program.settings[index].defaults where from <= moment.now { value = dated }
      return value
    case .posted(let bucket):
      guard let resets = program.buckets[bucket].resets else { return moment.row[layout.buckets[bucket].slot] }
      return max(0, walker.evaluate(resets.allowance) - used(bucket, moment))
    case .available(let bucket):
      return max(0, value(of: .posted(bucket), moment, &walker) - value(of: .held(bucket), moment, &walker))
    case .held(let bucket): return moment.row[layout.buckets[bucket].heldSlot]
    case .meter(let index): return total(index, moment)
    case .last(let event): return moment.row[layout.lastSlots[event]]
    case .drawn(let bucket): return moment.drawn[bucket]
    case .covered: return moment.covered
    case .shortfall: return moment.shortfall
    case .previous(let inner):
      guard let earlier = moment.earlier.first else { return value(of: inner, moment, &walker) }
      return evaluate(inner, earlier)
    }
  }

  /// The instant cycles are counted from: it depends on nothing that belongs to a cycle.
  private func anchor(_ moment: Moment) -> Int64? {
    guard let expr = program.cycleAnchor else { return nil }
    let value = evaluate(expr, moment)
    return value == ValueType.none ? nil : value
  }

  private func isUncertain(_ kind: WindowKind) -> Bool { kind == .cycle && layout.cycleIsVolatile }

  /// The window of this kind that the moment is in.
  private func current(_ kind: WindowKind, _ moment: Moment) -> Window {
    if let slots = layout.accountWindows.first(where: { $0.kind == kind }), moment.now < moment.row[slots.endSlot],
      !isUncertain(kind)
    {
      return Window(start: moment.row[slots.startSlot], end: moment.row[slots.endSlot])
    }
    return BillingCalendar.window(kind, at: moment.now, anchor: kind == .cycle ? anchor(moment) : nil)
  }

  /// Whether what a row stores for this kind of window belongs to the window the moment is in.
  private func isCurrent(
    _ kind: WindowKind, _ slots: [LedgerLayout.WindowSlots], _ row: [Int64], _ moment: Moment
  )
    -> Bool
  {
    guard let place = slots.first(where: { $0.kind == kind }) else { return true }
    if moment.now < row[place.endSlot], !isUncertain(kind) { return true }
    let anchor = kind == .cycle ? anchor(moment) : nil
    return BillingCalendar.window(kind, at: moment.now, anchor: anchor).start == row[place.startSlot]
  }

  private func used(_ bucket: Int, _ moment: Moment) -> Int64 {
    guard let kind = layout.buckets[bucket].window else { return 0 }
    return isCurrent(kind, layout.accountWindows, moment.row, moment) ? moment.row[layout.buckets[bucket].slot] : 0
  }

  private func total(_ meter: Int, _ moment: Moment) -> Int64 {
    let place = layout.meters[meter]
    if place.isPerKey {
      guard let row = moment.keyRow else { return 0 }
      return isCurrent(place.window, layout.keyWindows, row, moment) ? row[place.slot] : row[place.heldSlot]
    }
    return isCurrent(place.window, layout.accountWindows, moment.row, moment)
      ? moment.row[place.slot] : moment.row[place.heldSlot]
  }

  /// The moving part of the account's row as of the moment.
  func movingPart(_ moment: Moment) -> [Int64] {
    var row = moment.row
    for bucket in layout.buckets.indices where layout.buckets[bucket].window != nil {
      row[layout.buckets[bucket].slot] = used(bucket, moment)
    }
    for meter in layout.meters.indices where !layout.meters[meter].isPerKey {
      row[layout.meters[meter].slot] = total(meter, moment)
    }
    for slots in layout.accountWindows
    where moment.now >= moment.row[slots.endSlot] || isUncertain(slots.kind) {
      let window = current(slots.kind, moment)
      row[slots.startSlot] = window.start
      row[slots.endSlot] = window.end
    }
    return Array(row[layout.movingSlots])
  }

  func movingKeyPart(_ moment: Moment) -> [Int64] {
    guard var row = moment.keyRow else { return [] }
    for meter in layout.meters.indices where layout.meters[meter].isPerKey {
      row[layout.meters[meter].slot] = total(meter, moment)
    }
    for slots in layout.keyWindows where moment.now >= row[slots.endSlot] || isUncertain(slots.kind) {
      let anchor = slots.kind == .cycle ? anchor(moment) : nil
      let window = BillingCalendar.window(slots.kind, at: moment.now, anchor: anchor)
      row[slots.startSlot] = window.start
      row[slots.endSlot] = window.end
    }
    return Array(row[layout.keyMovingSlots])
  }
}
