import Language

/// What an expression reads, the `let`s it names followed. Every `let` is visited once.
struct ExprScan {
  // Not the whole program: scans are made by the thousand, and what is kept is copied each time.
  private let bindings: [Let]
  private let buckets: [Bucket]
  private let settings: [Setting]
  private let meters: [Meter]
  private let derivations: [PaymentDerivation]
  private(set) var facts: Set<Fact> = []
  private(set) var lets: Set<Int> = []

  init(_ program: Program) {
    bindings = program.lets
    buckets = program.buckets
    settings = program.settings
    meters = program.meters
    derivations = program.paymentDerivations
  }

  mutating func visit(_ expr: Expr) {
    var waiting = [expr]
    while let expr = waiting.popLast() {
      switch expr.kind {
      case .fact(let fact): visit(fact, &waiting)
      case .named(let index): if lets.insert(index).inserted { waiting.append(bindings[index].value) }
      default: waiting += expr.operands
      }
    }
  }

  /// How deep expressions nest at most, through the `let`s they name.
  static func letDepth(_ program: Program) -> Int {
    var depths: [Int] = []
    for binding in program.lets {
      var deepest = 0
      var waiting: [(expr: Expr, depth: Int)] = [(binding.value, 1)]
      while let (expr, depth) = waiting.popLast() {
        deepest = max(deepest, depth)
        if case .named(let index) = expr.kind, index < depths.count { deepest = max(deepest, depth + depths[index]) }
        for operand in expr.operands { waiting.append((operand, depth + 1)) }
      }
      depths.append(deepest)
    }
    return depths.max() ?? 0
  }

  /// The `let`s an expression names itself.
  static func directLets(_ expr: Expr) -> Set<Int> {
    var lets: Set<Int> = []
    var waiting = [expr]
    while let expr = waiting.popLast() {
      if case .named(let index) = expr.kind { lets.insert(index) }
      waiting += expr.operands
    }
    return lets
  }

  mutating func visit(_ operations: [Operation]) {
    for operation in operations {
      if case .set(let setting, _) = operation { facts.insert(.setting(setting)) }
      for expr in operation.expressions { visit(expr) }
    }
  }

  private mutating func visit(_ fact: Fact, _ waiting: inout [Expr]) {
    guard facts.insert(fact).inserted else { return }
    switch fact {
    case .posted(let bucket), .available(let bucket):
      if let resets = buckets[bucket].resets { waiting.append(resets.allowance) }
    case .previous(let inner): visit(inner, &waiting)
    case .total(let index): waiting.append(derivations[index].value)
    default: break
    }
  }

  /// Whether any of it belongs to one API key. Which key an event came with, if any, is known of every event.
  var readsKey: Bool {
    facts.contains { fact in
      switch fact {
      case .setting(let index): settings[index].scope == .key
      case .meter(let index): meters[index].scope == .key
      default: false
      }
    }
  }

  /// The events whose fields it reads, or the records those fields name.
  var events: Set<Int> {
    var events: Set<Int> = []
    for fact in facts {
      switch fact {
      case .field(let event, _), .record(let event, _, _): events.insert(event)
      default: break
      }
    }
    return events
  }
}
