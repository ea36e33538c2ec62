import Diagnostics
import Values

/// A checked expression: a small typed tree of linear integer arithmetic.
///
/// The tree is public so that code outside the evaluator (a solver back end, a simulator, a documentation tool) can walk it.
/// Three promises hold for every tree the checker hands out: operands have the types the node needs; `range` covers every
/// value the node can take for facts inside their declared ranges, and fits 64 bits, so no operation overflows; an optional
/// is read only where a presence test guards it.
public struct Expr: Sendable {
  public var kind: Kind
  public var type: QualifiedType
  /// The values it can take, `none` aside.
  public var range: ValueRange
  public var span: Span

  public init(_ kind: Kind, _ type: QualifiedType, _ range: ValueRange, _ span: Span) {
    self.kind = kind
    self.type = type
    self.range = range
    self.span = span
  }

  public indirect enum Kind: Sendable {
    /// A constant in its type's unit; `ValueType.none` for `none`.
    case constant(Int64)
    case fact(Fact)
    /// The value of `let` number `index` of the program.
    case named(Int)
    case add(Expr, Expr)
    case subtract(Expr, Expr)
    case negate(Expr)
    case minimum(Expr, Expr)
    case maximum(Expr, Expr)
    /// A whole constant times an expression.
    case scale(Int64, Expr)
    /// For money, tokens, integers, times, durations, rates, enums, names, keys and bools. `none` equals only `none`.
    case compare(Comparison, Expr, Expr)
    /// Ratios compare by cross-multiplication.
    case compareRatio(Comparison, Expr, Expr)
    case and(Expr, Expr)
    case or(Expr, Expr)
    case not(Expr)
    /// The other branch is not evaluated.
    case choose(condition: Expr, then: Expr, otherwise: Expr)
    /// Whether an optional has a value.
    case isSet(Expr)
    /// Σ tokens × rate + money, exact in pico-dollars, rounded once to a multiple of `quantum` nano-dollars.
    case roundedProducts([Product], plus: Expr?, Rounding, quantum: Int64)
    /// `value` × `ratio`, rounded once to a multiple of `quantum` in the unit of `value`.
    case roundedScale(Expr, ratio: Expr, Rounding, quantum: Int64)
    /// A function of a plugin, by its index in `Program.functions`.
    case call(Int, [Expr])
    /// Output column `column` of table `table` for these keys; none where no row covers them.
    case lookup(table: Int, column: Int, [Expr])
  }

  public struct Product: Sendable {
    public var tokens: Expr
    public var rate: Expr

    public init(tokens: Expr, rate: Expr) {
      self.tokens = tokens
      self.rate = rate
    }
  }
}

public enum Comparison: UInt8, Sendable, Hashable, CaseIterable {
  case equal
  case notEqual
  case less
  case lessOrEqual
  case greater
  case greaterOrEqual

  /// What it says of two numbers.
  @inlinable
  public func holds<Number: Comparable>(_ left: Number, _ right: Number) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// A value the engine supplies to an expression.
public enum Fact: Sendable, Hashable {
  /// The time of the event.
  case now
  case cycleStart
  case cycleEnd
  /// Field `field` of event `event`, derived fields included.
  case field(event: Int, field: Int)
  case setting(Int)
  /// The posted money in a bucket; for a resetting bucket, what is left of its allowance.
  case posted(Int)
  /// Posted less held, never below zero: what a request may draw.
  case available(Int)
  case held(Int)
  /// A meter in its current window, open holds counted in.
  case meter(Int)
  /// When event `event` last took effect on the account; none before the first.
  case last(Int)
  /// What this event drew from a bucket. After the waterfall only (`after`, `always`).
  case drawn(Int)
  /// How much of what this event had to pay was paid, at standard rates. After the waterfall only.
  case covered
  /// What the waterfall could not cover: what a denial is about, and what a settled hold leaves to the platform. In `before
  /// denial`, `after` and `always`.
  case shortfall
  /// Whether a rescue let this event pass. In `after` and `always` only.
  case rescued
  /// The key the event came with, none without one.
  case eventKey
  /// Whether a charge of a card still waits for the provider's answer.
  case collecting
  /// Number `number` of the record that field `field` of event `event` names.
  case record(event: Int, field: Int, number: Int)
  /// Number `number` of the record at hand, where an expression is about each record of a kind in turn.
  case own(RecordKind, number: Int)
  /// The sum of derivation `index` of the program over all payments of the account: `payments.refundable`.
  case total(Int)
  /// A setting, bucket or meter as it was before this event. In `after` and `always` only.
  indirect case previous(Fact)
}
