import Values

/// One question to the solver: a search through the cases of some conditions.
final class Query {
  let program: Program
  let forms: LinearForms
  let claims: [Feasibility.Claim]
  var variables: [SolverVariable] = []
  private var numbers: [SolverVariable.Meaning: Int] = [:]
  private var steps = Feasibility.stepLimit
  private let opensDerivations: Bool

  init(_ feasibility: Feasibility, _ claims: [Feasibility.Claim], opensDerivations: Bool) {
    program = feasibility.program
    forms = feasibility.forms
    self.claims = claims
    self.opensDerivations = opensDerivations
  }

  func answer() -> Feasibility.Answer {
    let formulas = claims.map { Formula.holds($0.condition, $0.holds) } + knowledge()
    guard let branch = flatten(formulas) else { return .impossible }
    return search(LinearSystem(), branch, [], depth: 0)
  }

  /// One step of work; false when there is none left.
  func spend() -> Bool {
    guard steps > 0 else { return false }
    steps -= 1
    return true
  }

  // MARK: - Variables

  func number(_ meaning: SolverVariable.Meaning, _ low: Int128, _ high: Int128) -> Int {
    if let known = numbers[meaning] { return known }
    numbers[meaning] = variables.count
    variables.append(SolverVariable(meaning: meaning, low: low, high: high))
    return variables.count - 1
  }

  func value(of fact: Fact) -> Int {
    let range = program.domain(of: fact).range
    return number(.value(fact), range.low, range.high)
  }

  func row(_ variable: Int, times coefficient: Int128 = 1, plus constant: Int128 = 0) -> LinearRow {
    LinearRow(terms: [.init(variable: variable, coefficient: coefficient)], constant: constant)
  }

  // MARK: - Search

  /// Takes conditions apart until only rows and real choices are left; nil where they contradict themselves.
  private func flatten(_ formulas: [Formula]) -> Branch? {
    var branch = Branch()
    var waiting = Array(formulas.reversed())
    while let formula = waiting.popLast() {
      // Leaving a condition out can only make more possible, and what is possible is checked at the end.
      guard spend() else { return branch }
      switch formula {
      case .row(let row):
        if row.terms.isEmpty, row.constant > 0 { return nil }
        branch.rows.append(row)
      case .holds(let expr, let truth): waiting.append(contentsOf: expanded(expr, truth).reversed())
      case .any(let alternatives):
        if alternatives.isEmpty { return nil }
        if alternatives.count == 1 {
          waiting.append(contentsOf: alternatives[0].reversed())
        } else {
          branch.choices.append(alternatives)
        }
      }
    }
    return branch
  }

  private func search(
    _ start: LinearSystem, _ branch: Branch, _ waiting: [[Branch]], depth: Int
  ) -> Feasibility.Answer {
    guard depth < Feasibility.choiceLimit else { return .unknown }
    var system = start
    var open = waiting
    var arriving = [branch]
    repeat {
      while let next = arriving.popLast() {
        for choice in next.choices {
          let branches = choice.compactMap(flatten)
          if branches.isEmpty { return .impossible }
          open.append(branches)
        }
        for variable in variables[system.low.count...] { system.addVariable(variable.low, variable.high) }
        for row in next.rows { system.assert(row) }
      }
      system.propagate()
      if system.isRefuted { return .impossible }
      var undecided: [[Branch]] = []
      for choice in open {
        let live = choice.filter { !isRefuted($0, system) }
        if live.isEmpty { return .impossible }
        if live.contains(where: { isImplied($0, system) }) { continue }
        if live.count == 1 { arriving.append(live[0]) } else { undecided.append(live) }
      }
      open = undecided
    } while !arriving.isEmpty
    guard spend() else { return .unknown }
    guard let narrowest = open.indices.min(by: { (open[$0].count, $0) < (open[$1].count, $1) }) else {
      return leaf(system)
    }
    // With many choices left, an early proof saves all the cases below.
    if open.count >= 4, IntegerSearch.isRefuted(system) { return .impossible }
    var isUnknown = false
    for alternative in open.remove(at: narrowest) {
      switch search(system, alternative, open, depth: depth + 1) {
      case .impossible: continue
      case .possible(let witness): return .possible(witness)
      case .unknown: isUnknown = true
      }
    }
    return isUnknown ? .unknown : .impossible
  }

