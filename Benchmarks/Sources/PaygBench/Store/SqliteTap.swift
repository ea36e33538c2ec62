import GRDBSQLite

/// Sees the connections that anything in this program opens, and what is run on them.
///
/// A store hands its connection to nobody. SQLite calls what was registered here for every new one.
final class SqliteTap {
  /// The connection that was opened last.
  private(set) var connection: OpaquePointer?
  /// Where what runs is written down; nil: nowhere.
  private(set) var script: SqliteScript?
  private var failure: String?
  /// The step that each statement ran last.
  private var latest: [OpaquePointer: Int] = [:]

  // Everything here happens on one thread.
  nonisolated(unsafe) static let shared = SqliteTap()
  private nonisolated(unsafe) static var isRegistered = false

  static func register() throws {
    if isRegistered { return }
    typealias Entry =
      @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, OpaquePointer?
      ) -> Int32
    let entry: Entry = { connection, _, _ in
      SqliteTap.shared.connection = connection
      return SQLITE_OK
    }
    guard sqlite3_auto_extension(unsafeBitCast(entry, to: (@convention(c) () -> Void).self)) == SQLITE_OK else {
      throw Mismatch("SQLite does not tell of new connections on this system")
    }
    isRegistered = true
  }

  /// Writes down everything that is run on the connection opened last, until `stop`.
  func record() {
    let script = SqliteScript()
    self.script = script
    failure = nil
    latest = [:]
    let events = UInt32(SQLITE_TRACE_STMT | SQLITE_TRACE_ROW)
    sqlite3_trace_v2(
      connection, events,
      { event, _, statement, text in
        SqliteTap.shared.note(event, OpaquePointer(statement), text?.assumingMemoryBound(to: CChar.self))
        return 0
      }, nil)
  }

  func stop() throws -> SqliteScript {
    sqlite3_trace_v2(connection, 0, nil, nil)
    defer { script = nil }
    if let failure { throw Mismatch("a statement cannot be said again: \(failure)") }
    guard let script else { throw Mismatch("nothing was recorded") }
    return script
  }

  private func note(_ event: UInt32, _ statement: OpaquePointer?, _ text: UnsafePointer<CChar>?) {
    guard let statement, let script else { return }
    if event == UInt32(SQLITE_TRACE_ROW) {
      if let step = latest[statement] { script.addRow(to: step) }
      return
    }
    // A trigger tells of itself as a comment.
    if let text, text[0] == CChar(UInt8(ascii: "-")) {
      failure = "the trigger \(String(cString: text)) ran"
      return
    }
    guard let expanded = sqlite3_expanded_sql(statement), let own = sqlite3_sql(statement) else { return }
    defer { sqlite3_free(expanded) }
    let count = String(cString: expanded).utf8.count
    let bytes = expanded.withMemoryRebound(to: UInt8.self, capacity: count) {
      Array(UnsafeBufferPointer(start: $0, count: count))
    }
    latest[statement] = script.add(String(cString: own), expanded: bytes)
    if latest[statement] == nil { failure = String(decoding: bytes, as: UTF8.self) }
  }

  // MARK: - What a connection has done

  /// How often each statement was run, of those that are prepared.
  static func runs(of connection: OpaquePointer?) -> [String: Int] {
    var runs: [String: Int] = [:]
    var statement = sqlite3_next_stmt(connection, nil)
    while let one = statement {
      let text = sqlite3_sql(one).map { String(cString: $0) } ?? ""
      runs[text, default: 0] += Int(sqlite3_stmt_status(one, SQLITE_STMTSTATUS_RUN, 0))
      statement = sqlite3_next_stmt(connection, one)
    }
    return runs
  }

  private static let settings = [
    "journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "trusted_schema", "cell_size_check",
    "cache_size",
    "page_size", "mmap_size", "temp_store", "wal_autocheckpoint", "locking_mode", "secure_delete",
  ]

  /// How a connection is set up.
  static func settings(of connection: OpaquePointer?) -> [String] {
    settings.map { name in
      var statement: OpaquePointer?
      sqlite3_prepare_v2(connection, "PRAGMA \(name)", -1, &statement, nil)
      defer { sqlite3_finalize(statement) }
      guard sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0) else {
        return "\(name)"
      }
      return "\(name) \(String(cString: text))"
    }
  }
}
