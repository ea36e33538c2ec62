import Language
import Ledger
import Values

/// Compiles everything that one event can set off: derived fields, denials, the waterfall, effects, reactions.
struct EventCompiler {
  let program: Program
  let layout: LedgerLayout
  let plan: EventPlan
  let map: FrameMap
  var exprs: ExprCompiler
  private var entries = EventCode.Entries()
  private var deciders: [EventCode.Decider] = []
  private var templates: [LedgerChange] = []
  /// Where each part of the code begins, in order.
  private var parts: [(part: EventCode.Part, start: Int)] = [(.decision, 0)]
  var movement = EventCode.Movement.none
  var limits: [Expr] = []
  /// What is found to be wrong on the way.
  var error: CompileError?

  static func compile(_ program: Program, _ layout: LedgerLayout, _ plan: EventPlan) throws(CompileError) -> EventCode {
    var plain = EventCompiler(program, layout, plan, inOrder: ExprScan.letDepth(program) > EngineLimits.letDepth)
    plain.compile()
    if plain.exprs.builder.position <= EngineLimits.plainInstructions { return try plain.finish() }
    var ordered = EventCompiler(program, layout, plan, inOrder: true)
    ordered.compile()
    return try ordered.finish()
  }

  private init(_ program: Program, _ layout: LedgerLayout, _ plan: EventPlan, inOrder: Bool) {
    self.program = program
    self.layout = layout
    self.plan = plan
    map = FrameMap(program, layout, event: plan.event)
    exprs = ExprCompiler(program, map, computesLetsInOrder: inOrder)
  }

  private mutating func compile() {
    compileDecision()
    if let anchor = program.cycleAnchor {
      begin(.other)
      entries.anchor = exprs.builder.position
      _ = exprs.builder.move(exprs.compile(anchor), into: map.anchor)
      end()
    }
    for (denial, rules) in Dictionary(grouping: plan.rescues, by: { denial(of: $0) }).sorted(by: { $0.key < $1.key }) {
      begin(.rescue)
      entries.rescues.append((denial, exprs.builder.position))
      for rule in rules {
        let next = exprs.builder.newLabel()
        compile(clausesOf: rule, otherwise: next)
        exprs.builder.emit(.fire, 0, 0, rule)
        compile(effectsOf: rule, in: .rescue)
        end()
        exprs.builder.bind(next)
      }
      end()
    }
    if !plan.afters.isEmpty {
      begin(.reaction)
      entries.after = exprs.builder.position
      for rule in plan.afters {
        let next = exprs.builder.newLabel()
        compile(clausesOf: rule, otherwise: next)
        exprs.builder.emit(.fire, 0, 0, rule)
        compile(effectsOf: rule, in: .reaction)
        exprs.builder.bind(next)
      }
      end()
    }
    if !plan.promises.isEmpty {
      begin(.promises)
      entries.promises = exprs.builder.position
      for promise in plan.promises {
        let next = exprs.builder.newLabel()
        exprs.jump(when: program.promises[promise].condition, to: next)
        exprs.builder.emit(.fire, 0, 0, promise)
        exprs.builder.bind(next)
      }
      end()
    }
    if !exprs.previous.isEmpty {
      begin(.other)
      entries.previous = exprs.builder.position
      for (fact, kept) in exprs.previous {
        guard case .previous(let inner) = fact else { continue }
        _ = exprs.builder.move(exprs.compile(inner, kept.type), into: kept.register)
      }
      end()
    }
  }

  /// A part that runs by itself: nothing is known yet.
  private mutating func begin(_ part: EventCode.Part) {
    parts.append((part, exprs.builder.position))
    exprs.builder.forget()
  }

  private mutating func end() { exprs.builder.emit(.end) }

