import Diagnostics
import Engine
import Language
import Ledger

/// Which rules decided or acted, and which clauses were seen both true and false, over any number of decisions.
public struct Coverage: Sendable {
  public private(set) var rules: [RuleCount]

  public struct RuleCount: Sendable, Hashable {
    /// How often it decided (a deny, a gate, a cap) or acted.
    public var fired = 0
    public var clauses: [ClauseCount] = []
  }

  public struct ClauseCount: Sendable, Hashable {
    public var held = 0
    public var failed = 0
  }

  public init(_ program: Program) {
    rules = program.rules.map { rule in
      RuleCount(fired: 0, clauses: rule.clauses.map { _ in ClauseCount() })
    }
  }

  /// Adds what other decisions under the same program covered.
  public mutating func add(_ other: Coverage) {
    for index in rules.indices where index < other.rules.count {
      rules[index].fired += other.rules[index].fired
      for clause in rules[index].clauses.indices where clause < other.rules[index].clauses.count {
        rules[index].clauses[clause].held += other.rules[index].clauses[clause].held
        rules[index].clauses[clause].failed += other.rules[index].clauses[clause].failed
      }
    }
  }

  // MARK: - Counting

  /// Counts one decision. Replays and conflicts try no rule.
  ///
  /// - Parameter asked: rules that asked the payment provider for it, whatever came of that.
  mutating func record(_ decision: Decision, after: Trace, asked: Set<Int> = [], by engine: RuleEngine) {
    guard !decision.isReplay, decision.verdict != .conflict, decision.field == nil else { return }
    let program = engine.program
    var before = FactReader(engine.compiled, decision.trace).walker
    var later = FactReader(engine.compiled, after, previous: decision.trace).walker
    for (index, rule) in program.rules.enumerated() {
      switch rule.kind {
      case .deny(let events, _) where events.contains(decision.event):
        if decision.rule == index { rules[index].fired += 1 }
        count(index, rule.clauses, &before)
      case .gate(let bucket, _) where reached(bucket, decision, program):
        if decision.rule == index { rules[index].fired += 1 }
        count(index, rule.clauses, &before)
      case .cap(let bucket, _, _):
        guard bucket.map({ reached($0, decision, program) }) ?? pays(decision, program) else { continue }
        if decision.rule == index { rules[index].fired += 1 }
        count(index, rule.clauses, &before)
      case .on(let events) where events.contains(decision.event):
        if decision.firedRules.contains(index) || asked.contains(index) {
          fire(index)
        } else {
          count(index, rule.clauses, &before)
        }
      case .beforeDenial(let denial):
        if decision.rescueRule == index || asked.contains(index) {
          fire(index)
        } else if decision.denial == denial {
          count(index, rule.clauses, &before)
        }
      case .after(let events) where events.contains(decision.event) && decision.isAllowed:
        if decision.firedRules.contains(index) {
          fire(index)
        } else {
          count(index, rule.clauses, &later, wholly: false)
        }
      default: break
      }
    }
  }

  private mutating func fire(_ index: Int) {
    rules[index].fired += 1
    for clause in rules[index].clauses.indices { rules[index].clauses[clause].held += 1 }
  }

  /// Counts clauses in the order they are tried, up to the first that fails.
  ///
  /// - Parameter wholly: false where all of them holding would contradict what happened. The facts then come from after
  ///   other reactions, and say nothing.
  private mutating func count(_ index: Int, _ clauses: [Expr], _ walker: inout TreeWalker, wholly: Bool = true) {
    var values: [Bool] = []
    for clause in clauses {
      values.append(walker.holds(clause))
      if values.last == false { break }
    }
    if !wholly, values.allSatisfy({ $0 }) { return }
    for (clause, holds) in values.enumerated() {
      if holds { rules[index].clauses[clause].held += 1 } else { rules[index].clauses[clause].failed += 1 }
    }
  }

  private func pays(_ decision: Decision, _ program: Program) -> Bool {
    guard decision.amount > 0 else { return false }
    if case .deny? = decision.rule.map({ program.rules[$0].kind }) { return false }
    return true
  }

  /// Whether the waterfall came as far as this bucket.
  private func reached(_ bucket: Int, _ decision: Decision, _ program: Program) -> Bool {
    guard pays(decision, program) else { return false }
    if decision.isAllowed { return decision.drawn[bucket...].contains { $0 > 0 } }
    if let rule = decision.rule, case .cap(nil, _, _) = program.rules[rule].kind { return false }
    return true
  }
}

// MARK: - What is missing

extension Coverage {
  /// Something no decision showed.
  public struct Gap: Sendable, Hashable {
    /// `limits.cycle_limit`
    public var rule: String
    public var span: Span
    public var missing: Missing
    /// The author's reason, from a comment `# uncovered: …` right above.
    public var excuse: String?

    public enum Missing: Sendable, Hashable {
      case neverFired
      case neverTried(String)
      case neverHeld(String)
      case neverFailed(String)
    }

    /// `never true: subscribed`
    public var text: String {
      switch missing {
      case .neverFired: "never decided or acted"
      case .neverTried(let clause): "never tried: \(clause)"
      case .neverHeld(let clause): "never true: \(clause)"
      case .neverFailed(let clause): "never false: \(clause)"
      }
    }
  }

  /// Everything not covered, in the order of the rule files.
  public func gaps(in program: Program, _ sources: SourceMap) -> [Gap] {
    var gaps: [Gap] = []
    for (index, rule) in program.rules.enumerated() where index < rules.count {
      func add(_ missing: Gap.Missing, _ span: Span) {
        let excuse = Coverage.excuse(above: span, sources) ?? Coverage.excuse(above: rule.span, sources)
        gaps.append(Gap(rule: rule.name, span: span, missing: missing, excuse: excuse))
      }
      if rules[index].fired == 0 { add(.neverFired, rule.span) }
      for (clause, count) in zip(rule.clauses, rules[index].clauses) {
        let text = sources.text(clause.span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        switch (count.held, count.failed) {
        case (0, 0): add(.neverTried(text), clause.span)
        case (0, _): add(.neverHeld(text), clause.span)
        case (_, 0): add(.neverFailed(text), clause.span)
        default: break
        }
      }
    }
    return gaps.sorted {
      (sources[$0.span].name, $0.span.start, $0.text) < (sources[$1.span].name, $1.span.start, $1.text)
    }
  }

  /// Rules that decided or acted, clauses seen both ways, and how many there are of each.
  public var totals: (rules: Int, ofRules: Int, clauses: Int, ofClauses: Int) {
    let clauses = rules.flatMap(\.clauses)
    return (
      rules.count { $0.fired > 0 }, rules.count, clauses.count { $0.held > 0 && $0.failed > 0 }, clauses.count
    )
  }

  static func excuse(above span: Span, _ sources: SourceMap) -> String? {
    let source = sources[span]
    let line = source.position(of: Int(span.start)).line
    guard !span.isNone, line > 1 else { return nil }
    let text = String(decoding: source.lineBytes(line - 1), as: UTF8.self)
    let words = text.drop { $0 == " " || $0 == "\t" }
    let mark = "# uncovered:"
    guard words.hasPrefix(mark) else { return nil }
    return words.dropFirst(mark.count).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
