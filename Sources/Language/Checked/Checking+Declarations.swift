import Diagnostics
import Values

extension Checking {
  func declareDenials() {
    var byRank: [Int64: Int] = [:]
    for declaration in declared.denials {
      let syntax = declaration.syntax
      if let first = names.denials[syntax.code.text] {
        report(
          .duplicateName, "denial `\(syntax.code.text)` is declared twice", syntax.code.span,
          label: "declared again here",
          labels: [Label(span: program.denials[first].span, message: "first declared here")], help: "rename one of them"
        )
        continue
      }
      if let first = byRank[syntax.rank.value] {
        let other = program.denials[first]
        report(
          .sameOrder, "rank \(syntax.rank.value) is taken by denial `\(other.code)`", syntax.rank.span,
          labels: [Label(span: other.span, message: "this one has it")],
          notes: ["of several denials the lowest rank is shown, so no two may share one"],
          help: "rank \(freeNumber(near: syntax.rank.value, in: program.denials.map(\.rank)))")
      }
      if !(400...599).contains(syntax.status.value) {
        report(
          .outOfRange, "\(syntax.status.value) is not the HTTP status of a refusal", syntax.status.span,
          label: "between 400 and 599",
          help: "denial \(syntax.code.text) 402 rank \(syntax.rank.value) \(text(syntax.text.span))")
      }
      if byRank[syntax.rank.value] == nil { byRank[syntax.rank.value] = program.denials.count }
      names.denials[syntax.code.text] = program.denials.count
      program.denials.append(
        Denial(
          code: syntax.code.text, policy: policyIndex(declaration.family), status: syntax.status.value,
          rank: syntax.rank.value, text: syntax.text.text, span: syntax.code.span))
    }
  }

  /// The next number after one that nobody has.
  private func freeNumber(near number: Int64, in taken: [Int64]) -> Int64 {
    var free = number &+ 1
    // Far down a list of broken ones nobody reads the advice, and looking for each would take the square of them.
    guard diagnostics.count < Checking.mostAdvised else { return free }
    let taken = Set(taken)
    while taken.contains(free) { free &+= 1 }
    return free
  }

  func declareEvents() {
    for declaration in declared.events {
      let syntax = declaration.syntax
      if let first = names.events[syntax.name.text] {
        report(
          .duplicateName, "event `\(syntax.name.text)` is declared twice", syntax.name.span,
          label: "declared again here",
          labels: [Label(span: program.events[first].span, message: "first declared here")], help: "rename one of them")
        continue
      }
      guard isFree(syntax.name) else { continue }
      var event = Event(
        name: syntax.name.text, policy: policyIndex(declaration.family), summary: syntax.summary?.text ?? "",
        fields: [],
        givenCount: 0, span: syntax.name.span)
      for field in syntax.fields {
        guard let checked = eventField(field, declaration.family) else { continue }
        if let first = event.fields.first(where: { $0.name == field.name.text }) {
          report(
            .duplicateName, "field `\(field.name.text)` is declared twice", field.name.span,
            label: "declared again here",
            labels: [Label(span: first.span, message: "first declared here")], help: "rename one of them")
          continue
        }
        if ["paid", "shortfall"].contains(field.name.text) {
          report(
            .duplicateName, "every event has a `\(field.name.text)` of its own", field.name.span,
            help: "choose another name, such as `\(field.name.text)_amount`")
          continue
        }
        if checked.type.base == .key {
          if let first = event.keyField {
            report(
              .twoKeys, "event `\(event.name)` names two keys", field.name.span,
              labels: [Label(span: event.fields[first].span, message: "the first is here")],
              help: "keep the key that pays, and give the other the type `name`")
            continue
          }
          event.keyField = event.fields.count
        }
        event.fields.append(checked)
      }
      event.givenCount = event.fields.count
      event.outOfRange = syntax.otherwise.flatMap(denialIndex)
      names.events[event.name] = program.events.count
      program.events.append(event)
    }
  }

