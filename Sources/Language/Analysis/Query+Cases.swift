import Values

extension Query {
  /// One step of taking a condition apart. All of what comes back must hold.
  func expanded(_ expr: Expr, _ truth: Bool) -> [Formula] {
    switch expr.kind {
    case .constant(let value): return (value != 0) == truth ? [] : [.never]
    case .fact(let fact):
      let variable = value(of: fact)
      return [.row(truth ? row(variable, times: -1, plus: 1) : row(variable))]
    case .named(let index):
      return program.lets.indices.contains(index) ? [.holds(program.lets[index].value, truth)] : []
    case .not(let operand): return [.holds(operand, !truth)]
    case .and(let left, let right): return both(left, right, truth, when: true)
    case .or(let left, let right): return both(left, right, truth, when: false)
    case .choose(let condition, let then, let otherwise):
      return [
        .any([
          [.holds(condition, true), .holds(then, truth)], [.holds(condition, false), .holds(otherwise, truth)],
        ])
      ]
    case .compare(let comparison, let left, let right):
      return compared(truth ? comparison : comparison.negated, cases(left, 0), cases(right, 0))
    case .compareRatio(let comparison, let left, let right):
      return comparedRatios(truth ? comparison : comparison.negated, left, right)
    case .isSet(let operand):
      return anyOf(cases(operand, 0)) { ($0 != nil) == truth ? [] : nil }
    case .call, .lookup:
      return anyOf(cases(expr, 0)) { value in
        guard let value else { return nil }
        return truth ? self.relation(.greater, value) : self.relation(.equal, value)
      }
    default: return []
    }
  }

  /// `and` wanted true, or `or` wanted false, is two conditions. Otherwise the second is only read where the first did not
  /// decide, as in the engine, so an optional is never read unguarded.
  private func both(_ left: Expr, _ right: Expr, _ truth: Bool, when plain: Bool) -> [Formula] {
    if truth == plain { return [.holds(left, truth), .holds(right, truth)] }
    return [.any([[.holds(left, truth)], [.holds(left, !truth), .holds(right, truth)]])]
  }

  private func anyOf(_ cases: [Case], _ wanted: (LinearRow?) -> [Formula]?) -> [Formula] {
    let alternatives = cases.compactMap { one in wanted(one.value).map { one.conditions + $0 } }
    return [.any(alternatives)]
  }

  private func compared(_ comparison: Comparison, _ left: [Case], _ right: [Case]) -> [Formula] {
    var alternatives: [[Formula]] = []
    for first in left {
      for second in right {
        let relation: [Formula]
        if let a = first.value, let b = second.value {
          guard let difference = a.adding(b, times: -1) else {
            alternatives.append(first.conditions + second.conditions)
            continue
          }
          relation = self.relation(comparison, difference)
        } else {
          let areEqual = first.value == nil && second.value == nil
          switch comparison {
          case .equal: relation = areEqual ? [] : [.never]
          case .notEqual: relation = areEqual ? [.never] : []
          // A guarded optional is never compared while it is none; nothing may be concluded if one is.
          default: relation = []
          }
        }
        alternatives.append(first.conditions + second.conditions + relation)
      }
    }
    return alternatives.count == 1 ? alternatives[0] : [.any(alternatives)]
  }

  /// `difference` compares so with zero.
  private func relation(_ comparison: Comparison, _ difference: LinearRow) -> [Formula] {
    func atMost(_ bound: Int128) -> Formula? {
      total(difference.constant, -bound).map { .row(LinearRow(terms: difference.terms, constant: $0)) }
    }
    func atLeast(_ bound: Int128) -> Formula? {
      LinearRow(constant: bound).adding(difference, times: -1).map { .row($0) }
    }
    let parts: [Formula?]
    switch comparison {
    case .equal: parts = [atMost(0), atLeast(0)]
    case .notEqual:
      guard let less = atMost(-1), let more = atLeast(1) else { return [] }
      return [.any([[less], [more]])]
    case .less: parts = [atMost(-1)]
    case .lessOrEqual: parts = [atMost(0)]
    case .greater: parts = [atLeast(1)]
    case .greaterOrEqual: parts = [atLeast(0)]
    }
    return parts.compactMap { $0 }
  }

