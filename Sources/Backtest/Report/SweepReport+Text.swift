import Diagnostics

extension SweepReport {
  /// A column of the table.
  private struct Column {
    var title: String
    var cells: [String]
    /// Left out where the screen is too narrow, the highest first; 0: never.
    var canGo = 0

    var width: Int { ([title] + cells).map(ShownText.columns).max() ?? 0 }
  }

  /// What is drawn as bars: by candidate, the current one first.
  private struct Outcome {
    var title: String
    var values: [Int64]
    var text: (Int64) -> String
  }

  private static let gap = 3
  private static let widestBar = 40

  /// The table and bars for a terminal.
  ///
  /// - Parameters:
  ///   - width: columns; what does not fit is left out of the table, and bars take what is left of a line.
  ///   - color: whether to paint with escape sequences. No meaning is in colours alone.
  public func text(width: Int = 100, color: Bool = false) -> String {
    var report = self
    report.result = result.shown
    return report.written(width, color)
  }

  private func written(_ width: Int, _ color: Bool) -> String {
    func paint(_ text: String, _ code: String) -> String {
      color && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
    var lines = result.isPartial ? [paint("PARTIAL: stopped before the end of the traffic", "33")] : []
    lines.append(
      "\(paint(sweep.setting, "1")) on \(result.traffic): \(ComparisonReport.count(result.events, "event")), "
        + ComparisonReport.count(result.accounts, "account"))
    lines.append("")
    lines += table(max(40, width)) { paint($0, "2") }
    for outcome in outcomes where Set(outcome.values).count > 1 {
      lines.append("")
      lines.append("  " + paint(outcome.title, "1"))
      lines += bars(outcome, max(40, width)) { paint($0, $1 ? "31" : "32") }
    }
    lines.append("")
    lines.append("accounts that set `\(sweep.setting)` themselves keep what they set")
    lines += result.notes.map { paint("note: \($0)", "2") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ width: Int, _ dim: (String) -> String) -> [String] {
    func money(_ value: (CandidateResult) -> Int64) -> [String] {
      result.candidates.map { ComparisonReport.money(value($0)) }
    }
    let pairs: [PairResult?] = [nil] + result.comparisons
    var columns = [
      Column(title: "value", cells: result.candidates.map(\.name)),
      Column(
        title: "allowed",
        cells: result.candidates.map { ComparisonReport.count($0.count(.allowed) + $0.count(.repeated)) }, canGo: 4),
      Column(title: "denied", cells: result.candidates.map { ComparisonReport.count(SweepReport.denied($0)) }),
      Column(title: "differ", cells: pairs.map { $0.map { ComparisonReport.count($0.differing) } ?? "–" }, canGo: 3),
      Column(
        title: "accounts touched", cells: pairs.map { $0.map { ComparisonReport.count($0.accountsTouched) } ?? "–" },
        canGo: 2),
      Column(title: "charged", cells: money(\.money.charged)),
      Column(title: "quota", cells: money(\.money.quota), canGo: 5),
      Column(title: "paid in", cells: money(\.money.paidIn), canGo: 6),
      Column(title: "absorbed", cells: money(\.money.absorbed), canGo: 7),
    ]
    func needed() -> Int { columns.reduce(2 - SweepReport.gap) { $0 + $1.width + SweepReport.gap } }
    while needed() > width, let least = columns.indices.max(by: { columns[$0].canGo < columns[$1].canGo }),
      columns[least].canGo > 0
    {
      columns.remove(at: least)
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(columns, cells).enumerated().map { place, pair in
        let space = String(repeating: " ", count: max(0, pair.0.width - ShownText.columns(pair.1)))
        return place == 0 ? pair.1 + space : space + pair.1
      }
      return "  " + padded.joined(separator: String(repeating: " ", count: SweepReport.gap))
    }
    return [dim(line(columns.map(\.title)))]
      + result.candidates.indices.map { row in line(columns.map { $0.cells[row] }) }
  }

  private var outcomes: [Outcome] {
    let current = result.candidates.first
    return [
      Outcome(
        title: "denied", values: result.candidates.map { Int64(SweepReport.denied($0)) },
        text: { ComparisonReport.count(Int($0)) }),
      // All of what is charged is long bars that look the same; what changes is the question.
      Outcome(
        title: "charged, more (+) or less (-) than as it is",
        values: result.candidates.map { $0.money.pays &- (current?.money.pays ?? 0) }, text: ComparisonReport.change),
    ]
  }

  private func bars(_ outcome: Outcome, _ width: Int, _ paint: (String, _ isMore: Bool) -> String) -> [String] {
    let names = result.candidates.map { ShownText.cut($0.name, to: 24) }
    let texts = outcome.values.map(outcome.text)
    let nameRoom = names.map(ShownText.columns).max() ?? 0
    let textRoom = texts.map(ShownText.columns).max() ?? 0
    let room = min(SweepReport.widestBar, max(5, width - 4 - nameRoom - textRoom - 2 * SweepReport.gap))
    let most = outcome.values.map(\.magnitude).max() ?? 0
    return outcome.values.indices.map { row in
      let value = outcome.values[row]
      let cells = value == 0 || most == 0 ? 0 : max(1, Int(UInt128(value.magnitude) * UInt128(room) / UInt128(most)))
      let name = names[row] + String(repeating: " ", count: nameRoom - ShownText.columns(names[row]))
      let text = String(repeating: " ", count: textRoom - ShownText.columns(texts[row])) + texts[row]
      let bar = paint(String(repeating: value < 0 ? "-" : "+", count: cells), value > 0)
      return "    \(name)   \(text)\(cells == 0 ? "" : "   " + bar)"
    }
  }
}
