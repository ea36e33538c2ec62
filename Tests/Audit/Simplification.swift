/// Events that say less than another: rounder amounts, fewer fields, less odd times.
///
/// Each has a smaller weight than the one it is made from, so that simplifying comes to an end.
enum Simplification {
  static func simpler(_ event: AuditEvent, earliest: Int64, latest: Int64) -> [AuditEvent] {
    var events = acts(event.act).map { act in
      var simpler = event
      simpler.act = act
      return simpler
    }
    for time in times(event.time, earliest) where time >= earliest && time <= latest {
      var simpler = event
      simpler.time = time
      events.append(simpler)
    }
    return events
  }

  // MARK: - Amounts

  /// The weights of all amounts of a story.
  static func weight(_ story: AuditCase) -> Int {
    story.events.reduce(0) { sum, event in
      switch event.act {
      case .request(let usage), .hold(let usage, _), .settle(_, let usage):
        sum + weight(usage.costing ?? 0) + weight(usage.input) + weight(usage.cached) + weight(usage.output)
      case .topUp(let amount, _, _), .grant(let amount), .subscribe(let amount, _, _): sum + weight(amount)
      case .refund(let choice, _): sum + weight(choice.amount)
      case .configure(let choice): sum + weight(choice.amount ?? 0) + weight(choice.threshold ?? 0)
      case .setSpendingLimit(let limit), .setKeyLimit(_, let limit), .setMonthCap(let limit), .addKey(_, let limit):
        sum + weight(limit ?? 0)
      default: sum
      }
    }
  }

  /// How odd an amount looks: digits that are not trailing zeros count more than digits.
  static func weight(_ amount: Int64) -> Int {
    if amount == 0 { return 0 }
    var (rest, digits) = (amount.magnitude, 0)
    while rest % 10 == 0 { rest /= 10 }
    while rest > 0 {
      rest /= 10
      digits += 1
    }
    let size = String(amount.magnitude).utf8.count
    return digits * 30 + size + (amount % Auditor.unit == 0 ? 0 : 400) + (amount < 0 ? 200 : 0)
  }

  static func amounts(_ amount: Int64) -> [Int64] {
    var found: [Int64] = [
      0, Auditor.dollar, 5 * Auditor.dollar, 10 * Auditor.dollar, 100 * Auditor.dollar, Auditor.unit,
    ]
    for step in [
      100 * Auditor.dollar, 10 * Auditor.dollar, Auditor.dollar, Auditor.cent, 10 * Auditor.unit, Auditor.unit,
    ] {
      let down = amount / step * step
      found += [down, amount >= 0 ? down &+ step : down &- step]
    }
    return ordered(found, below: amount)
  }

  private static func counts(_ count: Int64) -> [Int64] {
    ordered([0, 1, 10, 100, 1_000, 1_000_000, count / 10 * 10, count / 1_000 * 1_000], below: count)
  }

  private static func ordered(_ found: [Int64], below amount: Int64) -> [Int64] {
    var seen: Set<Int64> = []
    return found.filter { weight($0) < weight(amount) && seen.insert($0).inserted }.sorted {
      (weight($0), $0) < (weight($1), $1)
    }
  }

  private static func limits(_ limit: Int64?) -> [Int64?] {
    limit.map { [nil] + amounts($0).map(Optional.some) } ?? []
  }

  // MARK: - Times

  private static func times(_ time: Int64, _ earliest: Int64) -> [Int64] {
    if time == earliest { return [] }
    func oddness(_ time: Int64) -> Int {
      let steps = [AuditCalendar.day, AuditCalendar.hour, 60 * AuditCalendar.second, AuditCalendar.second]
      return steps.firstIndex { time % $0 == 0 } ?? steps.count
    }
    var found = [earliest]
    for step in [AuditCalendar.day, AuditCalendar.hour, 60 * AuditCalendar.second, AuditCalendar.second] {
      let down = AuditCalendar.floor(time, step) * step
      found += [down, down + step].filter { oddness($0) < oddness(time) }
    }
    return found
  }

  // MARK: - Events

