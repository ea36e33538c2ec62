import Lab

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder that is gone afterwards.
enum Scratch {
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try folder()
    return try withExtendedLifetime(folder) { try body(folder.path) }
  }

  /// A folder that is gone once nobody has it any more.
  final class Folder {
    let path: String

    init(_ path: String) { self.path = path }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  static func folder() throws -> Folder {
    let files = FileManager.default
    let folder = TextFile.join(files.temporaryDirectory.path, "payg-\(UUID().uuidString)")
    do {
      // What is in it may be a copy of a store.
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw FileFault(path: folder, .unwritable)
    }
    return Folder(folder)
  }
}
