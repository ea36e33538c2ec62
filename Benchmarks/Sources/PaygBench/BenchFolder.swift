#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files of a benchmark's own, on the disk that is measured.
enum BenchFolder {
  /// A fresh folder within another, removed when `body` is done.
  static func with<Result>(_ parent: String, _ body: (String) throws -> Result) throws -> Result {
    var name = Array("\(parent)/payg-bench-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw Mismatch("no folder can be made in `\(parent)`") }
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      for name in names(in: path) { unlink("\(path)/\(name)") }
      rmdir(path)
    }
    return try body(path)
  }

  /// A copy of a store for the time of `body`, on the disk before that begins.
  static func withCopy<Result>(
    of original: String, _ name: String, in folder: String, _ body: (String) throws -> Result
  ) throws -> Result {
    let path = "\(folder)/\(name)"
    try copy(original, to: path)
    defer { remove(path) }
    return try body(path)
  }

  static func copy(_ original: String, to path: String) throws {
    let source = open(original, O_RDONLY)
    let target = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    defer {
      close(source)
      close(target)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &buffer, buffer.count)
      if count == 0 { break }
      guard count > 0, write(target, buffer, count) == count else { throw Mismatch("`\(path)` cannot be written") }
    }
    // Of what was written before, nothing is left for the measured syncs to do.
    guard fsync(target) == 0 else { throw Mismatch("`\(path)` cannot be written") }
  }

  /// Removes a store with its log.
  static func remove(_ path: String) { for ending in ["", "-wal", "-shm"] { unlink(path + ending) } }

  /// Bytes of a file; 0 where there is none.
  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Asks the system to drop what it keeps of a file in memory.
  static func forget(_ path: String) {
    #if os(Linux)
      let file = open(path, O_RDONLY)
      posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
      close(file)
    #endif
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
