import Engine
import Standard
import Testing

@Suite("A provider that says what it was told to")
struct ScriptedProviderTests {
  @Test("the list first, then the usual answer; the same key gets the same answer")
  func script() {
    var provider = ScriptedProvider([.declined("no funds"), .pending])
    #expect(provider.answer(.sample(key: "1")) == .declined("no funds"))
    #expect(provider.answer(.sample(key: "1")) == .declined("no funds"))
    #expect(provider.answer(.sample(key: "2")) == .pending)
    #expect(provider.answer(.sample(key: "3")) == .paid)
    provider.answers.append(.failed("network"))
    provider.otherwise = .pending
    #expect(provider.answer(.sample(key: "3")) == .paid)
    #expect(provider.answer(.sample(key: "4")) == .failed("network"))
    #expect(provider.answer(.sample(key: "5")) == .pending)
    #expect(provider.requests.map(\.key) == ["1", "1", "2", "3", "3", "4", "5"])
  }

  @Test("a key belongs to one request, and a copy goes its own way")
  func keys() {
    var provider = ScriptedProvider()
    #expect(provider.answer(.sample(key: "1")) == .paid)
    #expect(provider.answer(.sample(key: "1", amount: 1)) == .failed("the key `1` belongs to another request"))
    var copy = provider
    copy.otherwise = .pending
    #expect(copy.answer(.sample(key: "2")) == .pending && provider.answer(.sample(key: "2")) == .paid)
    #expect(provider.requests.count == 3 && copy.requests.count == 3)
  }
}
