import Diagnostics
import Values

/// An expression as written.
public struct ExprSyntax: Sendable {
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind: Sendable {
    case literal(Literal)
    /// `limits.spending_limit`, `request.cost`, `balance`: one to three words joined by dots.
    case name([Identifier])
    case unary(UnaryOperator, ExprSyntax)
    case binary(BinaryOperator, ExprSyntax, ExprSyntax, operatorSpan: Span)
    /// `X is set` (true) or `X is none` (false); `is not none` is the former.
    case presence(ExprSyntax, isSet: Bool)
    /// `X in LOW..HIGH`, both ends belong.
    case within(ExprSyntax, low: ExprSyntax, high: ExprSyntax)
    case choose(condition: ExprSyntax, then: ExprSyntax, otherwise: ExprSyntax)
    /// `min(a, b)`, `price(request.model)`: builtins, plugin functions and tables share one form.
    case call(Identifier, [ExprSyntax])
    /// `price(request.model).input`
    case member(ExprSyntax, Identifier)
    /// `round up to 1 cent (EXPR)`, `round half even (EXPR)`
    case round(Rounding, quantum: ExprSyntax?, ExprSyntax)
    /// `last EVENT`: when it last happened, or none.
    case last(Identifier)
    /// `previous FACT`: its value before this event.
    case previous(ExprSyntax)
    /// Stands where the text could not be read; a diagnostic was already given.
    case missing
  }
}

/// A literal value, already exact.
public enum Literal: Sendable, Hashable {
  case integer(Int64)
  case money(Money)
  case rate(Rate)
  case tokens(Int64)
  case ratio(Ratio)
  case bool(Bool)
  case time(Instant)
  case duration(TimeSpan)
  case none
  /// A quoted name such as `"gpt-4o"`, compared with facts of type `name`.
  case text(String)
}

public enum UnaryOperator: String, Sendable, Hashable {
  case not = "not"
  case negate = "-"
}

/// Operators with two operands; `is` and `is not` are read as `=` and `!=`.
public enum BinaryOperator: String, Sendable, Hashable {
  case or = "or"
  case and = "and"
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
}
