// Amounts, names and times, chosen where something changes.
extension Workload {
  // MARK: - Time

  /// Mostly a little later; sometimes right at, or just beside, the end of something.
  mutating func time(after auditor: Auditor) -> Int64 {
    let now = auditor.now
    switch random.within(0...999) {
    case ..<250: return now
    case ..<800: return now + random.within(1...30) * AuditCalendar.second
    case ..<880: return now + random.within(1...300) * 60 * AuditCalendar.second
    case ..<900: return now + random.within(1...4) * AuditCalendar.day
    case ..<905: return now + random.within(20...45) * AuditCalendar.day
    default: break
    }
    var ends = [AuditCalendar.monthStart(AuditCalendar.month(now) + 1)]
    if let cycle = auditor.cycleBounds { ends += [cycle.end, cycle.end] }
    if let declined = auditor.autoTopUp.declinedAt { ends += [declined + auditor.policy.retryAfter] }
    if let expiry = auditor.openHolds.map({ auditor.holds[$0].expires }).min() { ends += [expiry, expiry] }
    // Ends that are far away would leave nothing between them.
    let near = ends.filter { $0 - now < 2 * AuditCalendar.day || random.chance(150) }
    guard !near.isEmpty else { return now }
    let offsets = [-AuditCalendar.second, -1, 0, 0, 0, AuditCalendar.second]
    return max(now, random.one(of: near) + random.one(of: offsets))
  }

  mutating func ttl() -> Int64 {
    if random.chance(20) { return random.one(of: [0, Auditor.mostTtl + 1, -AuditCalendar.hour]) }
    let usual = [1, 60, 600, 3600, 3600, 86_400, 30 * 86_400].map { $0 * AuditCalendar.second }
    return random.one(of: usual)
  }

  // MARK: - What is used

  mutating func keyName(_ auditor: Auditor) -> String {
    let names = ["a", "a", "a", "b", "b", "c", "d", "e"].filter { auditor.keys[$0] != nil }
    return names.isEmpty ? "a" : random.one(of: names)
  }

  mutating func usage(_ auditor: Auditor) -> AuditUsage {
    var usage = AuditUsage(key: random.chance(985) ? keyName(auditor) : nil)
    if random.chance(600) { usage.model = random.one(of: ["mini", "pro", "odd", "free"]) }
    if usage.model == nil || random.chance(650) {
      usage.costing = cost(auditor, usage.key)
      if random.chance(12) { usage.costing = hostileAmount() }
      return usage
    }
    usage.input = random.within(0...400_000)
    usage.output = random.within(0...60_000)
    if random.chance(300) { usage.cached = random.one(of: [usage.input, usage.input / 3, 1]) }
    usage.cached = min(usage.cached, usage.input)
    if random.chance(300) {
      (usage.input, usage.cached, usage.output) = (random.within(0...9), 0, random.within(0...3))
    }
    if random.chance(25) { usage.model = "unheard-of" }
    if random.chance(25) {
      let tokens = [-1, Auditor.mostTokens + 1, 1 << 60, -(1 << 60)]
      switch random.within(0...3) {
      case 0: usage.input = random.one(of: tokens)
      case 1: usage.output = random.one(of: tokens)
      case 2: usage.cached = random.one(of: tokens)
      default: usage.cached = usage.input + 1
      }
    }
    return usage
  }

  /// Small sums, or one that just fits somewhere, or just does not.
  private mutating func cost(_ auditor: Auditor, _ name: String?) -> Int64 {
    if random.chance(600) {
      let most: [Int64] = [100, 1_000_000, 3_000_000, 12_000_000]
      return random.within(0...random.one(of: most)) * Auditor.unit
    }
    let rate = auditor.plan.rate
    let quota = auditor.quotaAvailable / rate.numerator * rate.denominator
    var edges = [
      auditor.available, auditor.available, auditor.available + quota, quota,
      auditor.available + auditor.autoTopUp.amount + quota, auditor.balance - auditor.autoTopUp.threshold,
      auditor.balance - 20 * Auditor.dollar, auditor.balance - 10 * Auditor.dollar,
      auditor.balance - 5 * Auditor.dollar, 0,
    ]
    if let limit = auditor.spendingLimit {
      let left = limit - auditor.cycle.spent - auditor.cycle.held
      edges += [left, left + quota]
    }
    if let key = name.flatMap({ auditor.keys[$0] }), let limit = key.limit {
      edges += [limit - key.spent - key.held, limit - key.balanceSpent - key.balanceHeld + quota]
    }
    return near(random.one(of: edges))
  }

