import Language
import Ledger
import Values

/// Runs the compiled rules: decisions without allocating, for accounts the caller keeps.
///
/// One evaluator serves one thread at a time; make one each. A decision is taken in three calls. `decide` reads and writes
/// nothing; `apply` carries out what was decided; `react` runs the rules that follow. Holds whose time is over are the
/// caller's to release before (``RuleEngine/submit(_:to:)`` does).
public final class Evaluator {
  public let compiled: CompiledProgram
  let units: UnsafeMutablePointer<Unit>
  let codes: [EventCode]
  let layout: LedgerLayout
  private let functions: UnsafeMutablePointer<FunctionDefinition>
  private let tables: RowTables
  private(set) var globals: [Int64]
  /// What each derivation of payments comes to where there are none.
  let noTotals: UnsafeMutablePointer<Int64>
  let noTotalsCount: Int
  /// Stands in for a frame in a program without events.
  private let noFrame: UnsafeMutablePointer<Int64>

  // The decision at hand.
  var frame: UnsafeMutablePointer<Int64>
  private(set) var event = 0
  private(set) var key = -1
  private(set) var now: Int64 = 0
  var isRolled = false
  private var keptPrevious = false
  /// What was done where records are concerned, which is more than the interpreter's own list says.
  var carriedOut: [LedgerChange] = []

  public enum Verdict: UInt8, Sendable, Hashable {
    case allowed
    case denied
    /// A given field is outside its declared range.
    case fieldOutOfRange
    /// Two rules pay, or wait for a charge.
    case twoPayments
    /// A plugin's function left its declared range.
    case functionFault
  }

  /// The answer as plain numbers; -1 for none.
  @frozen
  public struct Outcome: Sendable, Hashable {
    public var verdict: Verdict
    public var denial: Int32
    public var rule: Int32
    public var bucket: Int32
    /// The given field that was out of range.
    public var field: Int32
    public var amount: Int64
    public var covered: Int64
    public var shortfall: Int64
  }

  public init(_ compiled: CompiledProgram) {
    self.compiled = compiled
    layout = compiled.layout
    codes = compiled.codes
    let definitions = compiled.program.functions
    functions = .allocate(capacity: max(1, definitions.count))
    for (index, definition) in definitions.enumerated() { (functions + index).initialize(to: definition) }
    tables = compiled.tables
    globals = Array(repeating: LedgerLayout.unset, count: compiled.layout.globalCount)
    units = .allocate(capacity: max(1, codes.count))
    for (index, code) in codes.enumerated() {
      (units + index).initialize(to: Unit(code, compiled.program, compiled.tables, functions))
    }
    let derivations = compiled.program.paymentDerivations
    noTotalsCount = derivations.count
    noTotals = .allocate(capacity: max(1, derivations.count))
    for (index, derivation) in derivations.enumerated() {
      let range = derivation.value.type.base.naturalRange
      (noTotals + index).initialize(to: Arithmetic.clamp(min(max(0, range.low), range.high)))
    }
    noFrame = .allocate(capacity: Status.count)
    noFrame.initialize(repeating: 0, count: Status.count)
    frame = codes.isEmpty ? noFrame : units[0].frame
    setGlobals(globals)
  }

  deinit {
    for index in codes.indices { units[index].free() }
    units.deallocate()
    functions.deinitialize(count: compiled.program.functions.count)
    functions.deallocate()
    noFrame.deallocate()
    noTotals.deallocate()
  }

  /// The settings that serve every account, by slot; `LedgerLayout.unset` where the default holds.
  public func setGlobals(_ values: [Int64]) {
    globals = values
    for code in codes {
      for (index, setting) in compiled.program.settings.enumerated() where setting.scope == .global {
        let slot = layout.settings[index].slot
        guard slot < values.count else { continue }
        units[code.event].frame[code.map.globals + slot] =
          values[slot] == LedgerLayout.unset ? setting.defaults.first?.value ?? ValueType.none : values[slot]
      }
    }
  }

  func usesGlobals(_ values: [Int64]) -> Bool { globals == values }

  // MARK: - The three calls

  /// Takes a decision about an event. Nothing changes but this evaluator's memory of it.
  ///
  /// The event must be one of the program's with as many fields as it declares, the account one of its layout (`RuleEngine`
  /// checks that). The account is lent, not copied, where the caller has it in a variable or `inout`; lending an element of
  /// an array first copies it, with a count for every array in it, which takes longer than the decision.
  public func decide(_ account: borrowing AccountState, _ input: borrowing EventInput) -> Outcome {
    event = input.event
    keptPrevious = false
    return decideOnce(account, input)
  }

