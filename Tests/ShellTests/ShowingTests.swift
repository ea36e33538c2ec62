import Diagnostics
import Engine
import Foundation
import Standard
import Store
import Testing
import Values

@testable import Shell

/// Where answers go: to the screen, a pager, a file, a program; and notes elsewhere.
@Suite("Showing")
struct ShowingTests {
  @Test("what was asked for is on standard output, all else on the other")
  func streams() throws {
    let typed = try Typed()
    typed.type("accounts where balance_nano < 0")
    #expect(typed.out.text.hasPrefix(" account") && typed.out.text.contains("kite"))
    #expect(typed.error.text == "note: 1 of 12 accounts\n")
    typed.type("balance nobody")
    #expect(typed.out.text.isEmpty && typed.error.text.hasPrefix("error: there is no account"))
  }

  @Test("off a terminal an answer is bare rows, unless somebody says otherwise")
  func bare() throws {
    let typed = try Typed(isTerminal: false)
    typed.type("accounts where account = 'kite'")
    #expect(typed.out.text == "kite\t0.00\t-17.06607\t0.00\t1\n")
    typed.type("balance kite --quiet")
    #expect(typed.out.text == "-17.06607\n")
    typed.type("accounts where account = 'kite' --table")
    #expect(typed.out.text.contains("account"))
  }

  @Test("a line that goes somewhere says where it has come to")
  func coordinates() throws {
    let typed = try Typed()
    #expect(typed.type("use delta --json").contains(#""coordinates": {"account": "delta", "#))
    #expect(typed.type("as of 2026-10-09 --json").contains(#""as_of": "2026-10-09T00:00:00Z""#))
    // Where only one question looks elsewhere, the session stays where it is.
    #expect(typed.type("balance as of 2026-10-08 --json").contains(#""as_of": "2026-10-08T00:00:00Z""#))
    #expect(typed.type("use --json").contains(#""coordinates": {"account": null, "#))
  }

  @Test("colours are for a screen that has them")
  func colours() throws {
    let colored = try Typed(isColored: true)
    colored.type("decisions delta denied last 1")
    #expect(colored.out.text.contains("\u{1B}[31mdenied\u{1B}[0m"))
    let plain = try Typed()
    plain.type("decisions delta denied last 1")
    #expect(!plain.out.text.contains("\u{1B}"))
    let lines = colored.out.text.split(separator: "\n").map {
      Rendering(mode: .table, ink: Ink(true)).plain(String($0))
    }
    #expect(lines == plain.out.text.split(separator: "\n").map(String.init), "colours change no column")
  }

  @Test("what is longer than the screen goes to a pager, and only there")
  func pager() throws {
    let typed = try Typed()
    var paged: [String] = []
    typed.session.surroundings.rows = { 10 }
    typed.session.surroundings.page = { paged.append($0) }
    typed.type("accounts")
    #expect(paged.count == 1 && paged[0].contains("lark") && typed.out.text.isEmpty)
    typed.type("balance ada")
    #expect(paged.count == 1 && typed.out.text.contains("balance"))
    typed.session.settings.usesPager = false
    typed.type("accounts")
    #expect(paged.count == 1 && typed.out.text.contains("lark"))
    let piped = try Typed(isTerminal: false)
    piped.session.surroundings.rows = { 1 }
    piped.session.surroundings.page = { paged.append($0) }
    piped.type("accounts")
    #expect(paged.count == 1)
  }

