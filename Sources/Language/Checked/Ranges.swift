import Values

/// Interval arithmetic in 128 bits. Operands come from ranges that fit 64 bits, so no operation here can wrap.
extension ValueRange {
  static func constant(_ value: Int64) -> ValueRange { ValueRange(value, value) }

  static func + (left: ValueRange, right: ValueRange) -> ValueRange {
    ValueRange(low: left.low + right.low, high: left.high + right.high)
  }

  static func - (left: ValueRange, right: ValueRange) -> ValueRange {
    ValueRange(low: left.low - right.high, high: left.high - right.low)
  }

  static prefix func - (range: ValueRange) -> ValueRange { ValueRange(low: -range.high, high: -range.low) }

  static func * (left: ValueRange, right: ValueRange) -> ValueRange {
    let corners = [left.low * right.low, left.low * right.high, left.high * right.low, left.high * right.high]
    return ValueRange(low: corners.min() ?? 0, high: corners.max() ?? 0)
  }

  func lesser(_ other: ValueRange) -> ValueRange {
    ValueRange(low: min(low, other.low), high: min(high, other.high))
  }

  func greater(_ other: ValueRange) -> ValueRange {
    ValueRange(low: max(low, other.low), high: max(high, other.high))
  }

  /// The range after dividing by `divisor` and rounding to a multiple of `quantum`: wider by one quantum each way, which
  /// covers every rounding.
  func quotient(by divisor: Int64, quantum: Int64) -> ValueRange {
    let step = Int128(quantum)
    let bottom = low / Int128(divisor) / step * step
    let top = high / Int128(divisor) / step * step
    return ValueRange(low: low < 0 ? bottom - step : 0 + min(bottom, low), high: high > 0 ? top + step : top)
  }

  /// Whether every value of this range lies in the other.
  func isInside(_ other: ValueRange) -> Bool { low >= other.low && high <= other.high }

  /// The part of it that `other` allows; the other's nearest end if they do not meet.
  func clamped(to other: ValueRange) -> ValueRange {
    ValueRange(low: min(max(low, other.low), other.high), high: max(min(high, other.high), other.low))
  }
}
