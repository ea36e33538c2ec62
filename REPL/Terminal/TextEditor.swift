import CEdit

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

/// The editor of the person at the terminal.
public enum TextEditor {
  /// Why there is no edited text.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
  }

  /// The largest text that is read back, in bytes.
  static let limit = 4 * InputLimit.entry

  /// `$VISUAL`, else `$EDITOR`, else `vi`.
  public static func command(_ environment: [String: String]) -> String {
    for name in ["VISUAL", "EDITOR"] {
      if let command = environment[name], !command.allSatisfy({ $0 == " " }) { return command }
    }
    return "vi"
  }

  /// Lets a text be edited, in a file that only its owner may read and that is removed afterwards.
  ///
  /// - Parameter suffix: how the file's name ends, for the colours of the editor: `.sql`.
  /// - Returns: the text without line feeds at its end; nil where the editor said that nothing is to be done with it.
  public static func edit(
    _ text: String, suffix: String = ".txt", environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Failure) -> String? {
    let folder = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var name = Array("\(folder)/payg-XXXXXX\(suffix)".utf8CString)
    let file = mkstemps(&name, Int32(suffix.utf8.count))
    guard file >= 0 else {
      throw Failure(description: "cannot make a file in `\(folder)`: \(String(cString: strerror(errno)).lowercased())")
    }
    let path = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    defer { unlink(path) }
    let isWritten = Pager.write(text.hasSuffix("\n") ? text : text + "\n", to: file)
    close(file)
    guard isWritten else { throw Failure(description: "cannot write `\(path)`") }
    cedit_flush()
    let command = command(environment)
    let child = cedit_start(command, path, -1)
    guard child >= 0 else { throw Failure(description: "cannot start `\(command)`") }
    let status = cedit_await(child)
    Interrupt.clear()
    if status == 127 || status == 126 { throw Failure(description: "cannot start `\(command)`: set `EDITOR`") }
    guard status == 0 else { return nil }
    // Editors may put another file in its place, so it is opened by its name.
    guard let bytes = HistoryFile.bytes(of: path, limit: limit) else {
      throw Failure(description: "cannot read `\(path)` back")
    }
    guard bytes.count < limit else { throw Failure(description: "the edited text is longer than \(limit) bytes") }
    var edited = String(decoding: bytes, as: UTF8.self)
    while edited.unicodeScalars.last == "\n" || edited.unicodeScalars.last == "\r" {
      edited.unicodeScalars.removeLast()
    }
    return edited
  }
}
