import Diagnostics
import Values

extension ComparisonReport {
  /// The report for a terminal.
  ///
  /// - Parameters:
  ///   - width: columns; bars take what is left of a line.
  ///   - color: whether to paint with escape sequences. No meaning is in colours alone.
  public func text(width: Int = 100, color: Bool = false) -> String {
    var page = Page(width: max(40, width), isColored: color, most: most, showsFirst: showsFirst)
    page.write(result.shown)
    return page.lines.joined(separator: "\n") + "\n"
  }

  private struct Page {
    let width: Int
    let isColored: Bool
    let most: Int
    let showsFirst: Bool
    var lines: [String] = []

    init(width: Int, isColored: Bool, most: Int, showsFirst: Bool) {
      self.width = width
      self.isColored = isColored
      self.most = most
      self.showsFirst = showsFirst
    }

    private func paint(_ text: String, _ code: String) -> String {
      isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
    private func strong(_ text: String) -> String { paint(text, "1") }
    private func dim(_ text: String) -> String { paint(text, "2") }

    private func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - ShownText.columns(text)))
    }

    private func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }

    mutating func write(_ result: BacktestResult) {
      if result.isPartial { lines.append(paint("PARTIAL: stopped before the end of the traffic", "33")) }
      var head =
        "\(ComparisonReport.count(result.events, "event")), \(ComparisonReport.count(result.accounts, "account"))"
      if let span = result.span {
        let (first, last) = (Instant(microseconds: span.lowerBound), Instant(microseconds: span.upperBound))
        head += ", \(first.dateText) to \(last.dateText)"
      }
      lines.append(strong("\(result.traffic)") + ": \(head)")
      if result.comparisons.isEmpty, let only = result.candidates.first {
        lines.append(summary(of: only))
        money([only])
      }
      for pair in result.comparisons { write(pair, result) }
      for candidate in result.candidates { faults(of: candidate) }
      for note in result.notes { lines.append(dim("note: \(note)")) }
    }

    private func summary(of candidate: CandidateResult) -> String {
      let words = Outcome.Verdict.allCases.filter { candidate.count($0) > 0 }
        .map { "\($0.word) \(ComparisonReport.count(candidate.count($0)))" }
      return "\(candidate.name): \(words.joined(separator: ", "))"
    }

    // MARK: - One pair

    private mutating func write(_ pair: PairResult, _ result: BacktestResult) {
      let (a, b) = (result.candidates[0], result.candidates[pair.candidate])
      lines.append("")
      lines.append(
        strong("\(pair.a) → \(pair.b)") + "    same \(ComparisonReport.count(pair.same))   differ "
          + "\(ComparisonReport.count(pair.differing)) "
          + "(\(ComparisonReport.share(pair.differing, of: pair.same + pair.differing)))   accounts touched "
          + ComparisonReport.count(pair.accountsTouched))
      for candidate in [a, b] where candidate.changedEvents > 0 {
        lines.append(
          "  under \(candidate.name) \(ComparisonReport.count(candidate.changedEvents)) of "
            + "\(ComparisonReport.count(result.events, "event")) were not as they had been")
      }
      groups(pair)
      if pair.byKind.count > 1 {
        lines.append(
          "  by kind: "
            + pair.byKind.map { "\($0.kind) \($0.change.words) \(ComparisonReport.count($0.count))" }
            .joined(separator: ", "))
      }
      if pair.accountsTouched == 0, pair.differing == 0 {
        lines.append("  no difference: the same answers, the same money")
      }
      money([a, b])
      for ranking in ComparisonReport.rankings(pair, most: most) {
        lines.append(
          "  \(padded(ranking.title, 19)) "
            + ranking.entries.map { "\($0.account) \($0.text)" }.joined(separator: ", "))
      }
      days(a, b)
      changedRules(pair)
      guard showsFirst else { return }
      witnesses(pair)
      next(pair)
    }

    private mutating func groups(_ pair: PairResult) {
      let largest = pair.groups.map(\.count).max() ?? 0
      let wide = min(60, max(24, pair.groups.map { rule(of: $0).count }.max() ?? 0))
      for change in Change.allCases {
        let groups = pair.groups.filter { $0.change == change }
        if groups.isEmpty { continue }
        let total = groups.reduce(0) { $0 + $1.count }
        for (place, group) in groups.prefix(most).enumerated() {
          let head =
            place == 0
            ? "  \(padded(change.words, 14)) \(right(ComparisonReport.count(total), 9))   "
            : String(repeating: " ", count: 29)
          let rule = rule(of: group)
          let number = ComparisonReport.count(group.count)
          let room = max(1, width - 40 - max(wide, rule.count))
          let bar = largest == 0 ? 0 : max(1, Int(Int128(min(room, 24)) * Int128(group.count) / Int128(largest)))
          let painted = paint(String(repeating: "+", count: bar), change == .allowToDeny ? "31" : "32")
          lines.append("\(head)\(padded(rule, wide)) \(right(number, 8)) \(painted)")
        }
        if groups.count > most {
          lines.append(String(repeating: " ", count: 29) + dim("and \(groups.count - most) more"))
        }
      }
    }

    private func rule(of group: ChangeGroup) -> String {
      switch group.change {
      case .allowToDeny: group.ruleB
      case .denyToAllow: group.ruleA
      case .paidDiffers: group.paid == 0 ? "the same from other buckets" : ComparisonReport.change(group.paid)
      case .cardsDiffer: ComparisonReport.change(group.charged)
      case .ruleDiffers, .otherwise:
        "\(group.ruleA.isEmpty ? "–" : group.ruleA) → \(group.ruleB.isEmpty ? "–" : group.ruleB)"
      }
    }

    private mutating func money(_ candidates: [CandidateResult]) {
      var rows: [[String]] = []
      for part in MoneyMoved.parts {
        let values = candidates.map { $0.money[keyPath: part.path] }
        guard values.contains(where: { $0 != 0 }) else { continue }
        var row = [part.words] + values.map { ComparisonReport.money($0) }
        if values.count == 2 { row.append(ComparisonReport.change(values[1] &- values[0])) }
        rows.append(row)
      }
      guard let first = rows.first else { return }
      let titles = ["", "A", "B", "B − A"]
      let widths = first.indices.map { column in
        max(column < titles.count ? titles[column].count : 0, rows.map { $0[column].count }.max() ?? 0)
      }
      if candidates.count == 2 {
        lines.append(
          dim("  " + first.indices.map { right(titles[$0], widths[$0]) }.joined(separator: "   ")))
      }
      for row in rows {
        lines.append(
          "  "
            + row.indices.map { $0 == 0 ? padded(row[0], widths[0]) : right(row[$0], widths[$0]) }
            .joined(separator: "   "))
      }
    }

    private mutating func days(_ a: CandidateResult, _ b: CandidateResult) {
      let byDay = Dictionary(uniqueKeysWithValues: b.days.map { ($0.day, $0) })
      var known = Set<String>()
      var rows: [(day: String, denied: Int, charged: Int64)] = []
      for day in a.days {
        known.insert(day.day)
        let other = byDay[day.day] ?? DayResult(day: day.day)
        rows.append((day.day, other.denied - day.denied, other.money.charged &- day.money.charged))
      }
      for day in b.days where !known.contains(day.day) { rows.append((day.day, day.denied, day.money.charged)) }
      rows = rows.filter { $0.denied != 0 || $0.charged != 0 }.sorted { $0.day < $1.day }
      if rows.isEmpty { return }
      lines.append("  by day")
      for row in rows.prefix(31) {
        let denied = row.denied > 0 ? "+\(ComparisonReport.count(row.denied))" : ComparisonReport.count(row.denied)
        lines.append(
          "    \(row.day)   denied \(right(denied, 8))   charged \(right(ComparisonReport.change(row.charged), 14))")
      }
      if rows.count > 31 { lines.append(dim("    and \(rows.count - 31) more days: --json")) }
    }

    private mutating func changedRules(_ pair: PairResult) {
      if pair.changedRules.isEmpty { return }
      let shown = pair.changedRules.prefix(2 * most).map { rule in
        rule.how == .changed ? "\(rule.name) (\(rule.place))" : "\(rule.name) \(rule.how.rawValue) (\(rule.place))"
      }
      let more = pair.changedRules.count > 2 * most ? " and \(pair.changedRules.count - 2 * most) more" : ""
      lines.append("  changed rules: \(shown.joined(separator: ", "))\(more)")
    }

    /// The first event of the most frequent way each change came about.
    private mutating func witnesses(_ pair: PairResult) {
      for change in Change.allCases {
        guard let group = pair.groups.first(where: { $0.change == change }) else { continue }
        let row = group.first.row
        lines.append("")
        lines.append(
          "  first \(strong(change.words)): \(row.kind) \(row.id) of \(row.account), \(Instant(microseconds: row.at))")
        for (name, why) in [(pair.a, group.first.whyA), (pair.b, group.first.whyB)] {
          lines.append("    \(dim("under")) \(name)")
          // What let it pass or was not reached is for `why` itself.
          let told = why.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { line in !["passed: ", "not tried: "].contains { line.drop { $0 == " " }.hasPrefix($0) } }
          for line in told.prefix(8) { lines.append("      \(line)") }
        }
      }
    }

    private mutating func next(_ pair: PairResult) {
      guard let first = pair.groups.first?.first.row else { return }
      lines.append("")
      lines.append(dim("next: why \(first.id)    compare … --csv    compare … --exit-code"))
    }

    // MARK: - Faults

    private mutating func faults(of candidate: CandidateResult) {
      for broken in candidate.brokenPromises.prefix(most) {
        lines.append(
          paint("promise broken", "31") + " under \(candidate.name): \(broken.promise), "
            + "\(ComparisonReport.count(broken.count, "time")), first by \(broken.id) of \(broken.account)")
      }
      for reason in candidate.impossible.prefix(most) {
        lines.append(
          "\(candidate.name) cannot take \(ComparisonReport.count(reason.count, "event")): \(reason.reason)")
      }
      for refusal in candidate.refusals.prefix(most) {
        lines.append(
          "\(candidate.name) refuses \(ComparisonReport.count(refusal.count, "change")) of settings: \(refusal.text)")
      }
    }
  }
}
