import GRDBSQLite

/// Runs a script through SQLite's C API and does nothing else: statements are prepared once, values are bound where they lie,
/// columns are read.
final class SqlitePlayer {
  private(set) var connection: OpaquePointer?
  private let script: SqliteScript
  private var statements: [OpaquePointer?] = []

  /// Opens a store's file as a store does.
  init(_ path: String, _ script: SqliteScript) throws {
    self.script = script
    guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else {
      throw Mismatch("`\(path)` cannot be opened")
    }
    sqlite3_extended_result_codes(connection, 1)
    try execute(
      """
      PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -65536;
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL
      """)
    for text in script.texts {
      var statement: OpaquePointer?
      guard sqlite3_prepare_v2(connection, text, -1, &statement, nil) == SQLITE_OK else { throw fault(text) }
      statements.append(statement)
    }
  }

  func close() throws {
    for statement in statements { sqlite3_finalize(statement) }
    statements = []
    guard sqlite3_close(connection) == SQLITE_OK else { throw fault("close") }
    connection = nil
  }

  func execute(_ text: String) throws {
    guard sqlite3_exec(connection, text, nil, nil, nil) == SQLITE_OK else { throw fault(text) }
  }

  private func fault(_ text: String) -> Mismatch {
    Mismatch("\(text): \(sqlite3_errmsg(connection).map { String(cString: $0) } ?? "")")
  }

  /// Runs some of the script. Returns a sum over what was read.
  func run(_ steps: Range<Int>) throws -> Int {
    var sum = 0
    let failed = script.steps[steps].withUnsafeBufferPointer { steps in
      script.arguments.withUnsafeBufferPointer { arguments in
        script.bytes.withUnsafeBytes { bytes in
          statements.withUnsafeBufferPointer { statements in
            steps.first { step in
              !SqlitePlayer.run(step, statements[step.text], arguments, bytes, &sum)
            }
          }
        }
      }
    }
    if let failed { throw fault(script.texts[failed.text]) }
    return sum
  }

  @inline(__always)
  private static func run(
    _ step: SqliteScript.Step, _ statement: OpaquePointer?, _ arguments: UnsafeBufferPointer<SqliteScript.Argument>,
    _ bytes: UnsafeRawBufferPointer, _ sum: inout Int
  ) -> Bool {
    for index in step.arguments {
      let argument = arguments[index]
      switch argument.kind {
      case .null: sqlite3_bind_null(statement, argument.place)
      case .integer: sqlite3_bind_int64(statement, argument.place, argument.value)
      case .text:
        sqlite3_bind_text(
          statement, argument.place,
          bytes.baseAddress?.advanced(by: Int(argument.value)).assumingMemoryBound(to: CChar.self),
          argument.count, nil)
      case .blob:
        sqlite3_bind_blob(
          statement, argument.place, bytes.baseAddress?.advanced(by: Int(argument.value)), argument.count, nil)
      }
    }
    defer { sqlite3_reset(statement) }
    if step.rows == 0 { return sqlite3_step(statement) == SQLITE_DONE }
    for _ in 0..<step.rows {
      guard sqlite3_step(statement) == SQLITE_ROW else { return false }
      for column in 0..<sqlite3_column_count(statement) {
        if sqlite3_column_type(statement, column) == SQLITE_INTEGER {
          sum &+= Int(sqlite3_column_int64(statement, column))
        } else if sqlite3_column_text(statement, column) != nil {
          sum &+= Int(sqlite3_column_bytes(statement, column))
        }
      }
    }
    return true
  }

  /// Compares all tables of the file with those of another; the text says where they differ.
  static func difference(_ path: String, _ other: String) throws -> String? {
    let player = try SqlitePlayer(path, SqliteScript())
    defer { try? player.close() }
    try player.execute("ATTACH '\(other)' AS other")
    for table in try player.texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
      let counts = try player.texts(
        """
        SELECT (SELECT count(*) FROM main.\(table)) || ' rows, ' || (SELECT count(*) FROM other.\(table)) || ' rows, '
          || (SELECT count(*) FROM (SELECT * FROM main.\(table) EXCEPT SELECT * FROM other.\(table)))
        """)
      let parts = (counts.first ?? "").split(separator: " ")
      guard parts.count == 5, parts[0] == parts[2], parts[4] == "0" else { return "\(table): \(counts)" }
    }
    return nil
  }

  /// The first column of every row.
  func texts(_ sql: String) throws -> [String] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else { throw fault(sql) }
    defer { sqlite3_finalize(statement) }
    var texts: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      texts.append(sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? "")
    }
    return texts
  }
}
