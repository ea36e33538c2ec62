import Engine
import Foundation
import Language
import Ledger
import StoreStage
import Testing
import Values

@testable import Store

/// Accounts as they were, held against a memory that watched.
@Suite("The past")
struct PastTests {
  /// Everything that decisions need of an account, as text.
  static func text(_ state: AccountState, _ engine: RuleEngine) -> String {
    var state = state
    state.letGo()
    return "\(AccountRows(state, SlotMap(engine.compiled))) \(engine.globals)"
  }

  /// What an account was after each event of the store that is about it or about all accounts.
  struct Watch {
    var after: [(seq: Int64, at: Int64, text: String, clock: Int64, isThere: Bool)] = []
  }

  /// A store of random deeds, watched by one who reads it after each.
  static func watched(seed: UInt64, deeds count: Int, _ account: String) throws -> (store: AccountStore, watch: Watch) {
    let store = try CollectingPolicy.store()
    try AuditedStore.hurry(store)
    var watch = Watch()
    func look() throws {
      try store.read { reader in
        let last = reader.memory.lastEvent
        if watch.after.last?.seq == last { return }
        let at = try reader.events(limit: 1).first?.at ?? 0
        guard try reader.hasAccount(account) else {
          watch.after.append((last, at, "", 0, false))
          return
        }
        let state = try reader.account(account)
        watch.after.append((last, at, text(state, try reader.engine), state.clock, true))
      }
    }
    try look()
    for name in AuditedStore.accounts {
      try store.write { try $0.addAccount(name) }
      try look()
      for key in ["k1", "k2"] {
        try store.write { try $0.addKey(key, to: name) }
        try look()
      }
    }
    let bank = SeededBank(seed: seed, faults: 10)
    var deeds = RandomDeeds(seed: seed, try store.read { try $0.engine })
    for number in 0..<count {
      if number == count / 3 || number == 2 * count / 3 {
        let policy = number == count / 3 ? CollectingPolicy.later : CollectingPolicy.files
        _ = try? store.write { try $0.usePolicy(policy) }
        deeds = deeds.under(try store.read { try $0.engine })
        try look()
      }
      let deed = try deeds.next()
      try store.write { try $0.moveClock(to: deeds.clock) }
      try look()
      let name = deeds.pick(AuditedStore.accounts)
      do {
        switch deed {
        case .submit(let call):
          // Step by step, so that nothing happens that nobody sees.
          _ = try store.write { try $0.submit(call, to: name) }
        case .addKey(let key): try store.write { try $0.addKey(key, to: name) }
        case .adjust(let amount): try store.write { try $0.adjust(bucket: 1, to: amount, account: name) }
        case .set(let setting, let value, let key):
          try store.write { try $0.change(setting, to: value, key: key, account: name) }
        case .setGlobal(let setting, let value): try store.write { try $0.change(setting, to: value, account: nil) }
        }
      } catch is StoreFault {}
      try look()
      if deeds.chance(20) {
        for entry in try store.read({ try $0.outbox() }).prefix(2) {
          let answer = bank.answer(entry.request)
          do {
            try store.write { _ = try $0.answer(answer, to: entry.request.key) }
          } catch is StoreFault {}
          try look()
          for waiting in try store.read({ try $0.strandedEvents() }) {
            _ = try? store.write { try $0.resume(event: waiting.event) }
            try look()
          }
        }
      }
    }
    return (store, watch)
  }

  static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? [1, 2, 3, 4, 5, 6]

  @Test("just before and just after every event, an account is what it was", arguments: seeds)
  func everyEvent(_ seed: UInt64) throws {
    let (store, watch) = try Self.watched(seed: seed, deeds: 70, "acme")
    defer { CollectingPolicy.remove(store) }
    var looked = 0
    // A store of its own for each question, and one that goes on from what it knows.
    let again = try AccountStore.open(store.path, .read, compile: CollectingPolicy.compile)
    var order = Array(watch.after.indices)
    var random = SeededGenerator(seed: seed)
    order.shuffle(using: &random)
    for index in order where watch.after[index].isThere {
      let (seq, _, expected, clock, _) = watch.after[index]
      // Between two looks there may be several events; only their ends were seen.
      let after = try again.read { try $0.account("acme", at: .after(seq)) }
      #expect(Self.text(after.state, after.engine) == expected, "after \(seq), seed \(seed)")
      #expect(after.state.clock == clock)
      let next = index + 1 < watch.after.count ? watch.after[index].seq + 1 : Int64.max
      let before = try again.read { try $0.account("acme", at: .before(next)) }
      #expect(Self.text(before.state, before.engine) == expected, "before \(next), seed \(seed)")
      looked += 1
    }
    #expect(looked > 60)
    let fresh = try AccountStore.open(store.path, .read, compile: CollectingPolicy.compile)
    for index in order.prefix(6) where watch.after[index].isThere {
      let seq = watch.after[index].seq
      let after = try fresh.read { try $0.account("acme", at: .after(seq)) }
      #expect(Self.text(after.state, after.engine) == watch.after[index].text, "fresh, after \(seq), seed \(seed)")
    }
    let now = try again.read { try $0.account("acme", at: .now) }
    #expect(Self.text(now.state, now.engine) == watch.after.last?.text)
  }

