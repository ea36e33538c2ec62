// What is reserved, and what becomes of it.
extension Auditor {
  mutating func open(
    _ id: String, _ usage: AuditUsage, ttl: Int64, price: AuditPrice?, cost: Int64, _ draw: Draw, key: String
  ) {
    let hold = AuditHold(
      id: id, key: key, model: usage.model, price: price, covered: cost, quota: draw.quota, balance: draw.balance,
      expires: now + ttl, cycle: cycle.number)
    balanceHeld += hold.balance
    cycle.quotaHeld += hold.quota
    cycle.held += hold.balance
    keys[key]?.held += cost
    keys[key]?.balanceHeld += hold.balance
    holds.append(hold)
    openHolds.append(holds.count - 1)
    if !id.isEmpty { holdNumbers[id] = holds.count - 1 }
  }

  /// Frees what an open hold reserves. What belongs to a cycle that has ended is forgotten with it.
  private mutating func free(_ number: Int, as state: AuditHold.State) {
    let hold = holds[number]
    holds[number].state = state
    guard hold.state == .open else { return }
    openHolds.removeAll { $0 == number }
    balanceHeld -= hold.balance
    keys[hold.key]?.held -= hold.covered
    keys[hold.key]?.balanceHeld -= hold.balance
    if hold.cycle == cycle.number {
      cycle.quotaHeld -= hold.quota
      cycle.held -= hold.balance
    }
  }

  /// A hold is over at the very moment its time is over.
  mutating func expireHolds() {
    for number in openHolds where holds[number].expires <= now { free(number, as: .expired) }
  }

  /// Only what is still reserved can be given back; what has expired can only be settled.
  mutating func void(_ id: String) -> AuditAnswer {
    guard let number = holdNumbers[id] else { return AuditAnswer(denied: .unknownHold) }
    guard holds[number].state == .open else { return AuditAnswer(denied: .holdResolved) }
    free(number, as: .voided)
    return AuditAnswer(.voided)
  }

  /// Charges what a stream did cost.
  ///
  /// First from what it reserved, then, for what went beyond, from quota and balance inside every limit; nothing is
  /// denied. The rest is absorbed, or owed. A hold that has expired reserves nothing, so all of it is beyond.
  mutating func settle(_ id: String, _ usage: AuditUsage) -> AuditAnswer {
    // An id nobody knows is told first, even where the numbers make no sense either: it is the event's first field.
    guard let number = holdNumbers[id] else { return AuditAnswer(denied: .unknownHold) }
    if let code = nonsense(usage) { return AuditAnswer(denied: code) }
    if usage.cached > usage.input { return AuditAnswer(denied: .invalidUsage) }
    let hold = holds[number]
    // Tokens cannot be priced if the hold named no model that has a price.
    guard let cost = usage.costing ?? hold.price.map({ cost(usage, at: $0) }) else {
      return AuditAnswer(denied: .unknownModel)
    }
    guard hold.state == .open || hold.state == .expired else { return AuditAnswer(denied: .holdResolved) }
    guard let key = keys[hold.key] else { return AuditAnswer(.refuse) }

    let isOpen = hold.state == .open
    let expected = min(cost, isOpen ? hold.covered : 0)
    let (reservedQuota, afterQuota) = drawQuota(expected, room: isOpen ? hold.quota : 0)
    let reservedBalance = min(afterQuota, isOpen ? hold.balance : 0)

    // Rooms are those of now: what holds reserve is not free, this hold's own part not either.
    let beyond = cost - expected + afterQuota - reservedBalance
    let wanted = min(beyond, keyRoom(key) ?? beyond)
    let (moreQuota, rest) = drawQuota(wanted, room: quotaAvailable)
    var moreBalance: Int64 = 0
    if isBalanceOpen {
      moreBalance = max(0, balanceCaps(key).reduce(min(rest, available)) { min($0, $1.room) })
    }
    var short = rest - moreBalance + (beyond - wanted)
    if policy.overrun == .debt {
      moreBalance += short
      short = 0
    }

    free(number, as: .settled)
    let before = level
    let isCurrent = isOpen && hold.cycle == cycle.number
    // A hold's own part belongs to the cycle of its admission, the overrun to this one.
    cycle.quotaUsed += moreQuota + (isCurrent ? reservedQuota : 0)
    cycle.spent += moreBalance + (isCurrent ? reservedBalance : 0)
    keys[hold.key]?.spent += cost - short
    keys[hold.key]?.balanceSpent += reservedBalance + moreBalance
    absorbed += short
    var answer = AuditAnswer(.settled)
    answer.sub = reservedQuota + moreQuota
    answer.payg = reservedBalance + moreBalance
    answer.cost = cost
    answer.absorbed = short
    payUsage(answer.payg, quota: answer.sub, model: hold.model)
    react(&answer, before: before, isRescued: false)
    return answer
  }
}
