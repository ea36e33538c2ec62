extension Page {
  /// The first event of each change, with why on both sides.
  func witnesses(_ pair: PairResult, _ level: Int) -> Markup {
    // Of each change the most frequent way first, then the other ways by how often they came.
    let heads = Change.allCases.compactMap { change in pair.groups.first { $0.change == change } }
    let others = pair.groups.filter { !heads.contains($0) }.enumerated()
      .sorted { $0.element.count == $1.element.count ? $0.offset < $1.offset : $0.element.count > $1.element.count }
      .map(\.element)
    let all = heads + others
    guard !all.isEmpty else { return Markup() }
    var content = all.prefix(limits.witnesses).map { witness($0, pair) }
    if all.count > limits.witnesses {
      content.append(
        .tag(
          "p", ["class": "rest"],
          Markup("and \(Figures.count(all.count - limits.witnesses, "more way")) in which answers differ")))
    }
    return section(
      level, "First event of each change",
      "The earliest event that each policy answers differently, with the reason on both sides.", content)
  }

  private func witness(_ group: ChangeGroup, _ pair: PairResult) -> Markup {
    let row = group.first.row
    let (a, b) = (
      ToldAnswer(group.first.whyA, most: limits.whyLines), ToldAnswer(group.first.whyB, most: limits.whyLines)
    )
    var content: [Markup] = [
      .tag(
        "figcaption", [:], .tag("b", ["class": group.change.style], Markup(group.change.sentence)),
        Markup(group.count == 1 ? " · the only one" : " · first of \(Figures.count(group.count))"),
        .tag(
          "span", [:], Page.name(row.kind), " ", .tag("code", [:], Page.name(row.id)), " of ", Page.name(row.account),
          Markup(", \(DayText.moment(row.at))")))
    ]
    // What it asked for is the same on both sides, unless something else was supposed.
    let isSame = a.fields == b.fields
    if isSame, !a.fields.isEmpty {
      content.append(.tag("p", ["class": "asked"], Markup(Page.clipped(a.fields))))
    }
    content.append(
      .tag(
        "div", ["class": "sides"],
        all: [(pair.a, a, row.a), (pair.b, b, row.b)].map { name, told, side in
          let fields: Markup =
            isSame || told.fields.isEmpty
            ? Markup() : .tag("p", ["class": "asked"], Markup(Page.clipped(told.fields)))
          let rest = told.rest > 0 ? "\nand \(Figures.count(told.rest, "more line"))" : ""
          return .tag(
            "div", [:],
            .tag(
              "p", ["class": "verdict"], "under ", Page.name(name), ": ",
              .tag("b", ["class": side.verdict.isYes ? "good" : "bad"], Markup(Page.clipped(told.verdict)))), fields,
            told.body.isEmpty ? Markup() : .tag("pre", [:], Markup(told.body.joined(separator: "\n") + rest)))
        }))
    return .tag("figure", ["class": "witness"], all: content)
  }
}
