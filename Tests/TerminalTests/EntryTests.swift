import Foundation
import Testing

/// Entries of several lines, pastes, undo, and the history.
@Suite("Line editor: entries", .serialized)
struct EntryTests {
  // MARK: - Several lines

  @Test("Enter begins another line where a statement is not finished")
  func severalLines() throws {
    let screen = try Screen()
    try screen.type("select 1")
    try screen.press("Enter")
    try screen.wait(last: "   ...>")
    try screen.type("from x;")
    try screen.press("Enter")
    try screen.wait(rows: ["payg> select 1", "   ...> from x;", "{\"line\":\"select 1\\nfrom x;\"}", "payg>"])
    // An empty line ends it too, and M-Enter begins one anywhere.
    try screen.type("select 2")
    try screen.press("Enter", "Enter")
    try screen.wait(for: "{\"line\":\"select 2\\n\"}")
    try screen.type("why")
    try screen.press("M-Enter")
    try screen.type("not")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why\\nnot\"}")
  }

  @Test("Up and Down go by lines inside an entry, and through the history beyond it")
  func goesByLines() throws {
    let screen = try Screen()
    try screen.type("older")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"older\"}")
    try screen.type("select aaa")
    try screen.press("Enter")
    try screen.type("bbb")
    try screen.press("Enter")
    try screen.type("ccc")
    try screen.wait(last: "   ...> ccc")
    try screen.press("Up")
    try screen.type("X")
    try screen.wait(rows: ["payg> select aaa", "   ...> bbbX", "   ...> ccc"])
    try screen.press("Up")
    try screen.type("Y")
    try screen.wait(rows: ["payg> seleYct aaa", "   ...> bbbX", "   ...> ccc"])
    try screen.press("Down")
    try screen.press("Down")
    try screen.type("Z")
    try screen.wait(rows: ["payg> seleYct aaa", "   ...> bbbX", "   ...> cccZ"])
    try screen.press("Up", "Up", "Up")
    try screen.wait(last: "payg> older")
    // And back, with what was written.
    try screen.press("Down")
    try screen.wait(rows: ["payg> seleYct aaa", "   ...> bbbX", "   ...> cccZ"])
    try screen.type(";")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"seleYct aaa\\nbbbX\\ncccZ;\"}")
    try screen.press("Up")
    try screen.wait(rows: ["payg> seleYct aaa", "   ...> bbbX", "   ...> cccZ;"])
  }

  @Test("deleting over the end of a line joins two")
  func joins() throws {
    let screen = try Screen()
    try screen.type("select a")
    try screen.press("Enter")
    try screen.type("b")
    try screen.wait(last: "   ...> b")
    try screen.press("Left", "BSpace")
    try screen.wait(last: "payg> select ab")
    try screen.press("M-Enter")
    try screen.wait(rows: ["payg> select a", "   ...> b"])
    try screen.press("Left")
    try screen.type("X")
    try screen.wait(rows: ["payg> select aX", "   ...> b"])
    try screen.press("Delete")
    try screen.wait(last: "payg> select aXb")
    // Over the marker in one step, both ways.
    try screen.press("M-Enter", "Left", "Right")
    try screen.type("Y;")
    try screen.wait(rows: ["payg> select aX", "   ...> Y;b"])
    try screen.press("C-e")
    try screen.type(";")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"select aX\\nY;b;\"}")
  }

  // MARK: - Paste

  @Test("a pasted tab is a blank, and pasted lines wait for Enter")
  func pastes() throws {
    let screen = try Screen()
    try screen.paste("why a\tb\nwhy c\r\nwhy d\n")
    try screen.wait(rows: ["editing", "payg> why a b", "   ...> why c", "   ...> why d"])
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why a b\\nwhy c\\nwhy d\"}")
    #expect(try screen.rows().filter { $0.hasPrefix("{") }.count == 1)
  }

  @Test("a paste into the middle of a long line")
  func pastesInside() throws {
    let screen = try Screen()
    let line = String(repeating: "0123456789", count: 9)
    try screen.type(line)
    try screen.press("C-a")
    try screen.paste("<" + String(repeating: "p", count: 60) + ">")
    let all = "payg> <" + String(repeating: "p", count: 60) + ">" + line
    try screen.wait(rows: [String(all.prefix(80)), String(all.dropFirst(80))])
  }

  @Test("control characters in a paste are shown, and do nothing")
  func pastesControls() throws {
    let screen = try Screen()
    // tmux leaves a zero byte out.
    try screen.paste("a\u{1}b\u{1B}[31mc\u{4}d")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}d\"}")
  }

  @Test("a paste of a megabyte and more is refused, and the line stays")
  func refusesHugePaste() throws {
    let screen = try Screen()
    try screen.type("why")
    try screen.paste(String(repeating: "x", count: (1 << 20) + 10))
    try screen.wait(rows: ["error: what was pasted is longer than 1048576 characters: not taken", "payg> why"])
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why\"}")
  }

  @Test("a megabyte of letters without marks is refused, and the next line is read")
  func refusesHugeLine() throws {
    let screen = try Screen()
    try screen.paste(String(repeating: "x", count: (1 << 20) + 10), marked: false)
    try screen.wait(for: "error: what was typed is longer than 1048576 characters: not taken")
    try screen.press("C-u")
    try screen.type("why")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why\"}")
  }

  @Test("lines that come without marks are read one by one")
  func typesAhead() throws {
    let screen = try Screen()
    try screen.paste("why 1\nwhy 2\nselect 1\n2;\nwhy 3\n", marked: false)
    try screen.wait(for: "{\"line\":\"why 3\"}")
    #expect(
      try screen.rows().filter { $0.hasPrefix("{") } == [
        "{\"line\":\"why 1\"}", "{\"line\":\"why 2\"}", "{\"line\":\"select 1\\n2;\"}", "{\"line\":\"why 3\"}",
      ])
  }

  @Test("an entry at the bottom of the screen, and one that is higher than the screen")
  func scrolls() throws {
    let screen = try Screen(rows: 10)
    for number in 1...8 {
      try screen.type("why \(number)")
      try screen.press("Enter")
    }
    try screen.wait(for: "{\"line\":\"why 8\"}")
    try screen.wait(last: "payg>")
    try screen.type("select 1")
    try screen.press("Enter")
    try screen.type("two")
    try screen.press("Enter")
    try screen.type("three")
    try screen.wait(rows: ["payg> select 1", "   ...> two", "   ...> three"])
    try screen.press("Up", "Up")
    try screen.type("X")
    try screen.wait(rows: ["payg> selXect 1", "   ...> two", "   ...> three"])
    try screen.press("F1", "C-e")
    try screen.type(";")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"selXect 1\\ntwo\\nthree;\"}")
    let lines = (1...30).map { "line \($0)" }
    try screen.paste(lines.joined(separator: "\n"))
    try screen.wait(rows: ["   ...> line 29", "   ...> line 30"])
    try screen.press("BSpace", "BSpace")
    try screen.type("31")
    try screen.wait(rows: ["   ...> line 29", "   ...> line 31"])
    try screen.press("Enter")
    let entry = (lines.dropLast() + ["line 31"]).joined(separator: "\\n")
    try screen.wait("the entry") { $0.joined().contains("{\"line\":\"\(entry)\"}") }
  }

  // MARK: - Undo

  @Test("Ctrl-_ takes changes back")
  func undoes() throws {
    let screen = try Screen()
    try screen.type("why this")
    try screen.wait(last: "payg> why this")
    try screen.press("C-w")
    try screen.wait(last: "payg> why")
    try screen.press("C-_")
    try screen.wait(last: "payg> why this")
    try screen.press("C-u")
    try screen.wait(last: "payg>")
    try screen.press("C-_")
    try screen.wait(last: "payg> why this")
    try screen.press("C-_", "C-_", "C-_", "C-_")
    try screen.wait(last: "payg>")
    try screen.type("z")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"z\"}")
  }

  // MARK: - Editor

  @Test("Ctrl-X Ctrl-E edits the line in an editor")
  func edits() throws {
    let files = ["edit.sh": "stty -a > during; sed -i 's/old/new/; $a second;' \"$1\"; cat \"$1\" > seen\n"]
    let screen = try Screen(["VISUAL": "sh ./edit.sh", "EDITOR": "false"], files: files)
    try screen.type("select old")
    try screen.press("C-x", "C-e")
    try screen.wait(rows: ["payg> select new", "   ...> second;"])
    #expect(try screen.file("during").contains(" icanon"))
    #expect(try screen.file("seen") == "select new\nsecond;\n")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"select new\\nsecond;\"}")
    let left = try FileManager.default.contentsOfDirectory(atPath: screen.folder.path)
    #expect(!left.contains { $0.hasSuffix(".sql") })
  }

  @Test("an editor that is not there is one line, and the line stays")
  func missesEditor() throws {
    let screen = try Screen(["VISUAL": "no-such-editor"])
    try screen.type("why")
    try screen.press("C-x", "C-e")
    try screen.wait(rows: ["error: cannot start `no-such-editor`: set `EDITOR`", "payg> why"])
  }

  // MARK: - History

  @Test("history comes back in the next session, newest first; keys and lines with a blank first do not")
  func keepsHistory() throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString.prefix(8))")
    defer { try? FileManager.default.removeItem(at: home) }
    let first = try Screen(home: home)
    for line in ["why one", " hidden", "use sk-abcdefgh12345678", "select 1,", "2;"] {
      try first.type(line)
      try first.press("Enter")
    }
    try first.wait(for: "{\"line\":\"select 1,\\n2;\"}")
    try first.press("C-d")
    try first.wait(for: "finished")
    #expect(try first.file("state/history") == "\"why one\"\n\"select 1,\\n2;\"\n")
    let file = try FileManager.default.attributesOfItem(atPath: home.appending(path: "state/history").path)
    let folder = try FileManager.default.attributesOfItem(atPath: home.appending(path: "state").path)
    #expect(file[.posixPermissions] as? Int == 0o600 && folder[.posixPermissions] as? Int == 0o700)

    let second = try Screen(home: home)
    try second.press("Up")
    try second.wait(rows: ["payg> select 1,", "   ...> 2;"])
    try second.press("Up", "Up")
    try second.wait(last: "payg> why one")
    try second.press("Up", "Enter")
    try second.wait(for: "{\"line\":\"why one\"}")
  }

  @Test("two sessions at once keep both their lines")
  func sharesHistory() throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString.prefix(8))")
    defer { try? FileManager.default.removeItem(at: home) }
    let sessions = [try Screen(home: home), try Screen(home: home)]
    for number in 1...3 {
      for (index, session) in sessions.enumerated() {
        try session.type("line \(index) \(number)")
        try session.press("Enter")
      }
    }
    for (index, session) in sessions.enumerated() { try session.wait(for: "{\"line\":\"line \(index) 3\"}") }
    let kept = try sessions[0].file("state/history").split(separator: "\n").sorted()
    #expect(kept == ["\"line 0 1\"", "\"line 0 2\"", "\"line 0 3\"", "\"line 1 1\"", "\"line 1 2\"", "\"line 1 3\""])
  }

  @Test("a history that cannot be written is one note")
  func survivesBadHistory() throws {
    let screen = try Screen(["STAGE_HISTORY": "/dev/null/no/history"])
    for _ in 0..<2 {
      try screen.type("why")
      try screen.press("Enter")
    }
    try screen.type("end")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"end\"}")
    #expect(try screen.rows().filter { $0.hasPrefix("note: ") }.count == 1)
  }

  @Test("Ctrl-R finds an older line, and Up goes on from there")
  func searches() throws {
    let screen = try Screen()
    for line in ["why alpha", "show beta", "need gamma"] {
      try screen.type(line)
      try screen.press("Enter")
      try screen.wait(for: "{\"line\":\"\(line)\"}")
    }
    try screen.press("C-r")
    try screen.type("bet")
    try screen.wait(rows: ["payg> show beta", "bck:bet"])
    try screen.press("Escape")
    try screen.wait(last: "payg> show beta")
    try screen.press("Up")
    try screen.wait(last: "payg> why alpha")
    try screen.press("Enter")
    try screen.wait("the line again") { $0.filter { $0 == "{\"line\":\"why alpha\"}" }.count == 2 }
  }

  @Test("M-p and M-n go through lines that begin alike")
  func searchesPrefix() throws {
    let screen = try Screen()
    for line in ["why alpha", "show why", "why beta"] {
      try screen.type(line)
      try screen.press("Enter")
      try screen.wait(for: "{\"line\":\"\(line)\"}")
    }
    try screen.type("why")
    try screen.press("M-p")
    try screen.wait(last: "payg> why beta")
    try screen.press("M-p")
    try screen.wait(last: "payg> why alpha")
    try screen.press("M-n")
    try screen.wait(last: "payg> why beta")
    try screen.press("M-n", "C-u")
    try screen.wait(last: "payg>")
  }
}
