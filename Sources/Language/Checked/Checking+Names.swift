import Diagnostics
import Values

extension Checking {
  /// A name of one to three words.
  func name(_ path: [Identifier], _ span: Span, _ place: Place, expecting: QualifiedType?) -> Checked? {
    if path.count == 1, case .enumeration(let members)? = expecting?.base,
      let position = members.firstIndex(of: path[0].text)
    {
      let value = Int64(position)
      return .plain(Expr(.constant(value), QualifiedType(.enumeration(members)), .constant(value), span))
    }
    if let builtin = builtinFact(path, span, place) { return builtin.map(Checked.plain) }
    if path.count == 2, let event = names.events[path[0].text],
      let found = eventFact(event, path, span, place)
    {
      return found.map(Checked.plain)
    }
    if path.count == 3, let event = names.events[path[0].text], let found = recordFact(event, path, span, place) {
      return found.map(Checked.plain)
    }
    guard place.phase != .constant else {
      if path.count == 1, expecting?.base == .name || isList(expecting) {
        reportUnknown(path, span, place, expecting)
        return nil
      }
      report(
        .notConstant, "`\(program.sources.text(span))` is not a constant", span,
        label: "only literals are allowed here",
        help: "write the value itself")
      return nil
    }
    if path.count == 2 {
      switch path[0].text {
      case "payment": return ownNumber(path[1], span, place).map(Checked.plain)
      case "payments": return paymentTotal(path[1], span, place).map(Checked.plain)
      default: break
      }
      if let group = EventClass(rawValue: path[0].text) {
        return classFact(group, path, span, place).map(Checked.plain)
      }
    }
    // A suffix of a bucket: `balance.available`, `funding.balance.drawn`. A family of the bucket's name comes first.
    if path.count == 3 || path.count == 2 && names.member(path[1].text, of: path[0].text) == nil,
      let suffix = path.last, ["available", "held", "drawn"].contains(suffix.text),
      case .bucket(let index)? = symbol(path.dropLast(), place)
    {
      return bucketFact(index, suffix, span, place).map(Checked.plain)
    }
    guard path.count <= 2 else {
      reportUnknown(path, span, place, expecting)
      return nil
    }
    if path.count == 1, case .several(let candidates) = names.bare(path[0].text, from: place.family) {
      report(
        .ambiguousName, "`\(path[0].text)` is declared by several families", span,
        help: "write \(candidates.map { "`\($0)`" }.joined(separator: " or "))")
      return nil
    }
    guard let symbol = symbol(path[...], place) else {
      reportUnknown(path, span, place, expecting)
      return nil
    }
    return read(symbol, span, place)
  }

  private func isList(_ type: QualifiedType?) -> Bool { if case .enumeration? = type?.base { true } else { false } }

  private func symbol(_ path: ArraySlice<Identifier>, _ place: Place) -> Names.Symbol? {
    let words = path.map(\.text)
    if words.count == 2 { return names.member(words[1], of: words[0]) }
    guard words.count == 1, case .one(let symbol) = names.bare(words[0], from: place.family) else { return nil }
    return symbol
  }

  /// Whether a side of an operator is a word that names nothing: an enum member whose type the other side gives.
  func isUnknownWord(_ syntax: ExprSyntax, _ place: Place) -> Bool {
    guard case .name(let path) = syntax.kind, path.count == 1 else { return false }
    if path[0].text == "now" { return false }
    if case .nothing = names.bare(path[0].text, from: place.family) { return true }
    return false
  }

  private func read(_ symbol: Names.Symbol, _ span: Span, _ place: Place) -> Checked? {
    func fact(_ fact: Fact, _ type: QualifiedType, _ range: ValueRange) -> Checked {
      .plain(Expr(.fact(fact), type, range, span))
    }
    if place.phase == .settings, !isSetting(symbol) {
      report(
        .settingsOnly, "a setting's condition reads settings only", span, label: "this is no setting",
        help: "state a promise instead: `always CONDITION \"what it promises\"`")
      return nil
    }
    switch symbol {
    case .setting(let index):
      let setting = program.settings[index]
      if let scope = place.scope, scope.isWider(than: setting.scope) {
        report(
          .settingsOnly, "a setting \(scope.words) cannot depend on one \(setting.scope.words)", span,
          label: "whose value would count?", labels: [Label(span: setting.span, message: "set \(setting.scope.words)")],
          help: "make both settings `\(setting.scope == .key ? "per key" : "per account")`")
        return nil
      }
      return fact(.setting(index), setting.type, setting.range)
    case .bucket(let index):
      return fact(.posted(index), QualifiedType(.money), bucketRange(index))
    case .meter(let index):
      guard resolveMeter(index) else { return nil }
      let meter = program.meters[index]
      return fact(.meter(index), QualifiedType(meter.type), meter.range)
    case .table(let index):
      let table = program.tables[index]
      let keys = table.inputs.map { "\($0.name)" }.joined(separator: ", ")
      report(
        .wrongTableUse, "`\(table.name)` is a table and is asked with its keys", span,
        help: "\(Names.split(table.name).name)(\(keys))")
      return nil
    case .constant(let name):
      return readLet(name, span, place)
    }
  }

