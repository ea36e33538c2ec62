import Diagnostics

extension Page {
  /// Series by day, small and side by side: what is denied, what is charged, and what else is not the same.
  func days(_ a: CandidateResult, _ b: CandidateResult?, _ level: Int) -> Markup {
    guard let axis = DayAxis((a.days + (b?.days ?? [])).map(\.day), most: limits.steps), axis.count > 1 else {
      return Markup()
    }
    let series: [Series] = [
      Series("denied events", .count) { Int64($0.denied) }, Series("charged", .money) { $0.money.charged },
      Series("drawn from quotas", .money, isShownOnlyChanged: true) { $0.money.quota },
      Series("paid in by cards", .money, isShownOnlyChanged: true) { $0.money.paidIn },
      Series("borne by the platform", .money, isShownOnlyChanged: true) { $0.money.absorbed },
    ]
    var figures: [Markup] = []
    for one in series {
      let (area, line) = (one.steps(a.days, axis), b.map { one.steps($0.days, axis) })
      guard (area + (line ?? [])).contains(where: { $0 != 0 }) else { continue }
      if let line {
        if one.isShownOnlyChanged, area == line { continue }
        figures.append(chart(one, area, line, axis, (a.name, b?.name ?? "")))
        if one.name == "charged", area != line { figures.append(running(area, line, axis)) }
      } else {
        figures.append(chart(one, area, nil, axis, (a.name, "")))
      }
    }
    guard !figures.isEmpty else { return Markup() }
    var content: [Markup] = []
    if let b {
      content.append(
        .tag(
          "p", ["class": "legend"], .tag("span", [:], key("a", "area"), Page.name(a.name)),
          .tag("span", [:], key("b", "line"), Page.name(b.name)),
          .tag("span", [:], key("between", "filled"), "what is between them")))
    }
    content.append(.tag("div", ["class": "plots"], all: Array(figures.prefix(limits.plots))))
    if let b, limits.hasDays { content.append(dayTable(a, b)) }
    let steps = axis.stride == 1 ? "" : " Each step is \(axis.stride) days."
    return section(level, "Day by day", "Days are UTC.\(steps)", content)
  }

  struct Series {
    var name: String
    var unit: Scale.Unit
    /// There is nothing to see in it where both policies are the same.
    var isShownOnlyChanged: Bool
    var value: (DayResult) -> Int64

    init(_ name: String, _ unit: Scale.Unit, isShownOnlyChanged: Bool = false, _ value: @escaping (DayResult) -> Int64)
    {
      (self.name, self.unit, self.isShownOnlyChanged, self.value) = (name, unit, isShownOnlyChanged, value)
    }

    func steps(_ days: [DayResult], _ axis: DayAxis) -> [Int64] {
      var sums = [Int64](repeating: 0, count: axis.count)
      for day in days { if let step = axis.step(of: day.day) { sums[step] &+= value(day) } }
      return sums
    }

    func text(_ value: Int64) -> String { unit == .money ? Figures.money(value) : Figures.count(Int(value)) }
    func passage(_ from: Int64, _ to: Int64) -> String {
      unit == .money ? Figures.passage(from, to) : "\(Figures.count(Int(from))) → \(Figures.count(Int(to)))"
    }
    func change(_ value: Int64) -> String { unit == .money ? Figures.moneyChange(value) : Figures.change(Int(value)) }
  }

