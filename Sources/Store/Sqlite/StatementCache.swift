import GRDB

/// The prepared statements of a connection, by their text.
final class StatementCache {
  private let database: Database
  private let path: String
  let health = Health()

  /// The first fault of a transaction. Whoever is told of it may go on, but the transaction must not be committed.
  final class Health {
    var fault: StoreFault?
  }
  private var statements: [Key: RawStatement] = [:]
  private var hot: [RawStatement?] = Array(repeating: nil, count: Hot.allCases.count)

  /// What every event runs, found without looking at its text.
  enum Hot: Int, CaseIterable {
    case earlier
    case event
    case decision
    case posting

    fileprivate var sql: String {
      switch self {
      case .earlier: "SELECT seq, at, fields FROM event WHERE id = ? AND account = ? AND kind = ? AND attempt = 0"
      case .event:
        """
        INSERT INTO event (seq, account, kind, id, attempt, at, recorded_at, resumes, fields, sum)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
      case .decision:
        """
        INSERT INTO decision (event, policy, verdict, code, decider, amount, covered, absorbed, facts)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
      case .posting:
        "INSERT INTO posting (event, n, step, at, source, destination, amount) VALUES (?, ?, ?, ?, ?, ?, ?)"
      }
    }
  }

  init(_ database: Database, path: String) {
    self.database = database
    self.path = path
  }

  subscript(name: Hot) -> RawStatement {
    get throws(StoreFault) {
      if let known = hot[name.rawValue] { return known }
      let statement = try RawStatement(database, name.sql, path: path, health)
      hot[name.rawValue] = statement
      return statement
    }
  }

  subscript(sql: String) -> RawStatement {
    get throws(StoreFault) {
      let key = Key(text: sql)
      if let known = statements[key] { return known }
      let statement = try RawStatement(database, sql, path: path, health)
      statements[key] = statement
      return statement
    }
  }

  /// A text that is told from others by its length first: hashing it whole takes longer than comparing it with the one that
  /// is found.
  private struct Key: Hashable {
    let text: String

    func hash(into hasher: inout Hasher) { hasher.combine(text.utf8.count) }
  }
}
