import Testing

@testable import Formats

@Suite("Numbers and names from bytes")
struct NumberTests {
  static func scaled(_ text: String, _ decimals: Int) -> Int64? {
    Array(text.utf8).withUnsafeBytes { Digits.scaled($0, decimals: decimals) }
  }

  @Test(
    "digits become exactly the number",
    arguments: [
      ("0", 0, 0), ("7", 0, 7), ("-7", 0, -7), ("007", 0, 7), ("999999999999999999", 0, 999_999_999_999_999_999),
      ("1.23", 9, 1_230_000_000), ("-0.000000001", 9, -1), ("1", 9, 1_000_000_000), ("0.5", 1, 5),
      ("999999999.999999999", 9, 999_999_999_999_999_999), ("000000000000000000", 9, 0),
    ] as [(String, Int, Int64)])
  func numbers(_ text: String, _ decimals: Int, _ value: Int64) { #expect(Self.scaled(text, decimals) == value) }

  @Test(
    "anything else is none",
    arguments: [
      ("", 0), ("-", 0), ("+1", 0), ("1.", 2), (".5", 2), ("1.234", 2), ("1 ", 0), ("1e3", 0), ("1,000", 0), ("--1", 0),
      ("9999999999999999999", 0), ("1000000000", 9), ("1..2", 3), ("1.-2", 3), ("٣", 0), ("\0", 0),
    ])
  func nothingElse(_ text: String, _ decimals: Int) { #expect(Self.scaled(text, decimals) == nil) }

  static func name(_ bytes: [UInt8], _ pool: inout NamePool) -> String? { bytes.withUnsafeBytes { pool.name($0) } }

  @Test("the same bytes are the same name, and many names are kept apart")
  func names() {
    var pool = NamePool()
    for round in 0..<2 {
      for number in 0..<5_000 { #expect(Self.name(Array("account-\(number)".utf8), &pool) == "account-\(number)") }
      #expect(pool.count == 5_000, "round \(round)")
    }
    #expect(Self.name([], &pool) == "")
    for length in 1...40 {
      let text = String(repeating: "é", count: length)
      #expect(Self.name(Array(text.utf8), &pool) == text)
    }
  }

  @Test("names that differ in one byte, wherever it stands, are kept apart", arguments: 1...40)
  func oneByte(_ length: Int) {
    var pool = NamePool()
    var bytes = Array(repeating: UInt8(ascii: "a"), count: length)
    var numbers: [Int?] = [bytes.withUnsafeBytes { pool.place(of: $0) }]
    for place in 0..<length {
      bytes[place] = UInt8(ascii: "b")
      numbers.append(bytes.withUnsafeBytes { pool.place(of: $0) })
      #expect(numbers.last == bytes.withUnsafeBytes { pool.place(of: $0) })
      #expect(Self.name(bytes, &pool) == String(decoding: bytes, as: UTF8.self))
      bytes[place] = UInt8(ascii: "a")
    }
    #expect(numbers == Array(0...length), "a number for each")
  }

  @Test("a pool that is full still gives names")
  func fullPool() {
    var pool = NamePool(limit: 2)
    for text in ["a", "b", "c", "d", "c", "a"] { #expect(Self.name(Array(text.utf8), &pool) == text) }
    #expect(pool.count == 2)
  }

  @Test("what is no text, too long, or would steer a terminal is no name")
  func noNames() {
    var pool = NamePool()
    for bytes: [UInt8] in [
      [0xFF], [0xC3], [0], [0x7F], [0x1B, 0x5B], [0xC2, 0x85], Array(repeating: 0x61, count: 257),
    ] {
      #expect(Self.name(bytes, &pool) == nil)
    }
    #expect(Self.name(Array(repeating: 0x61, count: 256), &pool) != nil)
  }
}
