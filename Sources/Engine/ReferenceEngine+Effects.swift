import Language
import Ledger
import Values

extension ReferenceEngine {
  /// What an allowed event does: its draws, the effects of its rules, and the meters and times that follow it.
  func commit(_ outcome: Outcome, _ moment: Moment) -> [LedgerChange] {
    var changes: [LedgerChange] = []
    var pays = true
    switch outcome.demand {
    case .nothing, .pay:
      for (bucket, amount) in outcome.drawn.enumerated() where amount > 0 {
        changes.append(LedgerChange(.draw, target: bucket, amount: amount))
      }
    case .hold(let expiry):
      pays = false
      changes += moment.account.changes(
        holding: outcome.drawn, covered: outcome.covered, until: expiry, key: moment.key ?? -1)
    case .settle(let hold, let overrun, let overrunCovered):
      pays = false
      changes += moment.account.changes(
        settling: hold, drawn: outcome.drawn, overrun: overrun, covered: outcome.covered,
        overrunCovered: overrunCovered, absorbed: outcome.absorbed, rolled: movingPart(moment),
        keyRolled: moment.keyRow == nil ? nil : movingKeyPart(moment))
    }
    changes += outcome.changes
    for (index, meter) in program.meters.enumerated() {
      switch meter.measure {
      case .payments where pays: changes.append(LedgerChange(.add, target: index, amount: outcome.amount))
      case .bucketPayments(let bucket) where pays:
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

  struct Effects {
    var changes: [LedgerChange] = []
    var notices: [Decision.Notice] = []
    var wanted: (rule: Int, change: LedgerChange)?
  }

  /// What rules do, all of it worked out on the same state.
  func operations(of rules: [Int], _ moment: Moment) throws(EngineFault) -> Effects {
    var effects = Effects()
    for rule in rules {
      for operation in program.rules[rule].effects.flatMap(\.operations) {
        try add(operation, of: rule, to: &effects, moment)
      }
    }
    return effects
  }

  private func add(
    _ operation: Operation, of rule: Int, to effects: inout Effects, _ moment: Moment
  ) throws(EngineFault) {
    let account = moment.account
    switch operation {
    case .pay, .hold, .settle: break
    case .credit(let amount, let bucket, let kind):
      let value = evaluate(amount, moment)
      let lotKind = program.lotKinds.firstIndex(of: kind) ?? 0
      let paid = program.lotKinds.isEmpty || program.lotKinds[lotKind] == "paid"
      if value > 0 {
        effects.changes.append(
          LedgerChange(.credit, target: bucket, amount: value, contra: paid ? .cards : .grants, lotKind: lotKind))
      }
    case .debit(let amount, let bucket):
      let allowance = program.buckets[bucket].resets.map { evaluate($0.allowance, moment) } ?? 0
      let value = evaluate(amount, moment)
      if value > 0 {
        effects.changes.append(
          LedgerChange(.debit, target: bucket, amount: value, contra: .adjustments, allowance: allowance))
      }
    case .set(let setting, let value):
      effects.changes.append(LedgerChange(.set, target: setting, amount: evaluate(value, moment)))
    case .notify(let level): effects.notices.append(Decision.Notice(level: level, rule: rule))
    case .release(let hold):
      effects.changes += release(try ownHold(hold, moment), as: .voided, moment)
    case .collect(let amount, let card, let bucket, let denial):
      if case .on = program.rules[rule].kind, moment.skipsCollections { return }
      let value = evaluate(amount, moment)
      guard value > 0 else { return }
      let named = evaluate(card, moment)
      let isKnown = named >= 0 && named < Int64(account.cardNames.count)
      var isAutomatic = true
      if case .on = program.rules[rule].kind { isAutomatic = false }
      let change = LedgerChange(
        .collect, target: bucket, amount: value, lotKind: isAutomatic ? 1 : 0,
        allowance: isKnown ? named : ValueType.none)
      if denial == nil {
        effects.changes.append(change)
      } else if let wanted = effects.wanted {
        if moment.isTakenUp { return }
        throw .twoPayments(first: program.rules[wanted.rule].name, second: program.rules[rule].name)
      } else {
        effects.wanted = (rule, change)
      }
    case .receive(let payment):
      let index = try index(payment, of: "payment", among: account.payments.count, moment)
      effects.changes.append(LedgerChange(.receive, target: index))
    case .close(let payment, let asDeclined):
      let index = try index(payment, of: "payment", among: account.payments.count, moment)
      let state = asDeclined ? Payment.State.declined : .failed
      effects.changes.append(LedgerChange(.close, target: index, amount: state.rawValue))
    case .refund(let amount, let bucket, let payment, let limit):
      let named = payment.map { evaluate($0, moment) } ?? ValueType.none
      effects.changes += refund(
        evaluate(amount, moment), from: bucket, of: named == ValueType.none ? nil : named, upTo: limit, moment)
    case .confirm(let refund):
      let index = try index(refund, of: "refund", among: account.refunds.count, moment)
      effects.changes.append(LedgerChange(.confirm, target: index))
    case .restore(let refund):
      let index = try index(refund, of: "refund", among: account.refunds.count, moment)
      effects.changes.append(LedgerChange(.restore, target: index))
    case .clawBack(let amount, let payment):
      let index = try index(payment, of: "payment", among: account.payments.count, moment)
      let value = evaluate(amount, moment)
      effects.changes.append(LedgerChange(.clawBack, target: index, amount: value))
    case .reinstate(let payment):
      let index = try index(payment, of: "payment", among: account.payments.count, moment)
      effects.changes.append(LedgerChange(.reinstate, target: index))
    }
  }

  private func index(
    _ expr: Expr, of kind: String, among count: Int, _ moment: Moment
  ) throws(EngineFault) -> Int {
    let value = evaluate(expr, moment)
    guard value >= 0, value < Int64(count) else {
      throw .ledger(.wrongRecord(kind: kind, index: Int(clamping: value)))
    }
    return Int(value)
  }

  /// The hold that an event resolves: one made with the event's own key, or with none.
  func ownHold(_ expr: Expr, _ moment: Moment) throws(EngineFault) -> Int {
    let index = try index(expr, of: "hold", among: moment.account.holds.count, moment)
    let key = moment.account.holds[index].key
    guard key < 0 || key == moment.key else {
      throw .ledger(.wrongRecord(kind: "hold", index: index))
    }
    return index
  }

  /// The newest payment first, each up to its limit, until the amount is reached.
  private func refund(
    _ amount: Int64, from bucket: Int, of named: Int64?, upTo limit: Expr, _ moment: Moment
  ) -> [LedgerChange] {
    var walker = walker(moment)
    let limits = RecordRows.values(
      limit, of: RecordRows.payments(of: moment.account, order: order(moment)), by: &walker)
    var changes: [LedgerChange] = []
    var rest = amount
    for (index, payment) in moment.account.payments.enumerated().reversed() where rest > 0 {
      guard payment.state == .paid, payment.bucket == bucket, named == nil || named == Int64(index) else { continue }
      let part = min(rest, limits[index])
      guard part > 0 else { continue }
      changes.append(LedgerChange(.refund, target: index, amount: part))
      rest -= part
    }
    return changes
  }

  func release(_ hold: Int, as state: Hold.State, _ moment: Moment) -> [LedgerChange] {
    moment.account.changes(
      releasing: hold, as: state, rolled: movingPart(moment),
      keyRolled: moment.keyRow == nil ? nil : movingKeyPart(moment))
  }

  /// The first `on` rule of an event that has it wait for a charge.
  func firstAwaiting(_ event: Int) -> Int? {
    program.rules.indices.first { index in
      guard case .on(let events) = program.rules[index].kind, events.contains(event) else { return false }
      return applies(program.rules[index], to: event) && awaitedDenial(index) != nil
    }
  }

  func awaitedDenial(_ rule: Int) -> Int? {
    for case .collect(_, _, _, let denial?) in program.rules[rule].effects.flatMap(\.operations) { return denial }
    return nil
  }

  func apply(
    _ changes: [LedgerChange], to account: inout AccountState, _ moment: Moment, id: String
  ) throws(EngineFault) {
    if changes.isEmpty { return }
    var list = changes
    let (row, keyRow) = (movingPart(moment), movingKeyPart(moment))
    let order = order(moment)
    do throws(LedgerFault) {
      try list.withUnsafeMutableBufferPointer { list throws(LedgerFault) in
        try row.withUnsafeBufferPointer { row throws(LedgerFault) in
          try keyRow.withUnsafeBufferPointer { keyRow throws(LedgerFault) in
            try account.apply(
              list, key: moment.key ?? -1, now: moment.now, rolled: row.baseAddress,
              keyRolled: moment.key == nil ? nil : keyRow.baseAddress, origin: id, order: order, event: moment.event,
              fields: moment.fields)
          }
        }
      }
    } catch {
      throw .ledger(error)
    }
  }
}
