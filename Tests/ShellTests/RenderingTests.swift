import Diagnostics
import Formats
import Testing

@testable import Shell

@Suite("Rendering")
struct RenderingTests {
  private static func answer(_ columns: [Table.Column], _ rows: [[Table.Cell]]) -> Answer {
    var answer = Answer("payg.test/1")
    var table = Table(columns)
    table.rows = rows
    answer.show(table)
    return answer
  }

  private static var money: Answer {
    answer(
      [Table.Column("who", isForeign: true), Table.Column("amount", .money), Table.Column("n", .integer)],
      [
        [.text("ada"), .integer(20_000_000_000), .integer(1_284)], [.text("bob"), .integer(-123_456_789), .none],
        [.text("日本"), .integer(1), .integer(7)],
      ])
  }

  private static func text(_ mode: Mode, _ answer: Answer, _ change: (inout Rendering) -> Void = { _ in }) -> String {
    var rendering = Rendering(mode: mode)
    change(&rendering)
    return rendering.text(of: answer)
  }

  @Test("people get columns below each other, points of amounts too, and wide characters count two")
  func table() {
    #expect(
      Self.text(.table, Self.money) == """
         who          amount      n
         ada   $20.00         1,284
         bob   -$0.123456789      –
         日本   $0.000000001      7

        """)
  }

  @Test("a table wider than the screen is a row over several lines")
  func cards() {
    #expect(
      Self.text(.table, Self.money) { $0.width = 20 } == """
        ── 1 ──
        who     ada
        amount  $20.00
        n       1,284
        ── 2 ──
        who     bob
        amount  -$0.123456789
        ── 3 ──
        who     日本
        amount  $0.000000001
        n       7

        """)
  }

  @Test("what is elastic is cut, what can go goes, before a table becomes cards")
  func narrow() {
    let answer = Self.answer(
      [Table.Column("id"), Table.Column("spare", canGo: true), Table.Column("text", isElastic: true)],
      [[.text("r1"), .text("0123456789"), .text("the quick brown fox jumps")]])
    #expect(Self.text(.table, answer) { $0.width = 42 }.hasSuffix(" r1  0123456789  the quick brown fox jumps\n"))
    #expect(Self.text(.table, answer) { $0.width = 31 } == " id  text\n r1  the quick brown fox jumps\n")
    #expect(Self.text(.table, answer) { $0.width = 20 } == " id  text\n r1  the quick brow…\n")
    #expect(Self.text(.table, answer) { $0.width = 16 }.contains("text   the quick brown fox jumps"))
  }

  @Test("of too many rows the first and the last are shown")
  func cut() {
    let answer = Self.answer([Table.Column("n", .integer)], (1...200).map { [.integer($0)] })
    let lines = Self.text(.table, answer) { $0.mostRows = 40 }.split(separator: "\n")
    #expect(lines.count == 42)
    #expect(lines[21] == " … 160 rows not shown (.all)")
    #expect(lines[20].trimmed(" ") == "20" && lines[22].trimmed(" ") == "181" && lines[41].trimmed(" ") == "200")
    #expect(Self.text(.tsv, answer) { $0.mostRows = 40 }.split(separator: "\n").count == 200, "machines get every row")
  }

  @Test("machines get whole numbers of nano-dollars and exact texts")
  func machines() {
    #expect(
      Self.text(.csv, Self.money) == """
        who,amount_nano,amount_usd,n
        ada,20000000000,20.00,1284
        bob,-123456789,-0.123456789,
        日本,1,0.000000001,7

        """)
    #expect(Self.text(.tsv, Self.money) == "ada\t20.00\t1284\nbob\t-0.123456789\t\n日本\t0.000000001\t7\n")
    #expect(
      Self.text(.jsonl, Self.money).split(separator: "\n").first
        == #"{"who": "ada", "amount_nano": 20000000000, "amount_usd": "20.00", "n": 1284}"#)
    #expect(
      Self.text(.json, Self.money).hasPrefix(
        #"{"schema": "payg.test/1", "rows": [{"who": "ada", "amount_nano": 20000000000"#))
    #expect(
      Self.text(.markdown, Self.money).hasPrefix("| who | amount | n |\n|---|--:|--:|\n| ada | $20.00 | 1,284 |\n"))
    #expect(Self.text(.quiet, Self.money) == "ada\nbob\n日本\n")
  }

  @Test(
    "a spreadsheet takes no text for a formula, and an amount below zero stays one",
    arguments: ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
  func formulas(text: String) {
    let answer = Self.answer(
      [Table.Column("id", isForeign: true), Table.Column("amount", .money)], [[.text(text), .integer(-2_000_000_000)]])
    let row = Self.text(.csv, answer).split(separator: "\n", maxSplits: 1)[1]
    #expect(row.hasPrefix("'\(text),") || row.hasPrefix("\"'\(text)\","), "\(row)")
    #expect(row.contains(",-2000000000,-2.00"))
    let raw = Self.text(.csv, answer) { $0.leavesFormulas = true }
    #expect(!raw.contains("'"))
  }

  @Test("CSV quotes what would end a field or a row, and RFC 4180 reads it back")
  func quotes() throws {
    let hard = "a,\"b\"\nc"
    let answer = Self.answer([Table.Column("id", isForeign: true), Table.Column("n")], [[.text(hard), .text("x")]])
    #expect(Self.text(.csv, answer) == "id,n\n\"a,\"\"b\"\"\nc\",x\n")
    #expect(Self.text(.tsv, answer) == "a,\"b\"\\nc\tx\n")
    #expect(Self.text(.markdown, Self.answer([Table.Column("id")], [[.text("a|b")]])).contains("a\\|b"))
  }

  private static let hostile = "\u{1B}[31mred\u{07}\u{9B}2J\u{202E}cod\r\nx\u{0}"

  @Test("no text that somebody chose reaches a terminal as more than a text", arguments: Mode.allCases)
  func hostile(mode: Mode) {
    var answer = Self.answer(
      [Table.Column("id", isForeign: true), Table.Column("n", .integer)], [[.text(Self.hostile), .integer(3)]])
    answer.say("about \(Self.hostile) and \(Ink(true).red("denied"))")
    answer.show(Chart([Chart.Bar(Self.hostile, 3, Self.hostile)]))
    answer.members = [.init("id", .text(Self.hostile))]
    for width in [nil, 20] {
      let text = Self.text(mode, answer) { rendering in
        rendering.isTerminal = true
        rendering.width = width
        rendering.ink = Ink(true)
      }
      // Our own colours are all that is left of control.
      let rest = Ink.codes.reduce(text) { $0.replacing($1, with: "") }
      for scalar in rest.unicodeScalars where scalar != "\n" && !(mode == .tsv && scalar == "\t") {
        let isUnsafe =
          scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
        #expect(!isUnsafe, "\(mode): U+\(String(scalar.value, radix: 16)) in \(rest.debugDescription)")
      }
      #expect(!rest.contains("\u{1B}"))
    }
  }

  @Test("without colours no escape is let through, whoever wrote it")
  func plain() {
    var answer = Answer("payg.test/1")
    answer.say(Ink(true).red("denied"))
    #expect(!Self.text(.table, answer).contains("\u{1B}"))
    #expect(Self.text(.table, answer) { $0.ink = Ink(true) } == "\u{1B}[31mdenied\u{1B}[0m\n")
  }

  @Test("bars are as long as their values, in ASCII as well, and those below zero stand left of an axis")
  func bars() {
    let chart = Chart(
      [Chart.Bar("a", 40, "$40.00"), Chart.Bar("b", 21, "$21.50"), Chart.Bar("c", 0, "$0.00")],
      gauge: (part: 99, whole: 100))
    var answer = Answer("payg.test/1")
    answer.show(chart)
    let full = String(repeating: "█", count: 40)
    #expect(
      Self.text(.chart, answer)
        == "  a \(full)  $40.00\n  b \(String(full.prefix(21)))\(String(repeating: " ", count: 19))  $21.50\n"
        + "  c \(String(repeating: " ", count: 40))   $0.00\n  ▕███████████████████▊▏ 99%\n")
    let plain = Self.text(.chart, answer) { $0.isPlain = true }
    #expect(
      plain.utf8.allSatisfy { $0 < 0x80 } && plain.contains(String(repeating: "#", count: 40))
        && plain.contains("[####"))
    var signed = Answer("payg.test/1")
    signed.show(Chart([Chart.Bar("up", 10, "10"), Chart.Bar("down", -5, "-5")]))
    let lines = Self.text(.chart, signed).split(separator: "\n")
    let places = lines.map { line in line.firstIndex(of: "│").map { line.distance(from: line.startIndex, to: $0) } }
    #expect(places.count == 2 && places[0] == places[1] && places[0] != nil)
    #expect(lines[0].contains("│██████████") && lines[1].contains("██████████│"), "\(lines)")
  }

  @Test("a gauge says how much of the whole it is")
  func gauge() {
    let rendering = Rendering(mode: .table)
    #expect(rendering.gauge(0, of: 100) == "▕                    ▏ 0%")
    #expect(rendering.gauge(100, of: 100) == "▕████████████████████▏ 100%")
    #expect(rendering.gauge(250, of: 100).hasSuffix("▏ 250%"))
    #expect(rendering.gauge(1, of: 0).isEmpty)
    #expect(rendering.gauge(Int64.max, of: Int64.max).hasSuffix("100%"))
  }
}

extension Substring {
  fileprivate func trimmed(_ character: Character) -> Substring {
    var text = self
    while text.first == character { text.removeFirst() }
    while text.last == character { text.removeLast() }
    return text
  }
}
