import FoundationEssentials
import Testing
import Values

/// A generator with a fresh seed, printed so that a failure can be run again with `PAYG_SEED=…`.
func seededGenerator(_ name: String) -> (random: SeededGenerator, seed: UInt64) {
  let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
  let seed = given ?? UInt64.random(in: 0...UInt64.max)
  print("\(name): PAYG_SEED=\(seed)")
  return (SeededGenerator(seed: seed), seed)
}

extension SeededGenerator {
  /// Numbers of every size: as many short ones as long ones, and both signs.
  mutating func anyInt64() -> Int64 { Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self) }
}

@Suite("seeded generator")
struct SeededGeneratorTests {
  @Test("gives the published SplitMix64 numbers")
  func published() {
    var random = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }
}
