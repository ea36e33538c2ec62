import Foundation

/// Folders of a test's own, and the programs that were built beside it.
public enum StagePlace {
  /// In memory where the system has such a place: what is tried here is what becomes of files, not how fast a disk is.
  public static let folder: URL = {
    let memory = "/dev/shm"
    return FileManager.default.isWritableFile(atPath: memory)
      ? URL(filePath: memory) : FileManager.default.temporaryDirectory
  }()

  /// A fresh folder, removed when `body` is done.
  public static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let own = folder.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: own) }
    return try body(own.path)
  }

  public static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
  public static func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

  /// A program built beside the test bundle, wherever that was built.
  public static func program(_ name: String) -> String {
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    for candidate in bundles + ["/proc/self/exe", CommandLine.arguments[0]] {
      var folder = URL(filePath: candidate).resolvingSymlinksInPath().deletingLastPathComponent()
      for _ in 0..<4 {
        let program = folder.appending(path: name).path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: program, isDirectory: &isFolder), !isFolder.boolValue {
          return program
        }
        folder = folder.deletingLastPathComponent()
      }
    }
    return name
  }

  /// Runs a program to its end: its status and everything it wrote.
  public static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
    let child = Process()
    child.executableURL = URL(filePath: StagePlace.program(program))
    child.arguments = arguments
    let output = Pipe()
    child.standardOutput = output
    child.standardError = output
    try child.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    child.waitUntilExit()
    return (child.terminationStatus, text)
  }

  /// Whether everything is tried rather than a dense sample of it.
  public static let isThorough = ProcessInfo.processInfo.environment["PAYG_FULL_SWEEP"] != nil
}
