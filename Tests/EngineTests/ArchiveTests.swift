import Language
import Ledger
import Testing
import Values

@testable import Engine

/// A decision comes back from its bytes as it was; other bytes are refused.
@Suite struct ArchiveTests {
  /// Everything a decision says, as text: so that a difference can be seen.
  static func dump(_ decision: Decision) -> String {
    var text = ""
    // It has values all the way down, and `dump` shows those of private members, too.
    Swift.dump(decision, to: &text)
    return text
  }

  static func explanation(_ decision: Decision, _ engine: RuleEngine, _ account: AccountState) -> String {
    Explanation(decision, by: engine, account: account).text()
  }

  /// Decisions of random policies, one after another, with what each was decided by.
  static func each(
    seeds: some Sequence<UInt64>, steps: Int = 9,
    _ body: @escaping (Decision, RuleEngine, AccountState, Comment) -> Void
  ) throws {
    for seed in seeds {
      do {
        var twins = try TwinAccounts(seed: seed)
        let engine = twins.engine
        twins.watch = { decision, account, place in body(decision, engine, account, place) }
        for step in 0..<steps { guard twins.step(step) else { break } }
      } catch let error as CompileError {
        Issue.record("seed \(seed): \(error.message)")
      }
    }
  }

  @Test(arguments: 0..<UInt64(4))
  func comesBackAsItWas(batch: UInt64) throws {
    var count = 0
    var seen: Set<String> = []
    try Self.each(seeds: (0..<400).map { 7_000_000 + batch * 1_000 + $0 }) { decision, engine, account, place in
      count += 1
      let bytes = decision.archived(by: engine.compiled)
      do throws(ArchiveFault) {
        let again = try Decision(archive: bytes, event: decision.event, id: decision.id, by: engine.compiled)
        #expect(Self.dump(again) == Self.dump(decision), place)
        #expect(Self.explanation(again, engine, account) == Self.explanation(decision, engine, account), place)
        #expect(again.archived(by: engine.compiled) == bytes, place)
      } catch {
        Issue.record("\(place): \(error.message)")
      }
      func note(_ name: String, _ happened: Bool) { if happened { seen.insert(name) } }
      note(decision.verdict.rawValue, true)
      note("replay", decision.isReplay)
      note("afterwards", decision.afterwards != nil)
      note("notices", !decision.notices.isEmpty)
      note("key", decision.trace.keyRow != nil)
      note("records", decision.trace.records.contains { !$0.isEmpty })
      note("totals", !decision.trace.totals.isEmpty)
      note("rescue", decision.rescueRule != nil)
      note("tried", decision.triedRescueRule != nil)
      note("hold", decision.hold != nil)
      note("collections", !decision.collections.isEmpty)
      note("refunds", !decision.refunds.isEmpty)
      note("broken", !decision.brokenPromises.isEmpty)
      note("field", decision.field != nil)
    }
    #expect(count > 1_500)
    #expect(seen.count == 17, "\(seen.sorted())")
  }

  @Test("several decisions stand one behind another in one buffer")
  func appends() throws {
    var bytes: [UInt8] = [1, 2, 3]
    var parts: [(range: Range<Int>, decision: Decision)] = []
    var engine = try RuleEngine(SmallPolicy.program)
    var account = engine.newAccount()
    try engine.change(SmallPolicy.limit, to: 5 * SmallPolicy.dollar, in: &account, at: RandomProgram.start)
    for number in 0..<20 {
      let input = EventInput(
        event: SmallPolicy.request, id: "e\(number)", at: RandomProgram.start + Int64(number) * 1_000_003,
        fields: [Int64(number) * 123_456_789])
      let decision = try engine.submit(input, to: &account)
      let start = bytes.count
      decision.archive(into: &bytes, by: engine.compiled)
      parts.append((start..<bytes.count, decision))
    }
    #expect(bytes.starts(with: [1, 2, 3]))
    for (range, decision) in parts {
      let again = try Decision(
        archive: bytes[range], event: decision.event, id: decision.id, by: engine.compiled)
      #expect(Self.dump(again) == Self.dump(decision))
    }
  }

