import Language
import Ledger
import Values

/// The decision procedure written a second time, as plainly as it can be said: over the tree, one fact after another, with
/// nothing prepared and nothing shared with the compiled engine. Tests hold the two against each other.
public struct ReferenceEngine {
  let program: Program
  let layout: LedgerLayout
  /// Global settings by slot, `LedgerLayout.unset` where the default holds.
  public var globals: [Int64]
  public var burnOrder = BurnOrder.grantsFirst

  public init(_ compiled: CompiledProgram) {
    program = compiled.program
    layout = compiled.layout
    globals = Array(repeating: LedgerLayout.unset, count: layout.globalCount)
  }

  /// Everything one event does; the slow twin of ``RuleEngine/submit(_:to:journal:)``.
  public func submit(
    _ input: EventInput, to account: inout AccountState, checkPromises: Bool = false
  ) throws(EngineFault) -> Decision {
    let event = program.events[input.event]
    let now = max(input.at, account.clock)
    let key = event.keyField.map { input.fields[$0] }.flatMap { $0 >= 0 && $0 < account.keyCount ? Int($0) : nil }
    let before = Moment(account, key: key, now: now, globals: globals, event: input.event, fields: input.fields)

    if let answer = input.id.isEmpty ? nil : account.answers.answer(event: input.event, id: input.id) {
      let same = answer.fields == input.fields && answer.labels == input.labels
      var decision = Decision(same ? .allowed : .conflict, input, at: now, trace: trace(before))
      decision.key = key
      decision.fields = same ? answer.results : input.fields
      decision.isReplay = same
      if same {
        decision.covered = answer.covered
        decision.amount = max(0, answer.covered)
        decision.drawn = answer.drawn
        decision.firedRules = answer.firedRules
        decision.at = answer.at
      }
      return decision
    }
    for (index, field) in event.fields.prefix(event.givenCount).enumerated() {
      let value = input.fields[index]
      let fits =
        field.type.base.admits(value, in: field.range) || (field.type.isOptional && value == ValueType.none)
      if fits { continue }
      guard let denial = event.outOfRange else {
        throw .fieldOutOfRange(
          event: event.name, field: field.name, value: "\(value)", range: "\(field.range.low) to \(field.range.high)")
      }
      var decision = Decision(.denied, input, at: now, trace: trace(before))
      decision.denial = denial
      decision.field = index
      decision.key = key
      decision.fields = input.fields
      decision.drawn = program.buckets.map { _ in 0 }
      return decision
    }

    var moment = before
    var outcome = try decide(&moment)
    var working = account
    var rescued: Int?
    if let denial = outcome.denial {
      moment.shortfall = outcome.shortfall
      for (index, rule) in program.rules.enumerated() {
        guard case .beforeDenial(denial) = rule.kind, applies(rule, to: input.event), hold(rule, moment) else {
          continue
        }
        var copy = account
        let effects = operations(of: [index], moment)
        try apply(effects.changes, to: &copy, moment, id: input.id)
        var second = Moment(copy, key: key, now: now, globals: globals, event: input.event, fields: input.fields)
        let retried = try decide(&second)
        if retried.denial == nil && !retried.isDenied {
          working = copy
          moment = second
          outcome = retried
          outcome.notices = outcome.notices + effects.notices
          outcome.fired.append(index)
          rescued = index
        } else {
          outcome.triedRescue = index
        }
        break
      }
    }
    var decision = Decision(outcome.isDenied ? .denied : .allowed, input, at: now, trace: trace(moment, outcome))
    decision.key = key
    decision.denial = outcome.denial
    decision.rule = outcome.rule
    decision.bucket = outcome.bucket
    decision.amount = outcome.amount
    decision.shortfall = outcome.shortfall
    decision.fields = moment.fields
    decision.rescueRule = rescued
    decision.triedRescueRule = outcome.triedRescue
    decision.drawn = program.buckets.map { _ in 0 }
    guard !outcome.isDenied else { return decision }

    decision.covered = outcome.amount
    decision.drawn = outcome.drawn
    decision.firedRules = outcome.fired
    decision.notices = outcome.notices
    try apply(commit(outcome, moment), to: &working, moment, id: input.id)

    var after = Moment(working, key: key, now: now, globals: globals, event: input.event, fields: moment.fields)
    after.drawn = outcome.drawn
    after.covered = outcome.amount
    after.earlier = [before]
    let reacting = program.rules.indices.filter { index in
      guard case .after(let events) = program.rules[index].kind, events.contains(input.event) else { return false }
      return applies(program.rules[index], to: input.event) && hold(program.rules[index], after)
    }
    let reaction = operations(of: reacting, after)
    try apply(reaction.changes, to: &working, after, id: input.id)
    decision.firedRules += reacting
    decision.notices += reaction.notices

    if checkPromises {
      var final = Moment(working, key: key, now: now, globals: globals, event: input.event, fields: moment.fields)
      final.drawn = outcome.drawn
      final.covered = outcome.amount
      final.earlier = [before]
      decision.brokenPromises = program.promises.indices.filter { index in
        let promise = program.promises[index]
        guard promise.events.isEmpty || promise.events.contains(input.event) else { return false }
        guard speaks([promise.condition], of: input.event) else { return false }
        return evaluate(promise.condition, final) == 0
      }
    }
    account = working
    if !input.id.isEmpty {
      account.answers.remember(
        AnswerMemory.Answer(
          fields: input.fields, labels: input.labels, covered: decision.covered, drawn: decision.drawn,
          results: decision.fields, firedRules: decision.firedRules, at: now),
        event: input.event, id: input.id)
    }
    return decision
  }
}

