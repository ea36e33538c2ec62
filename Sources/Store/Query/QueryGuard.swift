import Diagnostics
import GRDBSQLite

/// Says of everything that a statement would do whether it may, before it is prepared.
///
/// Statements read views. What views are made of has names that nobody can guess: SQLite tells of a table in which view it is
/// read, by a name that a statement could give to something of its own.
final class QueryGuard {
  /// At the end of every name that is ours alone, drawn for each connection.
  let secret: String
  /// What was refused, and why.
  private(set) var refusal: QueryFault?
  private var isTrusting = false

  static let onlyQuestions = QueryFault(
    .refused, "only SELECT, WITH and VALUES are answered here: a store is changed by commands", help: "payg help stores"
  )

  init() {
    var generator = SystemRandomNumberGenerator()
    secret = "_" + String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
  }

  func begin() { refusal = nil }

  /// Runs what is our own.
  func trusting<Result>(_ body: () -> Result) -> Result {
    let before = isTrusting
    isTrusting = true
    defer { isTrusting = before }
    return body()
  }

  func isOurs(_ name: String?) -> Bool { name?.hasSuffix(secret) ?? false }

  // MARK: - The rules

  /// - Parameters:
  ///   - first, second: what the action says it is about.
  ///   - place: the view or the subquery with a name that it happens in; nil: the statement itself.
  func allows(_ action: Int32, _ first: String?, _ second: String?, database: String?, place: String?) -> Bool {
    if isTrusting { return true }
    switch action {
    case SQLITE_SELECT, SQLITE_RECURSIVE: return true
    case SQLITE_FUNCTION: return mayCall(second ?? "", in: place)
    case SQLITE_READ: return mayRead(first ?? "", second ?? "", database, in: place)
    default:
      refusal = refusal ?? QueryGuard.onlyQuestions
      return false
    }
  }

  private func mayRead(_ table: String, _ column: String, _ database: String?, in place: String?) -> Bool {
    if isOurs(table) || isOurs(place) { return true }
    if database == "temp", StoreQuery.view(named: table) != nil { return true }
    if QueryGuard.tableFunctions.contains(table.lowercased()) { return true }
    // How many rows something has, whether a view, a subquery or what is left of a view of which no column is read.
    if column.isEmpty, QueryGuard.isPlain(table) { return true }
    let nearest = Suggestion.nearest(table, in: StoreQuery.views.map(\.name))
    refusal =
      refusal
      ?? QueryFault(
        .refused, "`\(table)` is not one of the views", help: nearest.map { "did you mean `\($0)`?" } ?? ".schema")
    return false
  }

  /// No table of SQLite's own.
  private static func isPlain(_ table: String) -> Bool {
    let name = table.lowercased()
    return !["sqlite_", "pragma_", "fts", "rtree", "geopoly", "dbstat", "bytecode", "tables_used"]
      .contains { name.hasPrefix($0) }
  }

  private func mayCall(_ function: String, in place: String?) -> Bool {
    let name = function.lowercased()
    if isOurs(name) ? isOurs(place) : QueryGuard.functions.contains(name) || isOurs(place) { return true }
    let nearest = Suggestion.nearest(name, in: QueryGuard.functions)
    refusal =
      refusal
      ?? QueryFault(
        .refused, "the function `\(function)` cannot be used here", help: nearest.map { "did you mean `\($0)`?" })
    return false
  }

  // MARK: - What may be used

  static let tableFunctions: Set<String> = ["json_each", "json_tree"]

  /// Functions of ours that anybody may use.
  static let ownFunctions = ["usd", "nano", "fact"]

  static let functions: Set<String> = Set(
    ownFunctions
      + [
        // No `printf`: a width of a billion keeps it busy for seconds, where no time limit is looked at.
        "abs", "char", "coalesce", "concat", "concat_ws", "glob", "hex", "if", "ifnull", "iif", "instr",
        "length", "like", "likelihood", "likely", "lower", "ltrim", "max", "min", "nullif", "octet_length",
        "quote", "random", "replace", "round", "rtrim", "sign", "substr", "substring", "trim", "typeof", "unhex",
        "unicode", "unlikely", "upper",
        // Time.
        "date", "time", "datetime", "julianday", "strftime", "timediff", "unixepoch", "current_date", "current_time",
        "current_timestamp",
        // Over many rows.
        "avg", "count", "group_concat", "string_agg", "sum", "total", "row_number", "rank", "dense_rank",
        "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value",
        // Numbers.
        "ceil", "ceiling", "floor", "trunc", "ln", "log", "log10", "log2", "exp", "pow", "power", "sqrt", "mod",
        // JSON.
        "json", "json_array", "json_array_length", "json_extract", "json_group_array", "json_group_object",
        "json_object", "json_patch", "json_quote", "json_remove", "json_replace", "json_set", "json_insert",
        "json_type", "json_valid", "->", "->>",
      ])
}
