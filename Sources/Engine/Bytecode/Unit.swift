import Language
import Ledger

/// What one event's code runs on: plain memory that one evaluator owns, so that the hot path touches no reference.
struct Unit {
  let code: UnsafeMutablePointer<Instruction>
  let frame: UnsafeMutablePointer<Int64>
  let deciders: UnsafeMutablePointer<EventCode.Decider>
  let templates: UnsafeMutablePointer<LedgerChange>
  /// Belong to the compiled program.
  let tables: UnsafeMutablePointer<RowTable>
  let outputs: UnsafeMutablePointer<Int64>
  /// Belong to the evaluator.
  let functions: UnsafeMutablePointer<FunctionDefinition>
  /// The draws come just before `firstChange`, everything else from there on.
  let changes: UnsafeMutablePointer<LedgerChange>
  let firstChange: Int
  let fired: UnsafeMutablePointer<Int32>
  let bucketCount: Int

  // What the code reads, of the account and of its key: settings, and slots of the moving parts. A slot below zero ends a list.
  let settings: UnsafeMutablePointer<EventCode.SettingLoad>
  let slots: UnsafeMutablePointer<Int32>
  let keySettings: UnsafeMutablePointer<EventCode.SettingLoad>
  let keySlots: UnsafeMutablePointer<Int32>
  /// The slots of the ends of all windows. A slot below zero ends the list.
  let windowEnds: UnsafeMutablePointer<Int32>
  let keyWindowEnds: UnsafeMutablePointer<Int32>
  /// The denials that rules of the event may act before. One below zero ends the list.
  let rescued: UnsafeMutablePointer<Int32>
  let clockSlot: Int
  /// The parts that need more than what lies in rows: dated defaults, records, totals of payments. A bit each.
  let partsBringingMore: UInt8
  /// Totals of payments are the only such thing.
  let bringsTotalsAtMost: Bool
  let namesRecords: Bool
  let ranges: UnsafeMutablePointer<EventCode.FieldRange>
  let givenCount: Int
  /// -1: the event has no key.
  let keyField: Int
  /// The field whose hold brings the key; -1 for none.
  let keyThrough: Int
  /// Whether there is anything to bring of a key.
  let readsKey: Bool
  let outOfRange: Int32

  // Registers.
  let account: Int
  let key: Int
  let now: Int
  let anchor: Int
  let drawn: Int
  let fields: Int
  /// By bucket: what a hold reserved, what is drawn beyond that.
  let floor: Int
  let overrun: Int
  let totals: Int
  /// The moving part of the rows: its register, the first slot and how many.
  let moving: Int
  let firstMoving: Int
  let movingCount: Int
  let keyMoving: Int
  let firstKeyMoving: Int
  let keyMovingCount: Int
  let keyStride: Int
  /// What cycles are counted from may change unseen, so it is computed for every event.
  let alwaysRolls: Bool
  let entries: (anchor: Int, previous: Int, after: Int, promises: Int)

  init(
    _ compiled: EventCode, _ program: Program, _ tables: RowTables,
    _ functions: UnsafeMutablePointer<FunctionDefinition>
  ) {
    let map = compiled.map
    let layout = map.layout
    code = Unit.copy(compiled.code)
    frame = .allocate(capacity: compiled.registerCount)
    frame.initialize(repeating: 0, count: compiled.registerCount)
    for constant in compiled.constants { frame[constant.register] = constant.value }
    deciders = Unit.copy(compiled.deciders)
    templates = Unit.copy(compiled.templates)
    self.tables = tables.tables
    outputs = tables.outputs
    self.functions = functions
    bucketCount = program.buckets.count
    let capacity = program.buckets.count + compiled.templates.count + 1
    changes = .allocate(capacity: capacity)
    changes.initialize(repeating: LedgerChange(.draw, target: 0), count: capacity)
    firstChange = program.buckets.count
    let names = program.rules.count + program.promises.count + 1
    fired = .allocate(capacity: names)
    fired.initialize(repeating: 0, count: names)

    settings = Unit.list(compiled.settings.filter { !$0.isKey })
    slots = Unit.list(compiled.slots)
    keySettings = Unit.list(compiled.settings.filter(\.isKey))
    keySlots = Unit.list(compiled.keySlots)
    windowEnds = Unit.list(layout.accountWindows.map { Int32($0.endSlot) })
    keyWindowEnds = Unit.list(layout.keyWindows.map { Int32($0.endSlot) })
    rescued = Unit.list(compiled.entries.rescues.map { Int32($0.denial) })
    clockSlot = layout.clockSlot
    namesRecords = !compiled.records.isEmpty
    bringsTotalsAtMost = compiled.dated.isEmpty && compiled.records.isEmpty
    partsBringingMore = EventCode.Part.allCases.reduce(0) { parts, part in
      compiled.dated.isEmpty && compiled.records.isEmpty && compiled.totals[part] == nil ? parts : parts | part.bit
    }
    ranges = Unit.copy(compiled.givenFields)
    givenCount = compiled.givenFields.count
    keyField = compiled.keyField ?? -1
    keyThrough = compiled.keyThrough ?? -1
    outOfRange = Int32(program.events[compiled.event].outOfRange ?? -1)

    account = map.account
    key = map.key
    now = map.now
    anchor = map.anchor
    drawn = map.drawn
    fields = map.fields
    floor = map.floor
    overrun = map.overrun
    totals = map.totals
    moving = map.account + layout.movingSlots.lowerBound
    firstMoving = layout.movingSlots.lowerBound
    movingCount = layout.movingSlots.count
    keyMoving = map.key + layout.keyMovingSlots.lowerBound
    firstKeyMoving = layout.keyMovingSlots.lowerBound
    keyMovingCount = layout.keyMovingSlots.count
    keyStride = layout.keyStride
    readsKey = compiled.keyField != nil || compiled.keyThrough != nil || compiled.settings.contains(where: \.isKey)
    alwaysRolls = layout.cycleIsVolatile
    entries = (
      compiled.entries.anchor ?? -1, compiled.entries.previous ?? -1, compiled.entries.after ?? -1,
      compiled.entries.promises ?? -1
    )
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
    return memory
  }

  private static func list(_ slots: [Int32]) -> UnsafeMutablePointer<Int32> { copy(slots + [-1]) }

  private static func list(_ settings: [EventCode.SettingLoad]) -> UnsafeMutablePointer<EventCode.SettingLoad> {
    copy(settings + [EventCode.SettingLoad(isKey: false, slot: -1, register: 0, fallback: 0)])
  }

  /// Everything in it is plain numbers, so there is nothing to deinitialize.
  func free() {
    code.deallocate()
    frame.deallocate()
    deciders.deallocate()
    templates.deallocate()
    changes.deallocate()
    fired.deallocate()
    settings.deallocate()
    keySettings.deallocate()
    slots.deallocate()
    keySlots.deallocate()
    ranges.deallocate()
    windowEnds.deallocate()
    rescued.deallocate()
    keyWindowEnds.deallocate()
  }
}
