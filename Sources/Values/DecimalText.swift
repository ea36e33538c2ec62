/// A decimal number read exactly, digit by digit, with no binary fraction in between.
///
/// Price lists come with numbers such as `1.5e-07` or `2.5E-6`. This keeps every digit until the caller names the
/// scale it wants, and then gives either the exact whole number or an error.
public struct DecimalText: Hashable, Sendable {
  /// The most digits one number may be written with.
  public static let digitLimit = 64
  /// The largest power of ten, either way, that may be written after an `e`.
  public static let exponentLimit = 400

  // The value is ±digits · 10^exponent. Neither the first nor the last digit is 0; zero has no digits, no sign and
  // exponent 0. So equal numbers are equal values, however they were written.
  private var digits: [UInt8]
  private var exponent: Int
  /// Whether the number is below zero.
  public private(set) var isNegative: Bool

  private init(digits: [UInt8], exponent: Int, isNegative: Bool) {
    let trailing = digits.reversed().prefix { $0 == 0 }.count
    self.digits = Array(digits.dropLast(trailing).drop { $0 == 0 })
    self.exponent = self.digits.isEmpty ? 0 : exponent + trailing
    self.isNegative = !self.digits.isEmpty && isNegative
  }

  /// The number `value · 10^-decimals`.
  init(_ value: Int64, scaledBy decimals: Int) {
    var digits: [UInt8] = []
    var rest = value.magnitude
    while rest != 0 {
      digits.append(UInt8(rest % 10))
      rest /= 10
    }
    self.init(digits: digits.reversed(), exponent: -decimals, isNegative: value < 0)
  }

  /// Whether the number is zero, however it was written.
  public var isZero: Bool { digits.isEmpty }
}

// MARK: - Reading

extension DecimalText {
  /// Reads `1500`, `-0.25`, `1.5e-07` or `2.5E+6`: a sign, digits, a point with digits after it, a power of ten.
  ///
  /// - Throws: ``ValueError/notANumber(_:)`` for any other text, ``ValueError/tooManyDigits(_:limit:)`` past
  ///   ``digitLimit``, ``ValueError/outOfRange(_:of:)`` past ``exponentLimit``.
  public init(parsing text: String) throws(ValueError) {
    try self.init(utf8: text.utf8)
  }

  /// The same, over the UTF-8 bytes of a text.
  public init(utf8 bytes: some Collection<UInt8>) throws(ValueError) {
    var digits: [UInt8] = []
    var exponent = 0
    var rest = bytes[...]

    func text() -> String { String(decoding: bytes.prefix(ValueError.textLimit), as: UTF8.self) }
    func takeDigits() throws(ValueError) {
      let start = rest.startIndex
      while let byte = rest.first, ByteCursor.isDigit(byte) {
        guard digits.count < DecimalText.digitLimit else {
          throw .tooManyDigits(text(), limit: DecimalText.digitLimit)
        }
        digits.append(byte & 0x0F)
        rest.removeFirst()
      }
      if rest.startIndex == start { throw .notANumber(text()) }
    }
    func takeSign() -> Bool {
      guard let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else { return false }
      rest.removeFirst()
      return sign == UInt8(ascii: "-")
    }

    let isNegative = takeSign()
    try takeDigits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      let whole = digits.count
      try takeDigits()
      exponent = whole - digits.count
    }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      let isBelow = takeSign()
      if rest.isEmpty { throw .notANumber(text()) }
      var power = 0
      while let byte = rest.first, ByteCursor.isDigit(byte) {
        power = power * 10 + Int(byte & 0x0F)
        guard power <= DecimalText.exponentLimit else { throw .outOfRange(text(), of: .number) }
        rest.removeFirst()
      }
      exponent += isBelow ? -power : power
    }
    guard rest.isEmpty else { throw .notANumber(text()) }
    self.init(digits: digits, exponent: exponent, isNegative: isNegative)
  }
}

// MARK: - Using

