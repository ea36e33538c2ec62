import Foundation
import Testing

@testable import Terminal

/// The history file, editors and sizes.
@Suite("Line editor: files")
struct FileTests {
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  @Test("the file is where the environment says")
  func places() {
    #expect(HistoryFile(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"])?.path == "/s/payg/history")
    #expect(HistoryFile(environment: ["XDG_STATE_HOME": "s", "HOME": "/h"])?.path == "/h/.local/state/payg/history")
    #expect(HistoryFile(environment: ["XDG_STATE_HOME": "", "HOME": "/h"])?.path == "/h/.local/state/payg/history")
    #expect(HistoryFile(environment: [:]) == nil)
  }

  @Test("any text comes back as it was")
  func roundTrips() throws {
    try FileTests.withFolder { folder in
      let file = HistoryFile(path: folder + "/a/b/history")
      #expect(try file.load() == [])
      let lines = ["why", "a \"b\" \\ c", "x\ny\tz", "\u{0}\u{1}\u{7F}\u{85}", "日本 👩‍💻 \u{10FFFF}"]
      for line in lines { try file.append(line) }
      #expect(try file.load() == lines)
      for line in lines { #expect(HistoryFile.lines(Array(HistoryFile.json(line).utf8)) == [line]) }
    }
  }

  @Test("broken lines are left out, a torn end does not tear the next line, and wide permissions are narrowed")
  func survivesBrokenLines() throws {
    try FileTests.withFolder { folder in
      let path = folder + "/history"
      try Data("\"a\"\nnot json\n\"b\n{}\n\"c\"\n\u{FF}\n\"to".utf8).write(to: URL(filePath: path))
      chmod(path, 0o644)
      let file = HistoryFile(path: path)
      #expect(try file.load() == ["a", "c"])
      try file.append("d")
      #expect(try file.load() == ["a", "c", "d"])
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("what is no file, or may not be used, is one error and no trap")
  func refuses() throws {
    try FileTests.withFolder { folder in
      mkdir(folder + "/history", 0o700)
      #expect(throws: HistoryFile.Failure.self) { try HistoryFile(path: folder + "/history").load() }
      #expect(throws: HistoryFile.Failure.self) { try HistoryFile(path: folder + "/history").append("x") }
      mkfifo(folder + "/pipe", 0o600)
      #expect(throws: HistoryFile.Failure.self) { try HistoryFile(path: folder + "/pipe").load() }
      #expect(throws: HistoryFile.Failure.self) { try HistoryFile(path: folder + "/pipe").append("x") }
      #expect(throws: HistoryFile.Failure.self) { try HistoryFile(path: "/dev/null/x").append("x") }
    }
  }

  @Test("a file that grows is cut to its newer half")
  func shortens() throws {
    try FileTests.withFolder { folder in
      let file = HistoryFile(path: folder + "/history", limit: 1024)
      for number in 0..<500 {
        try file.append("line \(number)")
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? .max
        #expect(size <= 1024)
      }
      let lines = try file.load()
      #expect(lines.count > 30 && lines == (500 - lines.count..<500).map { "line \($0)" })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["history"])
    }
  }

  @Test("writers at once lose nothing, while the file is cut again and again")
  func sharesFile() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = HistoryFile(path: folder.path + "/history", limit: 1 << 11)
    let count = 400
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask { for number in 0..<count { try file.append("w\(writer) \(number)") } }
      }
      try await group.waitForAll()
    }
    let lines = try file.load()
    // The newest of every writer, unless it was done long ago: each once, in order, and none missing between.
    for writer in 0..<4 {
      let own = lines.filter { $0.hasPrefix("w\(writer) ") }
      #expect(own == (count - own.count..<count).map { "w\(writer) \($0)" })
    }
    #expect(lines.count > 50)
  }

