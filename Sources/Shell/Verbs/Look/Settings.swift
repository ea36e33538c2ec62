import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

extension Verb {
  static let settingsOf = Verb(
    "settings", .look, "[ACCOUNT] [all]", summary: "what is set, and what holds where nothing is",
    details:
      "Of an account: what differs from the defaults; `all` shows the rest. Without one: the settings that serve all accounts.",
    examples: ["settings delta", "settings delta all", "settings"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      var answer = Answer("payg.settings/1", subject: account)
      answer.account = account
      let standing = try account.map { try world.account($0) }
      answer.show(try session.settings(standing, all: request.arguments.has("all") || account == nil, world, &answer))
      if answer.table?.rows.isEmpty ?? true {
        answer.say("nothing is set: every default holds. settings \(account ?? "") all")
      }
      return answer
    }
  }

  static let historyOf = Verb(
    "history", .look, "[ACCOUNT] of FACT [last N] [for PERIOD]",
    summary: "how a setting, a bucket or anything else with a name came to be what it is",
    details:
      "A setting: each change and what made it. A bucket: each day's last balance. Anything else: its value at the end of each day.",
    examples: ["history delta of limits.spending_limit", "history ember of balance last 10"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      let name = request.arguments.text(.fact) ?? ""
      let program = standing.engine.program
      let period = try session.period(of: request, world)
      let most = request.arguments.text(.count).flatMap { Int($0) } ?? Int.max
      var answer = Answer("payg.history/1", subject: standing.name)
      answer.account = standing.name
      if let setting = session.index(of: name, in: program.settings.map(\.name)) {
        try session.showChanges(of: setting, standing, period, most, world, &answer)
      } else if let bucket = session.index(of: name, in: program.buckets.map(\.name)),
        program.buckets[bucket].resets == nil
      {
        try session.showBalances(of: bucket, standing, period, most, world, &answer)
      } else {
        guard standing.engine.expression(named: name) != nil else {
          let names =
            program.settings.map(\.name) + program.buckets.map(\.name) + program.meters.map(\.name)
            + program.lets.map(\.name)
          let near = Suggestion.nearest(name, in: names + names.map(\.bare))
          throw request.complaint(
            "nothing of the policy is called `\(name)`", at: .fact,
            help: near.map { "did you mean `\($0)`?" } ?? "settings all")
        }
        let names = program.buckets.map(\.name) + program.meters.map(\.name) + program.lets.map(\.name)
        let full = session.index(of: name, in: names).map { names[$0] } ?? name
        try session.showValues(of: full, standing, period, most, world, &answer)
      }
      return answer
    }
  }
}

extension Session {
  func index(of name: String, in names: [String]) -> Int? {
    if let exact = names.firstIndex(of: name) { return exact }
    let found = names.indices.filter { names[$0].hasSuffix("." + name) }
    return found.count == 1 ? found[0] : nil
  }

  /// - Parameter standing: nil for the settings that serve all accounts.
  func settings(_ standing: World.Standing?, all: Bool, _ world: World, _ answer: inout Answer) throws -> Table {
    let engine = try standing?.engine ?? world.engine
    let program = engine.program
    let state = standing?.state ?? engine.newAccount()
    let at = try standing?.at ?? world.now
    let formatter = engine.formatter(for: state)
    var table = Table([
      Table.Column("setting"), Table.Column("key", isForeign: true), Table.Column("value", isForeign: true),
      Table.Column("default"),
      Table.Column("set", .bool),
    ])
    func add(_ index: Int, _ key: Int?) {
      let setting = program.settings[index]
      let reader = engine.reader(state, key: key, at: at)
      let value = reader.value(of: .setting(index))
      let stored =
        setting.scope == .global
        ? engine.globals[engine.compiled.layout.settings[index].slot] : state.stored(setting: index, key: key)
      let isSet = stored != LedgerLayout.unset
      let usual = setting.value(at: at)
      guard all || (isSet && value != usual) else { return }
      table.rows.append([
        .text(setting.name), key.map { .text(state.keyNames[$0]) } ?? .none, .text(formatter.text(value, setting.type)),
        .text(formatter.text(usual, setting.type)), .bool(isSet),
      ])
    }
    for index in program.settings.indices {
      switch program.settings[index].scope {
      case .global: if standing == nil { add(index, nil) }
      case .account: if standing != nil { add(index, nil) }
      case .key: if standing != nil { for key in state.keyNames.indices { add(index, key) } }
      }
    }
    answer.rows = table
    if table.rows.allSatisfy({ $0[1] == .none }) { table.remove(column: "key", keepsForMachines: &answer) }
    table.remove(column: "set", keepsForMachines: &answer)
    return table
  }

