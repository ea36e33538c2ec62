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
    var recorder: Journal? = journal
    journal = Journal()
    defer { journal = recorder ?? Journal() }
    try change(setting, to: value, key: key, in: &account, at: time, recording: &recorder)
  }

  private mutating func change(
    _ setting: Int, to value: Int64, key: Int?, in account: inout AccountState, at time: Int64,
    recording journal: inout Journal?
  ) throws(Refusal) {
    guard program.settings.indices.contains(setting) else { throw Refusal("there is no such setting") }
    guard account.layout == compiled.layout else { throw Refusal(EngineFault.foreignAccount.message) }
    let declared = program.settings[setting]
    let formatter = formatter(for: account)
    if value != LedgerLayout.unset {
      if value == ValueType.none {
        if !declared.type.isOptional { throw Refusal("`\(declared.name)` cannot be none") }
      } else if !declared.type.base.admits(value, in: declared.range) {
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
        try candidate.carryOut(
          [LedgerChange(.set, target: setting, amount: value)], on: &changed, key: key, at: time,
          recording: &recorder)
      } catch {
        throw Refusal(error.message)
      }
    }
    let reader = candidate.reader(changed, key: key, at: time)
    for (condition, text) in declared.conditions where reader.evaluate(condition) == 0 {
      let policy = program.policies.firstIndex { declared.name.hasPrefix($0.name + ".") }
      throw Refusal(candidate.fill(text, policy: policy, reader))
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
    var recorder: Journal? = journal
    journal = Journal()
    defer { journal = recorder ?? Journal() }
    try adjust(bucket: bucket, to: amount, lotKind: lotKind, in: &account, at: time, recording: &recorder)
  }

  private func adjust(
    bucket: Int, to amount: Int64, lotKind: String, in account: inout AccountState, at time: Int64,
    recording journal: inout Journal?
  ) throws(EngineFault) {
    guard program.buckets.indices.contains(bucket) else { throw .unknownName("bucket \(bucket)") }
    guard account.layout == compiled.layout else { throw .foreignAccount }
    let facts = reader(account, at: time)
    let allowance = program.buckets[bucket].resets.map { facts.evaluate($0.allowance) } ?? 0
    let slot = facts.trace.row[compiled.layout.buckets[bucket].slot]
    let current = program.buckets[bucket].resets == nil ? slot : allowance &- slot
    let (difference, overflow) = amount.subtractingReportingOverflow(current)
    guard !overflow else {
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
    var recorder: Journal? = journal
    journal = Journal()
    defer { journal = recorder ?? Journal() }
    try carryOut(
      [LedgerChange(.credit, target: bucket, amount: amount, contra: contra, lotKind: kind)], on: &account, key: nil,
      at: time, id: id, recording: &recorder)
  }

  /// Brings a meter to `total` in its current window, for the opening state of a scenario.
  public func adjust(
    meter: Int, to total: Int64, key: Int? = nil, in account: inout AccountState, at time: Int64
  ) throws(EngineFault) {
    guard program.meters.indices.contains(meter) else { throw .unknownName("meter \(meter)") }
    guard account.layout == compiled.layout else { throw .foreignAccount }
    let current = reader(account, key: key, at: time).value(of: .meter(meter))
    var journal: Journal?
    let (difference, overflow) = total.subtractingReportingOverflow(current)
    guard !overflow else { throw .ledger(.meterOutOfRange(meter: meter, total: current, amount: total)) }
    try carryOut(
      [LedgerChange(.add, target: meter, amount: difference)], on: &account, key: key, at: time, recording: &journal)
  }

  /// Carries out instructions that no rule gave. The account's windows are brought up to date first.
  func carryOut(
    _ changes: [LedgerChange], on account: inout AccountState, key: Int?, at time: Int64, id: String = "",
    recording journal: inout Journal?
  ) throws(EngineFault) {
    let facts = reader(account, key: key, at: time)
    let layout = compiled.layout
    let row = Array(facts.trace.row[layout.movingSlots])
    let keyRow = facts.trace.keyRow.map { Array($0[layout.keyMovingSlots]) } ?? []
    var list = changes
    let order = burnOrder
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
    journal?.record(
      Transaction(
        list, sequence: account.nextSequence(), postedAt: facts.trace.now, occurredAt: time, event: -1, id: id,
        key: key,
        labels: [], step: .adjustment))
  }
}
