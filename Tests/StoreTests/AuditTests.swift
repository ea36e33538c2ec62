import Engine
import Foundation
import Language
import Ledger
import Testing
import Values

@testable import Store

/// Stores that lived through much, for audits to look at.
enum AuditedStore {
  static let accounts = ["acme", "blue"]

  /// A store of random deeds on two accounts, across a change of policy and back.
  ///
  /// - Parameter grouped: several deeds are one transaction now and then, as in an import.
  static func make(seed: UInt64, deeds count: Int, changes: Bool = true) throws -> AccountStore {
    let store = try CollectingPolicy.store()
    try hurry(store)
    let bank = SeededBank(seed: seed, faults: 10)
    try store.write { writer in
      for account in accounts {
        try writer.addAccount(account)
        for key in ["k1", "k2"] { try writer.addKey(key, to: account) }
      }
    }
    var deeds = RandomDeeds(seed: seed, try store.read { try $0.engine })
    for number in 0..<count {
      if changes, number == count / 3 || number == 2 * count / 3 {
        // Back and forth: what the other policy has no place for is refused, and then it stays.
        let policy = number == count / 3 ? CollectingPolicy.later : CollectingPolicy.files
        _ = try? store.write { try $0.usePolicy(policy) }
        let engine = try store.read { try $0.engine }
        deeds = deeds.under(engine)
      }
      let group = deeds.chance(15) ? 4 : 1
      if group > 1 {
        try carryOutTogether(try (0..<group).map { _ in try deeds.next() }, on: store, deeds)
      } else {
        try carryOut(try deeds.next(), on: store, deeds.pick(accounts), at: deeds.clock, bank)
      }
      if deeds.chance(5) { _ = try store.drain(asking: bank, limit: 3) }
    }
    return store
  }

  private static func carryOut(
    _ deed: Deed, on store: AccountStore, _ account: String, at time: Int64, _ bank: SeededBank
  ) throws {
    try store.write { try $0.moveClock(to: time) }
    do {
      if case .submit(let call) = deed {
        _ = try store.exchange(call, with: account, asking: bank)
      } else {
        try store.write { try change(deed, account, $0) }
      }
    } catch let fault as StoreFault where fault.isAboutRules {
      return
    } catch let fault as StoreFault {
      switch fault.kind {
      case .keyExists, .unknownKey: return
      default: throw fault
      }
    }
  }

  private static func change(_ deed: Deed, _ account: String, _ writer: StoreWriter) throws {
    switch deed {
    case .addKey(let name): try writer.addKey(name, to: account)
    case .adjust(let amount): try writer.adjust(bucket: 1, to: amount, account: account)
    case .set(let setting, let value, let key): try writer.change(setting, to: value, key: key, account: account)
    case .setGlobal(let setting, let value): try writer.change(setting, to: value, account: nil)
    case .submit: break
    }
  }

  /// Several in one transaction. What is refused leaves the others.
  private static func carryOutTogether(_ deeds: [Deed], on store: AccountStore, _ state: RandomDeeds) throws {
    try store.write { writer in
      try writer.moveClock(to: state.clock)
      for deed in deeds {
        do {
          if case .submit(let call) = deed {
            _ = try writer.submit(call, to: accounts[0])
          } else {
            try change(deed, accounts[0], writer)
          }
        } catch is StoreFault {
          continue
        }
      }
    }
  }

  /// Runs SQL past everything that protects a store.
  static func run(_ sql: String..., on store: AccountStore) throws {
    try store.look { statements in for sql in sql { try statements[sql].run() } }
  }

  static func values(_ sql: String, on store: AccountStore, columns: Int32 = 1) throws -> [[String]] {
    try store.look { statements in
      var rows: [[String]] = []
      try statements[sql].forEach { row in rows.append((0..<columns).map { row.isNull($0) ? "NULL" : row.text($0) }) }
      return rows
    }
  }

  /// Nothing of what these tests look at depends on the disk.
  static func hurry(_ store: AccountStore) throws { try run("PRAGMA synchronous = OFF", on: store) }

  /// Lets every table be changed.
  static func unlock(_ store: AccountStore) throws {
    for trigger in try values("SELECT name FROM sqlite_master WHERE type = 'trigger'", on: store) {
      try run("DROP TRIGGER \(trigger[0])", on: store)
    }
    try run("PRAGMA foreign_keys = OFF", on: store)
    try hurry(store)
  }
}

