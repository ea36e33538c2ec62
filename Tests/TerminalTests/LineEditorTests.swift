import Foundation
import Testing

/// What a person at a terminal sees.
@Suite("Line editor: the screen", .serialized)
struct LineEditorTests {
  @Test("a line is read, and the next is asked for")
  func readsLines() throws {
    let screen = try Screen()
    try screen.type("why not")
    try screen.press("Enter")
    #expect(try screen.wait(rows: ["editing", "payg> why not", "{\"line\":\"why not\"}", "payg>"]).count == 4)
  }

  // MARK: - Completion

  @Test("Tab completes a word; the second Tab lists what it could be")
  func completes() throws {
    let screen = try Screen()
    try screen.type("wh")
    try screen.press("Tab")
    try screen.type("r")
    try screen.wait(last: "payg> why r")
    try screen.press("Tab")
    try screen.wait(last: "payg> why req_9")
    try screen.press("Tab")
    let rows = try screen.wait(for: "more, type a letter")
    #expect(rows.filter { $0.hasPrefix("  req_9") && $0.hasSuffix("a request") }.count == 20)
    #expect(rows.suffix(2) == ["  … 43 more, type a letter", "payg> why req_9"])
    try screen.type("63")
    try screen.press("Tab", "Enter")
    try screen.wait(for: "{\"line\":\"why req_963 \"}")
  }

  @Test("a word without progress is listed at the second Tab, with descriptions")
  func lists() throws {
    let screen = try Screen()
    try screen.type("t")
    try screen.press("Tab")
    try screen.type("")
    try screen.press("Tab")
    try screen.wait(rows: ["  topup  add money", "  trace  every rule", "payg> t"])
    #expect(try screen.cursor() == [7, 3])
  }

  @Test("what is only near is listed, and nothing is inserted")
  func listsNear() throws {
    let screen = try Screen()
    try screen.type("lan")
    try screen.press("Tab")
    try screen.wait(rows: ["nearest:", "  balance  what an account has", "payg> lan"])
  }

  @Test("Tab in the middle of a line leaves what stands behind")
  func completesInside() throws {
    let screen = try Screen()
    try screen.type("wh req_901")
    try screen.press("Home", "Right", "Right", "Tab")
    try screen.type("x ")
    try screen.wait(last: "payg> why x req_901")
  }

  // MARK: - Hints

  @Test("a hint is dim, is taken by Right, and is gone after Enter")
  func hints() throws {
    let screen = try Screen()
    try screen.type("topup")
    try screen.wait("a dim hint", escapes: true) { $0.last?.contains("topup\u{1B}[2m $AMOUNT [then ...]") == true }
    #expect(try screen.cursor() == [11, 1])
    // It is only shown: Right leaves it.
    try screen.press("Right", "Enter")
    try screen.wait(rows: ["payg> topup", "{\"line\":\"topup\"}", "payg>"])
    try screen.type("why me")
    try screen.wait(last: "payg> why me and more")
    try screen.press("M-Right")
    try screen.type("!")
    try screen.wait(last: "payg> why me and!")
    try screen.press("M-BSpace", "BSpace")
    try screen.wait(last: "payg> why me and more")
    try screen.press("Right", "Enter")
    try screen.wait(for: "{\"line\":\"why me and more\"}")
    #expect(try screen.rows().filter { $0.contains("$AMOUNT") }.isEmpty)
  }

  @Test("Ctrl-F, End and Ctrl-E take a hint", arguments: ["C-f", "End", "C-e"])
  func takesHint(key: String) throws {
    let screen = try Screen()
    try screen.type("why me")
    try screen.wait(last: "payg> why me and more")
    try screen.press(key, "Enter")
    try screen.wait(for: "{\"line\":\"why me and more\"}")
  }

  @Test("a hint is not shown in the middle of a line, nor where it would wrap")
  func hidesHint() throws {
    let screen = try Screen()
    try screen.type("topup")
    try screen.wait(last: "payg> topup $AMOUNT [then ...]")
    try screen.press("Left")
    try screen.wait(last: "payg> topup")
    try screen.press("C-u", "C-k")
    try screen.type("wide")
    try screen.wait(last: "payg> wide")
    try screen.press("Enter")
    try screen.wait(rows: ["payg> wide", "{\"line\":\"wide\"}", "payg>"])
  }

  @Test("a preset line is suggested at the next prompt")
  func presets() throws {
    let screen = try Screen()
    try screen.type("ghost")
    try screen.press("Enter")
    try screen.wait(last: "payg> why req_981")
    try screen.press("M-Right")
    try screen.wait(last: "payg> why req_981")
    try screen.press("Right", "Enter")
    try screen.wait(for: "{\"line\":\"why req_981\"}")
  }

