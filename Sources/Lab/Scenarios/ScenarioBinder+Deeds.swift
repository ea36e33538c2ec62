import Diagnostics
import Engine
import Language
import Values

extension ScenarioBinder {
  mutating func bind(_ deed: DeedSyntax) -> ScenarioPlan.Deed? {
    switch deed {
    case .clockTo(let syntax):
      guard let time = constant(syntax, QualifiedType(.time), of: "clock to") else { return nil }
      guard time >= clock else {
        report(
          .scenarioClock, "the clock stands at \(Instant(microseconds: clock)) and moves forward only", syntax.span,
          help: "write a later time")
        return nil
      }
      clock = time
      return .clockTo(time)
    case .clockForward(let syntax):
      guard let span = constant(syntax, QualifiedType(.duration), of: "clock forward") else { return nil }
      guard span >= 0, let time = Instant(microseconds: clock).adding(TimeSpan(microseconds: span)), time.isInRange
      else {
        report(
          .scenarioClock, "the clock moves forward only, and not past the year 9999", syntax.span,
          help: "when clock forward 1 hour")
        return nil
      }
      clock = time.microseconds
      return .clockForward(span)
    case .set(let assignment): return bind(change: assignment)
    case .event(let line): return bind(line).map { .event($0) }
    }
  }

  private mutating func bind(change assignment: AssignmentSyntax) -> ScenarioPlan.Deed? {
    guard let meaning = meaning(of: assignment) else { return nil }
    guard case .setting(let index) = meaning else {
      report(
        .unknownFact, "`\(assignment.text)` is not a setting", assignment.span, label: "only events move it",
        help: isAboutKeptAccount ? nil : "state it with `given`, before the event")
      return nil
    }
    let setting = program.settings[index]
    if let extra = assignment.lotKind {
      report(.scenarioLine, "`\(extra.text)` does not go on with this line", extra.span, help: "delete it")
      return nil
    }
    guard let key = key(for: assignment, nil, scope: setting.scope),
      let value = value(
        assignment.value, setting.type, of: assignment.text, family: NameIndex.family(setting.name))
    else { return nil }
    return .change(setting: index, key: key.index, value)
  }

  // MARK: - Events

  private mutating func bind(_ line: EventSyntaxLine) -> EventCall? {
    guard let index = program.events.firstIndex(where: { $0.name == line.event.text }) else {
      if line.event.text == "payment" {
        report(
          .unknownEvent, "a payment is stated, or made by an event", line.event.span, help: Parser.paymentExample)
        return nil
      }
      let near = Suggestion.nearest(line.event.text, in: program.events.map(\.name) + ["clock", "set"])
      let known = program.events.map { "`\($0.name)`" }.sorted().joined(separator: ", ")
      report(
        .unknownEvent, "the rules have no event `\(line.event.text)`", line.event.span,
        help: near.map { "did you mean `\($0)`?" } ?? "the events are \(known)")
      return nil
    }
    lastEvent = index
    let event = program.events[index]
    var values = [EventCall.Value?](repeating: nil, count: event.givenCount)
    var isWhole = true
    for field in line.fields {
      guard let place = place(of: field, in: event, taken: values) else {
        isWhole = false
        continue
      }
      let declared = event.fields[place]
      if values[place] != nil {
        report(
          .fieldTwice, "`\(declared.name)` is given twice", field.name?.span ?? field.value.span,
          help: "remove one of the two")
        isWhole = false
      } else if let value = value(field.value, declared.type, of: declared.name) {
        values[place] = value
      } else {
        isWhole = false
      }
    }
    if let keyField = event.keyField, keyField < values.count, values[keyField] == nil,
      !line.fields.contains(where: { $0.name?.text == event.fields[keyField].name })
    {
      values[keyField] = usualKey
      if isAboutKeptAccount, keys.count > 1, isWhole {
        let known = keys.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        report(
          .missingField, "`\(event.name)` needs a key, and the account has several", line.event.span,
          label: "its keys are \(known)\(keys.count > 8 ? " …" : "")",
          help: "add `\(event.fields[keyField].name) \(keys[0])`")
        isWhole = false
      }
    }
    for place in values.indices where values[place] == nil {
      let declared = event.fields[place]
      if let value = declared.value ?? (declared.type.isOptional ? ValueType.none : nil) {
        values[place] = .number(value)
      } else if isWhole {
        report(
          .missingField, "`\(event.name)` needs \(article(declared.type.base)) `\(declared.name)`", line.event.span,
          help: "add `\(declared.name) \(ScenarioBinder.exampleValue(of: declared.type.base))`")
        isWhole = false
      }
    }
    var time = clock
    if let syntax = line.time {
      guard let value = constant(syntax, QualifiedType(.time), of: "at") else { return nil }
      time = value
      clock = max(clock, value)
    }
    guard isWhole else { return nil }
    return EventCall(
      event: index, id: line.id?.text ?? "", at: time, fields: values.map { $0 ?? .number(ValueType.none) })
  }

