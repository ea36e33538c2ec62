import Lab

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder that is gone afterwards.
enum Scratch {
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let files = FileManager.default
    let folder = TextFile.join(files.temporaryDirectory.path, "payg-\(UUID().uuidString)")
    do {
      // What is in it may be a copy of a store.
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw FileFault(path: folder, .unwritable)
    }
    defer { try? files.removeItem(atPath: folder) }
    return try body(folder)
  }
}