extension RandomDeeds {
  /// The same under another policy.
  func under(_ engine: RuleEngine) -> RandomDeeds {
    var deeds = RandomDeeds(seed: 0, engine)
    deeds.random = random
    deeds.clock = clock
    deeds.number = number
    return deeds
  }
}

@Suite("Audit")
struct AuditTests {
  @Test("whatever happened, nothing is found")
  func cleanStoresAreClean() throws {
    var (policies, outbox, conflicts, holds) = (0, 0, 0, 0)
    let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
    for seed in given.map({ $0...$0 }) ?? 1...8 {
      let store = try AuditedStore.make(seed: seed, deeds: 90)
      defer { CollectingPolicy.remove(store) }
      let report = try store.audit()
      #expect(report.findings == [], "seed \(seed)")
      let events = try AuditedStore.values("SELECT count(*) FROM event", on: store)[0][0]
      #expect(report.events == Int(events), "seed \(seed)")
      #expect(report.accounts == 2)
      policies += try AuditedStore.values("SELECT 1 FROM event WHERE kind = '@policy'", on: store).count - 1
      outbox += try AuditedStore.values("SELECT 1 FROM outbox WHERE answer IS NULL", on: store).count
      conflicts += try AuditedStore.values("SELECT 1 FROM decision WHERE verdict = 'conflict'", on: store).count
      holds += try AuditedStore.values("SELECT 1 FROM hold WHERE state = 'expired'", on: store).count
    }
    if given != nil { return }
    #expect(policies > 0 && outbox > 0 && conflicts > 0 && holds > 0, "\(policies) \(outbox) \(conflicts) \(holds)")
  }

  /// What no event says: only so much of it can be checked as it agrees with the rest.
  static let unheard: Set<String> = [
    "outbox.sent", "outbox.sent_at", "outbox.reason", "outbox.fault", "store.id", "store.created_at", "policy.added_at",
    "policy.id",
    // There is one row, and the table says so itself.
    "store.one", "active_policy.one",
  ]

  /// Other values for columns that may have only a few.
  static func other(_ value: String, _ place: String) -> String? {
    let members: [String: [String]] = [
      "decision.verdict": ["allowed", "denied", "conflict", "waiting"],
      "posting.step": ["rescue", "decision", "reaction", "expiry", "adjustment"],
      "hold.state": ["open", "expired", "settled", "voided"],
      "payment.state": ["pending", "paid", "declined", "failed"], "refund.state": ["pending", "paid", "failed"],
      "outbox.kind": ["collect", "refund"], "outbox.answer": ["paid", "declined", "failed"],
    ]
    guard let members = members[place] else { return nil }
    return members.first { "'\($0)'" != value && value != $0 }.map { "'\($0)'" }
  }

  static let tables = [
    "account", "key", "card", "setting", "book", "meter", "period", "latest", "lot", "hold", "payment", "refund",
    "outbox", "decision", "posting", "setting_change", "global_setting", "active_policy", "store", "policy", "event",
  ]