  @Test("as of a time: up to the last event that counts as of then", arguments: seeds)
  func everyTime(_ seed: UInt64) throws {
    let (store, _) = try Self.watched(seed: seed, deeds: 60, "acme")
    defer { CollectingPolicy.remove(store) }
    try store.read { reader in
      let events = try reader.events(account: "acme", oldestFirst: true, limit: 10_000)
      // What each counts as, by the account before it: the definition once more.
      var counts: [Int64] = []
      for event in events {
        let clock = try event.seq == events[0].seq ? 0 : reader.account("acme", at: .before(event.seq)).state.clock
        counts.append(max(event.at, clock))
        if let told = event.countedAt { #expect(told == max(event.at, clock), "event \(event.seq), seed \(seed)") }
      }
      var late = 0
      for time in Set(counts).sorted() {
        guard let last = counts.lastIndex(where: { $0 <= time }) else { continue }
        if counts[..<last].contains(where: { $0 > time }) { late += 1 }
        let expected = try reader.account("acme", at: .after(events[last].seq))
        let found = try reader.account("acme", at: .time(time))
        var bare = found.state
        bare.letGo()
        #expect(found.lastEvent == events[last].seq, "time \(time), seed \(seed)")
        #expect(
          "\(AccountRows(bare, SlotMap(found.engine.compiled)).books)"
            == "\(AccountRows(expected.state, SlotMap(expected.engine.compiled)).books)")
        #expect(found.at == time)
      }
      #expect(throws: StoreFault.self) { try reader.account("acme", at: .time(CollectingPolicy.start - 1)) }
      #expect(throws: StoreFault.self) { try reader.account("acme", at: .before(1)) }
      #expect(throws: StoreFault.self) { try reader.account("nobody", at: .before(1)) }
    }
  }

  @Test("every decision is taken again from just before it")
  func decisionsAgain() throws {
    var conflicts = 0
    for seed in Self.seeds.prefix(3) {
      let (store, _) = try Self.watched(seed: seed, deeds: 160, "acme")
      defer { CollectingPolicy.remove(store) }
      try store.read { reader in
        for event in try reader.events(account: "acme", oldestFirst: true, limit: 10_000) {
          guard let verdict = event.verdict, let (taken, _) = try reader.decision(of: event.seq) else { continue }
          let before = try reader.account("acme", at: .before(event.seq))
          var state = before.state
          let map = SlotMap(before.engine.compiled)
          guard let index = map.event(named: event.kind),
            let call = FieldText(map: map).call(index, id: event.id, at: event.at, json: event.fields)
          else {
            Issue.record("event \(event.seq) cannot be read")
            continue
          }
          if taken.collections.isEmpty == false, verdict != "waiting" { continue }
          let resumes = try AuditedStore.values("SELECT resumes FROM event WHERE seq = \(event.seq)", reader)
          if resumes != [["NULL"]] { continue }
          let decision = try before.engine.submit(try before.engine.input(call, in: &state), to: &state)
          #expect(decision.verdict.rawValue == verdict, "event \(event.seq), seed \(seed)")
          #expect(decision.amount == event.amount)
          #expect(before.at == taken.at || decision.at == taken.at)
          if verdict == "conflict" { conflicts += 1 }
        }
      }
    }
    // One seed alone need not have any.
    #expect(conflicts > 0 || Self.seeds.count == 1)
  }

  @Test("a hold that is settled by now is open before the event that settled it")
  func settledHolds() throws {
    let store = try CollectingPolicy.store()
    defer { CollectingPolicy.remove(store) }
    let (dollar, start) = (CollectingPolicy.dollar, CollectingPolicy.start)
    let engine = try store.read { try $0.engine }
    let settle = try store.write { writer in
      try writer.addAccount("acme")
      _ = try writer.submit(engine.calling("grant", id: "g", at: start, ["amount": .number(9 * dollar)]), to: "acme")
      _ = try writer.submit(engine.calling("begin", id: "h", at: start, ["cost": .number(dollar)]), to: "acme")
      let settled = try writer.submit(
        engine.calling("settle", id: "s", at: start, ["hold": .text("h"), "cost": .number(dollar / 2)]), to: "acme")
      #expect(settled.decision.isAllowed)
      return settled.event
    }
    let again = try store.write {
      try $0.submit(
        engine.calling("settle", id: "s2", at: start, ["hold": .text("h"), "cost": .number(dollar)]), to: "acme")
    }
    try store.read { reader in
      let before = try reader.account("acme", at: .before(settle))
      let hold = try #require(before.state.hold("h"))
      #expect(before.state.holds[hold].state == .open)
      #expect(before.state.openHolds == [hold])
      #expect(before.lastEvent == settle - 1)
      // The second one is denied because the hold is settled: so it has to be there.
      let later = try reader.account("acme", at: .before(again.event))
      #expect(later.state.hold("h").map { later.state.holds[$0].state } == .settled)
      let asked = try reader.account("acme", at: .now, holds: ["h"])
      #expect(asked.state.hold("h").map { asked.state.holds[$0].state } == .settled)
      #expect(try reader.account("acme", at: .now).state.hold("h") == nil)
    }
  }

