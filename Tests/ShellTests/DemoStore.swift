import Diagnostics
import Engine
import Foundation
import Lab
import Shell
import Standard
import Store
import Synchronization

/// The demo's store, built once for all tests of a run, by the script that everybody builds it with.
enum DemoStore {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct NotBuilt: Error, CustomStringConvertible {
    var description: String
  }

  /// Its file. `PAYG_DEMO_STORE` names one that stands already.
  static func path() throws -> String { try built.get() }

  private static let built = Result<String, any Error> {
    let environment = ProcessInfo.processInfo.environment
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-shell-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let store = folder.appending(path: "demo.payg").path
    if let standing = environment["PAYG_DEMO_STORE"], !standing.isEmpty {
      try FileManager.default.copyItem(atPath: standing, toPath: store)
      return store
    }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [root.appending(path: "REPL/demo/build.sh").path, try program(), store]
    let told = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = told
    try process.run()
    let text = told.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw NotBuilt(description: "the demo cannot be built: \(String(decoding: text, as: UTF8.self))")
    }
    return store
  }

  /// The built `payg`, beside the test bundle.
  private static func program() throws -> String {
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
    throw NotBuilt(description: "there is no payg beside the tests, and PAYG_DEMO_STORE names no store")
  }

  // A store is opened by every test, and the same texts make the same program.
  private static let programs = Mutex<[[PolicyFile]: CompiledProgram]>([:])

  static let compile: PolicyCompiler = { files throws(PolicyFault) in
    if let program = programs.withLock({ $0[files] }) { return RuleEngine(program) }
    let rules: LoadedRules
    do throws(FileFault) {
      rules = LoadedRules(
        try PolicyTexts(files.map { (name: $0.name, bytes: $0.bytes) }), vocabulary: StandardPlugin.vocabulary,
        depth: .checked)
    } catch {
      throw PolicyFault(error.message)
    }
    guard !rules.diagnostics.hasErrors else {
      throw PolicyFault(Renderer(sources: rules.sources).render(rules.diagnostics))
    }
    do throws(CompileError) {
      let program = try CompiledProgram(rules.program)
      programs.withLock { $0[files] = program }
      return RuleEngine(program)
    } catch {
      throw PolicyFault(error.message)
    }
  }
}

/// A session that is typed into, and what it prints.
final class Typed {
  let session: Session
  let out: Screen
  let error: Screen

  /// - Parameters:
  ///   - isTerminal: whether what it prints goes to a screen.
  ///   - path: the store; nil: the demo's.
  init(_ path: String? = nil, isTerminal: Bool = true, isColored: Bool = false, width: Int = 100) throws {
    let path = try path ?? DemoStore.path()
    out = Screen(isTerminal: isTerminal, isColored: isColored, width: width)
    error = Screen(isTerminal: false, isColored: false, width: width)
    session = Session(
      Session.Options(
        store: path, named: "demo.payg", vocabulary: StandardPlugin.vocabulary, isInteractive: isTerminal
      ) { path in
        try AccountStore.open(path, .read, compile: DemoStore.compile)
      }, console: Console(out: out, error: error, environment: ["LANG": "C.UTF-8"]))
  }

  /// Types a line and returns what was printed, notes and complaints behind it.
  @discardableResult
  func type(_ line: String) -> String {
    (out.text, error.text) = ("", "")
    status = session.run(line).status
    return out.text + error.text
  }

  private(set) var status = ExitStatus.answered

  /// A transcript of lines as they were typed, each with what it printed.
  func transcript(_ lines: [String], prompt: String = "payg> ") -> String {
    lines.map { line in
      let text = type(line)
      return prompt + line + "\n" + text + (status == .answered ? "" : "[exit \(status.rawValue)]\n")
    }.joined(separator: "\n")
  }
}

final class Screen: TextSink {
  var text = ""
  let isTerminal: Bool
  var isColored: Bool
  let width: Int

  init(isTerminal: Bool, isColored: Bool, width: Int) {
    self.isTerminal = isTerminal
    self.isColored = isColored
    self.width = width
  }

  func write(_ text: String) { self.text += text }
}
