/// The price of one token.
///
/// Kept as a whole number of pico-dollars (a millionth of a millionth of a dollar) per token. Price lists quote a
/// million tokens: one pico-dollar per token is one micro-dollar per million, so `$2.50 per 1M tokens` is 2,500,000.
@frozen
public struct Rate: Hashable, Comparable, Sendable {
  /// Pico-dollars per token.
  public var pico: Int64

  @inlinable
  public init(pico: Int64) { self.pico = pico }

  /// Free of charge.
  @inlinable public static var zero: Rate { Rate(pico: 0) }
  /// `$10000.00 per 1M tokens`: the end of the declared range, which begins at zero.
  @inlinable public static var largest: Rate { Rate(pico: 10_000_000_000) }
  /// Pico-dollars in one nano-dollar: a token count times a rate, divided by this, is money.
  @inlinable public static var picoPerNano: Int64 { 1_000 }

  /// Whether the rate lies in the declared range, from zero to ``largest``.
  @inlinable public var isInRange: Bool { pico >= 0 && pico <= Rate.largest.pico }

  @inlinable
  public static func < (left: Rate, right: Rate) -> Bool { left.pico < right.pico }
}

extension Rate: CustomStringConvertible {
  /// The exact rate per million tokens with no more decimals than it needs, and never fewer than two:
  /// `$2.50 per 1M tokens`, `$0.0375 per 1M tokens`.
  public var description: String {
    DecimalText(pico, scaledBy: 6).text(atLeast: 2, prefix: "$") + " per 1M tokens"
  }

  /// Reads a rate as price lists write it: `$2.50 per 1M tokens`, `$0.0025 per 1K tokens`, `$0.0000025 per token`.
  ///
  /// - Throws: ``ValueError/unreadable(_:as:)`` for any other text, ``ValueError/tooManyDecimals(_:limit:)`` for more
  ///   decimals than a pico-dollar per token has (6, 9 and 12 for the three forms), ``ValueError/outOfRange(_:of:)``
  ///   below zero or past ``largest``.
  public init(parsing text: String) throws(ValueError) {
    var cursor = try ByteCursor(text, as: .rate)
    let isNegative = cursor.take("-")
    guard cursor.take("$"), let number = cursor.takeNumber() else { throw .unreadable(text, as: .rate) }
    cursor.takeSpaces()
    guard cursor.takeWord() == "per" else { throw .unreadable(text, as: .rate) }
    cursor.takeSpaces()
    let decimals: Int
    if cursor.take("1") {
      switch cursor.takeWord() {
      case "m": decimals = 6
      case "k": decimals = 9
      default: throw .unreadable(text, as: .rate)
      }
      cursor.takeSpaces()
    } else {
      decimals = 12
    }
    let word = cursor.takeWord()
    guard word == "tokens" || word == "token", cursor.isAtEnd else { throw .unreadable(text, as: .rate) }

    guard number.decimals <= decimals else { throw .tooManyDecimals(text, limit: decimals) }
    guard let pico = try? DecimalText(utf8: number.bytes).scaled(toPower: decimals), pico <= Rate.largest.pico,
      !isNegative || pico == 0
    else { throw .outOfRange(text, of: .rate) }
    self.init(pico: pico)
  }
}
