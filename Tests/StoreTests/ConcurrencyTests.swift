import StoreStage
import Testing

@Suite("Many programs at once")
struct ConcurrencyTests {
  @Test("twenty programs send 500 requests each, and exactly those are allowed that the account can pay")
  func race() throws {
    try StagePlace.withFolder { folder in
      let (status, text) = try StagePlace.run("stress", ["race", folder, "20", "500", "3000"])
      print(text)
      #expect(status == 0, "\(text)")
      #expect(text.contains("3000 of 10000 requests of 20 programs were allowed"))
    }
  }
}
