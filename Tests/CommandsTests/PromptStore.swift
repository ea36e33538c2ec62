import Foundation
import Testing

/// The demo's store for the tests of the prompt: built once for a run. `PAYG_DEMO_STORE` names one that stands already.
enum PromptStore {
  struct NotBuilt: Error, CustomStringConvertible {
    var description: String
  }

  static func path() throws -> String { try built.get() }

  private static let built = Result<String, any Error> {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-prompt-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let store = folder.appending(path: "demo.payg").path
    if let standing = ProcessInfo.processInfo.environment["PAYG_DEMO_STORE"], !standing.isEmpty {
      try FileManager.default.copyItem(atPath: standing, toPath: store)
      return store
    }
    let script = Program.root.appending(path: "REPL/demo/build.sh").path
    let made = try bash(#""$0" "$1" "$2""#, [script, Program.path, store])
    guard made.status == 0 else { throw NotBuilt(description: "the demo cannot be built: \(made.out)\(made.error)") }
    return store
  }

  /// `payg` with the demo's store.
  static func ask(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], in folder: URL = Program.root
  ) throws -> Program {
    try Program.run(
      arguments, input: input, environment: ["PAYG_STORE": try path()].merging(environment) { $1 }, in: folder)
  }

  /// A line of bash; `$0`, `$1`, … are the arguments. `PATH` begins with the folder of the built program.
  static func bash(
    _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], in folder: URL = Program.root
  ) throws -> Program {
    try Program.withFolder { (place: URL) throws in
      let files = [place.appending(path: "out"), place.appending(path: "error")]
      for file in files { try Program.write("", to: file) }
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["bash", "-c", script] + arguments
      process.currentDirectoryURL = folder
      var variables = ProcessInfo.processInfo.environment
      for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS"] { variables[name] = nil }
      let programs = URL(filePath: Program.path).deletingLastPathComponent().path
      variables["PATH"] = "\(programs):\(variables["PATH"] ?? "/usr/bin:/bin")"
      process.environment = variables.merging(environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: files[0])
      process.standardError = try FileHandle(forWritingTo: files[1])
      try process.run()
      process.waitUntilExit()
      return Program(
        status: process.terminationStatus, out: try String(contentsOf: files[0], encoding: .utf8),
        error: try String(contentsOf: files[1], encoding: .utf8))
    }
  }

  /// Starts `payg` in a folder, with signals let through: tests run on threads that hold them back, and children inherit that.
  static func spawn(_ arguments: [String], in folder: URL, error: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    // The folder by a shell, which becomes the program.
    let script = #"cd "$0" && exec "$@""#
    let words = (["sh", "-c", script, folder.path, Program.path] + arguments).map { strdup($0) } + [nil]
    let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    guard posix_spawn(&child, "/bin/sh", &actions, &attributes, words, variables) == 0 else {
      throw NotBuilt(description: "/bin/sh does not start")
    }
    return child
  }

  /// SQL that never ends by itself.
  static let endless =
    "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c;"
}
