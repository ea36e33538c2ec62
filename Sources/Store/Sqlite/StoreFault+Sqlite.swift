import GRDB
import GRDBSQLite

extension StoreFault {
  /// What a result code of SQLite means for a store.
  init(sqliteCode code: Int32, message: String, patience: Int = 0, path: String) {
    let kind: Kind =
      switch code & 0xff {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy(seconds: patience)
      case SQLITE_FULL: .diskFull
      case SQLITE_READONLY where [0x0508, 0x0608].contains(code):
        .cannotOpen("even who only reads has to write beside it, and its folder cannot be written")
      case SQLITE_READONLY: .readOnly
      case SQLITE_CORRUPT: .damaged(message)
      case SQLITE_NOTADB: .notAStore
      case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen(message)
      // Rows that cannot be: the store contradicts itself, or somebody else writes it.
      case SQLITE_CONSTRAINT, SQLITE_MISMATCH: .damaged(message)
      case SQLITE_ERROR where message.hasPrefix("no such table") || message.hasPrefix("no such column"):
        .damaged(message)
      default: .io("\(message) (SQLite \(code))")
      }
    self.init(kind, path: path)
  }

  /// The same for what GRDB throws; a store's own fault is itself.
  init(sqlite error: any Error, patience: Int = 0, path: String) {
    if let fault = error as? StoreFault {
      self = fault
    } else if let error = error as? DatabaseError {
      self.init(
        sqliteCode: error.extendedResultCode.rawValue, message: error.message ?? "error", patience: patience, path: path
      )
    } else {
      self.init(.io("\(error)"), path: path)
    }
  }
}
