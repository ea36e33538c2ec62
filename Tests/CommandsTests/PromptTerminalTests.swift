import Foundation
import Testing

/// The real program at a terminal, with the demo's store: what somebody sees who types.
@Suite("The prompt: the terminal", .serialized)
struct PromptTerminalTests {
  @Test("the banner shows three lines to type, and each of them works")
  func banner() throws {
    let window = try PromptWindow()
    let rows = try window.rows()
    #expect(rows.first?.hasPrefix("payg ") == true && rows.first?.contains("demo.payg (a test store)") == true)
    let first = try #require(rows.firstIndex { $0.hasPrefix("try:  ") }, "\(rows)")
    let offered = rows[first..<min(first + 3, rows.count)].compactMap { row in
      row.dropFirst(6).components(separatedBy: "   ").first
    }
    #expect(offered.count == 3 && rows[first + 3].contains(".help lists everything"), "\(rows)")
    let id = try #require(offered[0].split(separator: " ").last)
    #expect(offered[0] == "why \(id)" && offered[1] == "need _" && offered[2].hasPrefix("show "))
    try window.enter(offered[0])
    try window.wait(for: "DENIED  \(id) (")
    try window.press("C-l")
    try window.wait("a clean screen") { $0.count == 1 }
    try window.enter(offered[1])
    try window.wait(for: "each carried out at its value and one step before it")
    try window.press("C-l")
    try window.wait("a clean screen") { $0.count == 1 }
    try window.enter(offered[2])
    try window.wait(for: "balance")
  }

  @Test("Tab completes a verb, an account and an id")
  func completes() throws {
    let window = try PromptWindow()
    try window.type("bal")
    try window.press("Tab")
    try window.wait("the verb") { try $0.last?.hasPrefix("payg> balance") == true && window.column() == 14 }
    try window.type("del")
    try window.press("Tab")
    try window.wait("the account") { try $0.last?.hasPrefix("payg> balance delta") == true && window.column() == 20 }
    try window.press("Enter")
    try window.wait(for: "  balance  $30.049622")
    try window.type("why s0626-15")
    try window.press("Tab")
    // There are more that begin so: nothing is put in, and the second Tab shows them.
    try window.press("Tab")
    try window.wait(for: "  s0626-158")
    try window.type("8")
    try window.press("Tab", "Enter")
    try window.wait(for: "DENIED  s0626-158 (request)")
  }

  @Test("the rest of a verb is shown behind the cursor, and is no part of the line")
  func hints() throws {
    let window = try PromptWindow()
    try window.type("spend ")
    try window.wait("the hint") { rows in
      try rows.last?.hasPrefix("payg> spend [ACCOUNT]") == true && window.column() == 12
    }
    try window.type("delta for 2026-10")
    try window.press("Enter")
    try window.wait("an answer") { $0.contains { $0 == "payg> spend delta for 2026-10" } && $0.last == "payg>" }
  }

  @Test("Right takes what is suggested, and Enter runs it")
  func suggestion() throws {
    let window = try PromptWindow()
    try window.enter("why s0626-158")
    try window.wait("the suggestion") { try $0.last == "payg> need _" && window.column() == 6 }
    try window.press("Right")
    try window.wait("the suggestion taken") { try $0.last == "payg> need _" && window.column() == 12 }
    try window.press("Enter")
    try window.wait(for: "any one of these would have it allowed")
    // What was suggested before an unrelated question is not suggested after it.
    try window.press("C-l")
    try window.enter("select 1 as one;")
    try window.wait("a plain prompt") { $0.contains("note: 1 row") && $0.last == "payg>" }
  }

  @Test("what is probably meant is suggested after a mistake, and not run")
  func mistake() throws {
    let window = try PromptWindow()
    try window.enter("wy s0626-158")
    let rows = try window.wait(last: "payg> why s0626-158")
    #expect(rows.contains("error: unknown verb `wy`") && rows.contains("  try: why s0626-158"), "\(rows)")
    #expect(!rows.contains { $0.contains("DENIED") })
    try window.press("Right", "Enter")
    try window.wait(for: "DENIED  s0626-158 (request)")
  }

