import Language
import Ledger
import Values

extension Explanation {
  /// What the hold had reserved pays first, then the waterfall what goes beyond it, as far as it can.
  mutating func settle(_ plan: EventPlan, _ amount: Expr, _ hold: Expr, _ isOwed: Bool) {
    let program = engine.program
    let cost = max(0, arithmetic.reader.evaluate(amount))
    let number = arithmetic.reader.evaluate(hold)
    let record = reserve(hold)
    let inside = min(cost, record.covered)
    var left = inside
    var reserveDraws: [Int64]?
    if let drawn = record.drawn {
      reserveDraws = program.buckets.map { _ in 0 }
      for bucket in program.buckets.indices where left > 0 {
        let due = due(left, from: bucket)
        let gave = min(due, bucket < drawn.count ? drawn[bucket] : 0)
        reserveDraws?[bucket] = gave
        left = rest(of: left, due: due, gave: gave, from: bucket)
      }
    } else {
      left = 0
    }

    let overrun = left + cost - inside
    var settlement = Settlement(
      hold: number, reserved: record.covered, fromReserve: cost - overrun, reserveDraws: reserveDraws,
      overrun: overrun, unpaid: 0, isOwed: isOwed && program.buckets.contains { $0.keepsLots && $0.resets == nil })
    defer { self.settlement = settlement }
    guard overrun > 0 else {
      notTried += plan.totalCaps + plan.gates.joined() + plan.caps.joined()
      return
    }
    var need = overrun
    for rule in plan.totalCaps {
      let trial = attempt(cap: rule, asked: overrun)
      trials.append(trial)
      guard let limit = trial.limit, max(0, limit) < need else { continue }
      need = max(0, limit)
      settlement.cap = (rule, limit)
    }
    let cut = overrun - need
    for bucket in program.buckets.indices {
      guard let draw = ask(bucket, for: need, plan).draw else { continue }
      need = draw.rest
      draws.append(draw)
    }
    settlement.unpaid = cut + need
  }

  /// What an open hold reserves: in all, and of each bucket where the account is at hand.
  private func reserve(_ hold: Expr) -> (covered: Int64, drawn: [Int64]?) {
    guard case .fact(.field(let event, let field)) = hold.kind else { return (0, nil) }
    func number(_ number: Int) -> Int64 {
      arithmetic.reader.value(of: .record(event: event, field: field, number: number))
    }
    let isOpen = number(0) == Hold.State.open.rawValue
    let index = arithmetic.reader.evaluate(hold)
    let known = account.flatMap { account in
      Int(exactly: index).flatMap { account.holds.has($0) ? account.holds[$0].drawn : nil }
    }
    guard isOpen else { return (0, engine.program.buckets.map { _ in 0 }) }
    return (number(1), known)
  }

  var settlementLines: [String] {
    guard let settlement else { return [] }
    let program = engine.program
    let hold = arithmetic.formatter.text(settlement.hold, .record(.hold))
    var lines = ["  settles \(money(decision.amount)) of \(hold): \(money(settlement.reserved)) was reserved"]
    if settlement.fromReserve > 0 {
      let parts = settlement.reserveDraws.map { ": " + list(of: $0) } ?? ""
      lines.append("     \(money(settlement.fromReserve)) from the reserve\(parts)")
    }
    let back = settlement.reserved - settlement.fromReserve
    if back > 0 { lines.append("     \(money(back)) of the reserve is free again") }
    guard settlement.overrun > 0 else { return lines }
    lines.append("     \(money(settlement.overrun)) beyond the reserve")
    lines += drawLines
    guard settlement.unpaid > 0 else { return lines }
    let borne = settlement.isOwed ? "is owed: the balance goes below zero" : "is absorbed by the platform"
    lines.append("     \(money(settlement.unpaid)) \(borne)")
    for rule in limiting(settlement) {
      let trial = trials.last { $0.rule == rule }
      let numbers = trial.map { $0.arithmetic.isEmpty ? "" : ": \($0.arithmetic)" } ?? ""
      lines.append("       by \(program.rules[rule].name)  \(place(of: rule))\(numbers)")
    }
    return lines
  }

  /// The rules that kept the buckets from paying more.
  private func limiting(_ settlement: Settlement) -> [Int] {
    var rules = settlement.cap.map { [$0.rule] } ?? []
    for draw in draws where draw.gave < draw.due {
      if let gate = draw.closedBy {
        rules.append(gate)
      } else if let cap = draw.cap, max(0, cap.limit) < draw.available {
        rules.append(cap.rule)
      }
    }
    return rules
  }

  /// `quota $0, balance $4.00`: amounts bucket by bucket.
  func list(of amounts: [Int64]) -> String {
    zip(engine.program.buckets.indices, amounts).map { "\(shortName($0)) \(money($1))" }.joined(separator: ", ")
  }

  /// A bucket's last word where no other has it.
  func shortName(_ bucket: Int) -> String {
    let names = engine.program.buckets.map { $0.name.split(separator: ".").last.map(String.init) ?? $0.name }
    return names.count { $0 == names[bucket] } == 1 ? names[bucket] : engine.program.buckets[bucket].name
  }
}
