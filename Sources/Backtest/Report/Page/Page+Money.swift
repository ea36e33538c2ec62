extension Page {
  /// What moved, part by part: of one policy, or of two with what is between them.
  func money(_ a: CandidateResult, _ b: CandidateResult?, _ level: Int) -> Markup {
    var rows: [(words: String, a: Int64, b: Int64, isSum: Bool)] = []
    for part in MoneyMoved.parts {
      let (from, to) = (a.money[keyPath: part.path], b?.money[keyPath: part.path] ?? 0)
      if from != 0 || to != 0 { rows.append((part.words, from, to, false)) }
    }
    if a.money.fees != 0 || b?.money.fees ?? 0 != 0 {
      rows.append(("what customers pay in all", a.money.pays, b?.money.pays ?? 0, true))
    }
    guard !rows.isEmpty else { return section(level, "Money", nil, [.tag("p", [:], "No money moved.")]) }
    var columns: [PageTable.Column] = [.name(""), .init(title: Page.name(a.name, most: 24))]
    if let b {
      columns += [.init(title: Page.name(b.name, most: 24)), .number("difference"), .number("", canGo: true)]
    }
    var table = PageTable(
      b == nil ? "Money that moved, in dollars" : "Money that moved under each, in dollars", columns)
    for row in rows {
      var cells = [Markup(row.words), Page.money(row.a)]
      if b != nil {
        cells += [
          Page.money(row.b), Page.money(row.b &- row.a, isChange: true), Markup(Figures.growth(row.a, row.b) ?? ""),
        ]
      }
      table.add(cells, style: row.isSum ? "sum" : nil)
    }
    return section(
      level, "Money",
      "Rounded to the cent; where an amount is rounded, the exact one shows when you point at it. Sums are exact.",
      [.tag("div", ["class": "narrow"], table.markup)])
  }
}
