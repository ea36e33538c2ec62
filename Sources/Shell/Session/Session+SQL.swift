import Diagnostics
import Engine
import Language
import Ledger
import Store
import Values

extension Session {
  /// Rows of one statement, whoever asks for all of them.
  static let mostRowsEver = 1_000_000

  /// Answers SQL over the documented views: as of the session's moment, on its branch.
  func query(_ sql: String) throws -> Answer { try query(sql, most: settings.mostRows) }

  /// - Parameter most: so many rows at most; it says where there are more.
  func query(_ sql: String, most: Int) throws -> Answer {
    let table = try rows(of: sql, most: most)
    var answer = Answer("payg.sql/1")
    answer.members = [.init("cut", .bool(table.isCut))]
    answer.show(table.table)
    lastLine = sql
    if !table.table.subjects.isEmpty { lastRows = table.table.subjects }
    let count = Count.text(table.table.rows.count, "row")
    answer.notes.append(table.isCut ? "the first \(count); there are more: .count, .all" : count)
    if table.table.rows.isEmpty, table.table.columns.isEmpty { answer.notes = ["nothing was asked"] }
    return answer
  }

  func rows(of sql: String, most: Int) throws -> (table: Table, isCut: Bool) {
    let world = QueryScene(self, coordinates)
    let query = try StoreQuery(store(), world: world)
    console.interrupts.watch()
    var rows: [[QueryValue]] = []
    let outcome: QueryOutcome
    do throws(QueryFault) {
      outcome = try query.run(
        sql, most: most, seconds: options.seconds, isInterrupted: console.interrupts.hasCome,
        row: { rows.append($0) })
    } catch {
      throw complaint(about: error, in: sql)
    }
    return (Session.table(outcome.columns, rows), outcome.isCut)
  }

  /// Rows as a table: columns by the names they were given, amounts where the name says nano.
  private static func table(_ columns: [String], _ rows: [[QueryValue]]) -> Table {
    let subject = columns.firstIndex(of: "id") ?? columns.firstIndex(of: "account")
    var table = Table(
      columns.enumerated().map { place, name in
        let isNumber =
          rows.contains { if case .integer = $0[place] { true } else { false } }
          && rows.allSatisfy { row in
            switch row[place] {
            case .integer, .null: true
            default: false
            }
          }
        // What the views call so is money.
        if isNumber, name.hasSuffix("_nano"), name.utf8.count > 5 {
          var column = Table.Column(String(name.dropLast(5)), .money)
          column.heading = name
          return column
        }
        return Table.Column(name, isNumber ? .number : .text, isForeign: !isNumber)
      })
    table.rows = rows.map { row in
      row.map { value in
        switch value {
        case .null: .none
        case .integer(let number): .integer(number)
        case .real(let number): .text("\(number)")
        case .text(let text): .text(text)
        case .blob(let bytes): .text(Session.hex(bytes))
        }
      }
    }
    if let subject {
      table.subjects = rows.map { row in if case .text(let text) = row[subject] { text } else { "" } }
    }
    return table
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".unicodeScalars)
    var text = "x'"
    for byte in bytes.prefix(64) {
      text.unicodeScalars.append(digits[Int(byte >> 4)])
      text.unicodeScalars.append(digits[Int(byte & 15)])
    }
    return text + (bytes.count > 64 ? "…'" : "'")
  }

  /// What is wrong with a statement, with the line of it that is meant.
  private func complaint(about fault: QueryFault, in sql: String) -> any Error {
    if let cause = fault.cause {
      if let shown = cause as? any CommandFault { return shown }
    }
    if fault.kind == .interrupted { return Cancelled() }
    guard let offset = fault.offset, offset <= sql.utf8.count else {
      return LineComplaint(message: fault.message, line: sql, help: fault.help, code: "sql")
    }
    let bytes = Array(sql.utf8)
    let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    func isName(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || byte >= 0x80 || UnicodeScalar(byte).properties.isAlphabetic
        || (0x30...0x39).contains(byte)
    }
    let word = bytes[offset..<end].prefix { isName($0) }.count
    return LineComplaint(
      message: fault.message, line: String(decoding: bytes[start..<end], as: UTF8.self),
      range: offset - start..<offset - start + max(1, word), help: fault.help, code: "sql")
  }

