import GRDBSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What can be told of a store's file without opening it as a database.
enum StoreFile {
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes an empty file only the owner can read.
  ///
  /// - Throws: `exists` where there is one already.
  static func claim(_ path: String) throws(StoreFault) {
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    guard file >= 0 else {
      if errno == EEXIST { throw StoreFault(.exists, path: path) }
      throw StoreFault(.cannotOpen(String(cString: strerror(errno))), path: path)
    }
    close(file)
  }

  /// Takes back what `claim` and an unfinished store left.
  static func remove(_ path: String) {
    for ending in ["", "-journal", "-wal", "-shm"] { unlink(path + ending) }
  }

  /// Whether it is a database with our mark in its header. Nothing is locked, mended or written, so nothing of another
  /// program's file changes.
  ///
  /// It is SQLite that looks. Who opens a file by himself and closes it drops every lock that his whole program has on it, and
  /// so those of a store that is open already.
  static func checkHeader(_ path: String) throws(StoreFault) {
    if !exists(path) { throw StoreFault(.missing, path: path) }
    if isFolder(path) { throw StoreFault(.cannotOpen("it is a folder"), path: path) }
    if access(path, R_OK) != 0 { throw StoreFault(.cannotOpen(String(cString: strerror(errno))), path: path) }
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    let address = "file:\(path.addingUriEscapes)?mode=ro&immutable=1"
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_open_v2(address, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil) == SQLITE_OK,
      sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let read = file.pointee.pMethods?.pointee.xRead
    else { throw StoreFault(.notAStore, path: path) }
    // The bytes as they stand: a database whose log was not copied back yet need not be whole without it.
    var header = [UInt8](repeating: 0, count: 100)
    let code = read(file, &header, 100, 0)
    let mark = header[68..<72].reduce(0) { $0 << 8 | Int32($1) }
    guard code == SQLITE_OK, header.starts(with: Array("SQLite format 3\0".utf8)), mark == Schema.applicationID else {
      throw StoreFault(.notAStore, path: path)
    }
  }

  /// Gives a finished copy its name. Until then it has another, so that no half of a copy is taken for a whole one.
  ///
  /// - Parameter write: makes the copy, under the name it is given.
  static func publish(_ path: String, _ write: (String) throws -> Void) throws {
    // Of nobody else, and only the owner's to read, as the store is.
    let part = "\(path).\(getpid()).part"
    unlink(part)
    try claim(part)
    defer { unlink(part) }
    try write(part)
    try sync(part)
    // A link, unlike a renaming, puts itself over nothing.
    guard link(part, path) == 0 else {
      if errno == EEXIST { throw StoreFault(.exists, path: path) }
      throw StoreFault(.io(String(cString: strerror(errno))), path: path)
    }
    try sync(folder(of: path))
  }

  /// Waits until a file, or what a folder lists, is on the disk.
  private static func sync(_ path: String) throws(StoreFault) {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw StoreFault(.io(String(cString: strerror(errno))), path: path) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw StoreFault(.io(String(cString: strerror(errno))), path: path) }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}

/// The clock of the machine, in microseconds since 1970.
func machineTime() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}
