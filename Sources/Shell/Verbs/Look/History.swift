import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

extension Verb {
  static let events = Verb(
    "events", .look, "[ACCOUNT] [last N] [for PERIOD]", summary: "what happened, the latest first",
    examples: ["events lark", "events last 50", "events juno for 2026-10-22"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      let query = try HistoryQuery(request, session, world)
      let found = try world.events(account: account, in: query.period.window, most: query.most + 1)
      var answer = Answer("payg.events/1", subject: account)
      answer.account = account
      let shown = Array(found.prefix(query.most))
      try session.show(shown, hasMore: found.count > query.most, account: account, world, &answer)
      session.teach("select * from events\(session.condition(account)) order by seq desc limit \(query.most);")
      return answer
    }
  }

  static let requests = Verb(
    "requests", .look, "[ACCOUNT] [last N] [for PERIOD]",
    summary: "events that had to be paid, with what they asked for",
    examples: ["requests ada last 5", "requests birch for 2026-10-29"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      let query = try HistoryQuery(request, session, world)
      let program = try world.program
      let kinds = program.kinds { operation in operation.draw }
      let found = try world.events(
        account: account, kinds: kinds, in: query.period.window, isDecided: true, most: query.most + 1)
      var answer = Answer("payg.requests/1", subject: account)
      answer.account = account
      let shown = Array(found.prefix(query.most))
      answer.show(session.requests(shown, hasMore: found.count > query.most, account: account, program, &answer))
      if shown.isEmpty { answer.say("no such event, \(query.period.resolved)") }
      session.teach("select * from requests\(session.condition(account)) order by seq desc limit \(query.most);")
      return answer
    }
  }

  static let decisions = Verb(
    "decisions", .look, "[ACCOUNT] [denied|allowed|waiting|conflict] [by RULE] [last N] [for PERIOD]",
    summary: "answers, by what they were and the rule that gave them",
    details: "`by` takes a rule, a denial's code or a bucket. With --chart: how many, by code.",
    examples: [
      "decisions delta denied last 5", "decisions by limits.cycle_limit", "decisions cedar denied for 2026-10-20",
    ]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      let query = try HistoryQuery(request, session, world)
      let verdict = ["denied", "allowed", "waiting", "conflict"].first { request.arguments.has($0) }
      let isWanted = try session.filter(request, world)
      if request.mode == .chart, request.arguments.text(.count) == nil {
        return try session.counted(account, query, verdict, isWanted, world)
      }
      let found = try world.events(
        account: account, in: query.period.window, verdict: verdict, isDecided: true, most: query.most + 1,
        where: isWanted)
      var answer = Answer("payg.decisions/1", subject: account)
      answer.account = account
      let shown = Array(found.prefix(query.most))
      answer.show(session.decisions(shown, hasMore: found.count > query.most, account: account, &answer))
      if shown.isEmpty { answer.say("no such answer, \(query.period.resolved)") }
      session.teach(
        "select * from decisions\(session.condition(account, verdict.map { "verdict = '\($0)'" })) order by seq desc limit \(query.most);"
      )
      if let first = shown.first, first.verdict == "denied" { answer.suggestion = "why \(Words.quoted(first.subject))" }
      return answer
    }
  }
}

/// Which part of the history a line asks for.
struct HistoryQuery {
  let period: Period
  let most: Int

  /// So many are shown where the line says nothing.
  static let usual = 20

  init(_ request: Request, _ session: Session, _ world: World) throws {
    period = try session.period(of: request, world)
    if request.flags.contains("all") {
      most = Int.max - 1
    } else if let text = request.arguments.text(.count) {
      guard let number = Int(text), number > 0, number < 1_000_000_000 else {
        throw request.complaint("`last` takes a number above nothing", at: .count, help: "last 20")
      }
      most = number
    } else {
      most = request.arguments.text(.period) == nil ? HistoryQuery.usual : session.settings.mostRows
    }
  }
}

extension Operation {
  /// Whether it takes what an event costs out of the buckets.
  var draw: Bool {
    switch self {
    case .pay, .hold, .settle: true
    default: false
    }
  }
}

extension Program {
  /// The events about which some rule does such a thing.
  func kinds(where does: (Operation) -> Bool) -> Set<String> {
    var kinds: Set<String> = []
    for rule in rules where rule.effects.flatMap(\.operations).contains(where: does) {
      if case .on(let indices) = rule.kind { for index in indices { kinds.insert(events[index].name) } }
    }
    return kinds
  }
}