// MARK: - The decision

extension ReferenceEngine {
  struct Outcome {
    var isDenied = false
    var denial: Int?
    var rule: Int?
    var bucket: Int?
    var amount: Int64 = 0
    var shortfall: Int64 = 0
    var drawn: [Int64] = []
    var fired: [Int] = []
    var notices: [Decision.Notice] = []
    var changes: [LedgerChange] = []
    var triedRescue: Int?
  }

  private func rank(_ denial: Int) -> Int64 { program.denials[denial].rank }

  func decide(_ moment: inout Moment) throws(EngineFault) -> Outcome {
    let event = program.events[moment.event]
    moment.fields += event.fields.dropFirst(event.givenCount).map { _ in 0 }
    for index in event.derivationOrder {
      guard let derivation = event.fields[index].derivation else { continue }
      moment.fields[index] = try checked(derivation, moment)
    }
    var outcome = Outcome()
    outcome.drawn = program.buckets.map { _ in 0 }

    var shown: (rule: Int, denial: Int)?
    for (index, rule) in program.rules.enumerated() {
      guard case .deny(let events, let denial) = rule.kind, events.contains(moment.event),
        applies(rule, to: moment.event), hold(rule, moment)
      else { continue }
      if shown.map({ rank(denial) < rank($0.denial) }) ?? true { shown = (index, denial) }
    }
    if let shown {
      outcome.isDenied = true
      outcome.rule = shown.rule
      outcome.denial = shown.denial
      return outcome
    }

    var payer: Int?
    var acting: [Int] = []
    for (index, rule) in program.rules.enumerated() {
      guard case .on(let events) = rule.kind, events.contains(moment.event), applies(rule, to: moment.event),
        hold(rule, moment)
      else { continue }
      acting.append(index)
      for case .pay(let amount) in rule.effects.flatMap(\.operations) {
        if let payer { throw .twoPayments(first: program.rules[payer].name, second: rule.name) }
        payer = index
        outcome.amount = max(0, try checked(amount, moment))
      }
    }
    outcome.fired = acting
    let effects = operations(of: acting, moment)
    outcome.changes = effects.changes
    outcome.notices = effects.notices
    try draw(&outcome, moment)
    return outcome
  }