  private func eventField(_ syntax: EventSyntax.Field, _ family: String) -> Event.Field? {
    guard let type = self.type(syntax.type) else { return nil }
    let place = Place.constant(in: family)
    var range = type.base.naturalRange
    if let bounds = syntax.range {
      guard let low = constantValue(bounds.low, place, expecting: QualifiedType(type.base)),
        let high = constantValue(bounds.high, place, expecting: QualifiedType(type.base))
      else { return nil }
      let span = low.1.span.joined(with: high.1.span)
      guard type.base.isOrdered, type.base != .ratio else {
        report(.outOfRange, "\(type.base.name) has no range", span, help: "leave the range out")
        return nil
      }
      guard low.0 <= high.0 else {
        report(
          .outOfRange, "no value lies in this range", span, help: "\(text(high.1))..\(text(low.1))")
        return nil
      }
      range = ValueRange(low.0, high.0)
      guard range.isInside(type.base.naturalRange) else {
        let natural = type.base.naturalRange
        report(
          .outOfRange, "this range goes beyond what \(type.base.name) may be", span,
          label:
            "\(type.base.name) lies between \(shown(natural.low, type.base)) and \(shown(natural.high, type.base))",
          help: "write a range inside it")
        return nil
      }
    }
    var field = Event.Field(name: syntax.name.text, type: type, range: range, span: syntax.name.span)
    if type.isOptional { field.value = ValueType.none }
    if let syntax = syntax.value {
      guard let (value, expr) = constantValue(syntax, place, expecting: type) else { return nil }
      guard value == ValueType.none || type.base.admits(value, in: range) else {
        report(
          .outOfRange, "the default is outside the field's range", expr.span,
          label: "not between \(shown(range.low, type.base)) and \(shown(range.high, type.base))",
          help: "change the default or the range")
        return nil
      }
      field.value = value
    }
    return field
  }

  /// A type as written; nil if a word of it is unknown.
  func type(_ syntax: TypeSyntax) -> QualifiedType? {
    if syntax.names.count > 1 {
      var members: [String] = []
      for name in syntax.names {
        if members.contains(name.text) {
          report(.duplicateName, "`\(name.text)` stands twice in this list", name.span, help: "remove one")
          return nil
        }
        if name.text == "any" {
          report(
            .duplicateName, "`any` is a word of the language", name.span, notes: ["in a table it covers every value"],
            help: "choose another word")
          return nil
        }
        members.append(name.text)
      }
      return QualifiedType(.enumeration(members), isOptional: syntax.orNone)
    }
    let words: [String: ValueType] = [
      "money": .money, "rate": .rate, "tokens": .tokens, "integer": .integer, "ratio": .ratio, "percent": .ratio,
      "bool": .bool, "time": .time, "duration": .duration, "name": .name, "key": .key,
    ]
    guard let name = syntax.names.first else { return nil }
    guard let base = words[name.text] else {
      let nearest = self.nearest(name.text, in: words.keys.sorted())
      report(
        .unknownType, "unknown type `\(name.text)`", name.span,
        notes: ["the types are \(words.keys.sorted().joined(separator: ", ")), or a list such as `low | high`"],
        help: (Self.foreignTypes[name.text] ?? nearest).map { "did you mean `\($0)`?" } ?? "write one of these types")
      return nil
    }
    return QualifiedType(base, isOptional: syntax.orNone)
  }

  /// Types of other languages, and what they are called here.
  private static let foreignTypes = [
    "boolean": "bool", "int": "integer", "number": "integer", "count": "integer", "float": "ratio", "decimal": "money",
    "string": "name", "text": "name", "date": "time", "datetime": "time", "timestamp": "time", "amount": "money",
    "dollars": "money", "usd": "money", "USD": "money", "token": "tokens", "percentage": "percent", "fraction": "ratio",
    "price": "rate",
  ]

  func declareSettings() {
    for declaration in declared.settings {
      let syntax = declaration.syntax
      guard
        declare(
          syntax.name, in: declaration.family, .setting(program.settings.count),
          first: spanOfMember(syntax.name.text, of: declaration.family))
      else { continue }
      let type = self.type(syntax.type)
      let base = type ?? QualifiedType(.money, isOptional: true)
      var setting = Setting(
        name: "\(declaration.family).\(syntax.name.text)", type: base, range: base.base.naturalRange,
        scope: syntax.scope?.scope ?? .account, defaults: [], span: syntax.name.span)
      if type != nil {
        setting.defaults = defaults(of: syntax, base, declaration.family)
      } else {
        setting.defaults = [(from: Int64.min, value: ValueType.none)]
      }
      program.settings.append(setting)
    }
  }

