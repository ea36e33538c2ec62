// The subscription, keys and limits.
extension Auditor {
  /// A plan begins or changes. Its cycles are counted from its start: where that begins another cycle than the one that
  /// runs, nothing of it is used yet.
  mutating func subscribe(_ quota: Int64, _ rate: AuditRate, _ start: Int64?) -> AuditAnswer {
    guard quota >= 0, quota <= Auditor.mostAmount, rate.numerator > 0, rate.numerator <= rate.denominator else {
      return AuditAnswer(.refuse)
    }
    plan = AuditPlan(quota: quota, rate: rate, start: start ?? now)
    rollCycle()
    return AuditAnswer(.allow)
  }

  /// The account has this subscription from now on, with what its cycle has seen so far.
  public mutating func adopt(_ subscription: AuditOpening.Subscription) {
    plan = subscription.plan
    rollCycle()
    cycle.quotaUsed = subscription.used
    cycle.spent = subscription.spent
    fallback = subscription.fallback
    spendingLimit = subscription.limit
  }

  mutating func change(status: AuditPlan.Status) -> AuditAnswer {
    plan.status = status
    rollCycle()
    return AuditAnswer(.allow)
  }

  /// Limits work at once; what was spent stays spent. None is no limit.
  mutating func set(_ limit: Int64?, _ place: WritableKeyPath<Auditor, Int64?>) -> AuditAnswer {
    if let limit, limit < 0 { return AuditAnswer(.refuse) }
    self[keyPath: place] = limit
    return AuditAnswer(.ok)
  }

  // MARK: - Keys

  /// A key that is there already stays as it is, save its limit; one that was deleted stays deleted.
  mutating func add(key name: String, limit: Int64?) -> AuditAnswer {
    if keys[name] == nil { keys[name] = AuditKey() }
    return set(limit: limit, ofKey: name)
  }

  mutating func set(limit: Int64?, ofKey name: String) -> AuditAnswer {
    guard keys[name] != nil, limit ?? 0 >= 0 else { return AuditAnswer(.refuse) }
    keys[name]?.limit = limit
    return AuditAnswer(.ok)
  }

  /// The key answers no more; what it spent stays told, and its holds settle.
  mutating func delete(key name: String) -> AuditAnswer {
    guard keys[name] != nil else { return AuditAnswer(.refuse) }
    keys[name]?.isDeleted = true
    return AuditAnswer(.allow)
  }

  // MARK: - Statements

  /// Notes a movement of the balance that has just happened in the month of now. Closed months are never touched again.
  mutating func post(_ note: (inout AuditStatement) -> Void) {
    let month = AuditCalendar.month(now)
    if statements.last?.month != month {
      let opening = statements.last?.closing ?? opening
      statements.append(AuditStatement(month: month, opening: opening, closing: opening))
    }
    note(&statements[statements.count - 1])
    statements[statements.count - 1].closing = balance
  }

  /// The statement of a month, given as months since January of the year 0.
  public func statement(of month: Int64) -> AuditStatement {
    if let found = statements.last(where: { $0.month <= month }) {
      if found.month == month { return found }
      return AuditStatement(month: month, opening: found.closing, closing: found.closing)
    }
    return AuditStatement(month: month, opening: opening, closing: opening)
  }
}