  private func finish() throws(CompileError) -> EventCode {
    let name = program.events[plan.event].name
    if let error { throw error }
    if exprs.builder.isTooLong { throw .tooManyInstructions(event: name) }
    if exprs.builder.hasTooManyRegisters { throw .tooManyRegisters(event: name) }
    guard deciders.count <= 65_535, templates.count <= 65_535, program.rules.count <= 65_535,
      program.promises.count <= 65_535
    else { throw .tooManyInstructions(event: name) }
    let event = program.events[plan.event]
    let used = registersRead(in: exprs.builder.code[...])
    var loads: [EventCode.SettingLoad] = []
    var dated: [EventCode.DatedDefault] = []
    for (index, setting) in program.settings.enumerated() where used.contains(map.setting(index)) {
      if setting.defaults.count > 1 {
        dated.append(EventCode.DatedDefault(setting: index, register: map.setting(index)))
      }
      guard layout.settings[index].scope != .global else { continue }
      loads.append(
        EventCode.SettingLoad(
          isKey: layout.settings[index].scope == .key, slot: Int32(layout.settings[index].slot),
          register: Int32(map.setting(index)),
          fallback: setting.defaults.count > 1 ? ValueType.unset : setting.defaults.first?.value ?? ValueType.none))
    }
    loads.sort { !$0.isKey && $1.isKey }
    let slots = layout.movingSlots.filter { used.contains(map.account + $0) }
    let keySlots = !plan.hasKey ? [] : layout.keyMovingSlots.filter { used.contains(map.key + $0) }
    return EventCode(
      event: plan.event, map: map, code: exprs.builder.code,
      constants: exprs.builder.constants.map { ($0.value, $0.key) }, registerCount: exprs.builder.registerCount,
      entries: entries, deciders: deciders, templates: templates, settings: loads,
      slots: slots.map(Int32.init), keySlots: keySlots.map(Int32.init), dated: dated,
      givenFields: event.fields.prefix(event.givenCount).map {
        EventCode.FieldRange(
          low: Arithmetic.clamp($0.range.low), high: Arithmetic.clamp($0.range.high), isOptional: $0.type.isOptional,
          isRatio: $0.type.base == .ratio, denial: Int32($0.outOfRange ?? -1))
      },
      keyField: event.keyField, keyThrough: event.keyField == nil ? event.keyThrough : nil, movement: movement,
      records: map.records.compactMap { $0 }.map { record in
        let end = record.drawn + (record.kind == .hold ? program.buckets.count : 0)
        return EventCode.RecordLoad(place: record, isRead: !used.isDisjoint(with: record.first..<end))
      },
      totals: totals, limits: limits)
  }

  private func registersRead(in code: ArraySlice<Instruction>) -> Set<Int> {
    var used: Set<Int> = []
    for instruction in code {
      used.formUnion(instruction.registersRead)
      switch instruction.opcode {
      case .findRow: used.formUnion(instruction.c..<instruction.c + program.tables[instruction.b].inputs.count)
      case .call: used.formUnion(instruction.c..<instruction.c + program.functions[instruction.b].parameters.count)
      default: break
      }
    }
    return used
  }

  /// The derivations of payments whose totals each part of the code reads.
  private var totals: [EventCode.Part: [Int]] {
    if program.paymentDerivations.isEmpty { return [:] }
    var totals: [EventCode.Part: [Int]] = [:]
    for (index, entry) in parts.enumerated() {
      let end = index + 1 < parts.count ? parts[index + 1].start : exprs.builder.position
      let used = registersRead(in: exprs.builder.code[entry.start..<end])
      for derivation in program.paymentDerivations.indices where used.contains(map.totals + derivation) {
        if totals[entry.part]?.contains(derivation) != true { totals[entry.part, default: []].append(derivation) }
      }
    }
    return totals
  }

  // MARK: - The decision

