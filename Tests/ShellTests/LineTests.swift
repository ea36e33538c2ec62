import Store
import Testing
import Values

@testable import Shell

@Suite("Lines")
struct LineTests {
  @Test(
    "text is cut into inputs",
    arguments: [
      ("why r1\nneed _", ["why r1", "need _"], false),
      ("\n\n  why r1  \n", ["  why r1  "], false),
      ("what if topup $20 \\\nthen request", ["what if topup $20 then request"], false),
      ("select 1\nfrom accounts;", ["select 1\nfrom accounts;"], false),
      ("select 1\n\nwhy r1", ["select 1", "why r1"], false),
      ("select ';'\n", [], true),
      ("select 1 -- a; b\n", [], true),
      ("select 'a\n\nb';", ["select 'a\n\nb';"], false),
      ("SELECT 1", [], true),
      ("with x as (select 1) select * from x; ", ["with x as (select 1) select * from x; "], false),
      ("selected", ["selected"], false),
      ("# select 1", ["# select 1"], false),
      ("why r1 \\", [], true),
      ("why r1\r\nneed _\r\n", ["why r1", "need _"], false),
    ])
  func cut(text: String, inputs: [String], isOpen: Bool) {
    let cut = LineCutter(text)
    #expect(cut.inputs.map(\.text) == inputs)
    #expect((cut.open != nil) == isOpen)
  }

  @Test("whoever wants to leave or needs help is not held by SQL that is open")
  func escapes() {
    #expect(LineCutter("select 1\nquit").inputs.map(\.text) == ["quit"])
    #expect(LineCutter("select 1\nhelp").inputs.map(\.text) == ["help"])
    #expect(LineCutter("select 'a\nquit").inputs.isEmpty, "inside of quotes it is text")
  }

  @Test("words know where they stand, and what is in quotes is one")
  func words() {
    let words = Words("why 'my id' of \"a'b\" é x")
    #expect(words.words.map(\.text) == ["why", "my id", "of", "a'b", "é", "x"])
    #expect(words.words[4].range == 21..<23)
    #expect(words.words[5].range == 24..<25)
    #expect(Words("why 'open").openQuote == "'")
    #expect(Words("it's fine").openQuote == nil, "a quote inside of a word is a letter")
  }

  @Test(
    "periods",
    arguments: [
      ("2026-10", "2026-10-01", "2026-11-01"), ("2026", "2026-01-01", "2027-01-01"),
      ("2026-10-15", "2026-10-15", "2026-10-16"), ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-16"),
      ("2026-09..2026-10", "2026-09-01", "2026-11-01"), ("last month", "2026-10-01", "2026-11-01"),
      ("this month", "2026-11-01", "2026-12-01"), ("yesterday", "2026-11-22", "2026-11-23"),
      ("today", "2026-11-23", "2026-11-24"), ("this week", "2026-11-23", "2026-11-30"),
      ("last week", "2026-11-16", "2026-11-23"), ("last year", "2025-01-01", "2026-01-01"),
      ("-7d", "2026-11-16 12:00", "2026-11-23 12:00:00.000001"),
      ("last 2 hours", "2026-11-23 10:00", "2026-11-23 12:00:00.000001"),
      ("2024-02", "2024-02-01", "2024-03-01"), ("2026-12", "2026-12-01", "2027-01-01"),
    ])
  func periods(text: String, start: String, end: String) throws {
    let now = try Instant(parsing: "2026-11-23 12:00").microseconds
    let period = try Period(text, now: now)
    #expect(period.window.start == (try Instant(parsing: start).microseconds))
    #expect(period.window.end == (try Instant(parsing: end).microseconds))
  }

  @Test(
    "no period",
    arguments: [
      "2026-13", "2026-02-30", "2026-10-15..2026-10-01", "last", "last 0 days", "-0d", "--", "1", "10000", "2026-1-1-1",
      "+2026", "",
    ])
  func noPeriods(text: String) { #expect(throws: Complaint.self) { try Period(text, now: 0) } }
}

@Suite("What stands behind every line")
struct TailTests {
  private let query = Verb("look", .look, "[ACCOUNT] [by day|week]", summary: "", examples: []) { _, _ in Answer("") }
  private let change = Verb("what if", .whatIf, "[ACCOUNT] CHANGE", summary: "", examples: []) { _, _ in Answer("") }
  private let check = Verb("expect", .check, "CHECK", summary: "", examples: []) { _, _ in Answer("") }

  @Test("modifiers are taken off in any order")
  func modifiers() throws {
    let tail = try Tail(
      Words("look acme by day as of 2026-10-15 14:02 under new.rules on try --json"), of: query, branches: ["try"])
    #expect(tail.words.line == "look acme by day")
    #expect(tail.moment?.text == "2026-10-15 14:02")
    #expect(tail.policy == "new.rules")
    #expect(tail.branch == "try")
    #expect(tail.mode == .json)
    let other = try Tail(Words("look @r1+ --all"), of: query, branches: [])
    #expect(other.event?.id == "r1")
    #expect(other.event?.isAfter == true)
    #expect(other.flags == ["all"])
  }

  @Test("a switch that is on is no branch")
  func switches() throws {
    let tail = try Tail(Words("what if acme auto_topup enabled on"), of: change, branches: ["try"])
    #expect(tail.branch == nil)
    #expect(tail.words.line == "what if acme auto_topup enabled on")
    #expect(try Tail(Words("what if request costing $5 on try"), of: change, branches: ["try"]).branch == "try")
  }

  @Test("answers go to files and programs, and conditions may compare")
  func targets() throws {
    #expect(try Tail(Words("look acme > out.csv"), of: query, branches: []).target == .file("out.csv", appends: false))
    #expect(
      try Tail(Words("look acme --csv >> 'my file'"), of: query, branches: []).target == .file("my file", appends: true)
    )
    #expect(try Tail(Words("look acme | sort -n | head"), of: query, branches: []).target == .program("sort -n | head"))
    #expect(try Tail(Words("expect balance > $5"), of: check, branches: []).target == nil)
    #expect(throws: LineComplaint.self) { try Tail(Words("look acme >"), of: query, branches: []) }
    #expect(throws: LineComplaint.self) { try Tail(Words("look acme > a b"), of: query, branches: []) }
  }
}
