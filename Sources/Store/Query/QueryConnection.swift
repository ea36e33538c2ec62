import GRDBSQLite

/// A connection of its own to the file of a store, to read only, with one guard over everything it is told.
final class QueryConnection {
  let raw: OpaquePointer
  private let session: QuerySession
  /// The statement that is answered.
  private var text = ""

  /// What any text, row or statement may be at most. Bytes of a text or row; parts of a statement.
  static let lengthLimit: Int32 = 4 << 20
  static let statementLimit = 100_000
  private static let limits: [(Int32, Int32)] = [
    (SQLITE_LIMIT_LENGTH, lengthLimit), (SQLITE_LIMIT_SQL_LENGTH, 1 << 20), (SQLITE_LIMIT_COLUMN, 100),
    (SQLITE_LIMIT_EXPR_DEPTH, 200), (SQLITE_LIMIT_COMPOUND_SELECT, 60), (SQLITE_LIMIT_VDBE_OP, 250_000),
    (SQLITE_LIMIT_FUNCTION_ARG, 100), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    (SQLITE_LIMIT_VARIABLE_NUMBER, 100), (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  init(_ store: AccountStore, _ session: QuerySession) throws(QueryFault) {
    self.session = session
    var raw: OpaquePointer?
    let address = "file:\(store.path.addingUriEscapes)?mode=ro"
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(address, &raw, flags, nil)
    guard code == SQLITE_OK, let raw else {
      let message = raw.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "error \(code)"
      sqlite3_close_v2(raw)
      throw QueryFault(.failed, StoreFault(sqliteCode: code, message: message, path: store.path).message)
    }
    self.raw = raw
    sqlite3_busy_timeout(raw, Int32(clamping: store.patience * 1000))
    sqlite3_enable_load_extension(raw, 0)
    _disableDoubleQuotedStringLiterals(raw)
    try set("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768")
    // Whatever is sorted or kept aside for a while goes to a file of its own rather than into memory.
    try set("PRAGMA temp_store = FILE; PRAGMA query_only = OFF")
    // Their own declarations, told when they are first used, are no business of the guard's.
    try set("SELECT 1 FROM json_each('[]'), json_tree('[]')")
    for (limit, most) in QueryConnection.limits { sqlite3_limit(raw, limit, most) }
    watch()
  }

  deinit {
    sqlite3_set_authorizer(raw, nil, nil)
    sqlite3_progress_handler(raw, 0, nil, nil)
    sqlite3_close_v2(raw)
  }

  private func watch() {
    let own = Unmanaged.passUnretained(session).toOpaque()
    sqlite3_progress_handler(
      raw, 2_000,
      { pointer in
        guard let pointer else { return 1 }
        return Unmanaged<QuerySession>.fromOpaque(pointer).takeUnretainedValue().mustStop ? 1 : 0
      }, own)
    sqlite3_set_authorizer(
      raw,
      { pointer, action, first, second, database, place in
        guard let pointer else { return SQLITE_DENY }
        func text(_ bytes: UnsafePointer<CChar>?) -> String? { bytes.map { String(cString: $0) } }
        let session = Unmanaged<QuerySession>.fromOpaque(pointer).takeUnretainedValue()
        let isAllowed = session.guardian.allows(
          action, text(first), text(second), database: text(database), place: text(place))
        return isAllowed ? SQLITE_OK : SQLITE_DENY
      }, own)
  }

  // MARK: - What we say ourselves

  /// Runs statements of our own, unguarded.
  func set(_ sql: String) throws(QueryFault) {
    let code = session.guardian.trusting { sqlite3_exec(raw, sql, nil, nil, nil) }
    if code != SQLITE_OK { throw fault(code) }
  }

  /// Fills a table of ours.
  func fill(_ table: String, columns: Int, _ rows: [[QueryValue]]) throws(QueryFault) {
    try set("SAVEPOINT fill; DELETE FROM temp.\"\(table)\"")
    do throws(QueryFault) {
      try insert(rows, columns, into: table)
    } catch {
      try? set("ROLLBACK TO fill; RELEASE fill")
      throw error
    }
    try set("RELEASE fill")
  }

  private func insert(_ rows: [[QueryValue]], _ columns: Int, into table: String) throws(QueryFault) {
    let marks = Array(repeating: "?", count: columns).joined(separator: ", ")
    var statement: OpaquePointer?
    let code = session.guardian.trusting {
      sqlite3_prepare_v2(raw, "INSERT INTO temp.\"\(table)\" VALUES (\(marks))", -1, &statement, nil)
    }
    guard code == SQLITE_OK, let statement else { throw fault(code) }
    defer { sqlite3_finalize(statement) }
    for row in rows {
      for (place, value) in row.enumerated() { QueryConnection.bind(value, at: Int32(place + 1), of: statement) }
      let code = session.guardian.trusting { sqlite3_step(statement) }
      sqlite3_reset(statement)
      if code != SQLITE_DONE { throw fault(code) }
    }
  }

  private static func bind(_ value: QueryValue, at place: Int32, of statement: OpaquePointer) {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: sqlite3_bind_null(statement, place)
    case .integer(let number): sqlite3_bind_int64(statement, place, number)
    case .real(let number): sqlite3_bind_double(statement, place, number)
    case .text(var text):
      text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { bytes in
          _ = sqlite3_bind_text(statement, place, bytes.baseAddress, Int32(clamping: bytes.count), transient)
        }
      }
      // Without an address there is no text.
      if text.isEmpty { sqlite3_bind_text(statement, place, "", 0, transient) }
    case .blob(let bytes):
      bytes.withUnsafeBytes {
        _ = sqlite3_bind_blob(statement, place, $0.baseAddress, Int32(clamping: $0.count), transient)
      }
    }
  }

