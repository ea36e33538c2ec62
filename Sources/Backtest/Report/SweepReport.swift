import Formats
import Values

/// What a sweep came to: a line for each value.
public struct SweepReport: Sendable {
  public var sweep: Sweep
  public var result: BacktestResult

  public init(_ sweep: Sweep, _ result: BacktestResult) {
    self.sweep = sweep
    self.result = result
  }

  private static let columns = [
    "value", "allowed", "denied", "answers that differ", "accounts touched", "charged", "quota", "paid in", "absorbed",
  ]

  private var rows: [[String]] {
    result.candidates.enumerated().map { index, candidate in
      let pair = index == 0 ? nil : result.comparisons[index - 1]
      return [
        candidate.name, ComparisonReport.count(candidate.count(.allowed) + candidate.count(.repeated)),
        ComparisonReport.count(candidate.count(.denied) + candidate.count(.conflict)),
        pair.map { ComparisonReport.count($0.differing) } ?? "–",
        pair.map { ComparisonReport.count($0.accountsTouched) } ?? "–",
        ComparisonReport.money(candidate.money.charged), ComparisonReport.money(candidate.money.quota),
        ComparisonReport.money(candidate.money.paidIn), ComparisonReport.money(candidate.money.absorbed),
      ]
    }
  }

  /// The table for a terminal.
  public func text() -> String {
    var text = result.isPartial ? "PARTIAL: stopped before the end of the traffic\n" : ""
    text +=
      "\(sweep.setting) on \(result.traffic): \(ComparisonReport.count(result.events, "event")), "
      + "\(ComparisonReport.count(result.accounts, "account"))\n\n"
    let table = [SweepReport.columns] + rows
    let widths = SweepReport.columns.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + space : space + row[column]
      }
      text += "  " + cells.joined(separator: "   ") + "\n"
    }
    text += "\naccounts that set `\(sweep.setting)` themselves keep what they set\n"
    for note in result.notes { text += "note: \(note)\n" }
    return text
  }

  /// `payg.sweep/1`: the sweep, with everything that a comparison says.
  public var json: Json {
    .object([
      .init("schema", "payg.sweep/1"), .init("setting", .text(sweep.setting)),
      .init("values", .list(sweep.values.map { .text($0) })), .init("comparison", ComparisonReport(result).json),
    ])
  }
}
