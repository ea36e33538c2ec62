import Engine
import Ledger
import Testing

@testable import Store

/// What a provider says may come by another way than by asking it: its own call back, an event like any other.
@Suite("Answers that come by themselves")
struct CalledBackTests {
  static let account = "acme"
  static let dollar = CollectingPolicy.dollar

  /// A store with a charge of $20 that waits, and the payment's key.
  private func waiting() throws -> (store: AccountStore, key: String) {
    let store = try CollectingPolicy.store()
    let key = try store.write { writer in
      try writer.addAccount(Self.account)
      let engine = try writer.engine
      try writer.change(engine.settingIndex("money.card"), to: .text("visa"), account: Self.account)
      let call = try engine.calling("add", id: "t1", at: CollectingPolicy.start, ["amount": .number(20 * Self.dollar)])
      let answer = try writer.submit(call, to: Self.account)
      #expect(answer.decision.verdict == .waiting && answer.requests.count == 1)
      return try writer.account(Self.account).payments[0].key
    }
    return (store, key)
  }

  private func tell(_ store: AccountStore, _ event: String, _ key: String, id: String) throws {
    let answer = try store.write { writer in
      try writer.submit(
        try writer.engine.calling(event, id: id, at: CollectingPolicy.start, ["payment": .text(key)]), to: Self.account)
    }
    #expect(answer.decision.isAllowed)
  }

  @Test("nobody is asked for what is answered", arguments: ["paid", "declined", "failed"], ["its key", "another id"])
  func closesTheRequest(answer: String, id: String) throws {
    let (store, key) = try waiting()
    defer { CollectingPolicy.remove(store) }
    try tell(store, answer, key, id: id == "its key" ? key : "evt_1")
    #expect(try store.read { try $0.outbox() } == [])
    let bank = SeededBank(seed: 1)
    let report = try store.drain(asking: bank)
    #expect(bank.requests.isEmpty && report.resumed == 1, "\(report)")
    let account = try store.read { try $0.account(Self.account) }
    #expect(account.payments.map(\.state.word) == [answer])
    #expect(account.sumOfBooks == 0)
    #expect(try store.audit().findings == [])
  }

  @Test("money that arrives after a no has arrived, and the request says so")
  func lateMoney() throws {
    let (store, key) = try waiting()
    defer { CollectingPolicy.remove(store) }
    try store.write { writer in
      let request = try writer.outbox()[0].request.key
      #expect(try writer.answer(.declined("insufficient funds"), to: request) != nil)
    }
    try tell(store, "paid", key, id: "evt_2")
    let account = try store.read { try $0.account(Self.account) }
    #expect(account.payments.map(\.state) == [.paid])
    #expect(try store.audit().findings == [])
  }
}

@Suite("Keys of the world")
struct WorldKeyTests {
  @Test("two requests never have one key, whatever accounts and events are called")
  func keysDiffer() {
    let names = ["a", "a/b", "a%2fb", "a%", "a%25", "/", ""]
    let keys = ["b/c#1", "c#1", "/c#1", "2fb/c#1"]
    let all = names.flatMap { name in keys.map { WorldKey.key($0, account: name, store: "s") } }
    #expect(Set(all).count == all.count, "\(all.sorted())")
  }
}
