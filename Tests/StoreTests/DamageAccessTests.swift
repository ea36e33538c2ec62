import StoreStage
import Testing

@Suite("Files that may not be written")
struct DamageAccessTests {
  @Test("what may not be read or written is refused with a word and left as it is")
  func locked() throws {
    try StagePlace.withFolder { folder in
      let (status, text) = try StagePlace.run("stress", ["locked", folder])
      #expect(status == 0, "\(text)")
      #expect(text.contains("444 777 writing"))
    }
  }
}