  @Test("an older line that begins like this one is suggested")
  func suggestsHistory() throws {
    let screen = try Screen()
    try screen.type("balance acct_77")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\"")
    try screen.type("bal")
    try screen.wait(last: "payg> balance acct_77")
    try screen.press("Right", "Enter")
    try screen.wait("the line twice") { $0.filter { $0 == "{\"line\":\"balance acct_77\"}" }.count == 2 }
  }

  @Test("hints are off with NO_COLOR, and when they are switched off", arguments: [true, false])
  func hintsOff(noColor: Bool) throws {
    let screen = try Screen(noColor ? ["NO_COLOR": "1", "STAGE_COLOR": "1"] : [:])
    if !noColor {
      try screen.type("hints")
      try screen.press("Enter")
      try screen.wait(for: "{\"hints\":\"false\"}")
    }
    try screen.type("topup")
    try screen.wait(last: "payg> topup")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"topup\"}")
    if noColor { #expect(try !screen.rows(escapes: true).joined().contains("\u{1B}[")) }
  }

  // MARK: - Help

  @Test("F1 and M-h print a card above the line", arguments: ["F1", "M-h"])
  func helps(key: String) throws {
    let screen = try Screen()
    try screen.type("why x")
    try screen.press(key)
    let card = ["why REQUEST   why it was denied", "example: why req_981", "payg> why x"]
    #expect(try screen.wait(rows: card).count == 4)
    try screen.type("y")
    try screen.wait(last: "payg> why xy")
  }

  // MARK: - Colours and widths

  @Test("a coloured prompt takes the room of its letters")
  func colors() throws {
    let screen = try Screen(["STAGE_COLOR": "1"])
    try screen.wait("a red prompt", escapes: true) { $0.last?.contains("\u{1B}[1m\u{1B}[31mpayg") == true }
    try screen.type("abc")
    try screen.press("Home")
    try screen.type("x")
    try screen.wait(last: "payg> xabc")
    #expect(try screen.cursor() == [7, 1])
  }

  @Test("wide letters and accents are where the cursor thinks")
  func wide() throws {
    let screen = try Screen()
    try screen.type("日本語é")
    try screen.press("Left", "Left")
    try screen.type("x")
    try screen.wait(last: "payg> 日本x語é")
    #expect(try screen.cursor() == [11, 1])
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"日本x語é\"}")
  }

  @Test("where the character set is not UTF-8, no letter is lost")
  func plainCharacterSet() throws {
    let screen = try Screen(["LC_ALL": "C"])
    try screen.type("naïve æ€")
    try screen.press("Enter")
    try screen.wait(for: "{\"line\":\"naïve æ€\"}")
  }

  // MARK: - Long lines

  @Test("a letter in the middle of a line that wraps", arguments: ["screen", "tmux", "xterm-256color", "vt100"])
  func insertsInLongLine(terminal: String) throws {
    let screen = try Screen(["TERM": terminal])
    let line = String((0..<110).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
    try screen.type(line)
    func rows(_ text: String) -> [String] { ["payg> " + text.prefix(74), String(text.dropFirst(74))] }
    try screen.wait(rows: rows(line))
    try screen.press("C-a")
    for _ in 0..<10 { try screen.press("Right") }
    try screen.type("XY")
    let edited = line.prefix(10) + "XY" + line.dropFirst(10)
    try screen.wait(rows: rows(String(edited)))
    #expect(try screen.cursor() == [18, 1])
    try screen.press("C-e")
    try screen.press("BSpace")
    try screen.wait(rows: rows(String(edited.dropLast())))
    try screen.press("Enter")
    try screen.wait(last: "payg>")
    #expect(try screen.rows().joined().contains("{\"line\":\"\(edited.dropLast())\"}"))
  }

  @Test("the terminal changes its size", arguments: [40, 120])
  func resizes(columns: Int) throws {
    let screen = try Screen()
    try screen.type("why a long line of words that goes over the edge of a terminal with forty columns")
    try screen.wait(for: "columns")
    try screen.resize(columns: columns, rows: 24)
    let text = "payg> why a long line of words that goes over the edge of a terminal with forty columns"
    var expected: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      expected.append(String(rest.prefix(columns)).trimmingCharacters(in: .whitespaces))
      rest = rest.dropFirst(columns)
    }
    try screen.wait("the line once") { rows in
      // tmux may have moved the first row out of the window.
      rows.drop { $0 == "editing" }.map { $0.trimmingCharacters(in: .whitespaces) } == expected
    }
    try screen.press("C-a")
    try screen.type("Z")
    try screen.wait(for: "payg> Zwhy")
    try screen.press("Enter")
    try screen.wait(last: "payg>")
    #expect(try screen.rows().joined().contains("Zwhy a long"))
  }
}