  /// Two ratios compare as one of less, equal, greater; the same two always alike.
  private func comparedRatios(_ comparison: Comparison, _ left: Expr, _ right: Expr) -> [Formula] {
    if case .constant(let first) = left.kind, case .constant(let second) = right.kind,
      first != ValueType.none, second != ValueType.none
    {
      let bool = Expr(.compareRatio(comparison, left, right), QualifiedType(.bool), ValueRange(0, 1), .none)
      guard let holds = Evaluation(program, facts: { _ in 0 }).value(bool) else { return [] }
      return holds != 0 ? [] : [.never]
    }
    let order = row(number(.order(LinearForm.OpaqueTerm(left), LinearForm.OpaqueTerm(right)), -1, 1))
    return relation(comparison, order)
  }

  // MARK: - Values

  /// The ways an expression can come to a value.
  func cases(_ expr: Expr, _ depth: Int) -> [Case] {
    guard depth < Feasibility.depthLimit, spend() else { return opaque(expr) }
    let found: [Case]?
    switch expr.kind {
    case .constant(let value) where value == ValueType.none: return [Case(conditions: [], value: nil)]
    case .fact(let fact) where expr.type.isOptional && program.domain(of: fact).type.isOptional:
      return optional(value: value(of: fact), presence: number(.presence(fact), 0, 1))
    case .fact(let fact): return [Case(conditions: [], value: row(value(of: fact)))]
    case .constant, .add, .subtract, .negate, .scale: found = linear(expr, depth)
    case .named(let index):
      guard program.lets.indices.contains(index) else { return opaque(expr) }
      found = cases(program.lets[index].value, depth + 1)
    case .minimum(let left, let right): found = extreme(left, right, .lessOrEqual, depth)
    case .maximum(let left, let right): found = extreme(left, right, .greaterOrEqual, depth)
    case .choose(let condition, let then, let otherwise):
      found =
        cases(then, depth + 1).map { Case(conditions: [.holds(condition, true)] + $0.conditions, value: $0.value) }
        + cases(otherwise, depth + 1).map {
          Case(conditions: [.holds(condition, false)] + $0.conditions, value: $0.value)
        }
    case .compare, .compareRatio, .and, .or, .not, .isSet:
      found = [true, false].map {
        Case(conditions: [.holds(expr, $0)], value: LinearRow(constant: $0 ? 1 : 0))
      }
    case .lookup(let table, let column, let keys): found = rows(expr, table, column, keys)
    case .roundedScale(let value, let ratio, let rounding, let quantum):
      found = rounded(expr, value, ratio, rounding, quantum, depth)
    case .roundedProducts, .call: found = nil
    }
    guard let found, found.count <= Feasibility.caseLimit else { return opaque(expr) }
    return found
  }

  private func linear(_ expr: Expr, _ depth: Int) -> [Case]? {
    let form = forms.form(of: expr)
    var result = [Case(conditions: [], value: LinearRow(constant: form.constant))]
    for term in form.terms {
      let parts: [Case]
      switch term.atom {
      case .fact(let fact): parts = [Case(conditions: [], value: row(value(of: fact)))]
      case .opaque(let opaque):
        // The whole expression as its own part: a sum whose coefficients left 128 bits.
        guard opaque != LinearForm.OpaqueTerm(expr) else { return nil }
        parts = cases(opaque.expr, depth + 1)
      }
      guard result.count * parts.count <= Feasibility.caseLimit else { return nil }
      var next: [Case] = []
      for one in result {
        for part in parts {
          let conditions = one.conditions + part.conditions
          guard let sum = one.value, let value = part.value else {
            next.append(Case(conditions: conditions, value: nil))
            continue
          }
          guard let total = sum.adding(value, times: term.coefficient) else { return nil }
          next.append(Case(conditions: conditions, value: total))
        }
      }
      result = next
    }
    return result
  }

  private func extreme(_ left: Expr, _ right: Expr, _ comparison: Comparison, _ depth: Int) -> [Case]? {
    let (first, second) = (cases(left, depth + 1), cases(right, depth + 1))
    guard first.count * second.count * 2 <= Feasibility.caseLimit else { return nil }
    var result: [Case] = []
    for a in first {
      for b in second {
        let conditions = a.conditions + b.conditions
        guard let x = a.value, let y = b.value else {
          result.append(Case(conditions: conditions, value: nil))
          continue
        }
        guard let difference = x.adding(y, times: -1) else { return nil }
        result.append(Case(conditions: conditions + relation(comparison, difference), value: x))
        result.append(Case(conditions: conditions + relation(comparison.negated, difference), value: y))
      }
    }
    return result
  }

