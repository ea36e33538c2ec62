import Engine
import Formats
import Language
import Testing
import Values

@testable import Lab

@Suite("Usage files")
struct TrafficReaderTests {
  typealias Bench = TrafficBench
  static let none = EventCall.Value.number(ValueType.none)

  // MARK: - Shapes of real files

  @Test("an export with accounts and keys")
  func accounts() throws {
    let text = """
      seq,ts_us,account,key,model,input_tokens,output_tokens,cached_tokens,max_tokens,dur_ms
      0,1767225600000000,acct_000005,k000005_04,gpt-4o,374,44,0,256,1180
      1,1767225604314579,acct_000358,,gpt-4o-mini,396,109,12,0,2480

      """
    let reader = try Bench.reader(text)
    let lines = try Bench.all(reader)
    #expect(
      lines == [
        .row(
          TrafficRow(
            line: 2, account: "acct_000005", key: "k000005_04",
            call: EventCall(
              event: 0, id: "0", at: Bench.newYear,
              fields: [.text("k000005_04"), .text("gpt-4o"), .number(374), .number(0), .number(44), Self.none]))),
        .row(
          TrafficRow(
            line: 3, account: "acct_000358",
            call: EventCall(
              event: 0, id: "1", at: Bench.newYear + 4_314_579,
              fields: [Self.none, .text("gpt-4o-mini"), .number(396), .number(12), .number(109), Self.none]))),
      ])
    #expect(reader.unusedColumns == ["max_tokens", "dur_ms"])
    #expect(
      reader.columns.compactMap(\.meaning) == ["id", "at", "account", "key", "model", "input", "output", "cached"])
    #expect((reader.name, reader.format, reader.rowCount, reader.rejectedCount) == ("usage", .csv, 2, 0))
    #expect(reader.consumed == text.utf8.count && reader.total == text.utf8.count)
  }

  @Test("a trace without accounts, with times to a tenth of a microsecond")
  func trace() throws {
    let rows = try Bench.rows(
      "ts,model,input_tokens,output_tokens\r\n2023-11-16T18:15:46.6805900Z,azure-2023-conv,374,44\r\n"
    ) { $0.account = "azure" }
    #expect(rows.count == 1)
    #expect(rows.first?.account == "azure" && rows.first?.key == nil)
    #expect(rows.first?.call.id == "usage:2")
    #expect(rows.first?.call.at == 1_700_158_546_680_590)
    #expect(
      rows.first?.call.fields == [
        Self.none, .text("azure-2023-conv"), .number(374), .number(0), .number(44), Self.none,
      ])
  }

  @Test("a trace whose clock starts at zero")
  func relative() throws {
    let text = """
      ts,model,input_tokens,output_tokens,session,agent,api_time_s,derived_cached_input_tokens
      0.0,claude-opus-4-5,71175,169,s0001,main,7.34,0
      19.5,claude-opus-4-5,72762,296,s0001,main,,71168
      """
    let rows = try Bench.rows(text) {
      $0.account = "a"
      $0.start = Instant(microseconds: Bench.newYear)
    }
    #expect(rows.map(\.call.at) == [Bench.newYear, Bench.newYear + 19_500_000])
    #expect(rows.last?.call.fields[3] == .number(71_168))
    let rejected = try Bench.rejected(text) { $0.account = "a" }
    #expect(rejected.map(\.reason).last == "`ts`: `19.5` counts from zero, not from 1970")
    #expect(rejected.allSatisfy { $0.help == "say what it is added to: `--start 2026-01-01`" })
  }

  @Test("lines of JSON, whose members come in any order")
  func ndjson() throws {
    let text = """
      {"seq":7,"ts_us":1767225600000000,"account":"a1","key":null,"model":"gpt-4o","input_tokens":374,"tags":["x"]}

      {"account":"a2","timestamp":"2026-01-01T00:00:01Z","input":"5","prompt_tokens":null,"output_tokens":3,"key":"k1"}
      {"account":"a\\u00e9","ts_us":1767225600000000,"at":"2026-01-01T00:00:02Z"}
      """
    let reader = try Bench.reader(text, name: "u.ndjson.gz")
    let rows = try Bench.all(reader).compactMap { if case .row(let row) = $0 { row } else { nil } }
    #expect(rows.map(\.line) == [1, 3, 4])
    #expect(rows.map(\.account) == ["a1", "a2", "aé"])
    #expect(rows.map(\.call.id) == ["7", "u:3", "u:4"])
    #expect(rows.map { $0.call.at - Bench.newYear } == [0, 1_000_000, 2_000_000])
    #expect(rows.map(\.call.fields[2]) == [.number(374), .number(5), .number(0)])
    #expect(rows.map(\.key) == [nil, "k1", nil])
    #expect(reader.unusedColumns == ["tags"])
    #expect(reader.header.isEmpty && reader.format == .ndjson)
  }

  @Test("packed files are read by what is in them, whatever they are called")
  func packed() throws {
    // printf 'account,at,input\na1,2026-01-01,5\n' | gzip -9n
    let bytes: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0x4C, 0x4E, 0xCE, 0x2F, 0xCD, 0x2B, 0xD1,
      0x49, 0x2C, 0xD1, 0xC9, 0xCC, 0x2B, 0x28, 0x2D, 0xE1, 0x4A, 0x34, 0xD4, 0x31, 0x32, 0x30, 0x32, 0xD3, 0x35,
      0x30, 0x04, 0x22, 0x1D, 0x53, 0x2E, 0x00, 0x8E, 0x2D, 0x20, 0x71, 0x21, 0x00, 0x00, 0x00,
    ]
    for repeats in 1...2 {
      let packed = Array(repeatElement(bytes, count: repeats).joined())
      let reader = try TrafficReader(
        ChunkSource("usage.csv", bytes: packed), program: Bench.program, options: TrafficOptions(event: "request"))
      // The header of the second part is a row like any other.
      #expect(try Bench.all(reader).count == 2 * repeats - 1)
      #expect(reader.rejectedCount == repeats - 1)
    }
    let cut = Array(bytes.dropLast(9))
    #expect(throws: TrafficFault.input(InputFault(name: "usage.csv", .truncatedGzip(offset: cut.count)))) {
      let source = ChunkSource("usage.csv", bytes: cut)
      _ = try Bench.all(
        try TrafficReader(source, program: Bench.program, options: TrafficOptions(event: "request")))
    }
  }

  // MARK: - Values

  static let values: [(String, String, EventCall.Value)] = [
    ("count", "12", .number(12)), ("count", " -3 ", .number(-3)), ("count", "12.0", .number(12)),
    ("count", "1e3", .number(1_000)),
    ("rate", "$2.50 per 1M tokens", .number(2_500_000)), ("rate", "2.5", .number(2_500_000)),
    ("share", "4/5", .number(Ratio(numerator: 4, denominator: 5).packed)),
    ("share", "0.8", .number(Ratio(numerator: 4, denominator: 5).packed)),
    ("share", "80%", .number(Ratio(numerator: 4, denominator: 5).packed)),
    ("flag", "on", .number(1)), ("flag", "TRUE", .number(1)), ("flag", "0", .number(0)), ("flag", "no", .number(0)),
    ("due", "2026-01-01", .number(Bench.newYear)), ("due", "1767225600", .number(Bench.newYear)),
    ("ttl", "90 minutes", .number(5_400_000_000)), ("ttl_s", "1.5", .number(1_500_000)),
    ("ttl_ms", "2", .number(2_000)),
    ("card", "visa", .text("visa")), ("payment", "t1", .text("t1")), ("mode", "slow", .text("slow")),
    ("max_tokens", "256", .number(256)), ("max_output_tokens", "9", .number(9)),
    ("price", "1.23", .number(1_230_000_000)), ("price", "$1.23", .number(1_230_000_000)),
    ("price", "-$0.000000001", .number(-1)), ("price_usd", "0.10", .number(100_000_000)),
    ("price", "150 units", .number(300_000)), ("price", "1.5e-7", .number(150)),
    ("price", "1000000000", .number(1_000_000_000_000_000_000)),
    ("price", "1.2300000000000", .number(1_230_000_000)),
  ]

  @Test("cells become values by the type of their field, exactly", arguments: values)
  func value(_ column: String, _ cell: String, _ value: EventCall.Value) throws {
    let rows = try Bench.rows("account,at,\(column)\na,2026-01-01,\(cell)\na,2026-01-01,", event: "all")
    let fields = try #require(rows.first?.call.fields)
    #expect(fields.filter { $0 != Self.none } == [value])
    #expect(rows.last?.call.fields.allSatisfy { $0 == Self.none } == true, "an empty cell gives nothing")
    let json = try Bench.rows("{\"account\":\"a\",\"at\":\"2026-01-01\",\"\(column)\":\"\(cell)\"}", event: "all")
    #expect(json.first?.call.fields == fields)
  }

  static let mistakes: [(String, String, String)] = [
    ("count", "12x", "`count`: `12x` is not a number"), ("count", "1.5", "`count`: `1.5` is not a whole number"),
    ("count", "99999999999999999999", "`count`: `99999999999999999999` is out of range"),
    ("count", "9223372036854775807", "`count`: `9223372036854775807` is out of range"),
    ("count", "-9223372036854775808", "`count`: `-9223372036854775808` is out of range"),
    ("count", "\"1,000\"", "`count`: `1,000` is not a number"), ("count", "0x10", "`count`: `0x10` is not a number"),
    ("rate", "fast", "`rate`: `fast` is not a rate"), ("share", "1/0", "`share`: `1/0` is not a ratio"),
    ("flag", "maybe", "`flag`: `maybe` is neither on nor off"), ("due", "soon", "`due`: `soon` is not a time"),
    ("ttl", "90", "`ttl`: `90` has no unit"), ("ttl", "3 days ago", "`ttl`: `3 days ago` is not a duration"),
    ("mode", "warp", "`mode`: `warp` is none of `fast`, `slow`"),
    ("price", "1.2345678901", "`price`: `1.2345678901` has more than 9 decimals"),
    ("price", "9999999999", "`price`: `9999999999` is out of range"),
    ("price", "free", "`price`: `free` is not an amount of money"),
    ("price", "$", "`price`: `$` is not an amount of money"),
    ("price", "--1", "`price`: `--1` is not an amount of money"),
    ("price", "1 euro", "`price`: `1 euro` is not an amount of money"),
    ("card", "a\u{7}b", "`card`: `a\u{FFFD}b` has a control character in it"),
    (
      "card", String(repeating: "x", count: 300),
      "`card`: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` is longer than 256 bytes"
    ),
    ("card", "a\0", "`card`: `a\u{FFFD}` has a control character in it"),
  ]

  @Test("a cell that is no such value costs its row and says why", arguments: mistakes)
  func mistake(_ column: String, _ cell: String, _ reason: String) throws {
    let text = "account,at,\(column)\na,2026-01-01,\(cell)\na,2026-01-01,"
    let rejected = try Bench.rejected(text, event: "all")
    #expect(rejected.map(\.line) == [2])
    #expect(rejected.first?.reason.hasPrefix(reason) == true, "\(rejected.map(\.reason))")
    #expect(rejected.first?.bytes == Array("a,2026-01-01,\(cell)".utf8))
    #expect(try Bench.rows(text, event: "all").map(\.line) == [3])
  }

  @Test("bytes that are no UTF-8 cost their row, where they are read")
  func notText() throws {
    let bytes = Array("account,at,model,other\na,2026-01-01,".utf8) + [0xFF] + Array(",\na,2026-01-01,m,".utf8) + [0xFF]
    let source = ChunkSource("usage.csv", bytes: bytes)
    let reader = try TrafficReader(source, program: Bench.program, options: TrafficOptions(event: "request"))
    let lines = try Bench.all(reader)
    guard case .rejected(let row) = lines.first, case .row = lines.last else {
      Issue.record("\(lines)")
      return
    }
    #expect(row.reason == "`model`: `\u{FFFD}` is not UTF-8")
    #expect(row.shown() == "a,2026-01-01,\u{FFFD},")
  }

  // MARK: - Rows

  @Test("rows that do not fit the header, or lack what every row needs, are told by their line")
  func rows() throws {
    let text =
      "account,at,input\n\na,2026-01-01,1\na,2026-01-01\na,2026-01-01,1,2\n,2026-01-01,1\na,,1\n\"a\nb,1\n\"x\"y,1,1\n"
    let rejected = try Bench.rejected(text)
    #expect(rejected.map(\.line) == [4, 5, 6, 7, 8, 9, 10])
    #expect(
      rejected.map(\.reason) == [
        "2 fields, and the header has 3", "4 fields, and the header has 3", "the row has no account",
        "the row has no time", "column 1 goes on after its closing quote", "2 fields, and the header has 3",
        "column 1 goes on after its closing quote",
      ])
    #expect(rejected.map(\.line) == rejected.map(\.firstLine))
    let reader = try Bench.reader(text)
    _ = try Bench.all(reader)
    #expect((reader.rowCount, reader.rejectedCount, reader.line) == (1, 7, 10))
  }

  @Test("a row says which event it is, where a column does")
  func events() throws {
    let text = """
      account,at,event,amount,payment,input
      a,2026-01-01,,,,5
      a,2026-01-01,refund,1.50,t1,
      a,2026-01-01,refund,1.50,,
      a,2026-01-01,refunds,1.50,t1,
      a,2026-01-01,bare,,,
      """
    let rows = try Bench.rows(text)
    #expect(rows.map(\.call.event) == [0, 1, 3])
    #expect(rows.dropFirst().first?.call.fields == [.number(1_500_000_000), .text("t1")])
    let rejected = try Bench.rejected(text)
    #expect(rejected.map(\.reason) == ["`refund` needs `payment`", "the rules have no event `refunds`"])
    #expect(rejected.last?.help == "did you mean `refund`?")
    #expect(try Bench.reader(text).unusedColumns == ["amount", "payment"], "no row has asked for them yet")
  }

  @Test("lines of JSON that cannot be read are told as such")
  func badLines() throws {
    let text = """
      {"account":"a","at":"2026-01-01","input":1}
      {"account":"a","at":"2026-01-01","input":[1]}
      {"account":"a","at":"2026-01-01","input":1,"input":2}
      {"account":"a","at":"2026-01-01","input_tokens":1,"prompt_tokens":1}
      {"account":"a"
      {"account":"a","at":true}
      {"account":7,"at":1767225600,"input":1.0}
      """
    let rejected = try Bench.rejected(text)
    #expect(rejected.map(\.line) == [2, 3, 4, 5, 6])
    #expect(
      rejected.map(\.reason) == [
        "`input`: `[1]` is no single value", "`input` stands twice in the object",
        "`input_tokens` and `prompt_tokens` may both be `input`",
        "the object is not closed on its line, at byte 15 of the line", "`at`: `true` is not a time",
      ])
    #expect(try Bench.rows(text).map(\.account) == ["a", "7"])
  }

  @Test("rows that were read before are passed over")
  func resumes() throws {
    let text = "account,at,input\na1,2026-01-01,1\nbroken\na3,2026-01-01,1\n\"a\n4\",2026-01-01,1\na6,2026-01-01,1\n"
    let reader = try Bench.reader(text) { $0.resumesAfter = 3 }
    let lines = try Bench.all(reader)
    #expect(lines.count == 3 && reader.rejectedCount == 1, "a line end in a name is a control character")
    #expect(reader.line == 7)
    guard case .row(let row) = lines.first else {
      Issue.record("\(lines)")
      return
    }
    #expect(row.account == "a3" && row.call.id == "usage:4")
  }

  @Test("ids are what a column says, else the name of the file and the line")
  func ids() throws {
    let rows = try Bench.rows("account,at,input,request_id\na,2026-01-01,1,r1\na,2026-01-01,1,\n") { $0.name = "may" }
    #expect(rows.map(\.call.id) == ["r1", "may:3"])
    for (path, name) in [
      ("usage.csv", "usage"), ("a/b/usage.csv.gz", "usage"), ("u.NDJSON", "u"), ("u.jsonl.gz", "u"),
      ("u.tar.gz", "u.tar"),
      (".csv", ".csv"), ("usage", "usage"), ("standard input", "stdin"), ("usage 2026.05.csv", "usage 2026.05"),
    ] {
      #expect(TrafficReader.name(ofFile: path) == name)
    }
  }
}
