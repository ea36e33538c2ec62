/// An exact fraction, such as a discount of `4/5` or a share of `20%`.
///
/// Always in lowest terms with a denominator above zero, so equal ratios have equal parts and equal hashes.
@frozen
public struct Ratio: Hashable, Sendable {
  public let numerator: Int32
  /// Always above zero.
  public let denominator: Int32

  /// A fraction written in code. Traps when the denominator is not above zero; see ``init(_:over:)``.
  @inlinable
  public init(numerator: Int32, denominator: Int32) {
    precondition(denominator > 0, "a ratio's denominator is above zero")
    let divisor = Ratio.greatestCommonDivisor(UInt64(numerator.magnitude), UInt64(denominator.magnitude))
    self.numerator = Int32(Int64(numerator) / Int64(divisor))
    self.denominator = Int32(Int64(denominator) / Int64(divisor))
  }

  /// A fraction from outside, or nil when the denominator is not above zero or a part, in lowest terms, does not
  /// fit 32 bits.
  @inlinable
  public init?(_ numerator: Int64, over denominator: Int64) {
    guard denominator > 0 else { return nil }
    let divisor = Int64(Ratio.greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
    guard let top = Int32(exactly: numerator / divisor), let bottom = Int32(exactly: denominator / divisor)
    else { return nil }
    self.numerator = top
    self.denominator = bottom
  }

  /// Nothing.
  @inlinable public static var zero: Ratio { Ratio(numerator: 0, denominator: 1) }
  /// The whole: `1/1`, `100%`.
  @inlinable public static var one: Ratio { Ratio(numerator: 1, denominator: 1) }

  // The second argument is above zero, so the result is, and it divides it: it fits wherever that fitted.
  @inlinable
  static func greatestCommonDivisor(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var (a, b) = (first, second)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

// MARK: - One register

extension Ratio {
  /// Both parts in one 64-bit register: the numerator in the upper half, the denominator in the lower.
  @inlinable
  public var packed: Int64 { Int64(numerator) << 32 | Int64(denominator) }

  /// The ratio that ``packed`` was taken from. It is not reduced again; any other number has no meaning here, and one
  /// with no denominator above zero traps.
  @inlinable
  public init(packed: Int64) {
    numerator = Int32(truncatingIfNeeded: packed >> 32)
    denominator = Int32(truncatingIfNeeded: packed)
    precondition(denominator > 0, "a packed ratio's denominator is above zero")
  }
}

extension Ratio: Comparable {
  @inlinable
  public static func < (left: Ratio, right: Ratio) -> Bool {
    Int64(left.numerator) * Int64(right.denominator) < Int64(right.numerator) * Int64(left.denominator)
  }
}

// MARK: - Text

extension Ratio: CustomStringConvertible {
  // 100 · 10^7 is the largest such power of ten a 32-bit part can meet, and keeps the product below within 64 bits.
  private static let percentDecimals = 7

  /// The fraction in lowest terms: `4/5`.
  public var description: String { "\(numerator)/\(denominator)" }

  /// The exact percentage, `20%` or `12.5%`, when it has at most seven decimals; else the fraction, `1/3`.
  public var percentText: String {
    let hundredths: Int64 = 1_000_000_000
    guard hundredths % Int64(denominator) == 0 else { return description }
    let scaled = Int64(numerator) * (hundredths / Int64(denominator))
    return DecimalText(scaled, scaledBy: Ratio.percentDecimals).text(atLeast: 0, prefix: "") + "%"
  }

  /// Reads `4/5`, `20%` or `12.5%`.
  ///
  /// - Throws: ``ValueError/unreadable(_:as:)`` for any other text or a zero denominator,
  ///   ``ValueError/tooManyDecimals(_:limit:)`` past seven decimals of a percent, ``ValueError/outOfRange(_:of:)``
  ///   when a part, in lowest terms, does not fit 32 bits.
  public init(parsing text: String) throws(ValueError) {
    var cursor = try ByteCursor(text, as: .ratio)
    let isNegative = cursor.take("-")
    guard let number = cursor.takeNumber() else { throw .unreadable(text, as: .ratio) }
    cursor.takeSpaces()

    let top: Int64?
    let bottom: Int64?
    if cursor.take("%") {
      guard number.decimals <= Ratio.percentDecimals else {
        throw .tooManyDecimals(text, limit: Ratio.percentDecimals)
      }
      top = try? DecimalText(utf8: number.bytes).scaled(toPower: Ratio.percentDecimals)
      bottom = 1_000_000_000
    } else {
      guard number.decimals == 0, cursor.take("/") else { throw .unreadable(text, as: .ratio) }
      cursor.takeSpaces()
      guard let divisor = cursor.takeNumber(), divisor.decimals == 0 else { throw .unreadable(text, as: .ratio) }
      top = try? DecimalText(utf8: number.bytes).scaled(toPower: 0)
      bottom = try? DecimalText(utf8: divisor.bytes).scaled(toPower: 0)
      guard bottom != 0 else { throw .unreadable(text, as: .ratio) }
    }
    guard cursor.isAtEnd else { throw .unreadable(text, as: .ratio) }
    guard let top, let bottom, let ratio = Ratio(isNegative ? -top : top, over: bottom) else {
      throw .outOfRange(text, of: .ratio)
    }
    self = ratio
  }
}
