import Foundation
import Testing

/// `.editrc`, vi, and terminals that cannot edit.
@Suite("Line editor: styles", .serialized)
struct StyleTests {
  @Test("`bind -v` gives vi, with our keys in its insert map")
  func vi() throws {
    let screen = try Screen(files: [".editrc": "# vi, please\nbind -v\n"])
    try screen.type("wh")
    try screen.press("Tab")
    try screen.type("this")
    try screen.wait(last: "payg> why this")
    // Arrows move without leaving the insert map.
    try screen.press("Left", "Left", "Left", "Left")
    try screen.type("i")
    try screen.wait(last: "payg> why ithis")
    try screen.press("Escape")
    try screen.type("x0iz")
    try screen.wait(last: "payg> zwhy this")
    try screen.press("Escape")
    try screen.type("A!")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"zwhy this!\"}")
    try screen.type("topup")
    try screen.wait(last: "payg> topup $AMOUNT [then ...]")
    try screen.press("C-u")
    try screen.type("why me")
    try screen.wait(last: "payg> why me and more")
    try screen.press("Right", "Enter")
    try screen.wait(for: "{\"line\":\"why me and more\"}")
    try screen.type("select 1")
    try screen.press("Enter")
    try screen.paste("a\tb\nc;")
    try screen.wait(rows: ["payg> select 1", "   ...> a b", "   ...> c;"])
    try screen.press("F1", "Escape")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"select 1\\na b\\nc;\"}")
    // In the command map k goes back through the history, and a paste is a paste.
    try screen.press("Escape")
    try screen.type("kkkk")
    try screen.wait(last: "payg> why me and more")
    try screen.type("dd")
    try screen.wait(last: "payg>")
    try screen.paste("pasted")
    try screen.wait(last: "payg> pasted")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"pasted\"}")
    try screen.press("C-d")
    try screen.wait(for: "{\"ended\":\"\"}")
  }

  @Test("whoever wrote an `.editrc` wins over our keys, and $EDITRC over ~/.editrc")
  func userBinds() throws {
    let files = [
      ".editrc": "bind -s ^T wrong\n", "rc": "payg:bind -s ^T 'why not'\nother:bind -s ^T never\nbind ^I ed-insert\n",
    ]
    let screen = try Screen(["EDITRC": "rc"], files: files)
    try screen.press("C-t")
    try screen.wait(last: "payg> why not")
    try screen.press("C-u")
    try screen.type("wh")
    try screen.press("Tab")
    try screen.type("x")
    try screen.wait(last: "payg> wh        x")
  }

  @Test("`bind -v` and then other keys: they stay")
  func userBindsInVi() throws {
    let screen = try Screen(files: [".editrc": "bind -v\nbind -s ^T 'why not'\nbind ^P payg-complete\n"])
    try screen.press("C-t")
    try screen.wait(last: "payg> why not")
    try screen.press("C-u")
    try screen.type("tr")
    try screen.press("C-p")
    try screen.type("x")
    try screen.wait(last: "payg> trace x")
  }

  @Test("`edit off`, TERM=dumb, no TERM and an unknown one: lines are read without editing", arguments: [0, 1, 2, 3])
  func plain(kind: Int) throws {
    let screen =
      switch kind {
      case 0: try Screen(files: [".editrc": "edit off\n"])
      case 1: try Screen(["TERM": "dumb", "STAGE_COLOR": "1"])
      case 2: try Screen(["TERM": nil])
      default: try Screen(["TERM": "no-such-terminal"])
      }
    try screen.wait(rows: ["plain", "payg>"])
    try screen.type("topup")
    try screen.press("Enter")
    try screen.wait(rows: ["payg> topup", "{\"line\":\"topup\"}", "payg>"])
    try screen.type("select 1")
    try screen.press("Enter")
    try screen.wait(last: "   ...>")
    try screen.type("2;")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"select 1\\n2;\"}")
    try screen.type("dropped")
    try screen.press("C-c")
    try screen.wait(rows: ["{\"interrupted\":\"\"}", "payg>"])
    #expect(try !screen.rows(escapes: true).joined().contains("\u{1B}["))
    try screen.press("C-d")
    try screen.wait(rows: ["{\"ended\":\"\"}", "status 0", "finished"])
    #expect(try screen.file("before") == screen.file("after"))
    #expect(try screen.file("state/history") == "\"topup\"\n\"select 1\\n2;\"\n")
  }

  @Test("from a pipe lines are read without prompts, the last one without its line feed too")
  func pipe() throws {
    let screen = try Screen(shell: true)
    let input = "why\\r\\nselect 1\\n2;\\n\\377x\\nlast"
    try screen.type("printf '\(input)' | '\(Screen.program)' > out; echo done; wc -l < out\n")
    try screen.wait(rows: ["done", "6", "shell$"])
    #expect(
      try screen.file("out").split(separator: "\n") == [
        "plain", "{\"line\":\"why\"}", "{\"line\":\"select 1\\n2;\"}", "{\"line\":\"\u{FFFD}x\"}",
        "{\"line\":\"last\"}",
        "{\"ended\":\"\"}",
      ])
  }

  @Test("prompts do not go into a file")
  func keepsPromptsOut() throws {
    let screen = try Screen(shell: true)
    try screen.type("'\(Screen.program)' > out\n")
    try screen.wait(last: "payg>")
    try screen.type("why\n")
    try screen.wait(rows: ["payg> why", "payg>"])
    try screen.press("C-d")
    try screen.wait(last: "shell$")
    #expect(try screen.file("out") == "plain\n{\"line\":\"why\"}\n{\"ended\":\"\"}\n")
  }

  @Test("a terminal that is narrower than its prompt and line")
  func narrow() throws {
    let screen = try Screen(columns: 12, rows: 8)
    try screen.type("topup why 12345")
    try screen.wait(rows: ["payg> topup", "why 12345"])
    try screen.press("C-a")
    try screen.type("X")
    try screen.wait(rows: ["payg> Xtopup", " why 12345"])
    try screen.press("M-h", "C-e", "Enter")
    try screen.wait("the line") { $0.joined().contains("Xtopup why 12345\"}") }
  }

  @Test("a line of more than a megabyte is refused, and the next one is read")
  func refusesHugeLine() throws {
    let screen = try Screen(shell: true)
    try screen.type("{ head -c 9000000 /dev/zero | tr '\\0' x; printf '\\nwhy\\n'; } | '\(Screen.program)'\n")
    try screen.wait(rows: [
      "plain", "error: a line is longer than 1048576 characters: not taken", "{\"line\":\"why\"}", "{\"ended\":\"\"}",
      "shell$",
    ])
  }

  @Test("keys that mean nothing leave nothing in the line")
  func strayKeys() throws {
    let screen = try Screen()
    try screen.type("a")
    try screen.press("F5", "F12", "S-Left", "C-Up", "M-Up", "IC", "PPage", "BTab")
    try screen.type("b")
    try screen.wait(last: "payg> ab")
    try screen.press("C-Left")
    try screen.type("c")
    try screen.wait(last: "payg> cab")
  }

  @Test("Ctrl-L clears the screen and keeps the line")
  func clears() throws {
    let screen = try Screen()
    try screen.type("why this")
    try screen.press("C-l")
    try screen.wait("the line at the top") { $0 == ["payg> why this"] }
    try screen.type("!")
    try screen.wait("the line at the top") { $0 == ["payg> why this!"] }
  }
}
