import Backtest
import Diagnostics
import Engine
import Formats
import Lab
import Store
import Values

extension Verbs {
  static let policies: [Verb] = [.compare, .affected, .examples]
}

extension Verb {
  static let compare = Verb(
    "compare", .policy, "POLICY [POLICY] on PERIOD",
    summary: "what would have been decided otherwise in a period",
    details: """
      The history of the period is replayed under both policies; with one policy, it is compared with the one in force.
      A policy is `current`, a hash of `policies`, a folder of rules, a file with a reform, `git:HEAD~1`, or a reform of one line
      in quotes. Afterwards `affected`, `examples`, and SQL over compare_rows tell more.
      """,
    examples: [
      "compare current 'limits.spending_limit default $10' on 2026-10",
      "compare 'pricing.rounding default half_even' on last month",
    ], isQuery: false, isCommand: false
  ) { request, session in
    let named = [request.arguments.text(.policy), request.arguments.text(.policy, 1)].compactMap(\.self)
    let names = named.count == 1 ? ["current"] + named : named
    let (candidates, period) = try session.look(Coordinates()) { world in
      let hash = try world.reader.policyHash
      let candidates = try names.map { name in
        let texts =
          try name == "current"
          ? session.keptTexts(hash, world.reader) : session.policyTexts(name, world.reader, over: hash)
        let rules = LoadedRules(texts, vocabulary: session.options.vocabulary, depth: .checked)
        if rules.diagnostics.hasErrors { throw BrokenPolicy(name: name, rules: rules, help: nil) }
        return try Candidate(name: name, rules: rules)
      }
      return (candidates, try session.period(of: request, world))
    }
    let result = try session.replay(candidates, period)
    session.comparison = result
    session.compareRows = Table(result.comparisons.first?.rows ?? [])
    var report = ComparisonReport(result)
    // A line of its own has no place that anybody could look at.
    for (place, pair) in result.comparisons.enumerated() {
      for (number, rule) in pair.changedRules.enumerated() where rule.place.hasPrefix("line:") {
        report.result.comparisons[place].changedRules[number].place = "as written"
      }
    }
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

  static let affected = Verb(
    "affected", .policy, "[N]", summary: "the accounts that the last comparison touches, those that lose most first",
    examples: ["affected"], isQuery: false, isCommand: false
  ) { request, session in
    let pair = try session.lastComparison(request)
    let most = request.arguments.text(.count).flatMap { Int($0) } ?? 20
    var table = Table([
      .init("account", isForeign: true), .init("newly_denied", .integer), .init("newly_allowed", .integer),
      .init("charged_a", .money),
      .init("charged_b", .money), .init("difference", .money),
    ])
    let accounts = pair.accounts.sorted {
      ($1.newlyDenied, $0.charged, $0.account) < ($0.newlyDenied, $1.charged, $1.account)
    }
    for account in accounts.prefix(max(0, most)) {
      table.rows.append([
        .text(account.account), .integer(Int64(account.newlyDenied)), .integer(Int64(account.newlyAllowed)),
        .integer(account.a.charged), .integer(account.b.charged), .integer(account.charged),
      ])
      table.subjects.append(account.account)
    }
    if accounts.count > table.rows.count { table.more = accounts.count - table.rows.count }
    var answer = Answer("payg.affected/1")
    answer.show(table)
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
