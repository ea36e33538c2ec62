import Backtest
import Diagnostics
import Engine
import Formats
import Lab
import Store
import Values

extension Verbs {
  static let policies: [Verb] = [.compare, .affected, .examples, .page]
}

extension Verb {
  static let compare = Verb(
    "compare", .policy, "POLICY [POLICY] on PERIOD",
    summary: "what would have been decided and paid otherwise in a period",
    details: """
      The history of the period is replayed under both; with one, it is compared with what is in force. Each is `current`, a hash
      of `policies`, a folder of rules, a file with a reform, `git:HEAD~1`, or in quotes, with commas between them:
        limits.spending_limit default $10                    a reform of one line
        model is gpt-4o-mini where account is delta          a field of events; request.model is one event's
        output at most 500, cached at least 60% of input     limits and shares of fields, in the order written
        first subscribe quota $20 rate 4/5, first cancel     what accounts begin with besides: a line of a scenario
        never subscribe                                      the same without events of a kind
        fee $16 each month                                   what a plan costs each account
      Afterwards `affected` has what each account would have paid; `examples` and SQL over compare_rows tell more.
      """,
    examples: [
      "compare current 'limits.spending_limit default $10' on 2026-10",
      "compare 'pricing.rounding default half_even' on last month",
      "compare 'model is gpt-4o-mini' on 2026-10",
      "compare current 'output at most 500, cached at least 60% of input' on 2026-10",
      "compare 'first cancel' 'first subscribe quota $20 rate 4/5, first fallback.enabled on, fee $16 each month' on 2026-10",
    ], isQuery: false, isCommand: false
  ) { request, session in
    let (candidates, period) = try session.look(Coordinates()) { world in
      let reading = try session.candidates(world.reader, over: world.reader.policyHash)
      let one = request.arguments.text(.policy, 1) == nil
      var candidates = one ? [try reading.candidate("current")] : []
      for place in 0..<(one ? 1 : 2) { candidates.append(try session.candidate(place, of: request, reading)) }
      return (candidates, try session.period(of: request, world))
    }
    let result = try session.replay(candidates, period)
    session.comparison = result
    session.compareRows = Table(result.comparisons.first?.rows ?? [])
    var report = ComparisonReport(result)
    // That is what `examples` is for, and what to do next at a command line is not what to type here.
    report.showsFirst = false
    var answer = Answer("payg.compare/1")
    let text = report.text(width: session.console.out.width, color: session.ink.isOn)
    answer.say(text.trimmed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    answer.members = report.json.members.filter { $0.name != "schema" }
    answer.rows = session.compareRows
    answer.isProse = true
    if result.differs {
      let examples = result.comparisons.first?.groups.first.map { "    examples 3 of \($0.change.words)" }
      let rows = examples == nil ? "" : "    select * from compare_rows;"
      answer.say("next: " + session.ink.dim("affected" + (examples ?? "") + rows))
      answer.suggestion = "affected"
    }
    if result.isPartial { answer.status = .interrupted }
    return answer
  }

  static let examples = Verb(
    "examples", .policy, "[N] [of TEXT]",
    summary: "events that the last comparison answers otherwise, with why on both sides",
    details: "Behind `of`: allow→deny, deny→allow, paid, cards, rule (`->` will do), or the name of a rule.",
    examples: ["examples 3 of allow->deny"], isQuery: false, isCommand: false, restIsPlain: true
  ) { request, session in
    let pair = try session.lastComparison(request)
    let most = request.arguments.text(.count).flatMap { Int($0) } ?? 3
    let wanted = request.arguments.text(.text)?.trimmed.replacing("->", with: "→")
    let groups = pair.groups.filter { group in
      guard let wanted else { return true }
      return group.change.words.hasPrefix(wanted)
        || [group.ruleA, group.ruleB].contains { $0 == wanted || $0.hasSuffix(".\(wanted)") }
    }
    guard !groups.isEmpty else {
      let there = Set(pair.groups.map(\.change.words)).sorted().map { "examples of \($0)" }
      throw request.complaint(
        wanted == nil
          ? "the last comparison answers every event the same" : "the last comparison has no such difference",
        at: .text, help: there.isEmpty ? "affected" : there.joined(separator: "    "))
    }
    var answer = Answer("payg.examples/1")
    for (place, group) in groups.prefix(max(0, most)).enumerated() {
      if place > 0 { answer.say("") }
      let row = group.first.row
      answer.say(
        session.ink.strong("\(group.change.words)  \(row.id)") + " (\(row.kind))  \(row.account)  \(row.at.minuteText)"
          + session.ink.dim("  first of \(Count.text(group.count))"))
      let told = [(pair.a, group.first.whyA), (pair.b, group.first.whyB)].map { ($0, ToldWhy($1)) }
      // What it asked for is the same on both sides, unless the rules work out something else.
      let isSame = told[0].1.fields == told[1].1.fields
      if isSame, !told[0].1.fields.isEmpty { answer.say("  " + told[0].1.fields) }
      for (name, why) in told {
        answer.say("  " + session.ink.dim("under \(name): ") + why.verdict)
        if !isSame { answer.say("    " + why.fields) }
        answer.say(why.body.map { "  \($0)" })
      }
    }
    answer.subject = groups.first?.first.row.id
    return answer
  }
}

/// An explanation in parts: what stands around it says whose event it is, and when it was.
private struct ToldWhy {
  /// `DENIED`
  var verdict: String
  /// `key main, model gpt-4o, input 1,200 tokens`
  var fields: String
  /// What decided and what it paid; what let it pass or was not reached is for `why` itself.
  var body: [Substring]

