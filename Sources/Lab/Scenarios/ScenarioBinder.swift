import Diagnostics
import Engine
import Language
import Values

/// Finds every word of a scenario in a program, and reports the ones that mean nothing there.
public struct ScenarioBinder {
  let file: ScenarioFile
  var program: Program
  var names: NameIndex
  /// The family in whose folder the file lies: a bare name is its own where several families have it.
  let home: String?
  var keys: [String] = []
  var diagnostics: [Diagnostic] = []
  var changesTables = false
  /// The event of the last `when` line; nil before the first, and after a `when` that is none.
  var lastEvent: Int?
  var hasDeed = false
  var clock = ScenarioPlan.usualStart
  /// The lines are about an account that is kept somewhere, whose keys are `keys`: what they name stays a text, and nothing
  /// can be stated.
  var isAboutKeptAccount = false
  /// Where each opening payment was stated, by its id.
  var openings: [String: Span] = [:]

  /// The scenarios of one file that could be understood whole, and what is wrong with the others.
  ///
  /// - Parameter sources: must hold the text of `file` under its number, and the program's texts under theirs.
  public static func bind(
    _ file: ScenarioFile, in program: Program, sources: SourceMap
  ) -> (plans: [ScenarioPlan], diagnostics: [Diagnostic]) {
    var program = program
    program.sources = sources
    let names = NameIndex(program)
    var plans: [ScenarioPlan] = []
    var diagnostics: [Diagnostic] = []
    var titles: [String: Span] = [:]
    for scenario in file.scenarios {
      var binder = ScenarioBinder(file: file, program: program, names: names)
      if let first = titles[scenario.title.text] {
        binder.report(
          .scenarioTwice, "another scenario of this file has the title `\(scenario.title.text)`", scenario.title.span,
          labels: [Label(span: first, message: "the first one")], help: "say what is different in this one")
      }
      titles[scenario.title.text] = titles[scenario.title.text] ?? scenario.title.span
      let plan = binder.bind(scenario)
      diagnostics += binder.diagnostics
      if !scenario.isBroken, !binder.diagnostics.contains(where: { $0.severity == .error }) { plans.append(plan) }
    }
    return (plans, diagnostics)
  }

  /// Binds loose lines, as a program or a prompt gives them, after others have run.
  ///
  /// - Parameter event: the last event that happened, if any.
  static func bind(
    _ steps: [StepSyntax], source: Int32, in program: Program, sources: SourceMap, keys: [String], clock: Int64,
    lastEvent: Int?, hasDeed: Bool, isKept: Bool
  ) -> (steps: [ScenarioPlan.Step], program: Program?, keys: [String], diagnostics: [Diagnostic]) {
    var program = program
    program.sources = sources
    var binder = ScenarioBinder(
      file: ScenarioFile(source: source, scenarios: []), program: program, names: NameIndex(program))
    binder.keys = keys
    binder.clock = clock
    binder.lastEvent = lastEvent
    binder.hasDeed = hasDeed
    binder.isAboutKeptAccount = isKept
    binder.addRows(of: steps)
    binder.addKeys(of: steps)
    let bound = steps.flatMap { binder.bind($0) }
    return (bound, binder.changesTables ? binder.program : nil, binder.keys, binder.diagnostics)
  }

  init(file: ScenarioFile, program: Program, names: NameIndex) {
    self.file = file
    self.program = program
    self.names = names
    home = ScenarioBinder.home(of: file, in: program)
  }

  private static func home(of file: ScenarioFile, in program: Program) -> String? {
    func folder(_ name: String) -> Substring? { name.lastIndex(of: "/").map { name[..<$0] } }
    guard let own = folder(program.sources[file.source].name) else { return nil }
    return program.policies.first { folder(program.sources[$0.span].name) == own }?.name
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ span: Span, label: String? = nil, labels: [Label] = [],
    help: String? = nil, severity: Severity = .error
  ) {
    diagnostics.append(
      Diagnostic(
        code: code.id, severity: severity, message: message, span: span, label: label, labels: labels, help: help))
  }

  // MARK: - One scenario

