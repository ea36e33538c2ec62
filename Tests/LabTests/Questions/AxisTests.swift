import Testing

@testable import Lab

@Suite("Looking along whole numbers")
struct AxisTests {
  @Test("the nearest turn is found on both sides, whatever the step", arguments: [1, 3, 10] as [Int64])
  func nearest(step: Int64) {
    for turn in stride(from: Int64(-40), through: 40, by: 1) {
      let axis = Axis(low: -50, high: 50, present: 0, steps: [step])
      let up = axis.search { turn > 0 ? $0 >= turn : $0 <= turn && turn < 0 }
      if turn == 0 {
        #expect(up == nil)
        continue
      }
      guard let up else {
        Issue.record("nothing at \(turn)")
        continue
      }
      #expect(turn > 0 ? up.value >= turn && up.value < turn + step : up.value <= turn && up.value > turn - step)
      #expect(up.isUp == (turn > 0))
    }
  }

  @Test("of two turns the nearer one is told, and an island between others is found by a hint")
  func islands() {
    let both = Axis(low: 0, high: 1_000, present: 500, steps: [1]).search { $0 <= 490 || $0 >= 600 }
    #expect(both?.value == 490 && both?.below == 491)
    let island = Axis(low: 0, high: 1_000_000, present: 0, steps: [1], hints: [333_333]).search {
      (333_300...333_340).contains($0)
    }
    #expect(island?.value == 333_300 && island?.goesOn == false)
  }

  @Test("without anything there the most, or else the least, is told")
  func nothingThere() {
    let most = Axis(low: 0, high: 900, present: nil, steps: [1]).search { $0 <= 17 }
    #expect(most?.value == 17 && most?.below == 18)
    let least = Axis(low: 0, high: 900, present: nil, steps: [1]).search { $0 >= 17 }
    #expect(least?.value == 17 && least?.below == 16)
    #expect(Axis(low: 0, high: 900, present: nil, steps: [1]).search { _ in false } == nil)
  }

  @Test("a step that is refused is not taken")
  func coarseSteps() {
    let find = Axis(low: 0, high: 1_000_000, present: 0, steps: [1, 20, 100]).search { $0 % 100 == 0 && $0 >= 4_321 }
    #expect(find?.value == 4_400 && find?.step == 100 && find?.below == 4_300)
    let round = Axis(low: 0, high: 1_000_000, present: 0, steps: [1, 20, 100]).search { $0 > 4_300 }
    #expect(round?.value == 4_400 && round?.below == 4_300)
    let odd = Axis(low: 0, high: 1_000_000, present: 0, steps: [1, 20, 100]).search { $0 >= 4_333 }
    #expect(odd?.value == 4_333 && odd?.below == 4_332)
  }

  @Test("the ends of 64 bits are no trap")
  func extremes() {
    for present in [Int64.min + 2, -1, 0, Int64.max] {
      let axis = Axis(
        low: Int64.min + 2, high: Int64.max, present: present, steps: [1, 1_000], hints: [Int64.max, Int64.min + 2])
      _ = axis.search { _ in false }
    }
    #expect(Axis.rounded(Int64.max, to: 1_000, up: true) == nil && Axis.rounded(-1, to: 10, up: false) == -10)
  }
}
