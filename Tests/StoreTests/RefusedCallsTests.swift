import Engine
import Language
import Ledger
import Testing

@testable import Store

/// What a store does not take: once it is kept, nobody could tell it from something else.
@Suite("Calls that are refused")
struct RefusedCallsTests {
  static let account = "acme"
  static let dollar = CollectingPolicy.dollar
  static let start = CollectingPolicy.start

  private func stage(_ policy: [PolicyFile] = CollectingPolicy.files) throws -> AccountStore {
    let store = try CollectingPolicy.store(policy)
    try store.write { writer in
      try writer.addAccount(Self.account)
      try writer.addKey("k1", to: Self.account)
    }
    return store
  }

  private func refusal(_ body: () throws -> Void) -> StoreFault? {
    do {
      try body()
      return nil
    } catch {
      return error as? StoreFault
    }
  }

  @Test("numbers that stand for none", arguments: [Int64.min, Int64.min + 1])
  func sentinels(number: Int64) throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    let fault = refusal {
      try store.write { writer in
        let call = try writer.engine.calling(
          "request", id: "r1", at: Self.start, ["key": .text("k1"), "cost": .number(number)])
        _ = try writer.submit(call, to: Self.account)
      }
    }
    #expect(fault?.message == "`request.cost` has no value that can be kept")
    #expect(try store.read { try $0.events(id: "r1", limit: 1) } == [])
    #expect(try store.audit().findings == [])
  }

  @Test("ids that would change a terminal, or have no end", arguments: ["a\nb", "a\u{1B}[31m", "\0", "\u{7F}"])
  func ids(id: String) throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    for id in [id, String(repeating: "x", count: StoreWriter.idLimit + 1)] {
      let fault = refusal {
        try store.write { writer in
          let call = try writer.engine.calling("grant", id: id, at: Self.start, ["amount": .number(Self.dollar)])
          _ = try writer.submit(call, to: Self.account)
        }
      }
      #expect(fault?.message.hasPrefix("the id has control characters") == true)
    }
  }

  @Test("a known id is the same event, or it is told")
  func knownIds() throws {
    let store = try stage()
    defer { CollectingPolicy.remove(store) }
    try store.write { writer in
      var call = try writer.engine.calling("grant", id: "g1", at: Self.start, ["amount": .number(Self.dollar)])
      #expect(try writer.isKnown(call, account: Self.account) == false)
      _ = try writer.submit(call, to: Self.account)
      #expect(try writer.isKnown(call, account: Self.account))
      call.at -= 1
      #expect(refusal { _ = try writer.isKnown(call, account: Self.account) }?.message.contains("another time") == true)
      call.at += 1
      call.fields[0] = .number(2 * Self.dollar)
      #expect(
        refusal { _ = try writer.isKnown(call, account: Self.account) }?.message.contains("another `amount`") == true)
    }
  }

  @Test("a policy in which a setting's number means something else", arguments: ["duration", "tokens"])
  func types(type: String) throws {
    func files(_ type: String) -> [PolicyFile] {
      let text = CollectingPolicy.text + "\nsetting note: \(type) or none = none\n"
      return [PolicyFile(name: "money/policy.rules", bytes: Array(text.utf8))]
    }
    let store = try stage(files("money"))
    defer { CollectingPolicy.remove(store) }
    try store.write { writer in
      try writer.change(
        try writer.engine.settingIndex("money.note"), to: .number(5 * Self.dollar), account: Self.account)
    }
    let fault = refusal { try store.write { _ = try $0.usePolicy(files(type)) } }
    #expect(fault?.message.contains("a value that `money.note` has") == true, "\(fault?.message ?? "it was taken")")
    #expect(try store.audit().findings == [])
  }
}
