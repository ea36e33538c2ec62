import Engine
import Formats
import Language
import Ledger
import Values

/// What is done to accounts from outside of the policy. All of it is in the history, as entries of the store's own.
extension StoreWriter {
  /// The store's own kinds of entries.
  public enum Own {
    static let account = "@account"
    static let key = "@key"
    static let set = "@set"
    static let adjust = "@adjust"
    public static let policy = "@policy"
    static let clock = "@clock"
  }

  public func addAccount(_ name: String, at: Int64? = nil) throws(StoreFault) {
    try check(name: name, of: "account")
    if try hasAccount(name) { throw fault(.accountExists(name)) }
    let time = try checked(at)
    try statements["INSERT INTO account (name, clock, sequence, holds) VALUES (?, 0, 0, 0)"].bind(1, name).run()
    var line = JsonLine()
    line.add("name", name)
    let id = try memory.account(name).id
    _ = try append(Own.account, id: nil, account: id, at: time, fields: line.bytes())
  }

  public func addKey(_ name: String, to account: String, at: Int64? = nil) throws(StoreFault) {
    try check(name: name, of: "key")
    let cached = try memory.account(account)
    if cached.state.keyIndex(named: name) != nil { throw fault(.keyExists(name, account: account)) }
    let time = try checked(at)
    cached.state.addKey(name)
    note(cached)
    var line = JsonLine()
    line.add("key", name)
    _ = try append(Own.key, id: nil, account: cached.id, at: time, fields: line.bytes())
  }

  /// Names are what people type and what files say: no control characters, no blanks around them, and not too long.
  private func check(name: String, of what: String) throws(StoreFault) {
    let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
    guard isPlain, !name.isEmpty, name.utf8.count <= 256, name.first != " ", name.last != " " else {
      throw fault(
        .refused(
          "`\(name.prefix(40))` cannot be the name of \(what == "account" ? "an account" : "a key")",
          help: "up to 256 bytes, without control characters, and no blank at either end"))
    }
  }

  /// Changes a setting, as `RuleEngine.change` does.
  ///
  /// - Parameters:
  ///   - value: a number in the setting's unit, `LedgerLayout.unset` for its default; for a card, a name or a member of an
  ///     enumeration its text.
  ///   - account: nil for a global setting.
  public func change(
    _ setting: Int, to value: EventCall.Value, key: String? = nil, account: String?, at: Int64? = nil
  ) throws(StoreFault) {
    var engine = try engine
    let policy = try memory.activePolicy()
    let program = engine.program
    guard program.settings.indices.contains(setting) else {
      throw fault(.refused("there is no such setting", help: nil))
    }
    let declared = program.settings[setting]
    let isGlobal = declared.scope == .global
    if isGlobal, account != nil {
      throw fault(.refused("`\(declared.name)` serves all accounts", help: "set it without naming an account"))
    }
    guard let account else {
      guard isGlobal else {
        throw fault(.refused("`\(declared.name)` is set per account: say for which", help: nil))
      }
      return try changeGlobal(setting, to: try number(value, of: setting, nil, policy), &engine, policy, at: at)
    }
    let cached = try memory.account(account)
    let time = try checked(at)
    var index: Int?
    if let key {
      guard let found = cached.state.keyIndex(named: key) else { throw fault(.unknownKey(key, account: account)) }
      index = found
    }
    let before = cached.state
    let number = try number(value, of: setting, cached, policy)
    var journal = Journal()
    do throws(Refusal) {
      try engine.change(setting, to: number, key: index, in: &cached.state, at: time, journal: &journal)
    } catch {
      cached.state = before
      throw fault(.refused(error.text, help: nil))
    }
    var line = JsonLine()
    line.add("setting", declared.name)
    if let key { line.add("key", key) }
    add(number, of: setting, to: &line, cached.state, policy)
    cached.state.letGoOfAnswers()
    note(cached)
    let event = try append(Own.set, id: nil, account: cached.id, at: time, fields: line.bytes())
    try write(journal, of: event, in: cached.state, policy)
  }

