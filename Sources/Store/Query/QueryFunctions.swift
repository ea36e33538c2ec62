import Engine
import Formats
import GRDBSQLite
import Language
import Values

/// A function that statements can call.
final class QueryFunction {
  let body: ([QueryValue]) throws -> QueryValue
  unowned let session: QuerySession

  init(_ session: QuerySession, _ body: @escaping ([QueryValue]) throws -> QueryValue) {
    self.session = session
    self.body = body
  }

  /// Makes it known to a connection.
  func register(_ name: String, _ count: Int32, isPure: Bool, on raw: OpaquePointer) {
    let innocuous: Int32 = 0x20_0000
    let flags = SQLITE_UTF8 | innocuous | (isPure ? SQLITE_DETERMINISTIC : 0)
    sqlite3_create_function_v2(
      raw, name, count, flags, Unmanaged.passRetained(self).toOpaque(),
      { context, count, values in
        guard let context, let own = sqlite3_user_data(context) else { return }
        Unmanaged<QueryFunction>.fromOpaque(own).takeUnretainedValue().call(context, Int(count), values)
      }, nil, nil, { own in if let own { Unmanaged<QueryFunction>.fromOpaque(own).release() } })
  }

  private func call(
    _ context: OpaquePointer, _ count: Int, _ values: UnsafeMutablePointer<OpaquePointer?>?
  ) {
    let arguments = (0..<count).map { QueryFunction.value(values?[$0]) }
    do {
      QueryFunction.give(try body(arguments), to: context)
    } catch {
      session.fail(error)
      sqlite3_result_error(context, "\(error)", -1)
    }
  }

  private static func value(_ raw: OpaquePointer?) -> QueryValue {
    switch sqlite3_value_type(raw) {
    case SQLITE_INTEGER: return .integer(sqlite3_value_int64(raw))
    case SQLITE_FLOAT: return .real(sqlite3_value_double(raw))
    case SQLITE_TEXT:
      guard let bytes = sqlite3_value_text(raw) else { return .null }
      let count = Int(sqlite3_value_bytes(raw))
      return .text(String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      guard let bytes = sqlite3_value_blob(raw) else { return .blob([]) }
      return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_value_bytes(raw)))))
    default: return .null
    }
  }

  private static func give(_ value: QueryValue, to context: OpaquePointer) {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: sqlite3_result_null(context)
    case .integer(let number): sqlite3_result_int64(context, number)
    case .real(let number): sqlite3_result_double(context, number)
    case .text(var text):
      if text.isEmpty { return sqlite3_result_text(context, "", 0, transient) }
      text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          sqlite3_result_text64(context, $0.baseAddress, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let bytes):
      bytes.withUnsafeBytes { sqlite3_result_blob64(context, $0.baseAddress, UInt64($0.count), transient) }
    }
  }
}

// MARK: - The functions

extension QueryFunction {
  /// All of them: those that anybody may use, and those that only views do.
  static func registerAll(_ session: QuerySession, on raw: OpaquePointer) {
    func add(
      _ name: String, _ count: Int32, isPure: Bool = true, _ body: @escaping ([QueryValue]) throws -> QueryValue
    ) {
      QueryFunction(session, body).register(name, count, isPure: isPure, on: raw)
    }
    let own = session.guardian.secret
    add("usd", 1) { try usd($0[0]) }
    add("nano", 1) { try nano($0[0]) }
    for count in [2, 3] as [Int32] {
      add("fact", count, isPure: false) { [unowned session] in try fact($0, session) }
    }
    add("utc" + own, 1) { values in
      if case .integer(let time) = values[0] { return .text(QueryTime.text(time)) }
      return .null
    }
    add("counted" + own, 2) { values in
      guard case .blob(let facts) = values[0], let time = Decision.time(inArchive: facts) else { return values[1] }
      return .integer(time)
    }
    add("state" + own, 2, isPure: false) { [unowned session] values in
      guard case .text(let view) = values[0] else { return .null }
      var name: String?
      if case .text(let text) = values[1] { name = text }
      return .text(QueryFunction.json(try QueryStates(session: session).rows(of: view, account: name)))
    }
    add("fired" + own, 3) { [unowned session] values in
      guard case .blob(let facts) = values[0], case .integer(let policy) = values[1], case .text(let kind) = values[2]
      else { return .text("[]") }
      let names = try session.firedRules(facts, policy: policy, kind: kind)
      return .text(Json.list(names.map { .text($0) }).compact)
    }
  }

  private static func usd(_ value: QueryValue) throws(QueryFault) -> QueryValue {
    switch value {
    case .null: return .null
    case .integer(let nano): return .text(Money(nano: nano).description)
    default:
      throw QueryFault(
        .statement, "`usd` takes a whole number of nano-dollars",
        help: "columns of money end in `_nano`: usd(amount_nano)")
    }
  }

  private static func nano(_ value: QueryValue) throws(QueryFault) -> QueryValue {
    guard case .text(let text) = value else {
      if value == .null { return .null }
      throw QueryFault(.statement, "`nano` takes a text of money", help: "nano('$1.50')")
    }
    do throws(ValueError) {
      return .integer(try Money(parsing: text).nano)
    } catch {
      throw QueryFault(.statement, "`\(text.prefix(40))` is no money", help: "nano('$1.50')")
    }
  }

  private static func fact(_ values: [QueryValue], _ session: QuerySession) throws -> QueryValue {
    try session.check()
    if values[0] == .null { return .null }
    guard case .text(let account) = values[0], case .text(let name) = values[1] else {
      throw QueryFault(
        .statement, "`fact` takes an account, a name and for some a key",
        help: "fact(account, 'limits.payg_spent')")
    }
    var key: String?
    if values.count > 2, case .text(let text) = values[2] { key = text }
    return try session.query.world.fact(account: account, key: key, name: name)
  }

  /// Rows as JSON, a list each.
  private static func json(_ rows: [[QueryValue]]) -> String {
    let lists = rows.map { row in
      Json.list(
        row.map { value in
          switch value {
          case .integer(let number): .integer(number)
          case .text(let text): .text(text)
          case .real, .blob, .null: .null
          }
        })
    }
    return Json.list(lists).compact
  }
}

/// Times as statements see them: text that sorts, with as many decimals as it needs.
enum QueryTime {
  static func text(_ time: Int64) -> String {
    let instant = Instant(microseconds: time)
    let date = instant.date
    let (micro, perDay) = (Int64(1_000_000), Instant.perDay)
    let inDay = ((time % perDay) + perDay) % perDay
    let seconds = inDay / micro
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    var text =
      "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2)) "
      + "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    if inDay % micro != 0 {
      var decimals = padded(inDay % micro, 6)
      while decimals.hasSuffix("0") { decimals.removeLast() }
      text += "." + decimals
    }
    return text
  }
}
