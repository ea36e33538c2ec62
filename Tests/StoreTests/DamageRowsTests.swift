import Foundation
import StoreStage
import Testing

@Suite("Rows that cannot be")
struct DamageRowsTests {
  @Test("a value that was changed behind a store's back is refused, found, or makes no difference")
  func changedValues() throws {
    try StagePlace.withFolder { folder in
      let usual = StagePlace.isThorough ? Int.random(in: 1..<1_000_000_000) : 5
      let seed = ProcessInfo.processInfo.environment["PAYG_SEED"] ?? "\(usual)"
      let (status, text) = try StagePlace.run(
        "stress", ["damage", folder, StagePlace.isThorough ? "5000" : "150", seed])
      print(text)
      #expect(status == 0, "\(text)")
      #expect(text.contains(" found by the audit"))
    }
  }
}
