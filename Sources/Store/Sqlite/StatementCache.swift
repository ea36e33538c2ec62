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

  init(_ database: Database, path: String) {
    self.database = database
    self.path = path
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
