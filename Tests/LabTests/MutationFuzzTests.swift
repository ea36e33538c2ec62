import Diagnostics
import Engine
import Foundation
import Language
import Ledger
import Testing
import Values

/// Rule files with mistakes nobody thought of: reading, checking, analysing and rendering them never traps, and one without
/// mistakes compiles and decides an event.
///
/// `PAYG_FUZZ_SECONDS=600 swift test --filter longRun` goes on for ten minutes, with seeds of its own.
@Suite("Mutated rule files")
struct MutationFuzzTests {
  @Test("thirty thousand of them are answered", arguments: 0..<6)
  func areAnswered(_ part: Int) {
    let seed = UInt64(20_260_101 + part)
    print("mutation seed \(seed)")
    var fuzzer = MutationFuzzer(seed: seed)
    for _ in 0..<5_000 { fuzzer.step() }
    #expect(fuzzer.failures.isEmpty, "seed \(seed)\n\(fuzzer.report)")
    #expect(fuzzer.decided > 50, "only \(fuzzer.decided) mutants were right and decided an event")
  }

  static let seconds = ProcessInfo.processInfo.environment["PAYG_FUZZ_SECONDS"].flatMap(Int64.init)

  @Test("as long as asked for", .enabled(if: seconds != nil))
  func longRun() {
    let seed = UInt64(Date().timeIntervalSince1970)
    print("mutation seed \(seed)")
    var fuzzer = MutationFuzzer(seed: seed)
    let end = ContinuousClock.now + .seconds(Self.seconds ?? 0)
    while ContinuousClock.now < end, fuzzer.failures.count < 20 { fuzzer.step() }
    print("\(fuzzer.count) mutants, \(fuzzer.clean) without mistakes, \(fuzzer.decided) decided an event")
    #expect(fuzzer.failures.isEmpty, "seed \(seed)\n\(fuzzer.report)")
  }
}

/// Changes rule files at random and follows each through everything.
struct MutationFuzzer {
  typealias File = (name: String, bytes: [UInt8])

  private var generator: SeededGenerator
  private(set) var count = 0
  private(set) var clean = 0
  private(set) var decided = 0
  private(set) var failures: [(what: String, files: [File])] = []

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// Sets of files that belong together: every golden case, every family alone, and all families.
  static let corpus: [[File]] = {
    let root = Golden.tests.deletingLastPathComponent().appending(path: "rules")
    let families = ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
    var all: [File] = []
    var sets: [[File]] = []
    for family in families {
      let folder = root.appending(path: family)
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
      let files = names.filter { $0.hasSuffix(".rules") || $0.hasSuffix(".csv") }.map { name -> File in
        let bytes = Golden.bytes(folder.appending(path: name))
        // A price list has thousands of lines; a hundredth of them says as much here.
        let isList = name.hasSuffix(".csv")
        return (
          isList ? name : "\(family).rules",
          isList ? Array(bytes.split(separator: 10).prefix(20).joined(separator: [10])) : bytes
        )
      }
      sets.append(files)
      all += files
    }
    // Only what is whole can come out right again, so whole sets come more often than broken ones.
    return Array(repeating: sets, count: 3).flatMap(\.self) + GoldenCase.all.map(\.files)
      + Array(repeating: all, count: 6)
  }()

  /// Words and signs that mean something somewhere.
  static let pieces = [
    "none", "on", "off", "$0", "-$1", "$1000000000", "9223372036854775807", "0", "1/3", "900%", "now", "cycle.start",
    "previous ",
    " is set", " is none", " and ", " or ", "not ", "(", ")", "if ", " then ", " else ", "min(", "max(", "round up (",
    "round down to 1 cent (",
    " in $1..$5", "balance", "balance.drawn", "request.cost", "request.paid", "request.shortfall", "last request",
    "key_limit", "subscribed",
    " * ", " / ", " + ", " - ", " > ", " is ", "per key", "global", "each cycle", "keeps lots", "set ", "pay ",
    "credit ", "5 tokens", "2 hours",
    "\n", "\n\n", "  ", "\"", "#", "€", "\u{0}", "let x = x\n", "setting a : money or none = none\n",
    "deny request rule q when off with quota_exceeded\n",
    "2026-01-01", "any", " to ", " to below ", " -> ", "table t by a: money gives b: bool\n  row any -> on\n", "unique",
    "first", "rate ", "12.5%",
  ]

