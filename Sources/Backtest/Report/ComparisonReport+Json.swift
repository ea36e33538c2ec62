import Formats
import Values

extension ComparisonReport {
  /// The report for programs: `payg.compare/1`. Amounts are nano-dollars, times ISO UTC.
  public var json: Json {
    .object([
      .init("schema", "payg.compare/1"), .init("traffic", .text(result.traffic)),
      .init("partial", .bool(result.isPartial)), .init("events", .integer(Int64(result.events))),
      .init("accounts", .integer(Int64(result.accounts))),
      .init("from", result.span.map { .text("\(Instant(microseconds: $0.lowerBound))") } ?? .null),
      .init("to", result.span.map { .text("\(Instant(microseconds: $0.upperBound))") } ?? .null),
      .init(
        "kinds", .object(result.eventsByKind.map { .init($0.kind, .integer(Int64($0.count))) })),
      .init("candidates", .list(result.candidates.map(json(candidate:)))),
      .init("comparisons", .list(result.comparisons.map(json(pair:)))),
      .init("notes", .list(result.notes.map { .text($0) })),
    ])
  }

  private func number(_ value: Int) -> Json { .integer(Int64(value)) }

  private func json(money: MoneyMoved) -> Json {
    .object(MoneyMoved.parts.map { .init("\($0.name)_nano", .integer(money[keyPath: $0.path])) })
  }

  private func json(candidate: CandidateResult) -> Json {
    .object([
      .init("name", .text(candidate.name)), .init("policy", .text(candidate.hash)),
      .init("changed_events", number(candidate.changedEvents)),
      .init(
        "verdicts",
        .object(Outcome.Verdict.allCases.map { .init($0.word, number(candidate.count($0))) })),
      .init("money", json(money: candidate.money)),
      .init(
        "denials",
        .list(
          candidate.denials.map {
            .object([
              .init("code", .text($0.code)), .init("rule", .text($0.rule)), .init("count", number($0.count)),
            ])
          })),
      .init(
        "broken_promises",
        .list(
          candidate.brokenPromises.map {
            .object([
              .init("promise", .text($0.promise)), .init("count", number($0.count)),
              .init("account", .text($0.account)),
              .init("id", .text($0.id)),
            ])
          })),
      .init(
        "impossible",
        .list(
          candidate.impossible.map { .object([.init("reason", .text($0.reason)), .init("count", number($0.count))]) })),
      .init(
        "refusals",
        .list(candidate.refusals.map { .object([.init("text", .text($0.text)), .init("count", number($0.count))]) })),
      .init(
        "days",
        .list(
          candidate.days.map {
            .object([
              .init("day", .text($0.day)), .init("allowed", number($0.allowed)), .init("denied", number($0.denied)),
              .init("money", json(money: $0.money)),
            ])
          })),
    ])
  }

  private func json(pair: PairResult) -> Json {
    .object([
      .init("a", .text(pair.a)), .init("b", .text(pair.b)), .init("same", number(pair.same)),
      .init("differ", number(pair.differing)), .init("accounts_touched", number(pair.accountsTouched)),
      .init("groups", .list(pair.groups.map(json(group:)))),
      .init(
        "by_kind",
        .list(
          pair.byKind.map {
            .object([
              .init("kind", .text($0.kind)), .init("change", .text($0.change.words)), .init("count", number($0.count)),
            ])
          })),
      .init(
        "changed_rules",
        .list(
          pair.changedRules.map {
            .object([
              .init("name", .text($0.name)), .init("how", .text($0.how.rawValue)), .init("place", .text($0.place)),
            ])
          })),
      .init(
        "accounts",
        .list(
          pair.accounts.map { account in
            .object([
              .init("account", .text(account.account)),
              .init(
                "changes",
                .object(
                  Change.allCases.map { .init($0.words, number(account.changes[Int($0.rawValue)])) })),
              .init("a", json(money: account.a)), .init("b", json(money: account.b)),
            ])
          })),
      .init("rows_kept", number(pair.rows.count)),
      .init("rows", .list(pair.rows.map(ComparisonReport.json(row:)))),
    ])
  }

  private func json(group: ChangeGroup) -> Json {
    .object([
      .init("change", .text(group.change.words)), .init("rule_a", .text(group.ruleA)),
      .init("rule_b", .text(group.ruleB)), .init("count", number(group.count)),
      .init("paid_nano", .integer(group.paid)), .init("charged_nano", .integer(group.charged)),
      .init("first", ComparisonReport.json(row: group.first.row)), .init("why_a", .text(group.first.whyA)),
      .init("why_b", .text(group.first.whyB)),
    ])
  }

  /// One row of `compare_rows`.
  public static func json(row: Difference) -> Json {
    func side(_ side: Difference.Side, _ name: String) -> [Json.Member] {
      [
        .init("verdict_\(name)", .text(side.verdict.word)), .init("code_\(name)", .text(side.code)),
        .init("rule_\(name)", .text(side.rule)), .init("amount_\(name)_nano", .integer(side.amount)),
        .init("paid_\(name)_nano", .integer(side.paid)), .init("charged_\(name)_nano", .integer(side.charged)),
        .init("sent_back_\(name)_nano", .integer(side.sentBack)),
      ]
    }
    return .object(
      [
        .init("account", .text(row.account)), .init("kind", .text(row.kind)), .init("id", .text(row.id)),
        .init("at", .text("\(Instant(microseconds: row.at))")), .init("candidate", .integer(Int64(row.candidate))),
        .init("change", .text(row.change.words)),
      ] + side(row.a, "a") + side(row.b, "b"))
  }
}
