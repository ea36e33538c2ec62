import Language
import Ledger
import Values

/// Why a setting was not changed, in the policy author's words where there are some.
public struct Refusal: Error, Sendable, Hashable {
  public var text: String

  public init(_ text: String) { self.text = text }
}

extension RuleEngine {
  /// Changes a setting from outside: type, range and the setting's own conditions (`must … else "text"`) are checked with
  /// the new value in place.
  ///
  /// - Parameters:
  ///   - value: in its type's unit; `LedgerLayout.unset` goes back to the default.
  ///   - key: the key it is for, where the setting is one of a key.
  public mutating func change(
    _ setting: Int, to value: Int64, key: Int? = nil, in account: inout AccountState, at time: Int64
  ) throws(Refusal) {
    var journal: Journal?
    try change(setting, to: value, key: key, in: &account, at: time, recording: &journal)
  }

  public mutating func change(
    _ setting: Int, to value: Int64, key: Int? = nil, in account: inout AccountState, at time: Int64,
    journal: inout Journal
  ) throws(Refusal) {
    try journal.lend { journal throws(Refusal) in
      try change(setting, to: value, key: key, in: &account, at: time, recording: &journal)
    }
  }

  private mutating func change(
    _ setting: Int, to value: Int64, key: Int?, in account: inout AccountState, at time: Int64,
    recording journal: inout Journal?
  ) throws(Refusal) {
    guard program.settings.indices.contains(setting) else { throw Refusal("there is no such setting") }
    guard account.layout == compiled.layout else { throw Refusal(EngineFault.foreignAccount.message) }
    let declared = program.settings[setting]
    if value != LedgerLayout.unset {
      if value == ValueType.none {
        if !declared.type.isOptional { throw Refusal("`\(declared.name)` cannot be none") }
      } else if !declared.type.base.admits(value, in: declared.range) {
        let formatter = formatter(for: account)
        let low = formatter.text(Arithmetic.clamp(declared.range.low), declared.type)
        let high = formatter.text(Arithmetic.clamp(declared.range.high), declared.type)
        throw Refusal("`\(declared.name)` must be from \(low) to \(high)")
      }
    }
    if declared.scope == .key, key.map({ $0 < 0 || $0 >= account.keyCount }) ?? true {
      throw Refusal("`\(declared.name)` is set per key: say for which")
    }
    var candidate = self
    var changed = account
    var recorder: Journal? = journal == nil ? nil : Journal()
    if declared.scope == .global {
      candidate.globals[compiled.layout.settings[setting].slot] = value
    } else {
      do throws(EngineFault) {
        try candidate.expire(&changed, by: time, recording: &recorder)
        try candidate.carryOut(
          [LedgerChange(.set, target: setting, amount: value)], on: &changed, key: key, at: time,
          recording: &recorder)
      } catch {
        throw Refusal(error.message)
      }
    }
    // Most have none, and an account may have very many payments to read.
    if !declared.conditions.isEmpty {
      let reader = candidate.reader(changed, key: key, at: time)
      for (condition, text) in declared.conditions where reader.evaluate(condition) == 0 {
        let policy = program.policies.firstIndex { declared.name.hasPrefix($0.name + ".") }
        throw Refusal(candidate.fill(text, policy: policy, reader))
      }
    }
    globals = candidate.globals
    account = changed
    for transaction in recorder?.transactions ?? [] { journal?.record(transaction) }
  }

  /// Brings a bucket to `amount`, as an opening balance or a correction; a resetting bucket to that much left in its window.
  public func adjust(
    bucket: Int, to amount: Int64, lotKind: String = "paid", in account: inout AccountState, at time: Int64
  ) throws(EngineFault) {
    var journal: Journal?
    try adjust(bucket: bucket, to: amount, lotKind: lotKind, in: &account, at: time, recording: &journal)
  }

  public func adjust(
    bucket: Int, to amount: Int64, lotKind: String = "paid", in account: inout AccountState, at time: Int64,
    journal: inout Journal
  ) throws(EngineFault) {
    try journal.lend { journal throws(EngineFault) in
      try adjust(bucket: bucket, to: amount, lotKind: lotKind, in: &account, at: time, recording: &journal)
    }
  }

