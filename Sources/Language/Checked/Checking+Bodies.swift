import Diagnostics
import Values

extension Checking {
  func checkDenials() {
    for declaration in declared.denials { checkWords(in: declaration.syntax.text, declaration.family) }
  }

  func checkSettingConditions() {
    for declaration in declared.settings {
      guard case .setting(let index)? = names.member(declaration.syntax.name.text, of: declaration.family),
        program.settings[index].span == declaration.syntax.name.span
      else { continue }
      for (syntax, text) in declaration.syntax.conditions {
        var place = Place(family: declaration.family, events: [], phase: .settings)
        place.scope = program.settings[index].scope
        checkWords(in: text, declaration.family)
        guard let condition = condition(syntax, place).flatMap(wieldy) else { continue }
        program.settings[index].conditions.append((condition, text.text))
        checkDefaults(against: condition, text.text, of: index, syntax.span)
      }
    }
  }

  /// The defaults of all settings, at every date one of them changes, must meet the conditions set values have to meet.
  private func checkDefaults(against condition: Expr, _ text: String, of setting: Int, _ span: Span) {
    for date in dates {
      let evaluation = Evaluation(program) { fact in
        guard case .setting(let index) = fact else { return 0 }
        return self.program.settings[index].defaults.last { $0.from <= date }?.value ?? ValueType.none
      }
      guard evaluation.value(condition) == 0 else { continue }
      let declared = program.settings[setting]
      report(
        .brokenDefault, "the default of `\(declared.name)` breaks its own condition", declared.span,
        labels: [Label(span: span, message: "this does not hold")],
        notes: ["whoever sets it to that would read: \(text)"],
        help: "change the default, or the condition after `must`")
      return
    }
  }

  func checkBuckets() {
    for declaration in declared.buckets {
      guard case .bucket(let index)? = names.member(declaration.syntax.name.text, of: declaration.family),
        program.buckets[index].span == declaration.syntax.name.span
      else { continue }
      let place = Place(family: declaration.family, events: [], phase: .decision)
      if let resets = declaration.syntax.resets, program.buckets[index].resets != nil,
        let allowance = value(resets.allowance, place, .money).flatMap(wieldy),
        isSettled(allowance, as: .allowance)
      {
        program.buckets[index].resets?.allowance = allowance
      }
      if let syntax = declaration.syntax.rate, let rate = value(syntax, place, .ratio).flatMap(wieldy),
        isSettled(rate, as: .rate)
      {
        program.buckets[index].rate = rate
        checkRateStep(of: index, declaration.syntax.rateStep, syntax.span)
      }
      if let syntax = declaration.syntax.lotOrder { checkLotOrder(of: index, syntax, place) }
    }
  }

  /// `keeps lots by EXPR`
  private func checkLotOrder(of bucket: Int, _ syntax: ExprSyntax, _ place: Place) {
    let type = QualifiedType(Bucket.lotOrders)
    guard let expr = expression(syntax, place, expecting: type).flatMap(wieldy),
      let order = required(expr, type, place),
      isSettled(order, as: .lotOrder)
    else { return }
    let own = FactsRead([order], in: program).facts.first { fact in
      if case .setting(let index) = fact { program.settings[index].scope != .global } else { false }
    }
    if case .setting(let index)? = own {
      report(
        .unsettled,
        "lots burn in one order for all accounts, and `\(program.settings[index].name)` is set "
          + program.settings[index].scope.words, order.span,
        labels: [Label(span: program.settings[index].span, message: "this setting")], help: "make the setting `global`")
      return
    }
    program.buckets[bucket].lotOrder = order
  }

  /// A share of an amount is exact beyond the smallest amount, so the bucket says how it is rounded.
  private func checkRateStep(of bucket: Int, _ syntax: ExprSyntax?, _ rate: Span) {
    let place = Place.constant(in: Names.split(program.buckets[bucket].name).family)
    guard let syntax else {
      report(
        .unrounded, "what is drawn at a rate needs a rounding", rate, label: "how is it rounded?",
        help: "rate \(program.sources.text(rate)) round up to 1 unit")
      return
    }
    guard let step = roundingStep(syntax, QualifiedType(.money), place) else { return }
    program.buckets[bucket].rateStep = step
  }

  func checkCycle() {
    for (number, declaration) in declared.cycles.enumerated() {
      guard number == 0 else {
        report(
          .decidedTwice, "billing cycles are counted from one instant, and this is a second", declaration.span,
          label: "declared again here",
          labels: [Label(span: declared.cycles[0].span, message: "first declared here")], help: "remove one of them")
        continue
      }
      let place = Place(family: declaration.family, events: [], phase: .decision)
      let time = QualifiedType(.time, isOptional: true)
      guard let expr = expression(declaration.syntax, place, expecting: time).flatMap(wieldy),
        let anchor = required(expr, time, place), isSettled(anchor, as: .anchor)
      else { continue }
      program.cycleAnchor = anchor
    }
  }