  private func defaults(
    of syntax: SettingSyntax, _ type: QualifiedType, _ family: String
  ) -> [(from: Int64, value: Int64)] {
    let place = Place.constant(in: family)
    func checked(_ expr: ExprSyntax) -> Int64? {
      guard let (value, checked) = constantValue(expr, place, expecting: type) else { return nil }
      guard value == ValueType.none || type.base.admits(value, in: type.base.naturalRange) else {
        let natural = type.base.naturalRange
        report(
          .outOfRange, "this value is outside what \(type.base.name) may be", checked.span,
          label:
            "\(type.base.name) lies between \(shown(natural.low, type.base)) and \(shown(natural.high, type.base))",
          help: "write a value between them")
        return nil
      }
      return value
    }
    var defaults = [(from: Int64.min, value: checked(syntax.value) ?? (type.isOptional ? ValueType.none : 0))]
    for dated in syntax.dated {
      guard let (from, expr) = constantValue(dated.from, place, expecting: QualifiedType(.time)),
        let value = checked(dated.value)
      else { continue }
      if let last = defaults.last, from <= last.from {
        report(
          .outOfRange, "dated values stand in the order of their dates", expr.span,
          label: "not after the date before it",
          help: "move it before the later ones")
        continue
      }
      defaults.append((from, value))
    }
    return defaults
  }

  func declareBuckets() {
    var byDraw: [Int64: Int] = [:]
    for declaration in declared.buckets {
      let syntax = declaration.syntax
      if let first = byDraw[syntax.draw.value] {
        let other = program.buckets[first]
        report(
          .sameOrder, "draw \(syntax.draw.value) is taken by bucket `\(other.name)`", syntax.draw.span,
          labels: [Label(span: other.span, message: "this one has it")],
          notes: ["money is drawn from buckets in the order of these numbers"],
          help: "draw \(freeNumber(near: syntax.draw.value, in: program.buckets.map(\.draw)))")
      }
      guard
        declare(
          syntax.name, in: declaration.family, .bucket(program.buckets.count),
          first: spanOfMember(syntax.name.text, of: declaration.family))
      else { continue }
      if byDraw[syntax.draw.value] == nil { byDraw[syntax.draw.value] = program.buckets.count }
      var bucket = Bucket(
        name: "\(declaration.family).\(syntax.name.text)", draw: syntax.draw.value, keepsLots: syntax.keepsLots,
        denial: syntax.denial.flatMap(denialIndex), span: syntax.name.span)
      if let resets = syntax.resets, let window = window(resets.window) {
        if syntax.keepsLots {
          report(
            .wrongBucket, "a bucket that resets keeps no lots", resets.window.span,
            label: "resets each \(resets.window.text)",
            help: "remove `keeps lots`, or `resets each \(resets.window.text) to …`")
        }
        if window == .ever {
          report(
            .wrongBucket, "a bucket that never resets is filled by effects, not by an allowance", resets.window.span,
            help: "resets each month to \(text(resets.allowance.span))")
        }
        // The allowance is checked once every name is known.
        let pending = Expr(.constant(0), QualifiedType(.money), .constant(0), resets.allowance.span)
        bucket.resets = (window, pending)
      }
      program.buckets.append(bucket)
    }
  }

  func window(_ word: Identifier) -> WindowKind? {
    if let kind = WindowKind(name: word.text) { return kind }
    let nearest = self.nearest(word.text, in: WindowKind.allCases.map(\.name))
    report(
      .unknownWindow, "`\(word.text)` is not a window of time", word.span,
      notes: ["the windows are \(WindowKind.allCases.map(\.name).joined(separator: ", "))"],
      help: nearest.map { "did you mean `\($0)`?" } ?? "each month")
    return nil
  }

