import Diagnostics
import Values

extension Checking {
  func comparison(
    _ operation: BinaryOperator, _ left: ExprSyntax, _ right: ExprSyntax, _ span: Span, _ place: Place
  ) -> Expr? {
    let comparison: Comparison =
      switch operation {
      case .notEqual: .notEqual
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .greater: .greater
      case .greaterOrEqual: .greaterOrEqual
      default: .equal
      }
    var place = place
    place.comparison = span
    guard let (first, second) = operands(left, right, place) else { return nil }
    return self.comparison(comparison, first, second, span, place)
  }

  func comparison(_ comparison: Comparison, _ left: Expr, _ right: Expr, _ span: Span, _ place: Place) -> Expr? {
    let isEquality = comparison == .equal || comparison == .notEqual
    var (first, second) = (left, right)
    if !isEquality || !(first.type.isOptional || second.type.isOptional) || isNone(first) || isNone(second) {
      if isNone(first) || isNone(second) {
        report(
          .wrongType, "`none` is tested with `is none` or `is set`", span,
          help: "\(text(isNone(first) ? right : left)) is \(comparison == .notEqual ? "set" : "none")")
        return nil
      }
      guard let read = present(first, place), let other = present(second, place) else { return nil }
      (first, second) = (read, other)
    }
    guard first.type.base == second.type.base else {
      let mixes = first.type.base.isOrdered && second.type.base.isOrdered
      report(
        mixes ? .unitsDoNotMix : .wrongType,
        "\(first.type.base.name) cannot be compared with \(second.type.base.name)", span,
        labels: [
          Label(span: first.span, message: "this is \(first.type.name)"),
          Label(span: second.span, message: "this is \(second.type.name)"),
        ], help: conversion(first, second))
      return nil
    }
    guard isEquality || first.type.base.isOrdered else {
      report(
        .unitsDoNotMix, "\(first.type.base.name) has no order", span, label: "these are \(first.type.base.name)",
        help: "\(text(first)) is \(text(second))")
      return nil
    }
    let bool = QualifiedType(.bool)
    if first.type.base == .ratio {
      return Expr(.compareRatio(comparison, first, second), bool, ValueRange(0, 1), span)
    }
    return Expr(.compare(comparison, first, second), bool, ValueRange(0, 1), span)
  }

  /// Both sides of an operator; a bare word on one side takes its meaning from the type of the other.
  private func operands(_ left: ExprSyntax, _ right: ExprSyntax, _ place: Place) -> (Expr, Expr)? {
    if isUnknownWord(left, place), !isUnknownWord(right, place) {
      guard let second = expression(right, place, expecting: nil),
        let first = expression(left, place, expecting: second.type)
      else { return nil }
      return (first, second)
    }
    guard let first = expression(left, place, expecting: nil) else { return nil }
    guard let second = expression(right, place, expecting: first.type) else { return nil }
    return (first, second)
  }

  /// The conversion that exists between two units, if any.
  func conversion(_ first: Expr, _ second: Expr) -> String? {
    func isLiteral(_ expr: Expr) -> Bool { if case .constant = expr.kind { true } else { false } }
    func unit(_ expr: Expr, _ isMoney: Bool) -> String {
      guard isLiteral(expr) else {
        return isMoney ? "money is written `$5` or `150 units`" : "tokens are written `100 tokens`"
      }
      return isMoney ? "write an amount: `$\(text(expr))`" : "write `\(text(expr)) tokens`"
    }
    switch (first.type.base, second.type.base) {
    case (.money, .integer): return unit(second, true)
    case (.integer, .money): return unit(first, true)
    case (.tokens, .integer): return unit(second, false)
    case (.integer, .tokens): return unit(first, false)
    case (.money, .tokens), (.tokens, .money):
      return "tokens become money with a rate: `round up to 1 unit (tokens * rate)`"
    case (.ratio, .integer) where isLiteral(second): return "write `\(text(second))%`, or a fraction such as `4/5`"
    case (.integer, .ratio) where isLiteral(first): return "write `\(text(first))%`, or a fraction such as `4/5`"
    case (.money, .ratio), (.ratio, .money): return "a share of an amount is `round up to 1 unit (amount * 20%)`"
    case (.duration, .integer), (.integer, .duration), (.time, .integer), (.integer, .time):
      return "write a unit: `30 seconds`, `1 hour`, `7 days`"
    case (.time, .duration), (.duration, .time): return "the difference of two times is a duration: `now - cycle.start`"
    case (.enumeration(let members), .enumeration(let others)):
      return Set(members) == Set(others)
        ? "write both lists in the same order" : "lists are the same only with the same words in the same order"
    case (.enumeration(let members), .name): return "write a word without quotes: \(members.joined(separator: ", "))"
    case (.enumeration(let members), _): return "its values are \(members.joined(separator: ", "))"
    case (.record(let kind), _): return "compare a number of it, such as `\(text(first)).\(kind.numbers[0].name)`"
    case (_, .record(let kind)): return "compare a number of it, such as `\(text(second)).\(kind.numbers[0].name)`"
    case (.name, .key), (.key, .name): return "keys have no names here: compare one with another key"
    default: return nil
    }
  }

