// Requests and the opening of holds: what they cost, who pays, and what follows.
extension Auditor {
  /// What each purse gives for a cost, or why it is not given.
  struct Draw {
    var quota: Int64 = 0
    var balance: Int64 = 0
    /// What nobody pays, at standard prices.
    var short: Int64 = 0
    var code: AuditCode?
  }

  // MARK: - Price

  /// Why the numbers of a usage make no sense.
  func nonsense(_ usage: AuditUsage) -> AuditCode? {
    for tokens in [usage.input, usage.cached, usage.output] where tokens < 0 || tokens > Auditor.mostTokens {
      return .invalidUsage
    }
    if let cost = usage.costing, cost < 0 || cost > Auditor.mostAmount { return .invalidUsage }
    return nil
  }

  /// Tokens at their rates, rounded once.
  func cost(_ usage: AuditUsage, at price: AuditPrice) -> Int64 {
    let pico =
      Int128(max(0, usage.input - usage.cached)) * Int128(price.input)
      + Int128(usage.cached) * Int128(price.cached ?? price.input) + Int128(usage.output) * Int128(price.output)
    let step: Int128 = policy.rounding == .nano ? 1_000 : 1_000 * Int128(Auditor.unit)
    var count = pico / step
    let rest = pico - count * step
    switch policy.rounding {
    case .up, .nano: if rest > 0 { count += 1 }
    case .halfEven: if 2 * rest > step || (2 * rest == step && count % 2 == 1) { count += 1 }
    case .down: break
    }
    return Int64(count * step / 1_000)
  }

  // MARK: - Who pays

  /// What the quota gives for a need, and what is left of the need. A plan with a discount draws less of its quota,
  /// rounded up to a unit, and what it cannot give is paid at standard prices, rounded up again; neither ever exceeds
  /// the need itself.
  func drawQuota(_ need: Int64, room: Int64) -> (drawn: Int64, rest: Int64) {
    func inUnits(_ numerator: Int128, over denominator: Int128) -> Int64 {
      let step = denominator * Int128(Auditor.unit)
      return Int64((numerator + step - 1) / step) * Auditor.unit
    }
    let due = min(need, inUnits(Int128(need) * Int128(plan.rate.numerator), over: Int128(plan.rate.denominator)))
    let drawn = min(due, room)
    if drawn == due { return (drawn, 0) }
    return (drawn, min(need, inUnits(Int128(due - drawn) * Int128(need), over: Int128(due))))
  }

  /// A subscriber's balance is closed unless the switch is on; a limit of nothing is the same as the switch being off.
  var isBalanceOpen: Bool { !plan.isSubscribed || (fallback && spendingLimit != 0) }

  /// How much more a key may spend in all; nil: as much as there is.
  func keyRoom(_ key: AuditKey) -> Int64? {
    guard policy.keyScope == .total, let limit = key.limit else { return nil }
    return max(0, limit - key.spent - key.held)
  }

  /// What limits a payment from the balance, in the order in which they are told.
  func balanceCaps(_ key: AuditKey) -> [(code: AuditCode, room: Int64)] {
    var caps: [(code: AuditCode, room: Int64)] = []
    if policy.keyScope == .balance, let limit = key.limit {
      caps.append((.keyQuotaExceeded, limit - key.balanceSpent - key.balanceHeld))
    }
    if plan.isSubscribed, let limit = spendingLimit {
      caps.append((.spendingLimitExceeded, limit - cycle.spent - cycle.held))
    }
    return caps
  }

  /// Whether and from what a cost could be paid, with `extra` more on the balance.
  func draw(_ cost: Int64, _ key: AuditKey, extra: Int64 = 0) -> Draw {
    var draw = Draw()
    // What costs nothing needs nothing, not even a key that may spend.
    guard cost > 0 else { return draw }
    if let room = keyRoom(key), cost > room { return Draw(short: cost - room, code: .keyQuotaExceeded) }
    let (quota, rest) = drawQuota(cost, room: quotaAvailable)
    draw.quota = quota
    guard rest > 0 else { return draw }
    guard isBalanceOpen else { return Draw(short: rest, code: .quotaExceeded) }
    for cap in balanceCaps(key) where rest > cap.room {
      return Draw(short: rest - max(0, cap.room), code: cap.code)
    }
    let room = max(0, available + extra)
    if rest > room { return Draw(short: rest - room, code: .insufficientBalance) }
    draw.balance = rest
    return draw
  }

