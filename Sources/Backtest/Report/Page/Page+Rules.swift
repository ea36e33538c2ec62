extension Page {
  /// What is not the same in the two policies, as their authors wrote it.
  func rules(_ pair: PairResult, _ level: Int) -> Markup {
    guard !pair.changedRules.isEmpty else {
      let (a, b) = (result.candidates[0], result.candidates[pair.candidate])
      let text =
        b.changedEvents > 0
        ? "The rules are the same. What differs is what is supposed: \(Figures.count(b.changedEvents, "event")) "
          + "\(b.changedEvents == 1 ? "was" : "were") not as \(b.changedEvents == 1 ? "it" : "they") had been."
        : a.hash == b.hash && !a.hash.isEmpty
          ? "Nothing: both policies have the same texts." : "No declaration differs."
      return section(level, "What changed in the rules", nil, [.tag("p", [:], Markup(text))])
    }
    var content: [Markup] = []
    for rule in pair.changedRules.prefix(limits.rules) { content.append(declaration(rule)) }
    if pair.changedRules.count > limits.rules {
      content.append(
        .tag(
          "p", ["class": "rest"],
          Markup("and \(Figures.count(pair.changedRules.count - limits.rules, "more declaration"))")))
    }
    return section(
      level, "What changed in the rules",
      "− stands before what only \(Page.cut(pair.a)) has, + before what only \(Page.cut(pair.b)) has.", content)
  }

  private func declaration(_ rule: ChangedRule) -> Markup {
    let difference = LineDifference(rule.before, rule.after, most: limits.ruleLines)
    var lines: [Markup] = difference.lines.map { line in
      let text = Markup(Page.clipped(line.text))
      return switch line.sign {
      case .same: .tag("span", ["class": "same"], "  ", text, "\n")
      case .gap: .tag("span", ["class": "same"], "  …\n")
      case .removed: .tag("del", [:], "− ", text, "\n")
      case .added: .tag("ins", [:], "+ ", text, "\n")
      }
    }
    if difference.rest > 0 {
      lines.append(Markup("  and \(Figures.count(difference.rest, "more line")) that differ\n"))
    }
    return .tag(
      "figure", ["class": "rule"],
      .tag(
        "figcaption", [:],
        .tag("span", [:], .tag("code", [:], Page.name(rule.name, most: 80)), Markup(" \(rule.how.rawValue)")),
        .tag("span", ["class": "place"], Page.name(rule.place, most: 80))),
      lines.isEmpty ? Markup() : .tag("pre", [:], all: lines))
  }
}