  private mutating func bind(_ scenario: ScenarioSyntax) -> ScenarioPlan {
    var start = ScenarioPlan.usualStart
    if let time = scenario.start, let value = constant(time, QualifiedType(.time), of: "at") { start = value }
    clock = start
    let missing = missingFamilies(of: scenario)
    if !missing.isEmpty {
      // Its lines speak of what is not there, so none of them can be understood.
      let names = missing.map { "`\($0)`" }.joined(separator: " and ")
      return ScenarioPlan(
        title: scenario.title.text, skip: "it needs the family \(names)", start: start, keys: keys, program: program,
        changesTables: false, steps: [], span: scenario.title.span)
    }
    addRows(of: scenario.steps)
    addKeys(of: scenario.steps)
    if keys.isEmpty { keys = ["k1"] }
    let hasCheck = scenario.steps.contains { if case .then = $0.kind { true } else { false } }
    if !hasCheck, scenario.skip == nil, !scenario.isBroken {
      report(
        .scenarioEmpty, "the scenario `\(scenario.title.text)` checks nothing", scenario.title.span,
        help: "add a line such as `then allowed`")
    }
    // A `when` line that could not be read is one all the same.
    hasDeed = scenario.isBroken
    let steps = scenario.steps.flatMap { bind($0) }
    return ScenarioPlan(
      title: scenario.title.text, skip: scenario.skip?.text, start: start, keys: keys, program: program,
      changesTables: changesTables, steps: steps, span: scenario.title.span)
  }

  /// The families a scenario needs and the rules lack. A name that is nearly one of theirs is a slip, and is reported.
  private mutating func missingFamilies(of scenario: ScenarioSyntax) -> [String] {
    let known = program.policies.map(\.name)
    let missing = scenario.needs.filter { !known.contains($0.text) }
    for family in missing {
      guard let near = Suggestion.nearest(family.text, in: known) else { continue }
      report(
        .scenarioTitle, "the rules have no family `\(family.text)`", family.span, help: "did you mean `\(near)`?")
    }
    return missing.map(\.text)
  }

  /// Keys may be named anywhere in the scenario, so that the order of its lines does not matter.
  private mutating func addKeys(of steps: [StepSyntax]) {
    for step in steps {
      if case .given(.key(let name, _)) = step.kind, !keys.contains(name.text) { keys.append(name.text) }
    }
  }

  private mutating func bind(_ step: StepSyntax) -> [ScenarioPlan.Step] {
    switch step.kind {
    case .given(let given):
      return bind(given).map { ScenarioPlan.Step(kind: .given($0), span: step.span) }
    case .when(let deed):
      hasDeed = true
      lastEvent = nil
      return bind(deed).map { [ScenarioPlan.Step(kind: .deed($0), span: step.span)] } ?? []
    case .then(let check):
      return bind(check, step.span).map { [ScenarioPlan.Step(kind: .check($0), span: step.span)] } ?? []
    }
  }

  // MARK: - given

  private mutating func bind(_ given: GivenSyntax) -> [ScenarioPlan.Given] {
    switch given {
    case .row: return []
    case .payment(let payment): return bind(payment).map { [.payment($0)] } ?? []
    case .provider(let answer, let times): return bind(answer: answer, times: times).map { [$0] } ?? []
    case .value(let assignment): return bind(assignment, insideKey: nil).map { [$0] } ?? []
    case .key(let name, let assignments):
      let key = keys.firstIndex(of: name.text) ?? 0
      return assignments.compactMap { bind($0, insideKey: key) }
    }
  }

