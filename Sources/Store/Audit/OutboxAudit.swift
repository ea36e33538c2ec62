import Engine
import Language
import Ledger

/// Holds the requests to the payment provider against what an account asked for: each exactly once, under its own key, and
/// answered as the account was told.
struct OutboxAudit {
  let statements: StatementCache
  let id: Int64
  let name: String
  let storeID: String
  let state: AccountState
  let records: ReplayedRecords
  let engine: RuleEngine
  let formatter: ValueFormatter
  /// What the account was told, by the key of the payment or refund.
  let answers: [String: Answer]

  struct Answer: Sendable {
    /// The outbox has one of them.
    var words: [String]
    var at: Int64
  }

  static let table = AuditTable(
    "outbox", by: ["key"],
    [
      ("kind", .plain), ("n", .plain), ("amount", .money), ("card", .plain), ("payment", .plain), ("event", .plain),
      ("answer", .plain), ("answered_at", .time), ("reason", .plain), ("sent", .plain), ("sent_at", .time),
      ("fault", .plain),
    ])
  /// So many columns are compared one by one.
  private static let fixed = 6

  func run(_ findings: inout Findings) throws(StoreFault) {
    var expected: [(row: AuditTable.Row, record: String)] = []
    for (index, event) in records.paymentEvents.enumerated() {
      guard let event else { continue }
      expected.append((row(engine.request(payment: index, of: state), index, event), state.payments[index].key))
    }
    for (index, event) in records.refundEvents.enumerated() {
      guard let event else { continue }
      expected.append((row(engine.request(refund: index, of: state), index, event), state.refunds[index].key))
    }
    var missing = Dictionary(expected.map { ($0.row.key, $0) }, uniquingKeysWith: { first, _ in first })
    var stored: [AuditTable.Row] = []
    let table = OutboxAudit.table
    try statements[table.sql].bind(1, id).forEach { stored.append(table.row($0)) }
    for row in stored {
      let label = row.key[0].word
      guard let (expected, record) = missing.removeValue(forKey: row.key) else {
        findings.add(name, "outbox", label, "should not be there: nothing of the account asked for it")
        continue
      }
      for index in 0..<OutboxAudit.fixed where row.values[index] != expected.values[index] {
        findings.add(
          name, "outbox", label, column: table.columns[index].name, is: text(row, index),
          shouldBe: text(expected, index))
      }
      compareAnswer(row, answers[record], label, &findings)
    }
    for (row, _) in expected where missing[row.key] != nil {
      findings.add(name, "outbox", row.key[0].word, "is missing: \(text(row, 0)) \(text(row, 2))")
    }
  }

  private func row(_ request: ProviderRequest, _ index: Int, _ event: Int64) -> AuditTable.Row {
    AuditTable.Row(
      key: [.text(WorldKey.key(request.key, account: name, store: storeID))],
      values: [
        .text(request.kind.rawValue), StoredValue(index + 1), .integer(request.amount), .text(request.card),
        .text(request.payment), .integer(event),
      ])
  }

  private func text(_ row: AuditTable.Row, _ column: Int) -> String {
    row.values[column].text(OutboxAudit.table.columns[column].unit, nil, formatter)
  }

  /// What the provider said is what the account was told, and only then.
  private func compareAnswer(
    _ row: AuditTable.Row, _ answer: Answer?, _ label: String, _ findings: inout Findings
  ) {
    func add(_ column: Int, _ expected: String) {
      findings.add(
        name, "outbox", label, column: OutboxAudit.table.columns[column].name, is: text(row, column), shouldBe: expected
      )
    }
    let (word, at, reason) = (row.values[6], row.values[7], row.values[8])
    let (sent, sentAt, fault) = (row.values[9].integer ?? 0, row.values[10], row.values[11])
    if let answer {
      if !answer.words.contains(where: { word == .text($0) }) {
        add(6, answer.words.map { "`\($0)`" }.joined(separator: " or "))
      }
      if at != .integer(answer.at) { add(7, formatter.text(answer.at, .time)) }
      if fault != .none { add(11, "none, since there is an answer") }
    } else {
      if word != .none { add(6, "none") }
      if at != .none { add(7, "none") }
    }
    if answer?.words.first == "paid" || answer == nil, reason != .none { add(8, "none") }
    if sent < 0 { add(9, "0 or more") }
    if (sent > 0) != (sentAt != .none) { add(10, sent > 0 ? "a time" : "none, since it was never sent") }
  }
}
