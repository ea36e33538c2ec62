import Engine
import GRDB
import GRDBSQLite

extension AccountStore {
  /// Makes a new store, with no accounts and one policy.
  ///
  /// - Parameter testClock: a time for a test store; nil for one that lives by the clock of the machine.
  /// - Throws: `exists` where there is a file already. Whatever is thrown, no file is left.
  public static func create(
    at path: String, policy: [PolicyFile], testClock: Int64? = nil, patience: Int = 10,
    compile: @escaping PolicyCompiler
  ) throws(StoreFault) -> AccountStore {
    try create(at: path, policy: policy, testClock: testClock, patience: patience, vfs: nil, compile: compile)
  }

  static func create(
    at path: String, policy: [PolicyFile], testClock: Int64?, patience: Int = 10, vfs: String?,
    compile: @escaping PolicyCompiler
  ) throws(StoreFault) -> AccountStore {
    do throws(PolicyFault) {
      _ = try compile(policy)
    } catch {
      throw StoreFault(.brokenPolicy(error.message), path: path)
    }
    try StoreFile.claim(path)
    do {
      // With the journal that a new file has, it is all there or nothing; only then the log is taken into use.
      let database = try connect(path, .write, patience: patience, vfs: vfs)
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      }
      try Migrations.all.migrator.migrate(database)
      try database.writeWithoutTransaction { database in
        try database.execute(
          sql: "INSERT INTO store (one, id, created_at, test_clock) VALUES (1, ?, ?, ?)",
          arguments: [randomName(), machineTime(), testClock])
      }
      try useLog(database, path: path)
      let store = try AccountStore(database, path, .write, patience: patience, compile: compile)
      try store.write { writer in
        try writer.usePolicy(policy)
        if let testClock { try writer.moveClock(to: testClock) }
      }
      return store
    } catch {
      StoreFile.remove(path)
      throw StoreFault(sqlite: error, patience: patience, path: path)
    }
  }

  /// Opens a store. An older one is brought up to date, after a backup of it was made beside it.
  public static func open(
    _ path: String, _ access: Access = .write, patience: Int = 10, compile: @escaping PolicyCompiler
  ) throws(StoreFault) -> AccountStore {
    try open(path, access, patience: patience, vfs: nil, migrations: .all, compile: compile)
  }

  static func open(
    _ path: String, _ access: Access, patience: Int = 10, vfs: String?, migrations: Migrations = .all,
    compile: @escaping PolicyCompiler
  ) throws(StoreFault) -> AccountStore {
    try StoreFile.checkHeader(path)
    if access == .write, !StoreFile.isWritable(path) { throw StoreFault(.readOnly, path: path) }
    do {
      let database = try connect(path, access, patience: patience, vfs: vfs)
      try migrations.bringUpToDate(database, path, mayWrite: access == .write)
      if access == .write { try useLog(database, path: path) }
      return try AccountStore(database, path, access, patience: patience, compile: compile)
    } catch {
      throw StoreFault(sqlite: error, patience: patience, path: path)
    }
  }

  private convenience init(
    _ database: DatabaseQueue, _ path: String, _ access: Access, patience: Int, compile: @escaping PolicyCompiler
  ) throws {
    let id = try database.writeWithoutTransaction { database in
      try String.fetchOne(database, sql: "SELECT id FROM store")
    }
    guard let id else { throw StoreFault(.notAStore, path: path) }
    self.init(path: path, access: access, patience: patience, id: id, connection: database, compile: compile)
  }

  private static func connect(
    _ path: String, _ access: Access, patience: Int, vfs: String?
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "payg.store"
    configuration.readonly = access == .read
    configuration.busyMode = .timeout(Double(patience))
    configuration.prepareDatabase { database in
      // Views and triggers of a file from elsewhere run no functions that could do harm; damaged pages are noticed early.
      try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -65536")
    }
    let name = vfs.map { "file:\(path.addingUriEscapes)?vfs=\($0)" } ?? path
    return try DatabaseQueue(path: name, configuration: configuration)
  }

  /// Takes the write-ahead log into use, with a sync for every commit, and makes sure of both.
  private static func useLog(_ database: DatabaseQueue, path: String) throws {
    try database.writeWithoutTransaction { database in
      let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
      let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      guard mode == "wal", synchronous == 2 else {
        throw StoreFault(
          .cannotOpen("it has no write-ahead log here (journal \(mode ?? "none"), synchronous \(synchronous ?? -1))"),
          path: path)
      }
    }
  }

  private static func randomName() -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
    return String(digits.prefix(16))
  }
}

extension String {
  /// With the bytes escaped that mean something in a `file:` address.
  var addingUriEscapes: String {
    utf8.map { byte in
      switch byte {
      case UInt8(ascii: "%"): "%25"
      case UInt8(ascii: "?"): "%3f"
      case UInt8(ascii: "#"): "%23"
      default: String(UnicodeScalar(byte))
      }
    }.joined()
  }
}
