import Diagnostics
import Language
import Testing
import Values

/// Texts nobody means well with: each meets a named limit or a diagnostic, and nothing traps.
@Suite struct HostileTests {
  static let seed: UInt64 = 0x5EED_2026

  @Test func deepNestingMeetsItsLimit() {
    for (opener, closer) in [
      ("(", ")"), ("not ", ""), ("- ", ""), ("if ", ""), ("f(", ")"), ("previous ", ""), ("round up (", ")"),
      ("if a then b else ", ""), ("a + (", ")"), ("a and not (", ")"), ("round up to (", ")"),
    ] {
      let text = "let x = " + String(repeating: opener, count: 10_000) + "a" + String(repeating: closer, count: 9)
      let reading = Reading(text)
      #expect(reading.diagnostics.map(\.code) == ["P0118"], "\(opener): \(reading.report)")
      #expect(reading.spansAreInside)
    }
    #expect(Reading("let x = " + String(repeating: "(", count: 100_000)).diagnostics.first?.code == "P0118")
  }

  @Test func nestingUpToTheLimitIsRead() {
    let deep = { (count: Int) in
      "let x = " + String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count)
    }
    #expect(Reading(deep(Limits.standard.nesting)).report == "")
    #expect(Reading(deep(Limits.standard.nesting + 1)).diagnostics.map(\.code) == ["P0118"])
  }

  @Test func longChainsMeetTheirLimit() {
    for sign in [" + ", " and ", " * ", " or "] {
      let chain = { (count: Int) in "let x = " + Array(repeating: "a", count: count).joined(separator: sign) }
      #expect(Reading(chain(Limits.standard.expressionHeight)).report == "")
      #expect(Reading(chain(Limits.standard.expressionHeight + 1)).diagnostics.map(\.code) == ["P0118"])
      #expect(Reading(chain(40_000)).diagnostics.map(\.code) == ["P0118"])
    }
    #expect(Reading("let x = a" + String(repeating: ".b", count: 40_000)).diagnostics.map(\.code) == ["P0118"])
    #expect(Reading("let x = a" + String(repeating: " < a", count: 40_000)).diagnostics.map(\.code) == ["P0116"])
  }

  @Test func oversizedFilesMeetTheirLimits() {
    let most = Limits.standard.fileBytes
    let large = [UInt8](repeating: UInt8(ascii: " "), count: most)
    #expect(Reading(bytes: large).report == "")
    #expect(Reading(bytes: large + [UInt8(ascii: " ")]).diagnostics.map(\.code) == ["P0001"])
    let tokens = Array(String(repeating: "a ", count: Limits.standard.fileTokens + 1).utf8)
    #expect(Reading(bytes: Array("let x = ".utf8) + tokens).diagnostics.map(\.code).contains("P0002"))
  }

  @Test func longLinesAreRead() {
    let million = 1_000_000
    #expect(Reading("let x = \"" + String(repeating: "a", count: million) + "\"").diagnostics.map(\.code) == ["P0007"])
    #expect(Reading("let x = \"" + String(repeating: "a", count: million)).diagnostics.map(\.code) == ["P0006"])
    #expect(Reading("let " + String(repeating: "a", count: million) + " = b").diagnostics.map(\.code) == ["P0009"])
    #expect(Reading("let x = " + String(repeating: "1", count: million)).diagnostics.map(\.code) == ["P0010"])
    #expect(Reading("let x = $1." + String(repeating: "1", count: million)).diagnostics.map(\.code) == ["P0013"])
    #expect(Reading("let x = a #" + String(repeating: "1", count: million)).report == "")
    #expect(Reading(String(repeating: "#\n", count: million / 2)).report == "")
    #expect(Reading("let x = a" + String(repeating: " ", count: million) + "+").diagnostics.map(\.code) == ["P0107"])
  }

  @Test func reportsAreLimited() {
    for junk in [";", "1.5 ", "\"\n", "x\n", "let x = )\n"] {
      let reading = Reading(String(repeating: junk, count: 30_000))
      #expect(reading.diagnostics.count == Limits.standard.keptDiagnostics, "\(junk)")
      #expect(reading.spansAreInside)
    }
  }

  @Test func rowsMeetTheirLimit() {
    let head = "table t by a: integer gives b: money\n"
    let rows = { (count: Int) in head + String(repeating: "  row 1 -> $1\n", count: count) + "let x = a\n" }
    #expect(Reading(rows(Limits.standard.tableRows)).report == "")
    let reading = Reading(rows(Limits.standard.tableRows + 1))
    #expect(reading.diagnostics.map(\.code) == ["P0119"])
    #expect(reading.dump.hasSuffix("\n(let x a)"))
  }

  @Test func randomBytesAreOnlyReported() {
    print("seed \(HostileTests.seed)")
    var random = SeededGenerator(seed: HostileTests.seed)
    for size in [1, 2, 3, 10, 100, 1_000, 10_000, 200_000] {
      for _ in 0..<3 {
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        let reading = Reading(bytes: bytes)
        #expect(reading.spansAreInside)
        #expect(Formatter.format(Source(name: "", bytes: bytes)).bytes.isEmpty == bytes.isEmpty)
      }
    }
  }

  /// Rule files with bytes flipped and tokens deleted, doubled and swapped.
  @Test func mutatedFilesAreReadOrReported() {
    print("seed \(HostileTests.seed)")
    var random = SeededGenerator(seed: HostileTests.seed)
    let texts = FamilyTexts.all.map { Array($0.utf8) }
    var clean = 0
    for round in 0..<20_000 {
      let bytes = Mutation.mutate(texts[round % texts.count], using: &random)
      let reading = Reading(bytes: bytes)
      if reading.diagnostics.isEmpty { clean += 1 }
      guard reading.spansAreInside, reading.diagnostics.allSatisfy({ DiagnosticCode.named($0.code) != nil }) else {
        Issue.record("seed \(HostileTests.seed) round \(round): \(String(decoding: bytes, as: UTF8.self))")
        return
      }
      if round % 40 == 0 { expectFormatKeeps(bytes, round) }
    }
    // Most changes break a file and some do not; both ends would mean that nothing was tried.
    #expect(clean > 200 && clean < 19_800)
  }

  private func expectFormatKeeps(_ bytes: [UInt8], _ round: Int) {
    let once = Formatter.format(Source(name: "a.rules", bytes: bytes))
    let twice = Formatter.format(Source(name: "a.rules", bytes: once.bytes))
    #expect(twice.bytes == once.bytes, "seed \(HostileTests.seed) round \(round)")
    guard once.diagnostics.isEmpty else { return }
    #expect(Reading(bytes: once.bytes).dump == Reading(bytes: bytes).dump, "seed \(HostileTests.seed) round \(round)")
  }
}

