import Diagnostics
import Values

/// Turns parsed rule files into one checked program, or says what is wrong with them.
public enum Checker {
  /// Checks a set of policies together.
  ///
  /// - Parameters:
  ///   - files: the parsed files, in any order: the program does not depend on it.
  ///   - vocabulary: the functions and effects the loaded plugins bring.
  ///   - tables: the text of a CSV file named by a table, as `(family, file)`; nil where there is none.
  /// - Returns: the program, and every mistake found. A program with errors must not decide anything: what could not be
  ///   checked is missing from it.
  public static func check(
    files: [FileSyntax], sources: SourceMap, vocabulary: Vocabulary, limits: Limits = .standard,
    tables: (_ family: String, _ file: String) -> Source? = { _, _ in nil }
  ) -> (program: Program, diagnostics: [Diagnostic]) {
    let checking = Checking(sources: sources, vocabulary: vocabulary)
    checking.limits = limits
    checking.collect(files)
    checking.declareAll(tables)
    checking.checkAll()
    return (checking.program, checking.found)
  }

  /// Checks one expression against a finished program: what a scenario line, a query or a plugin's example needs.
  ///
  /// - Parameters:
  ///   - policy: the family whose own names come first, if any.
  ///   - event: the event whose fields may be read, as after it took effect; nil: state only.
  ///   - expecting: the type wanted, which gives bare enum members their meaning; nil: any.
  public static func checkExpression(
    _ syntax: ExprSyntax, in program: Program, policy: String? = nil, event: Int? = nil,
    expecting: QualifiedType? = nil
  ) -> (expression: Expr?, diagnostics: [Diagnostic]) {
    let vocabulary = Vocabulary(functions: program.functions)
    let checking = Checking(sources: program.sources, vocabulary: vocabulary)
    checking.resume(program)
    let place = Place(family: policy, events: event.map { [$0] } ?? [], phase: .afterwards)
    let expr = checking.expression(syntax, place, expecting: expecting).flatMap(checking.wieldy)
    if let expr, let expecting, expr.type.base != expecting.base {
      checking.reportMismatch(expr, expecting)
      return (nil, checking.found)
    }
    return (checking.diagnostics.isEmpty ? expr : nil, checking.found)
  }
}

/// One run of the checker: the program as far as it is known, and the mistakes so far.
final class Checking {
  var program = Program()
  var vocabulary: Vocabulary
  var limits = Limits.standard
  var names = Names()
  var diagnostics: [Diagnostic] = []
  /// A rule that was not understood may be the one that hears what became of a charge.
  var hasLostAnswer = false
  var declared = Declared()
  /// The state of every `let` by full name: they are checked when first read, so their order in files does not matter.
  var lets: [String: LetState] = [:]
  var openLets: [String] = []
  /// The unrounded `let`s that something reads: they are not in the program, so only the checker knows.
  var exactLetsRead: Set<String> = []
  var derivations: [String: Derivation] = [:]
  /// What every meter that sums an expression sums, by its index in the program.
  var sums: [Int: MeterSum] = [:]
  var lifted: [Expr] = []
  /// What is known of every `let` of the program, so that nothing has to look through it again.
  var knownLets: [KnownLet] = []
  /// Above zero while an expression is only tried: what is wrong with it is said when it is checked.
  var trials = 0
  /// How many expressions the checker is inside of, those of `let`s it came to included.
  var depth = 0
  /// What is derived of each payment, by name.
  var paymentDerivations: [String: PaymentDerivationSyntax] = [:]
  /// How each event draws on the buckets, and where a rule says so.
  var draws: [Int: [(draw: Draw, span: Span)]] = [:]
  /// The instants at which the default of some setting changes.
  lazy var dates = Set(program.settings.flatMap { $0.defaults.map(\.from) }).sorted()

  init(sources: SourceMap, vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    program.sources = sources
    program.functions = vocabulary.functions
  }

  enum LetState {
    case waiting(LetSyntax)
    case open(LetSyntax)
    case done(Int)
    /// A sum of products not yet rounded: checked anew inside each `round` that reads it.
    case exact(LetSyntax)
    case failed
  }

  struct LetSyntax {
    var family: String
    var name: Identifier
    var value: ExprSyntax
  }

