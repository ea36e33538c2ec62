import Diagnostics
import Formats
import Values

/// What a sweep came to: a line for each value.
public struct SweepReport: Sendable {
  public var sweep: Sweep
  public var result: BacktestResult
  /// How the accounts begin, for a page: lines of scenarios, or a sentence.
  public var openings: [String] = []

  public init(_ sweep: Sweep, _ result: BacktestResult) {
    self.sweep = sweep
    self.result = result
  }

  static func denied(_ candidate: CandidateResult) -> Int { candidate.count(.denied) + candidate.count(.conflict) }

  /// `payg.sweep/1`: the sweep, with everything that a comparison says.
  public var json: Json {
    .object([
      .init("schema", "payg.sweep/1"), .init("setting", .text(sweep.setting)),
      .init("values", .list(sweep.values.map { .text($0) })), .init("comparison", ComparisonReport(result).json),
    ])
  }

  /// The sweep as one page of HTML that stands alone; see ``ComparisonReport/page``.
  public var page: String { SweepPage(sweep, result, openings: openings).html() }
}
