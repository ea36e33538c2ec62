/// What expressions read, each once, in the order it first appears; every `let` is followed to the facts behind it.
struct FactsRead {
  private(set) var facts: [Fact] = []
  private(set) var lets: [Int] = []
  private(set) var tables: Set<Int> = []
  private var known: Set<Fact> = []
  private var knownLets: Set<Int> = []

  init(_ exprs: [Expr], in program: Program) { add(exprs, in: program) }

  mutating func add(_ exprs: [Expr], in program: Program) {
    var waiting = Array(exprs.reversed())
    while let expr = waiting.popLast() {
      switch expr.kind {
      case .fact(let fact): if known.insert(fact).inserted { facts.append(fact) }
      case .named(let index):
        if knownLets.insert(index).inserted, program.lets.indices.contains(index) {
          lets.append(index)
          waiting.append(program.lets[index].value)
        }
      case .lookup(let table, _, _): tables.insert(table)
      default: break
      }
      waiting.append(contentsOf: expr.operands.reversed())
    }
  }

  func contains(_ fact: Fact) -> Bool { known.contains(fact) }

  /// Whether one of these facts is read.
  func readsAny(of other: FactsRead) -> Bool { !known.isDisjoint(with: other.known) }
}

extension Fact {
  /// The fact itself, or the one whose earlier value this is.
  var current: Fact { if case .previous(let inner) = self { inner.current } else { self } }

  /// Whether it differs from key to key.
  func isPerKey(in program: Program) -> Bool {
    switch current {
    case .setting(let index): program.settings.indices.contains(index) && program.settings[index].scope == .key
    case .meter(let index): program.meters.indices.contains(index) && program.meters[index].scope == .key
    default: false
    }
  }
}
