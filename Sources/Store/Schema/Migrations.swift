import GRDB
import GRDBSQLite

/// The numbered steps that bring a store from one schema to the next.
struct Migrations {
  var migrator = DatabaseMigrator()
  /// The number of the newest schema.
  private(set) var newest = 0

  /// Those of this program.
  static let all: Migrations = {
    var migrations = Migrations()
    migrations.add { try $0.execute(sql: Schema.tables + Schema.triggers) }
    return migrations
  }()

  /// Adds the next step. Steps that were ever published never change.
  mutating func add(_ step: @escaping @Sendable (Database) throws -> Void) {
    newest += 1
    migrator.registerMigration("\(newest)") { try step($0) }
  }

  /// Brings an older store up to date; a backup is made first, beside it.
  ///
  /// - Throws: `newer` for a store of a later program, which is not touched; `readOnly` for an older one that may only be read.
  func bringUpToDate(_ queue: DatabaseQueue, _ path: String, mayWrite: Bool) throws {
    let known = newest
    let found = try queue.writeWithoutTransaction { database -> Int in
      guard try database.tableExists("store"), try database.tableExists("grdb_migrations") else {
        throw StoreFault(.notAStore, path: path)
      }
      let applied = try migrator.appliedIdentifiers(database)
      // One with another name is none of ours, so a later program made it.
      return applied.map { Int($0) ?? known + 1 }.max() ?? 0
    }
    if found < 1 { throw StoreFault(.notAStore, path: path) }
    if found > known { throw StoreFault(.newer(schema: found, known: known), path: path) }
    if found == known { return }
    guard mayWrite else { throw StoreFault(.readOnly, path: path) }
    // One from a try that failed is kept.
    var backup = "\(path).schema-\(found)"
    var number = 1
    while StoreFile.exists(backup) {
      number += 1
      backup = "\(path).schema-\(found)-\(number)"
    }
    try queue.writeWithoutTransaction { try AccountStore.copy($0, of: path, to: backup) }
    try migrator.migrate(queue)
  }
}
