import Values

/// The plain meaning of an expression at given facts: the check behind every example an analysis shows.
final class Evaluation {
  private let program: Program
  private let facts: (Fact) -> Int64
  private var lets: [Int: Int64?] = [:]

  init(_ program: Program, facts: @escaping (Fact) -> Int64) {
    self.program = program
    self.facts = facts
  }

  /// The value; nil where the expression has none, such as a sum past 64 bits or an argument out of range.
  func value(_ expr: Expr) -> Int64? {
    // Lets read only earlier ones, so working them out from the first keeps the stack as low as one expression.
    for index in FactsRead([expr], in: program).lets.sorted() where lets[index] == nil {
      lets[index] = .some(inner(program.lets[index].value))
    }
    return inner(expr)
  }

  private func inner(_ expr: Expr) -> Int64? {
    switch expr.kind {
    case .constant(let value): return value
    case .fact(let fact): return facts(fact)
    case .named(let index): return lets[index] ?? nil
    case .add(let left, let right): return both(left, right) { $0.addingReportingOverflow($1) }
    case .subtract(let left, let right): return both(left, right) { $0.subtractingReportingOverflow($1) }
    case .negate(let operand):
      return number(operand).flatMap { $0 == .min ? nil : -$0 }
    case .scale(let factor, let operand):
      return number(operand).flatMap { value in
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
      }
    case .minimum(let left, let right): return both(left, right) { (min($0, $1), false) }
    case .maximum(let left, let right): return both(left, right) { (max($0, $1), false) }
    case .compare(let comparison, let left, let right): return compare(comparison, left, right)
    case .compareRatio(let comparison, let left, let right): return compareRatio(comparison, left, right)
    case .and(let left, let right):
      guard let first = inner(left) else { return nil }
      return first == 0 ? 0 : inner(right)
    case .or(let left, let right):
      guard let first = inner(left) else { return nil }
      return first != 0 ? 1 : inner(right)
    case .not(let operand): return inner(operand).map { $0 == 0 ? 1 : 0 }
    case .choose(let condition, let then, let otherwise):
      return inner(condition).flatMap { inner($0 != 0 ? then : otherwise) }
    case .isSet(let operand): return inner(operand).map { $0 == ValueType.none ? 0 : 1 }
    case .roundedProducts(let products, let plus, let rounding, let quantum):
      return roundedProducts(products, plus, rounding, quantum)
    case .roundedScale(let operand, let ratio, let rounding, let quantum):
      guard let value = number(operand), let fraction = self.ratio(ratio) else { return nil }
      let product = Int128(value) * Int128(fraction.numerator)
      return rounded(product, over: Int64(fraction.denominator), rounding, quantum)
    case .call(let function, let arguments): return call(function, arguments)
    case .lookup(let table, let column, let keys): return lookup(table, column, keys)
    }
  }

  /// A value that is not `none`.
  private func number(_ expr: Expr) -> Int64? { inner(expr).flatMap { $0 == ValueType.none ? nil : $0 } }

  private func both(_ left: Expr, _ right: Expr, _ operation: (Int64, Int64) -> (Int64, Bool)) -> Int64? {
    guard let first = number(left), let second = number(right) else { return nil }
    let (result, overflow) = operation(first, second)
    return overflow ? nil : result
  }

  private func compare(_ comparison: Comparison, _ left: Expr, _ right: Expr) -> Int64? {
    guard let first = inner(left), let second = inner(right) else { return nil }
    let hasNone = first == ValueType.none || second == ValueType.none
    switch comparison {
    case .equal: return first == second ? 1 : 0
    case .notEqual: return first != second ? 1 : 0
    default: return hasNone ? nil : comparison.holds(first, second) ? 1 : 0
    }
  }

  private func compareRatio(_ comparison: Comparison, _ left: Expr, _ right: Expr) -> Int64? {
    if comparison == .equal || comparison == .notEqual, let first = inner(left), let second = inner(right),
      first == ValueType.none || second == ValueType.none
    {
      return (first == second) == (comparison == .equal) ? 1 : 0
    }
    guard let first = ratio(left), let second = ratio(right) else { return nil }
    let cross = (
      Int64(first.numerator) * Int64(second.denominator), Int64(second.numerator) * Int64(first.denominator)
    )
    return comparison.holds(cross.0, cross.1) ? 1 : 0
  }

  private func ratio(_ expr: Expr) -> Ratio? {
    guard let packed = number(expr), Int32(truncatingIfNeeded: packed) > 0 else { return nil }
    return Ratio(packed: packed)
  }

  private func roundedProducts(
    _ products: [Expr.Product], _ plus: Expr?, _ rounding: Rounding, _ quantum: Int64
  ) -> Int64? {
    var sum: Int128 = 0
    for product in products {
      guard let tokens = number(product.tokens), let rate = number(product.rate) else { return nil }
      sum += Int128(tokens) * Int128(rate)
    }
    if let plus {
      guard let money = number(plus) else { return nil }
      sum += Int128(money) * Int128(Rate.picoPerNano)
    }
    return rounded(sum, over: Rate.picoPerNano, rounding, quantum)
  }

  private func rounded(_ numerator: Int128, over divisor: Int64, _ rounding: Rounding, _ quantum: Int64) -> Int64? {
    let (size, overflow) = divisor.multipliedReportingOverflow(by: quantum)
    guard !overflow, size > 0 else { return nil }
    return product(Rounding.divide(numerator, by: size, rounding), Int128(quantum)).flatMap { Int64(exactly: $0) }
  }

  private func call(_ index: Int, _ arguments: [Expr]) -> Int64? {
    guard program.functions.indices.contains(index) else { return nil }
    let function = program.functions[index]
    guard function.parameters.count == arguments.count else { return nil }
    var values: [Int64] = []
    for (parameter, argument) in zip(function.parameters, arguments) {
      guard let value = inner(argument) else { return nil }
      let isAllowed = value == ValueType.none ? parameter.type.isOptional : parameter.range.contains(value)
      guard isAllowed else { return nil }
      values.append(value)
    }
    let result = values.withUnsafeBufferPointer(function.body)
    return result == ValueType.none || function.result.range.contains(result) ? result : nil
  }

  private func lookup(_ index: Int, _ column: Int, _ keys: [Expr]) -> Int64? {
    guard program.tables.indices.contains(index) else { return nil }
    let table = program.tables[index]
    var values: [Int64] = []
    for key in keys {
      guard let value = inner(key) else { return nil }
      values.append(value)
    }
    let row = table.rows.firstIndex { row in
      zip(row.cells, values).allSatisfy { $0.low <= $1 && $1 <= $0.high }
    }
    guard let row else { return ValueType.none }
    return table.rows[row].values.indices.contains(column) ? table.rows[row].values[column] : nil
  }
}

extension Comparison {
  /// The comparison that holds exactly where this one does not.
  var negated: Comparison {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }
}
