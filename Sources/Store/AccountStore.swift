import Engine
import GRDB
import GRDBSQLite
import Ledger
import Values

/// Accounts and everything that ever happened to them, in one SQLite file.
///
/// What a write returned is on the disk: it survives a crash of the program and of the machine. A write that failed while it
/// was being committed may be found to have happened after all; sending its events again is safe, since they have ids.
/// Several programs may use one file; writers take turns, and readers never wait.
///
/// A store may be used from several threads, one after another.
public final class AccountStore: @unchecked Sendable {
  public let path: String
  public let access: Access
  /// How long a writer waits for another, in seconds.
  public let patience: Int
  /// A random name for it, part of every idempotency key sent to a payment provider.
  public let id: String
  let compile: PolicyCompiler
  private let connection: DatabaseQueue
  // Only touched on the connection's own queue.
  private var memory: StoreMemory?

  public enum Access: Sendable, Hashable {
    case read
    case write
  }

  init(
    path: String, access: Access, patience: Int, id: String, connection: DatabaseQueue,
    compile: @escaping PolicyCompiler
  ) {
    self.path = path
    self.access = access
    self.patience = patience
    self.id = id
    self.connection = connection
    self.compile = compile
  }

  deinit {
    // Prepared statements end before their connection does.
    connection.writeWithoutTransaction { _ in memory = nil }
    try? connection.close()
  }

  /// Does several things in one transaction: all of them are on the disk when this returns, or none has happened.
  ///
  /// Only one writer runs at a time, over all programs. What `body` throws is thrown again, after everything was taken back.
  /// Inside of `body` no other transaction of this store can begin.
  public func write<Result>(_ body: (StoreWriter) throws -> Result) throws -> Result {
    guard access == .write else { throw StoreFault(.readOnly, path: path) }
    return try run(isWriting: true) { memory in
      try memory.statements["BEGIN IMMEDIATE"].run()
      try memory.refresh()
      // The next one is counted from it.
      guard (0..<1 << 62).contains(memory.lastEvent) else {
        throw StoreFault(.damaged("an event has the number \(memory.lastEvent)"), path: path)
      }
      let writer = StoreWriter(self, memory)
      let result = try body(writer)
      try writer.finish()
      if let fault = memory.statements.health.fault { throw fault }
      try memory.statements["COMMIT"].run()
      return result
    }
  }

  /// Reads one moment of the store, whatever is written meanwhile.
  public func read<Result>(_ body: (StoreReader) throws -> Result) throws -> Result {
    try run { memory in
      try memory.statements["BEGIN"].run()
      try memory.refresh()
      let result = try body(StoreReader(self, memory))
      try memory.statements["COMMIT"].run()
      return result
    }
  }

  /// Runs a transaction on the connection; whatever is thrown takes it back.
  private func run<Result>(
    isWriting: Bool = false, _ body: (StoreMemory) throws -> Result
  ) throws -> Result {
    do {
      return try connection.writeWithoutTransaction { database in
        let memory = try self.memory ?? StoreMemory(self, database)
        self.memory = memory
        memory.statements.health.fault = nil
        do {
          return try body(memory)
        } catch {
          // Who only asked for an account that is not there has changed nothing.
          if isWriting || memory.statements.health.fault != nil { memory.forget() }
          if let raw = database.sqliteConnection, sqlite3_get_autocommit(raw) == 0 {
            sqlite3_exec(raw, "ROLLBACK", nil, nil, nil)
          }
          throw error
        }
      }
    } catch let fault as StoreFault {
      if case .busy = fault.kind { throw StoreFault(.busy(seconds: patience), path: path) }
      throw fault
    } catch let error as DatabaseError {
      throw StoreFault(sqlite: error, patience: patience, path: path)
    }
  }

  /// Copies a store that may be in use, in one moment of it.
  ///
  /// - Throws: `exists` where there is a file already.
  public func backup(to target: String) throws(StoreFault) {
    if StoreFile.exists(target) { throw StoreFault(.exists, path: target) }
    do {
      try connection.writeWithoutTransaction { try AccountStore.copy($0, of: path, to: target) }
    } catch {
      throw StoreFault(sqlite: error, patience: patience, path: path)
    }
  }

  static func copy(_ database: Database, of path: String, to target: String) throws {
    try StoreFile.publish(target) { part in
      try RawStatement(database, "VACUUM INTO ?", path: path).bind(1, part).run()
    }
  }

  /// Runs SQL that only looks at the store, for the audit.
  func look<Result>(_ body: (StatementCache) throws -> Result) throws -> Result {
    try run { try body($0.statements) }
  }
}
