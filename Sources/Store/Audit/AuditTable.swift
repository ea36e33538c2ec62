import Engine
import Language
import Values

/// A table of accounts' rows as an audit compares it: which columns tell its rows apart, and what the others count.
struct AuditTable: Sendable {
  let name: String
  /// Besides the account.
  let keys: [String]
  let columns: [Column]
  /// All columns, those of the key first.
  let selection: String
  /// All rows of an account, and all rows of an event.
  let sql: String
  let sqlOfEvent: String

  struct Column: Sendable {
    var name: String
    var unit: Unit
  }

  /// What a number stands for.
  enum Unit: Sendable, Hashable {
    case plain
    case money
    case time
    case flag
    /// What the policy says of the setting or meter that the row is named after.
    case declared
  }

  init(_ name: String, by keys: [String], _ columns: [(String, Unit)]) {
    self.name = name
    self.keys = keys
    self.columns = columns.map { Column(name: $0.0, unit: $0.1) }
    selection = (keys + columns.map(\.0)).joined(separator: ", ")
    let order = keys.isEmpty ? "" : " ORDER BY " + keys.joined(separator: ", ")
    sql = "SELECT \(selection) FROM \(name) WHERE account = ?\(order)"
    sqlOfEvent = "SELECT \(selection) FROM \(name) WHERE event = ?\(order)"
  }

  /// A row: the values of its key, and the others.
  struct Row: Sendable, Hashable {
    var key: [StoredValue]
    var values: [StoredValue]
  }

  func row(_ statement: RawStatement) -> Row {
    let width = Int32(keys.count)
    return Row(
      key: (0..<width).map { statement.value($0) },
      values: columns.indices.map { statement.value(width + Int32($0)) })
  }

  static let key = AuditTable("key", by: ["n"], [("name", .plain)])
  static let card = AuditTable("card", by: ["n"], [("name", .plain)])
  static let setting = AuditTable("setting", by: ["key", "name"], [("value", .declared)])
  static let book = AuditTable("book", by: ["name"], [("amount", .money), ("held", .money), ("used", .money)])
  static let meter = AuditTable("meter", by: ["key", "name"], [("value", .declared), ("held", .declared)])
  static let period = AuditTable(
    "period", by: ["key", "kind"], [("starts_at", .time), ("ends_at", .time), ("epoch", .plain)])
  static let latest = AuditTable("latest", by: ["kind"], [("at", .time)])
  static let lot = AuditTable(
    "lot", by: ["bucket", "n"],
    [
      ("kind", .plain), ("is_paid", .flag), ("amount", .money), ("remaining", .money), ("received_at", .time),
      ("origin", .plain),
    ])
  static let hold = AuditTable(
    "hold", by: ["n"],
    [
      ("id", .plain), ("kind", .plain), ("key", .plain), ("at", .time), ("expires_at", .time), ("covered", .money),
      ("state", .plain), ("drawn", .plain), ("fields", .plain), ("labels", .plain), ("epochs", .plain),
    ])
  static let payment = AuditTable(
    "payment", by: ["n"],
    [
      ("id", .plain), ("key", .plain), ("bucket", .plain), ("amount", .money), ("card", .plain),
      ("is_automatic", .flag),
      ("kind", .plain), ("origin", .plain), ("fields", .plain), ("at", .time), ("state", .plain), ("lot", .plain),
      ("refunded", .money), ("clawback", .plain),
    ])
  static let refund = AuditTable(
    "refund", by: ["n"],
    [
      ("key", .plain), ("payment", .plain), ("amount", .money), ("kind", .plain), ("origin", .plain), ("at", .time),
      ("state", .plain),
    ])
}

extension StoredValue {
  init(_ number: Int64?) { self = number.map(StoredValue.integer) ?? .none }
  init(_ number: Int) { self = .integer(Int64(number)) }
  init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  init(_ text: String?) { self = text.map(StoredValue.text) ?? .none }

  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// For people.
  func text(_ unit: AuditTable.Unit, _ type: ValueType? = nil, _ formatter: ValueFormatter) -> String {
    switch (self, unit) {
    case (.none, _): "none"
    case (.text(let text), _): "`\(text)`"
    case (.integer(let number), .money): formatter.text(number, .money)
    case (.integer(let number), .time): formatter.text(number, .time)
    case (.integer(let number), .flag): number == 0 ? "off" : number == 1 ? "on" : "\(number)"
    case (.integer(let number), .declared): type.map { formatter.text(number, $0) } ?? "\(number)"
    case (.integer(let number), .plain): "\(number)"
    }
  }
}