  // MARK: - Requests and holds

  /// A request, or a hold where there is a time to live.
  mutating func admit(_ event: AuditEvent, _ usage: AuditUsage, ttl: Int64?) -> AuditAnswer {
    let memoryKey = MemoryKey(kind: event.kind, id: event.id)
    // One charge for one event: once a card was charged for it, it may only try again with what that brought.
    var isRescued = false
    var isPending = false
    if !event.id.isEmpty, let earlier = waiting[memoryKey] {
      let state = payments[earlier.payment].state
      // A request cannot wait for a bank: while its charge is pending it is looked at as it is without. A charge that was turned
      // down is forgotten, but if the bank took the money after all, it was taken for this.
      if state == .declined || state == .failed {
        waiting[memoryKey] = nil
      } else if earlier.content != event.content {
        return AuditAnswer(.conflict, .idempotencyMismatch)
      }
      isRescued = state == .paid
      isPending = state == .pending
    }
    var usage = usage
    // A hold reserves what a stream costs at most: nothing of it is cached.
    if ttl != nil { usage.cached = 0 }
    if let code = nonsense(usage) { return AuditAnswer(denied: code) }
    if let ttl, ttl < AuditCalendar.second || ttl > Auditor.mostTtl { return AuditAnswer(denied: .invalidUsage) }
    if ttl == nil, usage.cached > usage.input { return AuditAnswer(denied: .invalidUsage) }
    let price = usage.model.flatMap { prices[$0] }
    guard let cost = usage.costing ?? price.map({ cost(usage, at: $0) }) else {
      return AuditAnswer(denied: .unknownModel)
    }
    guard let name = usage.key, let key = keys[name], !key.isDeleted else { return AuditAnswer(denied: .keyDisabled) }

    var draw = draw(cost, key)
    var automatic: AuditAnswer.Automatic?
    if draw.code == .insufficientBalance, !isRescued, !isPending, policy.rescue, mayCharge,
      self.draw(cost, key, extra: autoTopUp.amount).code == nil
    {
      let charge = chargeAutomatically(.beforeDenial)
      automatic = charge
      if charge.outcome == .ok {
        isRescued = true
        draw = self.draw(cost, key)
      } else if !event.id.isEmpty {
        waiting[memoryKey] = (event.content, charge.payment)
      }
    }
    if let code = draw.code {
      var answer = AuditAnswer(denied: code)
      answer.automatic = automatic
      return answer
    }
    waiting[memoryKey] = nil
    var answer = AuditAnswer(.allow)
    answer.sub = draw.quota
    answer.payg = draw.balance
    answer.cost = cost
    answer.automatic = automatic
    if let ttl {
      open(event.id, usage, ttl: ttl, price: price, cost: cost, draw, key: name)
    } else {
      let before = level
      cycle.quotaUsed += draw.quota
      cycle.spent += draw.balance
      keys[name]?.spent += cost
      keys[name]?.balanceSpent += draw.balance
      payUsage(draw.balance, quota: draw.quota, model: usage.model)
      react(&answer, before: before, isRescued: isRescued)
    }
    return answer
  }

  /// Takes money off the balance, and out of its lots as far as they reach.
  mutating func payUsage(_ amount: Int64, quota: Int64, model: String?) {
    guard amount > 0 || quota > 0 else { return }
    let before = balance
    balance -= amount
    lots.burn(min(amount, max(0, before)))
    post { statement in
      statement.usage += amount
      statement.usageByModel[model ?? "", default: 0] += amount
    }
  }

  /// What follows a charge: a notice if the level fell, and a top-up if the balance paid and is low now.
  ///
  /// The notice looks at the level just before this charge: what a rescue has brought is on the balance by then.
  mutating func react(_ answer: inout AuditAnswer, before: AuditLevel, isRescued: Bool) {
    if level.rawValue > before.rawValue { answer.notice = level }
    if answer.payg > 0, !isRescued, isLow, mayCharge { answer.automatic = chargeAutomatically(.threshold) }
  }
}
