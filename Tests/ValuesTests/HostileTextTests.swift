import Testing
import Values

@Suite("hostile value texts")
struct HostileTextTests {
  private func readAll(_ text: String) {
    // Each either gives a value or throws; the test is that nothing else happens, and that errors stay one short line.
    let readers: [() throws -> Void] = [
      { _ = try Money(parsing: text) }, { _ = try Rate(parsing: text) }, { _ = try Ratio(parsing: text) },
      { _ = try Instant(parsing: text) }, { _ = try TimeSpan(parsing: text) },
      { _ = try DecimalText(parsing: text).roundedToSignificant(15).scaled(toPower: 12) },
    ]
    for read in readers {
      do { try read() } catch {
        let message = (error as? ValueError)?.message ?? ""
        #expect(message.unicodeScalars.first == "`" && message.unicodeScalars.count < 200, "\(message)")
      }
    }
  }

  @Test("refuses long texts without reading them")
  func long() {
    let long = "$" + String(repeating: "9", count: 1_000_000)
    #expect(throws: ValueError.unreadable(long, as: .money)) { try Money(parsing: long) }
    readAll(long)
    readAll(String(repeating: "1", count: 1_000_000))
    readAll(String(repeating: " ", count: 1_000_000))
    readAll(String(repeating: "e\u{301}", count: 100_000))
  }

  @Test("survives mutations of what it reads")
  func mutations() {
    var random = seededGenerator("value mutations").random
    let good = [
      "$19.9999", "-$3", "150 units", "$2.50 per 1M tokens", "4/5", "12.5%", "2026-10-15T14:02:11.123456Z",
      "90 minutes",
      "1.6000000000000001e-06", "-9223372036854775808", "7 business days",
    ]
    let pieces = Array("$-+./%eEuTZ:0159 \t\n\0é٣１\u{200D}\u{FFFD}".unicodeScalars)
    for _ in 0..<20_000 {
      var scalars = Array((good.randomElement(using: &random) ?? "").unicodeScalars)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...scalars.count, using: &random)
        let piece = pieces.randomElement(using: &random) ?? "0"
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars.insert(piece, at: place)
        case 1 where place < scalars.count: scalars.remove(at: place)
        case 2 where place < scalars.count: scalars[place] = piece
        default: scalars += scalars.prefix(place)
        }
      }
      readAll(String(String.UnicodeScalarView(scalars)))
    }
  }

  @Test(
    "says what to do about every error",
    arguments: [
      (ValueError.notANumber("x"), "write digits, such as `1500` or `0.25`"),
      (.unreadable("x", as: .money), "write it like `$5`, `$0.006` or `150 units`"),
      (.leapSecond("x"), "write the second before, `:59`"), (.businessDays("x"), "write days, such as `7 days`"),
      (.impossibleDate("x"), nil),
    ] as [(ValueError, String?)])
  func help(error: ValueError, help: String?) {
    #expect(error.help == help)
  }

  @Test("shows the examples it can read")
  func examples() throws {
    for form in ValueForm.allCases {
      let help = ValueError.unreadable("", as: form).help ?? ""
      let quoted = help.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      #expect(!quoted.isEmpty)
      for text in quoted {
        switch form {
        case .number: _ = try DecimalText(parsing: text)
        case .money: _ = try Money(parsing: text)
        case .rate: _ = try Rate(parsing: text)
        case .ratio: _ = try Ratio(parsing: text)
        case .instant: _ = try Instant(parsing: text)
        case .timeSpan: _ = try TimeSpan(parsing: text)
        }
      }
    }
  }
}