  /// An edge, a unit to either side of it, or by a hair's breadth beside it; never below zero.
  private mutating func near(_ edge: Int64) -> Int64 {
    let offsets = [0, 0, 0, Auditor.unit, Auditor.unit, -Auditor.unit, 1]
    return min(Auditor.mostAmount, max(0, edge + random.one(of: offsets)))
  }

  mutating func hostileAmount() -> Int64 {
    random.one(of: [-1, -Auditor.dollar, Auditor.mostAmount + 1, 1 << 60, -(1 << 60)])
  }

  mutating func hold(_ auditor: Auditor) -> String {
    if random.chance(30) { return "nothing" }
    if !auditor.openHolds.isEmpty, random.chance(850) { return auditor.holds[random.one(of: auditor.openHolds)].id }
    guard !auditor.holds.isEmpty else { return "nothing" }
    return random.one(of: Array(auditor.holds.suffix(6))).id
  }

  mutating func settlement(_ auditor: Auditor) -> AuditEvent.Act {
    let id = hold(auditor)
    guard let number = auditor.holdNumbers[id] else { return .settle(hold: id, AuditUsage(costing: Auditor.unit)) }
    let hold = auditor.holds[number]
    if hold.price != nil, random.chance(500) {
      let input = random.within(0...400_000)
      return .settle(
        hold: id,
        AuditUsage(
          input: input, cached: random.chance(300) ? input / 2 : 0,
          output: random.chance(15) ? -1 : random.within(0...90_000)))
    }
    var edges = [
      hold.covered, hold.covered, hold.covered / 2 / Auditor.unit * Auditor.unit, 0,
      hold.covered + auditor.available, hold.covered + auditor.quotaAvailable,
      hold.covered + auditor.available + auditor.quotaAvailable + Auditor.dollar,
    ]
    if let limit = auditor.spendingLimit {
      edges.append(hold.covered + limit - auditor.cycle.spent - auditor.cycle.held)
    }
    if let limit = auditor.keys[hold.key]?.limit { edges.append(limit) }
    let actual = random.chance(15) ? hostileAmount() : near(random.one(of: edges))
    return .settle(hold: id, AuditUsage(costing: actual))
  }

  // MARK: - Money in

  mutating func topUp() -> AuditEvent.Act {
    let outcomes: [AuditOutcome] = [.paid, .paid, .paid, .paid, .paid, .declined, .pending, .failed]
    let usual: [Int64] = [5, 5, 10, 20, 20, 50].map { $0 * Auditor.dollar }
    var amount = random.one(of: usual) + (random.chance(300) ? random.within(0...99) * Auditor.cent : 0)
    if random.chance(100) { amount = random.one(of: [5 * Auditor.dollar - Auditor.cent, 0, 20_000_002_000]) }
    if random.chance(10) { amount = hostileAmount() }
    if isRich, random.chance(100) { amount = Auditor.mostAmount }
    return .topUp(amount: amount, card: random.chance(200) ? "card_x" : nil, outcome: random.one(of: outcomes))
  }

  mutating func gift() -> Int64 {
    if random.chance(30) { return hostileAmount() }
    if isRich, random.chance(100) { return Auditor.mostAmount }
    return random.chance(100) ? 0 : random.within(1...10_000_000) * Auditor.unit
  }

  mutating func topUpChoice(isEnabled: Bool, balance: Int64) -> AuditTopUpChoice {
    var choice = AuditTopUpChoice(isEnabled: isEnabled)
    if random.chance(200) {
      choice.preset = random.one(of: AuditTopUpChoice.Preset.allCases)
      return choice
    }
    let thresholds = [5, 10, 10, 20, 0].map { $0 * Auditor.dollar } + [max(0, min(Auditor.mostAmount, balance))]
    if random.chance(700) { choice.threshold = random.one(of: thresholds) }
    let amounts = [5, 10, 20, 50].map { $0 * Auditor.dollar }
    if random.chance(700) { choice.amount = random.one(of: amounts) }
    if random.chance(60) {
      choice.amount = random.one(of: [5 * Auditor.dollar - Auditor.cent, 10 * Auditor.dollar + Auditor.unit, -1])
    }
    return choice
  }

