/// An exact amount of dollars.
///
/// Kept as a whole number of nano-dollars (a billionth of a dollar), so adding and subtracting never rounds.
/// A quota unit is 2,000 nano-dollars: 500,000 units make one dollar.
///
/// Amounts a policy may hold lie between `-Money.largest` and `Money.largest`, one billion dollars either way;
/// the type itself can carry nine times that, so the sum of two such amounts never overflows.
@frozen
public struct Money: Hashable, Comparable, Sendable {
  /// The amount in nano-dollars.
  public var nano: Int64

  @inlinable
  public init(nano: Int64) { self.nano = nano }

  @inlinable
  public static func < (left: Money, right: Money) -> Bool { left.nano < right.nano }
}

// MARK: - Units

extension Money {
  /// Nano-dollars in one dollar.
  @inlinable public static var nanoPerDollar: Int64 { 1_000_000_000 }
  /// Nano-dollars in one cent.
  @inlinable public static var nanoPerCent: Int64 { 10_000_000 }
  /// Nano-dollars in one quota unit, of which 500,000 make a dollar.
  @inlinable public static var nanoPerUnit: Int64 { 2_000 }

  /// No money.
  @inlinable public static var zero: Money { Money(nano: 0) }
  /// One billion dollars: the end of the declared range, on both sides of zero.
  @inlinable public static var largest: Money { Money(nano: 1_000_000_000_000_000_000) }

  /// A whole number of dollars, for amounts written in code. Traps past nine billion; see ``init(dollars:)``.
  @inlinable public static func dollars(_ count: Int64) -> Money { Money(nano: count * nanoPerDollar) }
  /// A whole number of cents, for amounts written in code. Traps past nine billion dollars; see ``init(cents:)``.
  @inlinable public static func cents(_ count: Int64) -> Money { Money(nano: count * nanoPerCent) }
  /// A whole number of quota units, for amounts written in code. Traps past nine billion dollars; see ``init(units:)``.
  @inlinable public static func units(_ count: Int64) -> Money { Money(nano: count * nanoPerUnit) }

  /// A whole number of dollars from outside, or nil when it does not fit.
  @inlinable public init?(dollars count: Int64) { self.init(count, times: Money.nanoPerDollar) }
  /// A whole number of cents from outside, or nil when it does not fit.
  @inlinable public init?(cents count: Int64) { self.init(count, times: Money.nanoPerCent) }
  /// A whole number of quota units from outside, or nil when it does not fit.
  @inlinable public init?(units count: Int64) { self.init(count, times: Money.nanoPerUnit) }

  @inlinable
  init?(_ count: Int64, times size: Int64) {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow else { return nil }
    self.init(nano: product)
  }

  /// The amount as a whole number of quota units, or nil when it is not one.
  @inlinable public var units: Int64? { nano % Money.nanoPerUnit == 0 ? nano / Money.nanoPerUnit : nil }
  /// The amount as a whole number of cents, or nil when it is not one.
  @inlinable public var cents: Int64? { nano % Money.nanoPerCent == 0 ? nano / Money.nanoPerCent : nil }
  /// Whether the amount lies in the declared range, from `-largest` to `largest`.
  @inlinable public var isInRange: Bool { nano.magnitude <= Money.largest.nano.magnitude }
}

// MARK: - Arithmetic

extension Money {
  /// The sum, or nil when it does not fit.
  @inlinable
  public func adding(_ other: Money) -> Money? {
    let (sum, overflow) = nano.addingReportingOverflow(other.nano)
    return overflow ? nil : Money(nano: sum)
  }

  /// The difference, or nil when it does not fit.
  @inlinable
  public func subtracting(_ other: Money) -> Money? {
    let (difference, overflow) = nano.subtractingReportingOverflow(other.nano)
    return overflow ? nil : Money(nano: difference)
  }
}

// MARK: - Text

extension Money: CustomStringConvertible {
  /// Digits after the point in one dollar, down to one nano-dollar.
  static let decimals = 9

  /// The exact amount with no more decimals than it needs, and never fewer than two: `$20.00`, `$19.9999`, `-$0.50`.
  public var description: String { dollarText(atLeast: 2) }

  /// The exact amount with six decimals, for columns that line up: `$19.999900`.
  /// An amount finer than a micro-dollar is shown with all nine, never cut.
  public var microText: String { dollarText(atLeast: nano % 1_000 == 0 ? 6 : Money.decimals) }

  private func dollarText(atLeast decimals: Int) -> String {
    DecimalText(nano, scaledBy: Money.decimals).text(atLeast: decimals, prefix: "$")
  }

  /// Reads an amount as people write it: `$5`, `$0.006`, `-$3`, `20 usd`, `150 units`, `150u`.
  ///
  /// - Throws: ``ValueError/unreadable(_:as:)`` for any other text, ``ValueError/tooManyDecimals(_:limit:)`` past nine
  ///   decimals of a dollar or for a part of a unit, ``ValueError/outOfRange(_:of:)`` past ``largest``.
  public init(parsing text: String) throws(ValueError) {
    var cursor = try ByteCursor(text, as: .money)
    let isNegative = cursor.take("-")
    let hasSign = cursor.take("$")
    guard let number = cursor.takeNumber() else { throw .unreadable(text, as: .money) }
    var isUnits = false
    if !hasSign {
      cursor.takeSpaces()
      let word = cursor.takeWord()
      guard ["usd", "units", "unit", "u"].contains(word) else { throw .unreadable(text, as: .money) }
      isUnits = word != "usd"
    }
    guard cursor.isAtEnd else { throw .unreadable(text, as: .money) }

    let limit = isUnits ? 0 : Money.decimals
    guard number.decimals <= limit else { throw .tooManyDecimals(text, limit: limit) }
    guard
      let scaled = try? DecimalText(utf8: number.bytes).scaled(toPower: limit),
      let money = Money(scaled, times: isUnits ? Money.nanoPerUnit : 1), money.isInRange
    else { throw .outOfRange(text, of: .money) }
    self.init(nano: isNegative ? -money.nano : money.nano)
  }
}
