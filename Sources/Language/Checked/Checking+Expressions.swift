import Diagnostics
import Values

extension Checking {
  /// Checks an expression that must be a plain value; nil if it is wrong, which has then been reported.
  func expression(_ syntax: ExprSyntax, _ place: Place, expecting: QualifiedType?) -> Expr? {
    switch checked(syntax, place, expecting: expecting) {
    case .plain(let expr): return expr
    case .exact(let sum):
      report(
        .unrounded, "this product is exact beyond the smallest amount and needs a rounding", sum.span,
        label: "how is it rounded?", help: "round up to 1 unit (\(program.sources.text(sum.span)))")
      return nil
    case nil: return nil
    }
  }

  /// Checks an expression of a given type that must have a value.
  func value(_ syntax: ExprSyntax, _ place: Place, _ type: ValueType) -> Expr? {
    guard let expr = expression(syntax, place, expecting: QualifiedType(type)) else { return nil }
    return required(expr, QualifiedType(type), place)
  }

  /// Checks a condition.
  func condition(_ syntax: ExprSyntax, _ place: Place) -> Expr? { value(syntax, place, .bool) }

  /// Checks that `expr` has a type; an optional passes where none is wanted only if a test guards it.
  func required(_ expr: Expr, _ type: QualifiedType, _ place: Place) -> Expr? {
    guard expr.type.base == type.base || isNone(expr) else {
      reportMismatch(expr, type)
      return nil
    }
    if isNone(expr) {
      guard type.isOptional else {
        reportMismatch(expr, type)
        return nil
      }
      return Expr(expr.kind, type, expr.range, expr.span)
    }
    return type.isOptional ? expr : present(expr, place)
  }

  /// Whether it is the literal `none`, which has whatever type is wanted.
  func isNone(_ expr: Expr) -> Bool {
    if case .constant(ValueType.none) = expr.kind { true } else { false }
  }

  /// Reads an optional as a value where a test guards it.
  func present(_ expr: Expr, _ place: Place) -> Expr? {
    guard expr.type.isOptional else { return expr }
    let read = Expr(expr.kind, QualifiedType(expr.type.base), expr.range, expr.span)
    if place.isLenient { return read }
    if let key = Guards.key(expr), place.guards.contains(key) { return read }
    if case .lookup(let table, let column, let keys) = expr.kind, column >= 0,
      !program.tables[table].outputs[column].type.isOptional,
      place.guards.contains(Guards.rowKey(table, keys))
    {
      return read
    }
    if place.lifts, Guards.key(expr) != nil {
      lifted.append(expr)
      return read
    }
    reportReadsNone(expr, place)
    return nil
  }

  /// An expression whose range fits 64 bits: no value of its facts can make it wrap.
  func fitting(_ expr: Expr, help: String? = nil) -> Expr? {
    if expr.range.fits { return expr }
    report(
      .mayOverflow, "this may pass the largest number there is", expr.span,
      label: "from \(shown(expr.range.low, expr.type.base)) to \(shown(expr.range.high, expr.type.base))",
      notes: ["values are 64-bit numbers, money in nano-dollars; every fact counts with its whole declared range"],
      help: help ?? bounding(expr))
    return nil
  }

  private func bounding(_ expr: Expr) -> String {
    let isMoney = expr.type.base == .money
    if isMoney, case .scale(let factor, let inner) = expr.kind {
      return "\(factor) * max($0, min($1_000_000, \(text(inner))))"
    }
    let bound = isMoney ? "$1_000_000" : expr.type.base == .tokens ? "1M tokens" : "1_000_000"
    return "bound what it is made of: `min(\(bound), …)`, or declare fields with a range"
  }

