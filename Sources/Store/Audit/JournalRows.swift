import Language
import Ledger

/// What an event moved and which settings it changed, as rows.
struct JournalRows {
  private(set) var postings: [AuditTable.Row] = []
  private(set) var settings: [AuditTable.Row] = []
  /// By book, what arrived there.
  private(set) var moved: [(book: String, amount: Int64)] = []

  init(_ journal: Journal, in account: AccountState, _ map: SlotMap) {
    for transaction in journal.transactions {
      var rest = transaction.postings[...]
      while let first = rest.popFirst(), let second = rest.popFirst() {
        let (from, to) = first.amount < 0 ? (first, second) : (second, first)
        if to.amount == 0 { continue }
        let (source, destination) = (map.name(of: from.book), map.name(of: to.book))
        moved += [(source, from.amount), (destination, to.amount)]
        postings.append(
          AuditTable.Row(
            key: [StoredValue(postings.count)],
            values: [
              .text(transaction.step.word), .integer(transaction.postedAt), .text(source), .text(destination),
              .integer(to.amount),
            ]))
      }
      for change in transaction.settings {
        settings.append(
          JournalRows.row(
            of: change, n: settings.count, cards: account.cardNames, keys: account.keyNames, map))
      }
    }
  }

  static func row(
    of change: Transaction.SettingChange, n: Int, cards: [String], keys: [String], _ map: SlotMap
  ) -> AuditTable.Row {
    let texts = FieldText(map: map)
    let before = texts.kept(change.before, of: change.setting, cards: cards, keys: keys)
    let after = texts.kept(change.after, of: change.setting, cards: cards, keys: keys)
    let declared = map.program.settings[change.setting]
    return AuditTable.Row(
      key: [StoredValue(n)],
      values: [
        StoredValue(declared.scope == .key ? (change.key ?? -1) + 1 : 0), .text(declared.name),
        StoredValue(before != nil), before ?? .none, StoredValue(after != nil), after ?? .none,
      ])
  }
}

extension AuditTable {
  static let posting = AuditTable(
    "posting", by: ["n"],
    [("step", .plain), ("at", .time), ("source", .plain), ("destination", .plain), ("amount", .money)])
  static let settingChange = AuditTable(
    "setting_change", by: ["n"],
    [
      ("key", .plain), ("name", .plain), ("was_set", .flag), ("before", .declared), ("is_set", .flag),
      ("after", .declared),
    ])
  static let decision = AuditTable(
    "decision", by: [],
    [
      ("policy", .plain), ("verdict", .plain), ("code", .plain), ("decider", .plain), ("amount", .money),
      ("covered", .money), ("absorbed", .money),
    ])
}
