import Diagnostics

extension AnalysisReport {
  /// Declarations that nothing reads or mentions. A promise counts as a reader.
  mutating func addUnused() {
    let use = DeclaredUse(program)
    for (index, setting) in program.settings.enumerated() where !use.settings.contains(index) {
      addUnused(.settingUnused, "setting", setting.name, setting.span, label: "nothing reads it")
    }
    for (index, value) in program.lets.enumerated() where !use.lets.contains(index) {
      addUnused(.letUnused, "let", value.name, value.span, label: "nothing reads it")
    }
    for (index, denial) in program.denials.enumerated() where !use.denials.contains(index) {
      addUnused(.denialUnused, "denial", denial.code, denial.span, label: "nothing denies with it")
    }
    for (index, meter) in program.meters.enumerated() where !use.meters.contains(index) {
      addUnused(.meterUnused, "meter", meter.name, meter.span, label: "nothing reads it")
    }
    for (index, table) in program.tables.enumerated() where !use.tables.contains(index) {
      addUnused(.tableUnused, "table", table.name, table.span, label: "nothing looks anything up in it")
    }
    for (index, event) in program.events.enumerated() where !use.events.contains(index) {
      addUnused(.eventUnused, "event", event.name, event.span, label: "no rule, derived field or meter mentions it")
    }
  }

  private mutating func addUnused(
    _ code: DiagnosticCode, _ kind: String, _ name: String, _ span: Span, label: String
  ) {
    add(
      code, .warning, "\(kind) `\(name)` is not used", span, label: label,
      help: "delete `\(kind) \(Names.split(name).name)`, or use it in a rule")
  }
}

/// Which declarations something else reads or mentions.
struct DeclaredUse {
  private(set) var settings: Set<Int> = []
  private(set) var lets: Set<Int> = []
  private(set) var denials: Set<Int> = []
  private(set) var meters: Set<Int> = []
  private(set) var tables: Set<Int> = []
  private(set) var events: Set<Int> = []

  private let program: Program
  /// Where each `let` stands, in the order of the text. `previous` opens lets up: what is left of them is their places.
  private let places: [(span: Span, index: Int)]

  init(_ program: Program) {
    self.program = program
    places = program.lets.enumerated().map { ($1.span.joined(with: $1.value.span), $0) }
      .sorted { ($0.0.source, $0.0.start) < ($1.0.source, $1.0.start) }
    for rule in program.rules { add(rule) }
    for promise in program.promises {
      events.formUnion(promise.events)
      add(promise.condition)
    }
    for condition in program.unasked { add(condition) }
    for derivation in program.paymentDerivations { add(derivation.value) }
    for bucket in program.buckets {
      if let order = bucket.lotOrder { add(order) }
      if let denial = bucket.denial { denials.insert(denial) }
      if let allowance = bucket.resets?.allowance { add(allowance) }
      if let rate = bucket.rate { add(rate) }
    }
    for meter in program.meters { add(meter) }
    for (index, event) in program.events.enumerated() {
      if let denial = event.outOfRange { denials.insert(denial) }
      for field in event.fields {
        if let denial = field.outOfRange { denials.insert(denial) }
        guard let derivation = field.derivation else { continue }
        events.insert(index)
        add(derivation)
      }
    }
    if let anchor = program.cycleAnchor { add(anchor) }
    for (index, declared) in program.lets.enumerated() { add(declared.value, inLet: index) }
    addConditions()
    for denial in program.denials { addNames(in: denial.text, from: nil) }
  }

  /// A setting's own condition is no use of it.
  private mutating func addConditions() {
    for (index, setting) in program.settings.enumerated() {
      let before = settings.contains(index)
      for (condition, text) in setting.conditions {
        add(condition)
        addNames(in: text, from: index)
      }
      if !before { settings.remove(index) }
    }
  }

  private mutating func add(_ rule: Rule) {
    switch rule.kind {
    case .deny(let events, let denial):
      self.events.formUnion(events)
      denials.insert(denial)
    case .gate(_, let denial), .cap(_, _, let denial): denials.insert(denial)
    case .on(let events), .after(let events): self.events.formUnion(events)
    case .beforeDenial: break
    }
    for expr in rule.expressions { add(expr) }
    for operation in rule.effects.flatMap(\.operations) {
      if case .collect(_, _, _, let denial?) = operation { denials.insert(denial) }
      // What one family keeps for others is read by any of them that is there; its writers alone show that it is wanted.
      if case .set(let setting, _) = operation, program.settings.indices.contains(setting),
        Names.split(program.settings[setting].name).family != Names.split(rule.name).family
      {
        settings.insert(setting)
      }
    }
  }

  private mutating func add(_ meter: Meter) {
    if let since = meter.since { events.insert(since) }
    switch meter.measure {
    case .payments, .bucketPayments: break
    case .sum(let expr, let event):
      events.insert(event)
      add(expr)
    case .count(let event): events.insert(event)
    }
  }

  private mutating func add(_ expr: Expr, inLet own: Int? = nil) {
    var waiting = [expr]
    while let node = waiting.popLast() {
      waiting += node.operands
      switch node.kind {
      case .fact(let fact):
        add(fact)
        if fact != fact.current { addLet(at: node.span, except: own) }
      case .named(let index): lets.insert(index)
      case .lookup(let table, _, _): tables.insert(table)
      default: break
      }
    }
  }

  private mutating func add(_ fact: Fact) {
    switch fact.current {
    case .setting(let index): settings.insert(index)
    case .meter(let index): meters.insert(index)
    case .last(let event), .field(let event, _), .record(let event, _, _): events.insert(event)
    default: break
    }
  }

  private mutating func addLet(at span: Span, except own: Int?) {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      let place = places[middle].span
      if (place.source, place.start) <= (span.source, span.start) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return }
    let place = places[low - 1]
    guard place.index != own, place.span.source == span.source, span.end <= place.span.end else { return }
    lets.insert(place.index)
  }

  /// `{minimum}` in a text is replaced by that setting's value.
  private mutating func addNames(in text: String, from own: Int?) {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return }
    for (index, setting) in program.settings.enumerated() where index != own {
      let name = "{\(setting.name)}"
      let short = "{\(Names.split(setting.name).name)}"
      if contains(text, name) || contains(text, short) { settings.insert(index) }
    }
  }

  private func contains(_ text: String, _ part: String) -> Bool {
    let (whole, wanted) = (Array(text.utf8), Array(part.utf8))
    guard whole.count >= wanted.count else { return false }
    return (0...(whole.count - wanted.count)).contains { whole[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}