  private func isRefuted(_ branch: Branch, _ system: LinearSystem) -> Bool {
    branch.rows.contains { row in
      guard isKnown(row, system), let least = system.least(row) else { return false }
      return least > 0
    }
  }

  private func isImplied(_ branch: Branch, _ system: LinearSystem) -> Bool {
    guard branch.choices.isEmpty else { return false }
    return branch.rows.allSatisfy { row in
      guard isKnown(row, system), let greatest = system.greatest(row) else { return false }
      return greatest <= 0
    }
  }

  private func isKnown(_ row: LinearRow, _ system: LinearSystem) -> Bool {
    row.terms.allSatisfy { $0.variable < system.low.count }
  }

  // MARK: - Examples

  /// A case without choices: finds numbers, makes facts of them, and checks every claim at those.
  private func leaf(_ found: LinearSystem) -> Feasibility.Answer {
    var system = found
    for variable in variables[system.low.count...] { system.addVariable(variable.low, variable.high) }
    // What an opaque number really is at the facts found may differ from what was assumed; then it is fixed there, and
    // the others are looked for again.
    for round in 0..<4 {
      var search = IntegerSearch { [unowned self] in chosen($0, $1, $2) }
      switch search.solve(system) {
      case .impossible: return round == 0 ? .impossible : .unknown
      case .unknown: return .unknown
      case .point(let point):
        let facts = assignment(point)
        for candidate in withRatios(facts) where claimsHold(candidate) {
          return .possible(Witness(values: candidate, relevant: relevant(system)))
        }
        guard fixOpaque(&system, point, facts) else { return .unknown }
      }
    }
    return .unknown
  }

  /// The number to take where any between two ends will do: what people find plain.
  private func chosen(_ variable: Int, _ low: Int128, _ high: Int128) -> Int128 {
    switch variables[variable].meaning {
    case .value(let fact):
      let domain = program.domain(of: fact)
      return PlainNumber.between(low, high, near: domain.usual, domain.type.base)
    case .opaqueValue(let term): return PlainNumber.between(low, high, near: 0, term.expr.type.base)
    case .presence, .opaquePresence, .roundedCount, .order: return low > 0 || high < 0 ? low : max(low, min(high, 0))
    }
  }

  private func assignment(_ point: [Int128]) -> [Fact: Int64] {
    var facts: [Fact: Int64] = [:]
    for fact in FactsRead(claims.map(\.condition), in: program).facts { facts[fact] = program.domain(of: fact).usual }
    for (variable, number) in zip(variables, point) {
      if case .value(let fact) = variable.meaning { facts[fact] = Int64(clamping: number) }
    }
    for (variable, number) in zip(variables, point) {
      guard case .presence(let fact) = variable.meaning else { continue }
      if number == 0 {
        facts[fact] = ValueType.none
      } else if facts[fact] ?? ValueType.none == ValueType.none {
        let domain = program.domain(of: fact)
        let near = domain.type.base == .time ? FactDomain.anyTime : 0
        let plain = PlainNumber.between(domain.range.low, domain.range.high, near: near, domain.type.base)
        facts[fact] = Int64(clamping: plain)
      }
    }
    return facts
  }

  private func claimsHold(_ facts: [Fact: Int64]) -> Bool {
    let evaluation = Evaluation(program) { [program] in facts[$0] ?? program.domain(of: $0).usual }
    return claims.allSatisfy { claim in evaluation.value(claim.condition).map { ($0 != 0) == claim.holds } ?? false }
  }