  private func draw(_ outcome: inout Outcome, _ moment: Moment) throws(EngineFault) {
    var need = outcome.amount
    guard need > 0 else { return }
    for (rule, limit, denial) in caps(of: nil, moment) where need > max(0, limit) {
      outcome.isDenied = true
      outcome.rule = rule
      outcome.denial = denial
      outcome.shortfall = need - max(0, limit)
      return
    }
    var short: (denial: Int, rule: Int?, bucket: Int)?
    for (index, bucket) in program.buckets.enumerated() where need > 0 {
      if let gate = closedGate(of: index, moment) {
        if short == nil { short = (gate.denial, gate.rule, index) }
        continue
      }
      let rate = bucket.rate.map { evaluate($0, moment) } ?? ValueType.none
      let due = rate == ValueType.none ? need : Arithmetic.due(need, atRate: rate, step: bucket.rateStep)
      let caps = caps(of: index, moment)
      let room = caps.reduce(min(due, evaluate(.available(index), moment))) { min($0, max(0, $1.limit)) }
      let paid = max(0, room)
      if paid < due, short == nil {
        if let cap = caps.first(where: { $0.limit < due }) {
          short = (cap.denial, cap.rule, index)
        } else if let denial = bucket.denial {
          short = (denial, nil, index)
        }
      }
      outcome.drawn[index] = paid
      let rest = due - paid
      if rest <= 0 {
        need = 0
      } else if rate != ValueType.none {
        need = Arithmetic.restAtStandardRates(rest: rest, need: need, due: due, step: bucket.rateStep)
      } else {
        need = rest
      }
    }
    if need > 0 {
      outcome.isDenied = true
      outcome.shortfall = need
      outcome.denial = short?.denial
      outcome.rule = short?.rule
      outcome.bucket = short?.bucket
    }
  }

  /// The caps in force, lowest rank first.
  private func caps(of bucket: Int?, _ moment: Moment) -> [(rule: Int, limit: Int64, denial: Int)] {
    var found: [(rule: Int, limit: Int64, denial: Int)] = []
    for (index, rule) in program.rules.enumerated() {
      guard case .cap(bucket, let limit, let denial) = rule.kind, applies(rule, to: moment.event), hold(rule, moment)
      else { continue }
      let value = evaluate(limit, moment)
      if value != ValueType.none { found.append((index, value, denial)) }
    }
    return found.sorted { (rank($0.denial), $0.rule) < (rank($1.denial), $1.rule) }
  }

  private func closedGate(of bucket: Int, _ moment: Moment) -> (rule: Int, denial: Int)? {
    var closed: [(rule: Int, denial: Int)] = []
    for (index, rule) in program.rules.enumerated() {
      guard case .gate(bucket, let denial) = rule.kind, applies(rule, to: moment.event), !hold(rule, moment)
      else { continue }
      closed.append((index, denial))
    }
    return closed.min { (rank($0.denial), $0.rule) < (rank($1.denial), $1.rule) }
  }

  /// What an allowed event does: its draws, the effects of its rules, and the meters and times that follow it.
  private func commit(_ outcome: Outcome, _ moment: Moment) -> [LedgerChange] {
    var changes: [LedgerChange] = []
    for (bucket, amount) in outcome.drawn.enumerated() where amount > 0 {
      changes.append(LedgerChange(.draw, target: bucket, amount: amount))
    }
    changes += outcome.changes
    for (index, meter) in program.meters.enumerated() {
      switch meter.measure {
      case .payments: changes.append(LedgerChange(.add, target: index, amount: outcome.amount))
      case .bucketPayments(let bucket):
        changes.append(LedgerChange(.add, target: index, amount: outcome.drawn[bucket]))
      case .sum(let expr, moment.event):
        changes.append(LedgerChange(.add, target: index, amount: evaluate(expr, moment)))
      case .count(moment.event): changes.append(LedgerChange(.add, target: index, amount: 1))
      default: break
      }
    }
    for (index, meter) in program.meters.enumerated() where meter.since == moment.event {
      changes.append(LedgerChange(.reset, target: index))
    }
    changes.append(LedgerChange(.touch, target: moment.event, amount: moment.now))
    return changes
  }

