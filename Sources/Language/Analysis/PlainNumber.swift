import Values

/// Picks numbers that people find plain, for examples: nothing, whole dollars, whole days.
enum PlainNumber {
  /// A number between two ends: the usual one if it lies there, else the one with the roundest unit nearest to it.
  static func between(_ low: Int128, _ high: Int128, near usual: Int64, _ type: ValueType) -> Int128 {
    let usual = usual == ValueType.none ? (type == .time ? FactDomain.anyTime : 0) : usual
    let wanted = Int128(usual)
    if wanted >= low, wanted <= high { return wanted }
    for step in steps(type) {
      if wanted < low {
        let number = ceilingQuotient(low, step) * step
        if number <= high { return number }
      } else {
        let number = floorQuotient(high, step) * step
        if number >= low { return number }
      }
    }
    return wanted < low ? low : high
  }

  private static func steps(_ type: ValueType) -> [Int128] {
    switch type {
    case .money: [1_000_000_000, 10_000_000, 1_000_000, 1_000]
    case .rate: [1_000_000]
    case .tokens: [1_000]
    case .time: [86_400_000_000, 3_600_000_000, 1_000_000]
    case .duration: [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000]
    default: []
    }
  }
}