  struct Derivation {
    var family: String
    var event: Int
    var field: Identifier
    var value: ExprSyntax
    var span: Span
    var state = State.waiting
  }

  struct PaymentDerivationSyntax {
    var family: String
    var name: Identifier
    var value: ExprSyntax
    /// Its place in the program.
    var index = 0
    var state = State.waiting
    /// Whether it was checked and found right.
    var isSound = false
  }

  struct MeterSum {
    var family: String
    var event: Int
    var value: ExprSyntax
    var state = State.waiting
  }

  enum State {
    case waiting
    case open
    case done
  }

  func report(
    _ code: DiagnosticCode, _ message: String, _ span: Span, label: String? = nil, labels: [Label] = [],
    notes: [String] = [], help: String? = nil, severity: Severity = .error
  ) {
    guard trials == 0, diagnostics.count < Checking.mostDiagnostics else { return }
    diagnostics.append(
      Diagnostic(
        code: code.id, severity: severity, message: message, span: span, label: label, labels: labels, notes: notes,
        help: help))
  }

  /// Mistakes kept of one run. Nobody reads more, and each costs a search for what was meant.
  static let mostDiagnostics = 2_000

  /// Mistakes that come with advice which has to be searched for.
  static let mostAdvised = 50

  /// The nearest of the words that could have been meant; they are not even gathered where nobody would read it.
  func nearest(_ word: String, in candidates: @autoclosure () -> [String]) -> String? {
    guard trials == 0, diagnostics.count < Checking.mostAdvised else { return nil }
    return Suggestion.nearest(word, in: candidates())
  }

  /// Runs a check of its own in the middle of another: what is wrong there is said, even while the other is only tried.
  func apart<Result>(_ check: () -> Result) -> Result {
    let outer = trials
    trials = 0
    defer { trials = outer }
    return check()
  }

  /// Every mistake once, in the order of the texts. What is read in several places is checked in each.
  var found: [Diagnostic] {
    var seen: Set<Diagnostic> = []
    let distinct = diagnostics.filter { seen.insert($0).inserted }
    return distinct.enumerated()
      .sorted {
        ($0.element.span.source, $0.element.span.start, $0.offset)
          < ($1.element.span.source, $1.element.span.start, $1.offset)
      }
      .map(\.element)
  }

  /// Goes on with a finished program.
  func resume(_ finished: Program) {
    program = finished
    names = Names(finished)
    for (index, derived) in finished.paymentDerivations.enumerated() {
      paymentDerivations[derived.name] = PaymentDerivationSyntax(
        family: "", name: Identifier(derived.name, derived.span), value: ExprSyntax(.missing, derived.span),
        index: index,
        state: .done, isSound: true)
    }
    for rule in finished.rules {
      guard case .on(let events) = rule.kind else { continue }
      for (draw, span) in rule.draws { for event in events { draws[event, default: []].append((draw, span)) } }
    }
    for (index, value) in finished.lets.enumerated() {
      lets[value.name] = .done(index)
      learn(value.value)
    }
  }

  /// Everything but bodies: so that bodies can read any name, in any order.
  func declareAll(_ tables: (_ family: String, _ file: String) -> Source?) {
    declareDenials()
    declareEvents()
    declareDraws()
    declareTables(tables)
    declareSettings()
    declareBuckets()
    declareMeters()
    declareLets()
    declareDerivations()
  }

  func checkAll() {
    for node in dependencyOrder() {
      switch node {
      case .constant(let name): _ = resolveLet(name)
      case .derived(let name): resolveDerivation(name)
      case .meter(let index): _ = resolveMeter(index)
      case .ofPayment(let name): resolvePaymentDerivation(name)
      }
    }
    checkDenials()
    checkSettingConditions()
    checkBuckets()
    checkMeters()
    checkCycle()
    checkRules()
    checkDraws()
    checkRoles()
    checkPromises()
    checkExactLets()
  }

  private func checkExactLets() {
    for name in lets.keys.sorted() where !exactLetsRead.contains(name) {
      guard case .exact(let syntax)? = lets[name] else { continue }
      report(
        .letUnused, "let `\(name)` is not used", syntax.name.span, label: "nothing reads it",
        help: "delete `let \(syntax.name.text)`, or use it in a rule", severity: .warning)
    }
  }
}
