import Engine
import Language
import Ledger
import Values

extension ConformanceWorld {
  /// Carries one event out and answers it in the words of the cases.
  mutating func take(_ event: Json) throws(ConformanceFault) -> Json {
    if let at = event["at"]?.text {
      guard let time = try? Instant(parsing: at) else { throw ConformanceFault("`at` is not a time: \(at)") }
      clock = max(clock, time.microseconds)
    }
    guard let type = event["type"]?.text else { throw ConformanceFault("an event has no `type`") }
    switch type {
    case "request": return try request(event)
    case "grant": return try grant(event)
    case "status": return try status()
    case "statement": return try statement(event)
    case "subscribe":
      guard let subscription = event["subscription"] else {
        throw ConformanceFault("`subscribe` lacks its `subscription`")
      }
      try subscribe(subscription)
    case "sub_status": try changeStatus(event["status"]?.text ?? "")
    case "set_fallback": try set("fallback.enabled", event["enabled"]?.bool == true ? 1 : 0)
    case "set_limit": try set("limits.spending_limit", try nanoOrNone(event["limit"] ?? .null))
    case "set_key", "add_key":
      let key = account.addKey(event["key"]?.text ?? "")
      if let limit = event["limit"] { try set("teams.key_limit", try nanoOrNone(limit), key: key) }
    case "delete_key":
      guard let key = event["key"]?.text.flatMap({ account.keyIndex(named: $0) }) else {
        throw ConformanceFault("there is no key \(event["key"]?.compact ?? "named")")
      }
      try submit("delete_key", ["key": Int64(key)])
    case "set_price":
      guard let model = event["model"]?.text else { throw ConformanceFault("`set_price` lacks its `model`") }
      try reprice(.init(model, event))
    case "tick", "clock", "advance": break
    default: throw ConformanceFault("the rules have no event `\(type)`")
    }
    return .object([.init("decision", "ok"), .init("balance", try balance())])
  }

  private func balance() throws(ConformanceFault) -> Json { units(try fact("balance")) }

  // MARK: - Requests

  private mutating func request(_ event: Json) throws(ConformanceFault) -> Json {
    var values: [String: Int64] = [:]
    for (theirs, ours) in [("in", "input"), ("out", "output"), ("cached", "cached"), ("cached_in", "cached")] {
      guard let count = event[theirs], !count.isNull else { continue }
      // A number beyond 64 bits is as absurd as one beyond the declared range, and refused for the same reason.
      values[ours] = count.integer ?? (count.compact.hasPrefix("-") ? -Int64.max : Int64.max)
    }
    if let cost = event["cost"], !cost.isNull {
      guard let units = cost.integer else {
        throw ConformanceFault("a cost is \(cost.compact), not a whole number of units")
      }
      values["costing"] = Money(units: units)?.nano ?? (units < 0 ? -Int64.max : Int64.max)
    }
    let key = event["key"]?.text ?? "k1"
    values["key"] = account.keyIndex(named: key).map(Int64.init) ?? ValueType.none
    var labels = [Transaction.Label("key", key)]
    if let model = event["model"]?.text {
      values["model"] = program.symbol(model)
      labels.append(Transaction.Label("model", model))
    }
    let decision = try submitted("request", event, values, labels)
    return try answer(decision)
  }

  private mutating func submitted(
    _ name: String, _ event: Json, _ values: [String: Int64], _ labels: [Transaction.Label] = []
  ) throws(ConformanceFault) -> Decision {
    do throws(EngineFault) {
      let input = try engine.input(name, id: event["id"]?.text ?? "", at: clock, values, labels: labels)
      return try engine.submit(input, to: &account, journal: &journal)
    } catch {
      throw ConformanceFault(error.message)
    }
  }

  private func answer(_ decision: Decision) throws(ConformanceFault) -> Json {
    let status = decision.status(in: program)
    let verdict: Json =
      switch decision.verdict {
      case .allowed: "allow"
      case .conflict: "conflict"
      // The request itself is malformed; nothing about the account was decided.
      case .denied: status == 400 ? "reject" : "deny"
      }
    var members: [Json.Member] = [.init("decision", verdict), .init("http", .integer(status))]
    if let code = decision.code(in: program) { members.append(.init("code", .text(code))) }
    members.append(.init("sub", units(drawn("quota", decision))))
    members.append(.init("payg", units(drawn("balance", decision))))
    if decision.isAllowed { members.append(.init("cost", units(decision.amount))) }
    members.append(.init("balance", try balance()))
    if decision.isReplay { members.append(.init("replay", true)) }
    return .object(members)
  }

