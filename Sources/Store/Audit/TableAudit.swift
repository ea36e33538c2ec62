import Engine
import Language
import Ledger

/// Holds the rows of one account in its tables against what they should be.
struct TableAudit {
  let statements: StatementCache
  let map: SlotMap
  let formatter: ValueFormatter
  /// The account: its row, its name, and the names of its keys.
  let id: Int64
  let name: String
  let keys: [String]

  /// Every table but `hold` and `outbox`.
  func compare(_ rows: AccountRows, _ findings: inout Findings) throws(StoreFault) {
    for (table, expected) in rows.audited { try compare(table, expected, &findings) }
  }

  private func compare(
    _ table: AuditTable, _ expected: [AuditTable.Row], _ findings: inout Findings
  ) throws(StoreFault) {
    var missing = Dictionary(expected.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var stored: [AuditTable.Row] = []
    try statements[table.sql].bind(1, id).forEach { stored.append(table.row($0)) }
    for row in stored {
      if let expected = missing.removeValue(forKey: row.key) {
        compare(table, row, with: expected, &findings)
      } else if let blank = blank(table, row) {
        compare(table, row, with: blank, &findings)
      } else {
        let text = described(table, row)
        findings.add(name, table.name, label(table, row), "should not be there\(text.isEmpty ? "" : ": \(text)")")
      }
    }
    for row in expected where missing[row.key] != nil && !isBlank(table, row) {
      findings.add(name, table.name, label(table, row), "is missing: \(described(table, row))")
    }
  }

  func compare(
    _ table: AuditTable, _ stored: AuditTable.Row, with expected: AuditTable.Row, _ findings: inout Findings
  ) {
    for (index, column) in table.columns.enumerated() where stored.values[index] != expected.values[index] {
      findings.add(
        name, table.name, label(table, expected), column: column.name, is: text(table, stored, index),
        shouldBe: text(table, expected, index))
    }
  }

  /// Whether a row says nothing: of what is as it is in a new account there may be one, and need not.
  private func isBlank(_ table: AuditTable, _ row: AuditTable.Row) -> Bool { blank(table, row)?.values == row.values }

  /// The row of what is as it is in a new account; nil for a table that has none, and for a name that means nothing.
  private func blank(_ table: AuditTable, _ row: AuditTable.Row) -> AuditTable.Row? {
    let place: SlotMap.Table
    switch table.name {
    case AuditTable.book.name: place = .book
    case AuditTable.meter.name: place = .meter
    case AuditTable.period.name: place = .period
    default: return nil
    }
    let key = place == .book ? 0 : row.key[0].integer ?? -1
    guard key >= 0, key <= Int64(keys.count), let found = map.place(place, row.key.last?.word ?? "", isKey: key > 0)
    else { return nil }
    let values: [StoredValue] =
      switch place {
      case .book: [.integer(0), .integer(0), found.third < 0 ? .none : .integer(0)]
      case .period: [.none, .none, .integer(0)]
      default: [.integer(0), .integer(0)]
      }
    return AuditTable.Row(key: row.key, values: values)
  }

  // MARK: - For people

  private func described(_ table: AuditTable, _ row: AuditTable.Row) -> String {
    table.columns.indices.map { "\(table.columns[$0].name) \(text(table, row, $0))" }.joined(separator: ", ")
  }

  private func text(_ table: AuditTable, _ row: AuditTable.Row, _ column: Int) -> String {
    row.values[column].text(table.columns[column].unit, type(table, row), formatter)
  }

  /// What a setting or a meter counts.
  private func type(_ table: AuditTable, _ row: AuditTable.Row) -> ValueType? {
    guard case .text(let name)? = row.key.last else { return nil }
    switch table.name {
    case AuditTable.setting.name: return map.program.settings.first { $0.name == name }?.type.base
    case AuditTable.meter.name: return map.program.meters.first { $0.name == name }?.type
    default: return nil
    }
  }

  func label(_ table: AuditTable, _ row: AuditTable.Row) -> String {
    switch table.name {
    case AuditTable.setting.name, AuditTable.meter.name, AuditTable.period.name:
      guard let key = row.key[0].integer, key > 0 else { return row.key[1].word }
      let name = key <= Int64(keys.count) ? keys[Int(key) - 1] : "\(key)"
      return "\(row.key[1].word) of key \(name)"
    case AuditTable.lot.name: return "\(row.key[0].word) lot \(row.key[1].word)"
    case AuditTable.hold.name, AuditTable.payment.name: return "\(row.values[0].word) (number \(row.key[0].word))"
    case AuditTable.refund.name: return "\(row.values[0].word) (number \(row.key[0].word))"
    default: return row.key.map(\.word).joined(separator: " ")
    }
  }
}

extension StoredValue {
  /// Without quotes, as part of a name.
  var word: String {
    switch self {
    case .none: "none"
    case .integer(let number): "\(number)"
    case .text(let text): text
    }
  }
}
