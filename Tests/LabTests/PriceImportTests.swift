import Diagnostics
import Testing
import Values

@testable import Lab

@Suite("Price import")
struct PriceImportTests {
  static func read(_ json: String) throws(PriceImport.Failure) -> PriceImport {
    try PriceImport(reading: Source(name: "list.json", text: json))
  }

  /// A list of one model with this text as its input rate.
  static func list(input: String) -> String {
    #"{"m": {"input_cost_per_token": \#(input), "output_cost_per_token": 1e-05, "mode": "chat"}}"#
  }

  @Test(
    "a rate in dollars a token becomes the exact rate per 1M tokens",
    arguments: [
      ("2.5e-06", "2.5"), ("0.0000025", "2.5"), ("2.5E-6", "2.5"), ("25e-7", "2.5"), ("1.5e-07", "0.15"),
      ("1e-12", "0.000001"), ("0", "0"), ("0.0", "0"), ("-0", "0"), ("0e99", "0"), ("3e-05", "30"),
      ("5.000002e-05", "50.00002"), ("0.01", "10000"), ("0.009999999999", "9999.999999"),
      ("1.0e-06", "1"), ("0.000001000000000000", "1"),
      // Noise of binary fractions: one unit in the last of 16 or 17 digits.
      ("1.6000000000000001e-06", "1.6"), ("9.499999999999999e-07", "0.95"), ("3.0001999999999996e-07", "0.30002"),
      ("9.9999999999999995e-07", "1"), ("5.0000000000000004e-08", "0.05"),
    ])
  func readsRate(_ text: String, _ perMillion: String) throws {
    let found = try Self.read(Self.list(input: text))
    #expect(found.refusals.isEmpty)
    #expect(found.csv == "model,input,cached,output\nm,\(perMillion),,10\n")
  }

  @Test(
    "a rate that cannot be kept is refused with its reason",
    arguments: [
      ("1e-13", "is finer than a millionth of a dollar per 1M tokens: `1e-13` a token"),
      ("1.41953125e-07", "is finer than a millionth of a dollar per 1M tokens: `1.41953125e-07` a token"),
      (
        "1.1428571428571428e-06",
        "is finer than a millionth of a dollar per 1M tokens: `1.1428571428571428e-06` a token"
      ),
      ("0.010000000001", "is more than $10000.00 per 1M tokens: `0.010000000001` a token"),
      ("1e300", "is more than $10000.00 per 1M tokens: `1e300` a token"),
      ("-1e-06", "is negative: `-1e-06`"),
      ("\"2.5e-06\"", "is a text, not a number"), ("[1]", "is a list, not a number"),
      ("true", "is true or false, not a number"),
    ])
  func refusesRate(_ text: String, _ reason: String) throws {
    let found = try Self.read(Self.list(input: text))
    #expect(found.prices.isEmpty)
    #expect(found.refusals == [.init(model: "m", reason: "`input_cost_per_token` " + reason)])
  }

  @Test("a number with absurdly many digits or an absurd power is refused, not read")
  func refusesHugeNumbers() throws {
    let zeros = String(repeating: "0", count: 9_999)
    for text in [String(repeating: "9", count: 100_000), "1e999999999999999999999", "1e-4000", "1e-\(zeros)6"] {
      let found = try Self.read(Self.list(input: text))
      #expect(found.prices.isEmpty)
      #expect(found.refusals.count == 1)
      #expect(found.report.utf8.count < 400)
    }
  }

  @Test("every exact rate survives the way in and out", arguments: [UInt64(411)])
  func keepsEveryRate(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<2_000 {
      let bounds: [Int64] = [10, 1_000_000, Rate.largest.pico]
      let bound = bounds.randomElement(using: &generator) ?? 10
      let pico = Int64.random(in: 0...bound, using: &generator)
      // The same number with its point moved: 1500e-12, 150.0e-11 …
      let shift = Int.random(in: 0...6, using: &generator)
      let text = "\(pico)\(String(repeating: "0", count: pico == 0 ? 0 : shift))e-\(12 + shift)"
      let found = try Self.read(Self.list(input: text))
      let comment: Comment = "seed \(seed), round \(round): \(text)"
      #expect(found.prices.map(\.input) == [Rate(pico: pico)], comment)
      #expect(found.repairs.isEmpty, comment)
      let cell = found.csv.split(separator: "\n")[1].split(separator: ",")[1]
      #expect(try DecimalText(parsing: String(cell)).scaled(toPower: 6) == pico, comment)
      #expect(!cell.hasSuffix(".") && (!cell.contains(".") || !cell.hasSuffix("0")), comment)
    }
  }

