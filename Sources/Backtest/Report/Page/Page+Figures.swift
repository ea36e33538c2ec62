extension Page {
  /// The numbers that stand for the rest, one below its name.
  func figures(_ pair: PairResult) -> Markup {
    let (a, b) = (result.candidates[0], result.candidates[pair.candidate])
    let events = pair.same + pair.differing
    var all = [
      figure(
        "answers that differ", Markup(Figures.count(pair.differing)),
        "of \(Figures.count(events)), \(ComparisonReport.share(pair.differing, of: events))"),
      figure(
        "newly denied", Markup(Figures.count(pair.count(.allowToDeny))),
        share(pair.count(.allowToDeny), events)),
      figure(
        "newly allowed", Markup(Figures.count(pair.count(.denyToAllow))),
        share(pair.count(.denyToAllow), events)),
      figure(
        "accounts touched", Markup(Figures.count(pair.accountsTouched)),
        "of \(Figures.count(result.accounts))"),
      change(
        a.money.fees == 0 && b.money.fees == 0 ? "charged" : "charged, with plan fees", a.money.pays, b.money.pays),
    ]
    if a.money.paidIn != b.money.paidIn { all.append(change("paid in by cards", a.money.paidIn, b.money.paidIn)) }
    if a.money.absorbed != b.money.absorbed {
      all.append(change("borne by the platform", a.money.absorbed, b.money.absorbed))
    }
    if b.changedEvents > 0 {
      all.append(
        figure("supposed otherwise", Markup(Figures.count(b.changedEvents)), "events were not as they had been"))
    }
    return .tag("dl", ["class": "figures"], all: all)
  }

  func figures(_ candidate: CandidateResult) -> Markup {
    let allowed = candidate.count(.allowed) + candidate.count(.repeated)
    let denied = candidate.count(.denied) + candidate.count(.conflict)
    var all = [
      figure("allowed", Markup(Figures.count(allowed)), ComparisonReport.share(allowed, of: result.events)),
      figure("denied", Markup(Figures.count(denied)), ComparisonReport.share(denied, of: result.events)),
      figure("accounts", Markup(Figures.count(result.accounts)), nil),
      figure("charged", Page.money(candidate.money.pays), candidate.money.fees == 0 ? nil : "plan fees included"),
      figure("paid in by cards", Page.money(candidate.money.paidIn), nil),
    ]
    if candidate.changedEvents > 0 {
      all.append(
        figure(
          "supposed otherwise", Markup(Figures.count(candidate.changedEvents)), "events were not as they had been"))
    }
    return .tag("dl", ["class": "figures"], all: all)
  }

  private func share(_ count: Int, _ whole: Int) -> String? {
    count == 0 ? nil : ComparisonReport.share(count, of: whole)
  }

  private func change(_ name: String, _ from: Int64, _ to: Int64) -> Markup {
    let growth = Figures.growth(from, to).map { ", \($0)" } ?? ""
    return figure(
      name, Page.money(to &- from, isChange: true),
      Figures.money(from) == Figures.money(to)
        ? "of \(Figures.money(to))\(growth)" : "\(Figures.money(from)) → \(Figures.money(to))\(growth)")
  }

  private func figure(_ name: String, _ value: Markup, _ below: String?) -> Markup {
    .tag(
      "div", [:], .tag("dt", [:], Markup(name)), .tag("dd", [:], value),
      below.map { .tag("dd", ["class": "below"], Markup($0)) } ?? Markup())
  }
}
