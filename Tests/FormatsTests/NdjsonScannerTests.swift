import Testing
import Values

@testable import Formats

@Suite("Lines of JSON")
struct NdjsonScannerTests {
  /// Lines as `LINE:name=value`, texts in quotes; broken ones as `LINE!`.
  static func shown(
    _ bytes: [UInt8], _ length: Int = 1 << 20, limits: ScanLimits = ScanLimits(), noteMark: String = ""
  ) throws(InputFault) -> (rows: [String], faults: [RowFault]) {
    var scanner = NdjsonScanner(pieces(bytes, of: [length]), limits: limits, noteMark: noteMark)
    var rows: [String] = []
    var faults: [RowFault] = []
    while true {
      switch try scanner.next() {
      case .row:
        let members = scanner.members.map { member in
          let value = String(decoding: member.value, as: UTF8.self)
          return String(decoding: member.name, as: UTF8.self) + "=" + (member.kind == .text ? "'\(value)'" : value)
        }
        rows.append("\(scanner.line):" + members.joined(separator: " "))
      case .note: rows.append("\(scanner.line)#")
      case .broken(let fault):
        rows.append("\(scanner.line)!")
        faults.append(fault)
      case .end: return (rows, faults)
      }
    }
  }

  @Test(
    "hands out the members",
    arguments: [
      ("", []), ("\n\r\n", []), ("{}", ["1:"]), (" { } \r\n", ["1:"]), ("\u{FEFF}{\"a\":1}", ["1:a=1"]),
      ("{\"a\":1}\n{\"b\":\"x\"}\n", ["1:a=1", "2:b='x'"]),
      ("\n{\"a\" : -1.5e+07 , \"b\":0}\r\n", ["2:a=-1.5e+07 b=0"]),
      ("{\"a\":true,\"b\":false,\"c\":null}", ["1:a=true b=false c=null"]),
      ("{\"a\":[1,{\"]\":\"}\\\"\"}],\"b\":{\"c\":[]}}", ["1:a=[1,{\"]\":\"}\\\"\"}] b={\"c\":[]}"]),
      (#"{"a":"x\n\"\\\/é😀\b","\t":""}"#, ["1:a='x\n\"\\/é😀\u{8}' \t=''"]),
      (#"{"a":"\u00e9\ud83d\ude00\u0041","b":"c","d":"\t"}"#, ["1:a='é😀A' b='c' d='\t'"]),
      ("{\"a\":\"12345678\",\"b\":\"123456789\"}", ["1:a='12345678' b='123456789'"]),
    ] as [(String, [String])])
  func members(_ text: String, _ rows: [String]) throws {
    for length in [1 << 20, 1, 5] {
      let seen = try Self.shown(Array(text.utf8), length)
      #expect(seen.rows == rows)
      #expect(seen.faults.isEmpty)
    }
  }

  @Test(
    "says what is wrong with a line, and reads the next",
    arguments: [
      ("x", "expected an object, at byte 1"), ("[1]", "expected an object, at byte 1"),
      ("{", "the object is not closed"),
      ("{\"a\"", "the object is not closed"), ("{\"a\":", "the object is not closed"),
      ("{\"a\":1", "the object is not closed"),
      ("{\"a\":1,", "the object is not closed"), ("{\"a\":\"x", "the object is not closed"),
      ("{\"a\":[", "the object is not closed"), ("{\"a\":[\"", "the object is not closed"),
      ("{\"a\":[\"\\", "the object is not closed"),
      ("{\"a\":\"\\u12", "`\\u` needs four hexadecimal digits, at byte 7"),
      ("{a:1}", "expected a name in double quotes, at byte 2"), ("{\"a\" 1}", "expected `:`, at byte 6"),
      ("{\"a\":1 \"b\":2}", "expected `,` or `}`, at byte 8"),
      ("{\"a\":1,}", "expected a name in double quotes, at byte 8"),
      ("{\"a\":1}{\"b\":2}", "the line goes on after its object, at byte 8"),
      ("{\"a\":nul}", "expected a value, at byte 6"),
      ("{\"a\":01}", "a number must not begin with 0, at byte 6"), ("{\"a\":1.}", "expected a digit, at byte 8"),
      ("{\"a\":-}", "expected a digit, at byte 7"), ("{\"a\":1e}", "expected a digit, at byte 8"),
      ("{\"a\":[1}}", "this bracket closes none, at byte 8"),
      ("{\"a\":\"\t\"}", "a control character inside a text, at byte 7"),
      ("{\"a\":\"\\n\t\"}", "a control character inside a text, at byte 9"),
      ("{\"a\":\"\\x\"}", "JSON has no such escape, at byte 7"),
      ("{\"a\":\"\\ud83d\"}", "half of a surrogate pair is not a character, at byte 7"),
      ("\0", "expected an object, at byte 1"),
      ("{\"a\":\0}", "expected a value, at byte 6"),
    ])
  func faults(_ text: String, _ message: String) throws {
    let seen = try Self.shown(Array((text + "\n{\"next\":1}").utf8))
    #expect(seen.rows == ["1!", "2:next=1"])
    #expect(seen.faults.first?.message.hasPrefix(message) == true, "\(seen.faults)")
  }

  @Test("limits have names: the line, the members, the depth")
  func limits() throws {
    let limits = ScanLimits(lineBytes: 40, columns: 2)
    let deep = String(repeating: "[", count: 65)
    let long = "{\"a\":\"\(String(repeating: "x", count: 40))\"}"
    let seen = try Self.shown(Array("{\"a\":1,\"b\":2,\"c\":3}\n\(long)\n{\"a\":1}".utf8), 3, limits: limits)
    #expect(seen.rows == ["1!", "2!", "3:a=1"])
    #expect(seen.faults == [.tooManyColumns(limit: 2), .tooLong(limit: 40)])
    let nested = try Self.shown(Array("{\"a\":\(deep)".utf8))
    #expect(nested.faults.first?.message.contains("more than 64 deep") == true)
    let pairs = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try Self.shown(Array("{\"a\":\(pairs)}".utf8)).faults.isEmpty)
  }

  @Test("notes are passed over")
  func notes() throws {
    let text = "# line 1: {\"\n{\"a\":1}\n# lin\n"
    #expect(try Self.shown(Array(text.utf8), 1, noteMark: "# line ").rows == ["1#", "2:a=1", "3!"])
  }

  @Test("mutated lines are read where the strict reader reads them, and nothing traps")
  func againstStrictReader() throws {
    var (random, seed) = seededGenerator("JSON lines against the strict reader")
    let seeds = [
      #"{"seq":0,"ts_us":1767225600000000,"account":"acct_000005","model":"gpt-4o","input_tokens":374,"x":null}"#,
      #"{"a":"\u00e9\n\"","b":[1,{"c":"]"}],"d":true,"e":-1.5e-07}"#, #"{"é":"€😀","":"","n":0}"#,
    ]
    let signs = Array(#"{}[]":,\u0123456789truefalsn.eE+- é"#.utf8) + [0, 9, 0xFF]
    var both = 0
    for _ in 0..<8_000 {
      var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &random)].utf8)
      for _ in 0..<Int.random(in: 0..<3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = signs[Int.random(in: 0..<signs.count, using: &random)]
        case 1: bytes.insert(signs[Int.random(in: 0..<signs.count, using: &random)], at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      let seen = try Self.shown(bytes, Int.random(in: 1..<80, using: &random))
      guard let strict = try? JsonReader.read(bytes) else { continue }
      guard case .object(let members) = strict else { continue }
      both += 1
      // What is strict JSON is read, member by member; what is not may be, inside of lists and repeated names.
      #expect(seen.faults.isEmpty && seen.rows.count == 1, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
      for member in members {
        let value: String
        switch member.value {
        case .text(let text): value = "'\(text)'"
        case .integer(let number): value = String(number)
        default: continue
        }
        // `-0` is the number 0.
        guard value != "0" else { continue }
        let isThere = seen.rows.first?.contains("\(member.name)=\(value)") == true
        #expect(isThere, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(both > 500)
  }
}