  private func isSetting(_ symbol: Names.Symbol) -> Bool {
    if case .setting = symbol { true } else { false }
  }

  func bucketRange(_ index: Int) -> ValueRange {
    let natural = ValueType.money.naturalRange
    return program.buckets[index].resets == nil ? natural : ValueRange(low: 0, high: natural.high)
  }

  private func bucketFact(_ index: Int, _ suffix: Identifier, _ span: Span, _ place: Place) -> Expr? {
    let range = ValueRange(low: 0, high: ValueType.money.naturalRange.high)
    let fact: Fact
    switch suffix.text {
    case "available": fact = .available(index)
    case "held": fact = .held(index)
    default:
      guard place.phase == .afterwards || place.phase == .open else {
        report(
          .notKnownYet, "what was drawn is known only after the decision", span,
          help: "use it in `after` rules and `always` promises")
        return nil
      }
      fact = .drawn(index)
    }
    return Expr(.fact(fact), QualifiedType(.money), range, span)
  }

  /// Outer nil: no word of the language. Inner nil: one that was reported.
  private func builtinFact(_ path: [Identifier], _ span: Span, _ place: Place) -> Expr?? {
    guard place.phase != .constant else { return nil }
    let fact: Fact
    switch path.map(\.text) {
    case ["now"]: fact = .now
    case ["collecting"]: fact = .collecting
    case ["cycle", "start"]: fact = .cycleStart
    case ["cycle", "end"]: fact = .cycleEnd
    default: return nil
    }
    if place.phase == .settings {
      report(
        .settingsOnly, "a setting's condition reads settings only", span, label: "this changes by itself",
        help: "ask for \(fact == .collecting ? "it" : "the time") in a rule instead: "
          + "`deny EVENT rule NAME when … with CODE`")
      return .some(nil)
    }
    if fact == .collecting { return Expr(.fact(fact), QualifiedType(.bool), ValueType.bool.naturalRange, span) }
    let optional = fact != .now
    if optional, program.cycleAnchor == nil, declared.cycles.isEmpty {
      report(
        .unknownWindow, "no policy says what a billing cycle is counted from", span,
        help: "add `cycle from subscription_start` to a policy, with the setting that has the instant")
      return .some(nil)
    }
    return Expr(.fact(fact), QualifiedType(.time, isOptional: optional), ValueType.time.naturalRange, span)
  }

  /// `request.cost`, `request.paid`, `request.key`. Outer nil: the event has no such field, a family may.
  func eventFact(_ event: Int, _ path: [Identifier], _ span: Span, _ place: Place) -> Expr?? {
    let declared = program.events[event]
    let word = path[1].text
    let field = declared.fields.firstIndex { $0.name == word }
    if field == nil, names.member(word, of: path[0].text) != nil { return nil }
    if let events = place.events, events != [event] {
      if names.member(word, of: path[0].text) != nil { return nil }
      reportOtherEvent(declared.name, word, span, place, events)
      return .some(nil)
    }
    if let field {
      if declared.fields[field].derivation == nil, field >= declared.givenCount {
        resolveDerivation("\(declared.name).\(word)")
        guard program.events[event].fields[field].derivation != nil else { return .some(nil) }
      }
      let known = program.events[event].fields[field]
      return Expr(.fact(.field(event: event, field: field)), known.type, known.range, span)
    }
    if let fact = decisionFact(word, span, place) { return fact }
    let nearest = self.nearest(word, in: declared.fields.map(\.name) + Checking.decisionWords)
    report(
      .unknownName, "event `\(declared.name)` has no field `\(word)`", path[1].span,
      notes: declared.fields.isEmpty
        ? [] : ["its fields are " + declared.fields.map { "`\($0.name)`" }.joined(separator: ", ")],
      help: nearest.map { "did you mean `\(declared.name).\($0)`?" })
    return .some(nil)
  }

