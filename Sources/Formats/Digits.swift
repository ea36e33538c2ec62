/// Numbers read from bytes, with no text and no binary fraction in between.
public enum Digits {
  /// The most digits that are read: any number of them fits 64 bits, and none is one of the reserved patterns.
  public static let limit = 18

  /// A whole number: digits, with `-` or nothing before them. Nil for anything else and past ``limit`` digits.
  @inlinable
  public static func whole(_ bytes: UnsafeRawBufferPointer) -> Int64? { scaled(bytes, decimals: 0) }

  /// The number times `10^decimals`, exactly: `1.23` with 2 decimals is 123. Nil for anything but `-`, digits and a point with
  /// digits after it, for more decimals than asked for, and for more than ``limit`` digits in the result.
  @inlinable
  public static func scaled(_ bytes: UnsafeRawBufferPointer, decimals: Int) -> Int64? {
    var place = 0
    let count = bytes.count
    guard count > 0 else { return nil }
    let isNegative = bytes[0] == 0x2D
    if isNegative { place = 1 }
    let first = place
    var value: Int64 = 0
    // Leading zeros count as digits: no number needs that many.
    guard count - place <= limit + 1 else { return nil }
    while place < count {
      let digit = bytes[place] &- 0x30
      if digit > 9 { break }
      value = value &* 10 &+ Int64(digit)
      place &+= 1
    }
    var digits = place &- first
    guard digits > 0 else { return nil }
    var missing = decimals
    if place < count {
      guard bytes[place] == 0x2E, place &+ 1 < count else { return nil }
      place &+= 1
      while place < count {
        let digit = bytes[place] &- 0x30
        guard digit <= 9, missing > 0 else { return nil }
        value = value &* 10 &+ Int64(digit)
        missing &-= 1
        digits &+= 1
        place &+= 1
      }
    }
    guard digits &+ missing <= limit else {
      // Zeros in front may still leave a number that fits.
      return value == 0 ? 0 : nil
    }
    while missing > 0 {
      value = value &* 10
      missing &-= 1
    }
    return isNegative ? 0 &- value : value
  }
}
