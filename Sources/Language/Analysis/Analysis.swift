import Diagnostics

/// What can be proved about a checked program before anything runs: rules that cannot apply, decisions two rules both
/// make, tables with gaps, declarations nobody uses.
public enum Analysis {
  /// Everything found, in the order of the files' names and the places in them, whatever order the files came in.
  public static func diagnose(_ program: Program, limits: Limits = .standard) -> [Diagnostic] {
    var report = AnalysisReport(program, limits)
    report.addUnreachable()
    report.addShadowed()
    report.addLimits()
    report.addDecidedTwice()
    report.addWaterfall()
    report.addTables()
    report.addUnused()
    return report.sorted
  }
}

/// What the passes share, and what they found so far.
struct AnalysisReport {
  let program: Program
  let limits: Limits
  let feasibility: Feasibility
  let terms: AuthorTerms
  /// Rules whose clauses cannot hold together, by index. Other passes leave them alone.
  var neverHolds: Set<Int> = []
  private(set) var found: [Diagnostic] = []

  init(_ program: Program, _ limits: Limits) {
    self.program = program
    self.limits = limits
    feasibility = Feasibility(program)
    terms = AuthorTerms(program)
  }

  mutating func add(
    _ code: DiagnosticCode, _ severity: Severity, _ message: String, _ span: Span, label: String? = nil,
    labels: [Label] = [], notes: [String] = [], help: String? = nil
  ) {
    found.append(
      Diagnostic(
        code: code.id, severity: severity, message: message, span: span, label: label, labels: labels, notes: notes,
        help: help))
  }

  var sorted: [Diagnostic] {
    func key(_ diagnostic: Diagnostic) -> (String, Int32, String, String) {
      (program.sources[diagnostic.span].name, diagnostic.span.start, diagnostic.code, diagnostic.message)
    }
    return found.sorted { key($0) < key($1) }
  }

  func claims(_ rule: Rule) -> [Feasibility.Claim] { rule.clauses.map { Feasibility.Claim($0) } }

  /// The author's text of a condition, its clauses joined.
  func text(of clauses: [Expr]) -> String {
    clauses.map { singleLine(program.sources.text($0.span)) }.joined(separator: " and ")
  }

  /// An author's text on one line, runs of spaces and line breaks as one space.
  func singleLine(_ text: String) -> String {
    text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r\n" || $0 == "\r" }.joined(separator: " ")
  }

  /// The events a rule is tried on, where it names any.
  func events(of rule: Rule) -> [Int] {
    switch rule.kind {
    case .deny(let events, _), .on(let events), .after(let events): events
    case .gate, .cap, .beforeDenial: []
    }
  }

  /// Whether a rule applies to an event: one that reads something kept per key does not where the event names no key.
  func applies(_ rule: Rule, to event: Int) -> Bool {
    guard program.events.indices.contains(event), !program.events[event].hasKey else { return true }
    return !FactsRead(rule.expressions, in: program).facts.contains { $0.isPerKey(in: program) }
  }
}

extension Rule {
  /// Every expression of a rule: clauses, a cap's limit, amounts.
  var expressions: [Expr] {
    var exprs = clauses
    if case .cap(_, let limit, _) = kind { exprs.append(limit) }
    for effect in effects { exprs += effect.operations.flatMap(\.expressions) }
    return exprs
  }

  /// How and where it draws on the buckets.
  var draws: [(draw: Draw, span: Span)] {
    effects.flatMap { effect in effect.operations.compactMap { $0.draw.map { ($0, effect.span) } } }
  }

  /// Where it does something of a kind.
  func spans(where isMeant: (Operation) -> Bool) -> [Span] {
    effects.flatMap { effect in effect.operations.filter(isMeant).map { _ in effect.span } }
  }
}