  private func changeGlobal(
    _ setting: Int, to number: Int64, _ engine: inout RuleEngine, _ policy: StoredPolicy, at: Int64?
  ) throws(StoreFault) {
    let time = try checked(at)
    var nobody = engine.newAccount()
    let slot = engine.compiled.layout.settings[setting].slot
    let before = engine.globals[slot]
    do throws(Refusal) {
      try engine.change(setting, to: number, in: &nobody, at: time)
    } catch {
      throw fault(.refused(error.text, help: nil))
    }
    var line = JsonLine()
    line.add("setting", engine.program.settings[setting].name)
    add(number, of: setting, to: &line, nobody, policy)
    let event = try append(Own.set, id: nil, account: nil, at: time, fields: line.bytes())
    let change = Transaction.SettingChange(setting: setting, key: nil, before: before, after: number)
    try write(change, n: 0, of: event, in: nobody, policy)
    let kept = FieldText(map: policy.map).kept(number, of: setting, cards: [], keys: [])
    let name = engine.program.settings[setting].name
    if let kept {
      try statements[
        "INSERT INTO global_setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2"
      ].bind(1, name).bind(2, kept).run()
    } else {
      try statements["DELETE FROM global_setting WHERE name = ?"].bind(1, name).run()
    }
    memory.use(globalsOf: engine)
  }

  private func add(
    _ number: Int64, of setting: Int, to line: inout JsonLine, _ account: AccountState, _ policy: StoredPolicy
  ) {
    switch FieldText(map: policy.map).kept(number, of: setting, cards: account.cardNames, keys: account.keyNames) {
    case nil: break
    case StoredValue.none?: line.add("to", raw: "null")
    case .integer(let value)?: line.add("to", value)
    case .text(let text)?: line.add("to", text)
    }
  }

  private func number(
    _ value: EventCall.Value, of setting: Int, _ cached: CachedAccount?, _ policy: StoredPolicy
  ) throws(StoreFault) -> Int64 {
    switch value {
    case .number(let number): return number
    case .text(let text):
      if case .card = policy.map.program.settings[setting].type.base, let cached {
        return Int64(cached.state.addCard(text))
      }
      let found = FieldText(map: policy.map).number(
        .text(text), of: setting, cards: [], keys: cached?.state.keyNames ?? [])
      guard let found else {
        throw fault(.refused("`\(policy.map.program.settings[setting].name)` cannot be `\(text)`", help: nil))
      }
      return found
    }
  }

  /// Brings a bucket to an amount: an opening balance, or a correction.
  public func adjust(
    bucket: Int, to amount: Int64, lotKind: String = "paid", account: String, at: Int64? = nil
  ) throws(StoreFault) {
    let engine = try engine
    guard engine.program.buckets.indices.contains(bucket) else {
      throw fault(.refused("there is no such bucket", help: nil))
    }
    let cached = try memory.account(account)
    let time = try checked(at)
    let before = cached.state
    var journal = Journal()
    do throws(EngineFault) {
      try engine.adjust(bucket: bucket, to: amount, lotKind: lotKind, in: &cached.state, at: time, journal: &journal)
    } catch {
      cached.state = before
      throw fault(.engine(error))
    }
    cached.state.letGoOfAnswers()
    note(cached)
    var line = JsonLine()
    line.add("bucket", engine.program.buckets[bucket].name)
    line.add("to", amount)
    line.add("lot", lotKind)
    let event = try append(Own.adjust, id: nil, account: cached.id, at: time, fields: line.bytes())
    try write(journal, of: event, in: cached.state, try memory.activePolicy())
  }

  /// Moves the clock of a test store. Holds whose time is over then are released by what comes next, as always.
  ///
  /// - Throws: `refused` for a live store, and for a time that has passed.
  public func moveClock(to time: Int64) throws(StoreFault) {
    guard let clock = memory.testClock else {
      throw fault(
        .refused("only the clock of a test store can be moved", help: "payg init NAME --test-clock 2026-01-01"))
    }
    guard time >= clock, time <= Instant.latest.microseconds else {
      throw fault(.refused("the clock stands at \(Instant(microseconds: clock)) and moves forward only", help: nil))
    }
    var line = JsonLine()
    line.add("to", time)
    _ = try append(Own.clock, id: nil, account: nil, at: time, fields: line.bytes())
    try statements["UPDATE store SET test_clock = ?"].bind(1, time).run()
    memory.use(testClock: time)
  }
}
