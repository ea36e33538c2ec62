/// Which optionals a condition proves to have a value: what makes reading them legal.
///
/// A key is the canonical text of a pure expression, so two readings of the same fact share one key.
enum Guards {
  /// The key of an expression that may be `none`; nil for the literal, which no test can give a value.
  static func key(_ expr: Expr) -> String? {
    if case .constant(ValueType.none) = expr.kind { return nil }
    return text(expr)
  }

  /// The canonical text of an expression: equal texts have equal values at equal facts.
  private static func text(_ expr: Expr) -> String {
    switch expr.kind {
    case .fact(let fact): "\(fact)"
    case .named(let index): "let \(index)"
    case .constant(let value): "\(value)"
    case .lookup(let table, let column, let keys): lookupKey(table, column, keys)
    case .call(let function, _): join("call \(function)", expr.operands)
    case .add: join("+", expr.operands)
    case .subtract: join("-", expr.operands)
    case .negate: join("negate", expr.operands)
    case .minimum: join("min", expr.operands)
    case .maximum: join("max", expr.operands)
    case .scale(let factor, _): join("scale \(factor)", expr.operands)
    case .choose: join("if", expr.operands)
    case .isSet: join("set", expr.operands)
    case .not: join("not", expr.operands)
    case .compare(let comparison, _, _): join("\(comparison)", expr.operands)
    case .compareRatio(let comparison, _, _): join("ratio \(comparison)", expr.operands)
    case .and: join("and", expr.operands)
    case .or: join("or", expr.operands)
    case .roundedProducts(_, let plus, let rounding, let quantum):
      join("sum \(rounding) \(quantum) \(plus == nil)", expr.operands)
    case .roundedScale(_, _, let rounding, let quantum): join("share \(rounding) \(quantum)", expr.operands)
    }
  }

  /// The key that says a row of a table covers these keys; its columns that are never none may then be read.
  static func rowKey(_ table: Int, _ keys: [Expr]) -> String { lookupKey(table, -1, keys) }

  private static func lookupKey(_ table: Int, _ column: Int, _ keys: [Expr]) -> String {
    join("table \(table) \(column)", keys)
  }

  private static func join(_ head: String, _ parts: [Expr]) -> String {
    "\(head)(\(parts.map(text).joined(separator: ",")))"
  }

  /// The optionals that have a value whenever `condition` is `truth`.
  static func proved(by condition: Expr, being truth: Bool, lets: [KnownLet]) -> Set<String> {
    switch condition.kind {
    case .isSet(let inner) where truth:
      return provedBySetting(inner)
    case .not(let inner):
      return proved(by: inner, being: !truth, lets: lets)
    case .and(let left, let right), .or(let left, let right):
      let first = proved(by: left, being: truth, lets: lets)
      let second = proved(by: right, being: truth, lets: lets)
      var joins = false
      if case .and = condition.kind { joins = true }
      return joins == truth ? first.union(second) : first.intersection(second)
    case .compare(let comparison, let left, let right):
      // Equal to a value: it has one. Unequal to none is written `is set`.
      guard (comparison == .equal && truth) || (comparison == .notEqual && !truth) else { return [] }
      if left.type.isOptional, !right.type.isOptional { return provedBySetting(left) }
      if right.type.isOptional, !left.type.isOptional { return provedBySetting(right) }
      return []
    case .named(let index):
      guard lets.indices.contains(index) else { return [] }
      return truth ? lets[index].whenOn : lets[index].whenOff
    default:
      return []
    }
  }

  private static func provedBySetting(_ expr: Expr) -> Set<String> {
    var keys: Set<String> = []
    if let own = key(expr) { keys.insert(own) }
    if case .lookup(let table, _, let arguments) = expr.kind { keys.insert(rowKey(table, arguments)) }
    return keys
  }
}