  private func adjust(
    bucket: Int, to amount: Int64, lotKind: String, in account: inout AccountState, at time: Int64,
    recording journal: inout Journal?
  ) throws(EngineFault) {
    guard program.buckets.indices.contains(bucket) else { throw .unknownName("bucket \(bucket)") }
    guard account.layout == compiled.layout else { throw .foreignAccount }
    try expire(&account, by: time, recording: &journal)
    let facts = reader(account, at: time)
    let allowance = program.buckets[bucket].resets.map { facts.evaluate($0.allowance) } ?? 0
    let slot = facts.trace.row[compiled.layout.buckets[bucket].slot]
    let current = program.buckets[bucket].resets == nil ? slot : allowance &- slot
    let (difference, overflow) = amount.subtractingReportingOverflow(current)
    guard !overflow, difference > Int64.min else {
      throw .ledger(.bucketOutOfRange(bucket: bucket, balance: current, amount: amount))
    }
    let kind = program.lotKinds.firstIndex(of: lotKind) ?? 0
    let change =
      difference >= 0
      ? LedgerChange(.credit, target: bucket, amount: difference, contra: .adjustments, lotKind: kind)
      : LedgerChange(.debit, target: bucket, amount: -difference, contra: .adjustments, allowance: allowance)
    try carryOut([change], on: &account, key: nil, at: time, recording: &journal)
  }

  /// Puts a sum into a bucket from outside the policy: a payment, a grant, a correction.
  public func credit(
    _ amount: Int64, to bucket: Int, from contra: Contra, lotKind: String = "paid", in account: inout AccountState,
    at time: Int64, id: String = "", journal: inout Journal
  ) throws(EngineFault) {
    guard program.buckets.indices.contains(bucket) else { throw .unknownName("bucket \(bucket)") }
    guard account.layout == compiled.layout else { throw .foreignAccount }
    let kind = program.lotKinds.firstIndex(of: lotKind) ?? 0
    try journal.lend { journal throws(EngineFault) in
      try expire(&account, by: time, recording: &journal)
      try carryOut(
        [LedgerChange(.credit, target: bucket, amount: amount, contra: contra, lotKind: kind)], on: &account, key: nil,
        at: time, id: id, recording: &journal)
    }
  }

  /// Brings a meter to `total` in its current window, for the opening state of a scenario.
  public func adjust(
    meter: Int, to total: Int64, key: Int? = nil, in account: inout AccountState, at time: Int64
  ) throws(EngineFault) {
    guard program.meters.indices.contains(meter) else { throw .unknownName("meter \(meter)") }
    guard account.layout == compiled.layout else { throw .foreignAccount }
    var journal: Journal?
    try expire(&account, by: time, recording: &journal)
    let current = reader(account, key: key, at: time).value(of: .meter(meter))
    let (difference, overflow) = total.subtractingReportingOverflow(current)
    guard !overflow else { throw .ledger(.meterOutOfRange(meter: meter, total: current, amount: total)) }
    try carryOut(
      [LedgerChange(.add, target: meter, amount: difference)], on: &account, key: key, at: time, recording: &journal)
  }

  /// Gives the account a payment from before its first event: paid, of which so much is left. It is posted against
  /// adjustments, since the money came in elsewhere.
  ///
  /// - Parameters:
  ///   - id: what people know it by; `payment-N` for none.
  ///   - amount: what was paid, in nano-dollars.
  ///   - remaining: what is left of it; nil: all.
  ///   - card: the card it came from, by its index in the account.
  public func open(
    payment id: String, amount: Int64, remaining: Int64? = nil, card: Int?, bucket: Int,
    in account: inout AccountState, at time: Int64, journal: inout Journal
  ) throws(EngineFault) {
    guard program.buckets.indices.contains(bucket) else { throw .unknownName("bucket \(bucket)") }
    guard account.layout == compiled.layout else { throw .foreignAccount }
    guard time >= 0, time <= Instant.latest.microseconds else { throw .timeOutOfRange(time) }
    try journal.lend { journal throws(EngineFault) in
      try expire(&account, by: time, recording: &journal)
      let changes: [LedgerChange]
      do throws(LedgerFault) {
        changes = try account.openPayment(
          id: id, amount: amount, remaining: remaining ?? amount, card: card, bucket: bucket, at: time,
          order: burnOrder(at: time))
      } catch {
        throw .ledger(error)
      }
      let known = account.payments.last?.id ?? id
      let sequence = account.nextSequence()
      journal?.record(
        Transaction(
          changes, sequence: sequence, postedAt: account.clock, occurredAt: time, event: -1, id: known,
          key: nil, labels: [], step: .adjustment))
    }
  }
}

