import Engine
import Foundation
import Standard

@testable import Plugins

/// Shared libraries built from the C files of the fixtures.
enum Library {
  struct NoCompiler: Error, CustomStringConvertible {
    var description: String
  }

  /// Builds `Tests/Fixtures/native-plugin/NAME.c` and gives the library to `body`.
  static func with<Result>(
    _ name: String, _ defines: [String] = [], _ body: (_ path: String) throws -> Result
  ) throws -> Result {
    try Place.withFolder { (folder: URL) throws in
      let path = folder.appending(path: "\(name).so").path
      try compile(
        ["-shared", "-fPIC", "-w", "-o", path, Place.fixture("native-plugin/\(name).c")] + defines.map { "-D\($0)" })
      return try body(path)
    }
  }

  /// Runs the first C compiler there is: that of the system, or the one that comes with Swift.
  static func compile(_ arguments: [String]) throws {
    let header = Place.root.appending(path: "Sources/CPaygPlugin/include").path
    let own = ProcessInfo.processInfo.environment["CC"].map { [$0] } ?? []
    var complaints = ""
    for compiler in own + ["cc", "clang", "gcc"] {
      let build = Process()
      build.executableURL = URL(filePath: "/usr/bin/env")
      build.arguments = [compiler, "-I", header] + arguments
      let errors = Pipe()
      build.standardError = errors
      try build.run()
      complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      build.waitUntilExit()
      if build.terminationStatus == 0 { return }
      // 127: `env` knows no such program.
      if build.terminationStatus != 127 { break }
    }
    throw NoCompiler(description: "a C compiler is needed: \(complaints)")
  }

  /// Why a library is refused; nil where it is taken.
  static func refusal(_ path: String, probe: PluginProbe? = nil) -> NativePlugin.Refusal? {
    do throws(NativePlugin.Refusal) {
      _ = try NativePlugin.load(path, beside: [StandardPlugin()], probe: probe)
      return nil
    } catch {
      return error
    }
  }

  /// The built `payg`, beside the test bundle, wherever that was built.
  static let payg: String? = {
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    for candidate in bundles + ["/proc/self/exe", CommandLine.arguments[0]] {
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
    return nil
  }()
}