  func checkMeters() {
    guard program.cycleAnchor == nil else { return }
    let usesCycle =
      program.meters.first { $0.window == .cycle }?.span ?? program.buckets.first { $0.resets?.window == .cycle }?.span
    guard let span = usesCycle, declared.cycles.isEmpty else { return }
    report(
      .unknownWindow, "no policy says what a billing cycle is counted from", span,
      help: "use `each month`, or add `cycle from subscription_start` with the setting that has the instant")
  }

  func checkPromises() {
    var seen: [String: Span] = [:]
    for declaration in declared.promises {
      let syntax = declaration.syntax
      var place = Place(family: declaration.family, events: [], phase: .afterwards)
      place.asker = .promise
      guard let events = indices(syntax.events, &place) else { continue }
      place.events = events
      guard let condition = condition(syntax.condition, place).flatMap(wieldy), isAboutKeys(condition, events) else {
        continue
      }
      let text = "\(declaration.family): \(syntax.text.text)"
      if let first = seen[text] {
        report(
          .duplicateName, "two promises say the same", syntax.text.span, label: "said again here",
          labels: [Label(span: first, message: "first said here")],
          help: "join them with `and`, or say what this one adds")
        continue
      }
      seen[text] = syntax.text.span
      // A promise without events is one about every event, which this is not.
      guard !events.isEmpty || !place.namesClass else {
        program.unasked.append(condition)
        continue
      }
      program.promises.append(
        Promise(
          text: text, policy: policyIndex(declaration.family),
          condition: condition, events: events, span: declaration.span))
    }
  }

  func checkRules() {
    var seen: [String: Span] = [:]
    var countByEvent: [Int: Int] = [:]
    for declaration in declared.rules {
      let syntax = declaration.syntax
      let full = "\(declaration.family).\(syntax.name.text)"
      if let first = seen[full] {
        report(
          .duplicateName, "rule `\(full)` is declared twice", syntax.name.span, label: "declared again here",
          labels: [Label(span: first, message: "first declared here")], help: "rename one of them")
        continue
      }
      seen[full] = syntax.name.span
      guard let rule = rule(syntax, full, declaration.family, declaration.span) else {
        hasLostAnswer = hasLostAnswer || syntax.effects.contains(where: mayAnswer)
        continue
      }
      for event in events(of: rule.kind) {
        countByEvent[event, default: 0] += 1
        if countByEvent[event] == limits.rulesPerEvent + 1 {
          report(
            .tooManyRules, "event `\(program.events[event].name)` has more than \(limits.rulesPerEvent) rules",
            syntax.name.span, help: "join rules that differ in a value only: one rule that asks a table")
        }
      }
      program.rules.append(rule)
    }
  }

  private func events(of kind: Rule.Kind) -> [Int] {
    switch kind {
    case .deny(let events, _), .on(let events), .after(let events): events
    case .gate, .cap: drawingEvents()
    case .beforeDenial: self.events(of: .admission)
    }
  }

  private func rule(_ syntax: RuleSyntax, _ name: String, _ family: String, _ span: Span) -> Rule? {
    var place = Place(family: family, events: [], phase: .decision)
    let (kind, at) = self.kind(of: syntax, &place)
    guard place.events != nil else { return nil }
    // An unknown denial or bucket is no reason not to say what is wrong with the rest.
    var clauses: [Expr]? = []
    if let condition = syntax.condition { clauses = self.clauses(condition, &place) }
    let limit = at.flatMap { clauses == nil ? nil : capLimit($0, place) }
    var effects: [Effect] = []
    // What a condition proves is not known where it is wrong, and then effects would seem to read none.
    for effect in clauses == nil ? [] : syntax.effects {
      if let checked = self.effect(effect, place) { effects.append(checked) }
    }
    if case .on = kind, place.namesClass, let draw = effects.first(where: { $0.operations.contains { $0.draw != nil } })
    {
      report(
        .decidedTwice, "`\(draw.verb)` in a rule on a word for several events, which each pay, hold or settle already",
        draw.span, notes: ["`charge` and `admission` stand for the events that other rules draw on buckets for"],
        help: "name the event: `on EVENT rule …`")
      return nil
    }
    guard var kind, let clauses, effects.count == syntax.effects.count else { return nil }
    if case .cap(let bucket, _, let denial) = kind {
      guard let limit else { return nil }
      kind = .cap(bucket: bucket, limit: limit, denial: denial)
    }
    let rule = Rule(
      name: name, policy: policyIndex(family), kind: kind, clauses: clauses, effects: effects, span: syntax.name.span)
    return isAboutKeys(rule) && paysOnce(rule) ? rule : nil
  }

