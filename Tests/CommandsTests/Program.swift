import Foundation

/// The built `payg`, run as a shell would run it.
struct Program {
  var status: Int32
  var out: String
  var error: String

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Beside the test bundle, wherever that was built.
  static let path: String = {
    let candidates =
      CommandLine.arguments.filter { $0.hasSuffix(".xctest") } + ["/proc/self/exe", CommandLine.arguments[0]]
    for candidate in candidates {
      var folder = URL(filePath: candidate).resolvingSymlinksInPath().deletingLastPathComponent()
      for _ in 0..<4 {
        let program = folder.appending(path: "payg").path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: program, isDirectory: &isFolder), !isFolder.boolValue {
          return program
        }
        folder = folder.deletingLastPathComponent()
      }
    }
    return "payg"
  }()

  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], in folder: URL = root
  ) throws -> Program {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS"] { variables[name] = nil }
    process.environment = variables.merging(environment) { $1 }
    // Files rather than pipes: a pipe that nobody empties stops a program that writes much.
    let place = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let files = ["in", "out", "error"].map { place.appending(path: $0) }
    for (file, text) in zip(files, [input, "", ""]) { try Data(text.utf8).write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return Program(
      status: process.terminationStatus, out: try String(contentsOf: files[1], encoding: .utf8),
      error: try String(contentsOf: files[2], encoding: .utf8))
  }

  /// A fresh folder, removed when `body` is done.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  static func write(_ text: String, to url: URL) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
}