  /// The accounts that a condition over the view of accounts leaves.
  func accounts(where condition: String, _ request: Request) throws -> [String] {
    let saved = coordinates
    coordinates = request.coordinates
    defer { coordinates = saved }
    // On a line of its own, so that no comment of the condition swallows what follows.
    let before = "select account from accounts where (\n"
    do {
      let found = try rows(of: before + condition + "\n) order by account", most: 1_000_000)
      return found.table.rows.compactMap { row in if case .text(let name) = row[0] { name } else { nil } }
    } catch let fault as LineComplaint {
      // The place in the line that was typed.
      var complaint = request.complaint(fault.message, at: .text, help: fault.help ?? ".schema accounts")
      complaint.code = fault.code
      if let range = fault.range, fault.line == condition, let start = request.arguments.range(.text)?.lowerBound {
        complaint.range = start + range.lowerBound..<start + range.upperBound
      }
      throw complaint
    }
  }
}

/// The world as SQL sees it: one moment, a branch over it, and what only a session knows.
final class QueryScene: QueryWorld {
  private let session: Session
  private let coordinates: Coordinates

  init(_ session: Session, _ coordinates: Coordinates) {
    self.session = session
    self.coordinates = coordinates
  }

  private var branch: Branch? { coordinates.branch.flatMap { session.branches[$0] } }

  var moment: StoreReader.Moment {
    guard let branch else { return coordinates.moment }
    // What fails here fails again where it can be said.
    return (try? session.look(coordinates) { world in try world.moment }) ?? branch.base.moment
  }

  func fact(account: String, key: String?, name: String) throws -> QueryValue {
    try session.look(coordinates) { world in
      let standing = try world.account(account)
      let index = try key.map { key in
        guard let index = standing.state.keyIndex(named: key) else {
          throw Complaint(message: "`\(account)` has no key `\(key)`", help: "keys \(account)")
        }
        return index
      }
      guard let found = standing.engine.value(of: name, in: standing.state, key: index, at: standing.at) else {
        throw Complaint(message: "nothing of the policy is called `\(name)`", help: "settings all")
      }
      if found.value == ValueType.none { return .null }
      switch found.type.base {
      case .money, .rate, .tokens, .integer, .bool, .duration: return .integer(found.value)
      case .time: return .text(TimeText.short(found.value))
      case .ratio, .name, .key, .card, .record, .enumeration:
        return .text(standing.engine.formatter(for: standing.state).text(found.value, found.type))
      }
    }
  }

  /// Worked out once: the views ask for it several times.
  var overlay: [QueryOverlayEvent] {
    get throws {
      if let known { return known }
      let found = branch == nil ? [] : try session.look(coordinates) { world in try world.overlay() }
      known = found
      return found
    }
  }

  private var known: [QueryOverlayEvent]?

  var isHypothetical: Bool { coordinates.branch != nil || coordinates.policy != nil }

  var madeAccounts: [String] { branch?.current.made.sorted() ?? [] }

  func policy() throws -> (engine: RuleEngine, at: Int64)? {
    guard isHypothetical else { return nil }
    return try session.look(coordinates) { world in (try world.engine, try world.now) }
  }

  func account(_ name: String) throws -> StoreReader.PastAccount? {
    guard branch != nil || coordinates.policy != nil else { return nil }
    return try session.look(coordinates) { world in
      let standing = try world.account(name)
      return StoreReader.PastAccount(
        state: standing.state, engine: standing.engine, policyHash: standing.policyHash, lastEvent: nil, at: standing.at
      )
    }
  }

  func rows(of view: String) throws -> [[QueryValue]]? {
    guard view == "compare_rows", let table = session.compareRows else { return nil }
    return table.rows.map { row in row.map { QueryValue($0) } }
  }
}

extension QueryValue {
  init(_ cell: Table.Cell) {
    self =
      switch cell {
      case .none: .null
      case .text(let text): .text(text)
      case .integer(let number): .integer(number)
      case .bool(let value): .integer(value ? 1 : 0)
      }
  }
}
