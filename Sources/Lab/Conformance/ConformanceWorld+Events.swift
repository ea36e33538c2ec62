import Engine
import Formats
import Language
import Ledger
import Standard
import Values

extension ConformanceWorld {
  /// Carries one event out and answers it in the words of the cases.
  mutating func take(_ event: Json) throws(ConformanceFault) -> Json {
    guard let type = event["type"]?.text else { throw ConformanceFault("an event has no `type`") }
    guard let word = ConformanceVocabulary.word(type) else {
      throw ConformanceFault("the rules have no event `\(type)`")
    }
    let times = ConformanceVocabulary.ownTimes + ConformanceVocabulary.postingTimes
    remark(event, known: word.members.union(ConformanceVocabulary.asides).union(times), "`\(type)`")
    try moveClock(to: event)
    switch word.name {
    case "request": return try request(event)
    case "hold": return try hold(event)
    case "settle": return try settle(event)
    case "void": return try void(event)
    case "topup": return try topUp(event)
    case "refund": return try refund(event)
    case "refund_requested": return try refundRequested(event)
    case "refund_paid", "refund_failed": try refundAnswered(event, word.name)
    case "dispute": return try dispute(event)
    case "dispute_won": return try disputeWon(event)
    case "webhook": return try webhook(event)
    case "set_card": return try newCard(event)
    case "set_auto_topup": return try configure(event)
    case "grant": return try grant(event)
    case "status": return try status()
    case "statement": return try statement(event)
    case "subscribe": try subscribe(event["subscription"] ?? event)
    case "sub_status":
      let said = ["renewal_failed": "past_due", "renewed": "active", "cancel": "canceled", "unsubscribe": "canceled"]
      try changeStatus(event["status"]?.text ?? said[type] ?? "")
    case "set_fallback":
      let isOn = (event["enabled"] ?? event["on"])?.bool ?? (type == "enable_fallback")
      try set("fallback.enabled", isOn ? 1 : 0)
      if let limit = event["limit"] { try set("limits.spending_limit", try nanoOrNone(limit)) }
    case "set_limit": try set("limits.spending_limit", try nanoOrNone(event["limit"] ?? .null))
    case "set_key": try setKey(account.addKey(event["key"]?.text ?? ""), event)
    case "delete_key":
      guard let key = event["key"]?.text.flatMap({ account.keyIndex(named: $0) }) else {
        throw ConformanceFault("there is no key \(event["key"]?.compact ?? "named")")
      }
      try submit("delete_key", ["key": Int64(key)])
    case "change_owner":
      try submit("change_owner", [:])
      if event["card"] != nil { return try newCard(event) }
    case "set_price":
      guard let model = event["model"]?.text else { throw ConformanceFault("`set_price` lacks its `model`") }
      try reprice(.init(model, event))
    // What the bank took stays taken; time passing is all there is to the others.
    case "dispute_lost", "expire", "tick": break
    default: throw ConformanceFault("the rules have no event `\(type)`")
    }
    return .object([.init("decision", "ok"), .init("balance", try balance())])
  }

  /// Time never runs backwards: what comes late is posted now.
  private mutating func moveClock(to event: Json) throws(ConformanceFault) {
    let posted = ConformanceVocabulary.postingTimes.lazy.compactMap { event[$0] }.first
    for named in [event["at"], posted, event["type"]?.text == "advance" ? event["to"] : nil] {
      guard let named, !named.isNull else { continue }
      guard let time = named.text.flatMap(ConformanceWorld.moment) else {
        throw ConformanceFault("`at` is not a time: \(named.compact)")
      }
      clock = max(clock, time.microseconds)
    }
    if let seconds = event["seconds"], !seconds.isNull {
      let (span, overflow) = (seconds.integer ?? -1).multipliedReportingOverflow(by: Instant.perSecond)
      guard !overflow, span >= 0, let later = Instant(microseconds: clock).adding(TimeSpan(microseconds: span)) else {
        throw ConformanceFault("`seconds` is \(seconds.compact), not a time that passes")
      }
      clock = later.microseconds
    }
    // A hold that is said to expire does so at its own time, if that is still to come.
    if event["type"]?.text?.hasPrefix("expire") == true, let hold = event["hold"]?.text {
      guard let index = account.hold(hold) else { throw ConformanceFault("there is no hold \(hold)") }
      clock = max(clock, account.holds[index].expiresAt)
    }
  }

  func balance() throws(ConformanceFault) -> Json { units(try fact("balance")) }

  // MARK: - Requests

  private mutating func request(_ event: Json) throws(ConformanceFault) -> Json {
    var values = try usage(event, ConformanceWorld.tokens)
    try add(event["cost"], as: "costing", to: &values)
    let labels = addCaller(event, to: &values)
    let exchange = try exchanged("request", event, values, labels)
    return try answer(exchange, to: "request \(event["id"]?.text ?? "")")
  }

  /// What a call used, by the fields of a request or a settlement.
  static let tokens: KeyValuePairs = [
    "in": "input", "input": "input", "out": "output", "output": "output", "cached": "cached", "cached_in": "cached",
  ]

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
    // Late usage is posted now and keeps the time at which it happened.
    if let time = ConformanceVocabulary.ownTimes.lazy.compactMap({ event[$0]?.text }).first {
      labels.append(Transaction.Label("occurred_at", time))
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
  ///
  /// - Parameter call: its name and id, by which the answer is found when it is asked for again.
  mutating func answer(
    _ exchange: Exchange, to call: String, allowed: String = "allow"
  ) throws(ConformanceFault) -> Json {
    let decision = exchange.decision
    var members = verdict(decision, allowed: allowed)
    members.append(.init("sub", units(drawn("quota", decision))))
    members.append(.init("payg", units(drawn("balance", decision))))
    if decision.isAllowed { members.append(.init("cost", units(decision.amount))) }
    let charge = decision.isReplay ? chargesOfCalls[call] ?? [] : try automaticCharge(exchange)
    if decision.isAllowed { chargesOfCalls[call] = charge }
    members += charge
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
    guard let month = event["month"]?.text, let first = ConformanceWorld.moment(month + "-01"),
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
