import Formats

/// Why a file of usage cannot be read at all. What is wrong with one row is a ``RejectedRow`` instead.
public enum TrafficFault: Error, Sendable, Hashable {
  /// The bytes do not come, or not as gzip wrote them.
  case input(InputFault)
  /// The rules have no such event.
  case unknownEvent(String, known: [String])
  /// The file is empty.
  case empty(name: String)
  /// The first line is no header, or the file is no lines of objects.
  case header(name: String, line: Int, reason: String, help: String?)
  /// No column says what every row needs: `what` is `account`, `at` or a field of the event.
  case missingColumn(name: String, what: String, found: [String])
  /// No column is a field of the event: every row would be the same.
  case noField(name: String, event: String, fields: [String], found: [String])
  /// Several columns might say it.
  case severalColumns(name: String, what: String, found: [String])
  /// A column was named to be something, and the file has no such column.
  case unknownColumn(name: String, column: String, found: [String])
  /// A column was named to be something that neither a row nor the event has.
  case unknownField(column: String, field: String, known: [String])
  /// Every row was to have a value in a field that no event has.
  case unknownConstant(field: String, known: [String])
  /// Every row was to have a value that the field cannot have.
  case unfitConstant(field: String, reason: String, help: String?)
}

extension TrafficFault: CustomStringConvertible {
  /// One lower-case sentence with the file and its own words in backticks.
  public var message: String {
    switch self {
    case .input(let fault): fault.message
    case .unknownEvent(let event, _): "the rules have no event `\(event)`"
    case .empty(let name): "`\(name)` is empty"
    case .header(let name, let line, let reason, _): "line \(line) of `\(name)`: \(reason)"
    case .missingColumn(let name, let what, let found):
      "no column of `\(name)` is \(TrafficFault.noun(what)): it has \(TrafficFault.list(found))"
    case .noField(let name, let event, _, let found):
      "no column of `\(name)` is a field of `\(event)`: it has \(TrafficFault.list(found))"
    case .severalColumns(let name, let what, let found):
      "several columns of `\(name)` may be \(TrafficFault.noun(what)): \(TrafficFault.list(found))"
    case .unknownColumn(let name, let column, let found):
      "`\(name)` has no column `\(column)`: it has \(TrafficFault.list(found))"
    case .unknownField(_, let field, _), .unknownConstant(let field, _): "`\(field)` is no field that a row can give"
    case .unfitConstant(let field, let reason, _): "`--set \(field)=…`: \(reason)"
    }
  }

  /// What to write, one line.
  public var help: String? {
    switch self {
    case .input(let fault): fault.help
    case .unknownEvent(_, let known): "the events are \(TrafficFault.list(known))"
    case .empty: nil
    case .header(_, _, _, let help): help
    case .missingColumn(_, "account", let found):
      "name it, `--column \(found.first ?? "COLUMN")=account`, or give every row the same: `--account NAME`"
    case .missingColumn(_, let what, let found): "name it: `--column \(found.first ?? "COLUMN")=\(what)`"
    case .noField(_, _, let fields, let found):
      "its fields are \(TrafficFault.list(fields)): `--column \(found.first ?? "COLUMN")=\(fields.first ?? "FIELD")`"
    case .severalColumns(_, let what, let found): "choose one: `--column \(found.first ?? "COLUMN")=\(what)`"
    case .unknownColumn(_, _, let found): "name one it has: `--column \(found.first ?? "COLUMN")=FIELD`"
    case .unknownField(let column, _, let known): "`--column \(column)=FIELD` with one of \(TrafficFault.list(known))"
    case .unknownConstant(_, let known): "`--set FIELD=VALUE` with one of \(TrafficFault.list(known))"
    case .unfitConstant(_, _, let help): help
    }
  }

  public var description: String { message }

  private static func noun(_ what: String) -> String {
    switch what {
    case "account": "the account"
    case "at": "the time"
    case "key": "the key"
    case "id": "the id"
    case "event": "the event"
    default: "`\(what)`"
    }
  }

  /// The first few in backticks; a file may have a thousand columns.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(16).map { "`\($0)`" }.joined(separator: ", ")
    return names.isEmpty ? "none" : names.count > 16 ? "\(shown) and \(names.count - 16) more" : shown
  }
}
