import Language
import Values

/// Evaluates expressions the slow, obvious way: the measure that the compiled code is tested against, and what explains it.
public struct TreeWalker {
  public let program: Program
  /// Supplies the facts; gets the walker for facts that are computed from an expression, such as an allowance.
  let fact: (Fact, inout TreeWalker) -> Int64
  /// A plugin's function that returned a value outside its declared range.
  public private(set) var fault: EngineFault?
  /// The numbers of the record at hand, where an expression is about each record of a kind in turn.
  public var own: [Int64] = []
  private var lets: [Int64?]
  private var depth = 0

  public init(_ program: Program, fact: @escaping (Fact, inout TreeWalker) -> Int64) {
    self.program = program
    self.fact = fact
    lets = Array(repeating: nil, count: program.lets.count)
  }

  public mutating func holds(_ expr: Expr) -> Bool { evaluate(expr) != 0 }

  /// Whether all clauses hold; the first that does not ends the search.
  public mutating func hold(_ clauses: [Expr]) -> Bool {
    for clause in clauses where !holds(clause) { return false }
    return true
  }

  public mutating func evaluate(_ expr: Expr) -> Int64 {
    depth += 1
    defer { depth -= 1 }
    if depth == EngineLimits.letDepth { computeLets() }
    switch expr.kind {
    case .constant(let value): return value
    case .fact(.own(_, let number)): return own.indices.contains(number) ? own[number] : ValueType.none
    case .fact(let fact): return bounded(self.fact(fact, &self), fact, expr.type)
    case .named(let index): return named(index)
    case .add(let left, let right): return evaluate(left) &+ evaluate(right)
    case .subtract(let left, let right): return evaluate(left) &- evaluate(right)
    case .negate(let operand): return 0 &- evaluate(operand)
    case .minimum(let left, let right): return min(evaluate(left), evaluate(right))
    case .maximum(let left, let right): return max(evaluate(left), evaluate(right))
    case .scale(let factor, let operand): return factor &* evaluate(operand)
    case .compare(let comparison, let left, let right):
      return comparison.holds(evaluate(left), evaluate(right)) ? 1 : 0
    case .compareRatio(let comparison, let left, let right):
      return Arithmetic.compareRatio(comparison, evaluate(left), evaluate(right)) ? 1 : 0
    case .and(let left, let right): return evaluate(left) == 0 ? 0 : evaluate(right)
    case .or(let left, let right): return evaluate(left) != 0 ? 1 : evaluate(right)
    case .not(let operand): return evaluate(operand) == 0 ? 1 : 0
    case .choose(let condition, let then, let otherwise):
      return evaluate(condition) != 0 ? evaluate(then) : evaluate(otherwise)
    case .isSet(let operand): return evaluate(operand) != ValueType.none ? 1 : 0
    case .roundedProducts(let products, let plus, let rounding, let quantum):
      var pico: Int128 = 0
      for product in products { pico &+= Int128(evaluate(product.tokens)) &* Int128(evaluate(product.rate)) }
      if let plus { pico &+= Int128(evaluate(plus)) &* Int128(Rate.picoPerNano) }
      return Arithmetic.roundedPico(pico, rounding, quantum: quantum)
    case .roundedScale(let value, let ratio, let rounding, let quantum):
      return Arithmetic.roundedScale(evaluate(value), evaluate(ratio), rounding, quantum: quantum)
    case .call(let function, let arguments):
      var values: [Int64] = []
      for argument in arguments { values.append(evaluate(argument)) }
      return call(function, values)
    case .lookup(let table, let column, let keys):
      var values: [Int64] = []
      for key in keys { values.append(evaluate(key)) }
      return TreeWalker.look(values, in: program.tables[table]).map { $0.values[column] } ?? ValueType.none
    }
  }

  /// The row that covers these keys; of several the first.
  static func look(_ keys: [Int64], in table: Table) -> Table.Row? {
    if table.isBySymbol, keys.count == 1 { return table.rowBySymbol[keys[0]].map { table.rows[$0] } }
    return table.rows.first { row in
      zip(row.cells, keys).allSatisfy { cell, key in cell.low <= key && key <= cell.high }
    }
  }

  /// The bounds of a cycle that has none: `none` where that is allowed, else the ends of time.
  private func bounded(_ value: Int64, _ fact: Fact, _ type: QualifiedType) -> Int64 {
    switch fact {
    case .previous(let inner): bounded(value, inner, type)
    case .cycleStart where value == Window.ever.start: type.isOptional ? ValueType.none : 0
    case .cycleEnd where value == Window.ever.end:
      type.isOptional ? ValueType.none : Instant.latest.microseconds
    default: value
    }
  }

  private mutating func named(_ index: Int) -> Int64 {
    if let value = lets[index] { return value }
    let value = evaluate(program.lets[index].value)
    lets[index] = value
    return value
  }

  /// All of them in dependency order, so that a long chain of `let`s cannot exhaust the stack. They are total, so computing
  /// one that nobody needs does no harm.
  private mutating func computeLets() {
    for index in program.lets.indices where lets[index] == nil {
      var fresh = TreeWalker(program, fact: fact)
      fresh.lets = lets
      fresh.own = own
      fresh.depth = -EngineLimits.expressionDepth
      lets[index] = fresh.evaluate(program.lets[index].value)
      if fault == nil { fault = fresh.fault }
    }
  }

  private mutating func call(_ index: Int, _ arguments: [Int64]) -> Int64 {
    let function = program.functions[index]
    // Arguments can only be out of range where an absent optional was computed with; the result is not used then.
    for (value, parameter) in zip(arguments, function.parameters)
    where !(parameter.range.contains(value) || (parameter.type.isOptional && value == ValueType.none)) {
      return Arithmetic.clamp(function.result.range.low)
    }
    let result = arguments.withUnsafeBufferPointer { function.body($0) }
    if function.result.range.contains(result) || (function.result.type.isOptional && result == ValueType.none) {
      return result
    }
    if fault == nil { fault = .functionOutOfRange(function: function.name, value: result) }
    return Arithmetic.clamp(function.result.range.low)
  }
}

extension Table {
  /// Every row stands for one symbol, so that rows are found by symbol alone.
  var isBySymbol: Bool { !rowBySymbol.isEmpty && rowBySymbol.count == rows.count && inputs.count == 1 }
}
