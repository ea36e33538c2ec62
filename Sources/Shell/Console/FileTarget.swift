#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that somebody wants an answer in.
public enum FileTarget {
  /// Why nothing may be written there, known before there is anything to write; nil: nothing speaks against it.
  ///
  /// - Parameter store: the path of a store that is open, if any.
  public static func refusal(of path: String, store: String?) -> String? {
    var found = stat()
    if stat(path, &found) == 0, (found.st_mode & S_IFMT) == S_IFDIR { return "it is a folder" }
    if let refusal = StoreFiles.refusal(of: path, store: store ?? "") { return refusal }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    if stat(folder, &found) != 0 { return "\(folder): \(String(cString: strerror(errno)))" }
    return nil
  }

  /// Writes a text, over what is there or behind it.
  ///
  /// - Returns: why it could not be, in the system's words; nil where it was.
  public static func write(_ text: String, to path: String, appends: Bool = false) -> String? {
    guard let file = fopen(path, appends ? "a" : "w") else { return String(cString: strerror(errno)) }
    let bytes = Array(text.utf8)
    let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
    let fault = errno
    // A full disk may only show when what was kept back is written.
    if fclose(file) != 0 { return String(cString: strerror(errno)) }
    return isWritten ? nil : String(cString: strerror(fault))
  }
}
