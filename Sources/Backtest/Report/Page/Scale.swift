import Diagnostics

/// Where amounts stand along an axis, with ticks at round ones. Lengths are in tenths of a unit of the drawing.
struct Scale {
  enum Unit {
    /// Nano-dollars.
    case money
    case count
  }

  let low: Int64
  let high: Int64
  let ticks: [Int64]
  let unit: Unit

  /// Amounts further from zero are drawn at the end: sums of ticks must not overflow.
  private static let furthest: Int64 = 4_000_000_000_000_000_000

  /// - Parameters:
  ///   - most: how many steps between ticks there should be at most.
  init(_ lowest: Int64, _ highest: Int64, _ unit: Unit, most: Int = 4) {
    self.unit = unit
    let lowest = max(-Self.furthest, min(Self.furthest, lowest))
    let highest = max(lowest, min(Self.furthest, highest))
    let smallest: Int64 = 1
    var step = smallest
    var turn = 0
    // 1, 2, 5, 10, 20, 50 …
    while (Int128(highest) - Int128(lowest) + Int128(step) - 1) / Int128(step) > Int128(most), step < Self.furthest {
      step = turn % 3 == 1 ? step / 2 * 5 : step * 2
      turn += 1
    }
    func below(_ value: Int64) -> Int64 { value - ((value % step) + step) % step }
    let start = below(lowest)
    var end = below(highest)
    if end < highest || end == start { end += step }
    low = start
    high = end
    ticks = Array(stride(from: start, through: end, by: Int64.Stride(step)))
  }

  /// How far along a length an amount is.
  func place(_ value: Int64, of length: Int) -> Int {
    let value = max(low, min(high, value))
    return Int((Int128(value) - Int128(low)) * Int128(length) / (Int128(high) - Int128(low)))
  }

  /// `$20`, `$0.05`, `$12k`, `1,500`
  func label(_ value: Int64) -> String {
    switch unit {
    case .count: return Self.short(value, "")
    case .money:
      let nano: Int64 = 1_000_000_000
      if value % nano == 0 { return Self.short(value / nano, "$") }
      // A tick between dollars is a round amount, so its exact text is short; cents are always two.
      let digits = Figures.exact(value) ?? Figures.money(value)
      return digits
    }
  }

  private static func short(_ value: Int64, _ sign: String) -> String {
    let minus = value < 0 ? "−" : ""
    let magnitude = Int64(clamping: value.magnitude)
    for (unit, letter) in [(Int64(1_000_000_000), "B"), (1_000_000, "M"), (1_000, "k")]
    where magnitude >= 10 * unit || (magnitude >= unit && magnitude % unit == 0) {
      let tenths = magnitude / (unit / 10)
      return "\(minus)\(sign)\(tenths / 10)\(tenths % 10 == 0 ? "" : ".\(tenths % 10)")\(letter)"
    }
    return "\(minus)\(sign)\(Count.text(Int(clamping: magnitude)))"
  }
}
