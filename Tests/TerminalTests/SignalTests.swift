import Foundation
import Testing

/// Signals, and the way out.
@Suite("Line editor: signals", .serialized)
struct SignalTests {
  @Test("Ctrl-C drops the line, hint and all, and asks anew")
  func interruptsLine() throws {
    let screen = try Screen()
    try screen.type("topup")
    try screen.wait(last: "payg> topup $AMOUNT [then ...]")
    try screen.press("C-c")
    try screen.wait(rows: ["payg> topup^C", "{\"interrupted\":\"\"}", "payg>"])
    try screen.type("why")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why\"}")
  }

  @Test("Ctrl-C in an entry of several lines leaves all of it on the screen")
  func interruptsEntry() throws {
    let screen = try Screen()
    try screen.type("select 1")
    try screen.press("Enter")
    try screen.type("two")
    try screen.press("Up")
    try screen.type("!")
    // Keys that wait when Ctrl-C comes are dropped with it.
    try screen.wait(rows: ["payg> sel!ect 1", "   ...> two"])
    try screen.press("C-c")
    try screen.wait(rows: ["payg> sel!ect 1", "   ...> two^C", "{\"interrupted\":\"\"}", "payg>"])
  }

  @Test("Ctrl-C ends a search through the history")
  func interruptsSearch() throws {
    let screen = try Screen()
    try screen.type("why")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why\"}")
    try screen.press("C-r")
    try screen.type("w")
    try screen.wait(for: "bck:w")
    try screen.press("C-c")
    try screen.wait(rows: ["{\"interrupted\":\"\"}", "payg>"])
  }

  @Test("Ctrl-C during work ends the work, and the next prompt is as always")
  func interruptsWork() throws {
    let screen = try Screen()
    try screen.type("work")
    try screen.press("Enter")
    try screen.wait(for: "{\"working\":\"\"}")
    try screen.press("C-c")
    try screen.wait(for: "{\"stopped\":\"\"}")
    try screen.wait(last: "payg>")
    try screen.type("why")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why\"}")
    #expect(try !screen.rows().contains("{\"interrupted\":\"\"}"))
  }

  @Test("Ctrl-D leaves on an empty line only; the terminal is as it was")
  func leaves() throws {
    let screen = try Screen()
    try screen.type("ab")
    try screen.press("Home", "C-d")
    try screen.wait(last: "payg> b")
    try screen.press("C-d", "C-d")
    try screen.wait(rows: ["{\"ended\":\"\"}", "status 0", "finished"])
    #expect(try screen.file("before") == screen.file("after"))
  }

  @Test("the terminal is as it was after a signal that ends", arguments: [SIGTERM, SIGHUP])
  func restores(signal: Int32) throws {
    let screen = try Screen()
    try screen.type("why")
    try screen.wait(last: "payg> why")
    kill(try screen.pid(), signal)
    try screen.wait(for: "finished")
    #expect(try screen.rows().contains { $0.hasSuffix("status \(128 + signal)") })
    #expect(try screen.file("before") == screen.file("after"))
    #expect(try !screen.isPasteMarked())
  }

  @Test("the terminal is as it was after a program that exits on its own, and after one that is ended at work")
  func restoresOnExit() throws {
    for line in ["crash", "work"] {
      let screen = try Screen()
      try screen.type(line)
      try screen.press("Enter")
      if line == "work" {
        try screen.wait(for: "{\"working\":\"\"}")
        kill(try screen.pid(), SIGTERM)
      }
      try screen.wait(for: "finished")
      #expect(try screen.rows().contains { $0 == (line == "work" ? "status 143" : "status 3") })
      #expect(try screen.file("before") == screen.file("after"))
      #expect(try !screen.isPasteMarked())
    }
  }

  @Test("Ctrl-Z gives the terminal to the shell, and fg draws the line again")
  func stops() throws {
    let screen = try Screen(shell: true)
    try screen.type("'\(Screen.program)'; stty -a > after\n")
    try screen.wait(last: "payg>")
    try screen.type("why this")
    try screen.wait(last: "payg> why this")
    try screen.press("C-z")
    try screen.wait(for: "Stopped")
    try screen.type("stty -a | grep -c ' icanon'\n")
    try screen.wait(rows: ["1", "shell$"])
    try screen.type("fg\n")
    try screen.wait(last: "payg> why this")
    try screen.type("!")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why this!\"}")
  }

  @Test("a line survives a stop that cannot be caught")
  func survivesStop() throws {
    let screen = try Screen()
    try screen.type("why this")
    try screen.wait(last: "payg> why this")
    kill(try screen.pid(), SIGSTOP)
    kill(try screen.pid(), SIGCONT)
    try screen.type("!")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"why this!\"}")
  }

  @Test("a long text goes through the pager, and quitting it early is no failure")
  func pages() throws {
    let screen = try Screen(["PAYG_PAGER": "head -n 3; echo read >&2"])
    try screen.type("page")
    try screen.press("Enter")
    try screen.wait(rows: ["row 1", "row 2", "row 3", "read", "{\"line\":\"page\"}", "payg>"])
  }

  @Test("a pager that is not there is none")
  func missesPager() throws {
    let screen = try Screen(["PAYG_PAGER": "no-such-pager"])
    try screen.type("page")
    try screen.press("Enter")
    try screen.wait(rows: ["row 200", "{\"line\":\"page\"}", "payg>"])
  }
}

extension Screen {
  /// Whether pastes are still marked after the program has ended: then the marks are on the screen.
  func isPasteMarked() throws -> Bool {
    try paste("(pasted)")
    return try wait(for: "(pasted)").contains { $0.contains("200~") }
  }
}