  private static func usages(_ usage: AuditUsage) -> [AuditUsage] {
    var found: [AuditUsage] = []
    func add(_ change: (inout AuditUsage) -> Void) {
      var simpler = usage
      change(&simpler)
      if simpler != usage { found.append(simpler) }
    }
    if let key = usage.key, key != "a" { add { $0.key = "a" } }
    if let cost = usage.costing {
      add { ($0.model, $0.input, $0.cached, $0.output) = (nil, 0, 0, 0) }
      for amount in amounts(cost) { add { $0.costing = amount } }
    } else {
      // A round cost in place of tokens.
      for amount in [0, Auditor.dollar, 10 * Auditor.dollar] {
        add { ($0.model, $0.input, $0.cached, $0.output, $0.costing) = (nil, 0, 0, 0, amount) }
      }
      for count in counts(usage.input) { add { $0.input = count } }
      for count in counts(usage.cached) { add { $0.cached = count } }
      for count in counts(usage.output) { add { $0.output = count } }
    }
    return found
  }

  private static func acts(_ act: AuditEvent.Act) -> [AuditEvent.Act] {
    switch act {
    case .request(let usage): return usages(usage).map { .request($0) }
    case .hold(let usage, let ttl):
      let usual = ttl == AuditCalendar.hour ? [] : [AuditEvent.Act.hold(usage, ttl: AuditCalendar.hour)]
      return usual + usages(usage).map { .hold($0, ttl: ttl) }
    case .settle(let hold, var usage):
      usage.key = usage.key.map { _ in "a" }
      return usages(usage).map { .settle(hold: hold, $0) }
    case .topUp(let amount, let card, let outcome):
      return (card == nil ? [] : [.topUp(amount: amount, card: nil, outcome: outcome)])
        + (outcome == .paid ? [] : [.topUp(amount: amount, card: card, outcome: .paid)])
        + amounts(amount).map { .topUp(amount: $0, card: card, outcome: outcome) }
    case .grant(let amount): return amounts(amount).map { .grant(amount: $0) }
    case .refund(let choice, let outcome): return refunds(choice, outcome)
    case .configure(let choice):
      return limits(choice.threshold).map {
        .configure(.init(isEnabled: choice.isEnabled, threshold: $0, amount: choice.amount, preset: choice.preset))
      }
        + limits(choice.amount).map {
          .configure(.init(isEnabled: choice.isEnabled, threshold: choice.threshold, amount: $0, preset: choice.preset))
        }
        + (choice.preset == nil
          ? [] : [.configure(.init(isEnabled: choice.isEnabled, threshold: choice.threshold, amount: choice.amount))])
    case .subscribe(let quota, let rate, let start):
      return (start == nil ? [] : [.subscribe(quota: quota, rate: rate, start: nil)])
        + (rate == AuditRate() ? [] : [.subscribe(quota: quota, rate: AuditRate(), start: start)])
        + amounts(quota).map { .subscribe(quota: $0, rate: rate, start: start) }
    case .setKeyLimit(let key, let limit): return limits(limit).map { .setKeyLimit(key, $0) }
    case .setSpendingLimit(let limit): return limits(limit).map { .setSpendingLimit($0) }
    case .setMonthCap(let limit): return limits(limit).map { .setMonthCap($0) }
    case .addKey(let key, let limit): return limits(limit).map { .addKey(key, limit: $0) }
    default: return []
    }
  }

  private static func refunds(_ choice: AuditRefundChoice, _ outcome: AuditOutcome) -> [AuditEvent.Act] {
    var found: [AuditRefundChoice] = []
    func add(_ change: (inout AuditRefundChoice) -> Void) {
      var simpler = choice
      change(&simpler)
      if simpler != choice { found.append(simpler) }
    }
    add { $0.payment = nil }
    if choice.approvedBy != nil { add { $0.approvedBy = "support" } }
    if choice.reason != nil { add { $0.reason = "asked" } }
    add { $0.upTo = false }
    for amount in amounts(choice.amount) { add { $0.amount = amount } }
    let sooner: [AuditEvent.Act] = outcome == .paid ? [] : [.refund(choice, outcome: .paid)]
    return sooner + found.map { .refund($0, outcome: outcome) }
  }
}
