import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

extension Verb {
  static let holds = Verb(
    "holds", .look, "[ACCOUNT]", summary: "money reserved for what has begun", examples: ["holds lark"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      var answer = Answer("payg.holds/1", subject: account)
      answer.account = account
      var table = Table([
        Table.Column("account", isForeign: true), Table.Column("hold", isForeign: true),
        Table.Column("key", isForeign: true),
        Table.Column("at", .time, isCoarse: true), Table.Column("expires", .time, isCoarse: true),
        Table.Column("covered", .money),
        Table.Column("what", isForeign: true, isElastic: true),
      ])
      for name in try account.map({ [$0] }) ?? world.accountNames() {
        let standing = try world.account(name)
        let state = standing.state
        for index in state.openHolds where state.holds[index].expiresAt > standing.at {
          let hold = state.holds[index]
          table.rows.append([
            .text(name), .text(hold.id),
            state.keyNames.indices.contains(hold.key) ? .text(state.keyNames[hold.key]) : .none,
            .integer(hold.at), .integer(hold.expiresAt), .integer(hold.covered),
            .text(hold.labels.map { "\($0.name) \($0.text)" }.joined(separator: ", ")),
          ])
          table.subjects.append(hold.id)
        }
      }
      answer.rows = table
      if account != nil { table.remove(column: "account", keepsForMachines: &answer) }
      answer.show(table)
      if table.rows.isEmpty { answer.say("nothing is held") }
      session.teach("select * from holds\(session.condition(account, "state = 'open'"));")
      return answer
    }
  }

  static let lots = Verb(
    "lots", .look, "[ACCOUNT]", summary: "what came in, and what is left of each",
    examples: ["lots haven", "lots haven --csv"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      var answer = Answer("payg.lots/1", subject: standing.name)
      answer.account = standing.name
      let table = session.lots(standing)
      answer.show(table)
      if table.rows.isEmpty { answer.say("nothing came in") }
      session.teach("select * from lots\(session.condition(standing.name)) order by received_at;")
      return answer
    }
  }

  static let keys = Verb(
    "keys", .look, "[ACCOUNT]", summary: "keys: what each has spent, its limit, and what is set for it",
    examples: ["keys birch", "keys birch --markdown"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      var answer = Answer("payg.keys/1", subject: standing.name)
      answer.account = standing.name
      answer.show(session.keys(standing, &answer))
      if standing.state.keyNames.isEmpty { answer.say("it has no keys") }
      return answer
    }
  }

  static let cycle = Verb(
    "cycle", .look, "[ACCOUNT]",
    summary: "which stretches of time are counted, when they end, and what begins anew then",
    examples: ["cycle delta"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      var answer = Answer("payg.cycle/1", subject: standing.name)
      answer.account = standing.name
      var table = session.windows(standing)
      answer.rows = table
      // People read them in `now`.
      for name in ["amount", "count"] { table.remove(column: name, keepsForMachines: &answer) }
      if table.rows.allSatisfy({ $0[1] == .none }) { table.remove(column: "key", keepsForMachines: &answer) }
      answer.show(table)
      return answer
    }
  }
}

extension Session {
  func lots(_ standing: World.Standing) -> Table {
    let program = standing.engine.program
    let names = BucketNames(program)
    let order = standing.engine.burnOrder(at: standing.at)
    let books = program.buckets.indices.filter { standing.state.layout.buckets[$0].lotBook != nil }
    var table = Table([
      Table.Column("received", .time, isCoarse: true), Table.Column("from", isForeign: true), Table.Column("kind"),
      Table.Column("bucket"),
      Table.Column("amount", .money), Table.Column("left", .money),
    ])
    for bucket in books {
      for lot in standing.state.lots(of: bucket, order: order) {
        let kind = program.lotKinds.indices.contains(lot.kind) ? program.lotKinds[lot.kind] : "\(lot.kind)"
        table.rows.append([
          .integer(lot.receivedAt), .text(lot.origin), .text(kind), .text(names[bucket]), .integer(lot.amount),
          .integer(lot.remaining),
        ])
        table.subjects.append(lot.origin)
      }
    }
    return table
  }