  /// A payment is spoken of again: the first time, once more, or otherwise than before.
  mutating func paymentAnswer(_ auditor: Auditor, pending: Bool) -> AuditEvent.Act? {
    // What was there before the story has nobody to speak of it.
    let known = auditor.payments.dropFirst(opening.lots.count).suffix(12)
    let possible = known.filter { !pending || $0.state == .pending }
    guard !possible.isEmpty else { return nil }
    let outcomes: [AuditOutcome] = [.paid, .paid, .declined, .failed]
    return .paymentAnswer(key: random.one(of: possible).key, random.one(of: outcomes))
  }

  // MARK: - Money out

  /// A payment that was paid and fits; sometimes any, or one nobody knows.
  mutating func payment(_ auditor: Auditor, where fits: (AuditPayment) -> Bool) -> String {
    let isAny = random.chance(40)
    let paid = auditor.payments.suffix(16).filter { payment in
      (isAny || payment.state == .paid)
        && auditor.number(ofPayment: payment.id).map { auditor.payments[$0].key } == payment.key
    }
    let fitting = paid.filter(fits)
    if random.chance(40) || paid.isEmpty { return "nothing" }
    return random.one(of: fitting.isEmpty || random.chance(150) ? paid : fitting).id
  }

  mutating func refund(_ auditor: Auditor) -> AuditEvent.Act {
    var choice = AuditRefundChoice(amount: 0)
    if random.chance(650) { choice.payment = payment(auditor) { !$0.isDisputed } }
    let number = choice.payment.flatMap { auditor.number(ofPayment: $0) }
    let most = auditor.refundable(number)
    choice.amount = random.one(of: [
      most, most, most / 2, most / 3 / Auditor.cent * Auditor.cent, most + Auditor.cent, 5 * Auditor.dollar,
      most + Auditor.dollar, Auditor.cent,
    ])
    choice.upTo = random.chance(300)
    if random.chance(40) { choice.approvedBy = nil }
    if random.chance(40) { choice.reason = nil }
    if random.chance(15) { choice.amount = hostileAmount() }
    let outcomes: [AuditOutcome] = [.paid, .paid, .paid, .paid, .pending, .pending, .failed]
    return .refund(choice, outcome: random.one(of: outcomes))
  }

  mutating func refundAnswer(_ auditor: Auditor) -> AuditEvent.Act? {
    // Mostly one nobody has heard of yet; sometimes one that is closed, to be told the same or otherwise.
    let isAny = random.chance(300)
    let pending = auditor.refunds.suffix(12).filter { (isAny || $0.state == .pending) && !$0.id.isEmpty }
    guard !pending.isEmpty else { return nil }
    let refund = random.one(of: pending)
    return .refundAnswer(refund: refund.id, part: refund.part, arrived: random.chance(600))
  }

  // MARK: - Settings

  mutating func subscription(at now: Int64) -> AuditEvent.Act {
    let quotas = [0, 1000 * Auditor.unit, 5 * Auditor.dollar, 20 * Auditor.dollar, Auditor.dollar + 1]
    let rates = [AuditRate(), AuditRate(), AuditRate(4, over: 5), AuditRate(2, over: 3), AuditRate(99, over: 100)]
    var start: Int64?
    if random.chance(500) { start = now - random.within(0...400) * AuditCalendar.day }
    if random.chance(30) { start = now + 3 * AuditCalendar.day }
    let quota = random.chance(20) ? hostileAmount() : random.one(of: quotas)
    return .subscribe(quota: quota, rate: random.one(of: rates), start: start)
  }

  /// A limit at, just above or below what counts already, or none.
  mutating func limit(_ used: Int64) -> Int64? {
    switch random.within(0...9) {
    case 0...2: nil
    case 3: 0
    case 4: used
    case 5: used + Auditor.unit
    case 6: used / 2
    case 7: random.chance(200) ? -Auditor.unit : used + Auditor.dollar
    default: used + random.within(0...40) * Auditor.dollar / 2
    }
  }

  mutating func price() -> AuditPrice {
    AuditPrice(
      input: random.within(0...9_000_000), cached: random.chance(500) ? random.within(0...900_000) : nil,
      output: random.within(0...30_000_000))
  }
}
