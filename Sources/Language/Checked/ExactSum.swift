import Diagnostics
import Values

/// A sum of products that is exact beyond the smallest amount: what may stand inside `round`.
struct ExactSum {
  /// Tokens times rates, in pico-dollars.
  var products: [Expr.Product] = []
  /// Plain money added to them.
  var plus: Expr?
  /// A value times a ratio; stands alone.
  var scaled: (value: Expr, ratio: Expr)?
  var span: Span

  /// Pico-dollars that a sum may come to before another product is added: two products of 64-bit numbers stay in 128 bits.
  static let largest: Int128 = 1 << 126
  /// The coarsest step of a rounding, $1 million: what the engine can divide by.
  static let coarsest: Int64 = 1_000_000_000_000_000
  /// Products in one sum, those of the `let`s it reads included. A price has five.
  static let mostProducts = 256

  static func product(_ tokens: Expr, _ rate: Expr, _ span: Span) -> ExactSum {
    ExactSum(products: [.init(tokens: tokens, rate: rate)], span: span)
  }
}

/// A checked expression: a value that fits a register, or an exact sum that has to be rounded first.
enum Checked {
  case plain(Expr)
  case exact(ExactSum)

  var span: Span {
    switch self {
    case .plain(let expr): expr.span
    case .exact(let sum): sum.span
    }
  }
}

extension Checking {
  /// `round MODE [to QUANTUM] (EXPR)`
  func rounded(_ rounding: Rounding, _ quantum: ExprSyntax?, _ inner: ExprSyntax, _ span: Span, _ place: Place) -> Expr?
  {
    guard let body = checked(inner, place, expecting: nil) else { return nil }
    var step: Int64 = 1
    switch body {
    case .plain(let value):
      guard let value = present(value, place) else { return nil }
      guard [.money, .tokens, .integer, .duration].contains(value.type.base) else {
        report(
          .unitsDoNotMix, "`\(value.type.name)` cannot be rounded", value.span,
          help: "round an amount of money, tokens, a count or a duration")
        return nil
      }
      if let quantum {
        guard let checked = roundingStep(quantum, value.type, place) else { return nil }
        step = checked
      }
      let one = Expr(.constant(Ratio.one.packed), QualifiedType(.ratio), .constant(Ratio.one.packed), span)
      return fitting(
        Expr(
          .roundedScale(value, ratio: one, rounding, quantum: step), value.type,
          value.range.quotient(by: 1, quantum: step), span))
    case .exact(let sum):
      if let (value, ratio) = sum.scaled {
        if let quantum {
          guard let checked = roundingStep(quantum, value.type, place) else { return nil }
          step = checked
        }
        let range = scaledRange(value, ratio).quotient(by: 1, quantum: step)
        return fitting(
          Expr(.roundedScale(value, ratio: ratio, rounding, quantum: step), value.type, range, span))
      }
      let money = QualifiedType(.money)
      if let quantum {
        guard let checked = roundingStep(quantum, money, place) else { return nil }
        step = checked
      }
      var pico = sum.plus.map { $0.range * .constant(Rate.picoPerNano) } ?? .constant(0)
      for product in sum.products {
        pico = pico + product.tokens.range * product.rate.range
        // Beyond this the next product might pass 128 bits.
        guard pico.low > -ExactSum.largest, pico.high < ExactSum.largest else {
          report(
            .mayOverflow, "this may pass the largest number there is",
            product.tokens.span.joined(with: product.rate.span),
            help: "bound the tokens: `min(1G tokens, \(text(product.tokens)))`")
          return nil
        }
      }
      let range = pico.quotient(by: Rate.picoPerNano, quantum: step)
      let expr = Expr(.roundedProducts(sum.products, plus: sum.plus, rounding, quantum: step), money, range, span)
      let widest = sum.products.max { $0.tokens.range.high < $1.tokens.range.high }?.tokens
      return fitting(
        expr,
        help: widest.map {
          "bound the tokens, as in `min(1G tokens, \(text($0)))`, or declare them `in 0 tokens..1G tokens`"
        })
    }
  }

  /// The range of value × ratio before rounding. A ratio known only at run time is at most
  /// `ValueType.largestRatio`.
  private func scaledRange(_ value: Expr, _ ratio: Expr) -> ValueRange {
    if case .constant(let packed) = ratio.kind {
      let fraction = Ratio(packed: packed)
      let product = value.range * .constant(Int64(fraction.numerator))
      return product.quotient(by: Int64(fraction.denominator), quantum: 1)
    }
    return value.range * ValueRange(0, ValueType.largestRatio)
  }

  func roundingStep(_ syntax: ExprSyntax, _ type: QualifiedType, _ place: Place) -> Int64? {
    guard let (value, expr) = constantValue(syntax, place, expecting: QualifiedType(type.base)) else { return nil }
    guard value > 0 else {
      report(.outOfRange, "a value is rounded to a multiple of something above zero", expr.span, help: "to 1 cent")
      return nil
    }
    guard value <= ExactSum.coarsest else {
      report(
        .outOfRange, "this step is too coarse to round to", expr.span,
        help: "round to at most \(shown(Int128(ExactSum.coarsest), type.base))")
      return nil
    }
    return value
  }

  /// `left + right` or `left - right` where one side is an exact sum.
  func exactSum(_ left: Checked, _ right: Checked, subtracting: Bool, _ span: Span, _ place: Place) -> ExactSum? {
    guard var sum = exact(left, place), let other = exact(right, place) else { return nil }
    if sum.scaled != nil || other.scaled != nil {
      report(
        .unrounded, "a share of an amount is rounded before anything is added to it", span,
        help: "round each share on its own, as in `round up to 1 unit (amount * 20%) + rest`")
      return nil
    }
    sum.span = span
    guard sum.products.count + other.products.count <= ExactSum.mostProducts else {
      reportTooLarge(span)
      return nil
    }
    for product in other.products {
      var product = product
      if subtracting { product.tokens = negated(product.tokens) }
      sum.products.append(product)
    }
    if let plus = other.plus {
      let signed = subtracting ? negated(plus) : plus
      if let first = sum.plus {
        guard
          let total = fitting(
            Expr(.add(first, signed), QualifiedType(.money), first.range + signed.range, span))
        else { return nil }
        sum.plus = total
      } else {
        sum.plus = signed
      }
    }
    return sum
  }

  private func negated(_ expr: Expr) -> Expr { Expr(.negate(expr), expr.type, -expr.range, expr.span) }

  private func exact(_ side: Checked, _ place: Place) -> ExactSum? {
    switch side {
    case .exact(let sum): return sum
    case .plain(let expr):
      guard let expr = present(expr, place) else { return nil }
      guard expr.type.base == .money else {
        report(
          .unitsDoNotMix, "a price and `\(expr.type.name)` do not add up", expr.span,
          help: "only money can be added to tokens times a rate")
        return nil
      }
      return ExactSum(plus: expr, span: expr.span)
    }
  }
}