  /// The key of an event that names none: a scenario's first, else the only one there is.
  private var usualKey: EventCall.Value? {
    if isAboutKeptAccount { return keys.count == 1 ? .text(keys[0]) : nil }
    return .number(0)
  }

  private func article(_ type: ValueType) -> String { type == .integer ? "an" : "a" }

  /// The index of the field a name or a bare value is for; nil where a mistake was reported.
  private mutating func place(
    of field: EventSyntaxLine.Field, in event: Event, taken: [EventCall.Value?]
  ) -> Int? {
    guard let name = field.name else {
      let type = ScenarioBinder.literalType(field.value)
      let free = (0..<event.givenCount).first { taken[$0] == nil && event.fields[$0].type.base == type }
      guard let free else {
        report(
          .unknownField, "it is not clear which field of `\(event.name)` this value is for", field.value.span,
          help: "write the field's name before it: \(fieldNames(event))")
        return nil
      }
      return free
    }
    if let place = event.fields.firstIndex(where: { $0.name == name.text }) {
      guard place < event.givenCount else {
        report(
          .unknownField, "`\(name.text)` of `\(event.name)` is computed by the rules", name.span,
          help: "give the fields it is computed from: \(fieldNames(event))")
        return nil
      }
      return place
    }
    let near = Suggestion.nearest(name.text, in: event.fields.prefix(event.givenCount).map(\.name) + ["as", "at"])
    report(
      .unknownField, "`\(event.name)` has no field `\(name.text)`", name.span,
      help: near.map { "did you mean `\($0)`?" } ?? "its fields are \(fieldNames(event))")
    return nil
  }

  private func fieldNames(_ event: Event) -> String {
    event.fields.prefix(event.givenCount).map { "`\($0.name)`" }.joined(separator: ", ")
  }

  private static func literalType(_ syntax: ExprSyntax) -> ValueType? {
    switch syntax.kind {
    case .unary(.negate, let inner): literalType(inner)
    case .literal(.money): .money
    case .literal(.rate): .rate
    case .literal(.tokens): .tokens
    case .literal(.integer): .integer
    case .literal(.ratio): .ratio
    case .literal(.bool): .bool
    case .literal(.time): .time
    case .literal(.duration): .duration
    case .literal(.text): .name
    default: nil
    }
  }

  static func exampleValue(of type: ValueType) -> String {
    switch type {
    case .money: "$5"
    case .rate: "$2.50 per 1M tokens"
    case .tokens: "100 tokens"
    case .integer: "3"
    case .ratio: "4/5"
    case .bool: "on"
    case .time: "2026-02-01"
    case .duration: "1 hour"
    case .name: "\"gpt-4o\""
    case .key: "k1"
    case .card: "\"visa\""
    case .record(let kind): "\"\(kind == .hold ? "h1" : "t1")\""
    case .enumeration(let members): members.first ?? "none"
    }
  }

  // MARK: - Values

  /// The text of a name or a key, in quotes or, where it is one word, without.
  func word(_ syntax: ExprSyntax) -> String? {
    switch syntax.kind {
    case .literal(.text(let text)): text
    case .name(let words) where words.count == 1: words[0].text
    default: nil
    }
  }

  /// The value of a type that a line gives, or nil with a report: a constant, or the name of something the account has or
  /// will have.
  mutating func value(
    _ syntax: ExprSyntax, _ type: QualifiedType, of what: String, family: String? = nil
  ) -> EventCall.Value? {
    switch type.base {
    case .name:
      if let text = word(syntax) { return .text(text) }
    case .card, .record:
      if let text = word(syntax) { return .text(text) }
      return named(syntax, type, of: what)
    // Of a scenario all keys are known; of an account that is kept, one that is not is for the rules to answer.
    case .key where isAboutKeptAccount:
      if let text = word(syntax) { return .text(text) }
    default: break
    }
    guard let value = constant(syntax, type, of: what, family: family) else { return nil }
    if isAboutKeptAccount, case .enumeration(let members) = type.base, let member = Int(exactly: value),
      members.indices.contains(member)
    {
      return .text(members[member])
    }
    return .number(value)
  }

