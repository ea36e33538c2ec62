import Diagnostics
import Values

extension AnalysisReport {
  /// Two rules of which only one may decide, where nothing keeps them apart.
  mutating func addDecidedTwice() {
    for deed in Deed.all { addTwice(deed) }
    addTwoRescues()
    addTwoSettings()
  }

  /// Something that happens at most once for one event.
  private struct Deed: Sendable {
    /// Of two rules: `a` and `b` both … one event.
    var both: String
    /// Of one rule: it …
    var does: String
    var isMeant: @Sendable (Operation) -> Bool

    static let all = [
      Deed(both: "pay for", does: "pays") { $0.draw == .pay },
      Deed(both: "hold money for", does: "holds") { $0.draw == .hold },
      Deed(both: "resolve the hold of", does: "resolves it") {
        switch $0 {
        case .settle, .release: true
        default: false
        }
      },
      Deed(both: "charge a card for", does: "charges it") { if case .collect = $0 { true } else { false } },
      Deed(both: "send money back for", does: "sends it") { if case .refund = $0 { true } else { false } },
      Deed(both: "answer the refund of", does: "answers it") {
        switch $0 {
        case .confirm, .restore: true
        default: false
        }
      },
      Deed(both: "move the disputed money of", does: "moves it") {
        switch $0 {
        case .clawBack, .reinstate: true
        default: false
        }
      },
    ]
  }

  private mutating func addTwice(_ deed: Deed) {
    var compared: Set<[Int]> = []
    for event in program.events.indices {
      // What happens on an event and what comes after it are two moments.
      for rules in [rules(on: event), rules(after: event)] {
        let doing = rules.filter { !program.rules[$0].spans(where: deed.isMeant).isEmpty }
        let isDone = addClashes(doing, &compared, event) { [program, terms] first, second in
          let (a, b) = (program.rules[first], program.rules[second])
          return Clash(
            code: .paysTwice, subject: "`\(a.name)` and `\(b.name)` both \(deed.both) one `\(terms.event(event))`",
            first: (a.spans(where: deed.isMeant).first ?? a.span, "`\(a.name)` \(deed.does)"),
            second: (b.spans(where: deed.isMeant).first ?? b.span, "`\(b.name)` \(deed.does) too"), extra: [])
        }
        if !isDone { addTooManyPairs("rules that \(deed.both) `\(terms.event(event))`", program.events[event].span) }
      }
    }
  }

  private mutating func addTwoRescues() {
    var compared: Set<[Int]> = []
    for (denial, declared) in program.denials.enumerated() {
      let rescuing = program.rules.indices.filter { index in
        guard case .beforeDenial(denial) = program.rules[index].kind else { return false }
        return !neverHolds.contains(index)
      }
      let isDone = addClashes(rescuing, &compared, nil) { [program] first, second in
        let (a, b) = (program.rules[first], program.rules[second])
        return Clash(
          code: .twoRescues, subject: "`\(a.name)` and `\(b.name)` both act before `\(declared.code)`",
          first: (a.span, "one rescue"), second: (b.span, "another one"), extra: [])
      }
      if !isDone { addTooManyPairs("rules before `\(declared.code)`", declared.span) }
    }
  }