  private func chart(
    _ series: Series, _ area: [Int64], _ line: [Int64]?, _ axis: DayAxis, _ names: (a: String, b: String)
  )
    -> Markup
  {
    let total = area.reduce(0, &+)
    guard let line else {
      let drawing = StepChart(
        title: "\(series.name) by day", description: "\(series.text(total)) in all", axis: axis, area: area,
        unit: series.unit)
      return figure(series.name, series.text(total), drawing.drawing())
    }
    let other = line.reduce(0, &+)
    let far = area.indices.max { (line[$0] &- area[$0]).magnitude < (line[$1] &- area[$1]).magnitude } ?? 0
    let change = line[far] &- area[far]
    let note = change == 0 ? nil : (step: far, text: "\(series.change(change)) on \(axis.name(of: far))")
    let drawing = StepChart(
      title: "\(series.name) by day, \(Page.cut(names.a)) and \(Page.cut(names.b))",
      description:
        "\(series.text(total)) in all under \(Page.cut(names.a)), \(series.text(other)) under \(Page.cut(names.b))"
        + (note.map { "; furthest apart: \($0.text)" } ?? "; the same on every day"),
      axis: axis, area: area, line: line, unit: series.unit, note: note)
    return figure(
      series.name,
      change == 0 ? "\(series.text(total)), the same every day" : series.passage(total, other),
      drawing.drawing())
  }

  /// The difference so far, day after day.
  private func running(_ area: [Int64], _ line: [Int64], _ axis: DayAxis) -> Markup {
    var sum: Int64 = 0
    let sums = area.indices.map { step in
      sum &+= line[step] &- area[step]
      return sum
    }
    let last = Figures.moneyChange(sum)
    let drawing = StepChart(
      title: "difference in charges so far", description: "\(last) at the end", axis: axis, area: sums, unit: .money,
      isDifference: true)
    return figure("charged, difference so far", last, drawing.drawing())
  }

  private func figure(_ name: String, _ summary: String, _ drawing: Markup) -> Markup {
    .tag(
      "figure", [:],
      .tag("figcaption", [:], .tag("b", [:], Markup(name)), Markup(" "), .tag("span", [:], Markup(summary))), drawing)
  }

  /// What an area or a line stands for.
  func key(_ style: String, _ word: String) -> Markup {
    .tag(
      "svg",
      ["class": "key", "viewBox": "0 0 22 10", "width": "22", "height": "10", "role": "img", "aria-label": word],
      style != "b"
        ? .tag("rect", ["class": style, "x": "0", "y": "0", "width": "22", "height": "10"])
        : .tag("path", ["class": style, "d": "M0 8H9V3H22"]))
  }

  /// `charged, current`
  static func column(_ what: String, _ policy: String, canGo: Bool = false) -> PageTable.Column {
    .init(title: Markup([Markup("\(what), "), Page.name(policy, most: 20)]), canGo: canGo)
  }

  private func dayTable(_ a: CandidateResult, _ b: CandidateResult) -> Markup {
    let others = Dictionary(b.days.map { ($0.day, $0) }) { first, _ in first }
    let known = Set(a.days.map(\.day))
    let pairs =
      a.days.map { ($0, others[$0.day] ?? DayResult(day: $0.day)) }
      + b.days.filter { !known.contains($0.day) }.map { (DayResult(day: $0.day), $0) }
    let rows = pairs.filter { $0.denied != $1.denied || $0.allowed != $1.allowed || $0.money != $1.money }
      .sorted { $0.0.day < $1.0.day }
    if rows.isEmpty { return Markup() }
    var table = PageTable(
      "Days that differ",
      [
        .name("day"), Page.column("denied", a.name), Page.column("denied", b.name), .number("difference"),
        Page.column("charged", a.name), Page.column("charged", b.name), .number("difference"),
      ])
    for (old, new) in rows.prefix(limits.days) {
      table.add([
        Markup(old.day), Markup(Figures.count(old.denied)), Markup(Figures.count(new.denied)),
        Page.change(new.denied - old.denied), Page.money(old.money.charged), Page.money(new.money.charged),
        Page.money(new.money.charged &- old.money.charged, isChange: true),
      ])
    }
    if rows.count > limits.days { table.add(rest: "and \(Figures.count(rows.count - limits.days, "more day"))") }
    return .tag(
      "details", [:],
      .tag(
        "summary", [:],
        Markup("\(Figures.count(rows.count, "day")) that \(rows.count == 1 ? "differs" : "differ"), in numbers")),
      table.markup)
  }
}
