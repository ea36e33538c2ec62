import Engine
import Ledger
import Values

/// How much faster compiled rules are than the tree they were compiled from.
struct OracleBenchmark: Benchmark {
  let name = "oracle"
  let summary = "a whole `submit`: the engine, and the reference engine that walks the tree of the rules"

  /// The reference engine is slow; the first events are enough.
  private static let eventCount = 1_024

  func readings(_ options: Options) throws -> [Reading] {
    let (stream, _) = try ShippedRules(options.rules).streams()
    let engine = stream.engine
    let reference = ReferenceEngine(engine.compiled)
    let events = OracleBenchmark.eventCount

    var accounts = stream.opening
    func submitAll(_ submit: (EventInput, inout AccountState) -> Int) -> Int {
      accounts = stream.opening
      return (0..<events).reduce(0) { $0 &+ submit(stream.inputs[$1], &accounts[stream.targets[$1]]) }
    }
    let rounds = Stopwatch.measure(
      [
        Work(operations: events) {
          submitAll { (try? reference.submit($0, to: &$1))?.drawn.count ?? 0 }
        },
        Work(operations: events) {
          submitAll { (try? engine.submit($0, to: &$1))?.drawn.count ?? 0 }
        },
      ], seconds: options.seconds)
    return [
      Reading(name: "reference engine; by hand: engine", unit: .nanoseconds, rounds: rounds[0], byHand: rounds[1])
    ]
  }
}