  /// The same for an event that is not an `EventInput`: its given fields in order.
  public func decide(
    _ account: borrowing AccountState, event: Int, at time: Int64, fields: UnsafeBufferPointer<Int64>
  ) -> Outcome {
    self.event = event
    keptPrevious = false
    return decideOnce(account, at: time, fields)
  }

  private func decideOnce(_ account: borrowing AccountState, _ input: borrowing EventInput) -> Outcome {
    input.fields.withUnsafeBufferPointer { decideOnce(account, at: input.at, $0) }
  }

  @inline(__always)
  private func decideOnce(
    _ account: borrowing AccountState, at time: Int64, _ given: UnsafeBufferPointer<Int64>
  ) -> Outcome {
    let unit = units + event
    let frame = unit.pointee.frame
    self.frame = frame
    unit.clearDraws()
    var misfit = unit.take(given)
    if unit.pointee.namesRecords { misfit = firstMisfit(given, misfit, account) }
    now = unit.effectiveTime(time, for: account)
    key = unit.key(amongst: account)
    frame[Status.key] = key < 0 ? ValueType.none : Int64(key)
    frame[Status.need] = 0
    frame[Status.amount] = 0
    frame[Status.covered] = 0
    frame[Status.shortfall] = 0
    if misfit >= 0 { return outOfRange(misfit) }
    load(account, unit, .decision)
    Interpreter.run(unit, from: 0)
    let decider = frame[Status.decider]
    let verdict = self.verdict
    var outcome = Outcome(
      verdict: verdict, denial: -1, rule: -1, bucket: -1, field: -1, amount: frame[Status.amount],
      covered: verdict == .allowed ? frame[Status.covered] : 0, shortfall: frame[Status.shortfall])
    if decider >= 0 {
      let named = unit.pointee.deciders[Int(decider)]
      outcome.denial = named.denial
      outcome.rule = named.rule
      outcome.bucket = named.bucket
    }
    return outcome
  }

  @inline(never)
  private func outOfRange(_ field: Int) -> Outcome {
    frame[Status.changeEnd] = frame[Status.changeBegin]
    frame[Status.firedCount] = 0
    frame[Status.records] = 0
    let own = units[event].ranges[field].denial
    return Outcome(
      verdict: .fieldOutOfRange, denial: own >= 0 ? own : units[event].outOfRange, rule: -1, bucket: -1,
      field: Int32(truncatingIfNeeded: field), amount: 0, covered: 0, shortfall: 0)
  }

  /// Carries out what was decided last. Call it only after `decide` allowed it, on the same account.
  ///
  /// A decision that waits for a charge is not one to carry out: ``RuleEngine/submit(_:to:)`` takes care of those.
  public func apply(
    to account: inout AccountState, id: borrowing String = "", order: BurnOrder = .grantsFirst
  ) throws(LedgerFault) {
    if concernsRecords {
      try applyRecords(to: &account, id: copy id, order: order)
      return
    }
    let unit = units + event
    let list = changeList
    if list.isEmpty { return }
    try account.apply(
      list, key: key, now: now, rolled: isRolled ? UnsafePointer(unit.pointee.frame + unit.pointee.moving) : nil,
      keyRolled: isRolled && key >= 0 ? UnsafePointer(unit.pointee.frame + unit.pointee.keyMoving) : nil, origin: id,
      order: order)
  }

  /// Whether the program has rules that react to this event.
  public func reacts(to event: Int) -> Bool { units[event].entries.after >= 0 }

  /// Runs the rules that react to what was just applied, and carries out what they ask for.
  public func react(
    on account: inout AccountState, id: borrowing String = "", order: BurnOrder = .grantsFirst
  ) throws(LedgerFault) {
    guard findReactions(to: account) else { return }
    if verdict == .allowed { try apply(to: &account, id: id, order: order) }
  }

  /// Runs the rules that react to what was just applied.
  ///
  /// - Returns: whether there are any.
  func findReactions(to account: borrowing AccountState) -> Bool {
    let unit = units + event
    guard unit.pointee.entries.after >= 0 else {
      frame[Status.changeEnd] = frame[Status.changeBegin]
      frame[Status.firedCount] = 0
      return false
    }
    keepPrevious()
    load(account, unit, .reaction)
    Interpreter.run(unit, from: unit.pointee.entries.after)
    return true
  }

  // MARK: - The longer way