  private func reportOtherEvent(_ event: String, _ field: String, _ span: Span, _ place: Place, _ here: [Int]) {
    let known = events(here, "and")
    var message = "`\(event).\(field)` is known only while `\(event)` is decided"
    let help: String
    switch (place.asker, here.count) {
    case (.promise, 0): help = "say which event the promise is about: `on \(event)`"
    case (.waterfall, 0): help = "let a rule pay for it: `on \(event) rule charge pay \(event).\(field)`"
    case (.waterfall, 1...):
      help = "write it as `deny \(event) rule …`: this one is about every event that pays, \(known)"
    case (_, 0): help = "keep what an event says in a setting, or sum it in a meter"
    case (_, 1): help = "use the fields of \(known), or keep what `\(event)` said in a setting"
    default:
      message = "a rule on several events cannot read the fields of one"
      let shared = EventClass.allCases.first { here.allSatisfy(self.events(of: $0).contains) }
      if let shared, (Checking.decisionWords + ["key"]).contains(field) {
        help = "write `\(shared.rawValue).\(field)`, which every one of them has"
      } else if place.phase == .rescue {
        help =
          "a rescue is about every event that can be denied: read what they all have, such as `admission.shortfall`"
      } else {
        help = "write one rule for each of \(known)"
      }
    }
    report(.otherEvent, message, span, help: help)
  }

  private func reportUnknown(_ path: [Identifier], _ span: Span, _ place: Place, _ expecting: QualifiedType?) {
    let text = path.map(\.text).joined(separator: ".")
    if path.count == 1, case .enumeration(let members)? = expecting?.base {
      let nearest = self.nearest(text, in: members)
      report(
        .unknownMember, "`\(text)` is not one of \(members.joined(separator: ", "))", span,
        help: nearest.map { "did you mean `\($0)`?" } ?? "write one of \(members.joined(separator: ", "))")
      return
    }
    if path.count == 1,
      let event = (place.events ?? Array(program.events.indices)).first(where: { event in
        program.events[event].fields.contains { $0.name == text }
      })
    {
      report(
        .unknownName, "unknown name `\(text)`", span, label: "a field of an event stands behind its name",
        help: "did you mean `\(program.events[event].name).\(text)`?")
      return
    }
    if path.count == 1, let event = names.events[text] {
      let field = program.events[event].fields.first?.name ?? "paid"
      report(
        .unknownName, "`\(text)` is an event, not a value", span,
        help: "write one of its fields, such as `\(text).\(field)`")
      return
    }
    if path.count == 1, expecting?.base == .name {
      report(.unknownName, "unknown name `\(text)`", span, help: "write the name in quotes: `\"\(text)\"`")
      return
    }
    if path.count >= 2, !names.hasFamily(path[0].text), names.events[path[0].text] == nil {
      let families = program.policies.map(\.name) + names.events.keys.sorted()
      let nearest = self.nearest(path[0].text, in: families)
      report(
        .unknownName, "no family or event is called `\(path[0].text)`", path[0].span,
        help: nearest.map { "did you mean `\($0).\(path[1].text)`?" }
          ?? "the families here are \(program.policies.map(\.name).joined(separator: ", "))")
      return
    }
    let nearest = self.nearest(text, in: names.words(from: place.family) + ["collecting"])
    let word = path.last?.text ?? text
    let isElsewhere = path.count > 1 && path[0].text != place.family && names.hasFamily(path[0].text)
    report(
      .unknownName, "unknown name `\(text)`", span, label: "not a setting, bucket, meter, event field or let",
      help: nearest.map { "did you mean `\($0)`?" }
        ?? "declare it\(isElsewhere ? " in \(path[0].text)" : ""): `setting \(word): \(example(of: expecting))`")
  }

  /// `money = $0`: a declaration of the type that is wanted, as far as it is known.
  private func example(of type: QualifiedType?) -> String {
    switch type?.base {
    case .bool: "bool = off"
    case .tokens: "tokens = 0 tokens"
    case .integer: "integer = 0"
    case .duration: "duration = 1 day"
    case .rate: "rate = $0 per 1M tokens"
    case .ratio: "ratio = 1/1"
    case .time: "time or none = none"
    case .card: "card or none = none"
    default: "money = $0"
    }
  }

  func last(_ event: Identifier, _ span: Span, _ place: Place) -> Expr? {
    guard let index = eventIndex(event) else { return nil }
    return Expr(.fact(.last(index)), QualifiedType(.time, isOptional: true), ValueType.time.naturalRange, span)
  }