  @Test("the report lists repairs and refusals and counts everything")
  func reports() throws {
    let found = try Self.read(
      """
      {
        "sample_spec": {"mode": "one of: chat, embedding", "input_cost_per_token": "dollars"},
        "b": {"input_cost_per_token": 1.6000000000000001e-06, "output_cost_per_token": 3.2000000000000003e-06},
        "a": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "cache_read_input_token_cost": null,
              "mode": "responses", "tiers": [{"range": [0, 1]}]},
        "c": {"input_cost_per_token": 1e-06, "mode": "completion"},
        "d": {"output_cost_per_token": 1e-06},
        "e": 5,
        "f": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "cache_read_input_token_cost": 1e-14},
        "g": {"mode": "image_generation", "output_cost_per_image": 0.04},
        "": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
        "h\\n": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}
      }
      """)
    #expect(
      found.report == """
        repaired `b`: `input_cost_per_token` 1.6000000000000001e-06 a token is $1.60 per 1M tokens
        repaired `b`: `output_cost_per_token` 3.2000000000000003e-06 a token is $3.20 per 1M tokens
        refused `c`: no `output_cost_per_token`
        refused `d`: no `input_cost_per_token`
        refused `e`: expected an object, found a number
        refused `f`: `cache_read_input_token_cost` is finer than a millionth of a dollar per 1M tokens: `1e-14` a token
        refused ``: the model has no name
        refused `h�`: a control character in the name
        2 models imported (1 as written, 1 repaired), 6 refused, 2 not priced by the token left out

        """)
    #expect(found.csv == "model,input,cached,output\na,1,,2\nb,1.6,,3.2\n")
  }

  @Test("models are sorted by the bytes of their names, and names are quoted when they must be")
  func writesTable() throws {
    let rates = #"{"input_cost_per_token": 1e-06, "cache_read_input_token_cost": 1e-07, "output_cost_per_token": 0}"#
    let names = ["b", "B", "a,b", #"a\"b"#, "é", "a b", " a", "ab", "a"]
    let found = try Self.read("{" + names.map { "\"\($0)\": \(rates)" }.joined(separator: ",\n") + "}")
    #expect(
      found.csv == """
        model,input,cached,output
        " a",1,0.1,0
        B,1,0.1,0
        a,1,0.1,0
        a b,1,0.1,0
        "a""b",1,0.1,0
        "a,b",1,0.1,0
        ab,1,0.1,0
        b,1,0.1,0
        é,1,0.1,0

        """)
  }

  @Test(
    "a file that is no price list is an error with its place",
    arguments: [
      ("[]", "`list.json` is not a price list: line 1, column 1: expected an object of models at the top"),
      (
        "{\"a\": {},\n\"b\": {},\n\"a\": {}}",
        "`list.json` is not a price list: line 3, column 1: `a` stands twice in this object"
      ),
      (
        "{\"a\": {\"mode\": 1, \"mode\": 1}}",
        "`list.json` is not a price list: line 1, column 19: `mode` stands twice in this object"
      ),
      (
        "{\"a\": {",
        "`list.json` is not a price list: line 1, column 7: this object is not closed: expected a name in double quotes, but the file ends"
      ),
      ("model,input\n", "`list.json` is not a price list: line 1, column 1: expected a value, found `m`"),
    ])
  func refusesFile(_ json: String, _ message: String) {
    let error = #expect(throws: PriceImport.Failure.self) { try Self.read(json) }
    #expect(error?.message == message)
  }

  @Test("programs read the same as people")
  func writesJSON() throws {
    let found = try Self.read(
      #"{"m": {"input_cost_per_token": 1.6000000000000001e-06, "output_cost_per_token": 0}, "n": {}}"#)
    #expect(
      found.json(withPrices: true).compact == """
        {"imported": 1, "repaired": 1, "refused": 1, "left_out": 0, \
        "repairs": [{"model": "m", "name": "input_cost_per_token", "written": "1.6000000000000001e-06", "per_million": "1.6"}], \
        "refusals": [{"model": "n", "reason": "no `input_cost_per_token`"}], \
        "prices": [{"model": "m", "input": "1.6", "cached": null, "output": "0"}]}
        """)
    #expect(found.json(withPrices: false)["prices"] == nil)
  }

  /// The list that ships with the rules, made by this import.
  @Test("the shipped list is as its note says")
  func readsShippedList() throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let bytes = try TextFile.read(root + "/rules/pricing/prices.csv", limit: 1 << 20)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "model,input,cached,output")
    #expect(lines.last == "")
    let rows = lines.dropFirst().dropLast().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    for row in rows {
      guard row.count == 4 else {
        Issue.record("\(row) has \(row.count) cells")
        continue
      }
      for (column, cell) in row.enumerated().dropFirst() where column != 2 || !cell.isEmpty {
        let pico = try DecimalText(parsing: String(cell)).scaled(toPower: 6)
        #expect((0...Rate.largest.pico).contains(pico), "\(row)")
        #expect(Rate(pico: pico).perMillion == cell, "\(row)")
      }
    }
    let names = rows.map { Array($0[0].utf8) }
    #expect(zip(names, names.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    #expect(rows.first { $0[0] == "gpt-4o" }?.joined(separator: " ") == "gpt-4o 2.5 1.25 10")

    let note = try TextFile.read(root + "/rules/pricing/PRICES.md", limit: 1 << 20)
    #expect(String(decoding: note, as: UTF8.self).contains("\(rows.count) models imported"))
  }
}
