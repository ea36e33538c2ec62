import Diagnostics
import Foundation
import Standard
import Store
import Testing

@testable import Shell

/// What somebody's words, files and ids must never bring about.
@Suite("Safety")
struct SafetyTests {
  private static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-safety-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static func safe(_ store: String) -> (session: Session, out: KeptText, error: KeptText) {
    let (out, error) = (KeptText(), KeptText())
    let options = Session.Options(store: store, vocabulary: StandardPlugin.vocabulary, isSafe: true) { path in
      try AccountStore.open(path, .read, compile: DemoStore.compile)
    }
    return (Session(options, console: Console(out: out, error: error)), out, error)
  }

  // MARK: - Words

  @Test(
    "a name that is quoted is read back as that name",
    arguments: [
      "r1", "my id", "it's", "say \"no\"", "both ' and \"", "'", "\"", "''", "a|b", "|", ">", ">>", "#x", "#17", "@r1",
      "--all", "for", "ends\\", "é x", "",
    ])
  func quoting(name: String) {
    let words = Words("why \(Words.quoted(name)) of x")
    #expect(words.words.count == 4 && words.openQuote == nil)
    #expect(words.words[1].text == name)
    let line = Words("why " + Words.line(of: [name, "of", "x"]))
    #expect(line.words.map(\.text) == ["why", name, "of", "x"])
    #expect(!line.words[2].isQuoted, "words of the grammar stay words")
  }

