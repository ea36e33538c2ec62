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

  /// Makes an empty file only the owner can read. False where there is one already.
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

  /// Whether it is a database with our mark in its header. Nothing is opened, so nothing of another program's file changes.
  static func checkHeader(_ path: String) throws(StoreFault) {
    if !exists(path) { throw StoreFault(.missing, path: path) }
    if isFolder(path) { throw StoreFault(.cannotOpen("it is a folder"), path: path) }
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw StoreFault(.cannotOpen(String(cString: strerror(errno))), path: path) }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: 100)
    let count = read(file, &header, 100)
    let mark = header[68..<72].reduce(0) { $0 << 8 | Int32($1) }
    guard count == 100, header.starts(with: Array("SQLite format 3\0".utf8)), mark == Schema.applicationID else {
      throw StoreFault(.notAStore, path: path)
    }
  }

  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}

/// The clock of the machine, in microseconds since 1970.
func machineTime() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}
