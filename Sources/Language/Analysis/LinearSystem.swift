/// Σ coefficient × variable + constant ≤ 0. Terms are sorted by variable, none is zero.
struct LinearRow: Hashable {
  struct Term: Hashable {
    var variable: Int
    var coefficient: Int128
  }

  var terms: [Term] = []
  var constant: Int128 = 0

  /// The same divided by the common divisor of its coefficients, the constant rounded towards the stricter side: exact for
  /// whole numbers.
  var reduced: LinearRow {
    var divisor: Int128 = 0
    for term in terms {
      guard term.coefficient != .min else { return self }
      divisor = commonDivisor(divisor, abs(term.coefficient))
    }
    guard divisor > 1 else { return self }
    return LinearRow(
      terms: terms.map { Term(variable: $0.variable, coefficient: $0.coefficient / divisor) },
      constant: ceilingQuotient(constant, divisor))
  }

  /// This row plus `factor` × another; nil past 128 bits.
  func adding(_ other: LinearRow, times factor: Int128) -> LinearRow? {
    var result = LinearRow()
    guard let change = product(other.constant, factor), let constant = total(constant, change) else { return nil }
    result.constant = constant
    var mine = terms[...]
    var theirs = other.terms[...]
    while let next = [mine.first?.variable, theirs.first?.variable].compactMap({ $0 }).min() {
      var coefficient: Int128 = 0
      if let term = mine.first, term.variable == next {
        coefficient = term.coefficient
        mine.removeFirst()
      }
      if let term = theirs.first, term.variable == next {
        guard let change = product(term.coefficient, factor), let sum = total(coefficient, change) else { return nil }
        coefficient = sum
        theirs.removeFirst()
      }
      if coefficient != 0 { result.terms.append(Term(variable: next, coefficient: coefficient)) }
    }
    return result
  }
}

/// Whole-number variables between bounds, and rows that must hold.
struct LinearSystem {
  private(set) var low: [Int128] = []
  private(set) var high: [Int128] = []
  private(set) var rows: [LinearRow] = []
  /// Whether any row named the variable.
  private(set) var isTouched: [Bool] = []
  /// Proved to have no solution.
  private(set) var isRefuted = false

  /// How often bounds are passed from row to row. Chains of conditions are short; what is left is found by elimination.
  static let propagationRounds = 8

  mutating func addVariable(_ low: Int128, _ high: Int128) {
    self.low.append(low)
    self.high.append(high)
    isTouched.append(false)
    if low > high { isRefuted = true }
  }

  mutating func assert(_ row: LinearRow) {
    let row = row.reduced
    for term in row.terms { isTouched[term.variable] = true }
    switch row.terms.count {
    case 0: if row.constant > 0 { isRefuted = true }
    case 1: tighten(row.terms[0].variable, row.terms[0].coefficient, by: row.constant)
    default: if !rows.contains(row) { rows.append(row) }
    }
  }

  mutating func bound(_ variable: Int, _ lowest: Int128, _ highest: Int128) {
    low[variable] = max(low[variable], lowest)
    high[variable] = min(high[variable], highest)
    if low[variable] > high[variable] { isRefuted = true }
  }

  /// coefficient × variable + rest ≤ 0; whether a bound moved.
  @discardableResult
  private mutating func tighten(_ variable: Int, _ coefficient: Int128, by rest: Int128) -> Bool {
    guard rest != .min, coefficient != .min else { return false }
    if coefficient > 0 {
      let most = floorQuotient(-rest, coefficient)
      guard most < high[variable] else { return false }
      high[variable] = most
    } else {
      let least = ceilingQuotient(rest, -coefficient)
      guard least > low[variable] else { return false }
      low[variable] = least
    }
    if low[variable] > high[variable] { isRefuted = true }
    return true
  }

  /// The least value of a row's left side between the bounds; nil past 128 bits.
  func least(_ row: LinearRow) -> Int128? { extreme(row, takesHigh: { $0 < 0 }) }

  /// The greatest value of a row's left side between the bounds; nil past 128 bits.
  func greatest(_ row: LinearRow) -> Int128? { extreme(row, takesHigh: { $0 > 0 }) }

  private func extreme(_ row: LinearRow, takesHigh: (Int128) -> Bool) -> Int128? {
    var sum = row.constant
    for term in row.terms {
      let end = takesHigh(term.coefficient) ? high[term.variable] : low[term.variable]
      guard let part = product(term.coefficient, end), let next = total(sum, part) else { return nil }
      sum = next
    }
    return sum
  }

  /// Passes bounds from row to row.
  mutating func propagate() {
    for _ in 0..<LinearSystem.propagationRounds {
      var moved = false
      for row in rows {
        if isRefuted { return }
        guard let least = least(row) else { continue }
        if least > 0 {
          isRefuted = true
          return
        }
        for term in row.terms {
          let end = term.coefficient > 0 ? low[term.variable] : high[term.variable]
          guard let own = product(term.coefficient, end), let rest = total(least, -own) else { continue }
          if tighten(term.variable, term.coefficient, by: rest) { moved = true }
          if isRefuted { return }
        }
      }
      if !moved { return }
    }
  }
}

func commonDivisor(_ first: Int128, _ second: Int128) -> Int128 {
  var (a, b) = (first, second)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}

/// The quotient rounded down; the divisor is above zero.
func floorQuotient(_ numerator: Int128, _ divisor: Int128) -> Int128 {
  let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
  return rest < 0 ? quotient - 1 : quotient
}

/// The quotient rounded up; the divisor is above zero.
func ceilingQuotient(_ numerator: Int128, _ divisor: Int128) -> Int128 {
  let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
  return rest > 0 ? quotient + 1 : quotient
}