  @Test("as of now needs no policy but that of now: an earlier one may not compile here")
  func lostPolicies() throws {
    let (store, watch) = try Self.watched(seed: 4, deeds: 40, "acme")
    defer { CollectingPolicy.remove(store) }
    let first = try store.read {
      try $0.policyFiles(hash: CollectingPolicy.compile(CollectingPolicy.files).program.hash)
    }
    try store.write { _ = try? $0.usePolicy(CollectingPolicy.later) }
    guard try store.read({ try $0.policyFiles() }) != first else { return }
    let again = try AccountStore.open(store.path, .read) { files throws(PolicyFault) in
      if files == first { throw PolicyFault("it needs a plugin") }
      return try CollectingPolicy.compile(files)
    }
    try again.read { reader in
      _ = try reader.account("acme", at: .now)
      _ = try reader.engine(at: .now)
      _ = try reader.account("acme", at: .now, under: reader.engine)
      #expect(throws: StoreFault.self) { try reader.account("acme", at: .after(watch.after[9].seq)) }
    }
    let stage = try QueryStage(again)
    #expect(try stage.rows("select * from balances").count == 2)
    #expect(try stage.rows("select * from policies").count > 1)
  }

  @Test("a replay can be cancelled, and says how far it is")
  func cancelling() throws {
    struct Enough: Error {}
    let (store, watch) = try Self.watched(seed: 4, deeds: 40, "acme")
    defer { CollectingPolicy.remove(store) }
    try store.read { reader in
      #expect(throws: Enough.self) {
        try reader.account("acme", at: .after(watch.after[watch.after.count - 5].seq)) { _, _ in throw Enough() }
      }
      var told: [(Int, Int)] = []
      _ = try reader.account("acme", at: .after(watch.after[watch.after.count - 5].seq)) { told.append(($0, $1)) }
      #expect(told.last.map { $0.0 == $0.1 } == true)
    }
  }

  // MARK: - Under another policy

  @Test("under a candidate an account is what a change of policy would leave", arguments: seeds)
  func candidates(_ seed: UInt64) throws {
    let (store, _) = try Self.watched(seed: seed, deeds: 18, "acme")
    defer { CollectingPolicy.remove(store) }
    let current = try store.read { try $0.policyHash }
    let files =
      try CollectingPolicy.compile(CollectingPolicy.later).program.hash == current
      ? CollectingPolicy.files : CollectingPolicy.later
    let candidate = try CollectingPolicy.compile(files)
    let found = Result { try store.read { try $0.account("acme", at: .now, under: candidate) } }
    let last = try store.read { $0.memory.lastEvent }
    // The other account may be in the way, too.
    let other = Result { try store.read { try $0.account("blue", at: .now, under: candidate) } }
    let changed = Result { try store.write { try $0.usePolicy(files) } }
    switch (found, other, changed) {
    case (.success(let state), .success, .success):
      let after = try store.read { try $0.account("acme") }
      #expect(Self.text(state, candidate) == Self.text(after, candidate), "seed \(seed)")
      // And as it was, from then.
      let past = try store.read { try $0.account("acme", at: .after(last), under: candidate) }
      #expect(Self.text(past, candidate) == Self.text(after, candidate), "past, seed \(seed)")
    case (.failure(let error), _, .failure(let change)), (_, .failure(let error), .failure(let change)):
      let (told, said) = ((error as? StoreFault)?.message ?? "", (change as? StoreFault)?.message ?? "?")
      #expect(told.hasPrefix("the policy has no place for what accounts have: "))
      #expect(said.hasPrefix("the policy has no place for what accounts have: "))
    default: Issue.record("seed \(seed): \(found) \(other) \(changed)")
    }
  }

  @Test("a candidate takes over the global settings of then, or says that it cannot")
  func candidateGlobals() throws {
    let store = try CollectingPolicy.store()
    defer { CollectingPolicy.remove(store) }
    let engine = try store.read { try $0.engine }
    let bonus = engine.settingIndex("money.bonus")
    try store.write { try $0.change(bonus, to: .number(CollectingPolicy.dollar), account: nil) }
    let set = try store.read { $0.memory.lastEvent }
    try store.write { try $0.change(bonus, to: .number(2 * CollectingPolicy.dollar), account: nil) }
    try store.read { reader in
      let other = try CollectingPolicy.compile(CollectingPolicy.later)
      #expect(try reader.candidate(other, at: .now).globals == reader.engine.globals)
      #expect(try reader.candidate(other, at: .after(set)).globals == reader.engine(at: .after(set)).engine.globals)
      #expect(try reader.engine(at: .before(set)).engine.globals != reader.engine.globals)
    }
  }
}

extension AuditedStore {
  static func values(_ sql: String, _ reader: StoreReader) throws -> [[String]] {
    var rows: [[String]] = []
    try reader.statements[sql].forEach { row in rows.append([row.isNull(0) ? "NULL" : row.text(0)]) }
    return rows
  }
}
