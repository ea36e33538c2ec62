import GRDBSQLite

/// SQLite as anybody may use it on the file of a store.
enum Sqlite {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func run(_ path: String, _ sql: String) throws {
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    guard sqlite3_open(path, &connection) == SQLITE_OK, sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
    else { throw Failure(description: String(cString: sqlite3_errmsg(connection))) }
  }
}
