extension Expr {
  /// The direct operands, in order.
  public var operands: [Expr] {
    switch kind {
    case .constant, .fact, .named: []
    case .add(let a, let b), .subtract(let a, let b), .minimum(let a, let b), .maximum(let a, let b),
      .compare(_, let a, let b), .compareRatio(_, let a, let b), .and(let a, let b), .or(let a, let b):
      [a, b]
    case .negate(let a), .scale(_, let a), .not(let a), .isSet(let a): [a]
    case .choose(let condition, let then, let otherwise): [condition, then, otherwise]
    case .roundedProducts(let products, let plus, _, _):
      products.flatMap { [$0.tokens, $0.rate] } + (plus.map { [$0] } ?? [])
    case .roundedScale(let value, let ratio, _, _): [value, ratio]
    case .call(_, let arguments), .lookup(_, _, let arguments): arguments
    }
  }

  /// Every node below and including this one, outer first.
  public func walk(_ visit: (Expr) -> Void) {
    visit(self)
    for operand in operands { operand.walk(visit) }
  }

  /// A copy in which `change` replaces whole nodes; where it says nil, the node is kept and its operands are visited.
  public func mapped(_ change: (Expr) -> Expr?) -> Expr {
    if let changed = change(self) { return changed }
    func map(_ expr: Expr) -> Expr { expr.mapped(change) }
    let mappedKind: Kind =
      switch kind {
      case .constant, .fact, .named: kind
      case .add(let a, let b): .add(map(a), map(b))
      case .subtract(let a, let b): .subtract(map(a), map(b))
      case .negate(let a): .negate(map(a))
      case .minimum(let a, let b): .minimum(map(a), map(b))
      case .maximum(let a, let b): .maximum(map(a), map(b))
      case .scale(let factor, let a): .scale(factor, map(a))
      case .compare(let comparison, let a, let b): .compare(comparison, map(a), map(b))
      case .compareRatio(let comparison, let a, let b): .compareRatio(comparison, map(a), map(b))
      case .and(let a, let b): .and(map(a), map(b))
      case .or(let a, let b): .or(map(a), map(b))
      case .not(let a): .not(map(a))
      case .choose(let condition, let then, let otherwise):
        .choose(condition: map(condition), then: map(then), otherwise: map(otherwise))
      case .isSet(let a): .isSet(map(a))
      case .roundedProducts(let products, let plus, let rounding, let quantum):
        .roundedProducts(
          products.map { Product(tokens: map($0.tokens), rate: map($0.rate)) }, plus: plus.map(map), rounding,
          quantum: quantum)
      case .roundedScale(let value, let ratio, let rounding, let quantum):
        .roundedScale(map(value), ratio: map(ratio), rounding, quantum: quantum)
      case .call(let function, let arguments): .call(function, arguments.map(map))
      case .lookup(let table, let column, let keys): .lookup(table: table, column: column, keys.map(map))
      }
    return Expr(mappedKind, type, range, span)
  }
}
