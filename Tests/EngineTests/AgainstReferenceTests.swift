import Language
import Ledger
import Testing
import Values

@testable import Engine

/// The compiled engine and the naive one must agree on everything, over random policies, accounts and events.
@Suite struct AgainstReferenceTests {
  static let programsPerBatch = 500

  @Test(arguments: 0..<UInt64(10))
  func agreesWithTheReference(batch: UInt64) throws {
    for number in 0..<UInt64(AgainstReferenceTests.programsPerBatch) {
      let seed = batch * 100_000 + number
      do {
        var twins = try TwinAccounts(seed: seed)
        for step in 0..<(4 + twins.generator.below(twins.generator.hasMoney ? 9 : 5)) {
          guard twins.step(step) else { break }
        }
      } catch let error as CompileError {
        Issue.record("seed \(seed): \(error.message)")
      }
    }
  }

  /// The policies made at random do reach every kind of outcome: otherwise agreeing on them would mean little.
  @Test func everyOutcomeIsReached() throws {
    var seen: [String: Int] = [:]
    for seed in 0..<UInt64(600) {
      var twins = try TwinAccounts(seed: seed)
      for step in 0..<10 { guard twins.step(step) else { break } }
      seen.merge(twins.seen) { $0 + $1 }
    }
    for outcome in [
      "allowed", "denied", "conflict", "fault", "replay", "rescued", "rescue tried", "promise broken", "two buckets",
      "reaction", "last cent", "field", "denied by rule", "denied by gate", "denied by total cap", "denied by cap",
      "waiting", "resumed allowed", "resumed denied", "resumed waiting", "resumed conflict", "waits for a rescue",
      "rescued by a card", "denied by a card", "collects", "conversation", "held", "held in two buckets", "expired",
      "settled below", "overrun", "absorbed", "owed", "settled in another window", "settled late", "voided",
      "refund of two payments", "refund restored", "clawed back", "clawed back into debt", "reinstated",
    ] {
      #expect(seen[outcome, default: 0] > 0, "\(outcome) among \(seen)")
    }
  }
}
