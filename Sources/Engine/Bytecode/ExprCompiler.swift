import Language
import Ledger
import Values

/// Compiles expressions into one event's code.
struct ExprCompiler {
  let program: Program
  let map: FrameMap
  var builder: CodeBuilder
  /// Where `previous` facts are kept; filled as they are met.
  private(set) var previous: [Fact: (register: Int, type: QualifiedType)] = [:]
  /// Computes all `let`s in order where they are first needed, instead of each where it is used: for policies whose `let`s
  /// would otherwise multiply.
  let computesLetsInOrder: Bool

  init(_ program: Program, _ map: FrameMap, computesLetsInOrder: Bool) {
    self.program = program
    self.map = map
    self.computesLetsInOrder = computesLetsInOrder
    builder = CodeBuilder(firstRegister: map.count)
  }

  // MARK: - Values

  /// The register that holds the value.
  mutating func compile(_ expr: Expr, into target: Int? = nil) -> Int {
    if builder.isTooLong || builder.hasTooManyRegisters { return 0 }
    switch expr.kind {
    case .constant(let value): return builder.move(builder.constant(value), into: target)
    case .fact(let fact): return builder.move(compile(fact, expr.type), into: target)
    case .named(let index): return builder.move(compile(binding: index), into: target)
    case .add(let left, let right): return compile(.add, left, right, into: target)
    case .subtract(let left, let right): return compile(.subtract, left, right, into: target)
    case .negate(let operand):
      let value = compile(operand)
      return builder.compute(.subtract, builder.constant(0), value, into: target)
    case .minimum(let left, let right): return compile(.minimum, left, right, into: target)
    case .maximum(let left, let right): return compile(.maximum, left, right, into: target)
    case .scale(let factor, let operand):
      let value = compile(operand)
      return builder.compute(.multiply, builder.constant(factor), value, into: target)
    case .compare(let comparison, let left, let right):
      let (a, b) = (compile(left), compile(right))
      switch comparison {
      case .equal: return builder.compute(.equal, a, b, into: target)
      case .notEqual: return builder.compute(.notEqual, a, b, into: target)
      case .less: return builder.compute(.less, a, b, into: target)
      case .lessOrEqual: return builder.compute(.lessOrEqual, a, b, into: target)
      case .greater: return builder.compute(.less, b, a, into: target)
      case .greaterOrEqual: return builder.compute(.lessOrEqual, b, a, into: target)
      }
    case .compareRatio(let comparison, let left, let right):
      let (a, b) = (compile(left), compile(right))
      switch comparison {
      case .equal: return builder.compute(.ratioEqual, a, b, into: target)
      case .notEqual: return builder.compute(.ratioNotEqual, a, b, into: target)
      case .less: return builder.compute(.ratioLess, a, b, into: target)
      case .lessOrEqual: return builder.compute(.ratioLessOrEqual, a, b, into: target)
      case .greater: return builder.compute(.ratioLess, b, a, into: target)
      case .greaterOrEqual: return builder.compute(.ratioLessOrEqual, b, a, into: target)
      }
    case .and, .or: return compile(truth: expr, into: target)
    case .not(let operand): return builder.compute(.not, compile(operand), into: target)
    case .isSet(let operand):
      return builder.compute(.notEqual, compile(operand), builder.constant(ValueType.none), into: target)
    case .choose(let condition, let then, let otherwise):
      let register = target ?? builder.newRegister()
      let (other, done) = (builder.newLabel(), builder.newLabel())
      jump(unless: condition, to: other)
      _ = compile(then, into: register)
      builder.jump(.jump, to: done)
      builder.bind(other)
      _ = compile(otherwise, into: register)
      builder.bind(done)
      return register
    case .roundedProducts(let products, let plus, let rounding, let quantum):
      return compile(products, plus, rounding, quantum, into: target)
    case .roundedScale(let value, let ratio, let rounding, let quantum):
      let (a, b) = (compile(value), compile(ratio))
      let key = CodeBuilder.Key.scaled(a, b, rounding, quantum)
      if let register = builder.register(of: key) { return builder.move(register, into: target) }
      let step = builder.constant(quantum)
      let register = target ?? builder.newRegister()
      builder.emit(.roundedScale, register, a, b)
      builder.emit(.end, step, Int(rounding.rawValue))
      builder.remember(key, in: register)
      return register
    case .call(let function, let arguments):
      var values: [Int] = []
      for argument in arguments { values.append(compile(argument)) }
      let key = CodeBuilder.Key.call(function, values)
      if let register = builder.register(of: key) { return builder.move(register, into: target) }
      let first = consecutive(values)
      let register = target ?? builder.newRegister()
      builder.emit(.call, register, function, first)
      builder.remember(key, in: register)
      return register
    case .lookup(let table, let column, let keys):
      let row = compile(row: table, keys)
      return builder.compute(.cell, row, column, into: target)
    }
  }

