import Allocations
import Engine

/// Whether the hot path asks for memory. It must not.
struct AllocationBenchmark: Benchmark {
  let name = "allocations"
  let summary = "calls of malloc per event, on accounts and events as in the other benchmarks"

  func readings(_ options: Options) throws -> [Reading] {
    guard AllocationBenchmark.counts else { throw Mismatch("calls of malloc cannot be counted on this system") }
    let (split, _) = try SplitRuleBenchmark.streams()
    let (shipped, _) = try ShippedRules(options.rules).streams()
    return [("split rule", split), ("shipped rules", shipped)].flatMap { name, stream in
      [(", decide", EventStream.Depth.decide), (", decide and apply", .apply), (", decide, apply and react", .react)]
        .map { step, depth in
          Reading(
            name: name + step, unit: .allocations, rounds: [AllocationBenchmark.perEvent(stream, depth)], aim: .value(0)
          )
        }
    }
  }

  private static func perEvent(_ stream: EventStream, _ depth: EventStream.Depth) -> Double {
    stream.reopen()
    let before = payg_allocations()
    Stopwatch.checksum &+= stream.run(depth)
    return Double(payg_allocations() - before) / Double(stream.inputs.count)
  }

  /// Whether an allocation is seen at all.
  private static var counts: Bool {
    let before = payg_allocations()
    let numbers = [Int](repeating: Stopwatch.checksum, count: 1_000 + Stopwatch.checksum & 1)
    Stopwatch.checksum &+= numbers.count
    return payg_allocations() > before
  }
}
