import Diagnostics
import Formats
import Language
import Store
import Values

extension Verb {
  static let spend = Verb(
    "spend", .look, "[ACCOUNT] [of KEY] [for PERIOD] [by account|day|week|month|model|key]",
    summary: "what was charged, by day, week, month, model or key",
    details:
      "Without an account: all of them, by account. Without a period: everything. What the platform bears is not in it.",
    examples: [
      "spend delta for 2026-10 by week --chart", "spend birch for last month by key", "spend birch of bob by model",
    ]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let name = try session.accountIfAny(of: request, world)
      let names = try name.map { [$0] } ?? world.accountNames()
      let period = try session.period(of: request, world)
      let said = Spending.Division.allCases.first { request.arguments.has($0.rawValue) && request.arguments.has("by") }
      let division = said ?? (name == nil && names.count != 1 ? .account : usualDivision(period))
      var spending = Spending(by: division, try world.program)
      let key = request.arguments.text(.key)
      if let key, let name { try session.check(key: key, of: world.account(name), request) }
      for name in names {
        try world.movements(name, in: period.window) { movement in
          try spending.take(movement, of: name, onlyKey: key, world)
        }
      }
      var answer = Answer("payg.spend/1", subject: name)
      answer.account = name
      session.show(spending, in: period, &answer, try world.program)
      if name != nil || names.count == 1 {
        try session.showGauges(names[0], period, world, &answer)
      }
      session.teach(sql(of: division, account: name, key: key, in: period))
      return answer
    }
  }

  /// By day within a month or two, by month over years.
  private static func usualDivision(_ period: Period) -> Spending.Division {
    period.window == .all || period.dayCount > 92 ? .month : period.dayCount > 45 ? .week : .day
  }

  /// The same over the documented views.
  private static func sql(of division: Spending.Division, account: String?, key: String?, in period: Period) -> String {
    let keyOf = "(select json_extract(fields, '$.key') from events e where e.seq = l.seq)"
    let column =
      switch division {
      case .account: "account"
      case .day, .week: "substr(at, 1, 10)"
      case .month: "substr(at, 1, 7)"
      case .model: "model"
      case .key: keyOf
      }
    var conditions = ["other = 'usage'"]
    if let account { conditions.append("account = '\(account.replacing("'", with: "''"))'") }
    if let key { conditions.append("\(keyOf) = '\(key.replacing("'", with: "''"))'") }
    if period.window != .all {
      conditions.append(
        "at >= '\(TimeText.short(period.window.start))' and at < '\(TimeText.short(period.window.end))'")
    }
    return
      "select \(column) as \(division == .week ? "day" : division.rawValue), -sum(amount_nano) as charged_nano from statement_lines l"
      + " where \(conditions.joined(separator: " and ")) group by 1;"
  }
}

extension Session {
  fileprivate func show(_ spending: Spending, in period: Period, _ answer: inout Answer, _ program: Program) {
    let known = BucketNames(program)
    let names = spending.buckets.enumerated().map { $0 < program.buckets.count ? known[$0] : $1 }
    func drawn(_ row: Spending.Row) -> [Table.Cell] { spending.buckets.map { .integer(row.drawn[$0] ?? 0) } }
    let division = spending.division.rawValue
    var table = Table(
      [
        Table.Column(
          division, isForeign: spending.division == .model || spending.division == .key || spending.division == .account
        ),
        Table.Column("events", .integer),
      ]
        + names.map { Table.Column($0, .money) } + [Table.Column("charged", .money)])
    let rows = spending.sorted
    for row in rows {
      table.rows.append(
        [.text(row.label.isEmpty ? "(no \(division))" : row.label), .integer(Int64(row.count))]
          + drawn(row) + [.integer(row.total)])
      if spending.division == .account { table.subjects.append(row.label) }
    }
    table.bars = table.columns.count - 1
    let total = spending.total
    table.footer =
      [.text("total"), .integer(Int64(total.count))] + drawn(total) + [.integer(total.total)]
    let text = "\(Money(nano: total.total)) for \(Count.text(total.count, "event")), \(period.resolved)"
    answer.members = [
      .init("from", .text(TimeText.text(period.window.start))), .init("to", .text(TimeText.text(period.window.end))),
      .init("events", .integer(Int64(total.count))), .init("charged_nano", .integer(total.total)),
      .init("charged_usd", .text(Money(nano: total.total).plainText)),
    ]
    answer.value = Money(nano: total.total).plainText
    answer.chart = Chart(
      rows.map {
        Chart.Bar($0.label.isEmpty ? "(no \(division))" : $0.label, $0.total, Money(nano: $0.total).description)
      },
      summary: "total \(text)")
    answer.rows = table
    // One bucket that pays all needs no column of its own.
    let used = Set(spending.buckets.filter { total.drawn[$0, default: 0] != 0 })
    for (name, bucket) in zip(names, spending.buckets) where used.count <= 1 || !used.contains(bucket) {
      table.remove(column: name, keepsForMachines: &answer)
    }
    if rows.isEmpty {
      answer.say("nothing was charged, \(period.resolved)")
      return
    }
    if rows.count == 1 { (table.footer, table.bars) = (nil, nil) }
    answer.show(table)
    answer.say(ink.dim(" \(period.resolved)"))
  }

  /// A key that is not there gets no empty answer.
  fileprivate func check(key: String, of standing: World.Standing, _ request: Request) throws {
    guard standing.state.keyIndex(named: key) == nil else { return }
    let near = Suggestion.nearest(key, in: standing.state.keyNames)
    throw request.complaint(
      "`\(standing.name)` has no key `\(key)`", at: .key,
      help: near.map { "did you mean `\($0)`?" } ?? standing.state.keyNames.joined(separator: ", "))
  }

  /// How full each limit of the account is that counts what the period is about.
  fileprivate func showGauges(_ name: String, _ period: Period, _ world: World, _ answer: inout Answer) throws {
    let standing = try world.account(name)
    let limits = LimitFinder(standing).account().filter { limit in
      limit.gauge != nil && period.window.end > limit.since && period.window.start < limit.resets ?? Int64.max
    }
    let rendering = Rendering(mode: .table, ink: ink, isPlain: !console.isUnicode)
    let room = limits.map(\.name.count).max() ?? 0
    var lines: [String] = []
    for limit in limits {
      guard let (part, whole) = limit.gauge else { continue }
      let gap = String(repeating: " ", count: room - limit.name.count)
      let resets = limit.resets.map { "  resets \(TimeText.short($0))" } ?? ""
      lines.append(
        " \(limit.name)\(gap)  \(rendering.gauge(part, of: whole))  \(Money(nano: part)) of \(Money(nano: whole))"
          + ink.dim(resets))
    }
    answer.say(lines)
    let total = answer.chart?.summary ?? ""
    answer.chart?.summary = ([total] + lines.map { rendering.plain($0) }).joined(separator: "\n")
  }

  /// Notes the SQL that says the same, where somebody wants to learn it.
  func teach(_ sql: String) {
    guard settings.showsSQL else { return }
    let ink = Ink(console.error.isColored)
    console.error.write(ink.dim(ShownText.text(sql)) + "\n")
  }
}
