import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Why a file or folder cannot be read: its path, and what is the matter with it.
public struct FileFault: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  public var reason: Reason

  public enum Reason: Sendable, Equatable {
    case missing
    case unreadable
    case notText
    case tooLarge(bytes: Int, limit: Int)
    case noRules
    case unwritable
    /// Two texts of one name.
    case twice
  }

  public init(path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// One lower-case sentence with the path in backticks.
  public var message: String {
    switch reason {
    case .missing: "there is no `\(path)`"
    case .unreadable: "`\(path)` cannot be read"
    case .notText: "`\(path)` is not UTF-8 text"
    case .tooLarge(let bytes, let limit): "`\(path)` has \(bytes) bytes, and at most \(limit) are read"
    case .noRules: "`\(path)` has no rules: neither a `policy.rules` file nor a folder with one"
    case .unwritable: "`\(path)` cannot be written"
    case .twice: "there are two texts `\(path)`"
    }
  }

  /// What to do about it, one line.
  public var help: String? {
    switch reason {
    case .missing: "check the path, or run the command where it is"
    case .unreadable, .unwritable: "check that it is a file of yours: `ls -l \(path)`"
    case .notText: "save it as UTF-8: `iconv -t UTF-8 \(path)`"
    case .tooLarge: "split it, or move long tables to a CSV file"
    case .noRules: "name a folder of families: `payg check rules`"
    case .twice: "leave one of them out, or give it another name"
    }
  }

  public var description: String { message }
}

/// Reads and writes whole files of text.
public enum TextFile {
  /// Bytes of a CSV table: the longest public price list, fifty times over.
  public static let tableBytes = 16 << 20

  /// The bytes of a file, which must be UTF-8 and no more than `limit`.
  public static func read(_ path: String, limit: Int) throws(FileFault) -> [UInt8] {
    let files = FileManager.default
    var isFolder = false
    guard exists(path, isFolder: &isFolder) else { throw FileFault(path: path, .missing) }
    guard !isFolder else { throw FileFault(path: path, .unreadable) }
    if let size = (try? files.attributesOfItem(atPath: path))?[.size] as? Int, size > limit {
      throw FileFault(path: path, .tooLarge(bytes: size, limit: limit))
    }
    guard let contents = files.contents(atPath: path) else { throw FileFault(path: path, .unreadable) }
    guard contents.count <= limit else {
      throw FileFault(path: path, .tooLarge(bytes: contents.count, limit: limit))
    }
    return [UInt8](contents)
  }

  /// The bytes of a file that must be valid UTF-8 as well.
  public static func readText(_ path: String, limit: Int) throws(FileFault) -> [UInt8] {
    let bytes = try read(path, limit: limit)
    guard String(validating: bytes, as: UTF8.self) != nil else { throw FileFault(path: path, .notText) }
    return bytes
  }

  /// Writes a text in one step: a reader sees the old file or the new one.
  public static func write(_ text: String, to path: String) throws(FileFault) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw FileFault(path: path, .unwritable)
    }
  }

  /// The names in a folder, sorted, those beginning with a dot left out. Empty when it cannot be read.
  public static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  public static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return exists(path, isFolder: &isFolder) && isFolder
  }

  public static func isFile(_ path: String) -> Bool {
    var isFolder = false
    return exists(path, isFolder: &isFolder) && !isFolder
  }

  private static func exists(_ path: String, isFolder: inout Bool) -> Bool {
    var flag: FolderFlag = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &flag) else { return false }
    #if canImport(FoundationEssentials)
      isFolder = flag
    #else
      isFolder = flag.boolValue
    #endif
    return true
  }

  #if canImport(FoundationEssentials)
    private typealias FolderFlag = Bool
  #else
    private typealias FolderFlag = ObjCBool
  #endif

  /// A path put behind a folder's.
  public static func join(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder.isEmpty || folder == "." { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The part of a path behind its last slash.
  public static func lastName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The part of a path before its last slash, `.` where it has none.
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
