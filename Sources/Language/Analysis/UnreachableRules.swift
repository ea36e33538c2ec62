import Diagnostics

extension AnalysisReport {
  /// Rules whose conditions cannot hold together, and clauses that hold whatever happens.
  mutating func addUnreachable() {
    for (index, rule) in program.rules.enumerated() where !rule.clauses.isEmpty {
      if feasibility.ask(claims(rule)).isImpossible {
        neverHolds.insert(index)
        addNeverHolds(rule)
        continue
      }
      for clause in rule.clauses where feasibility.ask([.init(clause, false)]).isImpossible {
        add(
          .clauseAlwaysHolds, .warning, "`\(text(of: [clause]))` always holds", clause.span,
          label: "this clause never fails", labels: [Label(span: rule.span, message: "in this rule")],
          notes: ["every value the facts may have makes it true"],
          help: "leave the clause out, or compare with another value")
      }
    }
  }

  private mutating func addNeverHolds(_ rule: Rule) {
    let clashing = core(rule.clauses)
    let first = clashing.first ?? rule.clauses[0]
    let others = clashing.dropFirst().map { Label(span: $0.span, message: "cannot hold together with the other") }
    let isGate = if case .gate = rule.kind { true } else { false }
    let subject: String
    switch rule.kind {
    case .gate(let bucket, _):
      subject = "gate `\(rule.name)` is always closed: `\(terms.bucket(bucket))` is never drawn"
    case .deny: subject = "rule `\(rule.name)` never denies"
    case .cap: subject = "rule `\(rule.name)` never caps"
    case .on, .after: subject = "rule `\(rule.name)` never applies"
    case .beforeDenial: subject = "rule `\(rule.name)` never comes to the rescue"
    }
    add(
      isGate ? .gateAlwaysClosed : .ruleNeverApplies, .warning, subject, rule.span, label: "its condition cannot hold",
      labels: [Label(span: first.span, message: others.isEmpty ? "this is never true" : "this clause")] + others,
      notes: ["no values within the declared ranges make the condition true"],
      help: others.isEmpty
        ? "correct `\(singleLine(program.sources.text(first.span)))`, or delete the rule"
        : "drop one of the clauses, join them with `or`, or delete the rule")
  }

  /// The fewest clauses, found by leaving out one after the other, that already cannot hold together.
  private func core(_ clauses: [Expr]) -> [Expr] {
    var kept = clauses
    for place in clauses.indices.reversed() where kept.count > 1 {
      var fewer = kept
      fewer.remove(at: place)
      if feasibility.ask(fewer.map { .init($0) }).isImpossible { kept = fewer }
    }
    return kept
  }

  /// Deny rules that never decide, because another one with a lower rank denies whenever they do.
  mutating func addShadowed() {
    var denials: [(rule: Int, rank: Int64, read: FactsRead)] = []
    for (index, rule) in program.rules.enumerated() where !neverHolds.contains(index) {
      guard case .deny(_, let denial) = rule.kind, program.denials.indices.contains(denial) else { continue }
      denials.append((index, program.denials[denial].rank, FactsRead(rule.clauses, in: program)))
    }
    denials.sort { ($0.rank, $0.rule) < ($1.rank, $1.rule) }
    var budget = limits.comparedPairs
    for (place, later) in denials.enumerated() {
      let rule = program.rules[later.rule]
      var open = Set(events(of: rule))
      var shadows: [Int] = []
      for earlier in denials[..<place] where earlier.rank < later.rank && !open.isEmpty {
        let other = program.rules[earlier.rule]
        // Without a shared fact one condition says nothing about the other, unless it always holds.
        guard other.clauses.isEmpty || earlier.read.readsAny(of: later.read) else { continue }
        let shared = open.filter { events(of: other).contains($0) && applies(other, to: $0) }
        guard !shared.isEmpty else { continue }
        budget -= 1
        guard budget >= 0 else {
          addTooManyPairs("deny rules", rule.span)
          return
        }
        guard implies(rule, other) else { continue }
        open.subtract(shared)
        shadows.append(earlier.rule)
      }
      guard open.isEmpty, let first = shadows.first else { continue }
      let others = shadows.map { program.rules[$0] }
      add(
        .denyShadowed, .warning,
        "rule `\(rule.name)` never decides: `\(program.rules[first].name)` denies whenever it does", rule.span,
        label: "rank \(later.rank) comes after",
        labels: others.map { Label(span: $0.span, message: "denies first, with rank \(rank(of: $0))") },
        help: "delete the rule, or give its denial a lower rank than \(rank(of: others[0]))")
    }
  }

  private func rank(of rule: Rule) -> Int64 {
    if case .deny(_, let denial) = rule.kind { program.denials[denial].rank } else { 0 }
  }

  /// Whether the second rule's condition provably holds wherever the first one's does.
  private func implies(_ rule: Rule, _ other: Rule) -> Bool {
    other.clauses.allSatisfy { clause in
      feasibility.ask(claims(rule) + [.init(clause, false)]).isImpossible
    }
  }

  mutating func addTooManyPairs(_ what: String, _ span: Span) {
    add(
      .tooManyToCompare, .note, "there are too many \(what) to compare each with each", span,
      label: "not all pairs were compared", notes: ["compared before the limit: \(limits.comparedPairs) of them"],
      help: "replace rules that differ only in a value by one rule and a table")
  }
}