  /// - Parameter classes: the words for several events that may stand here as well, for a suggestion.
  func eventIndex(_ event: Identifier, or classes: [String] = []) -> Int? {
    if let index = names.events[event.text] { return index }
    if let group = EventClass(rawValue: event.text) {
      let members = events(of: group)
      report(
        .unknownEvent,
        "`\(event.text)` stands for every event that \(group.rawValue == "charge" ? "pays or settles" : "pays or holds"), and one is wanted here",
        event.span, help: members.isEmpty ? "write the name of an event" : "write \(events(members, "or"))")
      return nil
    }
    let nearest = self.nearest(event.text, in: names.events.keys.sorted() + classes)
    report(
      .unknownEvent, "unknown event `\(event.text)`", event.span,
      notes: nearest == nil && !names.events.isEmpty
        ? ["the events are \(names.events.keys.sorted().joined(separator: ", "))"] : [],
      help: nearest.map { "did you mean `\($0)`?" } ?? "declare it: `event \(event.text) \"what happened\"`")
    return nil
  }

  func denialIndex(_ code: Identifier) -> Int? {
    if let index = names.denials[code.text] { return index }
    let nearest = self.nearest(code.text, in: names.denials.keys.sorted())
    report(
      .unknownDenial, "unknown denial `\(code.text)`", code.span,
      help: nearest.map { "did you mean `\($0)`?" }
        ?? "declare it: `denial \(code.text) 402 rank 50 \"what the caller reads\"`")
    return nil
  }

  func bucketIndex(_ word: Identifier, _ place: Place) -> Int? {
    if case .one(.bucket(let index)) = names.bare(word.text, from: place.family) { return index }
    let all = program.buckets.map { Names.split($0.name).name }
    if let index = all.firstIndex(of: word.text), all.filter({ $0 == word.text }).count == 1 { return index }
    let nearest = self.nearest(word.text, in: all)
    report(
      .unknownBucket, "unknown bucket `\(word.text)`", word.span,
      help: nearest.map { "did you mean `\($0)`?" }
        ?? (all.isEmpty
          ? "declare it: `bucket \(word.text) draw 10`" : "the buckets are \(all.joined(separator: ", "))"))
    return nil
  }

  /// `previous EXPR`: the same expression over the state before this event.
  func previous(_ inner: ExprSyntax, _ span: Span, _ place: Place, expecting: QualifiedType?) -> Expr? {
    guard place.phase == .afterwards || place.phase == .open else {
      report(
        .notKnownYet, "`previous` compares the state after an event with the state before it", span,
        help: "use it in `after` rules and `always` promises; elsewhere facts are already those before the event")
      return nil
    }
    // What a test before it proved holds now, not before the event.
    var then = place
    then.guards = []
    guard let expr = expression(inner, then, expecting: expecting) else { return nil }
    guard ExprSize(expr, lets: knownLets).isWieldyWritten else {
      reportTooLarge(span)
      return nil
    }
    guard readsState(expr) else {
      guard !readsUnkept(expr) else {
        report(
          .notKnownYet, "nothing remembers what `\(text(expr))` was before an event", span,
          label: "`previous` looks back at settings, buckets, meters and times", help: text(expr))
        return nil
      }
      report(
        .notKnownYet, "`\(text(expr))` is the same before an event and after it", span,
        label: "`previous` looks back at settings, buckets, meters and times", help: text(expr))
      return nil
    }
    var before = beforeEvent(expr)
    before.span = span
    return before
  }

  /// Whether any of it can differ before and after an event.
  func readsState(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .fact(let fact):
      switch fact {
      case .setting, .posted, .available, .held, .meter, .last, .cycleStart, .cycleEnd: true
      case .now, .field, .drawn, .covered, .shortfall, .previous, .rescued, .eventKey, .collecting, .record, .own,
        .total:
        false
      }
    case .named(let index): knownLets[index].readsState
    default: expr.operands.contains(where: readsState)
    }
  }

  /// Whether it reads records, which are as they are now.
  private func readsUnkept(_ expr: Expr) -> Bool {
    FactsRead([expr], in: program).facts.contains { fact in
      switch fact {
      case .collecting, .record, .own, .total: true
      default: false
      }
    }
  }

  private func beforeEvent(_ expr: Expr) -> Expr {
    expr.mapped { node in
      switch node.kind {
      case .fact(let fact):
        switch fact {
        case .setting, .posted, .available, .held, .meter, .last, .cycleStart, .cycleEnd:
          return Expr(.fact(.previous(fact)), node.type, node.range, node.span)
        case .now, .field, .drawn, .covered, .shortfall, .previous, .rescued, .eventKey, .collecting, .record, .own,
          .total:
          return nil
        }
      case .named(let index): return beforeEvent(program.lets[index].value)
      default: return nil
      }
    }
  }
}
