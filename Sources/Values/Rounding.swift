/// How a division gives a whole number.
///
/// Directions are those of the number line, not of the magnitude: `up` takes -1.5 to -1, `down` takes it to -2.
@frozen
public enum Rounding: UInt8, CaseIterable, Hashable, Sendable {
  /// To the next whole number above (toward +∞).
  case up
  /// To the next whole number below (toward −∞).
  case down
  /// To the nearest; an exact half goes to the even neighbour.
  case halfEven
  /// To the nearest; an exact half goes up (toward +∞).
  case halfUp
}

// MARK: - Arithmetic

extension Rounding {
  /// The quotient as a whole number.
  ///
  /// Exact for every numerator. Traps when `divisor` is not above zero: the rules are checked for that before they run.
  @inlinable
  public static func divide(_ numerator: Int128, by divisor: Int64, _ rounding: Rounding) -> Int128 {
    precondition(divisor > 0, "a divisor is above zero")
    if let small = Int64(exactly: numerator) {
      return Int128(quotient(small, divisor, rounding))
    }
    return quotient(numerator, Int128(divisor), rounding)
  }

  /// `value` taken to a multiple of `quantum` in this direction, or nil when that does not fit or `quantum` is not
  /// above zero.
  @inlinable
  public func round(_ value: Int64, toMultipleOf quantum: Int64) -> Int64? {
    guard quantum > 0 else { return nil }
    let count = Rounding.quotient(value, quantum, self)
    let (product, overflow) = count.multipliedReportingOverflow(by: quantum)
    return overflow ? nil : product
  }

  @inlinable
  static func quotient<Number: FixedWidthInteger>(
    _ numerator: Number, _ divisor: Number, _ rounding: Rounding
  ) -> Number {
    var (below, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
    if rest < 0 {
      below -= 1
      rest += divisor
    }
    // Now `below` is the floor and 0 ≤ rest < divisor. The halves are compared as rest against divisor − rest,
    // because twice the rest could overflow.
    let goesUp: Bool
    switch rounding {
    case .up: goesUp = rest != 0
    case .down: goesUp = false
    case .halfUp: goesUp = rest >= divisor - rest
    case .halfEven: goesUp = rest > divisor - rest || (rest == divisor - rest && below & 1 == 1)
    }
    return goesUp ? below + 1 : below
  }
}

// MARK: - Text

extension Rounding: CustomStringConvertible {
  /// The name in the language: `up`, `down`, `half even`, `half up`.
  public var name: String {
    switch self {
    case .up: "up"
    case .down: "down"
    case .halfEven: "half even"
    case .halfUp: "half up"
    }
  }

  /// The same as ``name``.
  public var description: String { name }

  /// The rounding with this name in the language, or nil.
  public init?(name: String) {
    guard let rounding = Rounding.allCases.first(where: { $0.name == name }) else { return nil }
    self = rounding
  }
}