  private func fixOpaque(_ system: inout LinearSystem, _ point: [Int128], _ facts: [Fact: Int64]) -> Bool {
    let evaluation = Evaluation(program) { [program] in facts[$0] ?? program.domain(of: $0).usual }
    var isNew = false
    for (index, variable) in variables.enumerated() where system.isTouched[index] {
      let actual: Int128
      switch variable.meaning {
      case .opaqueValue(let term):
        guard let value = evaluation.value(term.expr), value != ValueType.none else { continue }
        actual = Int128(value)
      case .opaquePresence(let term):
        guard let value = evaluation.value(term.expr) else { continue }
        actual = value == ValueType.none ? 0 : 1
      default: continue
      }
      guard actual != point[index] else { continue }
      system.bound(index, actual, actual)
      isNew = true
    }
    return isNew && !system.isRefuted
  }

  /// The facts a case says anything about.
  private func relevant(_ system: LinearSystem) -> Set<Fact> {
    var facts: Set<Fact> = []
    for (variable, isTouched) in zip(variables, system.isTouched) where isTouched {
      switch variable.meaning {
      case .value(let fact), .presence(let fact): facts.insert(fact)
      case .opaqueValue(let term), .opaquePresence(let term), .roundedCount(let term):
        facts.formUnion(FactsRead([term.expr], in: program).facts)
      case .order(let first, let second):
        facts.formUnion(FactsRead([first.expr, second.expr], in: program).facts)
      }
    }
    return facts
  }

  // MARK: - Knowledge

  /// What always holds between the facts the claims read.
  private func knowledge() -> [Formula] {
    var read = FactsRead(claims.map(\.condition), in: program)
    var formulas: [Formula] = []
    if opensDerivations {
      var position = 0
      while position < read.facts.count {
        let fact = read.facts[position]
        position += 1
        guard let derivation = program.derivation(of: fact), derivation.type.base != .ratio else { continue }
        read.add([derivation], in: program)
        formulas.append(.holds(comparison(.equal, reading(fact), derivation), true))
      }
    }
    for fact in read.facts { formulas += knowledge(about: fact, read) }
    return formulas
  }

  private func knowledge(about fact: Fact, _ read: FactsRead) -> [Formula] {
    switch fact {
    case .available(let bucket), .previous(.available(let bucket)):
      let posted: Fact = fact == fact.current ? .posted(bucket) : .previous(.posted(bucket))
      let held: Fact = fact == fact.current ? .held(bucket) : .previous(.held(bucket))
      guard read.contains(posted) || read.contains(held) else { return [] }
      let (money, range) = (QualifiedType(.money), ValueType.money.naturalRange)
      let free = Expr(.subtract(reading(posted), reading(held)), money, range, .none)
      let atLeastNothing = Expr(.maximum(free, Expr(.constant(0), money, ValueRange(0, 0), .none)), money, range, .none)
      return [.holds(comparison(.equal, reading(fact), atLeastNothing), true)]
    case .last, .cycleStart:
      guard read.contains(.now) else { return [] }
      return [whenSet(fact, comparison(.lessOrEqual, present(fact), reading(.now)))]
    case .cycleEnd:
      guard read.contains(.now) else { return [] }
      return [whenSet(fact, comparison(.greater, present(fact), reading(.now)))]
    default: return []
    }
  }

  private func whenSet(_ fact: Fact, _ condition: Expr) -> Formula {
    let isSet = Expr(.isSet(reading(fact)), QualifiedType(.bool), ValueRange(0, 1), .none)
    return .any([[.holds(isSet, false)], [.holds(isSet, true), .holds(condition, true)]])
  }

  private func reading(_ fact: Fact) -> Expr {
    let domain = program.domain(of: fact)
    return Expr(.fact(fact), domain.type, domain.range, .none)
  }

  private func present(_ fact: Fact) -> Expr {
    let domain = program.domain(of: fact)
    return Expr(.fact(fact), QualifiedType(domain.type.base), domain.range, .none)
  }

  private func comparison(_ comparison: Comparison, _ left: Expr, _ right: Expr) -> Expr {
    Expr(.compare(comparison, left, right), QualifiedType(.bool), ValueRange(0, 1), .none)
  }
}