extension Session {
  func condition(_ account: String?, _ other: String? = nil) -> String {
    let all = [account.map { "account = '\($0.replacing("'", with: "''"))'" }, other].compactMap { $0 }
    return all.isEmpty ? "" : " where " + all.joined(separator: " and ")
  }

  /// What `by` asks for: a rule that decided or acted, a denial's code, a bucket that fell short.
  fileprivate func filter(_ request: Request, _ world: World) throws -> (StoredEvent) throws -> Bool {
    guard let name = request.arguments.text(.rule) else { return { _ in true } }
    let program = try world.program
    if program.denials.contains(where: { $0.code == name }) { return { $0.code == name } }
    let buckets = program.buckets.map(\.name)
    if buckets.contains(name) { return { $0.decider == name } }
    let names = program.rules.map(\.name)
    let index = try declared(name, in: names + buckets, "rule", request, at: .rule)
    if index >= names.count { return { $0.decider == buckets[index - names.count] } }
    let full = names[index]
    switch program.rules[index].kind {
    case .deny, .gate, .cap: return { $0.decider == full }
    case .on, .beforeDenial, .after:
      return { event in
        if event.decider == full { return true }
        guard event.verdict != nil, let (decision, engine) = try world.decision(of: event) else { return false }
        return decision.firedRules.contains { engine.program.rules[$0].name == full }
      }
    }
  }

  /// How many answers there were of each kind, none left out.
  fileprivate func counted(
    _ account: String?, _ query: HistoryQuery, _ verdict: String?, _ isWanted: (StoredEvent) throws -> Bool,
    _ world: World
  ) throws -> Answer {
    var counts: [String: Int64] = [:]
    _ = try world.events(
      account: account, in: query.period.window, verdict: verdict, isDecided: true, most: Int.max,
      where: { event in
        if try isWanted(event) { counts[event.code ?? event.verdict ?? "", default: 0] += 1 }
        return false
      })
    var answer = Answer("payg.decisions/1", subject: account)
    answer.account = account
    answer.show(Session.chart(counts))
    answer.say(ink.dim("  \(query.period.resolved)"))
    var table = Table([Table.Column("answer"), Table.Column("count", .integer)])
    table.rows = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { [.text($0.key), .integer($0.value)] }
    answer.rows = table
    return answer
  }

  private static func chart(_ counts: [String: Int64]) -> Chart {
    Chart(
      counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        Chart.Bar($0.key, $0.value, Count.text(Int($0.value)))
      },
      summary: Count.text(Int(counts.values.reduce(0, +)), "answer"))
  }

  /// Events as a table, with what was given and, where decided, the answer.
  fileprivate func show(
    _ events: [StoredEvent], hasMore: Bool, account: String?, _ world: World, _ answer: inout Answer
  ) throws {
    let program = try world.program
    var table = Table([
      Table.Column("number", canGo: true), Table.Column("at", .time), Table.Column("account", isForeign: true),
      Table.Column("event"), Table.Column("id", isForeign: true), Table.Column("verdict", .verdict),
      Table.Column("code", isElastic: true), Table.Column("amount", .money),
      Table.Column("fields", isForeign: true, isElastic: true),
    ])
    for event in events {
      table.rows.append([
        .text(event.number), .integer(event.counted), event.account.map { .text($0) } ?? .none, .text(event.kind),
        .text(event.subject),
        event.verdict.map { .text($0) } ?? .none, event.code.map { .text($0) } ?? .none,
        event.verdict == nil ? .none : .integer(event.amount), .text(event.fields),
      ])
      table.subjects.append(event.subject)
    }
    answer.rows = table
    let fields = table.columns.count - 1
    table.columns[fields].name = "what"
    for (row, event) in events.enumerated() {
      table.rows[row][fields] = .text(event.told(by: program))
      if event.id == event.number { table.rows[row][4] = .none }
      if event.amount == 0 { table.rows[row][7] = .none }
    }
    table.more = hasMore ? nil : 0
    if account != nil { table.remove(column: "account", keepsForMachines: &answer) }
    table.removeEmpty(["code", "verdict", "amount"], keepsForMachines: &answer)
    answer.show(table)
    if hasMore { answer.say(ink.dim(" … there are more: last \(events.count * 5), or .all")) }
    if events.isEmpty { answer.say("nothing happened") }
  }

  fileprivate func requests(
    _ events: [StoredEvent], hasMore: Bool, account: String?, _ program: Program, _ answer: inout Answer
  ) -> Table {
    let kinds = Set(events.map(\.kind))
    var names: [String] = []
    for event in program.events where kinds.contains(event.name) {
      for field in event.fields.prefix(event.givenCount) where !names.contains(field.name) { names.append(field.name) }
    }
    var table = Table(
      [
        Table.Column("at", .time), Table.Column("account", isForeign: true), Table.Column("event"),
        Table.Column("id", isForeign: true),
      ]
        + names.map { name in
          let kind = program.kind(ofField: name, kinds)
          return Table.Column(name, kind, isForeign: true, isElastic: kind == .text)
        }
        + [
          Table.Column("verdict", .verdict), Table.Column("code", isElastic: true, canGo: true),
          Table.Column("cost", .money),
        ])
    for event in events {
      let json = event.json
      table.rows.append(
        [.integer(event.counted), event.account.map { .text($0) } ?? .none, .text(event.kind), .text(event.subject)]
          + names.map { Table.Cell(json?[$0]) }
          + [event.verdict.map { .text($0) } ?? .none, event.code.map { .text($0) } ?? .none, .integer(event.amount)])
      table.subjects.append(event.subject)
    }
    answer.rows = table
    if account != nil { table.remove(column: "account", keepsForMachines: &answer) }
    if kinds.count < 2 { table.remove(column: "event", keepsForMachines: &answer) }
    table.removeEmpty(names + ["code"], keepsForMachines: &answer)
    if hasMore { answer.notes.append("there are more: last \(events.count * 5), or .all") }
    return table
  }

  fileprivate func decisions(_ events: [StoredEvent], hasMore: Bool, account: String?, _ answer: inout Answer) -> Table
  {
    var table = Table([
      Table.Column("at", .time), Table.Column("account", isForeign: true), Table.Column("event"),
      Table.Column("id", isForeign: true),
      Table.Column("verdict", .verdict), Table.Column("code", isElastic: true), Table.Column("by"),
      Table.Column("amount", .money),
    ])
    var counts: [String: Int64] = [:]
    for event in events {
      table.rows.append([
        .integer(event.counted), event.account.map { .text($0) } ?? .none, .text(event.kind), .text(event.subject),
        .text(event.verdict ?? ""), event.code.map { .text($0) } ?? .none, event.decider.map { .text($0) } ?? .none,
        .integer(event.amount),
      ])
      table.subjects.append(event.subject)
      counts[event.code ?? event.verdict ?? "", default: 0] += 1
    }
    answer.chart = Session.chart(counts)
    answer.rows = table
    if account != nil { table.remove(column: "account", keepsForMachines: &answer) }
    if Set(events.map(\.kind)).count == 1 { table.remove(column: "event", keepsForMachines: &answer) }
    table.removeEmpty(["code", "by"], keepsForMachines: &answer)
    if hasMore { answer.notes.append("there are more: last \(events.count * 5), or .all") }
    return table
  }
}

extension Table.Cell {
  init(_ json: Json?) {
    self =
      switch json {
      case .integer(let number)?: .integer(number)
      case .text(let text)?: .text(text)
      case .bool(let value)?: .bool(value)
      default: .none
      }
  }
}

extension Program {
  /// How a field of this name is shown.
  fileprivate func kind(ofField name: String, _ kinds: Set<String>) -> Table.Kind {
    for event in events where kinds.contains(event.name) {
      if let field = event.fields.prefix(event.givenCount).first(where: { $0.name == name }) {
        return .init(field.type.base)
      }
    }
    return .text
  }
}

extension Table.Kind {
  init(_ type: ValueType) {
    self =
      switch type {
      case .money: .money
      case .tokens, .integer: .integer
      case .time: .time
      case .bool: .bool
      case .rate, .ratio, .duration, .name, .key, .card, .record, .enumeration: .text
      }
  }
}

extension StoredEvent {
  /// What `_3` stands for: its id, or its number where several may have that.
  var subject: String { id.isEmpty ? number : id }

  /// `model gpt-4o, input 1,200 tokens`, as far as the policy knows its fields.
  func told(by program: Program) -> String {
    guard let json else { return fields }
    guard let event = program.events.first(where: { $0.name == kind }) else {
      let setting = json["setting"]?.text.flatMap { name in program.settings.first { $0.name == name } }
      let isTime = kind == "@clock" || setting?.type.base == .time
      return json.members.map { member in
        if isTime, ["from", "to"].contains(member.name), case .integer(let time) = member.value {
          return "\(member.name) \(TimeText.text(time))"
        }
        return "\(member.name) \(member.value.plain)"
      }.joined(separator: ", ")
    }
    var formatter = ValueFormatter(program)
    formatter.groupsDigits = true
    return event.fields.prefix(event.givenCount).compactMap { field -> String? in
      guard let value = json[field.name] else { return nil }
      if case .integer(let number) = value {
        if number == field.value { return nil }
        return "\(field.name) \(formatter.text(number, field.type))"
      }
      if case .bool(let isOn) = value { return "\(field.name) \(isOn ? "on" : "off")" }
      return "\(field.name) \(value.plain)"
    }.joined(separator: ", ")
  }
}

extension Json {
  /// A text without its quotes.
  var plain: String { text ?? compact }
}
