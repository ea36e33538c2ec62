extension Page {
  /// Who loses and who wins: bars for those furthest apart, then numbers.
  func accounts(_ pair: PairResult, _ level: Int) -> Markup {
    guard !pair.accounts.isEmpty else { return Markup() }
    var figures: [Markup] = []
    let denied = bars(
      pair, "Denied events, more or fewer", ("fewer", "more"), { Int64($0.newlyDenied - $0.newlyAllowed) },
      { Markup(Figures.change(Int($0))) })
    let hasFees = pair.accounts.contains { $0.a.fees != 0 || $0.b.fees != 0 }
    let pays = bars(
      pair, hasFees ? "Charged with plan fees, more or less" : "Charged, more or less", ("less", "more"), { $0.pays },
      { Page.money($0, isChange: true) })
    figures += [denied, pays].compactMap(\.self)
    if figures.isEmpty {
      let cards = bars(
        pair, "Paid in by cards, more or less", ("less", "more"), { $0.paidIn }, { Page.money($0, isChange: true) })
      figures += [cards].compactMap(\.self)
    }
    var content: [Markup] = figures.isEmpty ? [] : [.tag("div", ["class": "pairs"], all: figures)]
    content.append(accountTable(pair, hasFees: hasFees))
    let gone = pair.accountsTouched - min(pair.accounts.count, limits.accounts)
    return section(
      level, "Accounts",
      "\(Figures.count(pair.accountsTouched)) of \(Figures.count(result.accounts)) would have noticed: another answer, or other money."
        + (gone > 0 ? " \(Figures.count(gone)) of them are not listed." : ""), content)
  }

  /// The accounts furthest from zero on either side, each with a bar.
  private func bars(
    _ pair: PairResult, _ title: String, _ words: (less: String, more: String), _ value: (AccountDifference) -> Int64,
    _ text: (Int64) -> Markup
  ) -> Markup? {
    let values = pair.accounts.map { (account: $0.account, value: value($0)) }.filter { $0.value != 0 }
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted { $0.value == $1.value ? $0.account < $1.account : $0.value > $1.value }
    let (more, less) = (sorted.filter { $0.value > 0 }, sorted.filter { $0.value < 0 })
    let shown = more.prefix(limits.bars) + less.suffix(limits.bars)
    let largest = Int64(clamping: shown.map(\.value.magnitude).max() ?? 0)
    var table = PageTable(
      Markup(title),
      [.name("account"), PageTable.Column(title: Markup(), isNumber: false, isBar: true), .number("difference")])
    for one in more.prefix(limits.bars) { add(one) }
    if more.count > limits.bars {
      table.add(rest: "and \(Figures.count(more.count - limits.bars)) more with \(words.more)")
    }
    for one in less.reversed().prefix(limits.bars) { add(one) }
    if less.count > limits.bars {
      table.add(rest: "and \(Figures.count(less.count - limits.bars)) more with \(words.less)")
    }

    func add(_ one: (account: String, value: Int64)) {
      table.add([
        Page.name(one.account, most: 24),
        more.isEmpty || less.isEmpty
          ? Bars.bar(one.value, of: largest, one.value < 0 ? "good" : "bad")
          : Bars.diverging(one.value, of: largest, negative: "good", positive: "bad"),
        text(one.value),
      ])
    }
    return .tag("div", ["class": "chart"], table.markup)
  }

  private func accountTable(_ pair: PairResult, hasFees: Bool) -> Markup {
    let sorted = pair.accounts.sorted {
      if $0.newlyDenied != $1.newlyDenied { return $0.newlyDenied > $1.newlyDenied }
      return $0.pays == $1.pays ? $0.account < $1.account : $0.pays > $1.pays
    }
    var table = PageTable(
      "Accounts touched, by what is newly denied, then by what they are charged more",
      [
        .name("account"), .number("newly denied"), .number("newly allowed"), .number("otherwise", canGo: true),
        Page.column(hasFees ? "pays" : "charged", pair.a, canGo: true),
        Page.column(hasFees ? "pays" : "charged", pair.b, canGo: true), .number("difference"),
        .number("", canGo: true),
      ])
    for account in sorted.prefix(limits.accounts) {
      let others = account.changes.reduce(0, +) - account.newlyDenied - account.newlyAllowed
      table.add([
        Page.name(account.account), Page.count(account.newlyDenied),
        Page.count(account.newlyAllowed), Page.count(others), Page.money(account.a.pays),
        Page.money(account.b.pays), Page.money(account.pays, isChange: true),
        Markup(Figures.growth(account.a.pays, account.b.pays) ?? ""),
      ])
    }
    let rest = sorted.dropFirst(limits.accounts)
    if !rest.isEmpty {
      let (denied, pays) = (rest.reduce(0) { $0 + $1.newlyDenied }, rest.reduce(Int64(0)) { $0 &+ $1.pays })
      table.add(
        rest: "and \(Figures.count(rest.count, "more account")): \(Figures.count(denied)) newly denied, "
          + "\(Figures.moneyChange(pays)) charged; all are in the same report as --json")
    }
    if sorted.count <= 12 { return table.markup }
    return .tag(
      "details", [:],
      .tag("summary", [:], Markup("\(Figures.count(min(sorted.count, limits.accounts), "account")) in numbers")),
      table.markup)
  }
}
