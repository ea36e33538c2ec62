import Engine
import Language
import Ledger
import Values

/// Rows of views that are read off an account as it is at the moment of the statement. Times are microseconds: the view makes
/// text of them.
struct QueryStates {
  let session: QuerySession

  /// - Parameter name: nil: what concerns all accounts.
  func rows(of view: String, account name: String?) throws -> [[QueryValue]] {
    guard let name else { return view == "settings" ? globalSettings() : [] }
    guard let past = try session.account(name) else { return [] }
    let account = Account(name: name, past: past, asked: asked(name))
    return switch view {
    case "accounts": [try accounts(account)]
    case "balances": try balances(account)
    case "quotas": try quotas(account)
    case "limits": limits(account)
    case "settings": settings(account)
    case "keys": past.state.keyNames.enumerated().map { [QueryValue(name), .text($1), QueryValue($0 + 1)] }
    case "holds": try holds(account)
    case "topups": topups(account)
    case "refunds": refunds(account)
    case "lots": lots(account)
    default: []
    }
  }

  /// One account, with everything that is read of it.
  private struct Account {
    let name: String
    let past: StoreReader.PastAccount
    let facts: FactReader
    let formatter: ValueFormatter
    /// Asks the world, where the account is not known as it is on the branch.
    let asked: ((String) throws -> QueryValue)?
    var state: AccountState { past.state }
    var program: Program { past.engine.program }

    init(name: String, past: StoreReader.PastAccount, asked: ((String) throws -> QueryValue)?) {
      self.name = name
      self.past = past
      self.asked = asked
      facts = past.engine.reader(past.state, at: past.at)
      formatter = past.engine.formatter(for: past.state)
    }

    /// A fact of a bucket; on a branch as the world says.
    func money(_ bucket: Int, _ word: String, _ fact: Fact) throws -> QueryValue {
      try asked?("\(program.buckets[bucket].name).\(word)") ?? .integer(facts.value(of: fact))
    }

    func key(_ index: Int) -> QueryValue {
      state.keyNames.indices.contains(index) ? .text(state.keyNames[index]) : .null
    }

    func event(_ index: Int) -> QueryValue {
      program.events.indices.contains(index) ? .text(program.events[index].name) : .text("")
    }
  }

  /// What the branch changed of an account of which it gave no state is asked for fact by fact.
  private func asked(_ name: String) -> ((String) throws -> QueryValue)? {
    guard session.scope.hasOverlay, session.query.isOverlaid(name), !session.isGiven(name) else { return nil }
    return { try session.query.world.fact(account: name, key: nil, name: $0) }
  }

  private static func time(_ time: Int64) -> QueryValue {
    time >= 0 && time <= Instant.latest.microseconds ? .integer(time) : .null
  }

  // MARK: - Money

  private func accounts(_ account: Account) throws -> [QueryValue] {
    let state = account.state
    var (balance, held) = (Int64(0), Int64(0))
    for (index, bucket) in account.program.buckets.enumerated() {
      if bucket.resets == nil, case .integer(let amount) = try account.money(index, "posted", .posted(index)) {
        balance = balance.addingReportingOverflow(amount).partialValue
      }
      if case .integer(let amount) = try account.money(index, "held", .held(index)) {
        held = held.addingReportingOverflow(amount).partialValue
      }
    }
    let now = state.effectiveTime(account.past.at)
    let open = state.openHolds.count { state.holds[$0].expiresAt > now }
    return [
      .text(account.name), .null, state.clock == 0 ? .null : .integer(state.clock), QueryValue(state.keyCount),
      QueryValue(state.cardNames.count), QueryValue(open), .integer(balance), .integer(held),
    ]
  }

  private func balances(_ account: Account) throws -> [[QueryValue]] {
    var rows: [[QueryValue]] = []
    for (index, bucket) in account.program.buckets.enumerated() where bucket.resets == nil {
      rows.append([
        .text(account.name), .text(bucket.name), try account.money(index, "posted", .posted(index)),
        try account.money(index, "held", .held(index)), try account.money(index, "available", .available(index)),
      ])
    }
    return rows
  }

  private func quotas(_ account: Account) throws -> [[QueryValue]] {
    var rows: [[QueryValue]] = []
    for (index, bucket) in account.program.buckets.enumerated() {
      guard let resets = bucket.resets else { continue }
      let allowance = account.facts.evaluate(resets.allowance)
      let left = try account.money(index, "posted", .posted(index))
      var used = QueryValue.null
      if case .integer(let left) = left { used = .integer(max(0, allowance &- left)) }
      rows.append(
        [
          .text(account.name), .text(bucket.name), .integer(allowance), used, left,
          try account.money(index, "held", .held(index)), try account.money(index, "available", .available(index)),
          .text("\(resets.window)"),
        ] + window(resets.window, account, account.facts, isKey: false))
    }
    return rows
  }

