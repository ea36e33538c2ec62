import Engine
import Foundation
import Language
import Ledger
import Testing
import Values

@testable import Lab

/// What is said to turn an answer turns it, and one step before it does not: carried out line by line, by what scenarios run on.
@Suite("Need, on made-up accounts")
struct NeedPropertyTests {
  /// One more look than in any other run of these tests, each time.
  static let seed = UInt64(ProcessInfo.processInfo.environment["PAYG_QUESTIONS_SEED"] ?? "1") ?? 1
  /// Denied requests that are asked about, in each part.
  static let denied = Int(ProcessInfo.processInfo.environment["PAYG_QUESTIONS_COUNT"] ?? "250") ?? 250

  struct Tally {
    var denied = 0
    var allowed = 0
    var helped = 0
    var ways = 0
    var kinds: [Way.Kind: Int] = [:]
    var mostProbes = 0
    /// Denials that nothing tried would have averted, by code.
    var helpless: [String: Int] = [:]
  }

  /// Whether the last of these lines is allowed; what cannot be done before it is left out, as it would be.
  static func isAllowed(_ lines: [String], _ world: MadeUpWorld, mayFail: Bool) throws -> Bool {
    let payg = Simulation(world.account, engine: world.engine, at: world.now)
    for line in lines.dropLast() {
      let answer = try payg.when(line)
      if !mayFail { #expect(answer.isAllowed, "\(line): \(answer.summary)") }
    }
    return try payg.when(lines.last ?? "").isAllowed
  }

  static func check(_ need: Need, _ world: MadeUpWorld, seed: UInt64) throws {
    let before = need.answer.isAllowed
    for way in need.ways {
      let turned = try isAllowed(way.lines, world, mayFail: false)
      #expect(turned != before, "seed \(seed): \(way.text)\n\(way.wholeLine)")
      let nearer = try isAllowed(way.linesBelow, world, mayFail: true)
      #expect(nearer == before, "seed \(seed), one step before: \(way.text)\n\(way.linesBelow)")
      #expect(way.atValue.isAllowed != before && way.oneBelow.isAllowed == before)
    }
    if let pair = need.pair {
      #expect(need.ways.isEmpty)
      #expect(
        try isAllowed(pair.lines, world, mayFail: false) != before, "seed \(seed): \(pair.text)\n\(pair.wholeLine)")
    }
  }

  @Test("every way turns the answer at its value and not one step before", arguments: 0..<8)
  func waysAreTrue(part: Int) throws {
    let engine = try RuleEngine(QuestionStage.rules.get().program)
    let requests = engine.program.events.indices.filter { event in
      engine.program.rules.contains { rule in
        guard case .on(let events) = rule.kind, events.contains(event) else { return false }
        return rule.effects.flatMap(\.operations).contains { $0.draw != nil && $0.draw != .settle }
      }
    }
    var tally = Tally()
    var seed = Self.seed &* 1_000_003 &+ UInt64(part) &* 100_000_007
    while tally.denied < Self.denied {
      seed += 1
      var world = MadeUpWorld(engine, seed: seed)
      // Most are requests; some are anything else.
      let isRequest = Int.random(in: 0..<4, using: &world.random) > 0
      let isSound = Int.random(in: 0..<8, using: &world.random) > 0
      let input = world.event(ofKind: isRequest ? requests.randomElement(using: &world.random) : nil, isSound: isSound)
      guard let question = try? Question(input, of: world.account, by: world.engine),
        let answer = try? question.answer().exchange.decision, !answer.isReplay
      else { continue }
      // Of allowed ones a few.
      if answer.verdict != .denied, answer.verdict != .allowed || tally.allowed * 5 > tally.denied { continue }
      let need = try Need(question)
      #expect(need.nothingToTurn == nil && !need.isCutShort)
      try Self.check(need, world, seed: seed)
      if answer.isAllowed {
        tally.allowed += 1
      } else {
        tally.denied += 1
        if !need.ways.isEmpty || need.pair != nil {
          tally.helped += 1
        } else {
          tally.helpless[answer.code(in: engine.program) ?? "", default: 0] += 1
        }
      }
      tally.ways += need.ways.count
      tally.mostProbes = max(tally.mostProbes, need.probes)
      for way in need.ways { tally.kinds[way.kind, default: 0] += 1 }
    }
    print("questions: seed \(Self.seed), part \(part): \(tally)")
    #expect(tally.helped * 10 >= tally.denied * 7, "\(tally)")
    for kind in Way.Kind.allCases where ![.wait, .card].contains(kind) {
      #expect(tally.kinds[kind, default: 0] > 0, "no way by \(kind): \(tally)")
    }
  }
}
