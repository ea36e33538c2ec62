import Engine
import Ledger

/// How a comparison is carried out.
public struct ComparisonOptions: Sendable {
  /// Rows of differences that are kept, per candidate.
  public static let usualRows = 100_000
  public static let mostCandidates = 32
  /// What this machine has.
  public static var cores: Int { Threads.cores }

  /// Differences that are kept for looking at, the first by time; all are counted.
  public var rows = ComparisonOptions.usualRows
  /// Whether the promises of the policies are asked after each event that took effect.
  public var checksPromises = true
  /// Threads at work; 0: one for each core.
  public var threads = 0
  /// Groups of accounts that are worked on one at a time. The result does not depend on it.
  public var shards = 64
  /// Is told every difference as it is found, from several threads, in no order over accounts.
  public var onDifference: (@Sendable (Difference) -> Void)?

  public init() {}
}

/// How far a comparison is.
public struct ComparisonProgress: Sendable, Hashable {
  /// Occurrences that were replayed, under all candidates.
  public var events: Int
  /// How much of the traffic has been read, in its own unit; `whole` is nil where nobody knows.
  public var part: Int
  public var whole: Int?
}

/// Replays traffic under several policies in one pass and tells them apart.
public enum Comparison {
  /// Replays the traffic under all candidates and compares the first with each of the others.
  ///
  /// Accounts are shared out over the cores; the result is the same however many there are. Nothing is kept but the accounts,
  /// sums and the first differences.
  ///
  /// - Parameters:
  ///   - progress: is told now and then how far it is, on any thread, one call at a time.
  ///   - isInterrupted: is asked now and then, on any thread; true ends it with what there is, see
  ///     ``BacktestResult/isPartial``.
  /// - Throws: `BacktestFault`, or what the history throws.
  public static func run(
    _ candidates: [Candidate], over history: some TrafficHistory, options: ComparisonOptions = ComparisonOptions(),
    progress: @escaping @Sendable (ComparisonProgress) -> Void = { _ in },
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws -> BacktestResult {
    guard candidates.count >= 1 else { throw BacktestFault.tooFewCandidates }
    guard candidates.count <= ComparisonOptions.mostCandidates else {
      throw BacktestFault.tooManyCandidates(limit: ComparisonOptions.mostCandidates)
    }
    let start = ContinuousClock.now
    let lineup = try Lineup(candidates, history, options)
    let floor = WorkFloor(lineup, try history.parts(), progress: progress, isInterrupted: isInterrupted)
    try floor.run()
    var result = try Merging(lineup, floor).result()
    result.isPartial = floor.wasInterrupted
    let time = ContinuousClock.now - start
    result.seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    return result
  }
}