  @Test("an answer sent to a file has every row, no colour, and its name is said")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-showing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "juno.csv").path
    let typed = try Typed(isColored: true)
    typed.type("statement juno for 2026-10 --csv > \(path)")
    #expect(typed.status == .answered && typed.out.text.isEmpty, "\(typed.error.text)")
    #expect(typed.error.text.contains("wrote \(path) (388 lines)"), "\(typed.error.text)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.allSatisfy { $0.count == rows[0].count } && !text.contains("\u{1B}"))
    // The rows themselves come to what the statement says.
    let amounts = rows.dropFirst(2).dropLast().compactMap { Int64($0[rows[0].firstIndex(of: "amount_nano") ?? 0]) }
    #expect(amounts.count == 385 && amounts.reduce(0, +) == 9_624_146_000)
  }

  @Test("many rows are cut for people and whole after .all; .count counts them")
  func all() throws {
    let typed = try Typed()
    typed.session.settings.mostRows = 20
    typed.type("select seq from events order by seq;")
    #expect(typed.error.text == "note: the first 20 rows; there are more: .count, .all\n", "\(typed.error.text)")
    #expect(typed.out.text.split(separator: "\n").count == 21)
    typed.type(".count")
    #expect(typed.out.text == "8,429 rows\n")
    typed.type(".all")
    #expect(typed.out.text.split(separator: "\n").count == 8_430)
    typed.type("decisions delta denied")
    typed.type(".all")
    #expect(typed.out.text.split(separator: "\n").count == 129, "128 of delta's requests were denied")
  }

  @Test("rows of the last answer are called by their numbers")
  func rows() throws {
    let typed = try Typed()
    typed.type("decisions delta denied last 3")
    #expect(typed.type("show _2").hasPrefix("denied  request s0683-25"))
    typed.type("select account, count(*) from decisions where verdict = 'denied' group by 1 order by 2 desc limit 2;")
    #expect(typed.type("show _1").hasPrefix("birch  "))
  }

  @Test("a model's name that would colour a screen is shown and does nothing")
  func hostile() throws {
    let store = try RandomStore(seed: 31, events: 4)
    defer { store.remove() }
    let writer = try AccountStore.open(store.path, .write, compile: DemoStore.compile)
    let model = "\u{1B}[2J\u{9B}31mgpt\u{202E}=1+1"
    try writer.write { writer in
      let engine = try writer.engine
      let event = try #require(engine.compiled.event(named: "request"))
      let names = engine.program.events[event].fields.prefix(engine.program.events[event].givenCount).map(\.name)
      let call = EventCall(
        event: event, id: "evil", at: RandomStore.end,
        fields: names.map { name in
          switch name {
          case "key": .text("main")
          case "model": .text(model)
          case "costing": .number(1_000_000)
          default: .number(0)
          }
        })
      _ = try writer.submit(call, to: "ada")
    }
    for isTerminal in [true, false] {
      let typed = try Typed(store.path, isTerminal: isTerminal, isColored: isTerminal)
      for line in [
        "requests ada last 1", "events ada last 1", "spend ada by model", "show evil", "statement ada for all",
        "balance ada",
      ] {
        for mode in Mode.allCases {
          typed.type("\(line) --\(mode.rawValue)")
          #expect(typed.status == .answered, "\(line)\n\(typed.error.text)")
          // A file gets what is there, as CSV.
          if !isTerminal, mode == .csv { continue }
          let rest = Ink.codes.reduce(typed.out.text + typed.error.text) { $0.replacing($1, with: "") }
          #expect(
            !rest.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" || $0 == "\u{202E}" && isTerminal },
            "\(line) --\(mode.rawValue)")
        }
      }
      typed.type("select model from requests where id = 'evil';")
      #expect(!typed.out.text.contains("\u{1B}[2J") && typed.out.text.contains("gpt"))
    }
  }

  @Test("what a branch adds is in every sum, and the store stays as it was")
  func branch() throws {
    let path = try DemoStore.path()
    let before = try Data(contentsOf: URL(filePath: path))
    let typed = try Typed()
    for line in [
      "branch try", "use haven", "apply topup amount $20", "apply 3 x request model \"claude-opus-4-6\", input 10000",
      "apply grant amount $5",
    ] {
      let text = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(text)")
    }
    #expect(typed.type("statement for all").contains("check: opening + movements = closing ✓"))
    #expect(typed.type("events last 1").contains("grant"))
    try typed.session.look(typed.session.coordinates) { world in
      let standing = try world.account("haven")
      var spending = Spending(by: .model, standing.engine.program)
      try world.movements("haven") { try spending.take($0, of: "haven", onlyKey: nil, world) }
      #expect(spending.total.total == standing.state.contra(.usage) + standing.state.contra(.absorbed))
      #expect(spending.total.count == 462 + 3 && spending.total.total == 31_720_982_000 + 3 * 50_000_000)
    }
    typed.type("select count(*) as n from events where on_branch = 1;")
    #expect(typed.out.text.contains("5"))
    typed.type("switch main")
    #expect(typed.type("spend haven --quiet") == "31.720982\n")
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }
}
