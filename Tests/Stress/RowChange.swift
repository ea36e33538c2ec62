import Foundation
import GRDBSQLite
import StoreStage
import Values

/// Another value in one column of one row of a store's file, past everything that should prevent it.
enum RowChange {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Makes one and says which; nil where the row did not take it.
  static func make(in path: String, _ random: inout SeededGenerator) throws -> String? {
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    guard sqlite3_open(path, &connection) == SQLITE_OK else { throw Failure(description: "it cannot be opened") }
    func rows(_ sql: String) -> [[String]] {
      var statement: OpaquePointer?
      defer { sqlite3_finalize(statement) }
      guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else { return [] }
      var found: [[String]] = []
      while sqlite3_step(statement) == SQLITE_ROW {
        found.append(
          (0..<sqlite3_column_count(statement)).map { column in
            sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
          })
      }
      return found
    }
    sqlite3_exec(connection, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF", nil, nil, nil)
    for trigger in rows("SELECT name FROM sqlite_master WHERE type = 'trigger'") {
      sqlite3_exec(connection, "DROP TRIGGER \(trigger[0])", nil, nil, nil)
    }
    let tables = rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").map { $0[0] }
    guard let table = tables.filter({ $0 != "grdb_migrations" }).randomElement(using: &random) else { return nil }
    let columns = rows("SELECT name, type, pk FROM pragma_table_info('\(table)')")
    let keys = columns.filter { $0[2] != "0" }.map { $0[0] }.joined(separator: ", ")
    guard let column = columns.randomElement(using: &random), !DamageCampaign.free.contains("\(table).\(column[0])"),
      let count = rows("SELECT count(*) FROM \(table)").first.flatMap({ Int($0[0]) }), count > 0
    else { return nil }
    let row = Int.random(in: 0..<count, using: &random)
    let place = "(\(keys)) = (SELECT \(keys) FROM \(table) LIMIT 1 OFFSET \(row))"
    if Int.random(in: 0..<12, using: &random) == 0 {
      guard sqlite3_exec(connection, "DELETE FROM \(table) WHERE \(place)", nil, nil, nil) == SQLITE_OK else {
        return nil
      }
      return "row \(row) of \(table) is gone"
    }
    let name = column[0]
    let old = rows("SELECT substr(\(name), 1, 60) FROM \(table) WHERE \(place)").first?.first ?? ""
    let value = self.value(name, column[1], &random)
    let sql = "UPDATE \(table) SET \(name) = \(value) WHERE \(place)"
    let before = sqlite3_total_changes(connection)
    guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK, sqlite3_total_changes(connection) > before else {
      return nil
    }
    return "\(table).\(name) of row \(row), which was `\(old)`, is \(value)"
  }

  private static func value(_ name: String, _ type: String, _ random: inout SeededGenerator) -> String {
    let numbers = [
      "0", "1", "-1", "2", "3", "7", "255", "1000000007", "9223372036854775807", "-9223372036854775808",
      "9223372036854775806", "\(name) + 1", "\(name) - 1", "\(name) * 2", "-\(name)", "NULL",
    ]
    let texts = [
      "''", "'x'", "NULL", "'open'", "'paid'", "'{}'", "'[]'", "'{\"'", "'null'", "\(name) || 'x'",
      "substr(\(name), 2)",
      "'request'", "'ada'", "'main'", "'funding.balance'",
      "'{\"amount\":9223372036854775807,\"debt\":-9223372036854775808}'",
      "replace(\(name), '0', '9')", "replace(\(name), ':', ':9')", "replace(\(name), ':', ':-')",
      "replace(\(name), '{', '{\"x\":1,')", "CAST(x'ff00fe' AS TEXT)", "\(name) || char(0)",
    ]
    let blobs = [
      "x''", "x'00'", "x'ffffffffffffffffffff'", "substr(\(name), 1, length(\(name)) / 2)", "\(name) || x'00'",
      "randomblob(length(\(name)))", "zeroblob(length(\(name)))", "x'ff' || substr(\(name), 2)",
      "substr(\(name), 1, 9) || x'7f' || substr(\(name), 11)",
      "substr(\(name), 1, 5) || x'ffffffff' || substr(\(name), 10)",
    ]
    let choices =
      switch type {
      case "INTEGER": numbers
      case "TEXT": texts
      case "BLOB": blobs
      default: numbers + texts
      }
    return choices.randomElement(using: &random) ?? "NULL"
  }
}