  @Test("every column of every row that was changed by hand is found and named")
  func changesAreFound() throws {
    let store = try AuditedStore.make(seed: 11, deeds: 150, changes: false)
    defer { CollectingPolicy.remove(store) }
    #expect(try store.audit().findings == [])
    try AuditedStore.unlock(store)
    var random = SeededGenerator(seed: 5)
    for table in Self.tables {
      let columns = try AuditedStore.values(
        "SELECT name, pk, type FROM pragma_table_info('\(table)')", on: store, columns: 3)
      let keys = columns.filter { $0[1] != "0" }.map { $0[0] }
      let quoted = columns.map { "quote(\($0[0]))" }.joined(separator: ", ")
      let rows = try AuditedStore.values(
        "SELECT \(quoted) FROM \(table)", on: store, columns: Int32(columns.count))
      #expect(!rows.isEmpty, "\(table) is empty")
      for (index, column) in columns.enumerated() where !Self.unheard.contains("\(table).\(column[0])") {
        // One with something in it, so that both kinds of columns are seen with a value.
        let full = rows.filter { $0[index] != "NULL" }
        guard let row = (full.isEmpty ? rows : full).randomElement(using: &random) else { continue }
        let place = "\(table).\(column[0])"
        let old = row[index]
        let new =
          Self.other(old, place)
          ?? (column[2] == "BLOB"
            ? "X'\(String(old.dropFirst(2).dropLast(1).reversed()))'"
            : column[2] == "TEXT" || old.hasPrefix("'")
              ? (old == "NULL" ? "'x'" : "\(old) || 'x'")
              : old == "NULL" ? "1" : "\(old) + 100000")
        func condition(_ value: String) -> String {
          keys.map { key in
            let number = columns.firstIndex { $0[0] == key } ?? 0
            return "\(key) IS \(number == index ? value : row[number])"
          }.joined(separator: " AND ")
        }
        try AuditedStore.run("UPDATE \(table) SET \(column[0]) = \(new) WHERE \(condition(old))", on: store)
        let found = try store.audit(limit: 1000).findings
        try AuditedStore.run("UPDATE \(table) SET \(column[0]) = \(old) WHERE \(condition("(\(new))"))", on: store)
        let isNamed = found.contains { finding in
          finding.table == table
            && (keys.contains(column[0]) || finding.text.hasPrefix("\(column[0]) ")
              || finding.text.hasPrefix("is missing")
              || table == "event")
        }
        #expect(isNamed, "\(place) \(old) -> \(new): \(found.map(\.description))")
      }
    }
    #expect(try store.audit().findings == [], "everything is as it was")
  }

  @Test("a row that is gone, and one that should not be there")
  func rowsAreCounted() throws {
    let store = try AuditedStore.make(seed: 11, deeds: 150, changes: false)
    defer { CollectingPolicy.remove(store) }
    try AuditedStore.unlock(store)
    let tables = Self.tables.filter { !["account", "store", "active_policy", "policy", "event"].contains($0) }
    for table in tables + ["policy_file"] {
      try AuditedStore.run("CREATE TABLE kept AS SELECT * FROM \(table)", on: store)
      // What says nothing need not be there.
      let full = ["book": "amount <> 0", "meter": "value <> 0", "period": "epoch > 0"][table] ?? "1"
      let keys = try AuditedStore.values(
        "SELECT name FROM pragma_table_info('\(table)') WHERE pk > 0", on: store
      ).map { $0[0] }
      let list = keys.joined(separator: ", ")
      try AuditedStore.run(
        "DELETE FROM \(table) WHERE (\(list)) IN (SELECT \(list) FROM \(table) WHERE \(full) LIMIT 1)", on: store)
      let found = try store.audit(limit: 1000).findings
      #expect(found.contains { $0.table == table }, "\(table): \(found)")
      try AuditedStore.run(
        "DELETE FROM \(table)", "INSERT INTO \(table) SELECT * FROM kept", "DROP TABLE kept", on: store)
    }
    #expect(try store.audit().findings == [], "everything is as it was")
    for (table, sql) in [
      (
        "posting",
        "INSERT INTO posting SELECT event, n + 50, step, at, source, destination, amount FROM posting LIMIT 1"
      ),
      ("book", "INSERT INTO book SELECT account, 'pocket', 5, 0, NULL FROM book LIMIT 1"),
      ("setting", "INSERT INTO setting SELECT account, 0, 'money.suspended', 1 FROM book LIMIT 1"),
      (
        "outbox",
        "INSERT INTO outbox SELECT key || 'x', account, kind, n, amount, card, payment, event, 0, NULL, NULL, NULL, NULL, NULL FROM outbox LIMIT 1"
      ),
      (
        "decision",
        "INSERT INTO decision SELECT 1, policy, verdict, code, decider, amount, covered, absorbed, facts FROM decision LIMIT 1"
      ),
      ("global_setting", "INSERT INTO global_setting VALUES ('money.most', 1)"),
    ] {
      try AuditedStore.run(sql, on: store)
      let found = try store.audit(limit: 1000).findings
      #expect(found.contains { $0.table == table }, "\(table): \(found)")
    }
  }