  func checked(_ syntax: ExprSyntax, _ place: Place, expecting: QualifiedType?) -> Checked? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Checking.deepest else {
      reportTooLarge(syntax.span)
      return nil
    }
    // Apart from each other, because each level of an expression costs the stack of all that stands in one function.
    switch syntax.kind {
    case .missing: return nil
    case .literal(let literal): return self.literal(literal, syntax.span, expecting: expecting).map(Checked.plain)
    case .name(let path): return name(path, syntax.span, place, expecting: expecting)
    case .unary, .binary: return operation(syntax, place, expecting: expecting)
    default: return form(syntax, place, expecting: expecting)
    }
  }

  private func operation(_ syntax: ExprSyntax, _ place: Place, expecting: QualifiedType?) -> Checked? {
    let span = syntax.span
    switch syntax.kind {
    case .unary(.not, let inner):
      guard let inner = condition(inner, place) else { return nil }
      return .plain(Expr(.not(inner), QualifiedType(.bool), ValueRange(0, 1), span))
    case .unary(.negate, let inner): return negation(inner, span, place, expecting: expecting)
    case .binary(let operation, let left, let right, let operatorSpan):
      switch operation {
      case .and, .or: return logic(operation, left, right, span, place).map(Checked.plain)
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
        return comparison(operation, left, right, span, place).map(Checked.plain)
      case .add, .subtract: return sum(operation, left, right, span, place)
      case .multiply: return product(left, right, span, place)
      case .divide: return quotient(left, right, span, operatorSpan, place)
      }
    default: return nil
    }
  }

  private func form(_ syntax: ExprSyntax, _ place: Place, expecting: QualifiedType?) -> Checked? {
    let span = syntax.span
    let expr: Expr?
    switch syntax.kind {
    case .presence(let inner, let isSet): expr = presence(inner, isSet, span, place)
    case .within(let inner, let low, let high): expr = within(inner, low, high, span, place)
    case .choose(let test, let then, let otherwise):
      expr = choice(test, then, otherwise, span, place, expecting: expecting)
    case .call(let callee, let arguments): expr = call(callee, arguments, span, place)
    case .member(let inner, let name): expr = member(inner, name, span, place)
    case .round(let rounding, let quantum, let inner): expr = rounded(rounding, quantum, inner, span, place)
    case .last(let event): expr = last(event, span, place)
    case .previous(let inner): expr = previous(inner, span, place, expecting: expecting)
    case .missing, .literal, .name, .unary, .binary: expr = nil
    }
    return expr.map(Checked.plain)
  }

  /// Expressions checked inside each other, through the `let`s they read: more than the grammar allows in one, so that only
  /// circles and towers of unrounded sums come to it, and few enough for the stack of a thread.
  static let deepest = 200

  private func literal(_ literal: Literal, _ span: Span, expecting: QualifiedType?) -> Expr? {
    func constant(_ value: Int64, _ type: ValueType) -> Expr {
      Expr(.constant(value), QualifiedType(type), .constant(value), span)
    }
    switch literal {
    case .integer(let value): return constant(value, .integer)
    case .money(let value): return constant(value.nano, .money)
    case .rate(let value): return constant(value.pico, .rate)
    case .tokens(let value): return constant(value, .tokens)
    case .ratio(let value): return isRatio(value, span) ? constant(value.packed, .ratio) : nil
    case .bool(let value): return constant(value ? 1 : 0, .bool)
    case .time(let value): return constant(value.microseconds, .time)
    case .duration(let value): return constant(value.microseconds, .duration)
    case .text(let name): return constant(program.intern(name), .name)
    case .none:
      let base = expecting?.base ?? .bool
      return Expr(.constant(ValueType.none), QualifiedType(base, isOptional: true), .constant(0), span)
    }
  }

  /// Whether a constant lies where every ratio does; reports where not.
  func isRatio(_ ratio: Ratio, _ span: Span) -> Bool {
    if ValueType.ratio.admits(ratio.packed, in: ValueType.ratio.naturalRange) { return true }
    report(
      .outOfRange, "a ratio lies between 0 and \(ValueType.largestRatio)", span, label: "this is \(ratio)",
      help: "multiply by a whole number instead: `10 * amount`")
    return false
  }

  private func negation(_ inner: ExprSyntax, _ span: Span, _ place: Place, expecting: QualifiedType?) -> Checked? {
    guard let expr = expression(inner, place, expecting: expecting), let value = present(expr, place) else {
      return nil
    }
    guard [.money, .integer, .tokens, .duration].contains(value.type.base) else {
      report(
        .unitsDoNotMix, "\(value.type.name) has no negative", value.span, label: "this is \(value.type.name)",
        help: value.type.base == .bool ? "not \(text(value))" : "take the `-` away")
      return nil
    }
    if case .constant(let constant) = value.kind, constant > ValueType.unset {
      return fitting(Expr(.constant(-constant), value.type, .constant(-constant), span)).map(Checked.plain)
    }
    return fitting(Expr(.negate(value), value.type, -value.range, span)).map(Checked.plain)
  }

  private func logic(
    _ operation: BinaryOperator, _ left: ExprSyntax, _ right: ExprSyntax, _ span: Span, _ place: Place
  ) -> Expr? {
    let first = condition(left, place)
    let known = first.map { Guards.proved(by: $0, being: operation == .and, lets: knownLets) } ?? []
    var after = place.knowing(known)
    // Where the test itself is wrong, what it was to prove is not reported as well.
    if first == nil { after.isLenient = true }
    guard let second = condition(right, after), let first else { return nil }
    let kind: Expr.Kind = operation == .and ? .and(first, second) : .or(first, second)
    return Expr(kind, QualifiedType(.bool), ValueRange(0, 1), span)
  }

  private func presence(_ inner: ExprSyntax, _ isSet: Bool, _ span: Span, _ place: Place) -> Expr? {
    let tested: Expr?
    if case .call(let callee, let arguments) = inner.kind, let table = table(callee, place) {
      tested = lookupForTest(table, callee, arguments, inner.span, place)
    } else {
      tested = expression(inner, place, expecting: nil)
    }
    guard let tested else { return nil }
    guard tested.type.isOptional, !isNone(tested) else {
      let isLiteral = isNone(tested)
      report(
        .neverNone, isLiteral ? "`none` never has a value" : "`\(text(tested))` always has a value", tested.span,
        label: isLiteral ? nil : "this is \(tested.type.name)",
        help: isLiteral || !isSet ? "remove this part of the condition" : "remove the test `is set`")
      return nil
    }
    let test = Expr(.isSet(tested), QualifiedType(.bool), ValueRange(0, 1), span)
    return isSet ? test : Expr(.not(test), QualifiedType(.bool), ValueRange(0, 1), span)
  }

  private func within(
    _ inner: ExprSyntax, _ low: ExprSyntax, _ high: ExprSyntax, _ span: Span, _ place: Place
  ) -> Expr? {
    // Checked once and used twice: reading it twice would double the work with each level of nesting.
    var place = place
    place.comparison = span
    guard let value = expression(inner, place, expecting: nil),
      let bottom = expression(low, place, expecting: value.type),
      let top = expression(high, place, expecting: value.type),
      let from = comparison(.greaterOrEqual, value, bottom, span, place),
      let to = comparison(.lessOrEqual, value, top, span, place)
    else { return nil }
    guard ExprSize(value, lets: knownLets).nodes <= ExprSize.mostRepeated else {
      reportTooLarge(value.span)
      return nil
    }
    if let low = Self.fold(bottom), let high = Self.fold(top), low > high, value.type.base != .ratio {
      report(
        .outOfRange, "no value lies in this range", bottom.span.joined(with: top.span),
        help: "write the smaller value first")
      return nil
    }
    return Expr(.and(from, to), QualifiedType(.bool), ValueRange(0, 1), span)
  }

  private func choice(
    _ test: ExprSyntax, _ then: ExprSyntax, _ otherwise: ExprSyntax, _ span: Span, _ place: Place,
    expecting: QualifiedType?
  ) -> Expr? {
    guard let test = condition(test, place.refusing(.test)) else { return nil }
    let inThen = place.knowing(Guards.proved(by: test, being: true, lets: knownLets))
    let inElse = place.knowing(Guards.proved(by: test, being: false, lets: knownLets))
    let outer = lifted
    lifted = []
    guard var first = expression(then, inThen, expecting: expecting) else { return nil }
    first = lifting(first)
    guard var second = expression(otherwise, inElse, expecting: expecting ?? (isNone(first) ? nil : first.type)) else {
      return nil
    }
    second = lifting(second)
    lifted = outer
    if isNone(first), isNone(second) {
      report(.wrongType, "both branches are `none`", span, help: "write a value in one of them")
      return nil
    }
    if isNone(first) { first.type.base = second.type.base }
    if isNone(second) { second.type.base = first.type.base }
    guard first.type.base == second.type.base else {
      report(
        .wrongType, "the two branches differ: \(first.type.name) and \(second.type.name)", second.span,
        label: "this is \(second.type.name)", labels: [Label(span: first.span, message: "this is \(first.type.name)")],
        help: conversion(first, second) ?? "write \(first.type.base.name) in both")
      return nil
    }
    // Each branch is read where its own tests hold, so a guarded optional is a value there.
    first = reading(first, inThen)
    second = reading(second, inElse)
    let type = QualifiedType(first.type.base, isOptional: first.type.isOptional || second.type.isOptional)
    let range =
      isNone(first) ? second.range : isNone(second) ? first.range : first.range.union(second.range)
    return Expr(.choose(condition: test, then: first, otherwise: second), type, range, span)
  }

  /// An optional as a value where its tests hold, as itself elsewhere.
  private func reading(_ expr: Expr, _ place: Place) -> Expr {
    guard expr.type.isOptional, let key = Guards.key(expr) else { return expr }
    if place.guards.contains(key) { return Expr(expr.kind, QualifiedType(expr.type.base), expr.range, expr.span) }
    if case .lookup(let table, let column, let keys) = expr.kind, column >= 0,
      !program.tables[table].outputs[column].type.isOptional,
      place.guards.contains(Guards.rowKey(table, keys))
    {
      return Expr(expr.kind, QualifiedType(expr.type.base), expr.range, expr.span)
    }
    return expr
  }
}
