import Engine
import Language
import Ledger
import Standard
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
    case "hold": return try hold(event)
    case "settle": return try settle(event)
    case "void", "release": return try void(event)
    case "topup", "top_up": return try topUp(event)
    case "refund": return try refund(event)
    case "dispute", "chargeback": return try dispute(event)
    case "dispute_won": return try disputeWon(event)
    case "webhook", "payment_result": return try webhook(event)
    case "set_card", "new_card", "add_card": return try newCard(event)
    case "set_auto_topup", "auto_topup": return try configure(event)
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
    case "change_owner", "set_owner", "owner_change": try submit("change_owner", [:])
    case "delete_key":
      guard let key = event["key"]?.text.flatMap({ account.keyIndex(named: $0) }) else {
        throw ConformanceFault("there is no key \(event["key"]?.compact ?? "named")")
      }
      try submit("delete_key", ["key": Int64(key)])
    case "set_price":
      guard let model = event["model"]?.text else { throw ConformanceFault("`set_price` lacks its `model`") }
      try reprice(.init(model, event))
    case "tick", "clock", "advance", "expire": break
    default: throw ConformanceFault("the rules have no event `\(type)`")
    }
    return .object([.init("decision", "ok"), .init("balance", try balance())])
  }

  func balance() throws(ConformanceFault) -> Json { units(try fact("balance")) }

  // MARK: - Requests

  private mutating func request(_ event: Json) throws(ConformanceFault) -> Json {
    var values = try usage(event, ["in": "input", "out": "output", "cached": "cached", "cached_in": "cached"])
    try add(event["cost"], as: "costing", to: &values)
    let labels = addCaller(event, to: &values)
    let exchange = try exchanged("request", event, values, labels)
    return try answer(exchange)
  }

  /// Token counts by the fields they are for.
  func usage(_ event: Json, _ names: KeyValuePairs<String, String>) throws(ConformanceFault) -> [String: Int64] {
    var values: [String: Int64] = [:]
    for (theirs, ours) in names {
      guard let count = event[theirs], !count.isNull else { continue }
      // A number beyond 64 bits is as absurd as one beyond the declared range, and refused for the same reason.
      values[ours] = count.integer ?? (count.compact.hasPrefix("-") ? -Int64.max : Int64.max)
    }
    return values
  }

  /// An amount in units, where there is one.
  func add(_ cost: Json?, as field: String, to values: inout [String: Int64]) throws(ConformanceFault) {
    guard let cost, !cost.isNull else { return }
    guard let units = cost.integer else {
      throw ConformanceFault("a cost is \(cost.compact), not a whole number of units")
    }
    values[field] = Money(units: units)?.nano ?? (units < 0 ? -Int64.max : Int64.max)
  }

  /// The key and the model of a call, and their names for statements.
  func addCaller(_ event: Json, to values: inout [String: Int64]) -> [Transaction.Label] {
    let key = event["key"]?.text ?? "k1"
    values["key"] = account.keyIndex(named: key).map(Int64.init) ?? ValueType.none
    var labels = [Transaction.Label("key", key)]
    if let model = event["model"]?.text {
      values["model"] = program.symbol(model)
      labels.append(Transaction.Label("model", model))
    }
    return labels
  }

  /// Submits an event. What it asks of the payment provider is answered by the case's list, or by `outcome` alone.
  mutating func exchanged(
    _ name: String, _ event: Json, id: String? = nil, _ values: [String: Int64], _ labels: [Transaction.Label] = [],
    outcome: ProviderAnswer? = nil
  ) throws(ConformanceFault) -> Exchange {
    do throws(EngineFault) {
      let input = try engine.input(name, id: id ?? event["id"]?.text ?? "", at: clock, values, labels: labels)
      guard let outcome else {
        return try engine.submit(input, to: &account, journal: &journal, asking: &provider)
      }
      var own = ScriptedProvider([outcome])
      return try engine.submit(input, to: &account, journal: &journal, asking: &own)
    } catch {
      throw ConformanceFault(error.message)
    }
  }

  /// What a request, a hold or a settled stream came to.
  func answer(_ exchange: Exchange, allowed: String = "allow") throws(ConformanceFault) -> Json {
    let decision = exchange.decision
    var members = verdict(decision, allowed: allowed)
    members.append(.init("sub", units(drawn("quota", decision))))
    members.append(.init("payg", units(drawn("balance", decision))))
    if decision.isAllowed { members.append(.init("cost", units(decision.amount))) }
    members += try automaticCharge(exchange)
    members.append(.init("balance", try balance()))
    if decision.isReplay { members.append(.init("replay", true)) }
    return .object(members)
  }

  /// `decision`, `http` and, where there is one, `code`.
  func verdict(_ decision: Decision, allowed: String = "allow") -> [Json.Member] {
    let status = decision.status(in: program)
    let verdict: String =
      switch decision.verdict {
      case .allowed: allowed
      case .conflict: "conflict"
      case .waiting: "pending"
      // The request itself is malformed; nothing about the account was decided.
      case .denied: status == 400 ? "reject" : "deny"
      }
    var members: [Json.Member] = [.init("decision", .text(verdict)), .init("http", .integer(status))]
    if let code = decision.code(in: program) { members.append(.init("code", .text(code))) }
    return members
  }

  private func drawn(_ bucket: String, _ decision: Decision) -> Int64 {
    engine.compiled.bucket(named: bucket).flatMap { decision.drawn.indices.contains($0) ? decision.drawn[$0] : nil }
      ?? 0
  }

  private mutating func grant(_ event: Json) throws(ConformanceFault) -> Json {
    let amount = try nano(event["amount"], "a grant")
    let exchange = try exchanged("grant", event, ["amount": amount])
    return try credited(exchange, amount)
  }

  /// What was credited; an answer without a word about it says only that it was.
  func credited(_ exchange: Exchange, _ amount: Int64) throws(ConformanceFault) -> Json {
    let decision = exchange.decision
    var members = verdict(decision)
    if decision.isAllowed { members.removeAll { $0.name == "http" } }
    members.append(.init("credited", units(decision.isAllowed && !decision.isReplay ? amount : 0)))
    if decision.isReplay { members.append(.init("replay", true)) }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  // MARK: - Looking

  private func status() throws(ConformanceFault) -> Json {
    var members: [Json.Member] = [
      .init("decision", "ok"), .init("level", .text(try word("warnings.level"))), .init("quota_field", try balance()),
      .init("available", try available()),
    ]
    if hasSubscription {
      for (name, fact) in [("cycle_start", "cycle.start"), ("cycle_end", "cycle.end")] {
        let time = try self.fact(fact)
        members.append(
          .init(name, time == ValueType.none ? .null : .text(Instant(microseconds: time).description)))
      }
      members.append(.init("quota_left", units(try fact("quota"))))
      members.append(.init("payg_spent", units(try posted("limits.payg_spent"))))
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
      .init("balance_usd", .text(balance.microText)), .init("available_units", try available()),
      .init("level", .text(try word("warnings.level"))), .init("absorbed_units", units(-account.contra(.absorbed))),
      .init("invoices", .integer(Int64(Statement.paidTopUps(journal)))),
      .init("card_in_units", units(-account.contra(.cards))),
    ]
    var used: [Json.Member] = []
    for (index, name) in account.keyNames.enumerated() {
      used.append(.init(name, units(has("teams.key_spent_ever") ? try posted("teams.key_spent_ever", key: index) : 0)))
    }
    members.append(.init("keys_used", .object(used)))
    if hasSubscription {
      members.append(.init("quota_left_units", units(try fact("quota"))))
      members.append(.init("payg_spent_cycle_units", units(try posted("limits.payg_spent"))))
    }
    if hasAutomaticCharges {
      members.append(.init("auto_suspended", .bool(try fact("funding.charges_suspended") != 0)))
    }
    return .object(members)
  }
}
