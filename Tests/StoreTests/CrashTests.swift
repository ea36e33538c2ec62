import Foundation
import StoreStage
import Testing

/// Programs that are killed, and many that use one store at once. The program `stress` does it, so that it can be run by hand
/// for as long as one likes: `stress kill FOLDER 10000`.
@Suite("Programs that are killed")
struct CrashTests {
  @Test("writers are killed at random moments, 100 at a time", arguments: [1, 2])
  func kills(part: Int) throws {
    try StagePlace.withFolder { folder in
      let seed = Int(ProcessInfo.processInfo.environment["PAYG_SEED"] ?? "") ?? Int.random(in: 1..<1_000_000_000)
      let (status, text) = try StagePlace.run("stress", ["kill", folder, "100", "\(seed + part)"])
      print(text)
      #expect(status == 0, "\(text)")
      #expect(text.contains(" kills, "))
    }
  }
}
