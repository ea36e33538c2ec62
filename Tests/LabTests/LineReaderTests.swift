import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Standard
import Testing
import Values

@testable import Lab

/// Lines and objects about accounts that are kept somewhere.
@Suite("Lines about accounts")
struct LineReaderTests {
  static let rules = Result { try RuleFolderTests.load(Place.rules) }
  static let now = ScenarioPlan.usualStart

  let program: Program
  let reader: LineReader

  init() throws {
    program = try Self.rules.get().program
    reader = LineReader(program)
  }

  private func index(_ event: String) throws -> Int {
    try #require(program.events.firstIndex { $0.name == event })
  }

  /// The values of a call by the names of their fields.
  private func named(_ call: EventCall) -> [String: EventCall.Value] {
    Dictionary(uniqueKeysWithValues: zip(program.events[call.event].fields.map(\.name), call.fields))
  }

  private func fault(_ body: () throws -> Void) throws -> LineFault {
    do {
      try body()
    } catch let fault as LineFault {
      return fault
    }
    throw SimulationFault("it was understood")
  }

  // MARK: - Events

  @Test("an event has its fields, its id and its time")
  func events() throws {
    let line = try reader.event(
      "request model \"gpt-4o\", input 1200, output 300 as \"r1\" at 2026-01-10 14:02", keys: ["main"], now: Self.now)
    #expect(line.call.event == (try index("request")) && line.call.id == "r1" && line.statesTime)
    #expect(line.call.at == (try Instant(parsing: "2026-01-10T14:02:00Z")).microseconds)
    #expect(
      named(line.call) == [
        "key": .text("main"), "model": .text("gpt-4o"), "input": .number(1_200), "cached": .number(0),
        "output": .number(300), "costing": .number(ValueType.none),
      ])
    let bare = try reader.event("request costing 150 units", keys: [], now: Self.now)
    #expect(bare.call.at == Self.now && !bare.statesTime && bare.call.id.isEmpty)
    #expect(named(bare.call)["costing"] == .number(300_000) && named(bare.call)["key"] == .number(ValueType.none))
  }

  @Test("what only the account knows stays a text")
  func texts() throws {
    let unknown = try reader.event("request costing $1, key ghost", keys: ["main"], now: Self.now)
    #expect(named(unknown.call)["key"] == .text("ghost"))
    #expect(try named(reader.event("request costing $1, key none", keys: ["a"], now: 0).call)["key"] == .number(.min))
    let refund = try reader.event("refund $5, payment \"t9\", approved_by \"sup\"", keys: [], now: Self.now)
    #expect(named(refund.call)["payment"] == .text("t9") && named(refund.call)["approved_by"] == .text("sup"))
    #expect(
      try named(reader.event("auto_topup enabled on, preset light", keys: [], now: 0).call)["preset"] == .text("light"))
  }

  @Test("of several keys the line says which")
  func severalKeys() throws {
    let fault = try fault { _ = try reader.event("request costing $1", keys: ["main", "ci"], now: Self.now) }
    #expect(fault.message == "`request` needs a key, and the account has several" && fault.help == "add `key main`")
    #expect(fault.description.contains("--> event:1:1") && fault.description.contains("`main`, `ci`"))
  }

  @Test("an engine takes what was read, and the rules answer to what nobody knows")
  func submitted() throws {
    let engine = try RuleEngine(program)
    var account = engine.newAccount()
    account.addKey("main")
    func submit(_ line: String) throws -> Decision {
      let call = try reader.event(line, keys: account.keyNames, now: Self.now).call
      return try engine.submit(engine.input(call, in: &account), to: &account)
    }
    #expect(try submit("grant $5").isAllowed)
    #expect(try submit("request costing $1").isAllowed)
    #expect(try submit("request costing $1, key ghost").code(in: program) == "key_disabled")
    #expect(try submit("settle hold \"h9\", actual $1").code(in: program) == "unknown_hold")
  }

  // MARK: - Settings and the clock

  @Test("a change names a setting, perhaps a key, and a value")
  func changes() throws {
    let setting = try #require(program.settings.firstIndex { $0.name == "limits.spending_limit" })
    for text in ["limits.spending_limit to $80", "set limits.spending_limit to $80", "spending_limit $80"] {
      let change = try reader.change(text, keys: [], now: Self.now)
      #expect(change == LineReader.SettingChange(setting: setting, key: nil, value: .number(80_000_000_000)))
    }
    let key = try reader.change("key_limit to $5 for key ci", keys: ["main", "ci"], now: Self.now)
    #expect(key.key == "ci" && program.settings[key.setting].name == "teams.key_limit")
    #expect(try reader.change("key_limit to none", keys: ["main"], now: 0).key == "main")
    #expect(try reader.change("key_window to month", keys: ["main"], now: 0).value == .text("month"))
    #expect(try reader.change("card to visa", keys: [], now: 0).value == .text("visa"))
    for (text, keys, message) in [
      ("key_limit to $5", ["main", "ci"], "`key_limit` is a value of a key, and several keys have it"),
      ("key_limit to $5", [], "`key_limit` is a value of a key, and there is none"),
      ("key_limit to $5 for key ghost", ["main"], "the account has no key `ghost`"),
      ("balance to $5", [], "`balance` is not a setting"), ("spending_limt to $5", [], "unknown name `spending_limt`"),
      ("request costing $5", [], "`$5` does not go on with this event"),
    ] {
      let fault = try fault { _ = try reader.change(text, keys: keys, now: Self.now) }
      #expect(fault.message == message, "\(text)")
      #expect(fault.help?.contains("given") != true, "\(fault)")
    }
  }

  @Test("the clock moves forward")
  func clock() throws {
    #expect(try reader.clock("forward 1 hour", now: Self.now) == Self.now + Instant.perHour)
    #expect(try reader.clock("clock to 2026-02-01", now: Self.now) == Self.now + 31 * Instant.perDay)
    for text in ["to 2025-12-31", "forward -1 hour", "forward 9000000 days", "back", ""] {
      #expect(throws: LineFault.self, "\(text)") { try reader.clock(text, now: Self.now) }
    }
  }

  @Test(
    "a line that cannot be understood is shown with a caret",
    arguments: [
      ("reqest costing $1", "did you mean `request`?"), ("request costng $1", "did you mean `costing`?"),
      ("request costing 5", "write"), ("settle actual $1", "add `hold \"h1\"`"), ("set card to visa", "begin with"),
      ("clock forward 1 hour", "begin with"), ("request costing $1\nrequest costing $2", "a line of its own"),
      ("request costing", "costing 150 units"), ("", "request"), ("balance is $5", ""), ("request cost $5", "fields"),
      ("request \u{0} \u{FFFD}", ""), (String(repeating: "(", count: 10_000), ""),
      ("request costing " + String(repeating: "9", count: 400), ""),
    ])
  func mistakes(_ line: String, _ help: String) throws {
    let fault = try fault { _ = try reader.event(line, from: "line 7", keys: ["main"], now: Self.now) }
    #expect(fault.description.contains("--> line 7:") && fault.description.contains("^"), "\(fault)")
    #expect(help.isEmpty || fault.help?.contains(help) == true, "\(fault)")
  }

  // MARK: - Objects

  private func read(_ json: String, _ event: String = "request") throws -> [String: EventCall.Value] {
    let fields = try reader.fields(JsonReader.read(Array(json.utf8)).members, of: index(event), from: "line 3")
    return named(EventCall(event: try index(event), at: 0, fields: fields))
  }

  @Test("an object gives fields by their names, and defaults the rest")
  func objects() throws {
    #expect(
      try read(#"{"model": "gpt-4o", "input": 1200, "cached": "1k tokens", "output": "300", "key": null}"#) == [
        "key": .number(ValueType.none), "model": .text("gpt-4o"), "input": .number(1_200), "cached": .number(1_000),
        "output": .number(300), "costing": .number(ValueType.none),
      ])
    for (text, nano) in [
      ("$25", 25_000_000_000), ("$0.006", 6_000_000), ("150 units", 300_000), ("10 cents", 100_000_000),
      ("$1_000", 1_000_000_000_000), ("-$1", -1_000_000_000),
    ] as [(String, Int64)] {
      #expect(try read("{\"costing\": \"\(text)\"}")["costing"] == .number(nano), "\(text)")
    }
    #expect(try read(#"{"costing": "none"}"#)["costing"] == .number(ValueType.none))
    #expect(try read(#"{"up_to": true, "amount": "$5"}"#, "refund")["up_to"] == .number(1))
    #expect(try read(#"{"up_to": "on", "amount": "$5"}"#, "refund")["up_to"] == .number(1))
    let plan = try read(#"{"quota": "$5", "rate": "4/5", "start": "2026-01-10T14:02:00Z"}"#, "subscribe")
    #expect(plan["rate"] == .number(Ratio(numerator: 4, denominator: 5).packed))
    #expect(plan["start"] == .number(try Instant(parsing: "2026-01-10T14:02:00Z").microseconds))
    #expect(try read(#"{"rate": "80%", "quota": "$5"}"#, "subscribe")["rate"] == plan["rate"])
    #expect(try read(#"{"ttl": "90 minutes"}"#, "hold")["ttl"] == .number(5_400_000_000))
    #expect(try read(#"{"preset": "light", "enabled": true}"#, "auto_topup")["preset"] == .text("light"))
    #expect(try read(#"{"hold": "h 1 \" ' é"}"#, "settle")["hold"] == .text("h 1 \" ' é"))
  }

  @Test(
    "a value that is none of its field is shown, with what to write",
    arguments: [
      (#"{"costing": 25}"#, "`costing` is an amount of money, and a number alone does not say of what", "\"$5\""),
      (#"{"costing": 2.5}"#, "`costing` is an amount of money, and a number alone does not say of what", "\"$5\""),
      (#"{"costing": "25"}"#, "", "$25"), (#"{"input": 1.5}"#, "`input` is a number of tokens, not a number", "100"),
      (#"{"input": null}"#, "`input` cannot be none", "100"),
      (#"{"input": true}"#, "`input` is a number of tokens, not true or false", "100"),
      (#"{"model": 4}"#, "`model` is a name, not a number", "\"gpt-4o\""),
      (#"{"model": [1]}"#, "`model` is a name, not a list", "\"gpt-4o\""),
      (#"{"model": {}}"#, "`model` is a name, not an object", "\"gpt-4o\""),
      (#"{"modl": "a"}"#, "`request` has no field `modl`", "did you mean `model`?"),
      (#"{"zzzzzz": "a"}"#, "`request` has no field `zzzzzz`", "its fields are `key`"),
      (#"{"cost": "$1"}"#, "`cost` of `request` is computed by the rules", "its fields are `key`"),
      (#"{"costing": "$1 + $2 +"}"#, "", ""), (#"{"costing": "balance"}"#, "", ""), (#"{"costing": ""}"#, "", ""),
      (#"{"costing": "$99999999999999999999"}"#, "", ""),
    ])
  func misfits(_ json: String, _ message: String, _ help: String) throws {
    let fault = try fault { _ = try read(json) }
    #expect(message.isEmpty || fault.message == message, "\(fault)")
    #expect(help.isEmpty || fault.help?.contains(help) == true, "\(fault)")
    #expect(fault.description.contains("--> line 3"), "\(fault)")
  }

  @Test("fields that must be given, and those given twice")
  func wholeObjects() throws {
    let missing = try fault { _ = try read("{}", "settle") }
    #expect(missing.message == "`settle` needs `hold`" && missing.help == "add `\"hold\": \"h1\"`")
    let twice = try fault {
      _ = try reader.fields([.init("input", 1), .init("input", 2)], of: index("request"))
    }
    #expect(twice.message == "`input` is given twice")
    let preset = try fault { _ = try read(#"{"preset": "lihgt"}"#, "auto_topup") }
    #expect(preset.help == "did you mean `light`?", "\(preset)")
    let long = try fault { _ = try read("{\"model\": \"\(String(repeating: "x", count: 5_000))\"}") }
    #expect(long.message == "`model` is longer than 1000 bytes" && long.description.utf8.count < 2_000)
  }

  @Test("any object is values or a fault", arguments: [3, 4] as [UInt64])
  func anything(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let texts = [
      "$5", "5", "none", "on", "2026-01-10", "1 hour", "4/5", "(((", "\u{0}", "gpt-4o", "-", "", "1e400", "\"",
    ]
    var understood = 0
    for _ in 0..<2_000 {
      let event = Int.random(in: program.events.indices, using: &random)
      let names = program.events[event].fields.map(\.name) + ["x", ""]
      let members = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        let value: Json =
          switch Int.random(in: 0..<7, using: &random) {
          case 0: .null
          case 1: .bool(Bool.random(using: &random))
          case 2: .integer(Int64.random(in: Int64.min...Int64.max, using: &random))
          case 3: .number("1.5e400")
          default: .text(texts.randomElement(using: &random) ?? "")
          }
        return Json.Member(names.randomElement(using: &random) ?? "", value)
      }
      do throws(LineFault) {
        let values = try reader.fields(members, of: event)
        #expect(values.count == program.events[event].givenCount, "seed \(seed)")
        understood += 1
      } catch {
        #expect(!error.message.isEmpty && !error.description.isEmpty, "seed \(seed)")
      }
    }
    #expect(understood > 100)
  }
}
