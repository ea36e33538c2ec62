import Foundation

/// The files of the package: those that git tracks or would, or all where there is no git.
enum Tree {
  /// The folder of `Package.swift`.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Paths from the root, sorted.
  static let paths: [String] = {
    let tracked = listedByGit().filter { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
    return (tracked.isEmpty ? walked() : tracked).sorted()
  }()

  /// The paths under a folder that end so: `paths(under: "Sources", ending: ".swift")`.
  static func paths(under folder: String, ending: String = "") -> [String] {
    paths.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(ending) }
  }

  /// The names of a folder's own folders.
  static func folders(in folder: String) -> Set<String> {
    let deep = paths(under: folder).map { $0.dropFirst(folder.count + 1) }.filter { $0.contains("/") }
    return Set(deep.compactMap { $0.split(separator: "/").first.map(String.init) })
  }

  /// What stands in a file; nil when it is not text.
  static func text(_ path: String) -> String? {
    guard let bytes = try? Data(contentsOf: root.appending(path: path)) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func listedByGit() -> [String] {
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = [
      "git", "-c", "safe.directory=*", "-C", root.path, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
    ]
    let output = Pipe()
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return [] }
    let listed = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return [] }
    return String(decoding: listed, as: UTF8.self).split(separator: "\0").map(String.init)
  }

  private static func walked() -> [String] {
    let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey])
    var paths: [String] = []
    let start = root.standardizedFileURL.path.count + (root.path.hasSuffix("/") ? 0 : 1)
    while let url = walk?.nextObject() as? URL {
      let name = url.lastPathComponent
      if name == ".git" || name.hasPrefix(".build") {
        walk?.skipDescendants()
      } else if name != "Package.resolved",
        (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
      {
        paths.append(String(url.standardizedFileURL.path.dropFirst(start)))
      }
    }
    return paths
  }
}
