import Values

/// The type of a fact or an expression. Every value is one 64-bit integer in the unit named here.
public enum ValueType: Sendable, Hashable {
  /// Nano-dollars.
  case money
  /// Pico-dollars per token.
  case rate
  /// A count of tokens.
  case tokens
  /// A plain count.
  case integer
  /// A fraction, numerator and denominator packed in one integer (`Ratio.packed`).
  case ratio
  /// 0 or 1.
  case bool
  /// Microseconds since 1970-01-01 UTC.
  case time
  /// Microseconds.
  case duration
  /// A name interned by the program (`Program.symbol(_:)`); -1 for one no table lists.
  case name
  /// An API key of the account: its index in the account.
  case key
  /// A card the account has named: its index in the account.
  case card
  /// Something the account keeps a record of: its index among the records of its kind.
  case record(RecordKind)
  /// One member of a closed list: its position.
  case enumeration([String])

  /// The value that stands for `none` in an optional.
  public static let none = Int64.min
  /// The value of a setting nobody has set: its default holds.
  public static let unset = Int64.min + 1

  /// What people call it in a message.
  public var name: String {
    switch self {
    case .money: "money"
    case .rate: "rate"
    case .tokens: "tokens"
    case .integer: "integer"
    case .ratio: "ratio"
    case .bool: "bool"
    case .time: "time"
    case .duration: "duration"
    case .name: "name"
    case .key: "key"
    case .card: "card"
    case .record(let kind): kind.rawValue
    case .enumeration(let members): members.joined(separator: " | ")
    }
  }

  /// The values a fact of this type may have unless its declaration says less.
  public var naturalRange: ValueRange {
    switch self {
    case .money: ValueRange(-Money.largest.nano, Money.largest.nano)
    case .rate: ValueRange(0, Rate.largest.pico)
    case .tokens: ValueRange(0, 1_000_000_000_000)
    case .integer: ValueRange(-1_000_000_000_000, 1_000_000_000_000)
    case .ratio: ValueRange(0, Int64.max)
    case .bool: ValueRange(0, 1)
    case .time: ValueRange(0, Instant.latest.microseconds)
    case .duration: ValueRange(-Instant.latest.microseconds, Instant.latest.microseconds)
    case .name: ValueRange(-1, Int64(Int32.max))
    case .key, .card, .record: ValueRange(0, Int64(Int32.max))
    case .enumeration(let members): ValueRange(0, Int64(members.count - 1))
    }
  }

  /// The largest ratio a fact may have. Any amount of money times it still fits 64 bits, so a discount cannot overflow.
  public static let largestRatio: Int64 = 8

  /// Whether a fact of this type, declared with this range, may have this value. Settings and event fields are checked with
  /// it before they reach a decision.
  public func admits(_ value: Int64, in range: ValueRange) -> Bool {
    guard case .ratio = self else { return range.contains(value) }
    let ratio = (numerator: value >> 32, denominator: value & 0xffff_ffff)
    return ratio.numerator >= 0 && ratio.denominator > 0 && ratio.denominator <= Int64(Int32.max)
      && ratio.numerator <= ValueType.largestRatio * ratio.denominator
  }

  /// Whether `<` and `+` mean something for it.
  public var isOrdered: Bool {
    switch self {
    case .money, .rate, .tokens, .integer, .ratio, .time, .duration: true
    case .bool, .name, .key, .card, .record, .enumeration: false
    }
  }
}

/// A type, and whether the value may be `none`.
public struct QualifiedType: Sendable, Hashable {
  public var base: ValueType
  public var isOptional: Bool

  public init(_ base: ValueType, isOptional: Bool = false) {
    self.base = base
    self.isOptional = isOptional
  }

  public var name: String { isOptional ? base.name + " or none" : base.name }
}

/// An inclusive range of integers; the interval pass works on it in 128 bits so that nothing wraps unseen.
public struct ValueRange: Sendable, Hashable {
  public var low: Int128
  public var high: Int128

  public init(_ low: Int64, _ high: Int64) {
    self.low = Int128(low)
    self.high = Int128(high)
  }

  public init(low: Int128, high: Int128) {
    self.low = low
    self.high = high
  }

  /// Whether every value fits 64 bits and differs from the two reserved patterns (`none`, `unset`).
  public var fits: Bool { low > Int128(ValueType.unset) && high <= Int128(Int64.max) }

  public func contains(_ value: Int64) -> Bool { Int128(value) >= low && Int128(value) <= high }

  public func union(_ other: ValueRange) -> ValueRange {
    ValueRange(low: min(low, other.low), high: max(high, other.high))
  }
}