  private mutating func bind(_ assignment: AssignmentSyntax, insideKey: Int?) -> ScenarioPlan.Given? {
    guard let meaning = meaning(of: assignment) else { return nil }
    let name = assignment.text
    let value: Int64?
    var named: EventCall.Value?
    var key: Int?
    switch meaning {
    case .setting(let index):
      let setting = program.settings[index]
      guard let found = self.key(for: assignment, insideKey, scope: setting.scope) else { return nil }
      key = found.index
      named = self.value(assignment.value, setting.type, of: name, family: NameIndex.family(setting.name))
      value = named == nil ? nil : 0
    case .meter(let index):
      let meter = program.meters[index]
      guard let found = self.key(for: assignment, insideKey, scope: meter.scope) else { return nil }
      key = found.index
      value = constant(assignment.value, QualifiedType(meter.type), of: name)
    case .bucket:
      guard self.key(for: assignment, insideKey, scope: .account) != nil else { return nil }
      value = constant(assignment.value, QualifiedType(.money), of: name)
    }
    var lotKind = 0
    if let kind = assignment.lotKind {
      guard case .bucket(let index) = meaning, program.buckets[index].keepsLots else {
        report(
          .scenarioLine, "`\(kind.text)` does not go on with this statement", kind.span,
          help: "separate statements by commas")
        return nil
      }
      guard let found = program.lotKinds.firstIndex(of: kind.text) else {
        let known = program.lotKinds.map { "`\($0)`" }.joined(separator: ", ")
        report(
          .scenarioValue, "no rule names a lot of kind `\(kind.text)`", kind.span, help: "the kinds are \(known)")
        return nil
      }
      lotKind = found
    }
    guard let value else { return nil }
    switch meaning {
    case .setting(let index): return named.map { .setting(index, key: key, $0) }
    case .meter(let index): return .meter(index, key: key, value)
    case .bucket(let index): return .bucket(index, value, lotKind: lotKind)
    }
  }

  mutating func meaning(of assignment: AssignmentSyntax) -> NameIndex.Meaning? {
    let name = assignment.text
    switch names.find(name, from: home) {
    case .one(let meaning): return meaning
    case .several(let full):
      report(
        .severalFacts, "`\(name)` is in several families: \(full.map { "`\($0)`" }.joined(separator: ", "))",
        assignment.span, help: "write `\(full[0])`")
    case .nothing(let nearest):
      let isComputed = program.lets.contains { $0.name == name || NameIndex.bare($0.name) == name }
      report(
        .unknownFact, isComputed ? "`\(name)` is computed by the rules" : "unknown name `\(name)`", assignment.span,
        label: "not a setting, bucket or meter",
        help: isComputed
          ? "state the settings, buckets and meters it is computed from"
          : nearest.map { "did you mean `\($0)`?" }
            ?? "write the name of a setting, a bucket or a meter, with its family before it where that is unclear")
    }
    return nil
  }

  /// The key a value belongs to, checked against what it is declared for; nil where a mistake was reported.
  mutating func key(for assignment: AssignmentSyntax, _ inside: Int?, scope: Scope) -> KeyChoice? {
    let named = assignment.key
    guard scope == .key else {
      if inside != nil || named != nil {
        report(
          .keyNotWanted, "`\(assignment.text)` is not a value of a key", named?.span ?? assignment.span,
          help: "state it on its own: `given \(assignment.text) …`")
        return nil
      }
      if assignment.isGlobal, scope != .global {
        report(
          .keyNotWanted, "`\(assignment.text)` is a value of an account, not a global one", assignment.span,
          help: "leave out `global`")
        return nil
      }
      return KeyChoice(index: nil)
    }
    if let named { return key(named).map { KeyChoice(index: $0) } }
    if let inside { return KeyChoice(index: inside) }
    guard keys.count == 1, !assignment.isGlobal else {
      report(
        .keyNotWanted,
        "`\(assignment.text)` is a value of a key, and \(keys.isEmpty ? "there is none" : "several keys have it")",
        assignment.span, help: "add `for key \(keys.first ?? "k1")`")
      return nil
    }
    return KeyChoice(index: 0)
  }

  /// Whose value a statement is about: a key's, or with nil the account's or everybody's.
  struct KeyChoice {
    var index: Int?
  }

  mutating func key(_ name: Identifier) -> Int? {
    if let index = keys.firstIndex(of: name.text) { return index }
    let near = Suggestion.nearest(name.text, in: keys)
    report(
      .unknownKey, "the account has no key `\(name.text)`", name.span,
      label: keys.isEmpty ? "it has none" : "its keys are \(keys.map { "`\($0)`" }.joined(separator: ", "))",
      help: near.map { "did you mean `\($0)`?" }
        ?? (isAboutKeptAccount ? nil : "state it: `given key \(name.text)`, or write `key none`"))
    return nil
  }
}
