/// One question about speed.
protocol Benchmark: Sendable {
  /// The word it is chosen by.
  var name: String { get }
  /// What is measured, in one line.
  var summary: String { get }
  func readings(_ options: Options) throws -> [Reading]
}

enum Benchmarks {
  static let all: [any Benchmark] = [
    SplitRuleBenchmark(), ShippedRulesBenchmark(), AllocationBenchmark(), FrontEndBenchmark(), OracleBenchmark(),
    SubmitBenchmark(), ArchiveBenchmark(), StoreBenchmark(), ImportBenchmark(), OpenBenchmark(),
    BacktestBenchmark(),
  ]
}

/// Something that makes the numbers of a benchmark worthless, such as two answers that differ.
struct Mismatch: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
