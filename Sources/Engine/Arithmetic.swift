import Language
import Values

/// Exact arithmetic on registers, for both evaluators' slow paths.
///
/// Wrapping operations throughout: the checker proves that no value leaves 64 bits for facts inside their declared ranges, and
/// what is computed from an absent optional is never used.
enum Arithmetic {
  /// Numerator and denominator of a packed ratio. A fact of no meaning (a denominator below one) reads as a whole number.
  @inline(__always)
  static func ratio(_ packed: Int64) -> (numerator: Int64, denominator: Int64) {
    let denominator = Int64(Int32(truncatingIfNeeded: packed))
    return (packed >> 32, denominator > 0 ? denominator : 1)
  }

  @inline(__always)
  static func compareRatio(_ comparison: Comparison, _ left: Int64, _ right: Int64) -> Bool {
    if left == ValueType.none || right == ValueType.none {
      switch comparison {
      case .equal: return left == right
      case .notEqual: return left != right
      default: return false
      }
    }
    let (a, b) = (ratio(left), ratio(right))
    return comparison.holds(a.numerator &* b.denominator, b.numerator &* a.denominator)
  }

  /// ⌈`need` × `packed`⌉ in steps of `step`: what a bucket with a rate gives for it. A discount never makes it dearer, however
  /// the step lies.
  static func due(_ need: Int64, atRate packed: Int64, step: Int64) -> Int64 {
    let (numerator, denominator) = ratio(packed)
    let due = inSteps(of: step, Int128(need) * Int128(numerator), over: Int128(denominator))
    return numerator <= denominator ? min(due, need) : due
  }

  /// ⌈`rest` × `need` / `due`⌉ in steps of `step`, for `due` above zero: what remains to be paid at standard rates.
  static func restAtStandardRates(rest: Int64, need: Int64, due: Int64, step: Int64) -> Int64 {
    min(need, inSteps(of: step, Int128(rest) * Int128(need), over: Int128(due)))
  }

  /// ⌈`numerator` / `denominator`⌉ as a multiple of `step`, at the end of the range where it does not fit.
  private static func inSteps(of step: Int64, _ numerator: Int128, over denominator: Int128) -> Int64 {
    let divisor = denominator * Int128(step)
    if numerator >= 0, numerator <= Int128(Int64.max), divisor > 0, divisor <= Int128(Int64.max) {
      // Two halves of 64 bits: their sum fits, and one division by hardware will do.
      let small = UInt64(truncatingIfNeeded: divisor)
      let count = (UInt64(truncatingIfNeeded: numerator) &+ small &- 1) / small
      return clamp(Int128(count) * Int128(step))
    }
    return clamp(divide(numerator, by: divisor, .up) * Int128(step))
  }

  static func clamp(_ value: Int128) -> Int64 {
    Int64(max(Int128(Int64.min + 2), min(Int128(Int64.max), value)))
  }

  /// `value` × `packed`, rounded once to a multiple of `quantum`.
  static func roundedScale(_ value: Int64, _ packed: Int64, _ rounding: Rounding, quantum: Int64) -> Int64 {
    let (numerator, denominator) = ratio(packed)
    let step = Int128(max(1, quantum))
    let count = divide(Int128(value) * Int128(numerator), by: Int128(denominator) * step, rounding)
    return Int64(truncatingIfNeeded: count &* step)
  }

  /// Pico-dollars, rounded once to a multiple of `quantum` nano-dollars.
  static func roundedPico(_ pico: Int128, _ rounding: Rounding, quantum: Int64) -> Int64 {
    let step = Int128(max(1, quantum))
    return Int64(truncatingIfNeeded: divide(pico, by: step * Int128(Rate.picoPerNano), rounding) &* step)
  }

  /// The quotient as a whole number, for a divisor above zero.
  static func divide(_ numerator: Int128, by divisor: Int128, _ rounding: Rounding) -> Int128 {
    if let small = Int64(exactly: divisor) { return Rounding.divide(numerator, by: small, rounding) }
    var (below, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
    if rest < 0 {
      below -= 1
      rest += divisor
    }
    let goesUp =
      switch rounding {
      case .up: rest != 0
      case .down: false
      case .halfUp: rest >= divisor - rest
      case .halfEven: rest > divisor - rest || (rest == divisor - rest && below & 1 == 1)
      }
    return goesUp ? below + 1 : below
  }
}
