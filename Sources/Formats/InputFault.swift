/// Why bytes that were asked for do not come.
public struct InputFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was being read: a path, or `standard input`.
  public var name: String
  public var reason: Reason

  public enum Reason: Sendable, Hashable {
    case missing
    case isFolder
    /// The system's own number for what went wrong.
    case unreadable(code: Int32)
    case unwritable(code: Int32)
    /// The compressed bytes end in the middle. `offset` counts the compressed bytes there are.
    case truncatedGzip(offset: Int)
    /// What stands near the compressed byte `offset` was not written by gzip. `detail` is what the decompressor says.
    case corruptGzip(offset: Int, detail: String)
    /// Bytes that are no gzip follow the compressed ones, from the byte `offset` on.
    case afterGzip(offset: Int)
  }

  public init(name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// One lower-case sentence with the name in backticks.
  public var message: String {
    switch reason {
    case .missing: "there is no `\(name)`"
    case .isFolder: "`\(name)` is a folder"
    case .unreadable(let code): "`\(name)` cannot be read: \(systemText(code))"
    case .unwritable(let code): "`\(name)` cannot be written: \(systemText(code))"
    case .truncatedGzip(let offset): "`\(name)` is compressed and ends in the middle, after byte \(offset)"
    case .corruptGzip(let offset, let detail): "`\(name)` is compressed and damaged at byte \(offset): \(detail)"
    case .afterGzip(let offset): "`\(name)` goes on after its compressed part, at byte \(offset)"
    }
  }

  /// What to do about it, one line.
  public var help: String? {
    switch reason {
    case .missing: "check the path, or run the command where it is"
    case .isFolder: "name one of the files in it: `ls \(name)`"
    case .unreadable: "check that it is a file of yours: `ls -l \(name)`"
    case .unwritable: "check the folder and the room on the disk: `df -h .`"
    case .truncatedGzip, .corruptGzip: "fetch it again, and try it: `gzip -t \(name)`"
    case .afterGzip: "unpack what is whole: `gzip -dc \(name) > usage.csv`"
    }
  }

  public var description: String { message }
}
