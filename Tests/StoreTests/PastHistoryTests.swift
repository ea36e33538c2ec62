import Engine
import Foundation
import Language
import StoreStage
import Testing
import Values

@testable import Store

/// What is read of histories, held against reading all of it.
@Suite("The past: histories")
struct PastHistoryTests {
  @Test("events between numbers and times, of a verdict")
  func bounds() throws {
    let (store, _) = try PastTests.watched(seed: 5, deeds: 70, "acme")
    defer { CollectingPolicy.remove(store) }
    try store.read { reader in
      let all = try reader.events(limit: 10_000)
      #expect(all.map(\.seq) == all.map(\.seq).sorted(by: >))
      #expect(try reader.events(oldestFirst: true, limit: 10_000) == all.reversed())
      let (low, high) = (all[all.count / 3 * 2], all[all.count / 3])
      let between = try reader.events(before: high.seq, after: low.seq, limit: 9)
      let expected = all.filter { $0.seq > low.seq && $0.seq < high.seq }
      #expect(between == Array(expected.prefix(9)))
      for verdict in ["allowed", "denied", "waiting", "conflict"] {
        #expect(try reader.events(verdict: verdict, limit: 10_000) == all.filter { $0.verdict == verdict })
      }
      let (from, to) = (low.countedAt ?? low.at, high.countedAt ?? high.at)
      let inPeriod = all.filter { event in
        let time = event.countedAt ?? event.at
        return time >= from && time < to
      }
      #expect(try reader.events(from: from, to: to, limit: 10_000) == inPeriod)
      #expect(all.contains { $0.isLate }, "one came late")
      #expect(try reader.events(limit: 0).isEmpty)
    }
  }

  @Test("movements of a period are all of them and no others", arguments: [1, 2, 3] as [UInt64])
  func movements(_ seed: UInt64) throws {
    let (store, _) = try PastTests.watched(seed: seed, deeds: 200, "acme")
    defer { CollectingPolicy.remove(store) }
    try store.read { reader in
      var all: [Movement] = []
      try reader.movements("acme") { all.append($0) }
      #expect(all.count > 20)
      let events = try reader.events(account: "acme", oldestFirst: true, limit: 10_000)
      let postings = try events.flatMap { try reader.postings(of: $0.seq) }
      #expect(all.map(\.posting) == postings)
      let times = Array(Set(all.map(\.posting.at))).sorted()
      for (index, start) in times.enumerated() {
        for end in [times[min(times.count - 1, index + 3)], start, nil] {
          var found: [Movement] = []
          try reader.movements("acme", from: start, to: end) { found.append($0) }
          let last = end ?? Int64.max
          #expect(found == all.filter { $0.posting.at >= start && $0.posting.at < last })
        }
      }
      let middle = all[all.count / 2].posting.event
      var early: [Movement] = []
      try reader.movements("acme", before: middle) { early.append($0) }
      #expect(early == all.filter { $0.posting.event < middle })
    }
  }

  @Test("changes of settings, of an account, of a key and of all")
  func settingChanges() throws {
    let store = try CollectingPolicy.store()
    defer { CollectingPolicy.remove(store) }
    let engine = try store.read { try $0.engine }
    let dollar = CollectingPolicy.dollar
    try store.write { writer in
      try writer.addAccount("acme")
      try writer.addKey("k1", to: "acme")
      try writer.change(engine.settingIndex("money.most"), to: .number(5 * dollar), key: "k1", account: "acme")
      try writer.change(engine.settingIndex("money.plan"), to: .text("pro"), account: "acme")
      try writer.change(engine.settingIndex("money.bonus"), to: .number(dollar), account: nil)
      try writer.change(engine.settingIndex("money.plan"), to: .text("basic"), account: "acme")
      try writer.change(engine.settingIndex("money.most"), to: .number(LanguageNone.value), key: "k1", account: "acme")
    }
    try store.read { reader in
      let plan = try reader.settingChanges(account: "acme", name: "money.plan")
      #expect(plan.map(\.after) == [.value(.text("pro")), .value(.text("basic"))])
      #expect(plan.map(\.before) == [.standard, .value(.text("pro"))])
      let most = try reader.settingChanges(account: "acme", name: "money.most")
      #expect(most.map(\.key) == ["k1", "k1"])
      #expect(most.map(\.after) == [.value(.number(5 * dollar)), .none])
      #expect(try reader.settingChanges(account: nil).map(\.name) == ["money.bonus"])
      #expect(try reader.settingChanges(account: "acme").count == 4)
      #expect(try reader.settingChanges(account: "acme", before: plan[1].event).count == 2)
    }
  }

