import Language
import Ledger
import Testing

@testable import Engine

/// What the runner answers is what `submit` answers, and where it does not answer nothing has happened.
@Suite("Ordinary events without a decision of each")
struct EventRunnerTests {
  @Test("the runner answers as submit does, over random policies, accounts and events", arguments: 0..<UInt64(6))
  func answersAsSubmit(batch: UInt64) throws {
    var (ordinary, left, broken, denied, reacted) = (0, 0, 0, 0, 0)
    for seed in batch * 1_000..<batch * 1_000 + 120 {
      var twins = try TwinAccounts(seed: seed)
      for step in 0..<10 {
        var before = twins.account
        let count = twins.inputs.count
        guard twins.step(step) else { break }
        guard twins.inputs.count > count, let input = twins.inputs.last else { continue }
        before.letGoOfAnswers()
        let place = Comment(rawValue: "seed \(seed), step \(step)")
        var (one, other) = (before, before)
        let decision = try? twins.engine.submit(input, to: &one)
        one.letGoOfAnswers()
        let runner = EventRunner(twins.engine)
        #expect(runner.serves(twins.engine), place)
        let answer = input.fields.withUnsafeBufferPointer {
          runner.run(input.event, id: input.id, at: input.at, fields: $0, on: &other)
        }
        guard let answer else {
          left += 1
          #expect(other == before, place)
          #expect(runner.before(other) == before, place)
          continue
        }
        ordinary += 1
        let made = try #require(decision, place)
        #expect(made.verdict == (answer.verdict == .allowed ? .allowed : .denied), place)
        #expect(made.denial == (answer.denial < 0 ? nil : Int(answer.denial)), place)
        #expect(made.rule == (answer.rule < 0 ? nil : Int(answer.rule)), place)
        #expect(made.bucket == (answer.bucket < 0 ? nil : Int(answer.bucket)), place)
        #expect(made.amount == answer.amount && made.shortfall == answer.shortfall, place)
        #expect(made.covered == answer.covered, place)
        #expect(!made.isReplay && made.rescueRule == nil && made.triedRescueRule == nil, place)
        #expect(made.collections.isEmpty && made.refunds.isEmpty && made.hold == nil, place)
        if made.isAllowed {
          #expect(made.drawn == Array(runner.drawn), place)
          #expect(made.brokenPromises == runner.brokenPromises, place)
          if !made.brokenPromises.isEmpty { broken += 1 }
          if made.afterwards != nil { reacted += 1 }
        } else {
          denied += 1
        }
        #expect(other == one, place)
        #expect(runner.before(other) == before, place)
      }
    }
    // Otherwise agreeing would mean little.
    #expect(ordinary > 50 && left > 50 && denied > 10 && broken > 0 && reacted > 0, "batch \(batch)")
  }
}
