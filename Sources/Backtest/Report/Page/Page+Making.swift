import Values

extension Page {
  /// What the numbers rest on, and what its words mean.
  func making() -> Markup {
    var facts: [(String, Markup)] = [("traffic", Page.name(result.traffic, most: 120))]
    if let span = result.span {
      facts.append(
        ("first and last event", Markup("\(DayText.moment(span.lowerBound)); \(DayText.moment(span.upperBound))")))
    }
    let kinds = result.eventsByKind.prefix(limits.rows).map { "\(Figures.count($0.count)) \(Page.cut($0.kind))" }
    let others = result.eventsByKind.count - kinds.count
    facts.append(
      (
        "events",
        Markup(
          "\(Figures.count(result.events))\(kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", "))"
            + (others > 0 ? ", and \(Figures.count(others, "more kind"))" : ""))
      ))
    facts.append(("accounts", Markup(Figures.count(result.accounts))))
    if !openings.isEmpty {
      facts.append(
        ("how accounts begin", Markup(openings.prefix(limits.rows).map { Page.clipped($0) }.joined(separator: "; "))))
    }
    for candidate in result.candidates {
      var markup = Page.name(candidate.name)
      if !candidate.hash.isEmpty { markup.add(Markup([" ", .tag("code", ["class": "hash"], Markup(candidate.hash))])) }
      if candidate.changedEvents > 0 {
        markup.add(Markup(", \(Figures.count(candidate.changedEvents, "event")) supposed otherwise"))
      }
      facts.append(("policy", markup))
    }
    for note in result.notes.prefix(limits.rows) { facts.append(("note", Markup(Page.clipped(note)))) }
    if result.notes.count > limits.rows {
      facts.append(("note", Markup("and \(Figures.count(result.notes.count - limits.rows, "more note"))")))
    }
    if limits.pairs > 4 {
      facts.append(
        (
          "left out",
          Markup(
            "with \(Figures.count(limits.pairs)) comparisons on one page, lists and charts are shorter than of one")
        ))
    }
    let list = facts.flatMap { [Markup.tag("dt", [:], Markup($0)), .tag("dd", [:], $1)] }
    return section(
      2, "How this was made",
      "The same events were replayed under each policy by the engine that decides live, each account from the state it began with. The long number beside a policy is the SHA-256 of its texts.",
      [.tag("dl", ["class": "facts"], all: list), words()])
  }

  private static let glossary: [(String, String)] = [
    ("event", "one request, top-up, or other thing an account did"),
    ("newly denied", "allowed by the first policy, denied by the other"),
    ("paid differently", "allowed by both, for another amount or out of another balance"),
    ("charged", "what usage took out of balances, which customers fill with money"),
    ("drawn from quotas", "what usage took out of allowances that are filled anew, such as a plan's"),
    ("paid in", "what cards were charged to fill balances"),
    ("borne by the platform", "what usage cost and nobody paid"),
    ("touched", "an account that would have got another answer, or had other money moved"),
    ("promise", "what a policy says of itself that is always so"),
  ]

  private func words() -> Markup {
    .tag(
      "details", [:], .tag("summary", [:], "What the words mean"),
      .tag(
        "dl", ["class": "facts"],
        all: Page.glossary.flatMap { [Markup.tag("dt", [:], Markup($0)), .tag("dd", [:], Markup($1))] }
          + [
            .tag("dt", [:], "customers"),
            .tag(
              "dd", [:], "are taken to do the same whatever they are answered: nobody asks again, and nobody leaves"),
          ]))
  }
}
