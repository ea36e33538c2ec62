import GRDB
import GRDBSQLite

/// A prepared statement with values bound and read without conversions: what every event runs.
///
/// Parameters count from 1, columns from 0, as in SQLite.
final class RawStatement {
  // Keeps the statement alive, and finalizes it.
  private let statement: Statement
  private let raw: OpaquePointer
  private let path: String
  private let health: StatementCache.Health?

  init(
    _ database: Database, _ sql: String, path: String, _ health: StatementCache.Health? = nil
  ) throws(StoreFault) {
    do {
      statement = try database.makeStatement(sql: sql)
    } catch {
      let fault = StoreFault(sqlite: error, path: path)
      health?.fault = health?.fault ?? fault
      throw fault
    }
    raw = statement.sqliteStatement
    self.path = path
    self.health = health
  }

  // Texts and bytes that are bound, until the statement has run: SQLite would ask for memory for each.
  private var kept: UnsafeMutableRawBufferPointer?
  private var keptCount = 0
  private static let keptCapacity = 2_048

  deinit { kept?.deallocate() }

  /// A copy of bytes that lasts until the statement has run; nil where there is no room.
  private func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
    guard let source = bytes.baseAddress else { return UnsafeRawPointer(RawStatement.nothing) }
    guard keptCount + bytes.count <= RawStatement.keptCapacity else { return nil }
    let kept = self.kept ?? .allocate(byteCount: RawStatement.keptCapacity, alignment: 1)
    self.kept = kept
    guard let target = kept.baseAddress?.advanced(by: keptCount) else { return nil }
    target.copyMemory(from: source, byteCount: bytes.count)
    keptCount += bytes.count
    return UnsafeRawPointer(target)
  }

  /// Makes the statement ready to run anew, with nothing bound that was kept here.
  private func reset() {
    sqlite3_reset(raw)
    if keptCount == 0 { return }
    sqlite3_clear_bindings(raw)
    keptCount = 0
  }

  private func bind(_ place: Int32, text bytes: UnsafeRawBufferPointer) {
    let kept = keep(bytes)
    let address = (kept ?? bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
    sqlite3_bind_text(raw, place, address, Int32(bytes.count), kept == nil ? RawStatement.transient : nil)
  }

  // Tells SQLite to copy the bytes it is given.
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  @discardableResult
  func bind(_ place: Int32, _ value: Int64) -> RawStatement {
    sqlite3_bind_int64(raw, place, value)
    return self
  }

  @discardableResult
  func bind(_ place: Int32, _ value: Int64?) -> RawStatement {
    if let value { sqlite3_bind_int64(raw, place, value) } else { sqlite3_bind_null(raw, place) }
    return self
  }

  @discardableResult
  func bind(_ place: Int32, _ value: Int) -> RawStatement { bind(place, Int64(value)) }

  @discardableResult
  func bind(_ place: Int32, _ value: Bool) -> RawStatement { bind(place, value ? 1 : 0 as Int64) }

  @discardableResult
  func bind(_ place: Int32, _ text: String) -> RawStatement {
    var text = text
    text.withUTF8 { bind(place, text: UnsafeRawBufferPointer($0)) }
    return self
  }

  @discardableResult
  func bind(_ place: Int32, _ text: String?) -> RawStatement {
    guard let text else {
      sqlite3_bind_null(raw, place)
      return self
    }
    return bind(place, text)
  }

  @discardableResult
  func bind(_ place: Int32, text: [UInt8]) -> RawStatement {
    text.withUnsafeBytes { bind(place, text: $0) }
    return self
  }

  @discardableResult
  func bind(_ place: Int32, blob: [UInt8]) -> RawStatement {
    blob.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress {
        let kept = keep(bytes)
        _ = sqlite3_bind_blob(raw, place, kept ?? base, Int32(bytes.count), kept == nil ? RawStatement.transient : nil)
      } else {
        _ = sqlite3_bind_zeroblob(raw, place, 0)
      }
    }
    return self
  }

  @discardableResult
  func bind(_ place: Int32, _ value: StoredValue) -> RawStatement {
    switch value {
    case .none: bind(place, nil as Int64?)
    case .integer(let number): bind(place, number)
    case .text(let text): bind(place, text)
    }
  }

  // An empty text still needs an address: without one SQLite reads NULL.
  private nonisolated(unsafe) static let nothing: UnsafePointer<CChar> = {
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    memory.initialize(to: 0)
    return UnsafePointer(memory)
  }()

  /// Runs a statement that has no rows.
  func run() throws(StoreFault) {
    let code = sqlite3_step(raw)
    reset()
    if code != SQLITE_DONE && code != SQLITE_ROW { throw fault(code) }
  }

  /// Goes to the next row; after the last one the statement is ready to run anew.
  func next() throws(StoreFault) -> Bool {
    let code = sqlite3_step(raw)
    if code == SQLITE_ROW { return true }
    reset()
    if code != SQLITE_DONE { throw fault(code) }
    return false
  }

  /// Calls `body` for every row. The statement is ready to run anew afterwards, whatever happens.
  func forEach(_ body: (RawStatement) throws(StoreFault) -> Void) throws(StoreFault) {
    defer { reset() }
    while try next() { try body(self) }
  }

  /// Calls `body` for every row until it says that this was enough.
  func walk(_ body: (RawStatement) throws(StoreFault) -> Bool) throws(StoreFault) {
    defer { reset() }
    while try next() { if try !body(self) { return } }
  }

  /// Reads the first row, if there is one.
  func first<Result>(_ body: (RawStatement) throws(StoreFault) -> Result) throws(StoreFault) -> Result? {
    defer { reset() }
    return try next() ? try body(self) : nil
  }

  private func fault(_ code: Int32) -> StoreFault {
    let connection = sqlite3_db_handle(raw)
    let message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "error \(code)"
    let fault = StoreFault(sqliteCode: sqlite3_extended_errcode(connection), message: message, path: path)
    health?.fault = health?.fault ?? fault
    return fault
  }

  // MARK: - Columns

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

  /// A number that counts from 1, as it counts from 0. Whatever a damaged file holds is some number.
  func index(_ column: Int32) -> Int { Int(truncatingIfNeeded: integer(column) &- 1) }

  func optional(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func bool(_ column: Int32) -> Bool { integer(column) != 0 }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(raw, column) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(raw, column))), as: UTF8.self)
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(raw, column) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(raw, column))))
  }

  func value(_ column: Int32) -> StoredValue {
    switch sqlite3_column_type(raw, column) {
    case SQLITE_NULL: .none
    case SQLITE_INTEGER: .integer(integer(column))
    default: .text(text(column))
    }
  }
}
