/// What a sweep came to, as a page.
struct SweepPage {
  let sweep: Sweep
  let result: BacktestResult
  let page: Page

  init(_ sweep: Sweep, _ result: BacktestResult, openings: [String]) {
    self.sweep = sweep
    self.result = result
    page = Page(result, openings: openings)
  }

  func html() -> String {
    let values = Page.cut(sweep.setting)
    var content = [page.header("Sweep", .tag("code", [:], Markup(values)), Headline.sentence(sweep, in: result))]
    let plots = outcomes.compactMap(plot)
    if !plots.isEmpty {
      content.append(
        page.section(
          2, "Outcome by value",
          "Each dot is one value; the broken line is the policy as it is. Where outcomes lie close together the scale does not begin at zero.",
          [.tag("div", ["class": "plots"], all: plots)]))
    }
    content.append(page.section(2, "In numbers", "Accounts that set it themselves keep what they set.", [table.markup]))
    for candidate in result.candidates where !candidate.brokenPromises.isEmpty || !candidate.impossible.isEmpty {
      content.append(page.faults(candidate, 2))
    }
    content.append(page.making())
    return page.document("\(sweep.setting), \(Figures.count(sweep.values.count, "value"))", content)
  }

  private struct Outcome {
    var name: String
    var unit: Scale.Unit
    /// By candidate, the current one first.
    var values: [Int64]
  }

  private var outcomes: [Outcome] {
    let candidates = result.candidates
    let touched = [0] + result.comparisons.map(\.accountsTouched)
    return [
      Outcome(name: "charged", unit: .money, values: candidates.map(\.money.pays)),
      Outcome(name: "denied events", unit: .count, values: candidates.map { Int64(SweepReport.denied($0)) }),
      Outcome(name: "accounts touched", unit: .count, values: touched.map { Int64($0) }),
      Outcome(name: "paid in by cards", unit: .money, values: candidates.map(\.money.paidIn)),
      Outcome(name: "drawn from quotas", unit: .money, values: candidates.map(\.money.quota)),
      Outcome(name: "borne by the platform", unit: .money, values: candidates.map(\.money.absorbed)),
    ]
  }

  /// Nil where every value comes to the same.
  private func plot(_ outcome: Outcome) -> Markup? {
    guard let current = outcome.values.first, Set(outcome.values).count > 1 else { return nil }
    func text(_ value: Int64) -> String { outcome.unit == .money ? Figures.money(value) : Figures.count(Int(value)) }
    let tried = Array(outcome.values.dropFirst())
    let names = result.candidates.dropFirst().map(\.name)
    let range = "\(text(tried.min() ?? 0)) to \(text(tried.max() ?? 0))"
    let chart = DotChart(
      title: "\(outcome.name) by \(sweep.setting)",
      description: zip(names, tried).map { "\($0): \(text($1))" }.joined(separator: "; ")
        + "; as it is: \(text(current))",
      axis: ValueAxis(names), values: tried, current: current, unit: outcome.unit)
    return .tag(
      "figure", [:],
      .tag(
        "figcaption", [:], .tag("b", [:], Markup(outcome.name)), " ",
        .tag("span", [:], Markup("\(range), now \(text(current))"))),
      chart.drawing())
  }

  private var table: PageTable {
    var table = PageTable(
      Markup(["What comes of each value of ", .tag("code", [:], Page.name(sweep.setting, most: 80))]),
      [
        .name("value"), .number("denied"), .number("answers that differ"), .number("accounts touched"),
        .number("charged"),
        .number("difference"), .number("drawn from quotas", canGo: true), .number("paid in", canGo: true),
        .number("borne", canGo: true),
      ])
    for (index, candidate) in result.candidates.enumerated() {
      let pair = index == 0 ? nil : result.comparisons[index - 1]
      table.add(
        [
          Page.name(candidate.name), Markup(Figures.count(SweepReport.denied(candidate))),
          pair.map { Page.count($0.differing) } ?? "–",
          pair.map { Page.count($0.accountsTouched) } ?? "–", Page.money(candidate.money.pays),
          index == 0 ? "–" : Page.money(candidate.money.pays &- result.candidates[0].money.pays, isChange: true),
          Page.money(candidate.money.quota), Page.money(candidate.money.paidIn), Page.money(candidate.money.absorbed),
        ], style: index == 0 ? "sum" : nil)
    }
    return table
  }
}
