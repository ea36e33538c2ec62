import Foundation
import Testing

/// `edit-stage` on a terminal, which is a window of tmux.
///
/// What a test looks for on the screen is waited for, so a slow machine makes a test slow and nothing else.
final class Screen {
  /// How long somebody waits before it is called missing, in seconds.
  static let patience = 60.0

  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  let folder: URL
  private let isOwnHome: Bool
  /// What tmux keeps, outside the home, which may be gone before the window is.
  private let tmuxFolder: URL
  private let server: String
  private let tmux: String
  private var variables: [String: String]

  /// - Parameters:
  ///   - environment: what differs from a plain environment with a home of its own; nil takes a variable away.
  ///   - files: written into the home before it starts.
  ///   - shell: an interactive shell instead of the program, for jobs.
  init(
    _ environment: [String: String?] = [:], columns: Int = 80, rows: Int = 24, files: [String: String] = [:],
    home: URL? = nil, shell: Bool = false, waits: Bool = true
  ) throws {
    tmux = try Screen.tmuxPath()
    server = "payg-\(UUID().uuidString.prefix(8))"
    tmuxFolder = FileManager.default.temporaryDirectory.appending(path: "\(server)-tmux")
    isOwnHome = home == nil
    folder = home ?? FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString.prefix(8))")
    for place in [folder, tmuxFolder] {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    variables = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path,
      "LC_ALL": "C.UTF-8", "TERM": "screen", "STAGE_HISTORY": folder.appending(path: "state/history").path,
      "TMPDIR": folder.path,
    ]
    for (name, value) in environment { variables[name] = value }
    let words = variables.map { "'\($0.key)=\($0.value)'" }.joined(separator: " ")
    let script = """
      trap : INT
      cd '\(folder.path)'
      stty -a > before
      env -i \(words) sh -c 'echo $$ > pid; exec "\(Screen.program)"'
      echo "status $?"
      stty -a > after
      echo finished
      sleep 1000
      """
    let path = folder.appending(path: "run-\(server).sh")
    try Data(script.utf8).write(to: path)
    let command =
      shell ? "env -i \(words) PS1='shell$ ' HISTFILE= bash --norc --noprofile -i" : "sh '\(path.path)'"
    try run(["new-session", "-d", "-c", folder.path, "-x", "\(columns)", "-y", "\(rows)", command])
    if waits { try wait(for: shell ? "shell$" : "payg>") }
  }

  deinit {
    _ = try? run(["kill-server"])
    // A home that was given belongs to who gave it.
    for place in isOwnHome ? [tmuxFolder, folder] : [tmuxFolder] {
      // Programs that are just ending may still write.
      for _ in 0..<200 where FileManager.default.fileExists(atPath: place.path) {
        if (try? FileManager.default.removeItem(at: place)) == nil { usleep(10_000) }
      }
    }
  }

  /// Beside the test bundle, wherever that was built.
  static let program: String = {
    let candidates =
      CommandLine.arguments.filter { $0.hasSuffix(".xctest") } + ["/proc/self/exe", CommandLine.arguments[0]]
    for candidate in candidates {
      var folder = URL(filePath: candidate).resolvingSymlinksInPath().deletingLastPathComponent()
      for _ in 0..<4 {
        let program = folder.appending(path: "edit-stage").path
        if FileManager.default.isExecutableFile(atPath: program) { return program }
        folder = folder.deletingLastPathComponent()
      }
    }
    return "edit-stage"
  }()

  private static func tmuxPath() throws -> String {
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":") {
      let path = "\(folder)/tmux"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw Missing(description: "tmux is missing: run `apt-get install tmux`, or `brew install tmux`")
  }

  // MARK: - The window

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

  /// The rows that hold something, each without blanks at its end.
  func rows(escapes: Bool = false) throws -> [String] {
    let text = try run(["capture-pane", "-p"] + (escapes ? ["-e"] : []))
    var rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
      var row = String(row)
      while row.last == " " { row.removeLast() }
      return row
    }
    while rows.last?.isEmpty == true { rows.removeLast() }
    return rows
  }

  /// Where the cursor is: column and row.
  func cursor() throws -> [Int] {
    try run(["display-message", "-p", "#{cursor_x} #{cursor_y}"]).split { !$0.isNumber }.compactMap { Int($0) }
  }

  /// Types text as it is.
  func type(_ text: String) throws {
    // A semicolon at the end would end the command of tmux.
    try run(["send-keys", "-l", "--", text.hasSuffix(";") ? text.dropLast() + "\\;" : text])
  }
  /// Presses keys by their names: `Tab`, `C-c`, `M-Right`.
  func press(_ keys: String...) throws { try run(["send-keys"] + keys) }

  /// Pastes, with marks where the program asked for them, or as if it were typed.
  func paste(_ text: String, marked: Bool = true) throws {
    let file = folder.appending(path: "pasted")
    try Data(text.utf8).write(to: file)
    try run(["load-buffer", file.path])
    try run(["paste-buffer", "-r"] + (marked ? ["-p"] : []))
  }

  func resize(columns: Int, rows: Int) throws {
    try run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  // MARK: - Waiting

  /// Waits until the screen is as somebody wants it, and gives its rows.
  @discardableResult
  func wait(
    _ what: String, escapes: Bool = false, at place: SourceLocation = #_sourceLocation, until fits: ([String]) -> Bool
  ) throws -> [String] {
    let end = Date.now.addingTimeInterval(Screen.patience)
    var rows: [String] = []
    repeat {
      rows = try self.rows(escapes: escapes)
      if fits(rows) { return rows }
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

  /// Waits until the last rows are these, and gives all.
  @discardableResult
  func wait(rows expected: [String], at place: SourceLocation = #_sourceLocation) throws -> [String] {
    try wait(expected.joined(separator: "\n"), at: place) { $0.suffix(expected.count).elementsEqual(expected) }
  }

  func file(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// The number of the program that runs.
  func pid() throws -> pid_t {
    guard let pid = pid_t(try file("pid").split(separator: "\n").first.map(String.init) ?? "") else {
      throw Missing(description: "the program's number")
    }
    return pid
  }
}
