extension Change {
  /// For a reader who has never seen the words of a report: `newly denied`.
  var sentence: String {
    switch self {
    case .allowToDeny: "newly denied"
    case .denyToAllow: "newly allowed"
    case .paidDiffers: "paid differently"
    case .cardsDiffer: "cards charged differently"
    case .ruleDiffers: "denied for another reason"
    case .otherwise: "answered otherwise"
    }
  }

  /// What it is drawn with; which one it is stands beside it.
  var style: String {
    switch self {
    case .allowToDeny: "bad"
    case .denyToAllow: "good"
    default: "other"
    }
  }
}

extension Page {
  /// Answers that differ, by the way they differ and the rules that made them.
  func decisions(_ pair: PairResult, _ level: Int) -> Markup {
    var content: [Markup] = []
    let most = pair.groups.map(\.count).max() ?? 0
    if most == 0 {
      content.append(.tag("p", [:], "Every event is answered the same; what differs is money that moves beside them."))
    } else {
      var table = PageTable(
        Markup("\(Figures.count(pair.differing)) of \(Figures.count(pair.same + pair.differing, "answer")) differ"),
        [.name("change"), .text("because of"), .number("events"), .number("share", canGo: true), .bar])
      for change in Change.allCases {
        let groups = pair.groups.filter { $0.change == change }
        for (place, group) in groups.prefix(limits.rows).enumerated() {
          table.add(
            [
              place == 0 ? Markup(change.sentence) : .tag("span", ["class": "again"], Markup(change.sentence)),
              reason(group), Markup(Figures.count(group.count)),
              Markup(ComparisonReport.share(group.count, of: pair.same + pair.differing)),
              Bars.bar(Int64(group.count), of: Int64(most), change.style),
            ])
        }
        if groups.count > limits.rows {
          let rest = groups.dropFirst(limits.rows)
          table.add(
            rest:
              "and \(Figures.count(rest.count, "more way")) with \(Figures.count(rest.reduce(0) { $0 + $1.count }, "event"))"
          )
        }
      }
      content.append(table.markup)
      if let kinds = kinds(pair) { content.append(.tag("p", ["class": "small"], Markup(kinds))) }
    }
    content.append(denialTable([result.candidates[0], result.candidates[pair.candidate]]))
    return section(
      level, "Decisions",
      "Which answers differ, and which rule makes the difference. Below, everything that was denied on either side.",
      content)
  }

  /// Which kinds of events they are; nil where there is one kind of event only.
  private func kinds(_ pair: PairResult) -> String? {
    guard result.eventsByKind.count > 1, let first = pair.byKind.first?.kind else { return nil }
    if pair.byKind.allSatisfy({ $0.kind == first }) {
      return pair.differing == 1 ? "It is a \(Page.cut(first))." : "All of them are of the kind \(Page.cut(first))."
    }
    let kinds = pair.byKind.prefix(limits.rows).map {
      "\(Page.cut($0.kind)) \($0.change.sentence) \(Figures.count($0.count))"
    }
    let rest = pair.byKind.count - kinds.count
    return "By kind of event: \(kinds.joined(separator: "; "))\(rest > 0 ? "; and \(Figures.count(rest)) more" : "")."
  }

  func denials(_ candidates: [CandidateResult]) -> Markup {
    section(2, "Decisions", "What was denied, and by which rule.", [denialTable(candidates)])
  }

  private func reason(_ group: ChangeGroup) -> Markup {
    func rule(_ name: String) -> Markup { name.isEmpty ? "–" : .tag("code", [:], Page.name(name)) }
    switch group.change {
    case .allowToDeny: return rule(group.ruleB)
    case .denyToAllow: return rule(group.ruleA)
    case .paidDiffers:
      return group.paid == 0
        ? "the same amount out of other buckets" : Markup([Page.money(group.paid, isChange: true), " in all"])
    case .cardsDiffer: return Markup([Page.money(group.charged, isChange: true), " in all"])
    case .ruleDiffers, .otherwise: return Markup([rule(group.ruleA), " → ", rule(group.ruleB)])
    }
  }

  /// What said no how often, one column for each policy.
  private func denialTable(_ candidates: [CandidateResult]) -> Markup {
    struct Denial: Hashable {
      var code: String
      var rule: String
    }
    var counts: [Denial: [Int]] = [:]
    for (place, candidate) in candidates.enumerated() {
      for denial in candidate.denials {
        counts[Denial(code: denial.code, rule: denial.rule), default: candidates.map { _ in 0 }][place] += denial.count
      }
    }
    guard !counts.isEmpty else { return .tag("p", [:], "Nothing was denied.") }
    let rows = counts.sorted {
      ($1.value.max() ?? 0, $0.key.code, $0.key.rule) < ($0.value.max() ?? 0, $1.key.code, $1.key.rule)
    }
    let isPair = candidates.count == 2
    var table = PageTable(
      "What was denied, by reason",
      [.name("reason"), .text("rule", canGo: true)]
        + candidates.map { PageTable.Column(title: Page.name($0.name, most: 24)) }
        + (isPair ? [.number("difference")] : []))
    for (denial, values) in rows.prefix(limits.rows) {
      table.add(
        [.tag("code", [:], Page.name(denial.code)), .tag("code", [:], Page.name(denial.rule))]
          + values.map { Markup(Figures.count($0)) }
          + (isPair ? [Page.change(values[1] - values[0])] : []))
    }
    if rows.count > limits.rows {
      table.add(rest: "and \(Figures.count(rows.count - limits.rows, "more reason"))")
    }
    return table.markup
  }
}