  // MARK: - Other bytes

  static func read(_ bytes: [UInt8], like decision: Decision, _ engine: RuleEngine) -> Result<Decision, ArchiveFault> {
    Result { () throws(ArchiveFault) in
      try Decision(archive: bytes, event: decision.event, id: decision.id, by: engine.compiled)
    }
  }

  @Test("changed bytes are a fault")
  func changedBytes() throws {
    var random = SeededGenerator(seed: 41)
    var mutations = 0
    try Self.each(seeds: 8_000_000..<8_000_120, steps: 6) { decision, engine, _, place in
      let bytes = decision.archived(by: engine.compiled)
      for end in 0..<bytes.count {
        let fault = #expect(throws: ArchiveFault.self, place) {
          try Self.read(Array(bytes[..<end]), like: decision, engine).get()
        }
        #expect(fault == .damaged)
      }
      for _ in 0..<40 {
        let changed = Self.mutated(bytes, &random)
        if changed == bytes { continue }
        mutations += 1
        if case .success = Self.read(changed, like: decision, engine) { Issue.record("\(place): \(changed)") }
      }
    }
    #expect(mutations > 5_000)
  }

  @Test("bytes made to look right never trap, and what they say can be explained")
  func forgedBytes() throws {
    var random = SeededGenerator(seed: 43)
    var (believed, refused) = (0, 0)
    try Self.each(seeds: 8_100_000..<8_100_150, steps: 8) { decision, engine, account, place in
      let bytes = decision.archived(by: engine.compiled)
      for _ in 0..<25 {
        var changed = Self.mutated(Array(bytes.dropLast(ArchiveForm.checksumBytes)), &random)
        if changed.isEmpty { continue }
        changed[0] = Decision.archiveVersion
        let sum = changed.withUnsafeBytes { ArchiveForm.checksum($0, seed: engine.compiled.blanks.seed) }
        changed += (0..<4).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
        switch Self.read(changed, like: decision, engine) {
        case .success(let read):
          believed += 1
          #expect(!Self.explanation(read, engine, account).isEmpty, place)
        case .failure(let fault):
          refused += 1
          #expect(fault == .damaged, place)
        }
      }
    }
    #expect(believed > 1_000 && refused > 1_000, "\(believed) believed, \(refused) refused")
  }

  @Test("any bytes at all")
  func junk() throws {
    let engine = try RuleEngine(SmallPolicy.program)
    var random = SeededGenerator(seed: 47)
    for _ in 0..<5_000 {
      let junk = (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(throws: ArchiveFault.self) {
        try Decision(archive: junk, event: 0, id: "", by: engine.compiled)
      }
    }
    #expect(throws: ArchiveFault.unknownVersion(9)) {
      try Decision(archive: [9, 0, 0, 0, 0, 0, 0], event: 0, id: "", by: engine.compiled)
    }
    #expect(throws: ArchiveFault.damaged) { try Decision(archive: [], event: 0, id: "", by: engine.compiled) }
    #expect(throws: ArchiveFault.damaged) { try Decision(archive: [1], event: -1, id: "", by: engine.compiled) }
  }

  @Test("another policy does not read it")
  func otherPolicy() throws {
    let engine = try RuleEngine(SmallPolicy.program)
    var account = engine.newAccount()
    let input = EventInput(event: SmallPolicy.request, at: RandomProgram.start, fields: [0])
    let bytes = try engine.submit(input, to: &account).archived(by: engine.compiled)
    var other = SmallPolicy.program
    other.rules.removeLast()
    let compiled = try CompiledProgram(other)
    #expect(throws: ArchiveFault.damaged) { try Decision(archive: bytes, event: 0, id: "", by: compiled) }
  }

  private static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      default: bytes[place] = 0xFF
      }
    }
    return bytes
  }
}
