import Values

extension ShippedAccount {
  private var isSubscribed: Bool { subscriptionStart != nil && status != .canceled }

  // Not inlined, as the engine's is not: a decision is a call for both.
  @inline(never)
  func decide(
    _ request: ShippedRequest, keys: UnsafePointer<ShippedKey>, prices: UnsafeBufferPointer<ShippedPrice?>,
    _ knobs: ShippedKnobs
  ) -> ShippedAnswer {
    let tokens = Int64(0)...1_000_000_000
    guard tokens.contains(request.input), tokens.contains(request.cached), tokens.contains(request.output),
      (0...1_000_000 * Money.nanoPerDollar).contains(request.costing ?? 0)
    else { return ShippedAnswer(code: .invalidUsage) }
    if request.cached > request.input { return ShippedAnswer(code: .invalidUsage) }
    let need: Int64
    if let costing = request.costing {
      need = costing
    } else {
      guard let model = request.model, model >= 0, model < prices.count, let price = prices[model] else {
        return ShippedAnswer(code: .unknownModel)
      }
      need = ShippedAccount.cost(request, price, knobs)
    }
    guard let place = request.key, place < keyCount, !keys[firstKey + place].isDeleted else {
      return ShippedAnswer(code: .keyDisabled)
    }
    if need == 0 { return ShippedAnswer(code: .allowed) }
    return draw(need, keys + firstKey + place, at: max(request.at, clock), knobs)
  }

  @inline(__always)
  private static func cost(_ request: ShippedRequest, _ price: ShippedPrice, _ knobs: ShippedKnobs) -> Int64 {
    let pico =
      Int128(request.input - request.cached) * Int128(price.input)
      + Int128(request.cached) * Int128(price.cached ?? price.input) + Int128(request.output) * Int128(price.output)
    let unit = Money.nanoPerUnit
    switch knobs.rounding {
    case .up: return Int64(Rounding.divide(pico, by: unit * Rate.picoPerNano, .up)) * unit
    case .halfEven: return Int64(Rounding.divide(pico, by: unit * Rate.picoPerNano, .halfEven)) * unit
    case .down: return Int64(Rounding.divide(pico, by: unit * Rate.picoPerNano, .down)) * unit
    case .nano: return Int64(Rounding.divide(pico, by: Rate.picoPerNano, .up))
    }
  }

  @inline(__always)
  private func draw(
    _ need: Int64, _ key: UnsafePointer<ShippedKey>, at now: Int64, _ knobs: ShippedKnobs
  ) -> ShippedAnswer {
    if let limit = key.pointee.limit, !knobs.keyLimitCountsBalance {
      let spent =
        switch key.pointee.window {
        case .lifetime: key.pointee.ever
        case .month: key.pointee.month.sum(at: now, .month)
        case .week: key.pointee.week.sum(at: now, .week)
        case .day: key.pointee.day.sum(at: now, .day)
        }
      let left = max(0, limit - spent)
      if need > left { return ShippedAnswer(code: .keyQuotaExceeded, cost: need, shortfall: need - left) }
    }
    let isSubscribed = isSubscribed
    var (used, spent) = (quotaUsed, paygSpent)
    if now >= cycle.end, currentCycle(at: now).start != cycle.start { (used, spent) = (0, 0) }

    // The quota pays at the plan's rate.
    let left = max(0, (isSubscribed && status == .active ? planQuota : 0) - used)
    let (numerator, denominator) = planRate
    let due =
      numerator == denominator
      ? need : min(need, ShippedAccount.inUnits(Int128(need) * Int128(numerator), over: denominator))
    let fromQuota = min(due, left)
    if fromQuota == due { return ShippedAnswer(code: .allowed, cost: need, fromQuota: fromQuota) }
    let rest =
      numerator == denominator
      ? due - fromQuota : min(need, ShippedAccount.inUnits(Int128(due - fromQuota) * Int128(need), over: due))

    // The balance pays the overflow, if the customer said so and inside every limit.
    if isSubscribed && (!fallback || spendingLimit == 0) {
      return ShippedAnswer(code: .quotaExceeded, cost: need, shortfall: rest)
    }
    var room = min(rest, max(0, balance))
    var code = ShippedAnswer.Code.insufficientBalance
    if isSubscribed, let limit = spendingLimit {
      room = min(room, max(0, limit - spent))
      if limit - spent < rest { code = .spendingLimitExceeded }
    }
    if let limit = key.pointee.limit, knobs.keyLimitCountsBalance {
      room = min(room, max(0, limit - key.pointee.balanceSpent))
      if limit - key.pointee.balanceSpent < rest { code = .keyQuotaExceeded }
    }
    if room < rest { return ShippedAnswer(code: code, cost: need, shortfall: rest - room) }
    return ShippedAnswer(code: .allowed, cost: need, fromQuota: fromQuota, fromBalance: rest)
  }

  /// The quotient in whole units, rounded up.
  @inline(__always)
  private static func inUnits(_ numerator: Int128, over denominator: Int64) -> Int64 {
    Int64(Rounding.divide(numerator, by: denominator * Money.nanoPerUnit, .up)) * Money.nanoPerUnit
  }

  private func currentCycle(at now: Int64) -> Window {
    BillingCalendar.window(.cycle, at: now, anchor: isSubscribed ? subscriptionStart : nil)
  }

  /// Carries an allowed answer out. The sums are Swift's own, which trap where they do not fit.
  @inline(never)
  mutating func apply(_ answer: ShippedAnswer, _ request: ShippedRequest, keys: UnsafeMutablePointer<ShippedKey>) {
    let now = max(request.at, clock)
    if now >= cycle.end {
      let current = currentCycle(at: now)
      if current.start != cycle.start { (quotaUsed, paygSpent) = (0, 0) }
      cycle = current
    }
    quotaUsed += answer.fromQuota
    balance -= answer.fromBalance
    paygSpent += answer.fromBalance
    usage += answer.fromQuota + answer.fromBalance
    if let place = request.key, place < keyCount {
      let key = keys + firstKey + place
      key.pointee.ever += answer.cost
      key.pointee.month.add(answer.cost, at: now, .month)
      key.pointee.week.add(answer.cost, at: now, .week)
      key.pointee.day.add(answer.cost, at: now, .day)
      key.pointee.balanceSpent += answer.fromBalance
    }
    lastRequest = now
    clock = now
  }

  /// The notice due after a change of the balance; nil where it did not fall to a lower level.
  @inline(never)
  func react(from before: Int64) -> ShippedLevel? {
    let level = ShippedLevel(balance)
    return level > ShippedLevel(before) ? level : nil
  }
}
