/// Writes a story as a scenario: what happens, and what the auditor says of it.
///
/// What a provider answers stands in front of the event that asks it, so the queue of answers is the same whoever asks.
public struct ScenarioPrinter {
  private var lines: [String] = []
  /// Where the clock stands: an event says its time only if that is later.
  private var time: Int64 = 0

  public static func text(_ story: AuditCase, title: String) -> String {
    var printer = ScenarioPrinter()
    printer.print(story, title: title)
    return printer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func print(_ story: AuditCase, title: String) {
    lines.append("scenario \(quoted(title))")
    lines.append("at     \(AuditCalendar.text(story.opening.time))")
    givens(story)
    var auditor = Auditor(story.opening, policy: story.policy)
    time = story.opening.time
    for event in story.events {
      let (charges, refunds) = (auditor.payments.count, auditor.refunds.count)
      let answer = auditor.take(event)
      var outcomes: [AuditOutcome] = []
      if auditor.payments.count > charges { outcomes.append(outcome(of: event, answer)) }
      if case .refund(_, let outcome) = event.act {
        outcomes += Array(repeating: outcome, count: auditor.refunds.count - refunds)
      }
      for outcome in outcomes where outcome != .paid {
        lines.append("given  provider \(ScenarioPrinter.words[outcome] ?? "")")
      }
      guard let deed = deed(event, auditor) else { continue }
      lines.append(deed)
      let checks = [verdict(answer)] + movements(event, answer, auditor) + ["balance is \(money(auditor.balance))"]
      time = max(time, event.time)
      lines.append("then   " + checks.joined(separator: ", "))
    }
    lines.append("then   " + ending(auditor).joined(separator: ", "))
  }

  private static let words: [AuditOutcome: String] = [
    .paid: "pays", .declined: "declines", .pending: "waits", .failed: "fails",
  ]

  /// What the provider said to the charge this event made.
  private func outcome(of event: AuditEvent, _ answer: AuditAnswer) -> AuditOutcome {
    if case .topUp(_, _, let outcome) = event.act { return outcome }
    switch answer.automatic?.outcome {
    case .declined, .suspended: return .declined
    case .pending: return .pending
    case .failed: return .failed
    case .ok, nil: return .paid
    }
  }

  // MARK: - Given

  private mutating func givens(_ story: AuditCase) {
    var givens = story.opening.keys.map { key in
      "key \(key.name)" + (key.limit.map { " with key_limit \(money($0))" } ?? "")
        + (key.spent == 0 ? "" : "\(key.limit == nil ? " with" : " and") key_spent_ever \(money(key.spent))")
    }
    if let card = story.opening.card { givens.append("card \(card)") }
    givens += knobs(story.policy)
    for (model, price) in story.opening.prices.sorted(by: { $0.key < $1.key }) { givens.append(row(model, price)) }
    for lot in story.opening.lots {
      givens.append(
        lot.isPaid ? payment(lot, story.opening.card) : "balance is \(money(lot.amount)) promo")
    }
    if let subscription = story.opening.subscription, let start = subscription.plan.start {
      let plan = subscription.plan
      givens += [
        "plan_quota \(money(plan.quota))", "plan_rate \(plan.rate.numerator)/\(plan.rate.denominator)",
        "subscription_start \(AuditCalendar.text(start))", "subscription_status \(plan.status.rawValue)",
        "fallback.enabled \(subscription.fallback ? "on" : "off")",
        "quota is \(money(plan.allowance - subscription.used))",
        "payg_spent is \(money(subscription.spent))",
        "spending_limit is \(subscription.limit.map(money) ?? "none")",
      ]
    }
    for (index, given) in givens.enumerated() { lines.append((index == 0 ? "given  " : "       ") + given) }
  }

  private func payment(_ lot: AuditOpening.Lot, _ card: String?) -> String {
    let spent = lot.amount - lot.remaining
    return "payment \(quoted(lot.id)) \(money(lot.amount))" + (card.map { " card \($0)" } ?? "")
      + (spent == 0 ? "" : " with \(money(spent)) spent")
  }

  private func knobs(_ policy: AuditPolicy) -> [String] {
    let usual = AuditPolicy()
    var knobs: [String] = []
    if policy.trigger != usual.trigger { knobs.append("global topup.trigger \(policy.trigger.rawValue)") }
    if policy.rescue != usual.rescue { knobs.append("global topup.rescue \(policy.rescue ? "on" : "off")") }
    if policy.overrun != usual.overrun { knobs.append("global overrun \(policy.overrun.rawValue)") }
    if policy.burn != usual.burn { knobs.append("global lot_order oldest_first") }
    if policy.keyScope != usual.keyScope { knobs.append("global key_limit_counts \(policy.keyScope.rawValue)") }
    if policy.rounding != usual.rounding { knobs.append("global rounding \(policy.rounding.rawValue)") }
    if let cap = policy.monthCap { knobs.append("topup.month_cap \(money(cap))") }
    return knobs
  }

  private func row(_ model: String, _ price: AuditPrice) -> String {
    func rate(_ pico: Int64) -> String { "\(money(pico * 1_000)) per 1M tokens" }
    return
      "table price \(quoted(model)) is \(rate(price.input)), \(price.cached.map(rate) ?? "none"), \(rate(price.output))"
  }

  // MARK: - When

  private func deed(_ event: AuditEvent, _ auditor: Auditor) -> String? {
    switch event.act {
    case .setFallback(let isOn): return set("fallback.enabled to \(isOn ? "on" : "off")", event)
    case .setSpendingLimit(let limit): return set("limits.spending_limit to \(limit.map(money) ?? "none")", event)
    case .setMonthCap(let limit): return set("topup.month_cap to \(limit.map(money) ?? "none")", event)
    case .setKeyLimit(let key, let limit):
      return set("teams.key_limit to \(limit.map(money) ?? "none") for key \(key)", event)
    case .addKey(let key, let limit):
      return "given  key \(key)" + (limit.map { " with key_limit \(money($0))" } ?? "")
    case .setPrice(let model, let price): return "given  " + row(model, price)
    case .wait: return "when   clock to \(AuditCalendar.text(event.time))"
    case .script: return nil
    default: break
    }
    guard let (name, fields) = call(event.act, auditor) else { return nil }
    let list = fields.joined(separator: ", ")
    let isLater = event.time != time
    return "when   \(name)\(list.isEmpty ? "" : " " + list)\(event.id.isEmpty ? "" : " as " + quoted(event.id))"
      + (isLater ? " at \(AuditCalendar.text(event.time))" : "")
  }

  /// A setting has no time of its own: the clock is moved in front of it.
  private func set(_ assignment: String, _ event: AuditEvent) -> String {
    event.time == time
      ? "when   set \(assignment)" : "when   clock to \(AuditCalendar.text(event.time))\nwhen   set \(assignment)"
  }

  /// The name of an event in the rules, and its fields.
  private func call(_ act: AuditEvent.Act, _ auditor: Auditor) -> (String, [String])? {
    switch act {
    case .request(let usage): return ("request", key(usage) + self.usage(usage, costing: "costing", output: "output"))
    case .hold(let usage, let ttl):
      return ("hold", key(usage) + self.usage(usage, costing: "estimate", output: "max_output") + ["ttl \(span(ttl))"])
    case .settle(let hold, let usage):
      return ("settle", ["hold \(quoted(hold))"] + self.usage(usage, costing: "actual", output: "output"))
    case .void(let hold): return ("void", ["hold \(quoted(hold))"])
    case .topUp(let amount, let card, _):
      return ("topup", ["amount \(money(amount))"] + (card.map { ["card \($0)"] } ?? []))
    case .paymentAnswer(let key, let outcome):
      let names: [AuditOutcome: String] = [
        .paid: "collect_paid", .declined: "collect_declined", .failed: "collect_failed", .pending: "collect_paid",
      ]
      let payment = auditor.payments.first { $0.key == key }
      return (names[outcome] ?? "", ["payment \(quoted(payment?.id ?? key))"])
    case .configure(let choice):
      var fields = ["enabled \(choice.isEnabled ? "on" : "off")"]
      if let threshold = choice.threshold { fields.append("threshold \(money(threshold))") }
      if let amount = choice.amount { fields.append("amount \(money(amount))") }
      if let preset = choice.preset { fields.append("preset \(preset.rawValue)") }
      return ("auto_topup", fields)
    case .newCard(let card): return ("new_card", ["card \(card)"])
    case .grant(let amount): return ("grant", ["amount \(money(amount))"])
    case .refund(let choice, _):
      var fields = ["amount \(money(choice.amount))"]
      if let payment = choice.payment { fields.append("payment \(quoted(payment))") }
      if let name = choice.approvedBy { fields.append("approved_by \(quoted(name))") }
      if let reason = choice.reason { fields.append("reason \(quoted(reason))") }
      if choice.upTo { fields.append("up_to on") }
      return ("refund", fields)
    case .refundAnswer(let refund, let part, let arrived):
      let name = part == 1 ? refund : Auditor.answerId(refund: refund, part: part)
      return (arrived ? "refund_paid" : "refund_failed", ["refund \(quoted(name))"])
    case .dispute(let payment): return ("dispute", ["payment \(quoted(payment))"])
    case .disputeWon(let payment): return ("dispute_won", ["payment \(quoted(payment))"])
    case .subscribe(let quota, let rate, let start):
      return (
        "subscribe",
        ["quota \(money(quota))", "rate \(rate.numerator)/\(rate.denominator)"]
          + (start.map { ["start \(AuditCalendar.text($0))"] } ?? [])
      )
    case .cancel: return ("cancel", [])
    case .renewalFailed: return ("renewal_failed", [])
    case .renewed: return ("renewed", [])
    case .changeOwner: return ("change_owner", [])
    case .deleteKey(let key): return ("delete_key", ["key \(key)"])
    default: return nil
    }
  }

  private func key(_ usage: AuditUsage) -> [String] { ["key \(usage.key ?? "none")"] }

  private func usage(_ usage: AuditUsage, costing: String, output: String) -> [String] {
    var fields: [String] = []
    if let model = usage.model { fields.append("model \(quoted(model))") }
    if usage.input != 0 { fields.append("input \(usage.input) tokens") }
    if usage.cached != 0 { fields.append("cached \(usage.cached) tokens") }
    if usage.output != 0 { fields.append("\(output) \(usage.output) tokens") }
    if let cost = usage.costing { fields.append("\(costing) \(money(cost))") }
    return fields
  }

  // MARK: - Then

  private func verdict(_ answer: AuditAnswer) -> String {
    if answer.isReplay { return "replayed" }
    switch answer.verdict {
    case .allow, .settled, .voided, .ok: return "allowed"
    case .deny, .reject: return "denied with \(answer.code?.rawValue ?? "")"
    case .conflict: return "conflict"
    case .waiting: return "waiting"
    case .refuse: return "refused"
    }
  }

  /// What cannot be seen of single events: what is left of everything in the end.
  private func ending(_ auditor: Auditor) -> [String] {
    let refundable = auditor.payments.indices.reduce(0) { $0 + auditor.refundable(payment: $1) }
    return [
      "quota is \(money(auditor.quotaLeft))", "payg_spent is \(money(auditor.cycle.spent + auditor.cycle.held))",
      "payments.refundable is \(money(refundable))",
      "charges_suspended is \(auditor.autoTopUp.isSuspended ? "on" : "off")",
    ]
  }

  /// Who paid, what a card was asked for, what the owner was told: where the event has anything to do with it.
  private func movements(_ event: AuditEvent, _ answer: AuditAnswer, _ auditor: Auditor) -> [String] {
    guard !answer.isReplay, answer.verdict != .refuse else { return [] }
    var checks: [String] = []
    switch event.act {
    case .request, .hold, .settle:
      if answer.isAllowed { checks = ["quota pays \(money(answer.sub))", "balance pays \(money(answer.payg))"] }
      if answer.absorbed > 0 { checks.append("absorbs \(money(answer.absorbed))") }
      checks.append(answer.notice.map { "notified \($0.name)" } ?? "no notice")
      fallthrough
    case .configure:
      let charged = answer.automatic.map { money(auditor.payments[$0.payment].amount) }
      checks.append("collects \(charged ?? "nothing")")
    case .refund: checks.append("refunds \(answer.refunded > 0 ? money(answer.refunded) : "nothing")")
    default: break
    }
    return checks
  }

  // MARK: - Values

  private func quoted(_ text: String) -> String { "\"\(text)\"" }

  /// `$1.5`, exact to the nano-dollar.
  private func money(_ nano: Int64) -> String {
    let whole = UInt64(Auditor.dollar)
    var fraction = String(String(nano.magnitude % whole + whole).dropFirst())
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(nano < 0 ? "-" : "")$\(nano.magnitude / whole)" + (fraction.isEmpty ? "" : "." + fraction)
  }

  private func span(_ micro: Int64) -> String {
    let units = [(AuditCalendar.day, "day"), (AuditCalendar.hour, "hour"), (60 * AuditCalendar.second, "minute")]
    for (size, name) in units where micro != 0 && micro % size == 0 {
      return "\(micro / size) \(name)\(micro == size ? "" : "s")"
    }
    let seconds = micro / AuditCalendar.second
    return "\(seconds) second\(seconds == 1 ? "" : "s")"
  }
}