  /// `none` for what is known by its name, or nil with a report.
  private mutating func named(_ syntax: ExprSyntax, _ type: QualifiedType, of what: String) -> EventCall.Value? {
    switch syntax.kind {
    case .missing: return nil
    case .literal(.none): return constant(syntax, type, of: what).map { .number($0) }
    default:
      var example = ScenarioBinder.exampleValue(of: type.base)
      if type.base == .card, case .literal(.integer) = syntax.kind {
        example = "\"\(program.sources.text(syntax.span))\""
      }
      report(
        .scenarioValue, "a \(type.base.name) is known by its name", syntax.span, label: "no name",
        help: "write it in quotes: `\(what) \(example)`")
      return nil
    }
  }

  /// The value of a constant of a type, or nil with a report. `what` names it in messages.
  mutating func constant(
    _ syntax: ExprSyntax, _ type: QualifiedType, of what: String, family: String? = nil
  ) -> Int64? {
    if case .missing = syntax.kind { return nil }
    if case .literal(.none) = syntax.kind {
      guard type.isOptional else {
        report(
          .scenarioValue, "`\(what)` cannot be none", syntax.span,
          help:
            "write \(ScenarioBinder.withArticle(type.base)), such as `\(ScenarioBinder.exampleValue(of: type.base))`")
        return nil
      }
      return ValueType.none
    }
    switch type.base {
    case .name:
      if let text = word(syntax) { return program.symbol(text) }
    case .key:
      if let text = word(syntax) { return key(Identifier(text, syntax.span)).map(Int64.init) }
    case .tokens, .integer:
      if let count = ScenarioBinder.bareNumber(syntax) { return count }
    default: break
    }
    let (expression, found) = Checker.checkExpression(
      syntax, in: program, policy: family, event: nil, expecting: QualifiedType(type.base))
    if let expression, let value = ScenarioBinder.fold(expression) { return value }
    if expression == nil, let first = found.first {
      diagnostics.append(
        Diagnostic(
          code: DiagnosticCode.scenarioValue.id, message: first.message, span: first.span, label: first.label,
          notes: first.notes,
          help: first.help
            ?? "write \(ScenarioBinder.withArticle(type.base)), such as `\(ScenarioBinder.exampleValue(of: type.base))`"
        ))
    } else {
      report(
        .scenarioValue, "`\(what)` is not given a plain value", syntax.span,
        help: "write \(ScenarioBinder.withArticle(type.base)), such as `\(ScenarioBinder.exampleValue(of: type.base))`")
    }
    return nil
  }

  static func withArticle(_ type: ValueType) -> String {
    switch type {
    case .money: "an amount of money"
    case .tokens: "a number of tokens"
    case .integer: "a whole number"
    case .bool: "`on` or `off`"
    case .enumeration(let members): "one of \(members.map { "`\($0)`" }.joined(separator: ", "))"
    default: "a \(type.name)"
    }
  }

  private static func bareNumber(_ syntax: ExprSyntax) -> Int64? {
    switch syntax.kind {
    case .literal(.integer(let count)), .literal(.tokens(let count)): count
    case .unary(.negate, let inner): bareNumber(inner).map { (count: Int64) -> Int64 in 0 &- count }
    default: nil
    }
  }

  /// The value of an expression that reads no fact.
  private static func fold(_ expression: Expr) -> Int64? {
    switch expression.kind {
    case .constant(let value): return value
    case .negate(let inner): return fold(inner).flatMap { $0 == .min ? nil : -$0 }
    case .add(let left, let right):
      guard let left = fold(left), let right = fold(right) else { return nil }
      let (sum, overflow) = left.addingReportingOverflow(right)
      return overflow ? nil : sum
    case .subtract(let left, let right):
      guard let left = fold(left), let right = fold(right) else { return nil }
      let (rest, overflow) = left.subtractingReportingOverflow(right)
      return overflow ? nil : rest
    default: return nil
    }
  }
}