  private func window(_ kind: WindowKind, _ account: Account, _ facts: FactReader, isKey: Bool) -> [QueryValue] {
    let layout = account.past.engine.compiled.layout
    let slots = (isKey ? layout.keyWindows : layout.accountWindows).first { $0.kind == kind }
    guard let slots, let row = isKey ? facts.trace.keyRow : facts.trace.row else { return [.null, .null] }
    return [QueryStates.time(row[slots.startSlot]), QueryStates.time(row[slots.endSlot])]
  }

  // MARK: - Limits and settings

  private func limits(_ account: Account) -> [[QueryValue]] {
    let program = account.program
    var readers: [(key: Int?, facts: FactReader)] = [(nil, account.facts)]
    let isPerKey = program.meters.contains { $0.scope == .key }
    if isPerKey {
      readers += (0..<account.state.keyCount).map {
        ($0, account.past.engine.reader(account.state, key: $0, at: account.past.at))
      }
    }
    var rows: [[QueryValue]] = []
    for (key, facts) in readers {
      for (index, meter) in program.meters.enumerated() where (meter.scope == .key) == (key != nil) {
        var row: [QueryValue] = [
          .text(account.name), key.map { account.key($0) } ?? .null, .text(meter.name),
          .integer(facts.value(of: .meter(index))), .text(meter.type.name),
        ]
        if let cap = program.cap(reading: index) {
          let setting = cap.setting.map { facts.value(of: .setting($0)) }
          let left = facts.evaluate(cap.limit)
          row += [
            .text(cap.rule), QueryValue(cap.setting.map { program.settings[$0].name }),
            setting.flatMap { $0 == ValueType.none ? nil : .integer($0) } ?? .null,
            left == ValueType.none ? .null : .integer(max(0, left)),
          ]
        } else {
          row += [.null, .null, .null, .null]
        }
        row.append(.text("\(meter.window)"))
        rows.append(row + window(meter.window, account, facts, isKey: key != nil))
      }
    }
    return rows
  }

  private func settings(_ account: Account) -> [[QueryValue]] {
    let program = account.program
    var rows: [[QueryValue]] = []
    for (index, setting) in program.settings.enumerated() where setting.scope == .account {
      let isSet = account.state.stored(setting: index) != LedgerLayout.unset
      rows.append([.text(account.name), .null] + value(index, isSet, account.facts, account.formatter, program))
    }
    for key in 0..<account.state.keyCount where program.settings.contains(where: { $0.scope == .key }) {
      let facts = account.past.engine.reader(account.state, key: key, at: account.past.at)
      for (index, setting) in program.settings.enumerated() where setting.scope == .key {
        let isSet = account.state.stored(setting: index, key: key) != LedgerLayout.unset
        rows.append([.text(account.name), account.key(key)] + value(index, isSet, facts, account.formatter, program))
      }
    }
    return rows
  }

  private func globalSettings() -> [[QueryValue]] {
    let engine = session.scope.engine
    let facts = engine.reader(engine.newAccount(), at: session.scope.at)
    let formatter = engine.formatter()
    return engine.program.settings.indices.filter { engine.program.settings[$0].scope == .global }.map { index in
      let isSet = engine.globals[engine.compiled.layout.settings[index].slot] != LedgerLayout.unset
      return [.null, .null] + value(index, isSet, facts, formatter, engine.program)
    }
  }

  private func value(
    _ setting: Int, _ isSet: Bool, _ facts: FactReader, _ formatter: ValueFormatter, _ program: Program
  ) -> [QueryValue] {
    let declared = program.settings[setting]
    let value = facts.value(of: .setting(setting))
    let isNumber: Bool =
      switch declared.type.base {
      case .name, .key, .card, .record, .enumeration: false
      default: true
      }
    return [
      .text(declared.name), .text(formatter.text(value, declared.type)),
      isNumber && value != ValueType.none ? .integer(value) : .null, .text(declared.type.base.name), QueryValue(isSet),
    ]
  }

  // MARK: - Records

