import Diagnostics
import Engine
import Formats
import Language
import Values

/// Events as objects of JSON say them.
extension LineReader {
  /// One value for each given field of an event, from the members of an object.
  ///
  /// A number alone is a count: of tokens, or a plain one. Everything else that has a unit is a text that says it: `"$25"`,
  /// `"150 units"`, `"1 hour"`, `"2026-01-10T14:02:00Z"`. Names, keys, cards and ids are texts, switches `true` or `false`, and
  /// `null` is none. A field that is missing has its default, or is none where it may be.
  ///
  /// - Parameter source: what people are told the object is called.
  public func fields(
    _ members: [Json.Member], of event: Int, from source: String = "event"
  ) throws(LineFault) -> [EventCall.Value] {
    precondition(program.events.indices.contains(event), "an event of this program")
    let declared = program.events[event]
    var values = [EventCall.Value?](repeating: nil, count: declared.givenCount)
    for member in members {
      let place = declared.fields.firstIndex { $0.name == member.name } ?? declared.givenCount
      guard place < declared.givenCount else { throw unknown(member.name, declared, source) }
      guard values[place] == nil else {
        throw fault(.fieldTwice, "`\(member.name)` is given twice", member.name, source, help: "remove one of the two")
      }
      values[place] = try value(member.value, declared.fields[place].type, of: member.name, from: source)
    }
    var all: [EventCall.Value] = []
    all.reserveCapacity(values.count)
    for (place, value) in values.enumerated() {
      let field = declared.fields[place]
      if let value {
        all.append(value)
      } else if let usual = field.value ?? (field.type.isOptional ? ValueType.none : nil) {
        all.append(.number(usual))
      } else {
        throw fault(
          .missingField, "`\(declared.name)` needs `\(field.name)`", declared.name, source,
          help: "add `\"\(field.name)\": \(LineReader.example(of: field.type.base))`")
      }
    }
    return all
  }

  /// A value of a type from JSON.
  ///
  /// - Parameter name: what it is the value of, for messages.
  public func value(
    _ json: Json, _ type: QualifiedType, of name: String, from source: String = "event"
  ) throws(LineFault) -> EventCall.Value {
    switch (json, type.base) {
    case (.null, _):
      if type.isOptional { return .number(ValueType.none) }
      throw misfit(json, "`\(name)` cannot be none", type.base, source)
    case (.text(let text), _): return try value(text, type, of: name, from: source)
    case (.integer(let count), .tokens), (.integer(let count), .integer): return .number(count)
    case (.bool(let isOn), .bool): return .number(isOn ? 1 : 0)
    case (.integer, .money), (.number, .money):
      throw misfit(json, "`\(name)` is an amount of money, and a number alone does not say of what", .money, source)
    default:
      throw misfit(
        json, "`\(name)` is \(ScenarioBinder.withArticle(type.base)), not \(json.kindName)", type.base, source)
    }
  }

  /// A value of a type from a plain text: a name without quotes, anything else as the rules write it.
  public func value(
    _ text: String, _ type: QualifiedType, of name: String, from source: String = "event"
  ) throws(LineFault) -> EventCall.Value {
    guard text.utf8.count <= Limits.standard.textBytes else {
      throw fault(
        .scenarioValue, "`\(name)` is longer than \(Limits.standard.textBytes) bytes", name, source,
        help: "shorten it")
    }
    switch type.base {
    case .name, .key, .record: return .text(text)
    case .card:
      if text.isEmpty { throw misfit(.text(text), "`\(name)` is empty", .card, source) }
      return .text(text)
    case .enumeration(let members):
      if members.contains(text) { return .text(text) }
      if text == "none", type.isOptional { return .number(ValueType.none) }
      throw misfit(
        .text(text), "`\(name)` is \(ScenarioBinder.withArticle(type.base))", type.base, source,
        help: Suggestion.nearest(text, in: members).map { "did you mean `\($0)`?" })
    default: break
    }
    if let number = LineReader.plain(text, type.base) { return .number(number) }
    return try written(text, type, of: name, from: source)
  }

  /// What most texts are, without looking at them as rules.
  private static func plain(_ text: String, _ type: ValueType) -> Int64? {
    switch type {
    case .money: (try? Money(parsing: text))?.nano
    case .rate: (try? Rate(parsing: text))?.pico
    case .ratio: (try? Ratio(parsing: text))?.packed
    case .time: (try? Instant(parsing: text))?.microseconds
    case .duration: (try? TimeSpan(parsing: text))?.microseconds
    case .tokens, .integer: Int64(text)
    case .bool: text == "on" ? 1 : text == "off" ? 0 : nil
    case .name, .key, .card, .record, .enumeration: nil
    }
  }

  /// A value as rules and scenarios write it: `1M tokens`, `$1_000`, `none`.
  private func written(
    _ text: String, _ type: QualifiedType, of name: String, from source: String
  ) throws(LineFault) -> EventCall.Value {
    var sources = program.sources
    let number = sources.add(Source(name: "\(source), \(name)", text: text))
    let (syntax, found) = Parser.parseExpression(source: number, in: sources)
    guard found.isEmpty else { throw LineFault(found, sources) }
    var binder = binder(sources, number)
    let value = binder.value(syntax, type, of: name)
    guard let value, binder.diagnostics.isEmpty else { throw LineFault(binder.diagnostics, sources) }
    return value
  }

  // MARK: - Faults

  /// A fault about a text that people see with a caret below it.
  private func fault(
    _ code: DiagnosticCode, _ message: String, _ text: String, _ source: String, help: String?
  ) -> LineFault {
    var sources = program.sources
    let number = sources.add(Source(name: source, text: text))
    let span = Span(source: number, start: 0, end: Int32(clamping: text.utf8.count))
    return LineFault([Diagnostic(code: code.id, message: message, span: span, help: help)], sources)
  }

  private func misfit(
    _ json: Json, _ message: String, _ type: ValueType, _ source: String, help: String? = nil
  ) -> LineFault {
    fault(
      .scenarioValue, message, LineReader.shown(json), source,
      help: help ?? "write \(ScenarioBinder.withArticle(type)), such as `\(LineReader.example(of: type))`")
  }

  private func unknown(_ name: String, _ event: Event, _ source: String) -> LineFault {
    let given = event.fields.prefix(event.givenCount).map(\.name)
    let known = "its fields are \(given.map { "`\($0)`" }.joined(separator: ", "))"
    if event.fields.contains(where: { $0.name == name }) {
      return fault(
        .unknownField, "`\(name)` of `\(event.name)` is computed by the rules", name, source, help: known)
    }
    let near = Suggestion.nearest(name, in: given)
    return fault(
      .unknownField, "`\(event.name)` has no field `\(name)`", name, source,
      help: near.map { "did you mean `\($0)`?" } ?? known)
  }

  /// A value as it stood there, on one line of bounded length.
  private static func shown(_ json: Json) -> String {
    switch json {
    case .list: "[…]"
    case .object: "{…}"
    case .number(let written): String(written.prefix(100))
    default: json.compact
    }
  }

  /// A value of a type as JSON has it.
  private static func example(of type: ValueType) -> String {
    switch type {
    case .tokens: "100"
    case .integer: "3"
    case .bool: "true"
    case .name, .card, .record: ScenarioBinder.exampleValue(of: type)
    default: "\"\(ScenarioBinder.exampleValue(of: type))\""
    }
  }
}
