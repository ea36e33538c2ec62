import Engine
import Formats
import Language
import Ledger
import Values

extension ConformanceWorld {
  // MARK: - The card and automatic charges

  mutating func setCard(_ name: String) throws(ConformanceFault) {
    try set("funding.card", Int64(account.addCard(name)))
  }

  /// Automatic charges as a case says they are, without the charge that switching them on may lead to.
  mutating func setAutomaticCharges(_ automatic: Json) throws(ConformanceFault) {
    hasAutomaticCharges = true
    if let card = card(of: automatic) { try setCard(card) }
    if let isSuspended = automatic["suspended"]?.bool { try set("funding.charges_suspended", isSuspended ? 1 : 0) }
    guard automatic["enabled"]?.bool != false else {
      // What would be charged if they were on does not matter.
      try set("topup.enabled", 0)
      return
    }
    if let preset = automatic["preset"], !preset.isNull {
      // Switched off, it charges nothing yet.
      try submit("auto_topup", ["enabled": 0, "preset": try member(preset, of: "preset", in: "auto_topup")])
    }
    if let amount = automatic["amount"], !amount.isNull { try set("topup.amount", try nano(amount, "an amount")) }
    if let threshold = automatic["threshold"], !threshold.isNull {
      try set("topup.threshold", try nano(threshold, "a threshold"))
    }
    try set("topup.enabled", 1)
  }