extension DecimalText {
  /// Exactly the number of a text times `10^power`, as a whole number; nil for any other text, and where that is none.
  ///
  /// The same as reading and scaling it, and quick for the short numbers of long lists.
  public static func scaled(_ text: String, toPower power: Int) -> Int64? {
    var magnitude: Int64 = 0
    var (digits, decimals) = (0, 0)
    var (hasPoint, isNegative) = (false, false)
    for (place, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "-") where place == 0: isNegative = true
      // A digit before it; one behind it is seen at the end.
      case UInt8(ascii: ".") where !hasPoint && digits > 0: hasPoint = true
      case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < 9:
        magnitude = magnitude * 10 + Int64(byte & 0x0F)
        digits += 1
        if hasPoint { decimals += 1 }
      default: return try? DecimalText(parsing: text).scaled(toPower: power)
      }
    }
    guard digits > 0, !hasPoint || decimals > 0, power >= decimals, power <= 9 else {
      return try? DecimalText(parsing: text).scaled(toPower: power)
    }
    for _ in decimals..<power { magnitude *= 10 }
    return isNegative ? -magnitude : magnitude
  }

  /// Exactly the value times `10^power`, as a whole number. Nano-dollars from dollars are `scaled(toPower: 9)`.
  ///
  /// - Throws: ``ValueError/inexact(_:)`` when that is not a whole number, ``ValueError/outOfRange(_:of:)`` when it
  ///   does not fit 64 bits.
  public func scaled(toPower power: Int) throws(ValueError) -> Int64 {
    if digits.isEmpty { return 0 }
    let (shift, overflow) = exponent.addingReportingOverflow(power)
    // The last digit is not 0, so any digit cut off would be lost.
    if overflow ? power < 0 : shift < 0 { throw .inexact(description) }
    // 64 bits hold 19 digits; more of them, or more zeros behind them, cannot fit.
    guard !overflow, shift <= 19, digits.count + shift <= 19 else { throw .outOfRange(description, of: .number) }
    var magnitude: UInt64 = 0
    for digit in digits { magnitude = magnitude * 10 + UInt64(digit) }
    for _ in 0..<shift { magnitude *= 10 }
    if isNegative && magnitude == Int64.min.magnitude { return Int64.min }
    guard let value = Int64(exactly: magnitude) else { throw .outOfRange(description, of: .number) }
    return isNegative ? -value : value
  }

  /// The nearest number with at most `count` significant digits, an exact half going to the even digit.
  ///
  /// Numbers printed from binary fractions carry noise past the fifteenth digit: `1.6000000000000001e-06` rounded to
  /// 15 digits is the `1.6e-06` that was meant.
  public func roundedToSignificant(_ count: Int) -> DecimalText {
    let count = max(count, 1)
    guard digits.count > count else { return self }
    var kept = Array(digits.prefix(count))
    let dropped = digits.dropFirst(count)
    let half = dropped.first.map { $0 == 5 } ?? false
    let goesUp = half ? dropped.count > 1 || kept[count - 1] % 2 == 1 : (dropped.first ?? 0) > 5
    if goesUp {
      var index = count - 1
      while index >= 0, kept[index] == 9 {
        kept[index] = 0
        index -= 1
      }
      if index >= 0 { kept[index] += 1 } else { kept.insert(1, at: 0) }
    }
    return DecimalText(digits: kept, exponent: exponent + dropped.count, isNegative: isNegative)
  }
}

// MARK: - Printing

extension DecimalText: CustomStringConvertible {
  /// The number in plain digits, `0.0000016`; with a power of ten, `1.6e-30`, when plain digits would be many.
  public var description: String {
    if exponent <= 20 && exponent >= -20 { return text(atLeast: 0, prefix: "") }
    let power = exponent + digits.count - 1
    let tail = digits.dropFirst()
    return (isNegative ? "-" : "") + DecimalText.spell(digits.prefix(1))
      + (tail.isEmpty ? "" : "." + DecimalText.spell(tail)) + "e\(power)"
  }

  /// Plain digits with at least this many decimals, the sign before and the prefix after it.
  func text(atLeast decimals: Int, prefix: String) -> String {
    let zeros = { (count: Int) in String(repeating: "0", count: max(0, count)) }
    let point = digits.count + exponent
    let whole = point > 0 ? DecimalText.spell(digits.prefix(point)) + zeros(exponent) : "0"
    let fraction = exponent < 0 ? zeros(-point) + DecimalText.spell(digits.suffix(-exponent)) : ""
    let padded = fraction + zeros(decimals - fraction.utf8.count)
    return (isNegative ? "-" : "") + prefix + whole + (padded.isEmpty ? "" : "." + padded)
  }

  private static func spell(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
  }
}
