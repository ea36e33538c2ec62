import Formats
import Testing
import Values

@testable import Formats

@Suite("JSON with exact numbers")
struct JsonReaderTests {
  static func read(_ text: String) throws(JsonReader.Failure) -> Json { try JsonReader.read(Array(text.utf8)) }

  @Test(
    "reads and writes back",
    arguments: [
      ("null", "null"), (" true ", "true"), ("\tfalse\r\n", "false"), ("{}", "{}"), ("[]", "[]"), ("[ ]", "[]"),
      ("1.5e-07", "1.5e-07"), ("-0", "0"), ("0.10", "0.10"), ("1E+05", "1E+05"),
      ("12345678901234567890", "12345678901234567890"),
      (#"{"a" : [1, {"b": null}] , "c":"d"}"#, #"{"a": [1, {"b": null}], "c": "d"}"#),
      (#""\u00e9\n\t\"\\\/\ud83d\ude00""#, #""é\n\t\"\\/😀""#), ("\"\\u0001\\b\"", "\"\\u0001\\u0008\""),
      ("\u{FEFF}[1]", "[1]"),
    ])
  func readsAndWrites(_ text: String, _ written: String) throws {
    #expect(try Self.read(text).compact == written)
  }

  @Test(
    "says what is wrong and where",
    arguments: [
      ("", "1:1 expected a value, but the file ends"),
      ("  ", "1:3 expected a value, but the file ends"),
      ("{\"a\":1} x", "1:9 expected the end of the file, found `x`"),
      ("{\"a\":1}{", "1:8 expected the end of the file, found `{`"),
      ("{\"a\":1,\n \"b\"", "1:1 this object is not closed: expected `:`, but the file ends"),
      ("[1,\n 2", "1:1 this list is not closed: expected `,` or `]`, but the file ends"),
      ("[1,\n 2,\n]", "2:3 a comma before `]`"),
      ("{\"a\":1,}", "1:7 a comma before `}`"),
      ("[1 2]", "1:4 expected `,` or `]`, found `2`"),
      ("{\"a\" 1}", "1:6 expected `:`, found `1`"),
      ("{a:1}", "1:2 expected a name in double quotes, found `a`"),
      ("{'a':1}", "1:2 JSON texts stand in double quotes"),
      ("// x\n1", "1:1 JSON has no comments"),
      ("{\n\"x\": 1,\n  \"y\": 2,\n  \"x\": 3}", "4:3 `x` stands twice in this object"),
      (#"{"ab":1,"\u0061b":2}"#, "1:9 `ab` stands twice in this object"),
      (#"[{"k":{"m":1,"m":1}}]"#, "1:14 `m` stands twice in this object"),
      ("NaN", "1:1 JSON has no such number"), ("[-Infinity]", "1:2 JSON has no such number"),
      ("nul", "1:1 expected a value, found `n`"), ("True", "1:1 expected a value, found `T`"),
      ("01", "1:1 a number must not begin with 0"), ("-01", "1:2 a number must not begin with 0"),
      ("1.", "1:3 expected a digit, but the file ends"), (".5", "1:1 expected a value, found `.`"),
      ("+1", "1:1 expected a value, found `+`"), ("1e", "1:3 expected a digit, but the file ends"),
      ("[1e+]", "1:5 expected a digit, found `]`"), ("0x10", "1:2 expected the end of the file, found `x`"),
      ("\"abc", "1:1 this text is not closed"), ("\"a\nb\"", "1:3 a text must end on the line it begins on"),
      ("\"a\u{1}\"", "1:3 a control character inside a text"), (#""\x""#, "1:2 JSON has no such escape"),
      (#""\u12g4""#, #"1:2 `\u` needs four hexadecimal digits"#),
      (#""\ud800""#, "1:2 half of a surrogate pair is not a character"),
      (#""\ud800\u0041""#, "1:2 half of a surrogate pair is not a character"),
      (#""\"#, "1:2 JSON has no such escape"), ("[\"é\", !]", "1:7 expected a value, found `!`"),
    ])
  func refuses(_ text: String, _ message: String) {
    let error = #expect(throws: JsonReader.Failure.self) { try Self.read(text) }
    guard let error else { return }
    #expect("\(error.line):\(error.column) \(error.message)" == message)
  }

  @Test("text that is not UTF-8 is refused")
  func refusesBrokenBytes() {
    let error = #expect(throws: JsonReader.Failure.self) { try JsonReader.read([0x5B, 0x22, 0xFF, 0x22, 0x5D]) }
    #expect(error?.message == "this text is not valid UTF-8")
  }

  @Test("nesting ends at its limit, however deep the text goes", arguments: ["[", "{\"a\":", "[{\"a\":"])
  func limitsNesting(_ opening: String) {
    let text = String(repeating: opening, count: 100_000)
    let error = #expect(throws: JsonReader.Failure.self) { try Self.read(text) }
    #expect(error?.message == "lists and objects stand in each other more than 64 deep")
    let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try Self.read(allowed) }
  }

  @Test("what is written is read back", arguments: [UInt64(20_261_015)])
  func writesWhatItReads(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<300 {
      let value = Self.random(depth: 4, using: &generator)
      #expect(try Self.read(value.compact) == value, "seed \(seed), round \(round)")
    }
  }

  @Test("broken copies of a good text never trap", arguments: [UInt64(7)])
  func survivesMutations(_ seed: UInt64) {
    let good = Array(#"{"m/1": {"input_cost_per_token": 1.5e-07, "mode": "chat", "x": [true, null, "\u00e9\n"]}}"#.utf8)
    var generator = SeededGenerator(seed: seed)
    var refused = 0
    for round in 0..<5_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: bytes[place..<min(place + 5, bytes.count)], at: place)
        default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0...3, using: &generator)))
        }
      }
      do throws(JsonReader.Failure) { _ = try JsonReader.read(bytes) } catch {
        refused += 1
        #expect(
          error.line == 1 && (1...bytes.count + 1).contains(error.column) || bytes.contains(0x0A),
          "seed \(seed), round \(round)")
      }
    }
    #expect(refused > 2_500, "seed \(seed): the mutations hardly break anything")
  }

  static func random(depth: Int, using generator: inout SeededGenerator) -> Json {
    let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\u{0}", "\u{7F}", "é", "😀", "/", " ", ",", "\u{2028}"]
    func text() -> String {
      var text = ""
      for _ in 0..<Int.random(in: 0...5, using: &generator) {
        text.unicodeScalars.append(scalars.randomElement(using: &generator) ?? "a")
      }
      return text
    }
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .number("\(Int.random(in: -99...99, using: &generator)).5e-7")
    case 3: return .text(text())
    case 4:
      return .list(
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) })
    default:
      return .object(
        (0..<Int.random(in: 0...3, using: &generator)).map {
          Json.Member("\($0)" + text(), random(depth: depth - 1, using: &generator))
        })
    }
  }
}