  fileprivate func showChanges(
    of setting: Int, _ standing: World.Standing, _ period: Period, _ most: Int, _ world: World, _ answer: inout Answer
  ) throws {
    let declared = standing.engine.program.settings[setting]
    let formatter = standing.engine.formatter(for: standing.state)
    let account = declared.scope == .global ? nil : standing.name
    let end = try world.end
    let isStored = try account.map { try world.reader.hasAccount($0) } ?? true
    let changes =
      isStored
      ? try world.reader.settingChanges(account: account, name: declared.name, before: end.before)
        .filter { period.window.contains($0.at) && $0.at < end.time ?? Int64.max } : []
    func text(_ value: StoredSettingChange.Setting) -> String {
      switch value {
      case .standard: "default (\(formatter.text(declared.value(at: standing.at), declared.type)))"
      case .none: "none"
      case .value(.number(let number)): formatter.text(number, declared.type)
      case .value(.text(let text)): text
      }
    }
    var table = Table([
      Table.Column("at", .time), Table.Column("key", isForeign: true), Table.Column("before", isForeign: true),
      Table.Column("after", isForeign: true), Table.Column("by"), Table.Column("id", isForeign: true),
    ])
    for change in changes {
      table.rows.append([
        .integer(change.at), change.key.map { .text($0) } ?? .none, .text(text(change.before)),
        .text(text(change.after)),
        .text(change.kind.hasPrefix("@") ? "by hand" : change.kind), .text(change.id),
      ])
      table.subjects.append(change.id)
    }
    for step in try world.branch?.steps ?? [] where step.account == standing.name {
      for row in Self.changes(of: declared.name, by: step) where period.window.contains(row.at) {
        table.rows.append([
          .integer(row.at), row.key.map { .text($0) } ?? .none, .text(row.before), .text(row.after),
          .text("on the branch"), .none,
        ])
        table.subjects.append("")
      }
    }
    if table.rows.count > most {
      table.rows.removeFirst(table.rows.count - most)
      table.subjects.removeFirst(table.subjects.count - most)
    }
    answer.rows = table
    if table.rows.allSatisfy({ $0[1] == .none }) { table.remove(column: "key", keepsForMachines: &answer) }
    answer.say("\(ink.strong(declared.name)) of \(ShownText.text(standing.name))")
    if table.rows.isEmpty { answer.say("  never set, \(period.resolved)") } else { answer.show(table) }
  }

  /// What a step of a branch made of a setting, for the account and for each key.
  private static func changes(
    of name: String, by step: Branch.Step
  ) -> [(at: Int64, key: String?, before: String, after: String)] {
    guard let account = step.account, let before = step.before, let after = step.after.accounts[account] else {
      return []
    }
    func told(_ standing: World.Standing, _ key: String?) -> (stored: Int64, text: String)? {
      let program = standing.engine.program
      guard let setting = program.settings.firstIndex(where: { $0.name == name }) else { return nil }
      let index = key.flatMap { standing.state.keyIndex(named: $0) }
      if key != nil, index == nil { return nil }
      let stored = standing.state.stored(setting: setting, key: index)
      let value = standing.engine.reader(standing.state, key: index, at: standing.at).value(of: .setting(setting))
      let text = standing.engine.formatter(for: standing.state).text(value, program.settings[setting].type)
      return (stored, stored == LedgerLayout.unset ? "default (\(text))" : text)
    }
    let scope = before.engine.program.settings.first { $0.name == name }?.scope
    if scope == .global { return [] }
    let keys: [String?] = scope == .key ? after.state.keyNames : [nil]
    return keys.compactMap { key in
      guard let old = told(before, key), let new = told(after, key), old.stored != new.stored else { return nil }
      return (after.at, key, old.text, new.text)
    }
  }

