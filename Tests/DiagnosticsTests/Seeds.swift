import FoundationEssentials
import Values

/// A generator with a fresh seed, printed so that a failure can be run again with `PAYG_SEED=…`.
func seededGenerator(_ name: String) -> (random: SeededGenerator, seed: UInt64) {
  let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
  let seed = given ?? UInt64.random(in: 0...UInt64.max)
  print("\(name): PAYG_SEED=\(seed)")
  return (SeededGenerator(seed: seed), seed)
}
