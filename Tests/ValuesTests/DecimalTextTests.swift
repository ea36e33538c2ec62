import Testing
import Values

@Suite("decimal text")
struct DecimalTextTests {
  @Test(
    "scales exactly",
    arguments: [
      ("1500", 0, 1_500), ("1.5e-07", 12, 150_000), ("2.5E-6", 12, 2_500_000), ("2.5E+6", 0, 2_500_000),
      ("-0.25", 2, -25),
      ("0", 30, 0), ("0e400", 0, 0), ("-0.000", 5, 0), ("+7", 0, 7), ("00012.3400", 2, 1_234),
      ("1e18", 0, 1_000_000_000_000_000_000),
      ("9223372036854775807", 0, Int64.max), ("-9223372036854775808", 0, Int64.min),
      ("9.223372036854775807", 18, Int64.max),
      ("1000", -3, 1), ("1e-400", 400, 1), ("0.1", 1, 1), ("12e1", -1, 12),
    ] as [(String, Int, Int64)])
  func scales(text: String, power: Int, expected: Int64) throws {
    #expect(try DecimalText(parsing: text).scaled(toPower: power) == expected)
  }

  @Test(
    "refuses what is not kept exactly",
    arguments: [
      ("1.5", 0), ("1e-7", 6), ("1234", -3), ("0.1", 0), ("5", Int.min),
    ])
  func inexact(text: String, power: Int) throws {
    let decimal = try DecimalText(parsing: text)
    let error = #expect(throws: ValueError.self) { try decimal.scaled(toPower: power) }
    #expect(error == .inexact(decimal.description))
  }

  @Test(
    "refuses what does not fit",
    arguments: [
      ("9223372036854775808", 0), ("-9223372036854775809", 0), ("1e19", 0), ("1", 19), ("1", Int.max),
      ("1e400", Int.max),
      ("99999999999999999999", 0), ("18446744073709551616", 0),
    ])
  func tooLarge(text: String, power: Int) throws {
    let decimal = try DecimalText(parsing: text)
    let error = #expect(throws: ValueError.self) { try decimal.scaled(toPower: power) }
    #expect(error == .outOfRange(decimal.description, of: .number))
  }

  @Test(
    "refuses what is no number",
    arguments: [
      "", "-", "+", ".", "1.", ".5", "1..2", "1e", "1e+", "e5", "1e5x", "--1", "1 ", " 1", "0x10", "NaN", "inf",
      "1_000", "1,5",
      "１", "1e--5",
    ])
  func notANumber(text: String) {
    #expect(throws: ValueError.notANumber(text)) { try DecimalText(parsing: text) }
  }

  @Test("has limits with names")
  func limits() throws {
    let digits = DecimalText.digitLimit
    _ = try DecimalText(parsing: String(repeating: "7", count: digits))
    let long = String(repeating: "7", count: digits + 1)
    #expect(throws: ValueError.tooManyDigits(long, limit: digits)) { try DecimalText(parsing: long) }
    #expect(throws: ValueError.outOfRange("1e401", of: .number)) { try DecimalText(parsing: "1e401") }
    #expect(throws: ValueError.outOfRange("1e-99999999999999999999", of: .number)) {
      try DecimalText(parsing: "1e-99999999999999999999")
    }
  }

  @Test(
    "rounds to significant digits, halves to even",
    arguments: [
      ("1.6000000000000001e-06", 15, "1.6e-06"), ("2.4999999999999998e-07", 15, "2.5e-07"), ("123456", 3, "123000"),
      ("123500", 3, "124000"), ("122500", 3, "122000"), ("1225001", 3, "1230000"), ("9999", 2, "10000"),
      ("-9999", 2, "-10000"),
      ("-125", 2, "-120"), ("0", 15, "0"), ("12", 15, "12"), ("15", 0, "20"), ("0.99995", 4, "1"), ("1995", 3, "2000"),
    ])
  func significant(text: String, count: Int, expected: String) throws {
    #expect(try DecimalText(parsing: text).roundedToSignificant(count) == DecimalText(parsing: expected))
  }

  @Test(
    "prints plainly, or with a power of ten when that is long",
    arguments: [
      ("1.50", "1.5"), ("1.6e-6", "0.0000016"), ("-1e3", "-1000"), ("0.0", "0"), ("1.25e-30", "1.25e-30"),
      ("-7e40", "-7e40"),
    ])
  func prints(text: String, expected: String) throws {
    let decimal = try DecimalText(parsing: text)
    #expect(decimal.description == expected)
    #expect(try DecimalText(parsing: decimal.description) == decimal)
  }

  @Test("agrees with itself at every scale")
  func shifts() throws {
    var (random, seed) = seededGenerator("decimal shifts")
    for _ in 0..<5_000 {
      let value = random.anyInt64()
      let places = Int.random(in: -40...40, using: &random)
      let decimal = try DecimalText(parsing: "\(value)e\(places)")
      #expect(try decimal.scaled(toPower: -places) == value, "PAYG_SEED=\(seed)")
      #expect(try DecimalText(utf8: Array(decimal.description.utf8)) == decimal, "PAYG_SEED=\(seed)")
      #expect(decimal.isNegative == (value < 0) && decimal.isZero == (value == 0), "PAYG_SEED=\(seed)")
    }
  }
  @Test("the quick way says what the long way says")
  func quickScaling() {
    var (random, seed) = seededGenerator("decimal scaling")
    let letters = Array("0123456789.-+e_ ".unicodeScalars)
    var understood = 0
    for round in 0..<40_000 {
      // Numbers of every length, and texts that are nearly one.
      var text = round % 2 == 0 ? "" : "\(random.anyInt64() >> 20)"
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let letter = letters.randomElement(using: &random) ?? "0"
        text.unicodeScalars.insert(
          letter,
          at: text.unicodeScalars.indices.randomElement(using: &random) ?? text.unicodeScalars.endIndex)
      }
      let power = Int.random(in: -2...12, using: &random)
      let expected = try? DecimalText(parsing: text).scaled(toPower: power)
      #expect(DecimalText.scaled(text, toPower: power) == expected, "\(text) by \(power), PAYG_SEED=\(seed)")
      if expected != nil { understood += 1 }
    }
    #expect(understood > 5_000)
  }
}
