import GRDBSQLite
import StoreStage
import Testing

/// The file system that fails must really do so: SQLite without syncs loses what it was told to keep, and with them does not.
@Suite("The disk of the tests")
struct FaultsDiskTests {
  static func open(_ path: String, _ disk: FaultyDisk?, _ synchronous: String) throws -> OpaquePointer? {
    var connection: OpaquePointer?
    let name = disk.map { "file:\(path)?vfs=\($0.name)" } ?? path
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI
    guard sqlite3_open_v2(name, &connection, flags, nil) == SQLITE_OK else { throw Sqlite.Failure(description: "open") }
    sqlite3_exec(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous)", nil, nil, nil)
    return connection
  }

  /// How many rows are there; nil for a file that is damaged.
  static func rows(_ path: String) -> Int? {
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_open(path, &connection) == SQLITE_OK,
      sqlite3_exec(connection, "PRAGMA integrity_check", nil, nil, nil) == SQLITE_OK,
      sqlite3_prepare_v2(connection, "SELECT count(*), sum(length(b)) FROM t", -1, &statement, nil) == SQLITE_OK,
      sqlite3_step(statement) == SQLITE_ROW,
      sqlite3_column_int64(statement, 1) == sqlite3_column_int64(statement, 0) * 3_000
    else { return nil }
    return Int(sqlite3_column_int64(statement, 0))
  }

  /// Writes rows until the power goes at the `nth` write or sync: how many were acknowledged, and how many are there.
  static func cut(at nth: Int, synchronous: String) throws -> (acknowledged: Int, found: Int?) {
    try StagePlace.withFolder { folder in
      let disk = FaultyDisk()
      var connection = try open(folder + "/a", disk, synchronous)
      sqlite3_exec(connection, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)", nil, nil, nil)
      disk.plan([.write, .sync], nth, .power, seed: UInt64(nth))
      var acknowledged = 0
      for row in 1...12 {
        let code = sqlite3_exec(connection, "INSERT INTO t VALUES (\(row), zeroblob(3000))", nil, nil, nil)
        if code != SQLITE_OK { break }
        acknowledged += 1
        if row == 6 { sqlite3_exec(connection, "PRAGMA wal_checkpoint(TRUNCATE)", nil, nil, nil) }
      }
      disk.cutPower()
      sqlite3_close(connection)
      connection = nil
      #expect(disk.restart(seed: UInt64(nth)) >= 0)
      return (acknowledged, rows(folder + "/a"))
    }
  }

  @Test("without syncs a power cut loses what was acknowledged, with them it does not")
  func powerCuts() throws {
    var losses = 0
    for nth in 1...60 {
      let careless = try Self.cut(at: nth, synchronous: "OFF")
      if careless.found.map({ $0 < careless.acknowledged }) ?? true { losses += 1 }
      let careful = try Self.cut(at: nth, synchronous: "FULL")
      let found = try #require(careful.found, "call \(nth): damaged")
      #expect(found >= careful.acknowledged && found <= careful.acknowledged + 1, "call \(nth): \(careful)")
    }
    #expect(losses > 10, "the disk loses nothing")
  }

  @Test("calls are counted, and the chosen one fails as it was told", arguments: FaultyDisk.Ending.allCases)
  func endings(ending: FaultyDisk.Ending) throws {
    try StagePlace.withFolder { folder in
      let disk = FaultyDisk()
      let connection = try Self.open(folder + "/a", disk, "FULL")
      defer { sqlite3_close(connection) }
      sqlite3_exec(connection, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)", nil, nil, nil)
      #expect(disk.count(.write) > 2 && disk.count(.sync) > 0 && disk.count(.open) >= 2 && disk.count(.lock) > 0)
      #expect(disk.failures == 0 && disk.failed.isEmpty)
      disk.plan(.write, 2, ending)
      let code = sqlite3_exec(connection, "INSERT INTO t VALUES (1, zeroblob(9000))", nil, nil, nil)
      #expect(code == (ending == .full ? SQLITE_FULL : SQLITE_IOERR))
      #expect(disk.failures == 1 && disk.failed.hasPrefix("write a-wal"))
      let again = sqlite3_exec(connection, "INSERT INTO t VALUES (1, zeroblob(3000))", nil, nil, nil)
      #expect((again == SQLITE_OK) == (ending != .power))
      disk.mend()
      #expect(sqlite3_exec(connection, "INSERT INTO t VALUES (2, zeroblob(3000))", nil, nil, nil) == SQLITE_OK)
    }
  }
}