  func keys(_ standing: World.Standing, _ answer: inout Answer) -> Table {
    let program = standing.engine.program
    let finder = LimitFinder(standing)
    // What a key paid in all, where the policy counts that.
    let ever = program.meters.firstIndex { meter in
      if case .payments = meter.measure { meter.scope == .key && meter.window == .ever } else { false }
    }
    let settings = program.settings.indices.filter { program.settings[$0].scope == .key }
    let formatter = standing.engine.formatter(for: standing.state)
    var table = Table(
      [
        Table.Column("key", isForeign: true), Table.Column("spent", .money), Table.Column("used", .money),
        Table.Column("of", .money),
        Table.Column("left", .money), Table.Column("resets", .time),
      ] + settings.map { Table.Column(program.settings[$0].name.bare) })
    // A bucket with a rate of its own gave less than what it paid for.
    if standing.hasRate { table.columns[1].heading = "spent (standard rates)" }
    for (index, name) in standing.state.keyNames.enumerated() {
      let reader = standing.engine.reader(standing.state, key: index, at: standing.at)
      // The one that stops it first.
      let limit = finder.key(index).filter { $0.closed == nil }.min { $0.left < $1.left }
      table.rows.append(
        [
          .text(name), ever.map { .integer(reader.value(of: .meter($0))) } ?? .none,
          (limit?.used).map { .integer($0) } ?? .none,
          (limit?.most).map { .integer($0) } ?? .none, limit.map { .integer($0.left) } ?? .none,
          (limit?.resets).map { .integer($0) } ?? .none,
        ]
          + settings.map { setting in
            standing.state.stored(setting: setting, key: index) == LedgerLayout.unset
              ? .none : .text(formatter.text(reader.value(of: .setting(setting)), program.settings[setting].type))
          })
      table.subjects.append(name)
    }
    answer.rows = table
    // Columns that say nothing about any key.
    for column in table.columns.map(\.name) where column != "key" && column != "spent" {
      guard let place = table.columns.firstIndex(where: { $0.name == column }) else { continue }
      if table.rows.allSatisfy({ $0[place] == .none }) { table.remove(column: column, keepsForMachines: &answer) }
    }
    if ever == nil { table.remove(column: "spent", keepsForMachines: &answer) }
    return table
  }

  func windows(_ standing: World.Standing) -> Table {
    let program = standing.engine.program
    let layout = standing.engine.compiled.layout
    let finder = LimitFinder(standing)
    let formatter = standing.engine.formatter(for: standing.state)
    var table = Table([
      Table.Column("window"), Table.Column("key", isForeign: true), Table.Column("start", .time),
      Table.Column("end", .time),
      Table.Column("begins_anew").headed("begins anew then"), Table.Column("now"), Table.Column("amount", .money),
      Table.Column("count", .integer),
    ])
    func add(_ kind: WindowKind, _ key: Int?) {
      let reader = standing.engine.reader(standing.state, key: key, at: standing.at)
      guard kind != .ever, let window = finder.window(kind, key, reader) else { return }
      let isEndless = window.end >= Instant.latest.microseconds
      var rows: [(what: String, now: String, amount: Int64?, count: Int64?)] = []
      for (index, bucket) in program.buckets.enumerated() where key == nil && bucket.resets?.window == kind {
        let allowance = bucket.resets.map { reader.evaluate($0.allowance) } ?? 0
        let left = reader.value(of: .posted(index))
        rows.append((bucket.name, "\(Money(nano: left)) of \(Money(nano: allowance)) left", left, nil))
      }
      for (index, meter) in program.meters.enumerated()
      where meter.window == kind && (meter.scope == .key) == (key != nil) {
        let value = reader.value(of: .meter(index))
        let isMoney = meter.type == .money
        rows.append((meter.name, formatter.text(value, meter.type), isMoney ? value : nil, isMoney ? nil : value))
      }
      if isEndless, !rows.isEmpty { rows = [("nothing: no \(kind) runs", "", nil, nil)] }
      for (what, now, amount, count) in rows {
        table.rows.append([
          .text("\(kind)"), key.map { .text(standing.state.keyNames[$0]) } ?? .none,
          isEndless ? .none : .integer(window.start),
          isEndless ? .none : .integer(window.end), .text(what), now.isEmpty ? .none : .text(now),
          amount.map { .integer($0) } ?? .none, count.map { .integer($0) } ?? .none,
        ])
      }
    }
    for window in layout.accountWindows { add(window.kind, nil) }
    for key in standing.state.keyNames.indices where finder.key(key).contains(where: { $0.resets != nil }) {
      // Every key is counted in every way; shown are those with a limit that is counted anew.
      for window in layout.keyWindows { add(window.kind, key) }
    }
    return table
  }
}

extension String {
  /// The last word of a full name.
  var bare: String { split(separator: ".").last.map(String.init) ?? self }
}