  private func operations(
    of rules: [Int], _ moment: Moment
  ) -> (changes: [LedgerChange], notices: [Decision.Notice]) {
    var changes: [LedgerChange] = []
    var notices: [Decision.Notice] = []
    for rule in rules {
      for operation in program.rules[rule].effects.flatMap(\.operations) {
        switch operation {
        case .pay: break
        case .credit(let amount, let bucket, let kind):
          let value = evaluate(amount, moment)
          let lotKind = program.lotKinds.firstIndex(of: kind) ?? 0
          let paid = program.lotKinds.isEmpty || program.lotKinds[lotKind] == "paid"
          if value > 0 {
            changes.append(
              LedgerChange(.credit, target: bucket, amount: value, contra: paid ? .cards : .grants, lotKind: lotKind))
          }
        case .debit(let amount, let bucket):
          let allowance = program.buckets[bucket].resets.map { evaluate($0.allowance, moment) } ?? 0
          let value = evaluate(amount, moment)
          if value > 0 {
            changes.append(
              LedgerChange(.debit, target: bucket, amount: value, contra: .adjustments, allowance: allowance))
          }
        case .set(let setting, let value):
          changes.append(LedgerChange(.set, target: setting, amount: evaluate(value, moment)))
        case .notify(let level): notices.append(Decision.Notice(level: level, rule: rule))
        }
      }
    }
    return (changes, notices)
  }

  private func apply(
    _ changes: [LedgerChange], to account: inout AccountState, _ moment: Moment, id: String
  ) throws(EngineFault) {
    if changes.isEmpty { return }
    var list = changes
    let (row, keyRow) = (movingPart(moment), movingKeyPart(moment))
    do throws(LedgerFault) {
      try list.withUnsafeMutableBufferPointer { list throws(LedgerFault) in
        try row.withUnsafeBufferPointer { row throws(LedgerFault) in
          try keyRow.withUnsafeBufferPointer { keyRow throws(LedgerFault) in
            try account.apply(
              list, key: moment.key ?? -1, now: moment.now, rolled: row.baseAddress,
              keyRolled: moment.key == nil ? nil : keyRow.baseAddress, origin: id, order: burnOrder)
          }
        }
      }
    } catch {
      throw .ledger(error)
    }
  }

  /// Whether a rule can be about this event: it reads no fields of another, and nothing of a key if the event names none.
  private func applies(_ rule: Rule, to event: Int) -> Bool {
    var exprs = rule.clauses
    if case .cap(_, let limit, _) = rule.kind { exprs.append(limit) }
    for operation in rule.effects.flatMap(\.operations) {
      switch operation {
      case .pay(let expr), .credit(let expr, _, _), .debit(let expr, _): exprs.append(expr)
      case .set(let setting, let expr):
        if program.settings[setting].scope == .key && program.events[event].keyField == nil { return false }
        exprs.append(expr)
      case .notify: break
      }
    }
    return speaks(exprs, of: event)
  }

  private func speaks(_ exprs: [Expr], of event: Int) -> Bool {
    for expr in exprs {
      var scan = ExprScan(program)
      scan.visit(expr)
      if scan.readsKey && program.events[event].keyField == nil { return false }
      if scan.events.contains(where: { $0 != event }) { return false }
    }
    return true
  }

  private func hold(_ rule: Rule, _ moment: Moment) -> Bool {
    rule.clauses.allSatisfy { evaluate($0, moment) != 0 }
  }
}