  /// What kind of rule it is and, for a cap, its limit's text; nil for one that names what does not exist. Sets what may be
  /// known there; no events at all where those are unknown.
  private func kind(of syntax: RuleSyntax, _ place: inout Place) -> (Rule.Kind?, ExprSyntax?) {
    switch syntax.kind {
    case .deny(let events, let code):
      let denial = denialIndex(code)
      place.events = indices(events, &place)
      guard let events = place.events, let denial else { return (nil, nil) }
      return (.deny(events: events, denial: denial), nil)
    case .gate(let bucket, let code):
      waterfall(&place)
      guard let bucket = bucketIndex(bucket, place), let denial = denialIndex(code) else { return (nil, nil) }
      return (.gate(bucket: bucket, denial: denial), nil)
    case .cap(let target, let at, let code):
      waterfall(&place)
      let bucket = target.text == "total" ? nil : bucketIndex(target, place)
      guard let denial = denialIndex(code), bucket != nil || target.text == "total" else { return (nil, at) }
      let pending = Expr(.constant(0), QualifiedType(.money), .constant(0), at.span)
      return (.cap(bucket: bucket, limit: pending, denial: denial), at)
    case .on(let events):
      place.events = indices(events, &place)
      return (place.events.map { .on(events: $0) }, nil)
    case .beforeDenial(let code):
      place.events = self.events(of: .admission)
      place.namesClass = true
      place.phase = .rescue
      return (denialIndex(code).map { .beforeDenial(denial: $0) }, nil)
    case .after(let events):
      place.events = indices(events, &place)
      place.phase = .afterwards
      return (place.events.map { .after(events: $0) }, nil)
    }
  }

  /// Gates and caps are about every event that draws on buckets; a rescue is about those that can be denied.
  private func waterfall(_ place: inout Place) {
    place.events = drawingEvents()
    place.asker = .waterfall
  }

  /// A rule that names its events and reads what belongs to a key would silently not apply to an event without one.
  private func isAboutKeys(_ rule: Rule) -> Bool {
    switch rule.kind {
    case .deny(let events, _), .on(let events), .after(let events):
      for expr in rule.expressions { if !isAboutKeys(expr, events) { return false } }
    case .gate, .cap, .beforeDenial: break
    }
    return true
  }

  private func paysOnce(_ rule: Rule) -> Bool {
    let draws = rule.draws
    guard draws.count > 1 else { return true }
    let isSame = draws[0].draw == draws[1].draw
    report(
      .decidedTwice,
      isSame
        ? "this rule \(draws[0].draw.verb) twice for one event"
        : "this rule \(draws[0].draw.verb) and \(draws[1].draw.verb) for one event", draws[1].span,
      label: draws[0].draw == .pay && isSame ? "the second payment" : "the second",
      labels: [Label(span: draws[0].span, message: "the first")],
      help: draws[0].draw == .pay && isSame ? "pay once, the sum of both" : "keep one of them")
    return false
  }

  /// The top-level `and` terms of a condition, each checked with what the ones before it prove; `place` then knows them all.
  private func clauses(_ syntax: ExprSyntax, _ place: inout Place) -> [Expr]? {
    if case .binary(.and, let left, let right, _) = syntax.kind {
      let first = clauses(left, &place)
      // Mistakes in both are said at once, but not that an optional is untested where the test itself is wrong.
      if first == nil { place.isLenient = true }
      guard let second = clauses(right, &place), let first else { return nil }
      return first + second
    }
    guard let clause = condition(syntax, place).flatMap(wieldy) else { return nil }
    place = place.knowing(Guards.proved(by: clause, being: true, lets: knownLets))
    return [clause]
  }

  /// `at EXPR`: an optional it reads without a test means "no cap" when it is none.
  private func capLimit(_ syntax: ExprSyntax, _ place: Place) -> Expr? {
    var lifting = place
    lifting.lifts = true
    lifted = []
    guard let checked = expression(syntax, lifting, expecting: QualifiedType(.money, isOptional: true)) else {
      return nil
    }
    guard checked.type.base == .money else {
      reportMismatch(checked, QualifiedType(.money, isOptional: true))
      return nil
    }
    return wieldy(self.lifting(checked))
  }

  /// An expression that is none wherever one of the optionals it was read from is none.
  func lifting(_ expr: Expr) -> Expr {
    var seen: Set<String> = []
    var result = expr
    // What was read last may depend on what was read before, so its test stands inside.
    for optional in lifted.reversed() {
      guard let key = Guards.key(optional), seen.insert(key).inserted else { continue }
      let test = Expr(.isSet(optional), QualifiedType(.bool), ValueRange(0, 1), optional.span)
      let type = QualifiedType(expr.type.base, isOptional: true)
      let none = Expr(.constant(ValueType.none), type, .constant(0), expr.span)
      result = Expr(.choose(condition: test, then: result, otherwise: none), type, result.range, expr.span)
    }
    lifted = []
    return result
  }
}