  private mutating func compileDecision() {
    let event = program.events[plan.event]
    for index in event.derivationOrder {
      if let derivation = event.fields[index].derivation {
        _ = exprs.compile(derivation, into: map.fields + index)
      }
    }
    for rule in plan.denies {
      let next = exprs.builder.newLabel()
      compile(clausesOf: rule, otherwise: next)
      exprs.builder.emit(.deny, 0, 0, decider(rule: rule))
      exprs.builder.bind(next)
    }
    for rule in plan.ons {
      let next = exprs.builder.newLabel()
      compile(clausesOf: rule, otherwise: next)
      if !compile(movementOf: rule) { exprs.builder.emit(.fire, 0, 0, rule) }
      compile(effectsOf: rule, in: .on)
      exprs.builder.bind(next)
    }
    switch movement {
    case .none: break
    case .pay: compileWaterfall(.endDrawing)
    case .hold: compileWaterfall(.endHolding)
    case .settle: compileSettlement()
    }
    compileCommit()
  }

  /// - Parameter end: what to do when every bucket has given what it can.
  private mutating func compileWaterfall(_ end: Opcode) {
    let done = exprs.builder.newLabel()
    // A draw of nothing is over at once: where the first thing is a draw there is nothing to go past.
    let startsWithDraw = plan.totalCaps.isEmpty && plan.gates.first?.isEmpty == true && bookAlone(0) != nil
    if !startsWithDraw { exprs.builder.jump(.startDrawing, to: done) }
    for rule in plan.totalCaps {
      guard case .cap(_, let limit, _) = program.rules[rule].kind else { continue }
      let next = exprs.builder.newLabel()
      compile(clausesOf: rule, otherwise: next)
      let value = exprs.compile(limit, unlessNone: next)
      exprs.builder.emit(.totalCap, 0, value, decider(rule: rule))
      exprs.builder.bind(next)
    }
    for bucket in program.buckets.indices { compile(drawFrom: bucket, to: map.drawn + bucket, done: done) }
    exprs.builder.bind(done)
    exprs.builder.emit(end)
  }

  /// - Parameter register: where what it gives goes.
  mutating func compile(drawFrom bucket: Int, to register: Int, done: CodeBuilder.Label) {
    let next = exprs.builder.newLabel()
    var closed: [(rule: Int, label: CodeBuilder.Label)] = []
    for rule in plan.gates[bucket] {
      closed.append((rule, exprs.builder.newLabel()))
      compile(clausesOf: rule, otherwise: closed[closed.count - 1].label)
    }
    if let slot = bookAlone(bucket) {
      exprs.builder.jump(.drawBook, register, slot, to: done)
    } else {
      compile(drawWithinCaps: bucket, to: register, done: done)
    }
    if let denial = program.buckets[bucket].denial {
      deciders.append(EventCode.Decider(denial: Int32(denial), rule: -1, bucket: Int32(bucket)))
      exprs.builder.emit(.short, 0, 0, deciders.count - 1)
    }
    // Out of the way of what usually happens.
    for gate in closed {
      exprs.builder.jump(.jump, to: next)
      exprs.builder.bind(gate.label)
      exprs.builder.emit(.short, 0, 0, decider(rule: gate.rule, bucket: bucket))
    }
    exprs.builder.bind(next)
  }

  /// The register of a bucket's book, if that alone says what the bucket can give.
  private func bookAlone(_ bucket: Int) -> Int? {
    let place = layout.buckets[bucket]
    guard program.buckets[bucket].resets == nil, program.buckets[bucket].rate == nil, plan.caps[bucket].isEmpty,
      place.heldSlot == place.slot + 1
    else { return nil }
    return map.account + place.slot
  }