  // MARK: - What others say

  /// Prepares the one statement of a text.
  func prepare(_ sql: String) throws(QueryFault) -> OpaquePointer {
    var sql = sql
    text = sql
    session.guardian.begin()
    var statement: OpaquePointer?
    var rest = 0
    var problem: QueryFault?
    sql.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { bytes in
        // An empty text has no address.
        guard let start = bytes.baseAddress else { return }
        var tail: UnsafePointer<CChar>?
        let code = sqlite3_prepare_v3(raw, start, Int32(bytes.count), 0, &statement, &tail)
        if code != SQLITE_OK { problem = fault(code) }
        // A text of comments makes no statement, and is gone through like others.
        while problem == nil, let next = tail, next < start + bytes.count {
          rest = next - start
          var another: OpaquePointer?
          let before = tail
          let code = sqlite3_prepare_v3(raw, next, Int32(bytes.count - rest), 0, &another, &tail)
          sqlite3_finalize(another)
          if code == SQLITE_OK, another == nil, tail != before { continue }
          if code == SQLITE_OK, another == nil { break }
          problem =
            statement == nil
            ? nil
            : QueryFault(.refused, "one statement at a time is answered", offset: rest, help: "ask the others after it")
          break
        }
      }
    }
    if let problem {
      sqlite3_finalize(statement)
      throw problem
    }
    guard let statement else {
      throw QueryFault(.statement, "there is no statement", help: "select * from accounts limit 10")
    }
    guard sqlite3_stmt_readonly(statement) != 0, sqlite3_stmt_isexplain(statement) == 0 else {
      sqlite3_finalize(statement)
      throw QueryGuard.onlyQuestions
    }
    guard sqlite3_bind_parameter_count(statement) == 0 else {
      sqlite3_finalize(statement)
      throw QueryFault(
        .statement, "the statement has a place for a value, and nothing fills it", help: "write the value")
    }
    return statement
  }

  /// What SQLite would do, a line each.
  func plan(_ sql: String) throws(QueryFault) -> [String] {
    sqlite3_finalize(try prepare(sql))
    var statement: OpaquePointer?
    let code = session.guardian.trusting {
      sqlite3_prepare_v2(raw, "EXPLAIN QUERY PLAN " + sql, -1, &statement, nil)
    }
    guard code == SQLITE_OK, let statement else { throw fault(code) }
    defer { sqlite3_finalize(statement) }
    var lines: [String] = []
    while session.guardian.trusting({ sqlite3_step(statement) }) == SQLITE_ROW {
      if case .text(let line) = QueryConnection.value(statement, 3) { lines.append(line) }
    }
    return lines
  }

  /// What went wrong last.
  func fault(_ code: Int32) -> QueryFault {
    if let stop = session.stop { return stop }
    let message = sqlite3_errmsg(raw).map { String(cString: $0) } ?? "error \(code)"
    let offset = sqlite3_error_offset(raw)
    let complaint = QueryComplaint(
      code: sqlite3_extended_errcode(raw), message: message, offset: offset < 0 ? nil : Int(offset),
      path: session.store.path, text: text)
    return complaint.fault(session.guardian)
  }

  static func value(_ statement: OpaquePointer, _ column: Int32) -> QueryValue {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      guard let bytes = sqlite3_column_text(statement, column) else { return .null }
      let count = Int(sqlite3_column_bytes(statement, column))
      return .text(String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
      let count = Int(sqlite3_column_bytes(statement, column))
      return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
    default: return .null
    }
  }
}