  /// Whether the event at hand has rules that may act before this denial.
  func canRescue(denial: Int32) -> Bool {
    var next = units[event].rescued
    while next.pointee >= 0 {
      if next.pointee == denial { return true }
      next += 1
    }
    return false
  }

  /// Runs the rules that may act before this denial. What they ask for is `changes`; none: no rule acts.
  func rescue(denial: Int32, on account: borrowing AccountState) -> Bool {
    let unit = units + event
    guard let entry = codes[event].entries.rescues.first(where: { $0.denial == Int(denial) })?.entry else {
      return false
    }
    keepPrevious()
    bring(totalsFor: .rescue, of: account)
    Interpreter.run(unit, from: entry)
    return frame[Status.firedCount] > 0
  }

  /// Takes the decision once more, on an account that a rescue has changed.
  func decideAgain(_ account: borrowing AccountState, _ input: borrowing EventInput) -> Outcome {
    keepPrevious()
    return decideOnce(account, input)
  }

  /// The promises that do not hold on the account as it is now.
  func brokenPromises(on account: borrowing AccountState) -> [Int] { breaksPromises(on: account) ? fired : [] }

  /// Runs the promises on the account as it is now.
  ///
  /// - Returns: whether there are some that do not hold: `fired`.
  func breaksPromises(on account: borrowing AccountState) -> Bool {
    let unit = units + event
    guard unit.pointee.entries.promises >= 0 else { return false }
    keepPrevious()
    load(account, unit, .promises)
    Interpreter.run(unit, from: unit.pointee.entries.promises)
    return frame[Status.firedCount] > 0
  }

  /// Keeps what `previous` asks for, while the frame still holds the account as it was before the event.
  private func keepPrevious() {
    if keptPrevious { return }
    keptPrevious = true
    let unit = units + event
    guard unit.pointee.entries.previous >= 0 else { return }
    Interpreter.run(unit, from: unit.pointee.entries.previous)
  }

  /// Rules, or promises, that the last run named.
  var fired: [Int] { (0..<Int(frame[Status.firedCount])).map { Int(units[event].fired[$0]) } }

  /// What the last run asked for; after `apply` what was done.
  var changes: [LedgerChange] { concernsRecords ? carriedOut : Array(changeList) }

  /// Whether the last run asked for something the account keeps a record of.
  var concernsRecords: Bool { frame[Status.records] != 0 }

  /// Whether the last run asked for nothing that lots or records have to follow.
  var concernsRowsOnly: Bool {
    if concernsRecords { return false }
    for change in changeList {
      switch change.kind {
      case .draw, .set, .add, .reset, .touch: continue
      default: return false
      }
    }
    return true
  }

  /// Whether the last run asked for anything that was then done.
  var hasActed: Bool { concernsRecords ? !carriedOut.isEmpty : !changeList.isEmpty }

  var changeList: UnsafeMutableBufferPointer<LedgerChange> {
    let begin = Int(frame[Status.changeBegin])
    return UnsafeMutableBufferPointer(
      start: units[event].changes + begin, count: Int(frame[Status.changeEnd]) &- begin)
  }

  /// All fields of the event as the last decision saw or derived them.
  var fields: [Int64] { numbers(from: units[event].fields, compiled.program.events[event].fields.count) }

  /// What was drawn, until the next decision.
  var drawnNow: UnsafeBufferPointer<Int64> {
    UnsafeBufferPointer(start: frame + units[event].drawn, count: units[event].bucketCount)
  }

  var drawn: [Int64] { numbers(from: units[event].drawn, units[event].bucketCount) }

  func numbers(from register: Int, _ count: Int) -> [Int64] {
    Array(UnsafeBufferPointer(start: frame + register, count: count))
  }

  var keyIndex: Int? { key < 0 ? nil : key }
  var time: Int64 { now }
  var payer: Int { Int(frame[Status.payer]) }
  var faultPlace: Int { Int(frame[Status.fault]) }
  var faultValue: Int64 { frame[Status.faultValue] }
  var verdict: Verdict { Verdict(rawValue: UInt8(truncatingIfNeeded: frame[Status.verdict])) ?? .denied }

  /// Whether a rescue let the event at hand pass.
  func setRescued(_ event: Int, _ isRescued: Bool) { units[event].frame[Status.rescued] = isRescued ? 1 : 0 }

  /// Whether the event at hand has waited for a charge that one of its `on` rules asked for.
  func setResumed(_ event: Int, _ isResumed: Bool) { units[event].frame[Status.resumed] = isResumed ? 1 : 0 }
}