  /// Settings changed to two values at once. What happens on an event and what comes after it are two moments.
  private mutating func addTwoSettings() {
    struct Change {
      var rule: Int
      var setting: Int
      var value: Expr
      var span: Span
    }
    func changes(_ rules: [Int]) -> [Change] {
      rules.flatMap { rule in
        program.rules[rule].effects.flatMap { effect in
          effect.operations.compactMap {
            if case .set(let setting, let value) = $0 {
              Change(rule: rule, setting: setting, value: value, span: effect.span)
            } else {
              nil
            }
          }
        }
      }
    }
    var groups: [(changes: [Change], event: Int?)] = []
    for event in program.events.indices {
      groups.append((changes(rules(on: event)), event))
      groups.append((changes(rules(after: event)), event))
    }
    for (index, rule) in program.rules.enumerated() {
      if case .beforeDenial = rule.kind { groups.append((changes([index]), nil)) }
    }
    var reported: Set<[Int]> = []
    for (changes, event) in groups {
      var budget = limits.comparedPairs
      for (place, second) in changes.enumerated() {
        for first in changes[..<place] where first.setting == second.setting {
          budget -= 1
          guard budget >= 0 else {
            addTooManyPairs("changes of settings", second.span)
            break
          }
          guard ExprShape(first.value) != ExprShape(second.value),
            reported.insert([first.rule, second.rule, first.setting]).inserted
          else { continue }
          let differ = comparison(.notEqual, first.value, second.value)
          let name = program.settings[first.setting].name
          let (a, b) = (program.rules[first.rule], program.rules[second.rule])
          let isSame = first.rule == second.rule
          let clash = Clash(
            code: .setsTwice,
            subject: isSame
              ? "rule `\(a.name)` sets `\(name)` to two values"
              : "`\(a.name)` and `\(b.name)` set `\(name)` to different values",
            first: (first.span, isSame ? "sets it here" : "`\(a.name)` sets it here"),
            second: (second.span, isSame ? "and again here" : "`\(b.name)` sets it here"), extra: [.init(differ)])
          addClash(first.rule, second.rule, clash, event)
        }
        if budget < 0 { break }
      }
    }
  }

  private func comparison(_ comparison: Comparison, _ left: Expr, _ right: Expr) -> Expr {
    let kind: Expr.Kind =
      left.type.base == .ratio ? .compareRatio(comparison, left, right) : .compare(comparison, left, right)
    return Expr(kind, QualifiedType(.bool), ValueRange(0, 1), .none)
  }

  // MARK: - Pairs

  /// How to tell that two rules clash, and what else must hold for it.
  private struct Clash {
    var code: DiagnosticCode
    var subject: String
    var first: (span: Span, label: String)
    var second: (span: Span, label: String)
    var extra: [Feasibility.Claim]
  }

  /// Compares each with each; false when the limit ended it.
  private mutating func addClashes(
    _ rules: [Int], _ compared: inout Set<[Int]>, _ event: Int?, _ clash: (Int, Int) -> Clash
  ) -> Bool {
    var budget = limits.comparedPairs
    for (place, second) in rules.enumerated() {
      for first in rules[..<place] where compared.insert([first, second]).inserted {
        budget -= 1
        guard budget >= 0 else { return false }
        addClash(first, second, clash(first, second), event)
      }
    }
    return true
  }

  private mutating func addClash(_ first: Int, _ second: Int, _ clash: Clash, _ event: Int?) {
    let (a, b) = (program.rules[first], program.rules[second])
    let isSame = first == second
    let conditions = claims(a) + (isSame ? [] : claims(b)) + clash.extra
    let note: String
    switch feasibility.ask(conditions) {
    case .impossible: return
    case .possible(let witness):
      let example = terms.text(witness, for: conditions.map(\.condition), event: event)
      let subject = isSame ? "this happens" : "both hold"
      note = example.isEmpty ? (isSame ? "this always happens" : "both always hold") : "\(subject) when \(example)"
    case .unknown: note = "nothing was found that keeps them apart"
    }
    let condition = a.clauses.isEmpty ? text(of: b.clauses) : text(of: a.clauses)
    let target = a.clauses.isEmpty ? a : b
    let help =
      isSame || condition.isEmpty
      ? "keep one of them"
      : "let `\(target.name)` hold only elsewhere: `\(target.clauses.isEmpty ? "when" : "and") not (\(condition))`"
    add(
      clash.code, .error, clash.subject, clash.second.span, label: clash.second.label,
      labels: [Label(span: clash.first.span, message: clash.first.label)], notes: [note], help: help)
  }

  /// Rules that decide an event, those that can.
  private func rules(on event: Int) -> [Int] {
    program.rules.indices.filter { index in
      guard case .on(let events) = program.rules[index].kind, events.contains(event) else { return false }
      return !neverHolds.contains(index) && applies(program.rules[index], to: event)
    }
  }

  private func rules(after event: Int) -> [Int] {
    program.rules.indices.filter { index in
      guard case .after(let events) = program.rules[index].kind, events.contains(event) else { return false }
      return !neverHolds.contains(index) && applies(program.rules[index], to: event)
    }
  }
}
