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
  private var statements: [String: RawStatement] = [:]

  init(_ database: Database, path: String) {
    self.database = database
    self.path = path
  }

  subscript(sql: String) -> RawStatement {
    get throws(StoreFault) {
      if let known = statements[sql] { return known }
      let statement = try RawStatement(database, sql, path: path, health)
      statements[sql] = statement
      return statement
    }
  }
}
