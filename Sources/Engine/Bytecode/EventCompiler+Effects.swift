import Language
import Ledger

/// What rules ask for: money through the waterfall, and every other effect.
extension EventCompiler {
  /// Which part of an event a rule acts in.
  enum Place {
    case on
    case rescue
    case reaction
  }

  /// What goes through the waterfall, if the rule has that: it is asked for before anything else the rule does.
  ///
  /// - Returns: whether there is any.
  mutating func compile(movementOf rule: Int) -> Bool {
    var acts = false
    for operation in program.rules[rule].effects.flatMap(\.operations) {
      switch operation {
      case .pay(let amount):
        take(.pay)
        exprs.builder.emit(.pay, 0, exprs.compile(amount), rule)
      case .hold(let amount, let ttl):
        take(.hold)
        let (value, time) = (exprs.compile(amount), exprs.compile(ttl))
        exprs.builder.emit(.hold, time, value, rule)
      case .settle(let amount, let hold, let isOwed):
        take(.settle)
        guard let record = map.record(named: hold, event: plan.event), record.kind == .hold else {
          error = .danglingIndex(place: program.rules[rule].name)
          continue
        }
        exprs.builder.emit(.settle, record.first, exprs.compile(amount), rule)
        exprs.builder.emit(.end, record.drawn, map.fields + record.field, isOwed ? 1 : 0)
      default: continue
      }
      acts = true
    }
    return acts
  }

  /// The code after the `on` rules is for one kind of movement.
  private mutating func take(_ kind: EventCode.Movement) {
    if movement != .none, movement != kind { error = .mixesMovements(event: program.events[plan.event].name) }
    movement = kind
  }

  /// Settles: from what the hold reserved, then as any payment, but without denying. Where nothing may be drawn any more the
  /// rest is borne by the platform, or owed.
  mutating func compileSettlement() {
    let end = exprs.builder.newLabel()
    exprs.builder.jump(.jumpIfLess, Status.payer, exprs.builder.constant(0), to: end)
    let reserveUsed = exprs.builder.newLabel()
    for bucket in program.buckets.indices {
      compile(drawFrom: bucket, room: map.floor + bucket, to: map.drawn + bucket, done: reserveUsed)
    }
    exprs.builder.bind(reserveUsed)
    exprs.builder.emit(.startOverrun)
    for rule in plan.totalCaps {
      guard case .cap(_, let limit, _) = program.rules[rule].kind else { continue }
      let next = exprs.builder.newLabel()
      compile(clausesOf: rule, otherwise: next)
      let value = exprs.compile(limit, unlessNone: next)
      exprs.builder.emit(.limitOverrun, 0, value)
      exprs.builder.bind(next)
    }
    let paid = exprs.builder.newLabel()
    exprs.builder.jump(.startDrawing, to: paid)
    for bucket in program.buckets.indices { compile(drawFrom: bucket, to: map.overrun + bucket, done: paid) }
    exprs.builder.bind(paid)
    exprs.builder.jump(.endSettling, to: end)
    if let bucket = program.buckets.indices.last(where: { layout.buckets[$0].lotBook != nil }) {
      let isRated = compile(dueOf: bucket)
      exprs.builder.emit(.owe, map.drawn + bucket, isRated ? 1 : 0, map.overrun + bucket)
    }
    exprs.builder.bind(end)
  }

  mutating func compile(effectsOf rule: Int, in place: Place) {
    for operation in program.rules[rule].effects.flatMap(\.operations) {
      switch operation {
      case .pay, .hold, .settle, .notify: break
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
      case .collect(let amount, let card, let bucket, let denial):
        let (value, from) = (exprs.compile(amount), exprs.compile(card))
        if let denial, place == .on { exprs.builder.emit(.wait, 0, value, decider(rule: rule, denial: denial)) }
        emit(
          place == .on ? .collectOnce : .collect,
          LedgerChange(.collect, target: bucket, lotKind: place == .on ? 0 : 1), value, from)
      case .refund(let amount, let bucket, let payment, let limit):
        limits.append(limit)
        let value = exprs.compile(amount)
        let named = payment.map { exprs.compile($0) } ?? exprs.builder.constant(-1)
        emit(
          .emitRecordPositive,
          LedgerChange(.refund, target: -1, lotKind: bucket, allowance: Int64(limits.count - 1)), named, value)
      case .release(let hold): emit(.resolve, about: hold, Hold.State.voided.rawValue)
      case .receive(let payment): emit(.receive, about: payment)
      case .close(let payment, let isDeclined):
        emit(.close, about: payment, (isDeclined ? Payment.State.declined : .failed).rawValue)
      case .confirm(let refund): emit(.confirm, about: refund)
      case .restore(let refund): emit(.restore, about: refund)
      case .clawBack(let amount, let payment):
        let (value, record) = (exprs.compile(amount), exprs.compile(payment))
        // A payment that was sent back whole can be disputed too: then there is nothing to take, but it is disputed.
        emit(.emitRecord, LedgerChange(.clawBack, target: -1), record, value)
      case .reinstate(let payment): emit(.reinstate, about: payment)
      }
    }
  }

  private mutating func emit(_ kind: LedgerChange.Kind, about record: Expr, _ amount: Int64 = 0) {
    let index = exprs.compile(record)
    emit(.emitRecord, LedgerChange(kind, target: -1), index, exprs.builder.constant(amount))
  }
}
