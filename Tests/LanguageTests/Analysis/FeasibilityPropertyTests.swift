import FoundationEssentials
import Language
import Testing
import Values

/// The solver against trying out every value.
@Suite struct FeasibilityPropertyTests {
  static let programs = 1_500
  static let questionsEach = 4

  @Test func agreesWithTryingEveryValue() {
    let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("feasibility against enumeration: PAYG_SEED=\(seed)")
    var (impossible, possible, unknown) = (0, 0, 0)
    for round in 0..<UInt64(FeasibilityPropertyTests.programs) {
      var conditions = RandomConditions(seed: seed &+ round)
      let feasibility = Feasibility(conditions.program)
      for _ in 0..<FeasibilityPropertyTests.questionsEach {
        let count = Int.random(in: 1...4, using: &conditions.random)
        let claims = (0..<count).map { _ in
          Feasibility.Claim(
            conditions.condition(Int.random(in: 0...3, using: &conditions.random)),
            Bool.random(using: &conditions.random))
        }
        func holds(_ facts: [Int64]) -> Bool {
          claims.allSatisfy { (conditions.meaning($0.condition, facts) != 0) == $0.holds }
        }
        let example = RandomConditions.assignments.first(where: holds)
        switch feasibility.ask(claims) {
        case .impossible:
          impossible += 1
          if let example {
            Issue.record("PAYG_SEED=\(seed) round \(round): called impossible, holds at \(example): \(claims)")
            return
          }
        case .possible(let witness):
          possible += 1
          let facts = RandomConditions.facts.map { witness.value(of: $0, in: conditions.program) }
          if !holds(facts) || example == nil {
            Issue.record("PAYG_SEED=\(seed) round \(round): does not hold at \(facts): \(claims)")
            return
          }
        case .unknown: unknown += 1
        }
      }
    }
    print("\(impossible) impossible, \(possible) possible, \(unknown) unknown")
    let all = FeasibilityPropertyTests.programs * FeasibilityPropertyTests.questionsEach
    #expect(impossible > all / 10 && possible > all / 10)
    #expect(unknown < all / 50, "PAYG_SEED=\(seed): \(unknown) of \(all) undecided")
  }
}