  private mutating func compile(drawWithinCaps bucket: Int, to register: Int, done: CodeBuilder.Label) {
    var room = exprs.compile(.available(bucket), QualifiedType(.money))
    var caps: [(rule: Int, register: Int)] = []
    for rule in plan.caps[bucket] {
      guard case .cap(_, let limit, _) = program.rules[rule].kind else { continue }
      let value: Int
      if program.rules[rule].clauses.isEmpty && !limit.type.isOptional {
        value = exprs.compile(limit)
      } else {
        // A cap that is not in force is one that nothing is above.
        value = exprs.builder.newRegister()
        let skip = exprs.builder.newLabel()
        exprs.builder.emit(.move, value, exprs.builder.constant(Int64.max))
        compile(clausesOf: rule, otherwise: skip)
        _ = exprs.compile(limit, into: value, unlessNone: skip)
        exprs.builder.bind(skip)
      }
      caps.append((rule, value))
      let limited = exprs.builder.newRegister()
      exprs.builder.emit(.limitRoom, limited, room, value)
      room = limited
    }
    compile(drawFrom: bucket, room: room, to: register, done: done)
    for cap in caps { exprs.builder.emit(.shortIf, 0, cap.register, decider(rule: cap.rule, bucket: bucket)) }
  }

  mutating func compile(drawFrom bucket: Int, room: Int, to register: Int, done: CodeBuilder.Label) {
    if compile(dueOf: bucket) {
      exprs.builder.jump(.drawRated, register, room, to: done)
    } else {
      exprs.builder.jump(.draw, register, room, to: done)
    }
  }

  /// What a bucket with a rate has to give for what is needed.
  ///
  /// - Returns: whether it has one.
  mutating func compile(dueOf bucket: Int) -> Bool {
    guard let rate = program.buckets[bucket].rate else { return false }
    let value = exprs.compile(rate)
    exprs.builder.emit(.due, exprs.builder.constant(program.buckets[bucket].rateStep), value)
    return true
  }

  private mutating func compileCommit() {
    for (index, meter) in program.meters.enumerated() {
      if meter.scope == .key && !plan.hasKey { continue }
      switch meter.measure {
      // What is held and settled counts through the ledger, which knows what the hold counted.
      case .payments, .bucketPayments: if movement != .pay { continue }
      case .sum, .count: break
      }
      switch meter.measure {
      case .payments: emit(.emitNonZero, LedgerChange(.add, target: index), Status.covered)
      case .bucketPayments(let bucket): emit(.emitNonZero, LedgerChange(.add, target: index), map.drawn + bucket)
      case .sum(let expr, plan.event): emit(.emitNonZero, LedgerChange(.add, target: index), exprs.compile(expr))
      case .count(plan.event):
        emit(.emitNonZero, LedgerChange(.add, target: index), exprs.builder.constant(1))
      default: break
      }
    }
    for (index, meter) in program.meters.enumerated() where meter.since == plan.event {
      emit(.emit, LedgerChange(.reset, target: index), map.now)
    }
    emit(.emitAndEnd, LedgerChange(.touch, target: plan.event), map.now)
  }

  // MARK: - Parts of rules

  mutating func compile(clausesOf rule: Int, otherwise label: CodeBuilder.Label) {
    for clause in program.rules[rule].clauses { exprs.jump(unless: clause, to: label) }
  }

  /// - Parameters:
  ///   - first: the register after the template: mostly the amount.
  ///   - second: mostly the allowance.
  mutating func emit(_ opcode: Opcode, _ template: LedgerChange, _ first: Int, _ second: Int? = nil) {
    templates.append(template)
    exprs.builder.emit(opcode, templates.count - 1, first, second ?? exprs.builder.constant(0))
  }

  mutating func decider(rule: Int, bucket: Int = -1) -> Int { decider(rule: rule, denial: denial(of: rule), bucket) }

  mutating func decider(rule: Int, denial: Int, _ bucket: Int = -1) -> Int {
    deciders.append(EventCode.Decider(denial: Int32(denial), rule: Int32(rule), bucket: Int32(bucket)))
    return deciders.count - 1
  }

  private func denial(of rule: Int) -> Int {
    switch program.rules[rule].kind {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial), .beforeDenial(let denial): denial
    case .on, .after: -1
    }
  }
}
