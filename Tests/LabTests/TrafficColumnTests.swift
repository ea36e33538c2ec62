import Formats
import Language
import Testing
import Values

@testable import Lab

@Suite("Columns of usage files")
struct TrafficColumnTests {
  typealias Bench = TrafficBench

  /// What each column of a header is read as.
  static func meanings(
    _ header: String, event: String = "request", _ change: (inout TrafficOptions) -> Void = { _ in }
  ) throws(TrafficFault) -> [String?] {
    try Bench.reader(header + "\n", event: event, change).columns.map(\.meaning)
  }

  @Test("names that real exports use are known, in any case and with spaces")
  func aliases() throws {
    for time in ["at", "ts", "ts_us", "ts_ms", "timestamp", "time", "TIMESTAMP", "Time ", "timestamp-ns"] {
      for account in ["account", "account_id", "customer", "user", "Account ID"] {
        #expect(try Self.meanings("\(time),\(account),input") == ["at", "account", "input"])
      }
    }
    for id in ["id", "request_id", "seq"] {
      #expect(try Self.meanings("at,account,input,\(id)").last == "id")
    }
    for key in ["key", "api_key", "key_id"] { #expect(try Self.meanings("at,account,\(key)").last == "key") }
    for (column, field) in [
      ("input_tokens", "input"), ("prompt_tokens", "input"), ("output_tokens", "output"),
      ("completion_tokens", "output"),
      ("cached_tokens", "cached"), ("cached_input_tokens", "cached"), ("derived_cached_input_tokens", "cached"),
      ("model", "model"), ("costing_usd", "costing"),
    ] {
      #expect(try Self.meanings("at,account,\(column)").last == field)
    }
    #expect(try Self.meanings("at,account,model,max_tokens,inputs").suffix(2) == [nil, nil])
    #expect(try Self.meanings("at,account,max_tokens", event: "all").last == "max_output")
  }

  @Test("the nearest name wins: what somebody said, then the very name, then an alias")
  func nearest() throws {
    #expect(try Self.meanings("ts,at,user,account,input_tokens,input") == [nil, "at", nil, "account", nil, "input"])
    let mapped = try Self.meanings("ts,at,user,account,input_tokens,input") {
      #expect($0.map("ts=at") && $0.map("user=account") && $0.map("input_tokens=input") && $0.map("input="))
    }
    #expect(mapped == ["at", nil, "account", nil, "input", nil])
  }

  @Test("a column that is to be left alone is not told as unused")
  func ignored() throws {
    let reader = try Bench.reader("at,account,input,event,extra\n2026-01-01,a,1,chat,\n") { $0.mapping = ["event": ""] }
    #expect(try Bench.all(reader).count == 1)
    #expect(reader.rejectedCount == 0)
    #expect(reader.unusedColumns == ["extra"])
  }

  @Test("what every row has is not read from columns, and fits the field or is refused")
  func constants() throws {
    let reader = try Bench.reader("at,account,model,key,input\n2026-01-01,a,service,k9,7\n") {
      #expect($0.set("model=gpt-4o") && $0.set("costing=$0.25") && $0.set("key=k1"))
      #expect(!$0.set("model") && !$0.set("=x") && !$0.set("model="))
    }
    guard case .row(let row)? = try reader.next() else {
      Issue.record("the row cannot be read")
      return
    }
    #expect(row.key == "k1")
    #expect(
      row.call.fields == [
        .text("k1"), .text("gpt-4o"), .number(7), .number(0), .number(0), .number(250_000_000),
      ])
    #expect(reader.unusedColumns == ["model"])
    #expect(
      throws: TrafficFault.unknownConstant(
        field: "modle", known: ["key", "model", "input", "cached", "output", "costing"])
    ) { try Bench.reader("at,account,input\n") { $0.constants = ["modle": "x"] } }
    for (field, value) in [("input", "many"), ("costing", "$"), ("mode", "slowly"), ("ttl", "5"), ("model", "a\nb")] {
      #expect("\(field)") {
        try Bench.reader("at,account,input\n") { $0.constants = [field: value] }
      } throws: { fault in
        if case TrafficFault.unfitConstant(let found, _, _) = fault { found == field } else { false }
      }
    }
    // One field of all rows and no column is a file, too: so many calls at one price.
    let calls = try Bench.reader("at,account\n2026-01-01,a\n2026-01-02,a\n") { $0.constants = ["costing": "1"] }
    #expect(try Bench.all(calls).count == 2)
  }

  @Test("only COLUMN=FIELD is a mapping")
  func mapping() {
    var options = TrafficOptions(event: "request")
    #expect(!options.map("ts") && !options.map("=at") && !options.map("") && options.mapping.isEmpty)
    #expect(options.map("a=b=at") && options.mapping == ["a=b": "at"])
  }

  @Test(
    "a header that says too little or too much is a fault with a help line",
    arguments: [
      ("", "`exports/usage.csv` is empty", nil),
      ("\n\n", "`exports/usage.csv` is empty", nil),
      (
        "ts,model,input", "no column of `exports/usage.csv` is the account: it has `ts`, `model`, `input`",
        "name it, `--column ts=account`, or give every row the same: `--account NAME`"
      ),
      (
        "account,input", "no column of `exports/usage.csv` is the time: it has `account`, `input`",
        "name it: `--column account=at`"
      ),
      (
        "account,ts,timestamp,input", "several columns of `exports/usage.csv` may be the time: `ts`, `timestamp`",
        "choose one: `--column ts=at`"
      ),
      (
        "account,at,input_tokens,prompt_tokens",
        "several columns of `exports/usage.csv` may be `input`: `input_tokens`, `prompt_tokens`",
        "choose one: `--column input_tokens=input`"
      ),
      (
        "account,at,account,input", "several columns of `exports/usage.csv` may be the account: `account`, `account`",
        "choose one: `--column account=account`"
      ),
      (
        "account,at,tokens",
        "no column of `exports/usage.csv` is a field of `request`: it has `account`, `at`, `tokens`",
        "its fields are `key`, `model`, `input`, `cached`, `output`, `costing`: `--column account=key`"
      ),
      ("account;at;input", "no column of `exports/usage.csv` is the account: it has `account;at;input`", "name it"),
      ("a\"b,c", "line 1 of `exports/usage.csv`: a quote inside column 1", "put the whole field in quotes"),
      (
        "account,at,input\ra,2026-01-01,1\r", "line 1 of `exports/usage.csv`: lines end in carriage returns alone",
        "end them"
      ),
      (
        "[\n{\"account\":1}]", "line 1 of `exports/usage.csv`: a list of JSON",
        "make lines of it: `jq -c '.[]' exports/usage.csv`"
      ),
      ("{\"at\":1,\"input\":2}", "no column of `exports/usage.csv` is the account: it has `at`, `input`", "name it"),
    ] as [(String, String, String?)])
  func faults(_ text: String, _ message: String, _ help: String?) throws {
    let fault = try #require(Bench.fault(text))
    #expect(fault.message.hasPrefix(message), "\(fault.message)")
    #expect(help.map { fault.help?.hasPrefix($0) == true } ?? (fault.help == nil), "\(fault.help ?? "none")")
  }

  @Test("options that name what is not there are faults")
  func badOptions() {
    #expect(Bench.fault("a", event: "call") == .unknownEvent("call", known: ["all", "bare", "refund", "request"]))
    let column = Bench.fault("account,at,input") { $0.mapping = ["tok": "input"] }
    #expect(column == .unknownColumn(name: "exports/usage.csv", column: "tok", found: ["account", "at", "input"]))
    let field = Bench.fault("account,at,tok") { $0.mapping = ["tok": "inputs"] }
    #expect(field?.message == "`inputs` is no field that a row can give")
    #expect(Bench.fault("account,at,payment", event: "refund")?.message.contains("is `amount`") == true)
  }

  @Test("a header of more columns than the limit is refused, a thousand are read")
  func manyColumns() throws {
    let names = (0..<1_022).map { "c\($0)" }.joined(separator: ",")
    #expect(try Bench.all(Bench.reader("account,at,\(names)\n") { $0.mapping = ["c7": "input"] }).isEmpty)
    #expect(Bench.fault("account,at,input,\(names)")?.message.contains("more than 1024 columns") == true)
  }

  @Test("names of members without end take no room without end")
  func manyMembers() throws {
    let lines = (0..<3_000).map { "{\"account\":\"a\",\"at\":\"2026-01-01\",\"input\":1,\"x\($0)\":1}" }
    let reader = try Bench.reader(lines.joined(separator: "\n"))
    #expect(try Bench.all(reader).count == 3_000)
    #expect(reader.rejectedCount == 0 && reader.columns.count == 1_024)
  }
}