  /// The customer switches automatic charges on or off, or changes them; what does not fit is refused.
  mutating func configure(_ event: Json) throws(ConformanceFault) -> Json {
    let given = event["auto_topup"] ?? event
    if given != event {
      let known = ConformanceVocabulary.given["auto_topup"] ?? []
      remark(given, known: known.subtracting(["suspended"]), "`auto_topup`")
    }
    let before = (account, journal)
    if let card = card(of: given), account.addCard(card) != Int(try fact("funding.card")) {
      try submit("new_card", ["card": Int64(account.addCard(card))])
    }
    let isOn = given["enabled"]?.bool ?? (event["type"]?.text?.hasPrefix("disable") != true)
    var values: [String: Int64] = ["enabled": isOn ? 1 : 0]
    try add(given["threshold"], as: "threshold", to: &values)
    try add(given["amount"], as: "amount", to: &values)
    if let preset = given["preset"], !preset.isNull {
      values["preset"] = try member(preset, of: "preset", in: "auto_topup")
    }
    let exchange = try exchanged("auto_topup", event, values)
    if exchange.decision.isAllowed {
      hasAutomaticCharges = true
    } else {
      // What is refused does not choose a card either.
      (account, journal) = before
    }
    var members = verdict(exchange.decision, allowed: "ok")
    if exchange.decision.isAllowed { members.removeAll { $0.name == "http" } }
    members += try automaticCharge(exchange)
    if exchange.decision.isReplay { members.append(.init("replay", true)) }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  private func card(of json: Json) -> String? {
    ["card", "method", "payment_method"].lazy.compactMap { json[$0]?.text }.first
  }

  mutating func newCard(_ event: Json) throws(ConformanceFault) -> Json {
    guard let card = card(of: event) else {
      throw ConformanceFault("`set_card` lacks its `card`")
    }
    let exchange = try exchanged("new_card", event, ["card": Int64(account.addCard(card))])
    var members: [Json.Member] = [.init("decision", "ok")]
    members += try automaticCharge(exchange)
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  /// The place of a word in the closed list of an event's field.
  private func member(_ word: Json, of field: String, in event: String) throws(ConformanceFault) -> Int64 {
    let declared = engine.compiled.event(named: event).flatMap { index in
      program.events[index].fields.first { $0.name == field }
    }
    guard case .enumeration(let members)? = declared?.type.base,
      let place = word.text.flatMap({ members.firstIndex(of: $0) })
    else { throw ConformanceFault("`\(event).\(field)` has no value for \(word.compact)") }
    return Int64(place)
  }

  /// `auto_topup`, where the event led to an automatic charge: what was taken, what came of it, and why it was tried.
  func automaticCharge(_ exchange: Exchange) throws(ConformanceFault) -> [Json.Member] {
    guard let charge = exchange.followed.last(where: { $0.request.kind == .collect && isAutomatic($0) }) else {
      return []
    }
    var charged: Int64 = 0
    let outcome: Json
    switch charge.answer {
    case .paid:
      charged = charge.request.amount
      outcome = "ok"
    case .declined: outcome = try fact("funding.charges_suspended") != 0 ? "suspended" : "declined"
    case .pending: outcome = "pending"
    case .failed: outcome = "failed"
    }
    let isRescue = charge.rule.map { if case .beforeDenial = program.rules[$0].kind { true } else { false } } ?? false
    return [
      .init(
        "auto_topup",
        .object([
          .init("charged", units(charged)), .init("outcome", outcome),
          .init("why", isRescue ? "before_deny" : "threshold"),
        ]))
    ]
  }

  private func isAutomatic(_ followed: Exchange.Followed) -> Bool {
    followed.payment.map { account.payments[$0].isAutomatic } ?? false
  }

  /// What a provider says, in the words of the cases.
  func answer(_ outcome: Json) throws(ConformanceFault) -> ProviderAnswer {
    switch outcome.text {
    case "ok", "paid", "succeeded": .paid
    case "decline", "declined": .declined("")
    case "pending": .pending
    case "failed", "fail", "error": .failed("")
    default: throw ConformanceFault("no payment provider answers \(outcome.compact)")
    }
  }

  // MARK: - Payments by hand

  mutating func topUp(_ event: Json) throws(ConformanceFault) -> Json {
    var values = try amount(of: event, "a top-up")
    if let card = (event["card"] ?? event["method"])?.text { values["card"] = Int64(account.addCard(card)) }
    let outcome = try answer(event["outcome"] ?? "ok")
    let exchange = try exchanged("topup", event, values, outcome: outcome)
    return try credited(exchange, values["amount"] ?? 0)
  }

  /// The amount of an event; one that no account could hold is for the rules to refuse.
  private func amount(of event: Json, _ what: String) throws(ConformanceFault) -> [String: Int64] {
    guard let amount = event["amount"], !amount.isNull else { throw ConformanceFault("\(what) lacks its `amount`") }
    var values: [String: Int64] = [:]
    try add(amount, as: "amount", to: &values)
    return values
  }

  /// The provider says later, or once more, what came of a payment.
  mutating func webhook(_ event: Json) throws(ConformanceFault) -> Json {
    let named = ["payment", "charge", "topup", "id"].lazy.compactMap { event[$0]?.text }.first ?? ""
    let type = event["type"]?.text ?? ""
    let usual: Json = type.hasSuffix("failed") || type.hasSuffix("declined") ? "declined" : "ok"
    let said = try answer(event["outcome"] ?? event["result"] ?? event["status"] ?? usual)
    let before = try fact("balance")
    var members: [Json.Member] = [.init("decision", "ok")]
    var isReplay = false
    if let payment = paymentTold(by: named) {
      let time = clock
      try carryOut { engine, account, journal throws(EngineFault) in
        guard let input = engine.answer(said, toPayment: payment, of: account, at: time) else { return }
        isReplay = try engine.submit(input, to: &account, journal: &journal).isReplay
      }
    } else if event["amount"] != nil {
      // The first anybody hears of a payment by hand.
      let exchange = try exchanged("topup", event, id: named, try amount(of: event, "a payment"), outcome: said)
      if !exchange.decision.isAllowed { members = verdict(exchange.decision) }
    } else {
      members = verdict(try exchanged("collect_paid", event, id: "", ["payment": -1]).decision)
    }
    members.append(.init("credited", units(max(0, try fact("balance") - before))))
    if isReplay { members.append(.init("replay", true)) }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  /// The payment that news are about: the one named. Cases do not know how an automatic charge is called, so a name that
  /// is new, or none, stands for the charge that waits, and keeps standing for it.
  private mutating func paymentTold(by name: String) -> Int? {
    if let known = account.payments.firstIndex(where: { $0.id == name }) { return known }
    let waiting = account.payments.firstIndex { $0.state == .pending }
    // Without a name, news are about what waits, or else what they were about before.
    if let told = paymentsTold[name], !name.isEmpty || waiting == nil { return told }
    paymentsTold[name] = waiting
    return waiting
  }

  // MARK: - Back to the card

  mutating func refund(_ event: Json) throws(ConformanceFault) -> Json {
    var values = try amount(of: event, "a refund")
    if let payment = event["payment"]?.text { values["payment"] = Int64(account.payment(payment) ?? -1) }
    values["approved_by"] = name(
      event["approved_by"], otherwise: event["approved"]?.bool == true ? program.symbol("support") : ValueType.none)
    // A case that does not speak of reasons has one.
    values["reason"] = name(
      event["reason"], otherwise: event["reason"] == nil ? program.symbol("asked") : ValueType.none)
    if event["mode"]?.text == "up_to" || event["up_to"]?.bool == true { values["up_to"] = 1 }
    // The words themselves belong to the content: a refund for another reason is another refund.
    let labels = ["approved_by", "reason"].compactMap { field in
      event[field]?.text.map { Transaction.Label(field, $0) }
    }
    let outcome = try answer(event["outcome"] ?? "ok")
    let decision = try exchanged("refund", event, values, labels, outcome: outcome).decision
    var members = verdict(decision)
    if decision.isAllowed {
      members.removeAll { $0.name == "http" }
      // A refund sent twice is answered with what it was the first time.
      let id = event["id"]?.text ?? ""
      let parts =
        decision.isReplay
        ? account.refunds.indices.filter { account.refunds[$0].origin == id } : decision.refunds
      members.append(.init("refunded", units(parts.reduce(0) { $0 + account.refunds[$1].amount })))
      members.append(.init("parts", .list(parts.map(part))))
    } else {
      members.append(.init("refunded", 0))
      if decision.code(in: program) == "exceeds_refundable" {
        members.append(.init("refundable", units(field("refundable", of: decision))))
      }
    }
    if decision.isReplay { members.append(.init("replay", true)) }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  mutating func refundRequested(_ event: Json) throws(ConformanceFault) -> Json {
    // The amount is looked at when the money moves.
    let decision = try exchanged("refund_requested", event, [:]).decision
    return .object(
      verdict(decision, allowed: "ok").filter { !decision.isAllowed || $0.name != "http" } + [
        .init("balance", try balance())
      ])
  }

  /// What came of every part of a refund.
  mutating func refundAnswered(_ event: Json, _ name: String) throws(ConformanceFault) {
    let id = event["refund"]?.text ?? ""
    let parts = account.refunds.indices.filter { account.refunds[$0].origin == id }
    guard !parts.isEmpty else { throw ConformanceFault("there is no refund \(id)") }
    for part in parts { try submit(name, ["refund": Int64(part)]) }
  }

  private func name(_ json: Json?, otherwise: Int64) -> Int64 {
    guard let text = json?.text, !text.isEmpty else { return otherwise }
    return program.symbol(text)
  }

  private func part(_ refund: Int) -> Json {
    let payment = account.payments[account.refunds[refund].payment]
    return .object([
      .init("payment", .text(payment.id)), .init("method", payment.card.map { .text(account.cardNames[$0]) } ?? .null),
      .init("amount", units(account.refunds[refund].amount)),
    ])
  }

  /// A field of the event as it was decided, computed ones too.
  private func field(_ name: String, of decision: Decision) -> Int64 {
    let place = program.events[decision.event].fields.firstIndex { $0.name == name }
    return place.flatMap { decision.fields.indices.contains($0) ? decision.fields[$0] : nil } ?? 0
  }

  // MARK: - Disputes

  mutating func dispute(_ event: Json) throws(ConformanceFault) -> Json {
    try disputed(event, "dispute", "clawback", known: "already_disputed") { _, after in after }
  }

  mutating func disputeWon(_ event: Json) throws(ConformanceFault) -> Json {
    try disputed(event, "dispute_won", "reinstated", known: "not_disputed") { before, _ in before }
  }

  /// Banks tell a thing more than once: what is so already is answered as a replay.
  private mutating func disputed(
    _ event: Json, _ name: String, _ moved: String, known: String, amount: (Int64, Int64) -> Int64
  ) throws(ConformanceFault) -> Json {
    guard let id = event["payment"]?.text else { throw ConformanceFault("`\(name)` lacks its `payment`") }
    let payment = account.payment(id)
    let before = payment.flatMap { account.payments[$0].clawback?.amount } ?? 0
    let decision = try exchanged(name, event, ["payment": Int64(payment ?? -1)]).decision
    let after = payment.flatMap { account.payments[$0].clawback?.amount } ?? 0
    var members: [Json.Member]
    if decision.isAllowed || decision.code(in: program) == known {
      let isReplay = decision.isReplay || !decision.isAllowed
      members = [.init("decision", "allow"), .init(moved, units(isReplay ? 0 : amount(before, after)))]
      if isReplay { members.append(.init("replay", true)) }
    } else {
      members = verdict(decision) + [.init(moved, 0)]
    }
    members.append(.init("balance", try balance()))
    return .object(members)
  }
}
