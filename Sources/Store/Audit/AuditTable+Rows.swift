/// The rows of an account as tables have them.
extension AccountRows {
  /// What every table should have, besides holds: those may be very many, and are compared as they come.
  var audited: [(table: AuditTable, rows: [AuditTable.Row])] {
    [
      (.key, keys.enumerated().map { AuditTable.Row(key: [StoredValue($0 + 1)], values: [.text($1)]) }),
      (.card, cards.enumerated().map { AuditTable.Row(key: [StoredValue($0 + 1)], values: [.text($1)]) }),
      (.setting, settings.map { AuditTable.Row(key: [StoredValue($0.key), .text($0.name)], values: [$0.value]) }),
      (.book, books.map(\.audited)),
      (.meter, meters.map(\.audited)),
      (.period, periods.map(\.audited)),
      (.latest, latest.map { AuditTable.Row(key: [.text($0.kind)], values: [.integer($0.at)]) }),
      (.lot, lots.map(\.audited)),
      (.payment, payments.map(\.audited)),
      (.refund, refunds.map(\.audited)),
    ]
  }
}

extension AccountRows.BookRow {
  var audited: AuditTable.Row {
    AuditTable.Row(key: [.text(name)], values: [.integer(amount), .integer(held), StoredValue(used)])
  }
}

extension AccountRows.MeterRow {
  var audited: AuditTable.Row {
    AuditTable.Row(key: [StoredValue(key), .text(name)], values: [.integer(value), .integer(held)])
  }
}

extension AccountRows.PeriodRow {
  var audited: AuditTable.Row {
    AuditTable.Row(
      key: [StoredValue(key), .text(kind)], values: [StoredValue(start), StoredValue(end), .integer(epoch)])
  }
}

extension AccountRows.LotRow {
  var audited: AuditTable.Row {
    AuditTable.Row(
      key: [.text(bucket), StoredValue(number)],
      values: [
        .text(kind), StoredValue(isPaid), .integer(amount), .integer(remaining), .integer(receivedAt), .text(origin),
      ])
  }
}

extension AccountRows.HoldRow {
  var audited: AuditTable.Row {
    AuditTable.Row(
      key: [StoredValue(number)],
      values: [
        .text(id), .text(kind), StoredValue(key), .integer(at), .integer(expiresAt), .integer(covered), .text(state),
        .text(drawn), .text(fields), .text(labels), .text(epochs),
      ])
  }
}

extension AccountRows.PaymentRow {
  var audited: AuditTable.Row {
    AuditTable.Row(
      key: [StoredValue(number)],
      values: [
        .text(id), .text(key), .text(bucket), .integer(amount), StoredValue(card), StoredValue(isAutomatic),
        .text(kind),
        .text(origin), .text(fields), .integer(at), .text(state), StoredValue(lot.map(Int64.init)), .integer(refunded),
        StoredValue(clawback),
      ])
  }
}

extension AccountRows.RefundRow {
  var audited: AuditTable.Row {
    AuditTable.Row(
      key: [StoredValue(number)],
      values: [
        .text(key), StoredValue(payment), .integer(amount), .text(kind), .text(origin), .integer(at), .text(state),
      ])
  }
}
