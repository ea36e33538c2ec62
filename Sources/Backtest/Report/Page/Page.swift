import Diagnostics

/// A report as one page that stands alone: no program, no letter, no picture comes from anywhere else, and the same result is
/// the same bytes.
struct Page {
  let result: BacktestResult
  /// How the accounts began; empty where nobody said.
  let openings: [String]
  let limits: PageLimits

  init(_ result: BacktestResult, openings: [String], pairs: Int? = nil) {
    self.result = result
    self.openings = openings
    limits = PageLimits(pairs: pairs ?? result.comparisons.count)
  }

  /// The page of a comparison, or of one policy alone.
  func comparison() -> String {
    let pairs = result.comparisons
    var content: [Markup] = []
    let title: String
    if pairs.isEmpty {
      let name = result.candidates.first?.name ?? ""
      title = name
      content.append(
        header(
          "Replay", Markup(name),
          result.candidates.first.map { Headline.sentence($0, in: result) } ?? "No event was replayed."))
      content += result.candidates.prefix(1).flatMap { alone($0) }
    } else if pairs.count == 1 {
      title = "\(pairs[0].a) → \(pairs[0].b)"
      content.append(header("Comparison", heading(pairs[0]), Headline.sentence(pairs[0], in: result)))
      content += sections(pairs[0], level: 2)
    } else {
      title = "\(pairs[0].a) and \(Figures.count(pairs.count, "other policy", "other policies"))"
      let name = Markup("\(Figures.count(pairs.count, "policy", "policies")) against \(Page.cut(pairs[0].a))")
      content.append(header("Comparison", name, Headline.sentence(result)))
      content.append(overview())
      for pair in pairs {
        content.append(
          .tag(
            "article", ["id": "b\(pair.candidate)"], .tag("h2", ["class": "name"], heading(pair)),
            .tag("p", ["class": "lead"], Headline.sentence(pair, in: result)),
            Markup(sections(pair, level: 3))))
      }
    }
    content.append(making())
    return document(title, content)
  }

  /// What a policy is about, in its author's words where there are any.
  private func heading(_ pair: PairResult) -> Markup {
    guard let first = pair.reforms.first else {
      return Markup([Page.name(pair.a), .tag("span", ["class": "arrow"], " → "), Page.name(pair.b)])
    }
    let more = pair.reforms.count > 1 ? " and \(Figures.count(pair.reforms.count - 1)) more" : ""
    return Markup("“\(Page.cut(first, to: 80))”\(more)")
  }

  private func sections(_ pair: PairResult, level: Int) -> [Markup] {
    let (a, b) = (result.candidates[0], result.candidates[pair.candidate])
    let isSame = pair.differing == 0 && pair.accountsTouched == 0
    return [
      figures(pair), rules(pair, level), isSame ? Markup() : decisions(pair, level), money(a, b, level),
      isSame ? Markup() : days(a, b, level), isSame ? Markup() : accounts(pair, level), witnesses(pair, level),
      faults(b, level),
    ]
  }

  private func alone(_ candidate: CandidateResult) -> [Markup] {
    [figures(candidate), denials([candidate]), money(candidate, nil, 2), days(candidate, nil, 2), faults(candidate, 2)]
  }

  // MARK: - Around it

  /// What the page begins with: what it is about, the sentence to remember, and what must not be overlooked.
  func header(_ kind: String, _ title: Markup, _ lead: Markup?) -> Markup {
    var content = [
      Markup.tag(
        "p", ["class": "kicker"], Markup("\(kind) · "), Page.name(result.traffic, most: 80),
        Markup(
          " · \(Figures.count(result.events, "event")) · \(Figures.count(result.accounts, "account"))")),
      .tag("h1", [:], title),
    ]
    if result.isPartial {
      content.append(
        .tag(
          "p", ["class": "alert partial", "role": "note"], .tag("strong", [:], "PARTIAL"),
          Markup(
            " This was stopped before the end of the traffic. All that follows is about the "
              + "\(Figures.count(result.events, "event")) until then, which end sooner for some accounts than for others."
          )))
    }
    if let lead { content.append(.tag("p", ["class": "lead"], lead)) }
    for candidate in result.candidates {
      let broken = candidate.brokenPromises.reduce(0) { $0 + $1.count }
      let impossible = candidate.impossible.reduce(0) { $0 + $1.count }
      if broken > 0 {
        content.append(
          alert(candidate, "breaks what its policy promises, \(Figures.count(broken, "time")): see “Promises” below."))
      }
      if impossible > 0 {
        content.append(
          alert(
            candidate,
            "cannot take \(Figures.count(impossible, "event")), which \(impossible == 1 ? "is" : "are") left out of its sums."
          ))
      }
    }
    return .tag("header", [:], all: content)
  }

  private func alert(_ candidate: CandidateResult, _ text: String) -> Markup {
    .tag(
      "p", ["class": "alert", "role": "note"], .tag("strong", [:], Page.name(candidate.name)), Markup(" " + text))
  }

  /// A part of the page: its heading and what to know about it in the margin, and what it shows.
  func section(_ level: Int, _ title: String, _ margin: String? = nil, _ content: [Markup]) -> Markup {
    .tag(
      "section", [:],
      .tag(
        "div", ["class": "margin"], .tag("h\(level)", [:], Markup(title)),
        margin.map { .tag("p", [:], Markup($0)) } ?? Markup()),
      .tag("div", ["class": "content"], all: content))
  }

  func document(_ title: String, _ content: [Markup]) -> String {
    let title =
      "\(result.isPartial ? "PARTIAL: " : "")\(Page.cut(title, to: 120)) on \(Page.cut(result.traffic, to: 80))"
    let head = Markup.tag(
      "head", [:], .tag("meta", ["charset": "utf-8"]),
      .tag(
        "meta",
        ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"]),
      .tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .tag("meta", ["name": "color-scheme", "content": "light dark"]),
      .tag("meta", ["name": "generator", "content": "payg"]), .tag("title", [:], Markup(title)),
      .tag("style", [:], PageStyle.sheet))
    let page = Markup.tag(
      "html", ["lang": "en"], head, .tag("body", [:], .tag("main", [:], all: content)))
    return "<!DOCTYPE html>\n" + page.source + "\n"
  }

  // MARK: - Words

  /// Anybody's name, cut where it is long; the whole of it, within reason, is its title.
  static func name(_ text: String, most: Int = PageLimits.name) -> Markup {
    let shown = cut(text, to: most)
    return .tag("span", ["class": "name", "title": shown == text ? nil : clipped(text)], Markup(shown))
  }

  static func cut(_ text: String, to columns: Int = PageLimits.name) -> String {
    ShownText.cut(clipped(text), to: columns)
  }

  static func clipped(_ text: String) -> String {
    text.unicodeScalars.count <= PageLimits.text
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(PageLimits.text))) + "…"
  }

  /// A number of events; none of them stands back.
  static func count(_ number: Int) -> Markup { faded(number == 0, Markup(Figures.count(number))) }

  static func change(_ number: Int) -> Markup { faded(number == 0, Markup(Figures.change(number))) }

  private static func faded(_ isNothing: Bool, _ text: Markup) -> Markup {
    isNothing ? .tag("span", ["class": "nil"], text) : text
  }

  /// An amount, with the exact one behind it where it is rounded.
  static func money(_ nano: Int64, isChange: Bool = false) -> Markup {
    let text = Markup(isChange ? Figures.moneyChange(nano) : Figures.money(nano))
    guard let exact = Figures.exact(nano) else { return faded(isChange && nano == 0, text) }
    return .tag("span", ["title": exact], text)
  }
}
