import Allocations
import Engine
import Ledger
import Values

/// What a whole answer costs: with its trace, the memory of answers, and everything that may have to be put back.
struct SubmitBenchmark: Benchmark {
  let name = "submit"
  let summary = "one event through `RuleEngine.submit`: requests; streams that are reserved, then settled"

  /// How many streams an account had before.
  private static let (few, many) = (10, 100_000)

  func readings(_ options: Options) throws -> [Reading] {
    let (stream, _) = try ShippedRules(options.rules).streams()
    let engine = stream.engine
    let inputs = stream.inputs.enumerated().map { place, input in
      var named = input
      named.id = "request-\(place)"
      return named
    }
    func requests(_ inputs: [EventInput]) -> Work {
      Work(operations: inputs.count, prepare: stream.reopen) {
        stream.run(inputs) { (try? engine.submit(copy $0, to: &$1))?.drawn.count ?? 0 }
      }
    }
    let (plain, named) = (requests(stream.inputs), requests(inputs))
    let evaluator = Work(operations: stream.inputs.count, prepare: stream.reopen) { stream.run(.react) }
    let fresh = try StreamAccount(engine, settled: SubmitBenchmark.few)
    let old = try StreamAccount(engine, settled: SubmitBenchmark.many)
    let rounds = Stopwatch.measure([plain, named, evaluator, fresh.work, old.work], seconds: options.seconds)
    return [
      Reading(name: "request (baseline: evaluator)", unit: .nanoseconds, rounds: rounds[0], baseline: rounds[2]),
      Reading(name: "request with an id (baseline: none)", unit: .nanoseconds, rounds: rounds[1], baseline: rounds[0]),
      Reading(
        name: "hold, settle (baseline: request with id)", unit: .nanoseconds, rounds: rounds[3], baseline: rounds[1]),
      Reading(
        name: "after 100,000 of them (baseline: 10)", unit: .nanoseconds, rounds: rounds[4], baseline: rounds[3],
        aim: .ratio(1.5)),
      SubmitBenchmark.allocations("request", plain),
      SubmitBenchmark.allocations("request with an id", named),
      SubmitBenchmark.allocations("hold, settle", fresh.work),
    ]
  }

  private static func allocations(_ name: String, _ work: Work) -> Reading {
    work.prepare()
    let before = payg_allocations()
    Stopwatch.checksum &+= work.run()
    return Reading(
      name: name, unit: .allocations, rounds: [Double(payg_allocations() - before) / Double(work.operations)])
  }
}

/// An account whose streams are reserved and settled, one after another.
private final class StreamAccount {
  private let engine: RuleEngine
  private var opening: AccountState
  private var account: AccountState
  private var inputs: [EventInput] = []

  private static let pairs = 500

  /// - Parameter settled: how many streams it has had before.
  init(_ engine: RuleEngine, settled: Int) throws {
    self.engine = engine
    let start = try Instant(parsing: "2026-01-10T10:00:00Z").microseconds
    opening = engine.newAccount()
    opening.addKey("k")
    guard let bucket = engine.compiled.bucket(named: "balance") else { throw Mismatch("no bucket `balance`") }
    try engine.adjust(bucket: bucket, to: 1_000_000 * Money.nanoPerDollar, in: &opening, at: start)
    account = opening
    for number in 0...settled + StreamAccount.pairs {
      let amount = Int64(100 + number % 50) * Money.nanoPerUnit
      let hold = try engine.input(
        "hold", id: "stream-\(number)", at: start, ["key": 0, "estimate": amount])
      let settle = try engine.input(
        "settle", id: "end-\(number)", at: start, ["hold": Int64(number), "actual": amount - Money.nanoPerUnit])
      if number < settled {
        for input in [hold, settle] where !(try engine.submit(input, to: &opening).isAllowed) {
          throw Mismatch("`\(input.id)` is denied")
        }
      } else {
        inputs += [hold, settle]
      }
    }
  }

  /// Five hundred streams more. The first is not measured: it copies what the account shares with its opening.
  var work: Work {
    Work(
      operations: 2 * StreamAccount.pairs,
      prepare: {
        self.account = self.opening
        _ = self.submit(self.inputs[..<2])
      }, run: { self.submit(self.inputs[2...]) })
  }

  private func submit(_ inputs: ArraySlice<EventInput>) -> Int {
    var sum = 0
    for input in inputs {
      if let decision = try? engine.submit(input, to: &account), decision.isAllowed { sum &+= Int(decision.covered) }
    }
    return sum
  }
}
