import Engine
import Ledger
import Values

/// How much faster compiled rules are than the tree they were compiled from, and what a full answer costs on top.
struct OracleBenchmark: Benchmark {
  let name = "oracle"
  let summary = "one event through the tree of the rules, through `RuleEngine.submit`, and through the evaluator alone"

  /// The reference engine is slow; the first events are enough.
  private static let eventCount = 1_024

  func readings(_ options: Options) throws -> [Reading] {
    let (stream, _) = try ShippedRules(options.rules).streams()
    let engine = stream.engine
    let reference = ReferenceEngine(engine.compiled)
    let events = OracleBenchmark.eventCount

    let evaluator = stream.evaluator
    func work(_ body: @escaping (borrowing EventInput, inout AccountState) -> Int) -> Work {
      Work(operations: events, prepare: stream.reopen) { stream.run(first: events, body) }
    }
    let rounds = Stopwatch.measure(
      [
        work { (try? reference.submit(copy $0, to: &$1))?.drawn.count ?? 0 },
        work { (try? engine.submit(copy $0, to: &$1))?.drawn.count ?? 0 },
        work { input, account in
          guard evaluator.decide(account, input).verdict == .allowed else { return 0 }
          try? evaluator.apply(to: &account)
          try? evaluator.react(on: &account)
          return 1
        },
      ], seconds: options.seconds)
    return [
      Reading(
        name: "reference engine (baseline: engine)", unit: .nanoseconds, rounds: rounds[0], baseline: rounds[1]),
      Reading(name: "engine (baseline: evaluator)", unit: .nanoseconds, rounds: rounds[1], baseline: rounds[2]),
    ]
  }
}