  func declareMeters() {
    for declaration in declared.meters {
      let syntax = declaration.syntax
      guard
        declare(
          syntax.name, in: declaration.family, .meter(program.meters.count),
          first: spanOfMember(syntax.name.text, of: declaration.family))
      else { continue }
      let scope = syntax.scope?.scope ?? .account
      if scope == .global, let span = syntax.scope?.span {
        report(.wrongBucket, "a meter belongs to an account or to a key", span, help: "per account")
      }
      let amount = ValueRange(low: 0, high: ValueType.money.naturalRange.high)
      var meter = Meter(
        name: "\(declaration.family).\(syntax.name.text)", measure: .payments,
        window: syntax.window.flatMap(window) ?? .ever, since: syntax.since.flatMap(eventIndex), scope: scope,
        type: .money, range: amount, span: syntax.name.span)
      switch syntax.measure {
      case .payments: break
      case .bucketPayments(let bucket):
        if let index = bucketIndex(bucket, Place.constant(in: declaration.family)) {
          meter.measure = .bucketPayments(index)
        }
      case .count(let event):
        if let index = eventIndex(event) { meter.measure = .count(event: index) }
        meter.type = .integer
        meter.range = ValueRange(low: 0, high: ValueType.integer.naturalRange.high)
      case .sum(let measured, let event):
        // What it sums may read any `let` and derived field, so it is checked when it is first read.
        if let index = eventIndex(event) {
          sums[program.meters.count] = MeterSum(family: declaration.family, event: index, value: measured)
        }
      }
      checkMeter(meter, syntax)
      program.meters.append(meter)
    }
  }

  private func checkMeter(_ meter: Meter, _ syntax: MeterSyntax) {
    var counted: Identifier?
    switch syntax.measure {
    case .sum(_, let event), .count(let event): counted = event
    case .payments, .bucketPayments: break
    }
    guard let counted, let event = names.events[counted.text] else { return }
    if meter.scope == .key, program.events[event].keyField == nil {
      report(
        .noKey, "a meter per key counts events that name a key, and `\(counted.text)` names none",
        syntax.scope?.span ?? counted.span,
        labels: [Label(span: program.events[event].span, message: "no field of type `key` here")],
        help: "give the event a key: `key: key`, or make the meter `per account`")
    }
    if let since = syntax.since, since.text == counted.text {
      report(
        .wrongBucket, "a meter that begins anew with each `\(counted.text)` is always zero", since.span,
        help: "count since another event, or remove `since \(since.text)`")
    }
  }

  func declareDerivations() {
    var waiting: [Dependent: Int] = [:]
    for declaration in declared.derivations {
      let (event, field, value) = declaration.syntax
      guard let index = eventIndex(event) else { continue }
      let name = "\(event.text).\(field.text)"
      if let first = derivations[name] {
        report(
          .decidedTwice, "`\(name)` is derived twice", field.span, label: "derived again here",
          labels: [Label(span: first.field.span, message: "first derived here, in family `\(first.family)`")],
          help: "remove one of them: a fact has one derivation")
        continue
      }
      if program.events[index].fields.contains(where: { $0.name == field.text }) {
        report(
          .duplicateName, "`\(name)` is given with the event", field.span,
          help: "derive a field of another name, or remove it from the event")
        continue
      }
      if ["paid", "shortfall"].contains(field.text) {
        report(
          .duplicateName, "every event has a `\(field.text)` of its own", field.span,
          help: "derive a field of another name")
        continue
      }
      derivations[name] = Derivation(
        family: declaration.family, event: index, field: field, value: value, span: declaration.span)
      waiting[.derived(name)] = index
    }
    // Derived fields stand in the order in which they are computed. Placeholders until the values are checked, so that
    // their positions are known.
    for node in dependencyOrder() {
      guard let index = waiting[node], case .derived(let name) = node, let field = derivations[name]?.field else {
        continue
      }
      program.events[index].fields.append(
        Event.Field(
          name: field.text, type: QualifiedType(.money), range: ValueType.money.naturalRange, span: field.span))
    }
  }

  func declareLets() {
    for declaration in declared.constants {
      let full = "\(declaration.family).\(declaration.syntax.name.text)"
      guard
        declare(
          declaration.syntax.name, in: declaration.family, .constant(full),
          first: spanOfMember(declaration.syntax.name.text, of: declaration.family))
      else { continue }
      lets[full] = .waiting(
        LetSyntax(family: declaration.family, name: declaration.syntax.name, value: declaration.syntax.value))
    }
  }
}