  private func drawn(_ bucket: String, _ decision: Decision) -> Int64 {
    engine.compiled.bucket(named: bucket).flatMap { decision.drawn.indices.contains($0) ? decision.drawn[$0] : nil }
      ?? 0
  }

  private mutating func grant(_ event: Json) throws(ConformanceFault) -> Json {
    let amount = try nano(event["amount"], "a grant")
    let decision = try submitted("grant", event, ["amount": amount])
    var members: [Json.Member] = []
    switch decision.verdict {
    case .allowed:
      members = [.init("decision", "allow"), .init("credited", units(decision.isReplay ? 0 : amount))]
    default:
      members = [
        .init("decision", decision.verdict == .conflict ? "conflict" : "deny"),
        .init("http", .integer(decision.status(in: program))),
        .init("code", .text(decision.code(in: program) ?? "")), .init("credited", 0),
      ]
    }
    if decision.isReplay { members.append(.init("replay", true)) }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  // MARK: - Looking

  private func status() throws(ConformanceFault) -> Json {
    var members: [Json.Member] = [
      .init("decision", "ok"), .init("level", .text(try word("warnings.level"))), .init("quota_field", try balance()),
      .init("available", units(try fact("balance.available"))),
    ]
    if hasSubscription {
      for (name, fact) in [("cycle_start", "cycle.start"), ("cycle_end", "cycle.end")] {
        let time = try self.fact(fact)
        members.append(
          .init(name, time == ValueType.none ? .null : .text(Instant(microseconds: time).description)))
      }
      members.append(.init("quota_left", units(try fact("quota"))))
      members.append(.init("payg_spent", units(try fact("limits.payg_spent"))))
    }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  private func statement(_ event: Json) throws(ConformanceFault) -> Json {
    guard let month = event["month"]?.text, let first = try? Instant(parsing: month + "-01"),
      let bucket = engine.compiled.bucket(named: "balance")
    else { throw ConformanceFault("`month` is not a month: \(event["month"]?.compact ?? "missing")") }
    let window = BillingCalendar.window(.month, at: first.microseconds, anchor: nil)
    guard let statement = Statement(journal, of: bucket, opening: opening, in: window) else {
      throw ConformanceFault("the sums of this month pass the largest amount")
    }
    let byModel = statement.usageByModel.map { Json.Member($0.model, units($0.amount)) }
    let lines: [Json.Member] = [
      .init("opening", units(statement.opening)), .init("closing", units(statement.closing)),
      .init("topups", units(statement.topUps)), .init("grants", units(statement.grants)),
      .init("usage", units(statement.usage)), .init("usage_by_model", .object(byModel)),
      .init("refunds", units(statement.refunds)), .init("clawbacks", units(statement.clawbacks)),
      .init("reinstated", units(statement.reinstated)),
    ]
    return .object([.init("decision", "ok"), .init("statement", .object(lines)), .init("balance", try balance())])
  }

  /// The account as it is in the end.
  func final() throws(ConformanceFault) -> Json {
    let balance = Money(nano: try fact("balance"))
    var members: [Json.Member] = [
      .init("balance_units", units(balance.nano)),
      .init("balance_micro", balance.nano % 1_000 == 0 ? .integer(balance.nano / 1_000) : .text("\(balance)")),
      .init("balance_usd", .text(balance.microText)), .init("available_units", units(try fact("balance.available"))),
      .init("level", .text(try word("warnings.level"))), .init("absorbed_units", units(account.contra(.absorbed))),
      .init("invoices", .integer(Int64(Statement.paidTopUps(journal)))),
      .init("card_in_units", units(-account.contra(.cards))),
    ]
    var used: [Json.Member] = []
    for (index, name) in account.keyNames.enumerated() {
      used.append(.init(name, units(has("teams.key_spent_ever") ? try fact("teams.key_spent_ever", key: index) : 0)))
    }
    members.append(.init("keys_used", .object(used)))
    if hasSubscription {
      members.append(.init("quota_left_units", units(try fact("quota"))))
      members.append(.init("payg_spent_cycle_units", units(try fact("limits.payg_spent"))))
    }
    return .object(members)
  }
}
