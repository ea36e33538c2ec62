import Language
import Ledger
import Values

extension ReferenceEngine {
  struct Outcome {
    var isDenied = false
    var denial: Int?
    var rule: Int?
    var bucket: Int?
    var amount: Int64 = 0
    /// What is paid of it, or reserved.
    var covered: Int64 = 0
    var shortfall: Int64 = 0
    /// What nobody pays of something that is settled.
    var absorbed: Int64 = 0
    var drawn: [Int64] = []
    var demand = Demand.nothing
    var fired: [Int] = []
    var notices: [Decision.Notice] = []
    var changes: [LedgerChange] = []
    /// The charge of a card that the answer waits for.
    var wanted: (rule: Int, change: LedgerChange)?
    var rescuedBy: Int?
  }

  /// What the rules of an event want of the buckets.
  enum Demand {
    case nothing
    case pay
    case hold(until: Int64)
    case settle(hold: Int, overrun: [Int64], overrunCovered: Int64)
  }

  func rank(_ denial: Int) -> Int64 { program.denials[denial].rank }

  /// - Parameter mayDeny: whether `deny` rules are asked.
  func decide(_ moment: inout Moment, mayDeny: Bool = true) throws(EngineFault) -> Outcome {
    let event = program.events[moment.event]
    moment.fields = Array(moment.fields.prefix(event.givenCount))
    moment.fields += event.fields.dropFirst(event.givenCount).map { _ in 0 }
    for index in event.derivationOrder {
      guard let derivation = event.fields[index].derivation else { continue }
      moment.fields[index] = try checked(derivation, moment)
    }
    var outcome = Outcome()
    outcome.drawn = program.buckets.map { _ in 0 }

    var shown: (rule: Int, denial: Int)?
    for (index, rule) in program.rules.enumerated() where mayDeny {
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

    let acting = program.rules.indices.filter { index in
      let rule = program.rules[index]
      guard case .on(let events) = rule.kind, events.contains(moment.event) else { return false }
      return applies(rule, to: moment.event) && hold(rule, moment)
    }
    var asking: (rule: Int, operation: Operation)?
    for index in acting {
      for operation in program.rules[index].effects.flatMap(\.operations) {
        switch operation {
        case .pay, .hold, .settle:
          if let asking {
            throw .twoPayments(first: program.rules[asking.rule].name, second: program.rules[index].name)
          }
          asking = (index, operation)
        default: break
        }
      }
    }
    outcome.fired = acting
    switch asking?.operation {
    case .pay(let amount):
      outcome.demand = .pay
      outcome.amount = max(0, try checked(amount, moment))
      draw(&outcome, moment)
    case .hold(let amount, let ttl):
      outcome.demand = .hold(until: moment.now + max(0, try checked(ttl, moment)))
      outcome.amount = max(0, try checked(amount, moment))
      draw(&outcome, moment)
    case .settle(let amount, let hold, let owed):
      let index = try ownHold(hold, moment)
      outcome.amount = max(0, try checked(amount, moment))
      settle(&outcome, moment.account.holds[index], index, owed, moment)
    default: break
    }
    if outcome.isDenied { return outcome }
    let effects = try operations(of: acting, moment)
    outcome.changes = effects.changes
    outcome.notices = effects.notices
    outcome.wanted = effects.wanted
    return outcome
  }

  // MARK: - The waterfall

  private func draw(_ outcome: inout Outcome, _ moment: Moment) {
    var need = outcome.amount
    outcome.covered = outcome.amount
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
      let due = due(need, from: index, moment)
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
      need = left(of: need, due: due, paid: paid, from: index, moment)
    }
    if need > 0 {
      outcome.isDenied = true
      outcome.shortfall = need
      outcome.denial = short?.denial
      outcome.rule = short?.rule
      outcome.bucket = short?.bucket
    }
  }

