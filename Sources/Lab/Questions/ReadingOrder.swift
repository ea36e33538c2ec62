import Engine
import Language
import Ledger
import Values

/// In what order a decision came to read its facts: first what the rule or bucket that decided reads, then what was asked of the
/// buckets, then everything else that can matter.
struct ReadingOrder {
  /// Facts that the deciding rule and the amount depend on, nearest first.
  private(set) var near: [Fact] = []
  /// Where in `near` begins what only the rules read that could have averted the denial.
  private(set) var averting = Int.max
  /// The family of the rule that decided.
  let family: String?
  /// Everything that can matter to the answer.
  let all: Set<Fact>
  /// The buckets that fell short.
  private(set) var buckets: Set<Int> = []
  /// Values of the type money, tokens and so on that rules compare with.
  private(set) var numbers: [ValueType: Set<Int64>] = [:]
  private let program: Program
  private let event: Int

  init(_ decision: Decision, by engine: RuleEngine, _ explanation: Explanation) {
    program = engine.program
    event = decision.event
    all = engine.compiled.factsDeciding(event: decision.event)
    family = decision.rule.map { engine.program.rules[$0].name.split(separator: ".").first.map(String.init) ?? "" }
    var lets: Set<Int> = []
    if let field = decision.field { near.append(.field(event: event, field: field)) }
    if let rule = decision.rule { visit(rule: rule, &lets) }
    if let bucket = decision.bucket {
      buckets.insert(bucket)
      visit(.available(bucket), &lets)
    }
    let demands = program.rules.filter { rule in
      if case .on(let events) = rule.kind { events.contains(event) } else { false }
    }
    // What an event that was let pass would have run into first is its caps and buckets, in their order.
    if decision.isAllowed {
      for rule in program.rules.indices {
        switch program.rules[rule].kind {
        case .cap, .gate: visit(rule: rule, &lets)
        case .deny(let events, _) where events.contains(event): visit(rule: rule, &lets)
        default: break
        }
      }
      for draw in explanation.draws where draw.gave > 0 {
        buckets.insert(draw.bucket)
        visit(.available(draw.bucket), &lets)
      }
    }
    if decision.rule == nil || decision.bucket != nil || isCap(decision.rule) {
      for rule in demands {
        for operation in rule.effects.flatMap(\.operations) where operation.draw != nil {
          for expr in operation.expressions { visit(expr, &lets) }
        }
      }
    }
    // What a rule that could have averted the denial had wanted.
    if let denial = decision.denial {
      averting = near.count
      for (index, rule) in program.rules.enumerated() {
        if case .beforeDenial(denial) = rule.kind { visit(rule: index, &lets) }
      }
    }
    numbers[.money, default: []] = [decision.shortfall, decision.amount]
    for trial in explanation.trials {
      if let limit = trial.limit { numbers[.money, default: []].insert(limit) }
    }
    for draw in explanation.draws {
      for number in [draw.need, draw.due, draw.available, draw.rest, draw.due - draw.gave, draw.available - draw.due] {
        numbers[.money, default: []].insert(number)
      }
    }
    for fact in all.union(near) { note(fact, decision, engine) }
    for rule in program.rules { for clause in rule.clauses { constants(clause) } }
    for (type, found) in numbers where found.count > 40 { numbers[type] = Set(found.sorted().prefix(40)) }
  }

  private func isCap(_ rule: Int?) -> Bool {
    guard let rule, case .cap = program.rules[rule].kind else { return false }
    return true
  }

  /// How early a fact is read; nil where the deciding rule has nothing to do with it.
  func place(_ fact: Fact) -> Int? { near.firstIndex(of: fact) }

  /// Whether a name belongs to the family of the rule that decided.
  func isOwn(_ name: String) -> Bool { family.map { name.hasPrefix($0 + ".") } ?? false }

  func matters(_ fact: Fact) -> Bool { all.contains(fact) || near.contains(fact) }

  private mutating func visit(rule: Int, _ lets: inout Set<Int>) {
    if case .cap(_, let limit, _) = program.rules[rule].kind { visit(limit, &lets) }
    for clause in program.rules[rule].clauses { visit(clause, &lets) }
    if case .on = program.rules[rule].kind {
      for operation in program.rules[rule].effects.flatMap(\.operations) {
        if case .set = operation { continue }
        for expr in operation.expressions { visit(expr, &lets) }
      }
    }
  }

  private mutating func visit(_ expr: Expr, _ lets: inout Set<Int>) {
    switch expr.kind {
    case .fact(let fact): visit(fact, &lets)
    case .named(let index): if lets.insert(index).inserted { visit(program.lets[index].value, &lets) }
    default: for operand in expr.operands { visit(operand, &lets) }
    }
  }

  private mutating func visit(_ fact: Fact, _ lets: inout Set<Int>) {
    if near.contains(fact) { return }
    near.append(fact)
    switch fact {
    case .field(let event, let field):
      if let derivation = program.events[event].fields[field].derivation { visit(derivation, &lets) }
    case .available(let bucket), .posted(let bucket):
      if let resets = program.buckets[bucket].resets { visit(resets.allowance, &lets) }
    case .total(let index): visit(program.paymentDerivations[index].value, &lets)
    case .previous(let inner): visit(inner, &lets)
    default: break
    }
  }

  private mutating func note(_ fact: Fact, _ decision: Decision, _ engine: RuleEngine) {
    let type: ValueType
    switch fact {
    case .setting(let setting): type = program.settings[setting].type.base
    case .meter(let meter): type = program.meters[meter].type
    case .posted, .available, .held, .shortfall: type = .money
    case .field(event, let field): type = program.events[event].fields[field].type.base
    case .total(let index): type = program.paymentDerivations[index].value.type.base
    case .last: type = .time
    default: return
    }
    guard type.isOrdered else { return }
    let value = FactReader(engine.compiled, decision.trace).value(of: fact)
    if value > ValueType.unset { numbers[type, default: []].insert(value) }
  }

  private mutating func constants(_ clause: Expr) {
    clause.walk { expr in
      if case .constant(let value) = expr.kind, expr.type.base.isOrdered, value > ValueType.unset {
        numbers[expr.type.base, default: []].insert(value)
      }
    }
  }
}