  @Test("a file that another program locks is not written, and nobody waits for ever")
  func heedsLock() throws {
    try FileTests.withFolder { folder in
      let file = HistoryFile(path: folder + "/history")
      try file.append("a")
      let other = open(file.path, O_RDONLY)
      defer { close(other) }
      #expect(flock(other, LOCK_EX) == 0)
      #expect(throws: HistoryFile.Failure.self) { try file.append("b") }
      #expect(try file.load() == ["a"])
      #expect(flock(other, LOCK_UN) == 0)
      try file.append("c")
      #expect(try file.load() == ["a", "c"])
    }
  }

  @Test(
    "keys are not kept",
    arguments: [
      "use sk-abcdefgh12345678", "sk_live_abcdefgh", "ghp_0123456789abcdefghijABCDEFGHIJ012345",
      "curl -H 'Bearer 0123456789abcdef0123456789abcdef'", "key=AKIAIOSFODNN7EXAMPLE",
      "dG9rZW4tdG9rZW4/dG9rZW4+dG9rZW4x", "deadbeefdeadbeefdead1", " hidden", "",
      "eyJhbGciOi-JIUzI1NiJ9_x",
    ])
  func leavesKeysOut(line: String) { #expect(!HistoryFile.keeps(line)) }

  @Test(
    "other lines are kept",
    arguments: [
      "why req_981", "select count(*) from compare_rows where newly_denied_accounts_by_rule = 3", "task-force",
      "policy rules/grants/v2/policy.rules", "show 123e4567-e89b-12d3-a456-426614174000", "topup $20 then request",
      "balance 12345678901234567890123", "ask-me-anything-about-it", "internationalizationandlocalization",
      "as of 2026-10-15",
    ])
  func keepsLines(line: String) { #expect(HistoryFile.keeps(line)) }

  @Test("pagers and editors are chosen as people set them")
  func chooses() {
    #expect(Pager.command([:]) == "less -FIRX")
    #expect(Pager.command(["PAGER": "more"]) == "more")
    #expect(Pager.command(["PAYG_PAGER": "most -s", "PAGER": "more"]) == "most -s")
    #expect(Pager.command(["PAYG_PAGER": "", "PAGER": "more"]) == nil)
    #expect(Pager.command(["PAGER": "cat"]) == nil)
    #expect(TextEditor.command([:]) == "vi")
    #expect(TextEditor.command(["EDITOR": "ed"]) == "ed")
    #expect(TextEditor.command(["VISUAL": "code --wait", "EDITOR": "ed"]) == "code --wait")
    #expect(TextEditor.command(["VISUAL": " ", "EDITOR": "ed"]) == "ed")
  }

  @Test("an editor gets a file of its own, and it is gone afterwards")
  func edits() throws {
    try FileTests.withFolder { folder in
      func edit(_ editor: String) throws -> String? {
        try TextEditor.edit("old\ntext", suffix: ".sql", environment: ["EDITOR": editor, "TMPDIR": folder])
      }
      #expect(try edit("true") == "old\ntext")
      #expect(try edit("sed -i s/old/new/") == "new\ntext")
      #expect(try edit("false") == nil)
      #expect(try edit("chmod 644") == "old\ntext")
      #expect(throws: TextEditor.Failure.self) { try edit("rm") }
      #expect(throws: TextEditor.Failure.self) { try edit("no-such-editor") }
      #expect(throws: TextEditor.Failure.self) {
        try TextEditor.edit("x", environment: ["EDITOR": "true", "TMPDIR": folder + "/none"])
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test("sizes are believed within bounds")
  func sizes() {
    #expect(TerminalSize(columns: 0, rows: -3) == TerminalSize(columns: 20, rows: 5))
    #expect(TerminalSize(columns: 99_999, rows: 99_999) == TerminalSize(columns: 1000, rows: 1000))
    #expect(TerminalSize.of(-1, environment: ["COLUMNS": "100"]) == TerminalSize(columns: 100, rows: 24))
    #expect(TerminalSize.of(-1, environment: ["COLUMNS": "wide"]) == TerminalSize(columns: 80, rows: 24))
  }
}