// MARK: - Outside the rules

extension RuleEngine {
  /// Releases the holds whose time is over by `time`, each as of the moment it expired; before an event that happens by
  /// itself. Rules have no part in it, and what comes after cannot undo it.
  public func expire(
    _ account: inout AccountState, by time: Int64, journal: inout Journal
  ) throws(EngineFault) {
    guard account.layout == compiled.layout else { throw .foreignAccount }
    try journal.lend { journal throws(EngineFault) in try expire(&account, by: time, recording: &journal) }
  }

  func expire(
    _ account: inout AccountState, by time: Int64, recording journal: inout Journal?
  ) throws(EngineFault) {
    while let hold = account.expiredHold(by: account.effectiveTime(time)) {
      let record = account.holds[hold]
      let key = record.key < 0 ? nil : record.key
      let facts = FactReader(compiled, trace(account, key: key, at: record.expiresAt))
      let rolled = rolled(facts)
      let changes = account.changes(
        releasing: hold, as: .expired, rolled: rolled.row, keyRolled: key == nil ? nil : rolled.keyRow)
      let list = try carryOut(changes, on: &account, facts, key: key, id: record.id)
      let sequence = account.nextSequence()
      journal?.record(
        Transaction(
          list, sequence: sequence, postedAt: facts.trace.now, occurredAt: record.expiresAt,
          event: record.event, id: record.id, key: key, labels: [], step: .expiry))
    }
  }

  /// Carries out instructions that no rule gave. The account's windows are brought up to date first.
  private func carryOut(
    _ changes: [LedgerChange], on account: inout AccountState, key: Int?, at time: Int64, id: String = "",
    recording journal: inout Journal?
  ) throws(EngineFault) {
    let facts = FactReader(compiled, trace(account, key: key, at: time))
    let list = try carryOut(changes, on: &account, facts, key: key, id: id)
    let sequence = account.nextSequence()
    journal?.record(
      Transaction(
        list, sequence: sequence, postedAt: facts.trace.now, occurredAt: time, event: -1, id: id,
        key: key, labels: [], step: .adjustment))
  }

  private func carryOut(
    _ changes: [LedgerChange], on account: inout AccountState, _ facts: FactReader, key: Int?, id: String
  ) throws(EngineFault) -> [LedgerChange] {
    let (row, keyRow) = rolled(facts)
    var list = changes
    let order = burnOrder(at: facts.trace.now)
    do throws(LedgerFault) {
      try list.withUnsafeMutableBufferPointer { list throws(LedgerFault) in
        try row.withUnsafeBufferPointer { row throws(LedgerFault) in
          try keyRow.withUnsafeBufferPointer { keyRow throws(LedgerFault) in
            try account.apply(
              list, key: key ?? -1, now: facts.trace.now, rolled: row.baseAddress,
              keyRolled: key == nil ? nil : keyRow.baseAddress, origin: id, order: order)
          }
        }
      }
    } catch {
      throw .ledger(error)
    }
    return list
  }

  /// The moving parts of the rows that facts were read of, windows up to date.
  private func rolled(_ facts: FactReader) -> (row: [Int64], keyRow: [Int64]) {
    (
      Array(facts.trace.row[compiled.layout.movingSlots]),
      facts.trace.keyRow.map { Array($0[compiled.layout.keyMovingSlots]) } ?? []
    )
  }
}
