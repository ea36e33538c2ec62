import Language
import Ledger

extension Program {
  /// Whether an event says what an earlier one with its id said.
  ///
  /// A record is compared by what people call it: a payment that was declined and the attempt that was paid under the same id
  /// are one thing to whoever sends the event again.
  func saysTheSame(
    _ event: Int, _ fields: [Int64], as earlier: some Collection<Int64>, in account: AccountState
  ) -> Bool {
    let given = events[event].fields.prefix(events[event].givenCount)
    guard fields.count == earlier.count, fields.count == given.count else { return false }
    for ((value, before), field) in zip(zip(fields, earlier), given) where value != before {
      guard case .record(let kind) = field.type.base, let now = account.name(of: kind, at: value),
        now == account.name(of: kind, at: before)
      else { return false }
    }
    return true
  }
}

extension AccountState {
  /// What people call a record; nil for an index that names none.
  fileprivate func name(of kind: RecordKind, at index: Int64) -> String? {
    guard let index = Int(exactly: index) else { return nil }
    return switch kind {
    case .hold: holds.has(index) ? holds[index].id : nil
    case .payment: payments.indices.contains(index) ? payments[index].id : nil
    case .refund: refunds.indices.contains(index) ? refunds[index].key : nil
    }
  }
}
