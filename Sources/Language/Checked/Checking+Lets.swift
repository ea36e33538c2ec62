import Diagnostics
import Values

/// What an expression can only be evaluated with.
struct Needs: Sendable {
  var events: Set<Int> = []
  var drawn = false
  var shortfall = false
  var previous = false
  var keys = false
  /// Every kind of fact it reads, one of each, in the order they appear.
  var facts: [Fact] = []

  mutating func add(_ fact: Fact) {
    if !facts.contains(where: { $0.isAlike(fact) }) { facts.append(fact) }
  }
}

extension Fact {
  /// Whether both are facts of one kind, such as two settings.
  fileprivate func isAlike(_ other: Fact) -> Bool {
    switch (self, other) {
    case (.now, .now), (.cycleStart, .cycleStart), (.cycleEnd, .cycleEnd), (.field, .field), (.setting, .setting),
      (.posted, .posted), (.available, .available), (.held, .held), (.meter, .meter), (.last, .last), (.drawn, .drawn),
      (.covered, .covered), (.shortfall, .shortfall), (.previous, .previous), (.rescued, .rescued),
      (.eventKey, .eventKey), (.collecting, .collecting), (.record, .record), (.own, .own), (.total, .total):
      true
    default: false
    }
  }
}

extension Checking {
  /// Checks a `let` when it is first read. Returns its index in the program, nil for one that failed or is an exact sum.
  func resolveLet(_ name: String) -> Int? {
    switch lets[name] {
    case .done(let index): return index
    case .failed, .exact, nil: return nil
    case .open(let syntax):
      reportCycle(name, syntax.name.span)
      return nil
    case .waiting(let syntax): return apart { checkLet(name, syntax) }
    }
  }

  private func checkLet(_ name: String, _ syntax: LetSyntax) -> Int? {
    lets[name] = .open(syntax)
    openLets.append(name)
    defer { openLets.removeLast() }
    let place = Place(family: syntax.family, events: nil, phase: .open)
    // An exact sum is checked where it is rounded, with the tests that hold there; here we only ask which kind it is.
    if isExact(syntax.value, place) {
      lets[name] = .exact(syntax)
      return nil
    }
    guard let value = expression(syntax.value, place, expecting: nil).flatMap(typed).flatMap(wieldy) else {
      lets[name] = .failed
      return nil
    }
    let index = program.lets.count
    program.lets.append(Let(name: name, value: value, span: syntax.name.span))
    learn(value)
    let events = knownLets[index].needs.events.sorted()
    if events.count > 1 {
      report(
        .otherEvent, "`\(name)` reads fields of \(self.events(events, "and")), which are never known together",
        syntax.name.span, help: "make one `let` for each event")
    }
    lets[name] = .done(index)
    return index
  }

  /// The literal `none` says nothing about what it is none of.
  func typed(_ value: Expr) -> Expr? {
    guard isNone(value) else { return value }
    report(
      .wrongType, "`none` alone has no type", value.span,
      help: "leave it out, and write `none` where it is set or compared")
    return nil
  }

  /// Events in backticks, joined by a word.
  func events(_ indices: [Int], _ word: String) -> String {
    indices.map { "`\(program.events[$0].name)`" }.joined(separator: " \(word) ")
  }

  private func isExact(_ value: ExprSyntax, _ place: Place) -> Bool {
    guard mayBeExact(value) else { return false }
    var lenient = place
    lenient.isLenient = true
    // The real check comes later, and reports what this one finds.
    trials += 1
    defer { trials -= 1 }
    if case .exact? = checked(value, lenient, expecting: nil) { return true }
    return false
  }

  /// Whether its outermost form is one of those an exact sum has.
  private func mayBeExact(_ syntax: ExprSyntax) -> Bool {
    switch syntax.kind {
    case .binary(let operation, _, _, _): [.add, .subtract, .multiply, .divide].contains(operation)
    case .name: true
    default: false
    }
  }

  func readLet(_ name: String, _ span: Span, _ place: Place) -> Checked? {
    if case .exact(let syntax)? = lets[name] { return readExactLet(name, syntax, span, place) }
    guard let index = resolveLet(name) else {
      if case .exact(let syntax)? = lets[name] { return readExactLet(name, syntax, span, place) }
      return nil
    }
    let needs = knownLets[index].needs
    let value = program.lets[index].value
    guard isAvailable(needs, name, span, place) else { return nil }
    return .plain(Expr(.named(index), value.type, value.range, span))
  }

  private func readExactLet(_ name: String, _ syntax: LetSyntax, _ span: Span, _ place: Place) -> Checked? {
    exactLetsRead.insert(name)
    guard !openLets.contains(name) else {
      reportCycle(name, syntax.name.span)
      return nil
    }
    openLets.append(name)
    defer { openLets.removeLast() }
    var inner = place
    inner.family = syntax.family
    guard case .exact(var sum)? = checked(syntax.value, inner, expecting: nil) else { return nil }
    sum.span = span
    return .exact(sum)
  }

  private func reportCycle(_ name: String, _ span: Span) {
    var path = Array(openLets.drop { $0 != name } + [name])
    if path.count > 8 { path.replaceSubrange(4..<(path.count - 3), with: ["…"]) }
    report(
      .circular, "`\(name)` is defined by itself", span, notes: ["the circle is \(path.joined(separator: " → "))"],
      help: "break the circle with a setting or an event field")
  }