  /// The register that holds the value, past a jump for where it is none.
  mutating func compile(_ expr: Expr, into target: Int? = nil, unlessNone label: CodeBuilder.Label) -> Int {
    // How the checker says that a value is none where what it is computed from is none: no need to make that none first.
    if case .choose(let condition, let then, let otherwise) = expr.kind, case .constant(ValueType.none) = otherwise.kind
    {
      jump(unless: condition, to: label)
      return compile(then, into: target, unlessNone: label)
    }
    guard expr.type.isOptional else { return compile(expr, into: target) }
    let value = compile(expr)
    builder.jump(.jumpIfEqual, value, builder.constant(ValueType.none), to: label)
    return builder.move(value, into: target)
  }

  private mutating func compile(_ opcode: Opcode, _ left: Expr, _ right: Expr, into target: Int?) -> Int {
    let (a, b) = (compile(left), compile(right))
    return builder.compute(opcode, a, b, into: target)
  }

  private mutating func compile(truth expr: Expr, into target: Int?) -> Int {
    let register = target ?? builder.newRegister()
    let (isFalse, done) = (builder.newLabel(), builder.newLabel())
    jump(unless: expr, to: isFalse)
    builder.emit(.move, register, builder.constant(1))
    builder.jump(.jump, to: done)
    builder.bind(isFalse)
    builder.emit(.move, register, builder.constant(0))
    builder.bind(done)
    return register
  }

  private mutating func compile(
    _ products: [Expr.Product], _ plus: Expr?, _ rounding: Rounding, _ quantum: Int64, into target: Int?
  ) -> Int {
    var operands: [Int] = []
    for product in products {
      operands.append(compile(product.tokens))
      operands.append(compile(product.rate))
    }
    let money = plus.map { compile($0) }
    let key = CodeBuilder.Key.products(operands + [money ?? -1], rounding, quantum)
    if let register = builder.register(of: key) { return builder.move(register, into: target) }
    let step = builder.constant(quantum)
    let register = target ?? builder.newRegister()
    let opcode: Opcode = money == nil ? .roundedProducts : .roundedProductsPlus
    builder.emit(opcode, register, step, products.count << 2 | Int(rounding.rawValue))
    if let money { builder.emit(.end, money) }
    for index in products.indices { builder.emit(.end, operands[2 * index], operands[2 * index + 1]) }
    builder.remember(key, in: register)
    return register
  }

  private mutating func compile(row table: Int, _ keys: [Expr]) -> Int {
    var values: [Int] = []
    for key in keys { values.append(compile(key)) }
    let key = CodeBuilder.Key.row(table, values)
    if let register = builder.register(of: key) { return register }
    let register: Int
    if program.tables[table].isBySymbol {
      register = builder.newRegister()
      builder.emit(.findSymbol, register, table, values[0])
    } else {
      let first = consecutive(values)
      register = builder.newRegister()
      builder.emit(.findRow, register, table, first)
    }
    builder.remember(key, in: register)
    return register
  }

  private mutating func consecutive(_ registers: [Int]) -> Int {
    guard let first = registers.first else { return 0 }
    if registers.indices.allSatisfy({ registers[$0] == first + $0 }) { return first }
    let copy = builder.newRegisters(registers.count)
    for (offset, register) in registers.enumerated() { builder.emit(.move, copy + offset, register) }
    return copy
  }

  private mutating func compile(binding index: Int) -> Int {
    if let register = builder.register(of: .binding(index)) { return register }
    if computesLetsInOrder {
      // A `let` is total, so computing one that nobody needs does no harm; without recursion from one into another.
      var scan = ExprScan(program)
      scan.visit(program.lets[index].value)
      for earlier in scan.lets.sorted() where builder.register(of: .binding(earlier)) == nil {
        let register = compile(program.lets[earlier].value)
        builder.remember(.binding(earlier), in: register)
      }
    }
    let register = compile(program.lets[index].value)
    builder.remember(.binding(index), in: register)
    return register
  }

  // MARK: - Facts

