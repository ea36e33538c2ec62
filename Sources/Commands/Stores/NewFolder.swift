import Lab
import Shell
import Store

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes files into a folder that is made for them.
enum NewFolder {
  /// - Throws: where the folder exists, and before anything is written where a name would lead out of it.
  static func write(_ files: [PolicyFile], to folder: String) throws {
    let system = FileManager.default
    guard !TextFile.isFolder(folder), !TextFile.isFile(folder) else {
      throw Complaint(message: "`\(folder)` exists already", help: "name a folder that is not there yet")
    }
    for file in files {
      let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !file.name.utf8.contains(0) else {
        throw Complaint(
          message: "the store has a file `\(file.name.prefix(100))`, which cannot be written", status: .brokenStore)
      }
    }
    for file in files {
      let path = TextFile.join(folder, file.name)
      do {
        try system.createDirectory(atPath: TextFile.folder(of: path), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: URL(filePath: path), options: .withoutOverwriting)
      } catch {
        throw FileFault(path: path, .unwritable)
      }
    }
  }
}
