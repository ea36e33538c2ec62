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
      guard isFree(syntax.name, standsBeforeDot: true) else { continue }
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
        if Checking.decisionWords.contains(field.name.text) {
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
      takeKey(of: &event)
      event.givenCount = event.fields.count
      event.outOfRange = syntax.otherwise.flatMap(denialIndex)
      names.events[event.name] = program.events.count
      program.events.append(event)
    }
  }

  /// An event without a key of its own that names a hold takes the key the hold came with.
  private func takeKey(of event: inout Event) {
    guard event.keyField == nil else { return }
    for (index, field) in event.fields.enumerated() where field.type.base == .record(.hold) {
      if let first = event.keyThrough {
        report(
          .twoKeys, "event `\(event.name)` names two holds, and each may have a key", field.span,
          labels: [Label(span: event.fields[first].span, message: "the first is here")],
          help: "say whose key counts: `key: key or none`")
        return
      }
      event.keyThrough = index
    }
  }

  private func eventField(_ syntax: EventSyntax.Field, _ family: String) -> Event.Field? {
    guard let type = self.type(syntax.type, of: .field) else { return nil }
    let place = Place.constant(in: family)
    guard let range = range(syntax.range, of: type, place) else { return nil }
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
    field.outOfRange = syntax.denial.flatMap(denialIndex)
    return field
  }

  /// The values a field or a setting may have: what its author wrote, else all its type has; nil for a wrong one.
  private func range(
    _ bounds: (low: ExprSyntax, high: ExprSyntax)?, of type: QualifiedType, _ place: Place
  ) -> ValueRange? {
    guard let bounds else { return type.base.naturalRange }
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
    let range = ValueRange(low.0, high.0)
    guard range.isInside(type.base.naturalRange) else {
      let natural = type.base.naturalRange
      report(
        .outOfRange, "this range goes beyond what \(type.base.name) may be", span,
        label:
          "\(type.base.name) lies between \(shown(natural.low, type.base)) and \(shown(natural.high, type.base))",
        help: "write a range inside it")
      return nil
    }
    return range
  }

  /// What a type is written for.
  enum TypeUse {
    case field
    case setting
    case column
  }

  /// A type as written; nil if a word of it is unknown, or means nothing for this use.
  func type(_ syntax: TypeSyntax, of use: TypeUse) -> QualifiedType? {
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
      "bool": .bool, "time": .time, "duration": .duration, "name": .name, "key": .key, "card": .card,
      "hold": .record(.hold), "payment": .record(.payment), "refund": .record(.refund),
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
    let type = QualifiedType(base, isOptional: syntax.orNone)
    if isUseful(type, of: use, syntax.span) { return type }
    // Whoever reads the setting should not read of another mistake for it.
    return use == .setting ? QualifiedType(base, isOptional: true) : nil
  }

  /// Cards and records are the account's own, so no text can name one.
  private func isUseful(_ type: QualifiedType, of use: TypeUse, _ span: Span) -> Bool {
    let name = type.base.name
    switch (type.base, use) {
    case (.record, .setting):
      report(
        .misplacedType, "a setting cannot be a \(name)", span, label: "only an event names one",
        help: "give an event a field: `\(name): \(name)`")
    case (.record, .column), (.card, .column):
      report(
        .misplacedType, "a table cannot have a \(name) in it", span, label: "every account has its own",
        help: "use a `name`, or words joined by `|`")
    case (.card, .setting) where !type.isOptional:
      report(
        .misplacedType, "a card has no value until somebody names one", span, label: "so it may be none",
        help: "card or none = none")
    default: return true
    }
    return false
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
      let type = self.type(syntax.type, of: .setting)
      let base = type ?? QualifiedType(.money, isOptional: true)
      if type?.base == .card, let scope = syntax.scope, scope.scope == .global {
        report(
          .misplacedType, "a card belongs to an account, so it cannot serve all", scope.span, help: "per account")
      }
      var setting = Setting(
        name: "\(declaration.family).\(syntax.name.text)", type: base, range: base.base.naturalRange,
        scope: syntax.scope?.scope ?? .account, defaults: [], span: syntax.name.span)
      if let type {
        setting.range = range(syntax.range, of: type, .constant(in: declaration.family)) ?? setting.range
        setting.defaults = defaults(of: syntax, type, setting.range, declaration.family)
      } else {
        setting.defaults = [(from: Int64.min, value: ValueType.none)]
      }
      program.settings.append(setting)
    }
  }

  private func defaults(
    of syntax: SettingSyntax, _ type: QualifiedType, _ range: ValueRange, _ family: String
  ) -> [(from: Int64, value: Int64)] {
    let place = Place.constant(in: family)
    func checked(_ expr: ExprSyntax) -> Int64? {
      guard let (value, checked) = constantValue(expr, place, expecting: type) else { return nil }
      guard value == ValueType.none || type.base.admits(value, in: range) else {
        let (low, high) = (shown(range.low, type.base), shown(range.high, type.base))
        let isNatural = range == type.base.naturalRange
        report(
          .outOfRange,
          isNatural
            ? "this value is outside what \(type.base.name) may be" : "this value is outside the setting's range",
          checked.span, label: "\(isNatural ? "\(type.base.name) lies" : "not") between \(low) and \(high)",
          help: isNatural ? "write a value between them" : "change the value or the range")
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
      guard isFree(syntax.name, standsBeforeDot: true),
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
        window: syntax.window.flatMap(window) ?? .ever, since: syntax.since.flatMap { eventIndex($0) }, scope: scope,
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
    if meter.scope == .key, !program.events[event].hasKey {
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
      if event.text == RecordKind.payment.rawValue {
        declarePaymentDerivation(field, value, declaration.family)
        continue
      }
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
      if Checking.decisionWords.contains(field.text) {
        report(
          .duplicateName, "every event has a `\(field.text)` of its own", field.span,
          help: "derive a field of another name")
        continue
      }
      derivations[name] = Derivation(
        family: declaration.family, event: index, field: field, value: value, span: declaration.span)
      waiting[.derived(name)] = index
    }
    placePaymentDerivations()
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