  /// `+` and `-`
  func sum(
    _ operation: BinaryOperator, _ left: ExprSyntax, _ right: ExprSyntax, _ span: Span, _ place: Place
  ) -> Checked? {
    let subtracts = operation == .subtract
    guard let first = checked(left, place, expecting: nil),
      let second = checked(right, subtracts ? place.refusing(.subtrahend) : place, expecting: nil)
    else { return nil }
    return sum(first, second, subtracts: subtracts, span, place)
  }

  private func sum(_ first: Checked, _ second: Checked, subtracts: Bool, _ span: Span, _ place: Place) -> Checked? {
    guard case .plain(let leftExpr) = first, case .plain(let rightExpr) = second else {
      return exactSum(first, second, subtracting: subtracts, span, place).map(Checked.exact)
    }
    guard let a = present(leftExpr, place),
      let b = present(rightExpr, subtracts ? place.refusing(.subtrahend) : place)
    else { return nil }
    let result: ValueType
    switch (a.type.base, b.type.base) {
    case (.money, .money), (.tokens, .tokens), (.integer, .integer), (.duration, .duration), (.rate, .rate):
      result = a.type.base
    case (.time, .duration): result = .time
    case (.duration, .time) where !subtracts: result = .time
    case (.time, .time) where subtracts: result = .duration
    default:
      report(
        .unitsDoNotMix,
        subtracts
          ? "\(b.type.base.name) cannot be subtracted from \(a.type.base.name)"
          : "\(a.type.base.name) and \(b.type.base.name) do not add up", span,
        labels: [
          Label(span: a.span, message: "this is \(a.type.name)"),
          Label(span: b.span, message: "this is \(b.type.name)"),
        ], help: conversion(a, b))
      return nil
    }
    if case .constant(let x) = a.kind, case .constant(let y) = b.kind {
      let (folded, overflow) = subtracts ? x.subtractingReportingOverflow(y) : x.addingReportingOverflow(y)
      if !overflow {
        return fitting(Expr(.constant(folded), QualifiedType(result), .constant(folded), span)).map(Checked.plain)
      }
    }
    let expr =
      subtracts
      ? Expr(.subtract(a, b), QualifiedType(result), a.range - b.range, span)
      : Expr(.add(a, b), QualifiedType(result), a.range + b.range, span)
    return fitting(expr).map(Checked.plain)
  }

  /// `*`: by a constant, a rate or a ratio.
  func product(_ left: ExprSyntax, _ right: ExprSyntax, _ span: Span, _ place: Place) -> Checked? {
    guard let first = checked(left, place, expecting: nil), let second = checked(right, place, expecting: nil) else {
      return nil
    }
    return product(first, second, span, place)
  }

  private func product(_ first: Checked, _ second: Checked, _ span: Span, _ place: Place) -> Checked? {
    guard case .plain(let leftExpr) = first, case .plain(let rightExpr) = second else {
      report(
        .notLinear, "a price is not multiplied again", span,
        help: "round it first: `round up to 1 unit (tokens * rate)`, then multiply by a constant")
      return nil
    }
    guard let a = present(leftExpr, place), let b = present(rightExpr, place) else { return nil }
    switch (a.type.base, b.type.base) {
    case (.tokens, .rate): return .exact(.product(a, b, span))
    case (.rate, .tokens): return .exact(.product(b, a, span))
    case (.money, .ratio), (.tokens, .ratio), (.integer, .ratio), (.duration, .ratio):
      return .exact(ExactSum(scaled: (a, b), span: span))
    case (.ratio, .money), (.ratio, .tokens), (.ratio, .integer), (.ratio, .duration):
      return .exact(ExactSum(scaled: (b, a), span: span))
    default: break
    }
    let scalable: [ValueType] = [.money, .tokens, .integer, .duration, .rate]
    if case .constant(let factor) = a.kind, a.type.base == .integer, scalable.contains(b.type.base) {
      return scaled(factor, b, span).map(Checked.plain)
    }
    if case .constant(let factor) = b.kind, b.type.base == .integer, scalable.contains(a.type.base) {
      return scaled(factor, a, span).map(Checked.plain)
    }
    report(
      .notLinear, "\(a.type.base.name) is not multiplied by \(b.type.base.name) here", span,
      labels: [
        Label(span: a.span, message: "this is \(a.type.name)"), Label(span: b.span, message: "this is \(b.type.name)"),
      ],
      notes: ["one side of `*` is a whole constant, a rate or a ratio: rules stay linear, so that they can be proved"],
      help: a.type.base == .ratio && b.type.base == .ratio
        ? "multiply the two out: one ratio, such as `18/25`"
        : "use a constant, or a setting of type `ratio` inside `round`")
    return nil
  }