  fileprivate func showBalances(
    of bucket: Int, _ standing: World.Standing, _ period: Period, _ most: Int, _ world: World, _ answer: inout Answer
  ) throws {
    let name = standing.engine.program.buckets[bucket].name
    var (balance, days): (Int64, [(day: String, inflow: Int64, outflow: Int64, balance: Int64)]) = (0, [])
    try world.movements(standing.name) { movement in
      let posting = movement.posting
      let amount = (posting.destination == name ? posting.amount : 0) - (posting.source == name ? posting.amount : 0)
      if amount == 0 { return }
      balance += amount
      guard period.window.contains(posting.at) else { return }
      let day = TimeText.day(posting.at)
      if days.last?.day != day { days.append((day, 0, 0, 0)) }
      if amount > 0 { days[days.count - 1].inflow += amount } else { days[days.count - 1].outflow -= amount }
      days[days.count - 1].balance = balance
    }
    var table = Table([
      Table.Column("day"), Table.Column("in", .money), Table.Column("out", .money), Table.Column("balance", .money),
    ])
    table.rows = days.suffix(most).map {
      [.text($0.day), .integer($0.inflow), .integer($0.outflow), .integer($0.balance)]
    }
    table.bars = 3
    answer.chart = Chart(days.suffix(most).map { Chart.Bar($0.day, $0.balance, Money(nano: $0.balance).description) })
    answer.say("\(ink.strong(name)) of \(ShownText.text(standing.name)), \(period.resolved)")
    if table.rows.isEmpty { answer.say("  nothing moved") } else { answer.show(table) }
  }

  /// An account as the last step up to a time left it; nil where no step of the branch had changed it by then.
  private func stoodOnBranch(_ account: String, at time: Int64, _ world: World) throws -> World.Standing? {
    try world.branch?.steps.last { $0.after.accounts[account].map { $0.at <= time } ?? false }?.after.accounts[account]
  }

  /// Its value at the end of each day that had events, worked out anew.
  fileprivate func showValues(
    of name: String, _ standing: World.Standing, _ period: Period, _ most: Int, _ world: World, _ answer: inout Answer
  ) throws {
    var days: [Int64] = []
    try world.movements(standing.name, in: period.window) { movement in
      let end = BillingCalendar.window(.day, at: movement.posting.at, anchor: nil).end
      if days.last != end { days.append(end) }
    }
    var table = Table([Table.Column("day"), Table.Column("value", isForeign: true), Table.Column("nano", .integer)])
    for end in days.suffix(min(most, 366)) {
      let at = min(end - 1, standing.at)
      let state: AccountState
      let engine: RuleEngine
      if let tried = try stoodOnBranch(standing.name, at: at, world) {
        (state, engine) = (tried.state, tried.engine)
      } else {
        guard try world.reader.hasAccount(standing.name, at: .time(at)) else { continue }
        let past = try world.reader.account(
          standing.name, at: .time(at), progress: progress("replaying \(standing.name)"))
        (state, engine) = (past.state, past.engine)
      }
      guard let found = engine.value(of: name, in: state, at: at) else { continue }
      table.rows.append([
        .text(TimeText.day(end - 1)), .text(engine.formatter(for: state).text(found.value, found.type)),
        found.value == ValueType.none ? .none : .integer(found.value),
      ])
    }
    answer.rows = table
    table.remove(column: "nano", keepsForMachines: &answer)
    answer.say("\(ink.strong(name)) of \(ShownText.text(standing.name)), \(period.resolved)")
    if table.rows.isEmpty { answer.say("  nothing moved") } else { answer.show(table) }
  }
}
