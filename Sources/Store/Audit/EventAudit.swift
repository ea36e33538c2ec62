import Engine
import Language
import Ledger

/// Holds what is kept of one event against what it should be.
struct EventAudit {
  let statements: StatementCache
  let account: String?
  let formatter: ValueFormatter

  /// The rows that an event has in a table.
  func compare(
    _ table: AuditTable, _ expected: [AuditTable.Row], of event: Int64, _ findings: inout Findings
  ) throws(StoreFault) {
    let statement = try statements[table.sqlOfEvent].bind(1, event)
    var count = 0
    var stored: [AuditTable.Row] = []
    try statement.forEach { row in
      let found = table.row(row)
      // What agrees need not be kept.
      if count < expected.count, expected[count] == found, stored.isEmpty {
        count += 1
      } else {
        stored.append(found)
      }
    }
    if stored.isEmpty, count == expected.count { return }
    var missing = Dictionary(expected[count...].map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    for row in stored {
      guard let expected = missing.removeValue(forKey: row.key) else {
        findings.add(account, table.name, label(row, event), "should not be there: \(described(table, row))")
        continue
      }
      compare(table, row, with: expected, label(row, event), &findings)
    }
    for row in expected where missing[row.key] != nil {
      findings.add(account, table.name, label(row, event), "is missing: \(described(table, row))")
    }
  }

  func compare(
    _ table: AuditTable, _ stored: AuditTable.Row, with expected: AuditTable.Row, _ label: String,
    _ findings: inout Findings
  ) {
    for (index, column) in table.columns.enumerated() where stored.values[index] != expected.values[index] {
      findings.add(
        account, table.name, label, column: column.name, is: stored.values[index].text(column.unit, nil, formatter),
        shouldBe: expected.values[index].text(column.unit, nil, formatter))
    }
  }

  /// An entry of the store's own is no question, so nothing was decided.
  func checkUndecided(_ event: Int64, _ findings: inout Findings) throws(StoreFault) {
    let isDecided = try statements["SELECT 1 FROM decision WHERE event = ?"].bind(1, event).first { _ in true } ?? false
    if isDecided { findings.add(account, "decision", "event \(event)", "should not be there") }
  }

  private func label(_ row: AuditTable.Row, _ event: Int64) -> String {
    "event \(event), number \(row.key.map(\.word).joined(separator: " "))"
  }

  private func described(_ table: AuditTable, _ row: AuditTable.Row) -> String {
    table.columns.indices.map {
      "\(table.columns[$0].name) \(row.values[$0].text(table.columns[$0].unit, nil, formatter))"
    }
    .joined(separator: ", ")
  }
}