  @Test("SQL goes over several lines until its semicolon, or until an empty line")
  func sql() throws {
    let window = try PromptWindow()
    try window.enter("select account")
    try window.wait(last: "   ...>")
    try window.enter("from accounts order by 1")
    try window.wait("the third line") { $0.suffix(2) == ["   ...> from accounts order by 1", "   ...>"] }
    try window.enter("limit 2;")
    try window.wait("its rows") { $0.suffix(5) == [" account", " ada", " birch", "note: 2 rows", "payg>"] }
    try window.enter("select 7 as seven")
    try window.wait(last: "   ...>")
    try window.press("Enter")
    try window.wait("its row") { rows in
      let words = rows.suffix(4).map { $0.trimmingCharacters(in: .whitespaces) }
      return words == ["seven", "7", "note: 1 row", "payg>"]
    }
  }

  @Test("Ctrl-C at the prompt clears the line")
  func clears() throws {
    let window = try PromptWindow()
    try window.type("balance del")
    try window.wait { $0.last?.hasPrefix("payg> balance del") == true }
    try window.press("C-c")
    try window.wait("an empty line") { rows in
      rows.last == "payg>" && rows.dropLast().last?.hasPrefix("payg> balance del") == true
    }
    try window.enter("balance delta")
    try window.wait(for: "  balance  $30.049622")
    // So it does while SQL goes on.
    try window.enter("select 1")
    try window.wait(last: "   ...>")
    try window.press("C-c")
    try window.wait(last: "payg>")
    try window.enter("quit")
    try window.wait(last: "ended with 0")
  }

  @Test(
    "Ctrl-C ends what takes long and gives the prompt back",
    arguments: [PromptStore.endless, "compare current 'limits.spending_limit default $10' on all"])
  func cancels(line: String) throws {
    let window = try PromptWindow(columns: 140)
    try window.enter(line)
    // The line is taken: its cursor stands below it.
    try window.wait("the work") { try $0.last?.hasSuffix(line) != true || window.column() == 0 }
    try window.press("C-c")
    try window.wait("the prompt") { rows in
      guard let prompt = rows.last, prompt.hasPrefix("payg>") else { return false }
      return rows.contains { $0.contains("cancelled") || $0.contains("PARTIAL") }
    }
    try window.press("C-c")
    try window.press("C-l")
    try window.enter("balance delta")
    try window.wait(for: "  balance  $30.049622")
  }

  @Test("`quit`, `exit` and Ctrl-D leave", arguments: ["quit", "exit", ".quit", "\\q", "C-d"])
  func leaves(how: String) throws {
    let window = try PromptWindow()
    if how == "C-d" { try window.press(how) } else { try window.enter(how) }
    try window.wait(last: "ended with 0")
  }

  @Test("the lines of one session are there in the next, in a file that only its owner may read")
  func history() throws {
    try Program.withFolder { (home: URL) throws in
      try oneSession(["balance delta", "why s0626-158"], home)
      let window = try PromptWindow(home: home)
      try window.press("Up")
      try window.wait { $0.last?.hasPrefix("payg> quit") == true }
      try window.press("Up")
      try window.wait { $0.last?.hasPrefix("payg> why s0626-158") == true }
      try window.press("Up")
      try window.wait { $0.last?.hasPrefix("payg> balance delta") == true }
      try window.press("Enter")
      try window.wait(for: "  balance  $30.049622")
      let file = home.appending(path: ".local/state/payg/history").path
      let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(permissions == 0o600)
    }
  }

  private func oneSession(_ lines: [String], _ home: URL) throws {
    let window = try PromptWindow(home: home)
    for line in lines {
      try window.enter(line)
      try window.wait("an answer") { $0.last?.hasPrefix("payg>") == true && $0.last != "payg> \(line)" }
      try window.press("C-l")
    }
    try window.enter("quit")
    try window.wait(last: "ended with 0")
  }

  @Test("a store that is not there is said, and nothing is asked")
  func noStore() throws {
    let window = try PromptWindow(["-s", "nowhere.payg"], waits: false)
    let rows = try window.wait(last: "ended with 4")
    #expect(rows.first == "error: there is no store `nowhere.payg`", "\(rows)")
  }
}