  /// First from what the hold reserved, then what goes beyond it through the waterfall, as far as that goes.
  private func settle(_ outcome: inout Outcome, _ hold: Hold, _ index: Int, _ owed: Bool, _ moment: Moment) {
    let reserved = hold.state == .open ? hold.drawn : program.buckets.map { _ in 0 }
    let most = hold.state == .open ? hold.covered : 0

    var inside = min(outcome.amount, most)
    for bucket in program.buckets.indices where inside > 0 {
      let due = due(inside, from: bucket, moment)
      let paid = min(due, reserved[bucket])
      outcome.drawn[bucket] = paid
      inside = left(of: inside, due: due, paid: paid, from: bucket, moment)
    }

    let beyond = inside + outcome.amount - min(outcome.amount, most)
    var need = caps(of: nil, moment).reduce(beyond) { min($0, max(0, $1.limit)) }
    let cut = beyond - need
    var overrun = program.buckets.map { _ in Int64(0) }
    for bucket in program.buckets.indices where need > 0 && closedGate(of: bucket, moment) == nil {
      let due = due(need, from: bucket, moment)
      let room = caps(of: bucket, moment).reduce(evaluate(.available(bucket), moment)) { min($0, $1.limit) }
      let paid = min(due, max(0, room))
      overrun[bucket] = paid
      need = left(of: need, due: due, paid: paid, from: bucket, moment)
    }
    var unpaid = cut + need
    var overrunCovered = beyond - unpaid
    let debtor = program.buckets.lastIndex { $0.keepsLots && $0.resets == nil }
    if owed, unpaid > 0, let debtor {
      overrun[debtor] += due(unpaid, from: debtor, moment)
      overrunCovered += unpaid
      unpaid = 0
    }
    for bucket in program.buckets.indices { outcome.drawn[bucket] += overrun[bucket] }
    outcome.absorbed = unpaid
    outcome.covered = outcome.amount - unpaid
    outcome.demand = .settle(hold: index, overrun: overrun, overrunCovered: overrunCovered)
  }

  private func rate(of bucket: Int, _ moment: Moment) -> Int64? {
    guard let expr = program.buckets[bucket].rate else { return nil }
    let rate = evaluate(expr, moment)
    return rate == ValueType.none ? nil : rate
  }

  /// What a bucket gives for something that costs `need` at standard rates.
  private func due(_ need: Int64, from bucket: Int, _ moment: Moment) -> Int64 {
    guard let rate = rate(of: bucket, moment) else { return need }
    return Arithmetic.due(need, atRate: rate, step: program.buckets[bucket].rateStep)
  }

  /// What is then still needed at standard rates.
  private func left(of need: Int64, due: Int64, paid: Int64, from bucket: Int, _ moment: Moment) -> Int64 {
    if paid >= due { return 0 }
    guard rate(of: bucket, moment) != nil else { return due - paid }
    return Arithmetic.restAtStandardRates(
      rest: due - paid, need: need, due: due, step: program.buckets[bucket].rateStep)
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

  // MARK: - Which rules speak

  /// Whether a rule can be about this event: it reads no fields of another, and nothing of a key if the event has none.
  func applies(_ rule: Rule, to event: Int) -> Bool {
    var exprs = rule.clauses
    if case .cap(_, let limit, _) = rule.kind { exprs.append(limit) }
    for operation in rule.effects.flatMap(\.operations) {
      if case .set(let setting, _) = operation, program.settings[setting].scope == .key, !program.events[event].hasKey {
        return false
      }
      exprs += operation.expressions
    }
    return speaks(exprs, of: event)
  }

  func speaks(_ exprs: [Expr], of event: Int) -> Bool {
    for expr in exprs {
      var scan = ExprScan(program)
      scan.visit(expr)
      if scan.readsKey && !program.events[event].hasKey { return false }
      if scan.events.contains(where: { $0 != event }) { return false }
    }
    return true
  }

  func hold(_ rule: Rule, _ moment: Moment) -> Bool {
    rule.clauses.allSatisfy { evaluate($0, moment) != 0 }
  }
}