  /// A value times a constant fraction, rounded: a whole number of steps, of which the exact product is at most one away.
  private func rounded(
    _ expr: Expr, _ value: Expr, _ ratio: Expr, _ rounding: Rounding, _ quantum: Int64, _ depth: Int
  ) -> [Case]? {
    guard case .constant(let packed) = ratio.kind, Int32(truncatingIfNeeded: packed) > 0, quantum > 0 else {
      return nil
    }
    let fraction = Ratio(packed: packed)
    let step = Int128(fraction.denominator) * Int128(quantum)
    let count = number(
      .roundedCount(LinearForm.OpaqueTerm(expr)), floorQuotient(expr.range.low, Int128(quantum)),
      ceilingQuotient(expr.range.high, Int128(quantum)))
    // Twice the product lies this far from twice the rounded steps; an exact half may go either way.
    let reach: (below: Int128, above: Int128) =
      switch rounding {
      case .down: (0, 2 * step - 1)
      case .up: (1 - 2 * step, 0)
      case .halfUp, .halfEven: (-step, step)
      }
    var result: [Case] = []
    for one in cases(value, depth + 1) {
      let zero = LinearRow()
      guard let value = one.value, let twice = zero.adding(value, times: 2 * Int128(fraction.numerator)),
        let difference = twice.adding(row(count), times: -2 * step),
        let low = LinearRow(constant: reach.below).adding(difference, times: -1),
        let high = difference.adding(LinearRow(constant: reach.above), times: -1),
        let rounded = zero.adding(row(count), times: Int128(quantum))
      else { return nil }
      result.append(Case(conditions: one.conditions + [.row(low), .row(high)], value: rounded))
    }
    return result
  }

  private func opaque(_ expr: Expr) -> [Case] {
    let term = LinearForm.OpaqueTerm(expr)
    let variable = number(.opaqueValue(term), expr.range.low, expr.range.high)
    guard expr.type.isOptional else { return [Case(conditions: [], value: row(variable))] }
    return optional(value: variable, presence: number(.opaquePresence(term), 0, 1))
  }

  private func optional(value: Int, presence: Int) -> [Case] {
    [
      Case(conditions: [.row(row(presence))], value: nil),
      Case(conditions: [.row(row(presence, times: -1, plus: 1))], value: row(value)),
    ]
  }

  // MARK: - Tables

  /// A case for each row of a short table.
  private func rows(_ expr: Expr, _ index: Int, _ column: Int, _ keys: [Expr]) -> [Case]? {
    guard program.tables.indices.contains(index) else { return nil }
    let table = program.tables[index]
    guard table.rows.count < Feasibility.rowLimit, table.inputs.count == keys.count,
      !table.inputs.contains(where: { $0.type.base == .ratio })
    else { return nil }
    var result: [Case] = []
    var earlier: [Formula] = []
    for row in table.rows {
      var conditions = table.hit == .first ? earlier : []
      for (key, cell) in zip(keys, row.cells) { conditions += inside(key, cell.low, cell.high) }
      let value = row.values[column]
      result.append(
        Case(
          conditions: conditions, value: value == ValueType.none ? nil : LinearRow(constant: Int128(value))))
      earlier.append(.any(zip(keys, row.cells).flatMap { outside($0, $1.low, $1.high) }))
    }
    if expr.type.isOptional { result.append(Case(conditions: earlier, value: nil)) }
    return result
  }

  private func inside(_ key: Expr, _ low: Int64, _ high: Int64) -> [Formula] {
    anyOf(cases(key, 1)) { value in
      guard let value else { return low == ValueType.none ? [] : nil }
      return ends(low, high, value).flatMap { relation($0.comparison.negated, $0.difference) }
    }
  }

  /// The ways a key can lie outside a cell.
  private func outside(_ key: Expr, _ low: Int64, _ high: Int64) -> [[Formula]] {
    cases(key, 1).flatMap { one -> [[Formula]] in
      guard let value = one.value else { return low == ValueType.none ? [] : [one.conditions] }
      return ends(low, high, value).map { one.conditions + relation($0.comparison, $0.difference) }
    }
  }

  /// How a value misses each end of a cell; an end that is open is missed by nothing.
  private func ends(
    _ low: Int64, _ high: Int64, _ value: LinearRow
  ) -> [(comparison: Comparison, difference: LinearRow)] {
    var result: [(Comparison, LinearRow)] = []
    if low > ValueType.unset, let row = value.adding(LinearRow(constant: Int128(low)), times: -1) {
      result.append((.less, row))
    }
    if high < Int64.max, let row = value.adding(LinearRow(constant: Int128(high)), times: -1) {
      result.append((.greater, row))
    }
    return result
  }
}
