import Language
import Ledger
import Values

/// Compiles everything that one event can set off: derived fields, denials, the waterfall, effects, reactions.
struct EventCompiler {
  private let program: Program
  private let layout: LedgerLayout
  private let plan: EventPlan
  private let map: FrameMap
  private var exprs: ExprCompiler
  private var entries = EventCode.Entries()
  private var deciders: [EventCode.Decider] = []
  private var templates: [LedgerChange] = []

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
      begin()
      entries.anchor = exprs.builder.position
      _ = exprs.builder.move(exprs.compile(anchor), into: map.anchor)
      end()
    }
    for (denial, rules) in Dictionary(grouping: plan.rescues, by: { denial(of: $0) }).sorted(by: { $0.key < $1.key }) {
      begin()
      entries.rescues.append((denial, exprs.builder.position))
      for rule in rules {
        let next = exprs.builder.newLabel()
        compile(clausesOf: rule, otherwise: next)
        exprs.builder.emit(.fire, 0, 0, rule)
        compile(effectsOf: rule)
        end()
        exprs.builder.bind(next)
      }
      end()
    }
    if !plan.afters.isEmpty {
      begin()
      entries.after = exprs.builder.position
      for rule in plan.afters {
        let next = exprs.builder.newLabel()
        compile(clausesOf: rule, otherwise: next)
        exprs.builder.emit(.fire, 0, 0, rule)
        compile(effectsOf: rule)
        exprs.builder.bind(next)
      }
      end()
    }
    if !plan.promises.isEmpty {
      begin()
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
      begin()
      entries.previous = exprs.builder.position
      for (fact, kept) in exprs.previous {
        guard case .previous(let inner) = fact else { continue }
        _ = exprs.builder.move(exprs.compile(inner, kept.type), into: kept.register)
      }
      end()
    }
  }

  /// A part that runs by itself: nothing is known yet.
  private mutating func begin() { exprs.builder.forget() }

  private mutating func end() { exprs.builder.emit(.end) }

  private func finish() throws(CompileError) -> EventCode {
    let name = program.events[plan.event].name
    if exprs.builder.isTooLong { throw .tooManyInstructions(event: name) }
    if exprs.builder.hasTooManyRegisters { throw .tooManyRegisters(event: name) }
    guard deciders.count <= 65_535, templates.count <= 65_535, program.rules.count <= 65_535,
      program.promises.count <= 65_535
    else { throw .tooManyInstructions(event: name) }
    let event = program.events[plan.event]
    var used: Set<Int> = []
    for instruction in exprs.builder.code { used.formUnion(instruction.registersRead) }
    for instruction in exprs.builder.code where instruction.opcode == .findRow {
      used.formUnion(instruction.c..<instruction.c + program.tables[instruction.b].inputs.count)
    }
    for instruction in exprs.builder.code where instruction.opcode == .call {
      used.formUnion(instruction.c..<instruction.c + program.functions[instruction.b].parameters.count)
    }
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
    let keySlots = event.keyField == nil ? [] : layout.keyMovingSlots.filter { used.contains(map.key + $0) }
    return EventCode(
      event: plan.event, map: map, code: exprs.builder.code,
      constants: exprs.builder.constants.map { ($0.value, $0.key) }, registerCount: exprs.builder.registerCount,
      entries: entries, deciders: deciders, templates: templates, settings: loads,
      slots: slots.map(Int32.init), keySlots: keySlots.map(Int32.init), dated: dated,
      givenFields: event.fields.prefix(event.givenCount).map {
        EventCode.FieldRange(
          low: Arithmetic.clamp($0.range.low), high: Arithmetic.clamp($0.range.high), isOptional: $0.type.isOptional,
          isRatio: $0.type.base == .ratio)
      },
      keyField: event.keyField)
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
    var pays = false
    for rule in plan.ons {
      let next = exprs.builder.newLabel()
      compile(clausesOf: rule, otherwise: next)
      var acts = false
      for operation in program.rules[rule].effects.flatMap(\.operations) {
        guard case .pay(let amount) = operation else { continue }
        (pays, acts) = (true, true)
        exprs.builder.emit(.pay, 0, exprs.compile(amount), rule)
      }
      if !acts { exprs.builder.emit(.fire, 0, 0, rule) }
      compile(effectsOf: rule)
      exprs.builder.bind(next)
    }
    if pays { compileWaterfall() }
    compileCommit()
  }

  private mutating func compileWaterfall() {
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
    for bucket in program.buckets.indices { compile(drawFrom: bucket, done: done) }
    exprs.builder.bind(done)
    exprs.builder.emit(.endDrawing)
  }

  private mutating func compile(drawFrom bucket: Int, done: CodeBuilder.Label) {
    let next = exprs.builder.newLabel()
    var closed: [(rule: Int, label: CodeBuilder.Label)] = []
    for rule in plan.gates[bucket] {
      closed.append((rule, exprs.builder.newLabel()))
      compile(clausesOf: rule, otherwise: closed[closed.count - 1].label)
    }
    if let slot = bookAlone(bucket) {
      exprs.builder.jump(.drawBook, map.drawn + bucket, slot, to: done)
    } else {
      compile(drawWithinCaps: bucket, done: done)
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

  private mutating func compile(drawWithinCaps bucket: Int, done: CodeBuilder.Label) {
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
    if let rate = program.buckets[bucket].rate {
      let value = exprs.compile(rate)
      exprs.builder.emit(.due, exprs.builder.constant(program.buckets[bucket].rateStep), value)
      exprs.builder.jump(.drawRated, map.drawn + bucket, room, to: done)
    } else {
      exprs.builder.jump(.draw, map.drawn + bucket, room, to: done)
    }
    for cap in caps { exprs.builder.emit(.shortIf, 0, cap.register, decider(rule: cap.rule, bucket: bucket)) }
  }

  private mutating func compileCommit() {
    for (index, meter) in program.meters.enumerated() {
      if meter.scope == .key && !plan.hasKey { continue }
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

  private mutating func compile(clausesOf rule: Int, otherwise label: CodeBuilder.Label) {
    for clause in program.rules[rule].clauses { exprs.jump(unless: clause, to: label) }
  }

  private mutating func compile(effectsOf rule: Int) {
    for operation in program.rules[rule].effects.flatMap(\.operations) {
      switch operation {
      case .pay, .notify: break
      case .credit(let amount, let bucket, let kind):
        let lotKind = program.lotKinds.firstIndex(of: kind) ?? 0
        let contra: Contra = program.lotKinds.isEmpty || program.lotKinds[lotKind] == "paid" ? .cards : .grants
        emit(
          .emitPositive, LedgerChange(.credit, target: bucket, contra: contra, lotKind: lotKind), exprs.compile(amount))
      case .debit(let amount, let bucket):
        let value = exprs.compile(amount)
        let allowance = program.buckets[bucket].resets.map { exprs.compile($0.allowance) }
        emit(.emitPositive, LedgerChange(.debit, target: bucket, contra: .adjustments), value, allowance)
      case .set(let setting, let value): emit(.emit, LedgerChange(.set, target: setting), exprs.compile(value))
      }
    }
  }

  private mutating func emit(_ opcode: Opcode, _ template: LedgerChange, _ amount: Int, _ allowance: Int? = nil) {
    templates.append(template)
    exprs.builder.emit(opcode, templates.count - 1, amount, allowance ?? exprs.builder.constant(0))
  }

  private mutating func decider(rule: Int, bucket: Int = -1) -> Int {
    deciders.append(
      EventCode.Decider(denial: Int32(denial(of: rule)), rule: Int32(rule), bucket: Int32(bucket)))
    return deciders.count - 1
  }

  private func denial(of rule: Int) -> Int {
    switch program.rules[rule].kind {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial), .beforeDenial(let denial): denial
    case .on, .after: -1
    }
  }
}
