#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files of stores, which nothing but a store may write.
enum StoreFiles {
  private static let endings = ["-wal", "-shm", "-journal"]
  /// What a database begins with, and what its logs begin with.
  private static let marks: [[UInt8]] = [
    Array("SQLite format 3\0".utf8), [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
    [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7],
  ]

  /// Which file it is, whatever it is called.
  struct Place: Equatable {
    var device: UInt64
    var inode: UInt64
  }

  /// Why nothing may be written to a path; nil: it is no file of a store.
  ///
  /// - Parameter store: the store that is open. Its files are known by where they are, and never opened: closing one would end
  ///   the locks on it.
  static func refusal(of path: String, store: String) -> String? {
    let own = "it is a file of the store"
    let path = followed(path)
    let whole = realPath(store) ?? store
    if let place = place(path) {
      if ([whole] + endings.map { whole + $0 }).contains(where: { self.place($0) == place }) { return own }
      return begins(path, with: marks) ? "it is a database" : nil
    }
    // A log that is not there yet is read all the same once it is.
    for ending in endings where path.hasSuffix(ending) {
      let base = String(path.dropLast(ending.count))
      if let place = place(base), place == self.place(whole) { return own }
      if begins(base, with: [marks[0]]) { return "it would be a file of the database \(base)" }
    }
    return nil
  }

  static func isEmpty(_ path: String) -> Bool {
    var found = stat()
    return stat(path, &found) == 0 && found.st_size == 0
  }

  /// The file of a path; nil: there is none.
  static func place(_ path: String) -> Place? {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    return Place(device: UInt64(truncatingIfNeeded: found.st_dev), inode: UInt64(truncatingIfNeeded: found.st_ino))
  }

  /// Where links lead, also to what is not there yet.
  private static func followed(_ path: String) -> String {
    var path = path
    for _ in 0..<16 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let count = readlink(path, &buffer, buffer.count - 1)
      guard count > 0 else { return path }
      let target = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      path = target.hasPrefix("/") ? target : folder + target
    }
    return path
  }

  private static func realPath(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  /// Whether a plain file begins so.
  private static func begins(_ path: String, with marks: [[UInt8]]) -> Bool {
    var found = stat()
    guard stat(path, &found) == 0, (found.st_mode & S_IFMT) == S_IFREG, let file = fopen(path, "r") else {
      return false
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return marks.contains { bytes.starts(with: $0) }
  }
}
