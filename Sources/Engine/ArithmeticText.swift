import Language
import Values

/// Writes expressions with the values they had: `limits.payg_spent $49.70 + $0.35 = $50.05`.
struct ArithmeticText: Sendable {
  let program: Program
  let reader: FactReader
  let formatter: ValueFormatter
  /// Longer texts give the value alone.
  static let widest = 160

  func value(_ expr: Expr) -> String { formatter.text(reader.evaluate(expr), expr.type) }

  /// What the expression was, with its name or its sum, ending in its value.
  func sum(_ expr: Expr) -> String {
    let expr = chosen(expr)
    switch expr.kind {
    case .constant: return value(expr)
    case .fact, .named: return operand(expr, 0)
    default:
      let text = operand(expr, 0)
      if text.utf8.count > ArithmeticText.widest { return value(expr) }
      return "\(text) = \(value(expr))"
    }
  }

  /// A condition as it came out: `balance $0.41 < request.cost $1.08`.
  func condition(_ expr: Expr) -> String {
    let text = condition(expr, 0)
    return text.utf8.count > 2 * ArithmeticText.widest ? (reader.evaluate(expr) != 0 ? "holds" : "does not hold") : text
  }

  private func condition(_ expr: Expr, _ depth: Int) -> String {
    if depth > 6 { return value(expr) }
    if let choice = choice(expr) { return choice }
    switch expr.kind {
    case .compare(let comparison, let left, let right), .compareRatio(let comparison, let left, let right):
      return "\(sum(left)) \(symbol(comparison, reader.evaluate(expr) != 0)) \(sum(right))"
    // What is said is how things were, whether or not the rule wanted them so: facts, one after the other.
    case .and(let left, let right), .or(let left, let right):
      let (first, second) = (condition(left, depth + 1), condition(right, depth + 1))
      return first == second ? first : "\(first), \(second)"
    case .not(let operand): return condition(operand, depth + 1)
    case .isSet(let operand):
      return reader.evaluate(operand) == ValueType.none
        ? "\(name(operand) ?? "it") is none" : "\(name(operand) ?? "it") is \(value(operand))"
    case .fact, .named: return "\(name(expr) ?? "it") is \(value(expr))"
    case .choose(let condition, let then, let otherwise):
      return self.condition(reader.evaluate(condition) != 0 ? then : otherwise, depth + 1)
    default: return value(expr)
    }
  }

  /// A choice held against one of its words is said as it was, whatever it was asked for: `settle.hold.state is open`.
  private func choice(_ expr: Expr) -> String? {
    switch expr.kind {
    case .compare(.equal, let read, let other), .compare(.notEqual, let read, let other):
      guard !read.type.base.isOrdered, case .constant = other.kind, let name = name(read) else { return nil }
      return "\(name) is \(value(read))"
    default: return nil
    }
  }

  /// The comparison as it came out: `<` where it held, `≥` where it did not.
  private func symbol(_ comparison: Comparison, _ holds: Bool) -> String {
    switch (comparison, holds) {
    case (.equal, true), (.notEqual, false): "="
    case (.equal, false), (.notEqual, true): "≠"
    case (.less, true), (.greaterOrEqual, false): "<"
    case (.less, false), (.greaterOrEqual, true): "≥"
    case (.greater, true), (.lessOrEqual, false): ">"
    case (.greater, false), (.lessOrEqual, true): "≤"
    }
  }

  /// What an `if` came to.
  func chosen(_ expr: Expr) -> Expr {
    var expr = expr
    for _ in 0..<EngineLimits.expressionDepth {
      switch expr.kind {
      case .choose(let condition, let then, let otherwise): expr = reader.evaluate(condition) != 0 ? then : otherwise
      default: return expr
      }
    }
    return expr
  }

  private func operand(_ expr: Expr, _ depth: Int) -> String {
    let expr = chosen(expr)
    if depth > 6 { return value(expr) }
    func group(_ inner: Expr) -> String {
      let inner = chosen(inner)
      switch inner.kind {
      case .constant, .fact, .named, .minimum, .maximum, .call: return operand(inner, depth + 1)
      default: return "(\(operand(inner, depth + 1)))"
      }
    }
    func left(_ inner: Expr) -> String {
      let inner = chosen(inner)
      switch inner.kind {
      case .add, .subtract: return operand(inner, depth + 1)
      default: return group(inner)
      }
    }
    switch expr.kind {
    case .fact, .named: return "\(name(expr) ?? "it") \(value(expr))"
    case .add(let a, let b): return "\(left(a)) + \(group(b))"
    case .subtract(let a, let b): return "\(left(a)) − \(group(b))"
    case .minimum(let a, let b): return "min(\(operand(a, depth + 1)), \(operand(b, depth + 1)))"
    case .maximum(let a, let b): return "max(\(operand(a, depth + 1)), \(operand(b, depth + 1)))"
    case .scale(let factor, let a): return "\(factor) × \(group(a))"
    case .roundedScale(let a, let ratio, _, _): return "\(group(a)) × \(value(ratio))"
    default: return value(expr)
    }
  }

  /// The name of a fact or a `let`; its last word is enough where people know what is meant.
  func name(_ expr: Expr) -> String? {
    switch expr.kind {
    case .fact(let fact): name(fact)
    case .named(let index): program.lets[index].name
    default: nil
    }
  }

  func name(_ fact: Fact) -> String {
    switch fact {
    case .now: "now"
    case .cycleStart: "cycle.start"
    case .cycleEnd: "cycle.end"
    case .field(let event, let field): "\(program.events[event].name).\(program.events[event].fields[field].name)"
    case .setting(let index): program.settings[index].name
    case .posted(let bucket): program.buckets[bucket].name
    case .available(let bucket): "\(program.buckets[bucket].name).available"
    case .held(let bucket): "\(program.buckets[bucket].name).held"
    case .meter(let index): program.meters[index].name
    case .last(let event): "last \(program.events[event].name)"
    case .drawn(let bucket): "drawn from \(program.buckets[bucket].name)"
    case .covered: "paid"
    case .shortfall: "shortfall"
    case .rescued: "rescued"
    case .eventKey: "key"
    case .collecting: "collecting"
    case .record(let event, let field, _):
      "\(name(.field(event: event, field: field))).\(program.number(of: fact)?.name ?? "number")"
    case .own(let kind, _): "\(kind.rawValue).\(program.number(of: fact)?.name ?? "number")"
    case .total(let index): "payments.\(program.paymentDerivations[index].name)"
    case .previous(let inner): "previous \(name(inner))"
    }
  }
}