  private mutating func below(_ count: Int) -> Int { count > 0 ? Int.random(in: 0..<count, using: &generator) : 0 }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let place = below(bytes.count)
    switch below(10) {
    case 0: if !bytes.isEmpty { bytes[place] = UInt8(truncatingIfNeeded: generator.next()) }
    case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(12)))
    case 2, 3, 4: bytes.insert(contentsOf: Array(Self.pieces[below(Self.pieces.count)].utf8), at: place)
    case 5, 6: replaceWord(&bytes, at: place)
    case 7: duplicateLine(&bytes, at: place)
    case 8: swapWords(&bytes)
    default:
      let digits = bytes.indices.filter { bytes[$0] >= 48 && bytes[$0] <= 57 }
      if !digits.isEmpty { bytes[digits[below(digits.count)]] = UInt8(48 + below(10)) }
    }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95 || byte == 46
      || byte == 36
  }

  private func word(in bytes: [UInt8], at place: Int) -> Range<Int> {
    var (low, high) = (place, place)
    while low > 0, isWord(bytes[low - 1]) { low -= 1 }
    while high < bytes.count, isWord(bytes[high]) { high += 1 }
    return low..<high
  }

  private mutating func replaceWord(_ bytes: inout [UInt8], at place: Int) {
    let range = word(in: bytes, at: place)
    let other = word(in: bytes, at: below(bytes.count))
    let piece = below(2) == 0 ? Array(bytes[other]) : Array(Self.pieces[below(Self.pieces.count)].utf8)
    bytes.replaceSubrange(range, with: piece)
  }

  private mutating func swapWords(_ bytes: inout [UInt8]) {
    let pair = [word(in: bytes, at: below(bytes.count)), word(in: bytes, at: below(bytes.count))].sorted {
      $0.lowerBound < $1.lowerBound
    }
    guard pair[0].upperBound <= pair[1].lowerBound else { return }
    let (first, second) = (Array(bytes[pair[0]]), Array(bytes[pair[1]]))
    bytes.replaceSubrange(pair[1], with: first)
    bytes.replaceSubrange(pair[0], with: second)
  }

  private mutating func duplicateLine(_ bytes: inout [UInt8], at place: Int) {
    let start = bytes[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let end = bytes[place...].firstIndex(of: 10) ?? bytes.count
    guard start <= end else { return }
    let breaks = bytes.indices.filter { bytes[$0] == 10 }
    let target = breaks.isEmpty ? bytes.count : breaks[below(breaks.count)]
    bytes.insert(contentsOf: [10] + Array(bytes[start..<end]), at: target)
  }

  /// One mutant, from bytes to a decision.
  mutating func step() {
    count += 1
    var files = Self.corpus[below(Self.corpus.count)]
    guard !files.isEmpty else { return }
    for _ in 0...max(0, below(6) - 3) {
      let file = below(files.count)
      mutate(&files[file].bytes)
    }
    files.shuffle(using: &generator)
    // A trap ends the process: what was read last is what it died of.
    Self.keep(files)
    let text = CheckedText(files)
    for diagnostic in text.diagnostics {
      for span in [diagnostic.span] + diagnostic.labels.map(\.span) where !isInside(span, text.program.sources) {
        fail("\(diagnostic.code) is outside the text: \(span)", files)
      }
    }
    if text.rendered.isEmpty != text.diagnostics.isEmpty { fail("what was found is not rendered", files) }
    guard !text.diagnostics.hasErrors else { return }
    clean += 1
    decide(text.program, files)
  }

  private func isInside(_ span: Span, _ sources: SourceMap) -> Bool {
    span.isNone
      || (sources.sources.indices.contains(Int(span.source)) && span.start >= 0 && span.start <= span.end
        && Int(span.end) <= sources[span].bytes.count)
  }

  private mutating func decide(_ program: Program, _ files: [File]) {
    let engine: RuleEngine
    do throws(CompileError) {
      var checking = try RuleEngine(program)
      checking.checksPromises = true
      engine = checking
    } catch {
      switch error {
      // How much code the rules of one event make is known only when they are compiled.
      case .tooManyRegisters, .tooManyInstructions: return
      default: return fail("checked and not compiled: \(error.message)", files)
      }
    }
    guard !program.events.isEmpty else { return }
    let event = below(program.events.count)
    var account = engine.newAccount()
    let fields = program.events[event].fields.prefix(program.events[event].givenCount).map { field -> Int64 in
      if let value = field.value, below(2) == 0 { return value }
      let (low, high) = (Int64(clamping: field.range.low), Int64(clamping: field.range.high))
      if case .ratio = field.type.base { return Ratio.one.packed }
      return [low, high, Int64.random(in: low...high, using: &generator)][below(3)]
    }
    do throws(EngineFault) {
      let input = EventInput(event: event, id: "one", at: 1_767_225_600_000_000, fields: Array(fields))
      _ = try engine.submit(input, to: &account)
      decided += 1
    } catch {
      switch error {
      // Two payments that only this event's own facts bring together, a ledger at its end, a field that says it is refused.
      case .twoPayments, .ledger, .fieldOutOfRange: decided += 1
      default: fail("checked and not decided: \(error.message)", files)
      }
    }
  }

  private mutating func fail(_ what: String, _ files: [File]) {
    if failures.count < 20 { failures.append((what, files)) }
  }

  var report: String {
    failures.prefix(5).map { failure in
      "\(failure.what)\n"
        + failure.files.map { "# file \($0.name)\n" + String(decoding: $0.bytes, as: UTF8.self) }.joined()
    }.joined(separator: "\n----\n")
  }

  private static let lastMutant = ProcessInfo.processInfo.environment["PAYG_FUZZ_KEEP"]

  private static func keep(_ files: [File]) {
    guard let lastMutant else { return }
    let text = files.map { "# file \($0.name)\n" + String(decoding: $0.bytes, as: UTF8.self) }.joined()
    try? Data(text.utf8).write(to: URL(filePath: lastMutant))
  }
}
