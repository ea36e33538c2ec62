import Engine
import Formats
import Language
import Ledger
import Values

/// What was in force when: the policy and the global settings, worked out from the entries that concern every account.
struct Timeline {
  /// From an entry on, until the next.
  struct Era {
    /// The number of the entry that it begins with.
    var start: Int64
    /// The time that entry names, in microseconds since 1970.
    var at: Int64
    var policy: StoredPolicy
    /// With the global settings as they were.
    var engine: RuleEngine
    var formatter: ValueFormatter
    /// The global settings that had a value, by name.
    var globals: [String: StoredValue]
  }

  private(set) var eras: [Era] = []
  /// The entries it was made of.
  private(set) var events = 0
  /// Where the clock of a test store was moved to last.
  private(set) var clock: Int64?
  /// Global settings that were ever set, by name.
  private var globals: [String: StoredValue] = [:]
  /// Whether the texts of all policies are what they were. Where they are not, nothing can be worked out again.
  private(set) var isSound = true
  /// Whether the rows beside the entries are not held against them, and policies that are compiled already are taken.
  private let isTrusting: Bool
  /// Compiled anew of the texts as they are kept.
  private var policies: [Int64: StoredPolicy] = [:]

  /// Reads the history of the whole store.
  ///
  /// - Throws: `brokenPolicy` where a policy of the store cannot be compiled here.
  init(
    _ store: AccountStore, _ memory: StoreMemory, isTrusting: Bool = false, _ findings: inout Findings
  ) throws(StoreFault) {
    self.isTrusting = isTrusting
    var rows: [(seq: Int64, kind: String, attempt: Int64, at: Int64, fields: String)] = []
    try memory.statements["SELECT seq, kind, attempt, at, fields FROM event WHERE account IS NULL ORDER BY seq"]
      .forEach { rows.append(($0.integer(0), $0.text(1), $0.integer(2), $0.integer(3), $0.text(4))) }
    for row in rows {
      events += 1
      if row.attempt != row.seq {
        findings.add(nil, "event", "event \(row.seq)", column: "attempt", is: "\(row.attempt)", shouldBe: "\(row.seq)")
      }
      let fields = FieldText.object(row.fields)
      switch row.kind {
      case StoreWriter.Own.policy:
        try use(fields?["hash"]?.text ?? "", from: row.seq, row.at, store, memory, &findings)
        try checkChange(nil, of: row.seq, memory, &findings)
      case StoreWriter.Own.set: try change(fields, row.seq, row.at, memory, &findings)
      case StoreWriter.Own.clock:
        clock = fields?["to"]?.integer
        try checkChange(nil, of: row.seq, memory, &findings)
      default:
        findings.add(nil, "event", "event \(row.seq)", "is a `\(row.kind)` of no account, and there is no such entry")
      }
    }
    if eras.isEmpty {
      isSound = false
      findings.add(nil, "event", "all", "put no policy in force, so that nothing can be worked out again")
    }
  }

  private mutating func use(
    _ hash: String, from seq: Int64, _ at: Int64, _ store: AccountStore, _ memory: StoreMemory,
    _ findings: inout Findings
  ) throws(StoreFault) {
    guard let id = try memory.statements["SELECT id FROM policy WHERE hash = ?"].bind(1, hash).first({ $0.integer(0) })
    else {
      isSound = false
      findings.add(nil, "policy", hash, "is missing; event \(seq) put it in force")
      return
    }
    let policy: StoredPolicy
    if let known = policies[id] {
      policy = known
    } else if isTrusting {
      policy = try memory.policy(id)
      policies[id] = policy
    } else {
      let files = try memory.policyFiles(id)
      do throws(PolicyFault) {
        policy = StoredPolicy(id: id, hash: hash, engine: try store.compile(files))
      } catch {
        throw memory.fault(.brokenPolicy(error.message))
      }
      policies[id] = policy
      let made = policy.engine.program.hash
      if made != hash {
        isSound = false
        findings.add(nil, "policy_file", hash, "text makes the hash `\(made)`, and should make `\(hash)`")
      }
    }
    var engine = policy.engine
    engine.keep(globals, policy.map)
    eras.append(
      Era(start: seq, at: at, policy: policy, engine: engine, formatter: engine.formatter(), globals: globals))
  }

