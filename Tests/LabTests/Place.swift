import Foundation

@testable import Lab

/// Where things are in the tree the tests were built from.
enum Place {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let rules = root.appending(path: "rules").path
  static let fixtures = root.appending(path: "Tests/LabTests/Fixtures")

  /// A fresh folder, removed when `body` is done.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  /// Writes a file and the folders around it.
  static func write(_ text: String, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// Copies the shipped families into a folder, in the order given.
  static func copyRules(to folder: String, in order: ([String]) -> [String] = { $0 }) throws {
    let families = TextFile.names(in: rules).filter { TextFile.isFolder(TextFile.join(rules, $0)) }
    for family in order(families) {
      for name in TextFile.names(in: TextFile.join(rules, family)) {
        let bytes = try TextFile.read(TextFile.join(TextFile.join(rules, family), name), limit: TextFile.tableBytes)
        let target = URL(filePath: folder).appending(path: "\(family)/\(name)")
        try FileManager.default.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: target)
      }
    }
  }
}
