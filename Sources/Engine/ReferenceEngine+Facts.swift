import Language
import Ledger
import Values

extension ReferenceEngine {
  /// An account as an event finds it, with the event's own facts.
  struct Moment {
    let account: AccountState
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
    var isRescued = false
    /// The event was decided before, and waited for a charge.
    var isTakenUp = false
    /// The charges of cards that `on` rules ask for were made before.
    var skipsCollections = false
    /// The moment before the event, where `previous` may be asked; at most one.
    var earlier: [Moment] = []

    init(_ account: AccountState, key: Int?, now: Int64, globals: [Int64], event: Int, fields: [Int64]) {
      self.account = account
      row = account.row
      keyRow = key.flatMap { account.keyRow($0) }.map(Array.init)
      self.key = key
      self.now = now
      self.globals = globals
      self.event = event
      self.fields = fields
    }
  }

  /// An account as an event finds it. An event without a key of its own has that of the hold it names.
  func moment(_ account: AccountState, _ input: EventInput, _ now: Int64) -> Moment {
    let event = program.events[input.event]
    var key: Int64 = -1
    if let field = event.keyField {
      key = input.fields[field]
    } else if let field = event.keyThrough, let hold = Int(exactly: input.fields[field]),
      account.holds.has(hold)
    {
      key = Int64(account.holds[hold].key)
    }
    let known = key >= 0 && key < Int64(account.keyCount) ? Int(key) : nil
    return Moment(account, key: known, now: now, globals: globals, event: input.event, fields: input.fields)
  }

  func trace(_ moment: Moment, _ outcome: Outcome? = nil) -> Trace {
    var trace = Trace(
      event: moment.event, now: moment.now, globals: moment.globals, row: moment.row, keyRow: moment.keyRow,
      fields: moment.fields)
    trace.key = moment.key
    trace.records = RecordRows.records(
      of: moment.event, fields: moment.fields, in: moment.account, program: program, order: order(moment))
    if let outcome {
      trace.amount = outcome.amount
      trace.drawn = outcome.drawn
      trace.covered = outcome.isDenied ? 0 : outcome.covered
      trace.shortfall = outcome.shortfall
    }
    return trace
  }

  /// Which lots burn first: what the first bucket says that says it, else grants.
  func order(_ moment: Moment) -> BurnOrder {
    guard let expr = program.buckets.compactMap(\.lotOrder).first, case .enumeration(let words) = expr.type.base
    else { return .grantsFirst }
    let word = evaluate(expr, moment)
    return words.firstIndex(of: "oldest_first").map(Int64.init) == word ? .oldestFirst : .grantsFirst
  }

  func walker(_ moment: Moment) -> TreeWalker { TreeWalker(program) { value(of: $0, moment, &$1) } }

  func checked(_ expr: Expr, _ moment: Moment) throws(EngineFault) -> Int64 {
    var walker = walker(moment)
    let result = walker.evaluate(expr)
    if let fault = walker.fault { throw fault }
    return result
  }

  func evaluate(_ expr: Expr, _ moment: Moment) -> Int64 {
    var walker = walker(moment)
    return walker.evaluate(expr)
  }

  func evaluate(_ fact: Fact, _ moment: Moment) -> Int64 {
    var walker = walker(moment)
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
    case .held(let bucket): return held(bucket, moment)
    case .meter(let index): return total(index, moment).total
    case .last(let event): return moment.row[layout.lastSlots[event]]
    case .drawn(let bucket): return moment.drawn[bucket]
    case .covered: return moment.covered
    case .shortfall: return moment.shortfall
    case .rescued: return moment.isRescued ? 1 : 0
    case .eventKey: return moment.key.map(Int64.init) ?? ValueType.none
    case .collecting: return moment.account.payments.contains { $0.state == .pending } ? 1 : 0
    case .record(let event, let field, let number):
      guard event == moment.event, field < moment.fields.count, let index = Int(exactly: moment.fields[field]),
        case .record(let kind) = program.events[event].fields[field].type.base,
        let row = RecordRows.row(
          of: kind, at: index, in: moment.account, program: program, order: order(moment)), number < row.count
      else { return ValueType.none }
      return row[number]
    // The walker has the record at hand.
    case .own: return ValueType.none
    case .total(let index):
      return RecordRows.total(index, of: RecordRows.payments(of: moment.account, order: order(moment)), by: &walker)
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

  /// What a resetting bucket gave in the window the moment is in.
  private func used(_ bucket: Int, _ moment: Moment) -> Int64 {
    isOfNow(bucket, moment) ? moment.row[layout.buckets[bucket].slot] : 0
  }

  private func held(_ bucket: Int, _ moment: Moment) -> Int64 {
    isOfNow(bucket, moment) ? moment.row[layout.buckets[bucket].heldSlot] : 0
  }

  private func isOfNow(_ bucket: Int, _ moment: Moment) -> Bool {
    guard let kind = layout.buckets[bucket].window else { return true }
    return isCurrent(kind, layout.accountWindows, moment.row, moment)
  }

  /// What a meter counts in the window the moment is in, and the part of it that holds make up.
  private func total(_ meter: Int, _ moment: Moment) -> (total: Int64, held: Int64) {
    let place = layout.meters[meter]
    guard let row = place.isPerKey ? moment.keyRow : moment.row else { return (0, 0) }
    let windows = place.isPerKey ? layout.keyWindows : layout.accountWindows
    return isCurrent(place.window, windows, row, moment) ? (row[place.slot], row[place.heldSlot]) : (0, 0)
  }

  /// The moving part of the account's row as of the moment: what belonged to a window that has ended begins anew, what is
  /// held too, and the window counts one more beginning.
  func movingPart(_ moment: Moment) -> [Int64] {
    var row = moment.row
    for bucket in layout.buckets.indices where layout.buckets[bucket].window != nil {
      row[layout.buckets[bucket].slot] = used(bucket, moment)
      row[layout.buckets[bucket].heldSlot] = held(bucket, moment)
    }
    for meter in layout.meters.indices where !layout.meters[meter].isPerKey {
      (row[layout.meters[meter].slot], row[layout.meters[meter].heldSlot]) = total(meter, moment)
    }
    begin(layout.accountWindows, in: &row, moment)
    return Array(row[layout.movingSlots])
  }

  func movingKeyPart(_ moment: Moment) -> [Int64] {
    guard var row = moment.keyRow else { return [] }
    for meter in layout.meters.indices where layout.meters[meter].isPerKey {
      (row[layout.meters[meter].slot], row[layout.meters[meter].heldSlot]) = total(meter, moment)
    }
    begin(layout.keyWindows, in: &row, moment)
    return Array(row[layout.keyMovingSlots])
  }

  private func begin(_ windows: [LedgerLayout.WindowSlots], in row: inout [Int64], _ moment: Moment) {
    for slots in windows where moment.now >= row[slots.endSlot] || isUncertain(slots.kind) {
      let anchor = slots.kind == .cycle ? anchor(moment) : nil
      let window = BillingCalendar.window(slots.kind, at: moment.now, anchor: anchor)
      if window.start != row[slots.startSlot] { row[slots.epochSlot] += 1 }
      row[slots.startSlot] = window.start
      row[slots.endSlot] = window.end
    }
  }
}
