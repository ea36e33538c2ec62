import Language
import Values

/// Writes expressions with the values they had: `limits.payg_spent $49.70 + $0.35 = $50.05`.
public struct ArithmeticText: Sendable {
  let program: Program
  var reader: FactReader
  let formatter: ValueFormatter
  /// The caller's own words for given fields, by field: what the rules have no name for is shown by them.
  var words: [Int: String] = [:]
  /// Longer texts give the value alone.
  static let widest = 160

  func value(_ expr: Expr) -> String {
    let value = reader.evaluate(expr)
    if case .fact(.field(let event, let field)) = expr.kind, event == reader.trace.event,
      let word = word(value, expr.type.base, of: field)
    {
      return word
    }
    return formatter.text(value, expr.type)
  }

  /// What the caller wrote for a field whose value means nothing to the rules; nil where it does, or nobody knows.
  func word(_ value: Int64, _ type: ValueType, of field: Int) -> String? {
    guard value != ValueType.none, let word = words[field] else { return nil }
    return switch type {
    case .name: formatter.name(value) == nil ? word : nil
    case .record(let kind): value < 0 ? "\(kind.rawValue) \(word)" : nil
    default: nil
    }
  }

  /// What the expression was, with its name or its sum, ending in its value.
  func sum(_ expr: Expr) -> String {
    if let name = name(expr) { return "\(name) \(value(expr))" }
    let expr = chosen(expr)
    switch expr.kind {
    case .constant: return value(expr)
    case .fact, .named, .lookup: return operand(expr, 0)
    // `round down to 1 cent (amount)`: a rounding and nothing else.
    case .roundedScale(let inner, let ratio, let rounding, _) where ArithmeticText.isWhole(ratio):
      return "\(operand(inner, 0)) rounded \(ArithmeticText.word(rounding)) to \(value(expr))"
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
      if let absent = [left, right].first(where: { reader.evaluate($0) == ValueType.none }), let name = name(absent) {
        return "\(name) is none"
      }
      return "\(sum(left)) \(symbol(comparison, reader.evaluate(expr) != 0)) \(sum(right))"
    // What is said is how things were, whether or not the rule wanted them so: facts, one after the other.
    case .and(let left, let right), .or(let left, let right):
      let (first, second) = (condition(left, depth + 1), condition(right, depth + 1))
      return first == second ? first : "\(first), \(second)"
    case .not(let operand): return condition(operand, depth + 1)
    // Whether there is a row is asked of the table, whichever column the question reads.
    case .isSet(let row) where isLookup(row) && reader.evaluate(row) == ValueType.none:
      guard case .lookup(let table, _, let keys) = row.kind else { return value(expr) }
      return "\(program.tables[table].name)(\(keys.map(sum).joined(separator: ", "))) is none"
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

  private static func isWhole(_ ratio: Expr) -> Bool {
    if case .constant(let value) = ratio.kind { value == Ratio.one.packed } else { false }
  }

  private static func word(_ rounding: Rounding) -> String {
    switch rounding {
    case .up: "up"
    case .down: "down"
    case .halfEven, .halfUp: "half \(rounding == .halfUp ? "up" : "even")"
    }
  }

  private func operand(_ expr: Expr, _ depth: Int) -> String {
    if let name = name(expr) { return "\(name) \(value(expr))" }
    let expr = chosen(expr)
    if depth > 6 { return value(expr) }
    func group(_ inner: Expr) -> String {
      let inner = chosen(inner)
      switch inner.kind {
      case .constant, .fact, .named, .lookup, .minimum, .maximum, .call: return operand(inner, depth + 1)
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
    case .add(let a, let b): return "\(left(a)) + \(group(b))"
    case .subtract(let a, let b): return "\(left(a)) − \(group(b))"
    case .minimum(let a, let b): return "min(\(operand(a, depth + 1)), \(operand(b, depth + 1)))"
    case .maximum(let a, let b): return "max(\(operand(a, depth + 1)), \(operand(b, depth + 1)))"
    case .scale(let factor, let a): return "\(factor) × \(group(a))"
    case .roundedScale(let a, let ratio, let rounding, _) where ArithmeticText.isWhole(ratio):
      return "\(group(a)) rounded \(ArithmeticText.word(rounding))"
    case .roundedScale(let a, let ratio, _, _): return "\(group(a)) × \(value(ratio))"
    default: return value(expr)
    }
  }

  /// The name of a fact or a `let`; its last word is enough where people know what is meant.
  func name(_ expr: Expr) -> String? {
    switch expr.kind {
    case .fact(let fact): return name(fact)
    case .named(let index): return program.lets[index].name
    case .lookup(let table, let column, let keys):
      if let earlier = earlierName(expr) { return earlier }
      let table = program.tables[table]
      let asked = keys.map { name($0) ?? value($0) }.joined(separator: ", ")
      return "\(table.name)(\(asked))" + (table.outputs.count > 1 ? ".\(table.outputs[column].name)" : "")
    default: return earlierName(expr)
    }
  }

  /// `previous warnings.level`: what a `let` was before the event is written out in the rule, so only the text has its name.
  private func earlierName(_ expr: Expr) -> String? {
    guard !expr.span.isNone, expr.span.end - expr.span.start <= 128 else { return nil }
    let words = program.sources.text(expr.span).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[0] == "previous" else { return nil }
    let name = String(words[1])
    if program.lets.contains(where: { $0.name == name }) { return "previous \(name)" }
    let named = program.lets.filter { $0.name.hasSuffix(".\(name)") }
    return named.first.map { "previous \(named.count == 1 ? $0.name : name)" }
  }

  private func isLookup(_ expr: Expr) -> Bool { if case .lookup = expr.kind { true } else { false } }

  // MARK: - Behind a name

  /// What a `let` that is on or off came from: `topup.is_low: funding.balance $9.50 < topup.threshold $10.00`.
  public struct Reason: Sendable, Hashable {
    public var name: String
    public var facts: [String]
  }

  /// The same for every `let` in a condition.
  func reasons(_ expr: Expr) -> [Reason] {
    switch expr.kind {
    case .and(let left, let right), .or(let left, let right): reasons(left) + reasons(right)
    case .not(let inner): reasons(inner)
    case .named(let index) where expr.type.base == .bool:
      [Reason(name: program.lets[index].name, facts: decisive(program.lets[index].value, 0))]
    default: []
    }
  }

  /// A condition as it came out, without what made no difference.
  private func decisive(_ expr: Expr, _ depth: Int) -> [String] {
    if depth > 16 { return [value(expr)] }
    let holds = reader.evaluate(expr) != 0
    switch expr.kind {
    case .or(let left, let right) where holds:
      return decisive(reader.evaluate(left) != 0 ? left : right, depth + 1)
    case .and(let left, let right) where !holds:
      return decisive(reader.evaluate(left) == 0 ? left : right, depth + 1)
    case .and(let left, let right), .or(let left, let right):
      return decisive(left, depth + 1) + decisive(right, depth + 1)
    case .not(let inner): return decisive(inner, depth + 1)
    default: return [condition(expr)]
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