  init(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The verdict, the event, its id, its time and what it asked for stand two blanks apart.
    let parts = (lines.first.map(String.init) ?? "").split(separator: "  ", omittingEmptySubsequences: true)
    verdict = parts.first.map(String.init) ?? "nothing to decide"
    fields = parts.dropFirst(4).joined(separator: "  ")
    body = Array(
      lines.dropFirst().prefix { line in
        !["passed: ", "not tried: "].contains { line.drop { $0 == " " }.hasPrefix($0) }
      })
  }
}

extension Session {
  func lastComparison(_ request: Request) throws -> PairResult {
    if let pair = comparison?.comparisons.first { return pair }
    throw LineComplaint(
      message: "nothing was compared yet", line: request.words.line, help: Verb.compare.examples[0],
      code: "no_comparison")
  }

  /// What the words at a place of a line name to be compared. What is wrong with them is shown in the line.
  fileprivate func candidate(_ place: Int, of request: Request, _ reading: CandidateReading) throws -> Candidate {
    do {
      return try reading.candidate(request.arguments.text(.policy, place) ?? "current")
    } catch let fault as BacktestFault {
      guard case .words(let message, let text, let range, let help) = fault,
        let written = request.arguments.range(.policy, place)
      else { throw Session.complaint(fault) }
      // What is doubled or cut inside of quotes has no place of its own.
      let line = Words.text(request.words.line, written)
      let isAsWritten = line == text || line.dropFirst().dropLast() == text
      let start = written.lowerBound + (line == text ? 0 : 1)
      throw LineComplaint(
        message: message, line: request.words.line,
        range: isAsWritten ? (start + range.lowerBound)..<(start + range.upperBound) : written, help: help,
        code: "comparison")
    }
  }

  /// Replays a period of the store's history under several policies.
  func replay(_ candidates: [Candidate], _ period: Period) throws -> BacktestResult {
    // What several threads tell of, one at a time.
    final class Watch: @unchecked Sendable {
      var bar: ProgressBar
      let hasCome: () -> Bool

      init(_ bar: ProgressBar, hasCome: @escaping () -> Bool) { (self.bar, self.hasCome) = (bar, hasCome) }
    }
    let path = try store().path
    let open = SendableOpening(open: options.open)
    let traffic = try StoreTraffic(
      period.window, named: Session.named(period), readers: ComparisonOptions.cores
    ) { try open.open(path) }
    console.interrupts.watch()
    let watch = Watch(
      ProgressBar("replaying \(period.text)", counting: "events", console), hasCome: console.interrupts.hasCome)
    defer { watch.bar.clear() }
    return try Comparison.run(
      candidates, over: traffic,
      progress: { step in watch.bar.show(.init(count: step.events, part: step.part, whole: step.whole)) },
      isInterrupted: { watch.hasCome() })
  }

  /// A period with the days it comes to, where those are not what was written.
  private static func named(_ period: Period) -> String {
    period.text.first?.isNumber == true && period.resolved.replacing(" .. ", with: "..").hasPrefix(period.text)
      ? "\(period.text) UTC" : "\(period.text) (\(period.resolved))"
  }

  /// Opening a store touches nothing of the session.
  private struct SendableOpening: @unchecked Sendable {
    let open: (String) throws -> AccountStore
  }
}

extension Table {
  /// The events that differ, as `compare_rows` has them.
  init(_ rows: [Difference]) {
    self.init([
      .init("account", isForeign: true), .init("seq", .integer), .init("kind"), .init("id", isForeign: true),
      .init("at", .time),
      .init("change"),
      .init("verdict_a", .verdict), .init("verdict_b", .verdict), .init("code_a"), .init("code_b"), .init("rule_a"),
      .init("rule_b"), .init("amount_a", .money), .init("amount_b", .money), .init("covered_a", .money),
      .init("covered_b", .money),
    ])
    func text(_ text: String) -> Cell { text.isEmpty ? .none : .text(text) }
    for row in rows {
      self.rows.append([
        .text(row.account), .none, .text(row.kind), text(row.id), .text(TimeText.short(row.at)),
        .text(row.change.words),
        .text("\(row.a.verdict)"), .text("\(row.b.verdict)"), text(row.a.code), text(row.b.code), text(row.a.rule),
        text(row.b.rule), .integer(row.a.amount), .integer(row.b.amount), .integer(row.a.paid), .integer(row.b.paid),
      ])
    }
  }
}
