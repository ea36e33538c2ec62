import Language
import Ledger
import Values

/// Reads any fact, `let` or expression out of the rows of an account: for queries and explanations, not for decisions.
public struct FactReader: Sendable {
  private let compiled: CompiledProgram
  /// With every window brought up to `now`.
  public let trace: Trace
  /// The facts before the event, for `previous`.
  let earlier: Trace?

  private var program: Program { compiled.program }
  private var layout: LedgerLayout { compiled.layout }

  public init(_ compiled: CompiledProgram, _ trace: Trace, previous: Trace? = nil) {
    self.compiled = compiled
    let layout = compiled.layout
    var rolled = trace
    if rolled.row.count == layout.accountStride {
      let raw = FactReader(compiled, raw: trace)
      let anchor = compiled.program.cycleAnchor.map { raw.evaluate($0) }.flatMap { $0 == ValueType.none ? nil : $0 }
      rolled.row.withUnsafeMutableBufferPointer { row in
        if let base = row.baseAddress { layout.roll(.account, in: base, now: trace.now, anchor: anchor) }
      }
      rolled.keyRow?.withUnsafeMutableBufferPointer { row in
        if let base = row.baseAddress { layout.roll(.key, in: base, now: trace.now, anchor: anchor) }
      }
    }
    self.trace = rolled
    self.earlier = previous
  }

  /// Without bringing windows up to date: enough to find out what cycles are counted from.
  private init(_ compiled: CompiledProgram, raw: Trace) {
    self.compiled = compiled
    trace = raw
    earlier = nil
  }

  public func evaluate(_ expr: Expr) -> Int64 {
    var walker = self.walker
    return walker.evaluate(expr)
  }

  /// A walker that remembers the `let`s it computed, for several expressions over the same facts.
  public var walker: TreeWalker { TreeWalker(program) { self.value(of: $0, &$1) } }

  public func value(of fact: Fact) -> Int64 {
    var walker = self.walker
    return value(of: fact, &walker)
  }

  private func value(of fact: Fact, _ walker: inout TreeWalker) -> Int64 {
    switch fact {
    case .now: return trace.now
    case .cycleStart: return window(.cycle)?.start ?? Window.ever.start
    case .cycleEnd: return window(.cycle)?.end ?? Window.ever.end
    case .field(let event, let field):
      if event == trace.event, field < trace.fields.count { return trace.fields[field] }
      let declared = program.events[event].fields[field]
      return declared.value ?? (declared.type.isOptional ? ValueType.none : Arithmetic.clamp(declared.range.low))
    case .setting(let index): return setting(index)
    case .posted(let bucket): return posted(bucket, &walker)
    case .available(let bucket):
      return max(0, posted(bucket, &walker) &- trace.row[layout.buckets[bucket].heldSlot])
    case .held(let bucket): return trace.row[layout.buckets[bucket].heldSlot]
    case .meter(let index):
      let place = layout.meters[index]
      return place.isPerKey ? trace.keyRow?[place.slot] ?? 0 : trace.row[place.slot]
    case .last(let event): return trace.row[layout.lastSlots[event]]
    case .drawn(let bucket): return bucket < trace.drawn.count ? trace.drawn[bucket] : 0
    case .covered: return trace.covered
    case .shortfall: return trace.shortfall
    case .rescued: return trace.isRescued ? 1 : 0
    case .eventKey: return trace.key.map(Int64.init) ?? ValueType.none
    case .collecting: return trace.row[layout.pendingSlot] > 0 ? 1 : 0
    case .record(let event, let field, let number):
      guard event == trace.event, trace.records.indices.contains(field),
        trace.records[field].indices.contains(number)
      else { return ValueType.none }
      return trace.records[field][number]
    // The walker has the record at hand.
    case .own: return ValueType.none
    case .total(let index): return trace.totals.indices.contains(index) ? trace.totals[index] : 0
    case .previous(let fact):
      guard let earlier else { return value(of: fact, &walker) }
      return FactReader(compiled, earlier).value(of: fact)
    }
  }

  private func window(_ kind: WindowKind) -> Window? {
    layout.accountWindows.first { $0.kind == kind }
      .map { Window(start: trace.row[$0.startSlot], end: trace.row[$0.endSlot]) }
  }

  private func setting(_ index: Int) -> Int64 {
    let place = layout.settings[index]
    let stored: Int64 =
      switch place.scope {
      case .global: trace.globals[place.slot]
      case .account: trace.row[place.slot]
      case .key: trace.keyRow?[place.slot] ?? ValueType.unset
      }
    return stored == ValueType.unset ? program.settings[index].value(at: trace.now) : stored
  }

  private func posted(_ bucket: Int, _ walker: inout TreeWalker) -> Int64 {
    let value = trace.row[layout.buckets[bucket].slot]
    guard let resets = program.buckets[bucket].resets else { return value }
    return max(0, walker.evaluate(resets.allowance) &- value)
  }
}

extension Setting {
  /// What holds at a time while nobody set it.
  public func value(at time: Int64) -> Int64 {
    defaults.last { $0.from <= time }?.value ?? defaults.first?.value ?? ValueType.none
  }
}
