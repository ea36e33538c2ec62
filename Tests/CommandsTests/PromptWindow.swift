import Foundation
import Testing

/// `payg` on a terminal, which is a window of tmux. What a test looks for is waited for, so a slow machine makes it slow and no more.
final class PromptWindow {
  /// How long somebody waits before it is called missing, in seconds.
  static let patience = 120.0

  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  /// Its home, with the history in it.
  let home: URL
  private let isOwnHome: Bool
  /// What tmux keeps, outside the home, which may be gone before the window is.
  private let tmuxFolder: URL
  private let server = "payg-\(UUID().uuidString.prefix(8))"
  private let tmux: String

  /// - Parameters:
  ///   - home: where an earlier session lived; nil: a new one, removed afterwards.
  ///   - waits: until the prompt is there.
  init(_ arguments: [String]? = nil, home: URL? = nil, columns: Int = 120, rows: Int = 50, waits: Bool = true) throws {
    let arguments = try arguments ?? ["-s", PromptStore.path()]
    let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    guard let tmux = paths.map({ "\($0)/tmux" }).first(where: FileManager.default.isExecutableFile) else {
      throw Missing(description: "tmux is missing: run `apt-get install tmux`, or `brew install tmux`")
    }
    self.tmux = tmux
    isOwnHome = home == nil
    let temporary = FileManager.default.temporaryDirectory
    self.home = home ?? temporary.appending(path: "\(server)-home")
    tmuxFolder = temporary.appending(path: "\(server)-tmux")
    for folder in [self.home, tmuxFolder] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    let variables = [
      "PATH": paths.joined(separator: ":"), "HOME": self.home.path, "LC_ALL": "C.UTF-8", "TERM": "screen",
      "PAGER": "cat",
    ]
    // The shell around it lives on, and says how it ended.
    let script = """
      trap : INT
      cd '\(self.home.path)'
      env -i \(variables.map { "'\($0.key)=\($0.value)'" }.joined(separator: " ")) \
      '\(Program.path)' \(arguments.map { "'\($0)'" }.joined(separator: " "))
      echo "ended with $?"
      sleep 1000
      """
    let file = tmuxFolder.appending(path: "run.sh")
    try Program.write(script, to: file)
    try run(["new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "sh '\(file.path)'"])
    if waits { try wait(last: "payg>") }
  }

  deinit {
    _ = try? run(["kill-server"])
    // A home that was given belongs to who gave it.
    for folder in isOwnHome ? [tmuxFolder, home] : [tmuxFolder] {
      // Programs that are just ending may still write.
      for _ in 0..<200 where FileManager.default.fileExists(atPath: folder.path) {
        if (try? FileManager.default.removeItem(at: folder)) == nil { usleep(10_000) }
      }
    }
  }

  @discardableResult
  private func run(_ arguments: [String]) throws -> String {
    // Neither a pipe nor a `Process`: the server that is started here stays, and both would wait for its end.
    let path = tmuxFolder.appending(path: "output").path
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Tests run on threads that hold signals back.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C.UTF-8"
    environment["TMUX"] = nil
    environment["TMUX_TMPDIR"] = tmuxFolder.path
    let words = ([tmux, "-u", "-L", server, "-f", "/dev/null"] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    guard posix_spawn(&child, tmux, &actions, &attributes, words, variables) == 0 else {
      throw Missing(description: "\(tmux) does not start")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  // MARK: - The screen

  /// The rows that hold something, without blanks at their ends.
  func rows() throws -> [String] {
    try run(["capture-pane", "-p"]).split(separator: "\n").map { row in
      var row = String(row)
      while row.last == " " { row.removeLast() }
      return row
    }.filter { !$0.isEmpty }
  }

  /// The column the cursor is in: what stands behind it is no part of the line.
  func column() throws -> Int {
    try run(["display-message", "-p", "#{cursor_x}"]).split { !$0.isNumber }.first.flatMap { Int($0) } ?? -1
  }

  /// Types text as it is.
  func type(_ text: String) throws {
    // A semicolon at the end would end the command of tmux.
    try run(["send-keys", "-l", "--", text.hasSuffix(";") ? text.dropLast() + "\\;" : text])
  }

  /// Presses keys by their names: `Tab`, `C-c`, `Right`.
  func press(_ keys: String...) throws { try run(["send-keys"] + keys) }

  /// Types a line and, once all of it stands there, Enter.
  func enter(_ line: String) throws {
    try type(line)
    try wait("`\(line)` typed") { $0.last?.hasSuffix(line) == true || $0.last?.contains("> " + line) == true }
    try press("Enter")
  }

  // MARK: - Waiting

  @discardableResult
  func wait(
    _ what: String = "the screen", at place: SourceLocation = #_sourceLocation, until fits: ([String]) throws -> Bool
  ) throws -> [String] {
    let end = Date.now.addingTimeInterval(PromptWindow.patience)
    var rows: [String] = []
    repeat {
      rows = try self.rows()
      if try fits(rows) { return rows }
      usleep(20_000)
    } while Date.now < end
    Issue.record("\(what) did not come; the screen is:\n\(rows.joined(separator: "\n"))", sourceLocation: place)
    throw Missing(description: what)
  }

  /// Waits until a row holds a text.
  @discardableResult
  func wait(for text: String, at place: SourceLocation = #_sourceLocation) throws -> [String] {
    try wait("`\(text)`", at: place) { $0.contains { $0.contains(text) } }
  }

  /// Waits until the last row is this one.
  @discardableResult
  func wait(last row: String, at place: SourceLocation = #_sourceLocation) throws -> [String] {
    try wait("`\(row)` at the end", at: place) { $0.last == row }
  }
}
