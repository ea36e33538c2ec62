import Testing
import Values

@Suite("rounding")
struct RoundingTests {
  @Test(
    "divides by hand-made rows",
    arguments: [
      // numerator, divisor, up, down, half even, half up
      (7, 2, 4, 3, 4, 4), (5, 2, 3, 2, 2, 3), (-5, 2, -2, -3, -2, -2), (-7, 2, -3, -4, -4, -3), (6, 3, 2, 2, 2, 2),
      (-6, 3, -2, -2, -2, -2), (1, 3, 1, 0, 0, 0), (2, 3, 1, 0, 1, 1), (-1, 3, 0, -1, 0, 0), (-2, 3, 0, -1, -1, -1),
      (0, 5, 0, 0, 0, 0), (1, 2, 1, 0, 0, 1), (-1, 2, 0, -1, 0, 0), (3, 2, 2, 1, 2, 2), (-3, 2, -1, -2, -2, -1),
      (9, 1, 9, 9, 9, 9),
    ])
  func rows(numerator: Int, divisor: Int, up: Int, down: Int, halfEven: Int, halfUp: Int) {
    let expected: [Rounding: Int] = [.up: up, .down: down, .halfEven: halfEven, .halfUp: halfUp]
    for (rounding, quotient) in expected {
      #expect(Rounding.divide(Int128(numerator), by: Int64(divisor), rounding) == Int128(quotient), "\(rounding)")
    }
  }

  @Test("keeps to the definition of each rounding, on both paths")
  func definition() {
    var (random, seed) = seededGenerator("rounding definition")
    for _ in 0..<20_000 {
      let wide = Int128(random.anyInt64()) * (Bool.random(using: &random) ? 1 : Int128(random.anyInt64() >> 8))
      let divisor = max(1, random.anyInt64() & Int64.max)
      // Half of the time an exact half, or its neighbour: chance alone would never find one.
      let near =
        wide / Int128(divisor) * Int128(divisor) + Int128(divisor / 2) + Int128.random(in: -1...1, using: &random)
      let numerator = Bool.random(using: &random) ? wide : near
      let by = Int128(divisor)
      for rounding in Rounding.allCases {
        let quotient = Rounding.divide(numerator, by: divisor, rounding)
        let excess = quotient * by - numerator
        let holds =
          switch rounding {
          case .up: excess >= 0 && excess < by
          case .down: excess <= 0 && -excess < by
          case .halfUp: 2 * excess <= by && -2 * excess < by
          case .halfEven:
            (2 * excess).magnitude < by.magnitude || ((2 * excess).magnitude == by.magnitude && quotient % 2 == 0)
          }
        #expect(holds, "\(numerator) / \(divisor) \(rounding) gave \(quotient), PAYG_SEED=\(seed)")
      }
    }
  }

  @Test("divides the extremes", arguments: Rounding.allCases)
  func extremes(rounding: Rounding) {
    #expect(Rounding.divide(Int128(Int64.min), by: 1, rounding) == Int128(Int64.min))
    #expect(Rounding.divide(Int128.max, by: 1, rounding) == Int128.max)
    #expect(Rounding.divide(Int128.min, by: 1, rounding) == Int128.min)
    #expect(Rounding.divide(Int128(Int64.max), by: Int64.max, rounding) == 1)
    #expect(Rounding.divide(Int128(Int64.min), by: Int64.max, rounding) == (rounding == .down ? -2 : -1))
  }

  @Test(
    "rounds to a multiple, or gives nothing",
    arguments: [
      (1_234, 100, Rounding.up, 1_300), (1_234, 100, .down, 1_200), (-1_234, 100, .up, -1_200),
      (-1_234, 100, .down, -1_300), (150, 100, .halfEven, 200), (250, 100, .halfEven, 200), (250, 100, .halfUp, 300),
      (-250, 100, .halfUp, -200), (Int64.max, 10, .down, Int64.max - 7), (Int64.max, 10, .up, nil),
      (Int64.min, 10, .down, nil), (5, 0, .up, nil), (5, -3, .up, nil), (5, 1, .halfUp, 5),
    ] as [(Int64, Int64, Rounding, Int64?)])
  func multiples(value: Int64, quantum: Int64, rounding: Rounding, expected: Int64?) {
    #expect(rounding.round(value, toMultipleOf: quantum) == expected)
  }

  @Test("is named as in the language")
  func names() {
    #expect(Rounding.allCases.map(\.name) == ["up", "down", "half even", "half up"])
    for rounding in Rounding.allCases { #expect(Rounding(name: rounding.name) == rounding) }
    #expect(Rounding(name: "halfEven") == nil)
  }
}