  private func holds(_ account: Account) throws -> [[QueryValue]] {
    let state = account.state
    let now = state.effectiveTime(account.past.at)
    func word(_ hold: Hold) -> String {
      hold.state == .open && hold.expiresAt <= now ? Hold.State.expired.word : hold.state.word
    }
    var rows: [[QueryValue]] = []
    var seen = Set<Int>()
    // What never changes of a hold is in the file, whatever became of it since.
    try session.store.read { reader in
      try reader.statements[
        """
        SELECT h.id, h.kind, (SELECT k.name FROM key k WHERE k.account = h.account AND k.n = h.key), h.at, h.expires_at,
          h.state, h.covered, h.fields, h.n
        FROM hold h JOIN account a ON a.id = h.account WHERE a.name = ? AND h.n <= ? ORDER BY h.n
        """
      ].bind(1, account.name).bind(2, state.holds.count).forEach { row in
        let number = row.index(8)
        seen.insert(number)
        let known: String
        if state.holds.has(number) {
          known = word(state.holds[number])
        } else {
          let kept = account.past.records?.state(ofHold: number).word ?? row.text(5)
          known = kept == Hold.State.open.word ? Hold.State.settled.word : kept
        }
        rows.append([
          .text(account.name), .text(row.text(0)), .text(row.text(1)), QueryValue(row.optionalText(2)),
          .integer(row.integer(3)), .integer(row.integer(4)), .text(known), .integer(row.integer(6)),
          .text(row.text(7)),
          QueryValue(number + 1),
        ])
      }
    }
    let map = SlotMap(account.past.engine.compiled)
    for number in state.holds.numbers where !seen.contains(number) {
      let hold = state.holds[number]
      let row = AccountRows.row(of: hold, number: number, in: state, map)
      rows.append([
        .text(account.name), .text(hold.id), .text(row.kind), account.key(hold.key), .integer(hold.at),
        .integer(hold.expiresAt), .text(word(hold)), .integer(hold.covered), .text(row.fields), QueryValue(number + 1),
      ])
    }
    return rows
  }

  private func topups(_ account: Account) -> [[QueryValue]] {
    account.state.payments.enumerated().map { index, payment in
      [
        .text(account.name), .text(payment.id), .text(payment.key), .integer(payment.amount),
        .text(payment.state.word), .integer(payment.at), .text(account.program.buckets[payment.bucket].name),
        payment.card.map { .text(account.state.cardNames[$0]) } ?? .null, QueryValue(payment.isAutomatic),
        .integer(payment.refunded), QueryValue(payment.clawback != nil), account.event(payment.event),
        .text(payment.origin), QueryValue(index + 1),
      ]
    }
  }

  private func refunds(_ account: Account) -> [[QueryValue]] {
    account.state.refunds.enumerated().map { index, refund in
      let payment = account.state.payments[refund.payment]
      return [
        .text(account.name), .text(refund.key), .text(payment.id), .text(payment.key), .integer(refund.amount),
        .text(refund.state.word), .integer(refund.at), account.event(refund.event), .text(refund.origin),
        QueryValue(index + 1),
      ]
    }
  }

  private func lots(_ account: Account) -> [[QueryValue]] {
    let program = account.program
    let order = account.past.engine.burnOrder(at: account.state.effectiveTime(account.past.at))
    return program.buckets.indices.flatMap { bucket in
      account.state.lots(of: bucket, order: order).map { lot in
        [
          .text(account.name), .text(program.buckets[bucket].name), QueryValue(lot.number),
          .text(program.lotKinds.indices.contains(lot.kind) ? program.lotKinds[lot.kind] : "paid"),
          QueryValue(lot.isPaid), .integer(lot.amount), .integer(lot.remaining), .integer(lot.receivedAt),
          .text(lot.origin),
        ]
      }
    }
  }
}

extension Program {
  /// The first cap that reads a meter, with the first setting it reads beside.
  func cap(reading meter: Int) -> (rule: String, limit: Expr, setting: Int?)? {
    for rule in rules {
      guard case .cap(_, let limit, _) = rule.kind else { continue }
      var facts: [Fact] = []
      collect(limit, &facts, depth: 0)
      guard facts.contains(.meter(meter)) else { continue }
      let settings = facts.compactMap { fact -> Int? in
        if case .setting(let index) = fact { return index }
        return nil
      }
      return (rule.name, limit, settings.first { self.settings[$0].type.base == .money } ?? settings.first)
    }
    return nil
  }

  private func collect(_ expr: Expr, _ facts: inout [Fact], depth: Int) {
    var found: [Fact] = []
    var named: [Int] = []
    expr.walk { node in
      if case .fact(let fact) = node.kind { found.append(fact) }
      if case .named(let index) = node.kind { named.append(index) }
    }
    facts += found
    if depth < 16 { for index in named { collect(lets[index].value, &facts, depth: depth + 1) } }
  }
}