  private func scaled(_ factor: Int64, _ expr: Expr, _ span: Span) -> Expr? {
    let range = expr.range * .constant(factor)
    if case .constant(let value) = expr.kind {
      let (folded, overflow) = value.multipliedReportingOverflow(by: factor)
      if !overflow { return fitting(Expr(.constant(folded), expr.type, .constant(folded), span)) }
    }
    return fitting(Expr(.scale(factor, expr), expr.type, range, span))
  }

  /// `/`: a ratio of two constants, or an amount by a constant inside `round`.
  func quotient(
    _ left: ExprSyntax, _ right: ExprSyntax, _ span: Span, _ operatorSpan: Span, _ place: Place
  ) -> Checked? {
    guard let leftExpr = expression(left, place, expecting: nil),
      let rightExpr = expression(right, place, expecting: nil),
      let a = present(leftExpr, place), let b = present(rightExpr, place)
    else { return nil }
    guard case .constant(let divisor) = b.kind, b.type.base == .integer else {
      report(
        .badDivision, "division is by a whole constant", b.span,
        label: b.type.base == .integer ? "this is no constant" : "this is \(b.type.name)",
        help: "multiply by a setting of type `ratio` instead: `round up to 1 unit (amount * share)`")
      return nil
    }
    guard divisor > 0, divisor <= Int64(Int32.max) else {
      report(
        .badDivision, divisor == 0 ? "nothing can be divided by 0" : "the divisor is between 1 and \(Int32.max)",
        b.span,
        help: "write a whole number such as 2")
      return nil
    }
    if case .constant(let numerator) = a.kind, a.type.base == .integer {
      guard let ratio = Ratio(numerator, over: divisor) else {
        report(
          .outOfRange, "this fraction is too large for a ratio", span,
          help: "write at most \(Int32.max) above and below")
        return nil
      }
      guard isRatio(ratio, span) else { return nil }
      return .plain(Expr(.constant(ratio.packed), QualifiedType(.ratio), .constant(ratio.packed), span))
    }
    guard [.money, .tokens, .integer, .duration].contains(a.type.base), let ratio = Ratio(1, over: divisor) else {
      report(
        .badDivision, "\(a.type.base.name) is not divided", a.span, label: "this is \(a.type.name)",
        help: "only money, tokens, counts and durations are divided")
      return nil
    }
    let one = Expr(.constant(ratio.packed), QualifiedType(.ratio), .constant(ratio.packed), b.span)
    return .exact(ExactSum(scaled: (a, one), span: span))
  }

  /// The value of an expression of constants only.
  func constantValue(_ syntax: ExprSyntax, _ place: Place, expecting: QualifiedType) -> (Int64, Expr)? {
    guard let expr = expression(syntax, Place.constant(in: place.family), expecting: expecting) else { return nil }
    if isNone(expr), expecting.isOptional { return (ValueType.none, expr) }
    guard expr.type.base == expecting.base, !isNone(expr) else {
      reportMismatch(expr, expecting)
      return nil
    }
    guard let value = Self.fold(expr) else {
      report(
        .notConstant, "this must be a constant", expr.span, label: "not one literal value",
        help: "write the value itself")
      return nil
    }
    return (value, expr)
  }

  /// The value of an expression without facts. `min`, `max` and roundings of constants are the only operations left to fold.
  static func fold(_ expr: Expr) -> Int64? {
    switch expr.kind {
    case .constant(let value): return value
    case .minimum(let left, let right): return both(left, right).map { min($0, $1) }
    case .maximum(let left, let right): return both(left, right).map { max($0, $1) }
    case .roundedScale(let value, let ratio, let rounding, let quantum):
      guard let (value, packed) = both(value, ratio) else { return nil }
      let fraction = Ratio(packed: packed)
      let product = Int128(value) * Int128(fraction.numerator)
      let (divisor, overflow) = Int64(fraction.denominator).multipliedReportingOverflow(by: quantum)
      guard !overflow, divisor > 0 else { return nil }
      return Int64(exactly: Rounding.divide(product, by: divisor, rounding) * Int128(quantum))
    default: return nil
    }
  }

  private static func both(_ left: Expr, _ right: Expr) -> (Int64, Int64)? {
    guard let first = fold(left), let second = fold(right) else { return nil }
    return (first, second)
  }
}