  enum LanguageNone { static let value = ValueType.none }

  // MARK: - Names

  static func named(_ ids: [String], _ body: (StoreReader) throws -> Void) throws {
    let store = try CollectingPolicy.store()
    defer { CollectingPolicy.remove(store) }
    let engine = try store.read { try $0.engine }
    try store.write { writer in
      for name in ["acme", "acme two", "åke", "blue"] { try writer.addAccount(name) }
      for (index, id) in ids.enumerated() {
        let at = CollectingPolicy.start
        _ = try writer.submit(
          engine.calling("grant", id: id, at: at, ["amount": .number(1)]), to: index % 2 == 0 ? "acme" : "blue")
      }
    }
    try store.read(body)
  }

  @Test("names that begin like a word")
  func prefixes() throws {
    try Self.named(["r1", "r2", "r10", "x", "Ω1", "r\u{10FFFE}"]) { reader in
      func names(_ prefix: String, _ limit: Int = 9) throws -> [String] {
        try reader.accountNames(prefix: prefix, limit: limit)
      }
      func ids(_ prefix: String, _ account: String? = nil, _ limit: Int = 9) throws -> [String] {
        try reader.eventIDs(prefix: prefix, account: account, limit: limit)
      }
      let some = (try names("ac"), try names("ac", 1), try names("å"), try names("zz"), try names(""))
      #expect(some.0 == ["acme", "acme two"] && some.1 == ["acme"] && some.2 == ["åke"])
      #expect(some.3.isEmpty && some.4.count == 4)
      let (all, own, one) = (try ids("r"), try ids("r", "acme"), try ids("r1", nil, 1))
      #expect(Set(all) == ["r1", "r2", "r10", "r\u{10FFFE}"])
      #expect(own == ["r10", "r1"], "the newest first")
      #expect(one.count == 1)
      let (any, given, omega) = (try ids(""), try ids("#"), try ids("Ω"))
      #expect(any.count == 6 && any.allSatisfy { !$0.hasPrefix("#") })
      #expect(!given.isEmpty && given.allSatisfy { $0.hasPrefix("#") })
      #expect(omega == ["Ω1"])
    }
  }

  @Test("the nearest ids of one that nobody knows")
  func nearest() throws {
    try Self.named(["req_981", "req_982", "req_9", "order-7", "topup-1"]) { reader in
      func near(_ word: String) throws -> [String] { try reader.nearestEventIDs(to: word) }
      let (request, order, topup) = (try near("req_918"), try near("order_7"), try near("tpoup-1"))
      #expect(request.first == "req_981" && Set(request) == ["req_981", "req_982", "req_9"])
      #expect(order.first == "order-7" && topup.first == "topup-1")
      let (long, none) = (try near(String(repeating: "r", count: 10_000)), try near(""))
      #expect(long.count <= 3 && none.isEmpty)
    }
  }

  @Test("they are found by index, however many there are")
  func indexes() throws {
    try Self.named(["a"]) { reader in
      for (sql, index) in [
        ("SELECT id, account FROM event WHERE id >= ?1 AND id < ?2 ORDER BY id", "event_by_id (id>? AND id<?)"),
        ("SELECT id, account FROM event WHERE id < ? ORDER BY id DESC", "event_by_id (id<?)"),
        ("SELECT id FROM event WHERE account = ?1 ORDER BY seq DESC LIMIT ?2", "event_by_account (account=?)"),
        ("SELECT name FROM account WHERE name >= ?1 AND name < ?2 ORDER BY name LIMIT ?3", "(name>? AND name<?)"),
      ] {
        var lines: [String] = []
        try reader.statements["EXPLAIN QUERY PLAN " + sql].forEach { lines.append($0.text(3)) }
        #expect(lines.count == 1 && lines[0].contains("SEARCH") && lines[0].contains(index), "\(lines)")
      }
    }
  }
}
