import Language
import Ledger

extension CompiledProgram {
  /// Where it is said which lots burn first.
  enum LotOrder: Sendable {
    case always(BurnOrder)
    /// By the global setting at this slot, whose value `oldestFirst` means the oldest first.
    case setting(Int, oldestFirst: Int64)
    /// By any other expression.
    case bucket(Int)

    init(_ program: Program, _ layout: LedgerLayout) {
      guard let bucket = program.buckets.firstIndex(where: { $0.lotOrder != nil }),
        let order = program.buckets[bucket].lotOrder
      else {
        self = .always(.grantsFirst)
        return
      }
      if case .fact(.setting(let index)) = order.kind, program.settings[index].scope == .global {
        self = .setting(index, oldestFirst: CompiledProgram.oldestFirst(order.type))
      } else {
        self = .bucket(bucket)
      }
    }
  }

  private static func oldestFirst(_ type: QualifiedType) -> Int64 {
    guard case .enumeration(let members) = type.base else { return -1 }
    return Int64(members.firstIndex(of: "oldest_first") ?? -1)
  }

  /// Which lots burn first: what the first bucket that says it says, under these global settings.
  func burnOrder(_ globals: [Int64], at time: Int64) -> BurnOrder {
    switch lotOrder {
    case .always(let order): return order
    case .setting(let index, let oldestFirst):
      let stored = globals[layout.settings[index].slot]
      let value = stored == LedgerLayout.unset ? program.settings[index].value(at: time) : stored
      return value == oldestFirst ? .oldestFirst : .grantsFirst
    case .bucket(let bucket):
      guard let order = program.buckets[bucket].lotOrder else { return .grantsFirst }
      let trace = Trace(event: nil, now: time, globals: globals, row: [], fields: [])
      let value = FactReader(self, trace).evaluate(order)
      return value == CompiledProgram.oldestFirst(order.type) ? .oldestFirst : .grantsFirst
    }
  }

  /// The facts of an account as they are stored, with those of an event where one is at hand.
  ///
  /// - Parameter wholly: with what the rules of the event do not read, too.
  func trace(
    _ account: AccountState, key: Int?, now: Int64, globals: [Int64], event: Int?, fields: [Int64], wholly: Bool
  ) -> Trace {
    var records: [[Int64]] = []
    if let event, wholly || readsRecords[event] {
      records = RecordRows.records(
        of: event, fields: fields, in: account, program: program, order: burnOrder(globals, at: now))
    }
    var totals: [Int64] = []
    if wholly || event.map({ readsTotals[$0] }) ?? false {
      totals = self.totals(of: Array(program.paymentDerivations.indices), account, globals: globals, at: now)
    }
    return Trace(
      event: event, now: now, globals: globals, row: account.row,
      keyRow: key.flatMap { account.keyRow($0) }.map(Array.init), fields: fields, key: key, records: records,
      totals: totals)
  }

  /// What is derived of all payments of an account together, for each of these derivations.
  func totals(of derivations: [Int], _ account: AccountState, globals: [Int64], at time: Int64) -> [Int64] {
    if derivations.isEmpty { return [] }
    let rows = RecordRows.payments(of: account, order: burnOrder(globals, at: time))
    let trace = Trace(event: nil, now: time, globals: globals, row: account.row, fields: [])
    var walker = FactReader(self, trace).walker
    return derivations.map { RecordRows.total($0, of: rows, by: &walker) }
  }
}
