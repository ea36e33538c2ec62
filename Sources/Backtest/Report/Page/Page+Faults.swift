extension Page {
  /// Promises that were broken, and what the policy could not take; a line that says so where there is nothing.
  func faults(_ candidate: CandidateResult, _ level: Int) -> Markup {
    var content: [Markup] = []
    if candidate.brokenPromises.isEmpty {
      content.append(
        .tag("p", [:], "No promise of ", Page.name(candidate.name), " was broken by any event."))
    } else {
      var table = PageTable(
        "Promises that did not hold after an event", [.name("promise"), .number("times"), .text("first by")])
      for broken in candidate.brokenPromises.prefix(limits.rows) {
        table.add([
          Markup(Page.clipped(broken.promise)), Markup(Figures.count(broken.count)),
          Markup([.tag("code", [:], Page.name(broken.id)), " of ", Page.name(broken.account)]),
        ])
      }
      rest(candidate.brokenPromises.count, "promise", &table)
      content.append(table.markup)
    }
    if !candidate.impossible.isEmpty {
      var table = PageTable("Events that it cannot take", [.name("why"), .number("events")])
      for reason in candidate.impossible.prefix(limits.rows) {
        table.add([Markup(Page.clipped(reason.reason)), Markup(Figures.count(reason.count))])
      }
      rest(candidate.impossible.count, "reason", &table)
      content.append(table.markup)
    }
    if !candidate.refusals.isEmpty {
      var table = PageTable("Changes of settings that it refuses", [.name("why"), .number("changes")])
      for refusal in candidate.refusals.prefix(limits.rows) {
        table.add([Markup(Page.clipped(refusal.text)), Markup(Figures.count(refusal.count))])
      }
      rest(candidate.refusals.count, "reason", &table)
      content.append(table.markup)
    }
    return section(
      level, "Promises", "What a policy says will always hold was asked after each event that took effect.", content)
  }

  private func rest(_ count: Int, _ word: String, _ table: inout PageTable) {
    if count > limits.rows { table.add(rest: "and \(Figures.count(count - limits.rows, "more \(word)"))") }
  }
}
