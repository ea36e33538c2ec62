import Language
import Ledger
import Values

/// Runs the compiled rules: decisions without allocating, for accounts the caller keeps.
///
/// One evaluator serves one thread at a time; make one each. A decision is taken in three calls. `decide` reads and writes
/// nothing; `apply` carries out what was decided; `react` runs the rules that follow.
public final class Evaluator {
  public let compiled: CompiledProgram
  private let units: UnsafeMutablePointer<Unit>
  private let codes: [EventCode]
  private let layout: LedgerLayout
  private let functions: UnsafeMutablePointer<FunctionDefinition>
  private let tables: RowTables
  private var globals: [Int64]
  /// Stands in for a frame in a program without events.
  private let noFrame: UnsafeMutablePointer<Int64>

  // The decision at hand.
  private var frame: UnsafeMutablePointer<Int64>
  private var event = 0
  private var key = -1
  private var now: Int64 = 0
  private var isRolled = false
  private var keptPrevious = false

  public enum Verdict: UInt8, Sendable, Hashable {
    case allowed
    case denied
    /// A given field is outside its declared range.
    case fieldOutOfRange
    /// Two rules pay.
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
    let misfit = unit.take(given)
    now = unit.effectiveTime(time, for: account)
    key = unit.key(amongst: account)
    load(account, unit)
    frame[Status.need] = 0
    frame[Status.amount] = 0
    frame[Status.covered] = 0
    frame[Status.shortfall] = 0
    if misfit >= 0 {
      frame[Status.changeEnd] = frame[Status.changeBegin]
      frame[Status.firedCount] = 0
      return Outcome(
        verdict: .fieldOutOfRange, denial: unit.pointee.outOfRange, rule: -1, bucket: -1,
        field: Int32(truncatingIfNeeded: misfit), amount: 0, covered: 0, shortfall: 0)
    }
    Interpreter.run(unit, from: 0)
    let decider = frame[Status.decider]
    let verdict = self.verdict
    var outcome = Outcome(
      verdict: verdict, denial: -1, rule: -1, bucket: -1, field: -1, amount: frame[Status.amount],
      covered: verdict == .allowed ? frame[Status.amount] : 0, shortfall: frame[Status.shortfall])
    if decider >= 0 {
      let named = unit.pointee.deciders[Int(decider)]
      outcome.denial = named.denial
      outcome.rule = named.rule
      outcome.bucket = named.bucket
    }
    return outcome
  }

  /// Carries out what was decided last. Call it only after `decide` allowed it, on the same account.
  public func apply(
    to account: inout AccountState, id: borrowing String = "", order: BurnOrder = .grantsFirst
  ) throws(LedgerFault) {
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
    let unit = units + event
    guard unit.pointee.entries.after >= 0 else {
      frame[Status.changeEnd] = frame[Status.changeBegin]
      frame[Status.firedCount] = 0
      return
    }
    keepPrevious()
    load(account, unit)
    Interpreter.run(unit, from: unit.pointee.entries.after)
    if verdict == .allowed { try apply(to: &account, id: id, order: order) }
  }

  // MARK: - The longer way

  /// Runs the rules that may act before this denial. What they ask for is `changes`; none: no rule acts.
  func rescue(denial: Int32) -> Bool {
    let unit = units + event
    guard let entry = codes[event].entries.rescues.first(where: { $0.denial == Int(denial) })?.entry else {
      return false
    }
    keepPrevious()
    Interpreter.run(unit, from: entry)
    return frame[Status.firedCount] > 0
  }

  /// Takes the decision once more, on an account that a rescue has changed.
  func decideAgain(_ account: borrowing AccountState, _ input: borrowing EventInput) -> Outcome {
    keepPrevious()
    return decideOnce(account, input)
  }

  /// The promises that do not hold on the account as it is now.
  func brokenPromises(on account: borrowing AccountState) -> [Int] {
    let unit = units + event
    guard unit.pointee.entries.promises >= 0 else { return [] }
    keepPrevious()
    load(account, unit)
    Interpreter.run(unit, from: unit.pointee.entries.promises)
    return fired
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
  var changes: [LedgerChange] { Array(changeList) }

  private var changeList: UnsafeMutableBufferPointer<LedgerChange> {
    let begin = Int(frame[Status.changeBegin])
    return UnsafeMutableBufferPointer(
      start: units[event].changes + begin, count: Int(frame[Status.changeEnd]) &- begin)
  }

  /// All fields of the event as the last decision saw or derived them.
  var fields: [Int64] {
    let unit = units + event
    return Array(
      UnsafeBufferPointer(
        start: unit.pointee.frame + unit.pointee.fields, count: compiled.program.events[event].fields.count))
  }

  var drawn: [Int64] {
    let unit = units + event
    return Array(UnsafeBufferPointer(start: unit.pointee.frame + unit.pointee.drawn, count: unit.pointee.bucketCount))
  }

  var keyIndex: Int? { key < 0 ? nil : key }
  var time: Int64 { now }
  var payer: Int { Int(frame[Status.payer]) }
  var faultPlace: Int { Int(frame[Status.fault]) }
  var faultValue: Int64 { frame[Status.faultValue] }
  var verdict: Verdict { Verdict(rawValue: UInt8(truncatingIfNeeded: frame[Status.verdict])) ?? .denied }

  // MARK: - The frame

  /// Brings what the code reads of the account into the frame: settings with their defaults, windows up to date.
  @inline(__always)
  private func load(_ account: borrowing AccountState, _ unit: UnsafeMutablePointer<Unit>) {
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
    if unit.pointee.hasDated { loadDated(unit, unit.pointee.frame) }
    isRolled = false
    if mustRoll { roll(account, unit) }
  }

  @inline(never)
  private func loadDated(_ unit: UnsafeMutablePointer<Unit>, _ frame: UnsafeMutablePointer<Int64>) {
    for dated in codes[event].dated {
      let setting = compiled.program.settings[dated.setting]
      let isUnset =
        setting.scope == .global
        ? globals[layout.settings[dated.setting].slot] == LedgerLayout.unset
        : frame[dated.register] == LedgerLayout.unset
      if isUnset { frame[dated.register] = setting.value(at: now) }
    }
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
    isRolled = layout.roll(layout.accountWindows, in: frame + unit.pointee.account, now: now, anchor: anchor)
    if key >= 0, layout.roll(layout.keyWindows, in: frame + unit.pointee.key, now: now, anchor: anchor) {
      isRolled = true
    }
  }
}