  /// Whether a `let` with these needs can be read here; reports why not.
  private func isAvailable(_ needs: Needs, _ name: String, _ span: Span, _ place: Place) -> Bool {
    if let events = place.events, let foreign = needs.events.sorted().first(where: { events != [$0] }) {
      let event = program.events[foreign].name
      report(
        .otherEvent, "`\(name)` reads fields of `\(event)`, which are not known here", span,
        help: place.asker == .promise ? "on \(event)" : "use it in rules on `\(event)` only")
      return false
    }
    if place.phase == .settings {
      report(
        .settingsOnly, "a setting's condition reads settings only", span, label: "this is no setting",
        help: "write out what `\(name)` says, over settings")
      return false
    }
    if needs.drawn || needs.previous, place.phase != .afterwards, place.phase != .open {
      report(
        .notKnownYet, "`\(name)` reads what is known only after the decision", span,
        help: "use it in `after` rules and `always` promises")
      return false
    }
    if needs.shortfall, ![.rescue, .afterwards, .open].contains(place.phase) {
      report(
        .notKnownYet, "`\(name)` reads the shortfall, known only before a denial and after the decision", span,
        help: "use it in `before denial` and `after` rules, and in `always` promises")
      return false
    }
    return true
  }

  /// What an expression can only be evaluated with, its `let`s included.
  func needs(of expr: Expr) -> Needs {
    var needs = Needs()
    expr.walk { node in
      switch node.kind {
      case .fact(let fact): add(fact, to: &needs)
      case .named(let index):
        let inner = knownLets[index].needs
        needs.events.formUnion(inner.events)
        needs.drawn = needs.drawn || inner.drawn
        needs.shortfall = needs.shortfall || inner.shortfall
        needs.previous = needs.previous || inner.previous
        needs.keys = needs.keys || inner.keys
        for fact in inner.facts { needs.add(fact) }
      default: break
      }
    }
    return needs
  }

  private func add(_ fact: Fact, to needs: inout Needs) {
    needs.add(fact)
    switch fact {
    case .field(let event, _), .record(let event, _, _): needs.events.insert(event)
    case .drawn, .covered, .rescued: needs.drawn = true
    case .shortfall: needs.shortfall = true
    case .previous(let inner):
      needs.previous = true
      add(inner, to: &needs)
    case .setting(let index): if program.settings[index].scope == .key { needs.keys = true }
    case .meter(let index): if program.meters[index].scope == .key { needs.keys = true }
    case .now, .cycleStart, .cycleEnd, .posted, .available, .held, .last, .eventKey, .collecting, .own, .total: break
    }
  }

  /// Whether what is kept per key can be read on these events: each must say which key it is about. Reports where not.
  func isAboutKeys(_ expr: Expr, _ events: [Int]) -> Bool {
    guard let keyless = events.first(where: { !program.events[$0].hasKey }), needs(of: expr).keys else {
      return true
    }
    report(
      .noKey, "this reads what belongs to a key, and event `\(program.events[keyless].name)` names none", expr.span,
      labels: [Label(span: program.events[keyless].span, message: "no field of type `key` here")],
      help: "give the event a key: `key: key`")
    return false
  }

  /// Checks what a meter sums when it is first read; false while that fails.
  func resolveMeter(_ index: Int) -> Bool {
    guard let sum = sums[index] else { return true }
    let meter = program.meters[index]
    switch sum.state {
    case .done: return true
    case .open:
      report(
        .circular, "meter `\(meter.name)` sums itself", meter.span, help: "sum fields of the event and settings only")
      return false
    case .waiting: break
    }
    sums[index]?.state = .open
    let place = Place(family: sum.family, events: [sum.event], phase: .decision)
    let value = apart {
      expression(sum.value, place, expecting: nil).flatMap(wieldy).flatMap { isSummed($0) ? present($0, place) : nil }
    }
    sums[index]?.state = .done
    guard let value, apart({ isSettled(value, as: .sum) && isAboutKeys(value, [sum.event]) }) else { return true }
    program.meters[index].type = value.type.base
    program.meters[index].range = value.type.base.naturalRange
    if value.range.low >= 0 { program.meters[index].range.low = 0 }
    program.meters[index].measure = .sum(value, event: sum.event)
    return true
  }

  private func isSummed(_ value: Expr) -> Bool {
    if [.money, .tokens, .integer, .duration].contains(value.type.base) { return true }
    report(
      .wrongType, "a meter sums money, tokens, counts or durations", value.span, label: "this is \(value.type.name)",
      help: "count how often it happens: `count of EVENT`")
    return false
  }

  /// Checks a derived field when it is first read.
  func resolveDerivation(_ name: String) {
    guard var derivation = derivations[name], derivation.state != .done else { return }
    let event = derivation.event
    guard derivation.state == .waiting else {
      report(
        .circular, "`\(name)` is derived from itself", derivation.field.span,
        help: "derive it from the fields given with the event")
      return
    }
    derivation.state = .open
    derivations[name]?.state = .open
    let place = Place(family: derivation.family, events: [event], phase: .decision)
    let value = apart {
      expression(derivation.value, place, expecting: nil).flatMap(typed).flatMap(wieldy).flatMap {
        isAboutKeys($0, [event]) ? $0 : nil
      }
    }
    derivations[name]?.state = .done
    guard let value, let index = program.events[event].fields.firstIndex(where: { $0.name == derivation.field.text })
    else { return }
    if case .record(let kind) = value.type.base {
      report(
        .misplacedType, "a \(kind.rawValue) is named by a field given with an event, not by a derived one", value.span,
        help: "derive one of its numbers, such as `\(text(value)).state`")
      return
    }
    program.events[event].fields[index].type = value.type
    program.events[event].fields[index].range = value.range
    program.events[event].fields[index].derivation = value
    // Rules already refer to positions, so the order of computing is kept beside them.
    program.events[event].derivationOrder.append(index)
  }
}