  @Test("a word that is an argument runs no program and writes no file")
  func arguments() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "x").path
    let typed = try Typed(isTerminal: false)
    for word in ["r1 | touch \(file)", "r1 > \(file)", "r1\n.read \(file)\naccounts > \(file)"] {
      #expect(typed.session.ask("need \(word)").status != .answered)
      #expect(typed.session.ask("why \(Words.line(of: [word]))").status != .answered)
    }
    #expect(typed.session.ask(sql: "select 1;\naccounts > \(file)").status != .answered)
    #expect(typed.session.ask(sql: "select 1; > \(file)").status != .answered)
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  // MARK: - Targets

  @Test(
    "a sign sends an answer away only where it compares nothing",
    arguments: [
      ("accounts > a.txt", true), ("accounts --csv > a.csv", true), ("accounts where balance_nano > 5", false),
      ("examples > ex.txt", true), ("models gpt-4o > m.txt", true), ("statement delta > s.txt", true),
      ("need s0626-158 > n.txt", true), ("need s0626-158 | head", true),
      ("what if request costing $5 then reform topup.cap when balance > $5", false),
      ("reform limits.cycle_limit when balance > $5", false), ("expect balance > $5", false),
      ("when balance > $5", false),
      ("when delta runs out > w.txt", true),
    ])
  func signs(line: String, goesAway: Bool) throws {
    let words = Words(line)
    let verb = try #require(Verbs.find(words.words)?.verb)
    #expect((try Tail(words, of: verb, branches: []).target != nil) == goesAway)
    #expect(try Tail(words, of: verb, branches: [], takesTargets: false).target == nil)
  }

  @Test(
    "behind the `;` of SQL stand flags and where it goes",
    arguments: [
      ("select 1; > a.txt", true), ("select 1; --json", true), ("select 1; --json | sort", true),
      ("select 1; x", false),
      ("select 1 > 2", false), ("select ';' > 'a", false), ("select 1; > a b", false), ("select 1; -- a remark", true),
      ("select 1; /*/ more */", true), ("select 1 /*/ ; */", false), ("select 1 - -- ;", false),
    ])
  func sqlTargets(sql: String, isComplete: Bool) { #expect((LineCutter(sql).open == nil) == isComplete) }

  @Test("an answer in a file has none of the colours of the screen")
  func colours() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "why.txt").path
    let typed = try Typed(isColored: true)
    typed.type("why s0626-158 > '\(file)'")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("DENIED") && !text.contains("[1m") && !text.contains("\u{1B}") && !text.contains("\u{FFFD}"))
  }

  @Test("nothing writes over a store, its logs, links to them, or another database")
  func stores() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = folder.appending(path: "s.payg").path
    let other = folder.appending(path: "other").path
    for path in [store, other] { try FileManager.default.copyItem(atPath: DemoStore.path(), toPath: path) }
    let link = folder.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "s.payg")
    let hard = folder.appending(path: "hard").path
    try FileManager.default.linkItem(atPath: store, toPath: hard)
    let dangling = folder.appending(path: "dangling").path
    try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: "s.payg-journal")
    let typed = try Typed(store)
    #expect(typed.type("balance ada").contains("ada"))
    let before = try Data(contentsOf: URL(filePath: other))
    for path in [
      store, store + "-wal", store + "-shm", store + "-journal", link, hard, dangling, other, other + "-journal",
      other + "-wal",
    ] {
      for line in ["accounts > \(path)", "accounts >> \(path)", ".save \(path) --anyway", "select 1; > \(path)"] {
        let said = typed.type(line)
        #expect(typed.status == .failed && said.contains("cannot write"), "\(line): \(said)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: store + "-journal"))
    #expect(try Data(contentsOf: URL(filePath: other)) == before)
    #expect(typed.type("balance ada").contains("ada"))
    typed.type("accounts > \(folder.appending(path: "plain").path)")
    #expect(typed.status == .answered)
  }

  @Test(
    "a saved session is written over, something else is not unless it is wanted; and no other lines are brought back")
  func saving() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "s.payg").path
    let typed = try Typed()
    for _ in 0..<2 {
      typed.type(".save \(file)")
      #expect(typed.status == .answered)
    }
    let saved = try String(contentsOfFile: file, encoding: .utf8)
    let trap = folder.appending(path: "trap").path
    for line in ["accounts > \(trap)", "select 1; > \(trap)", ".read x", "spend lark | touch \(trap)"] {
      try (saved + line + "\n").write(toFile: file, atomically: true, encoding: .utf8)
      #expect(typed.type(".load \(file)").contains("is none that `.save` writes"))
    }
    #expect(!FileManager.default.fileExists(atPath: trap))
    try "mine\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(typed.type(".save \(file)").contains("something else"))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine\n")
    typed.type(".save \(file) --anyway")
    #expect(typed.status == .answered)
  }

  @Test("a page is written of the last comparison, over another page only, and not at all without files")
  func pages() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.html").path
    let typed = try Typed()
    #expect(typed.type("page \(file)").contains("nothing was compared yet") && typed.status != .answered)
    typed.type("compare current 'limits.spending_limit default $10' on 2026-10")
    for _ in 0..<2 {
      #expect(typed.type("page \(file)").contains("wrote \(file)"))
      #expect(typed.status == .answered)
    }
    let page = try String(contentsOfFile: file, encoding: .utf8)
    #expect(page.contains("109 of 8,344 events (1.31%) would have been denied that were allowed"))
    #expect(page.contains("as written") && !page.contains("line:1"))
    #expect(typed.type("page \(folder.path)").contains("it is a folder"))
    #expect(typed.type("page \(try DemoStore.path())").contains("it is a file of the store"))
    try "<!DOCTYPE html>\nmine".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(typed.type("page \(file)").contains("something else") && typed.status != .answered)
    #expect(typed.type("page \(file) --anyway").contains("wrote"))
    let (session, _, error) = Self.safe(try DemoStore.path())
    #expect(session.run("compare current current on 2026-10").status == .answered)
    let other = folder.appending(path: "other.html").path
    #expect(session.run("page \(other)").status != .answered)
    #expect(error.text.contains("files and programs are closed to this session"))
    #expect(!FileManager.default.fileExists(atPath: other))
  }

  @Test("a session without files says the same about a path that is there and one that is not")
  func closed() throws {
    let (session, out, error) = Self.safe(try DemoStore.path())
    var said: Set<String> = []
    for path in ["/etc/passwd", "/nowhere/at/all", "/tmp", "rules+x.rules", "git:HEAD"] {
      for line in ["policy \(path)", "compare \(path) on 2026-10", "balance ada under \(path)", "reform \(path)"] {
        #expect(session.run(line).status != .answered)
      }
    }
    for line in error.text.split(separator: "\n") where line.hasPrefix("error") { said.insert(String(line)) }
    #expect(said == ["error: files are closed to this session"])
    var isPaged = false
    session.surroundings.rows = { 1 }
    session.surroundings.page = { _ in isPaged = true }
    #expect(session.run("accounts").status == .answered && !isPaged && !out.text.isEmpty)
    #expect(session.isSafe)
  }

  // MARK: - Flags and modes

  @Test("a flag that nobody knows is a mistake")
  func flags() throws {
    let typed = try Typed()
    #expect(typed.type("accounts --alll").contains("try: accounts --all"))
    #expect(typed.status == .failed)
    #expect(typed.type("balance ada --anyway").contains("there is no flag"))
    typed.type("accounts --all")
    #expect(typed.status == .answered)
  }

  @Test("two columns of one name are two members")
  func columns() throws {
    let typed = try Typed(isTerminal: false)
    typed.type("select 1 as a, 2 as a, 3 as a_2; --jsonl")
    #expect(typed.out.text == "{\"a\": 1, \"a_2\": 2, \"a_2_2\": 3}\n")
    typed.type("select 1 as a, 2 as a; --csv")
    #expect(typed.out.text == "a,a_2\n1,2\n")
  }

  @Test(
    "no object has a member twice, and no name of one has a blank",
    arguments: ["show birch", "show juno-1", "cycle delta", "schema"])
  func members(line: String) throws {
    let typed = try Typed(isTerminal: false)
    typed.type((line == "schema" ? ".schema" : line) + " --json")
    var open: [Set<String>] = []
    var name: String?
    var isQuoted = false
    var text = ""
    // Names stand before a colon; texts of the demo have no quotes in them.
    for character in typed.out.text {
      if character == "\"" {
        if isQuoted { name = text }
        isQuoted.toggle()
        text = ""
      } else if isQuoted {
        text.append(character)
      } else if character == "{" {
        open.append([])
      } else if character == "}" {
        open.removeLast()
      } else if character == ":", let said = name, !open.isEmpty {
        #expect(open[open.count - 1].insert(said).inserted, "\(said) stands twice")
        #expect(!said.contains(" "), "\(said)")
      }
    }
    #expect(open.isEmpty && typed.status == .answered)
  }

  // MARK: - Screens

  @Test("an answer fits, or at least is printed, on a screen of any width")
  func widths() throws {
    let lines = [
      ".schema", ".schema decisions", "accounts", "show birch", "keys birch", "limits delta",
      "spend lark for last month by day",
      "statement delta for 2026-10", "decisions last 5", "events last 5", "charges", "lots ember", "cycle delta",
      "settings ada", "policies", "select * from accounts;", "select * from decisions limit 3;", ".help",
    ]
    let typed = try Typed()
    for line in lines {
      let session = typed.session
      typed.type(line)
      for width in [1, 9, 20, 30, 47, 80, 200] {
        for mode in ["table", "card", "chart"] {
          session.settings.width = width
          session.mode = Mode(rawValue: mode)
          typed.type(line)
          #expect(typed.status == .answered, "\(line) at \(width)")
        }
      }
      (session.settings.width, session.mode) = (nil, nil)
    }
  }

  @Test("a narrow table is cut, and its title too")
  func narrow() {
    var table = Table([Table.Column("a very long title of a column", isElastic: true), Table.Column("b", .money)])
    table.rows = [[.text("x"), .integer(5)], [.text(String(repeating: "y", count: 80)), .none]]
    for width in 1...120 {
      for isPlain in [false, true] {
        var rendering = Rendering(mode: .table)
        (rendering.width, rendering.isPlain) = (width, isPlain)
        let lines = rendering.lines(of: table)
        #expect(!lines.isEmpty)
        if width >= 40 { #expect(lines.allSatisfy { ShownText.columns($0) <= width }, "\(width): \(lines)") }
      }
    }
  }

  @Test("what a line holds cannot steer a terminal when it is shown as a mistake")
  func escapes() throws {
    let typed = try Typed()
    for word in ["x\u{1B}[2J", "x\u{9B}2J", "x\u{202E}y"] {
      for line in ["why \(word)", word, "show \(word)", "select \(word);", "use \(word)"] {
        let said = typed.type(line)
        #expect(!said.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" || $0 == "\u{202E}" }, "\(line)")
      }
    }
  }

  @Test("a mistake in a long line shows what stands around it")
  func longLines() throws {
    let typed = try Typed()
    let said = typed.type("nonsense " + String(repeating: "é word ", count: 20_000))
    #expect(said.utf8.count < 1_000 && said.contains("nonsense") && said.contains("…"))
    let end = typed.type("balance " + String(repeating: "é word ", count: 20_000) + "--nope")
    #expect(end.utf8.count < 1_500 && end.contains("--nope"))
    typed.type(String(repeating: "x", count: Session.mostBytes + 1))
    #expect(typed.error.text.contains("a line has at most 1,048,576 bytes") && typed.error.text.utf8.count < 1_000)
    for place in [0, 1, 150, 300, 399, 400] {
      let line = String(repeating: "é", count: 200)
      let (shown, caret) = Session.excerpt(of: line, around: place..<min(400, place + 2))
      #expect(ShownText.columns(shown) >= caret.count - 1 && caret.hasSuffix("^"))
    }
  }

  @Test("many lines, words and flags take no more than in proportion")
  func long() throws {
    let lines = "select 1\n" + String(repeating: ", 'a;b' -- c\n", count: 60_000)
    #expect(LineCutter(lines + ";").open == nil)
    let continued = String(repeating: "x \\\n", count: 100_000) + "y"
    #expect(LineCutter(continued).inputs.count == 1)
    let words = Words("accounts " + String(repeating: "--all ", count: 50_000))
    #expect(try Tail(words, of: .accounts, branches: []).words.line == "accounts")
  }
}
