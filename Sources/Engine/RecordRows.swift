import Language
import Ledger
import Values

/// The records of an account as rows of numbers, in the order of ``RecordKind/numbers``: what `settle.hold.reserved` and
/// `refund.payment.unspent` read.
public enum RecordRows {
  /// The numbers of one record; nil for an index that names none. A hold has those of the event that made it behind its own.
  ///
  /// - Parameter order: which lots burn first, on which depends what is unspent of a payment.
  public static func row(
    of kind: RecordKind, at index: Int, in account: borrowing AccountState, program: Program, order: BurnOrder
  ) -> [Int64]? {
    switch kind {
    case .hold: account.holds.has(index) ? row(of: account.holds[index], program) : nil
    case .payment:
      account.payments.indices.contains(index)
        ? row(of: account.payments[index], unspent: account.unspent(payment: index, order: order)) : nil
    case .refund: account.refunds.indices.contains(index) ? row(of: account.refunds[index]) : nil
    }
  }

  /// The rows of all payments of an account, in the order they were made.
  static func payments(of account: AccountState, order: BurnOrder) -> [[Int64]] {
    // Payments are many and their buckets few: what is left of the lots is worked out once for each.
    var remaining: [Int: [Int: Int64]] = [:]
    return account.payments.map { payment in
      guard let number = payment.lot else { return row(of: payment, unspent: 0) }
      if remaining[payment.bucket] == nil {
        remaining[payment.bucket] = Dictionary(
          account.lots(of: payment.bucket, order: order).map { ($0.number, $0.remaining) }, uniquingKeysWith: { $1 })
      }
      return row(of: payment, unspent: remaining[payment.bucket]?[number] ?? 0)
    }
  }

  /// The row that each given field of an event names, by field; empty for a field that names none.
  public static func records(
    of event: Int, fields: [Int64], in account: AccountState, program: Program, order: BurnOrder
  ) -> [[Int64]] {
    program.events[event].fields.prefix(program.events[event].givenCount).enumerated().map { index, field in
      guard case .record(let kind) = field.type.base, index < fields.count, let record = Int(exactly: fields[index])
      else { return [] }
      return row(of: kind, at: record, in: account, program: program, order: order) ?? []
    }
  }

  /// A number derived of each payment in turn, in the order of `rows`.
  static func values(_ expr: Expr, of rows: [[Int64]], by walker: inout TreeWalker) -> [Int64] {
    let before = walker.own
    defer { walker.own = before }
    return rows.map { row in
      walker.own = row
      return walker.evaluate(expr)
    }
  }

  /// Derivation `index` of the program over all payments: at most the ends of its type's range, so that what reads it stays
  /// inside 64 bits.
  static func total(_ index: Int, of rows: [[Int64]], by walker: inout TreeWalker) -> Int64 {
    let expr = walker.program.paymentDerivations[index].value
    let sum = values(expr, of: rows, by: &walker).reduce(Int128(0)) { $0 + Int128($1) }
    let range = expr.type.base.naturalRange
    return Arithmetic.clamp(min(max(sum, range.low), range.high))
  }

  private static func row(of hold: Hold, _ program: Program) -> [Int64] {
    let count = program.roles.hold.map { program.events[$0].fields.count } ?? hold.fields.count
    var fields = Array(hold.fields.prefix(count))
    while fields.count < count { fields.append(ValueType.none) }
    return [hold.state.rawValue, hold.covered, hold.expiresAt, hold.at] + fields
  }

  private static func row(of payment: Payment, unspent: Int64) -> [Int64] {
    [
      payment.state.rawValue, payment.amount, payment.paid, payment.refunded, unspent, payment.clawback?.amount ?? 0,
      payment.clawback == nil ? 0 : 1, payment.isAutomatic ? 1 : 0, payment.card.map(Int64.init) ?? ValueType.none,
      payment.at,
    ]
  }

  private static func row(of refund: Refund) -> [Int64] { [refund.state.rawValue, refund.amount, refund.at] }
}
