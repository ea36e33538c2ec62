import Engine
import Language
import Ledger

/// Whether a policy has a place for what accounts have under another.
struct PolicyRoom {
  let map: SlotMap
  /// The policy until now; nil where it cannot be compiled any more.
  private let old: Program?
  private let texts: FieldText
  /// What it has no place for.
  private var missing: [String] = []

  init(_ map: SlotMap, after old: Program?) {
    self.map = map
    self.old = old
    texts = FieldText(map: map)
  }

  // MARK: - One thing

  mutating func look(atMoneyIn bucket: String) {
    if map.place(.book, bucket, isKey: false) == nil { missing.append("a bucket `\(bucket)` with money in it") }
  }

  mutating func look(atSetting name: String, _ value: StoredValue, isKey: Bool) {
    guard let place = map.place(.setting, name, isKey: isKey) else { return missing.append("a setting `\(name)`") }
    if !isSameType(place.setting) || !admits(value, place.setting) { missing.append("a value that `\(name)` has") }
  }

  mutating func look(atGlobal name: String, _ value: StoredValue) {
    guard let index = map.program.settings.firstIndex(where: { $0.name == name && $0.scope == .global }) else {
      return missing.append("a global setting `\(name)`")
    }
    if !isSameType(index) || !admits(value, index) { missing.append("the value of `\(name)`") }
  }

  mutating func look(atHoldsOf event: String) {
    if map.event(named: event) == nil { missing.append("open holds of the event `\(event)`") }
  }

  mutating func look(atPaymentsFor bucket: String) {
    if map.bucket(named: bucket) == nil { missing.append("payments for the bucket `\(bucket)`") }
  }

  mutating func look(atPendingPaymentsOf event: String) {
    if map.event(named: event) == nil { missing.append("pending payments of the event `\(event)`") }
  }

  // A number of one type means something else in another.
  private func isSameType(_ setting: Int) -> Bool {
    let declared = map.program.settings[setting]
    guard let before = old?.settings.first(where: { $0.name == declared.name })?.type.base else { return true }
    if case .enumeration = before, case .enumeration = declared.type.base { return true }
    return before == declared.type.base
  }

  private func admits(_ value: StoredValue, _ setting: Int) -> Bool {
    let declared = map.program.settings[setting]
    switch value {
    case .none: return declared.type.isOptional
    case .text(let text):
      // Names of cards and keys are those of an account; the others have to mean something.
      if case .enumeration(let members) = declared.type.base { return members.contains(text) }
      return declared.type.base == .card || declared.type.base == .key || declared.type.base == .name
    case .integer(let number): return declared.type.base.admits(number, in: declared.range)
    }
  }

  // MARK: - All of it

  /// Looks at everything one account has.
  mutating func look(at rows: AccountRows) {
    for row in rows.books.sorted(by: { $0.name < $1.name }) where row.amount != 0 || row.held != 0 || row.used ?? 0 != 0
    {
      look(atMoneyIn: row.name)
    }
    var seen = Set<AccountRows.SettingRow>()
    for row in rows.settings.sorted(by: { ($0.name, $0.key) < ($1.name, $1.key) }) {
      let sort = AccountRows.SettingRow(key: min(row.key, 1), name: row.name, value: row.value)
      if seen.insert(sort).inserted { look(atSetting: row.name, row.value, isKey: row.key > 0) }
    }
    for kind in Set(rows.holds.filter { $0.state == Hold.State.open.word }.map(\.kind)).sorted() {
      look(atHoldsOf: kind)
    }
    for bucket in Set(rows.payments.map(\.bucket)).sorted() { look(atPaymentsFor: bucket) }
    let pending = rows.payments.filter { $0.state == Payment.State.pending.word && !$0.kind.isEmpty }
    for kind in Set(pending.map(\.kind)).sorted() { look(atPendingPaymentsOf: kind) }
  }

  /// Looks at the global settings.
  mutating func look(at globals: [String: StoredValue]) {
    for (name, value) in globals.sorted(by: { $0.key < $1.key }) { look(atGlobal: name, value) }
  }

  /// - Throws: `refused` where something has no place.
  func check(_ path: String) throws(StoreFault) {
    guard missing.isEmpty else {
      let shown =
        missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? " and \(missing.count - 5) more" : "")
      throw StoreFault(
        .refused("the policy has no place for what accounts have: \(shown)", help: "add it to the rules"), path: path)
    }
  }
}
