#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lines of earlier sessions: a file with one JSON string a line, which all sessions append to.
///
/// Only its owner may read it. Lines that begin with a blank and lines that may hold a key are not kept. A file that cannot
/// be read or written stops nobody: one note is given.
public struct HistoryFile: Sendable, Hashable {
  public let path: String
  /// A file of more bytes is cut to its newer half.
  public let limit: Int

  /// - Parameter limit: in bytes; some 20,000 lines.
  public init(path: String, limit: Int = 1 << 20) {
    self.path = path
    self.limit = max(limit, 1024)
  }

  /// `$XDG_STATE_HOME/payg/history`, else `~/.local/state/payg/history`. nil: there is no home.
  public init?(environment: [String: String]) {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      self.init(path: state + "/payg/history")
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      self.init(path: home + "/.local/state/payg/history")
    } else {
      return nil
    }
  }

  /// Why a file could not be used.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
  }

  /// Whether a line may be kept.
  public static func keeps(_ line: String) -> Bool {
    guard let first = line.unicodeScalars.first, first != " ", line.utf8.count <= 1 << 16 else { return false }
    return !Secrets.mayHold(line)
  }

  // MARK: - Reading

  /// The lines, oldest first. No file is no failure; a broken line is left out.
  public func load() throws(Failure) -> [String] {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      if errno == ENOENT { return [] }
      throw failure("read")
    }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw Failure(description: "history `\(path)` is no file") }
    guard let bytes = HistoryFile.bytes(of: path, limit: 4 * limit) else { throw failure("read") }
    return HistoryFile.lines(bytes)
  }

  static func lines(_ bytes: [UInt8]) -> [String] {
    let decoder = JSONDecoder()
    return bytes.split(separator: 10).compactMap { line in
      guard line.first == 0x22 else { return nil }
      return try? decoder.decode(String.self, from: Data(line))
    }
  }

  /// The newest bytes of a file, at most so many.
  static func bytes(of path: String, limit: Int) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return bytes(of: file, limit: limit)
  }

  private static func bytes(of file: Int32, limit: Int) -> [UInt8]? {
    var facts = stat()
    guard fstat(file, &facts) == 0 else { return nil }
    var place = max(0, Int(facts.st_size) - limit)
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while result.count < limit {
      let count = pread(file, &buffer, min(buffer.count, limit - result.count), off_t(place))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      result += buffer[..<count]
      place += count
    }
    return result
  }

  // MARK: - Writing

  /// Appends a line that may be kept (``keeps(_:)``); another is left out.
  public func append(_ line: String) throws(Failure) {
    guard HistoryFile.keeps(line) else { return }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    makeFolder(folder)
    let file = try opened()
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw Failure(description: "history `\(path)` is no file")
    }
    if facts.st_mode & 0o077 != 0 { fchmod(file, 0o600) }
    // What a program that was ended in the middle of a line left behind stays a line of its own.
    var last: UInt8 = 10
    if facts.st_size > 0 { pread(file, &last, 1, facts.st_size - 1) }
    let text = (last == 10 ? "" : "\n") + HistoryFile.json(line) + "\n"
    guard Pager.write(text, to: file) else { throw failure("write") }
    if Int(facts.st_size) + text.utf8.count > limit { try shorten(file) }
  }

  private func failure(_ verb: String) -> Failure {
    Failure(description: "cannot \(verb) history `\(path)`: \(String(cString: strerror(errno)).lowercased())")
  }

  private func makeFolder(_ folder: String) {
    guard !folder.isEmpty, mkdir(folder, 0o700) != 0, errno == ENOENT else { return }
    makeFolder(folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
    mkdir(folder, 0o700)
  }

  /// The file, locked. Another session may put a shorter one in its place meanwhile, so it is looked at again.
  private func opened() throws(Failure) -> Int32 {
    for _ in 0..<100 {
      let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
      guard file >= 0 else { throw failure("write") }
      guard lock(file) else {
        close(file)
        throw Failure(description: "history `\(path)` is locked by another program")
      }
      var ours = stat()
      var present = stat()
      if fstat(file, &ours) == 0, stat(path, &present) == 0, ours.st_ino == present.st_ino,
        ours.st_dev == present.st_dev
      {
        return file
      }
      close(file)
    }
    throw Failure(description: "history `\(path)` is replaced all the time")
  }

  /// Waits a second at most: a session that stands still must not stop others.
  private func lock(_ file: Int32) -> Bool {
    for _ in 0..<100 {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { return false }
      usleep(10_000)
    }
    return false
  }

  /// Puts the newer half in the place of the file, all or nothing.
  private func shorten(_ file: Int32) throws(Failure) {
    guard let bytes = HistoryFile.bytes(of: file, limit: limit / 2) else { throw failure("read") }
    // The first line is cut, unless it happens to begin there.
    let start = bytes.firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
    let place = path + ".new"
    let next = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard next >= 0 else { throw failure("write") }
    let isWritten = Pager.write(String(decoding: bytes[start...], as: UTF8.self), to: next)
    close(next)
    guard isWritten, rename(place, path) == 0 else {
      unlink(place)
      throw failure("write")
    }
  }

  /// A text as JSON says it, on one line.
  static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