/// Small damage to a text.
enum Mutation {
  static func mutate(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !bytes.isEmpty else { return bytes }
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1:
        bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
      case 2: bytes.removeSubrange(token(bytes, &random))
      case 3:
        let copied = token(bytes, &random)
        bytes.insert(contentsOf: [0x20] + bytes[copied] + [0x20], at: copied.upperBound)
      case 4:
        let (one, other) = (token(bytes, &random), token(bytes, &random))
        guard one.upperBound <= other.lowerBound else { continue }
        let (first, second) = (Array(bytes[one]), Array(bytes[other]))
        bytes.replaceSubrange(other, with: first)
        bytes.replaceSubrange(one, with: second)
      default:
        let junk = [
          "(", ")", "\n", "\"", "#", "=", " - ", ".", "..", "if ", " not ", "$", "\nlet ", "rule", ",", "\u{FEFF}",
        ]
        let piece = Array((junk.randomElement(using: &random) ?? "").utf8)
        bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }

  /// The run of bytes without space around some place.
  private static func token(_ bytes: [UInt8], _ random: inout SeededGenerator) -> Range<Int> {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let isSpace = { (index: Int) in bytes[index] == 0x20 || bytes[index] == 0x0A }
    var start = place
    var end = place
    while start > 0, !isSpace(start - 1) { start -= 1 }
    while end < bytes.count, !isSpace(end) { end += 1 }
    return min(start, end)..<end
  }
}
