extension Page {
  /// All candidates against the first one, a row each.
  func overview() -> Markup {
    let most = Int64(
      clamping: result.comparisons.map { pair in
        (result.candidates[pair.candidate].money.pays &- result.candidates[0].money.pays).magnitude
      }.max() ?? 0)
    var table = PageTable(
      Markup(["Each policy against ", Page.name(result.candidates[0].name)]),
      [
        .name("policy"), .number("newly denied"), .number("newly allowed"), .number("accounts touched"),
        .number("charged"), .number("difference"), .bar,
      ])
    let first = result.candidates[0]
    table.add([
      Page.name(first.name), "–", "–", "–", Page.money(first.money.pays), "–", Markup(),
    ])
    for pair in result.comparisons {
      let money = result.candidates[pair.candidate].money
      let change = money.pays &- first.money.pays
      table.add([
        .tag("a", ["href": "#b\(pair.candidate)"], Page.name(pair.b)), Markup(Figures.count(pair.count(.allowToDeny))),
        Markup(Figures.count(pair.count(.denyToAllow))), Markup(Figures.count(pair.accountsTouched)),
        Page.money(money.pays), Page.money(change, isChange: true),
        Bars.diverging(change, of: most, negative: "down", positive: "up"),
      ])
    }
    return section(2, "At a glance", nil, [table.markup])
  }
}