  mutating func compile(_ fact: Fact, _ type: QualifiedType) -> Int {
    switch fact {
    case .now: return map.now
    case .cycleStart, .cycleEnd: return compile(cycleBound: fact, type)
    case .field(_, let field): return map.fields + field
    case .setting(let index): return map.setting(index)
    case .posted(let bucket):
      let slot = map.account + map.layout.buckets[bucket].slot
      guard let resets = program.buckets[bucket].resets else { return slot }
      return builder.compute(.excess, compile(resets.allowance), slot)
    case .available(let bucket):
      let posted = compile(.posted(bucket), type)
      return builder.compute(.excess, posted, map.account + map.layout.buckets[bucket].heldSlot)
    case .held(let bucket): return map.account + map.layout.buckets[bucket].heldSlot
    case .meter(let index): return map.meter(index)
    case .last(let event): return map.account + map.layout.lastSlots[event]
    case .drawn(let bucket): return map.drawn + bucket
    case .covered: return Status.covered
    case .shortfall: return Status.shortfall
    case .rescued: return Status.rescued
    case .eventKey: return Status.key
    case .collecting: return builder.compute(.less, builder.constant(0), map.account + map.layout.pendingSlot)
    case .record(_, let field, let number):
      // `ProgramGuard` lets no rule about another event through to here.
      return map.records.indices.contains(field) ? map.records[field].map { $0.first + number } ?? 0 : 0
    case .total(let index): return map.totals + index
    // About each payment in turn: only the tree walker reads it.
    case .own: return builder.constant(0)
    case .previous(let inner):
      let key = Fact.previous(inner)
      if let known = previous[key] { return known.register }
      let register = builder.newRegister()
      previous[key] = (register, type)
      return register
    }
  }

  /// A cycle that never ends has no bounds: none, or the ends of time where the expression has no none.
  private mutating func compile(cycleBound fact: Fact, _ type: QualifiedType) -> Int {
    guard let cycle = map.layout.accountWindows.first(where: { $0.kind == .cycle }) else {
      return builder.constant(ValueType.none)
    }
    let (slot, endless, bound): (Int, Int64, Int64) =
      fact == .cycleStart
      ? (cycle.startSlot, Window.ever.start, 0) : (cycle.endSlot, Window.ever.end, Instant.latest.microseconds)
    let register = builder.newRegister()
    let done = builder.newLabel()
    builder.emit(.move, register, map.account + slot)
    builder.jump(.jumpIfNotEqual, map.account + slot, builder.constant(endless), to: done)
    builder.emit(.move, register, builder.constant(type.isOptional ? ValueType.none : bound))
    builder.bind(done)
    return register
  }

  // MARK: - Conditions

  /// Jumps unless the condition holds; past this point it does.
  mutating func jump(unless expr: Expr, to label: CodeBuilder.Label) {
    jump(expr, when: false, to: label)
  }

  mutating func jump(when expr: Expr, to label: CodeBuilder.Label) {
    jump(expr, when: true, to: label)
  }

  private mutating func jump(_ expr: Expr, when wanted: Bool, to label: CodeBuilder.Label) {
    if builder.isTooLong || builder.hasTooManyRegisters { return }
    switch expr.kind {
    case .not(let operand): jump(operand, when: !wanted, to: label)
    case .and(let left, let right) where !wanted, .or(let left, let right) where wanted:
      jump(left, when: wanted, to: label)
      jump(right, when: wanted, to: label)
    case .and(let left, let right), .or(let left, let right):
      let past = builder.newLabel()
      jump(left, when: !wanted, to: past)
      jump(right, when: wanted, to: label)
      builder.bind(past)
    case .compare(let comparison, let left, let right):
      let (a, b) = (compile(left), compile(right))
      switch (comparison, wanted) {
      case (.equal, true), (.notEqual, false): builder.jump(.jumpIfEqual, a, b, to: label)
      case (.equal, false), (.notEqual, true): builder.jump(.jumpIfNotEqual, a, b, to: label)
      case (.less, true), (.greaterOrEqual, false): builder.jump(.jumpIfLess, a, b, to: label)
      case (.greater, true), (.lessOrEqual, false): builder.jump(.jumpIfLess, b, a, to: label)
      case (.lessOrEqual, true), (.greater, false): builder.jump(.jumpIfLessOrEqual, a, b, to: label)
      case (.greaterOrEqual, true), (.less, false): builder.jump(.jumpIfLessOrEqual, b, a, to: label)
      }
    case .isSet(let operand):
      let value = compile(operand)
      builder.jump(wanted ? .jumpIfNotEqual : .jumpIfEqual, value, builder.constant(ValueType.none), to: label)
    default:
      let value = compile(expr)
      builder.jump(wanted ? .jumpIfNotZero : .jumpIfZero, 0, value, to: label)
    }
  }
}