  @Test("findings say what is and what should be in people's units, and are limited")
  func findingsAreForPeople() throws {
    let store = try CollectingPolicy.store()
    defer { CollectingPolicy.remove(store) }
    try store.write { writer in
      try writer.addAccount("acme")
      let engine = try writer.engine
      let dollar = CollectingPolicy.dollar
      _ = try writer.submit(
        engine.calling("grant", id: "g", at: CollectingPolicy.start, ["amount": .number(30 * dollar)]), to: "acme")
      _ = try writer.submit(
        engine.calling(
          "request", id: "r", at: CollectingPolicy.start, ["model": .text("a"), "cost": .number(5 * dollar)]),
        to: "acme")
    }
    #expect(try store.audit().findings == [])
    try AuditedStore.unlock(store)
    try AuditedStore.run(
      "UPDATE meter SET value = value + 1500000000 WHERE name = 'money.spent'",
      "UPDATE latest SET at = at + 1000000 WHERE kind = 'grant'",
      on: store)
    let found = try store.audit().findings.map(\.description)
    #expect(
      found == [
        "account `acme`, meter `money.spent`: value is $4.50, and should be $3.00",
        "account `acme`, latest `grant`: at is 2026-01-01T00:00:01Z, and should be 2026-01-01T00:00:00Z",
      ])
    let report = try store.audit(limit: 1)
    #expect(report.findings.count == 1 && report.more == 1 && !report.isClean)
  }

  /// What nobody would write into a column of this type.
  static func hostile(_ type: String) -> [String] {
    if type == "INTEGER" { return ["-9223372036854775808", "9223372036854775807"] }
    if type == "TEXT" { return ["'{\"hold\":[[[1e400'", "'{\"cost\":-9223372036854775808,\"key\":7,\"to\":\"\"}'"] }
    return type == "BLOB" ? ["X'01FFFFFFFFFFFFFFFFFFFF'"] : ["-9223372036854775808", "'junk'"]
  }

  @Test("whatever stands in a row, the audit says so and does not fail")
  func hostileRows() throws {
    let store = try AuditedStore.make(seed: 11, deeds: 80, changes: false)
    defer { CollectingPolicy.remove(store) }
    try AuditedStore.unlock(store)
    try AuditedStore.run("PRAGMA ignore_check_constraints = ON", on: store)
    var said = 0
    for table in Self.tables {
      let columns = try AuditedStore.values(
        "SELECT name, type FROM pragma_table_info('\(table)') WHERE pk = 0", on: store, columns: 2)
      for column in columns {
        for value in Self.hostile(column[1]) {
          try AuditedStore.run("CREATE TABLE kept AS SELECT * FROM \(table)", on: store)
          // Rows that have to differ are left as they are.
          try AuditedStore.run(
            "UPDATE OR IGNORE \(table) SET \(column[0]) = \(value) WHERE \(column[0]) IS NOT NULL", on: store)
          let found = Result { try store.audit(limit: 5).findings.map(\.description) }
          switch found {
          case .success(let findings): said += findings.isEmpty ? 0 : 1
          case .failure(let error):
            said += 1
            #expect(error is StoreFault)
          }
          try AuditedStore.run(
            "DELETE FROM \(table)", "INSERT INTO \(table) SELECT * FROM kept", "DROP TABLE kept", on: store)
        }
      }
    }
    #expect(said > 100)
    for (number, which) in [("-9223372036854775808", "min"), ("9223372036854775807", "max")] {
      let old = try AuditedStore.values("SELECT \(which)(seq) FROM event", on: store)[0][0]
      try AuditedStore.run("UPDATE event SET seq = \(number) WHERE seq = \(old)", on: store)
      let found = Result { try store.audit(limit: 5).isClean }
      switch found {
      case .success(let isClean): #expect(!isClean)
      case .failure(let error): #expect(error is StoreFault)
      }
      try AuditedStore.run("UPDATE event SET seq = \(old) WHERE seq = \(number)", on: store)
    }
    #expect(try store.audit().findings == [], "everything is as it was")
  }

  @Test("a file with broken pages is damaged, not wrong")
  func damageIsDamage() throws {
    let store = try AuditedStore.make(seed: 3, deeds: 60, changes: false)
    defer { CollectingPolicy.remove(store) }
    try AuditedStore.run("DROP INDEX event_by_account", "PRAGMA writable_schema = ON", on: store)
    try AuditedStore.run(
      "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'hold_by_id') WHERE name = 'event_by_id'",
      on: store)
    let again = try AccountStore.open(store.path, .read, compile: CollectingPolicy.compile)
    #expect {
      try again.audit()
    } throws: { error in
      if case .damaged? = (error as? StoreFault)?.kind { true } else { false }
    }
  }
}