  private mutating func change(
    _ fields: Json?, _ seq: Int64, _ at: Int64, _ memory: StoreMemory, _ findings: inout Findings
  ) throws(StoreFault) {
    guard var era = eras.last, let fields, let name = fields["setting"]?.text,
      let index = era.engine.compiled.setting(named: name), era.engine.program.settings[index].scope == .global,
      let number = SettingText.number(fields["to"], of: index, era.policy.map, cards: [], keys: [])
    else {
      findings.add(nil, "event", "event \(seq)", "cannot be carried out again: it sets nothing that the policy has")
      return
    }
    let before = era.engine.globals[era.engine.compiled.layout.settings[index].slot]
    var nobody = era.engine.newAccount()
    do throws(Refusal) {
      try era.engine.change(index, to: number, in: &nobody, at: at)
    } catch {
      findings.add(nil, "event", "event \(seq)", "cannot be carried out again: \(error.text)")
      return
    }
    globals[name] = FieldText(map: era.policy.map).kept(number, of: index, cards: [], keys: [])
    era.globals = globals
    era.start = seq
    era.at = at
    eras.append(era)
    let change = Transaction.SettingChange(setting: index, key: nil, before: before, after: number)
    try checkChange(
      JournalRows.row(of: change, n: 0, cards: [], keys: [], era.policy.map), of: seq, memory, &findings)
  }

  private func checkChange(
    _ row: AuditTable.Row?, of seq: Int64, _ memory: StoreMemory, _ findings: inout Findings
  ) throws(StoreFault) {
    guard let era = eras.last, !isTrusting else { return }
    let check = EventAudit(statements: memory.statements, account: nil, formatter: era.formatter)
    try check.compare(.settingChange, row.map { [$0] } ?? [], of: seq, &findings)
    try check.compare(.posting, [], of: seq, &findings)
    try check.checkUndecided(seq, &findings)
  }

  // MARK: - At a moment

  /// The era of a moment; the first one, before there was any.
  func era(at moment: StoreReader.Moment) -> Era? {
    let found =
      switch moment {
      case .now: eras.last
      case .before(let seq): eras.last { $0.start < seq }
      case .after(let seq): eras.last { $0.start <= seq }
      case .time(let time): eras.last { $0.at <= time }
      }
    return found ?? eras.first
  }

  // MARK: - At the end

  /// Holds what is in force now against the entries.
  func compare(_ statements: StatementCache, _ findings: inout Findings) throws(StoreFault) {
    guard let era = eras.last else { return }
    let active = try statements["SELECT policy FROM active_policy"].first { $0.integer(0) }
    if active != era.policy.id {
      findings.add(
        nil, "active_policy", "1", column: "policy", is: active.map { "\($0)" } ?? "none", shouldBe: "\(era.policy.id)")
    }
    let formatter = era.formatter
    func text(_ value: StoredValue, _ name: String) -> String {
      let type = era.engine.compiled.setting(named: name).map { era.engine.program.settings[$0].type.base }
      return value.text(.declared, type, formatter)
    }
    var missing = globals
    var rows: [(String, StoredValue)] = []
    try statements["SELECT name, value FROM global_setting ORDER BY name"].forEach {
      rows.append(($0.text(0), $0.value(1)))
    }
    for (name, value) in rows {
      guard let expected = missing.removeValue(forKey: name) else {
        findings.add(nil, "global_setting", name, "should not be there: value \(text(value, name))")
        continue
      }
      if expected != value {
        findings.add(
          nil, "global_setting", name, column: "value", is: text(value, name), shouldBe: text(expected, name))
      }
    }
    for (name, value) in missing.sorted(by: { $0.key < $1.key }) {
      findings.add(nil, "global_setting", name, "is missing: value \(text(value, name))")
    }
    let kept = try statements["SELECT test_clock FROM store"].first { $0.optional(0) } ?? nil
    if let clock, clock != kept {
      findings.add(
        nil, "store", "1", column: "test_clock", is: StoredValue(kept).text(.time, nil, formatter),
        shouldBe: StoredValue(clock).text(.time, nil, formatter))
    }
  }
}

/// Values of settings in entries of the history.
enum SettingText {
  /// The number an entry gives a setting; nil for one that it cannot have.
  static func number(_ value: Json?, of setting: Int, _ map: SlotMap, cards: [String], keys: [String]) -> Int64? {
    let texts = FieldText(map: map)
    return switch value {
    case nil: LedgerLayout.unset
    case .null?: ValueType.none
    case .integer(let number)?: number
    case .text(let text)?: texts.number(.text(text), of: setting, cards: cards, keys: keys)
    default: nil
    }
  }
}
