import Diagnostics
import Engine
import Lab
import Language
import Values

/// Reads what is supposed of usage, over the fields of a policy's events.
struct UsageReading {
  let program: Program
  let list: CandidateText
  private let lines: LineReader

  init(_ program: Program, _ list: CandidateText) {
    self.program = program
    self.list = list
    lines = LineReader(program)
  }

  /// A field of one event.
  private struct Place {
    var event: Int
    var field: Int
  }

  /// Whether words have the form of one: `NAME is …`, `NAME at most …`, `NAME at least …`.
  static func isChange(_ part: CandidateText.Part) -> Bool {
    part.isWord(1, "is", "=") || part.isWord(1, "at") && part.isWord(2, "most", "least")
  }

  /// - Throws: ``BacktestFault/words(message:text:range:help:)``
  func change(_ part: CandidateText.Part) throws(BacktestFault) -> UsageChange {
    let words = part.words
    let wherePlace = words.indices.first { $0 > 2 && words[$0].text == "where" } ?? words.count
    let (subject, bound, start) = try head(words[..<wherePlace], part)
    var places = try places(subject)
    var change = UsageChange(part.text, field: name(places[0]), bound, .value(.number(0)))
    if subject.text.contains(".") { change.event = program.events[places[0].event].name }
    if wherePlace < words.count {
      (change.conditions, change.event) = try conditions(words[(wherePlace + 1)...], part, &places, change.event)
    }
    try checkCanChange(places, subject)
    let value = words[start..<wherePlace]
    guard let first = value.first, let last = value.last else {
      throw list.fault(
        "nothing stands behind `\(words[start - 1].text)`", at: words[start - 1].range,
        help:
          "\(subject.text) \(bound == .exactly ? "is" : bound == .atMost ? "at most" : "at least") \(example(places))")
    }
    if value.count == 3, value[start + 1].text == "of", let ratio = try? Ratio(parsing: first.text) {
      let other = try field(last, places)
      try checkShare(ratio, first, other: last, places)
      change.amount = .share(ratio, of: other)
      return change
    }
    let range = first.range.lowerBound..<last.range.upperBound
    if bound != .exactly { try checkIsAmount(places, subject) }
    change.amount = .value(try self.value(range, value.count == 1 ? first : nil, of: places, subject.text))
    try checkRange(change.amount, places, range)
    try checkName(change.amount, places, range)
    return change
  }

  /// `never subscribe where account is delta`
  func leftOut(_ part: CandidateText.Part) throws(BacktestFault) -> LeftOutEvent {
    let word = part.words[1]
    guard let event = program.events.firstIndex(where: { $0.name == word.text }) else {
      let near = Suggestion.nearest(word.text, in: program.events.map(\.name))
      throw list.fault(
        "there is no event `\(word.text)`", at: word.range,
        help: near.map { "did you mean `never \($0)`?" } ?? "never subscribe")
    }
    var left = LeftOutEvent(part.text, event: word.text)
    if part.words.count > 2 {
      guard part.isWord(2, "where") else {
        throw list.fault(
          "an event never comes, or never `where` something is so", at: part.words[2].range,
          help: "never \(word.text) where account is NAME")
      }
      var places = [Place(event: event, field: -1)]
      left.conditions = try conditions(part.words[3...], part, &places, word.text).0
    }
    return left
  }

  // MARK: - Heads

  /// What is changed and how, and where its amount begins.
  private func head(
    _ words: ArraySlice<CandidateText.Word>, _ part: CandidateText.Part
  ) throws(BacktestFault) -> (CandidateText.Word, UsageChange.Bound, start: Int) {
    if part.isWord(1, "is", "="), part.isWord(2, "not") {
      throw list.fault(
        "`is not` does not say what it is instead", at: words[2].range,
        help: "it stands behind `where`: \(words[0].text) is … where \(words[0].text) is not …")
    }
    if part.isWord(1, "is", "=") {
      // `is at most` says the same as `at most`.
      if part.isWord(2, "at"), part.isWord(3, "most", "least") {
        return (words[0], words[3].text == "most" ? .atMost : .atLeast, 4)
      }
      return (words[0], .exactly, 2)
    }
    return (words[0], words[2].text == "most" ? .atMost : .atLeast, 3)
  }

  private func name(_ place: Place) -> String { program.events[place.event].fields[place.field].name }

  private func type(_ place: Place) -> QualifiedType { program.events[place.event].fields[place.field].type }

  private func example(_ places: [Place]) -> String {
    switch type(places[0]).base {
    case .money: "$5"
    case .tokens: "500"
    case .integer: "3"
    case .ratio: "4/5"
    case .bool: "on"
    case .time: "2026-02-01"
    case .duration: "1 hour"
    case .rate: "$2.50 per 1M tokens"
    case .name, .key, .card, .record: "NAME"
    case .enumeration(let members): members.first ?? "none"
    }
  }

  /// The given fields that a word names: `output` of every event, `request.output` of one.
  private func places(_ word: CandidateText.Word) throws(BacktestFault) -> [Place] {
    if let dot = word.text.firstIndex(of: ".") {
      let (event, field) = (String(word.text[..<dot]), String(word.text[word.text.index(after: dot)...]))
      guard let index = program.events.firstIndex(where: { $0.name == event }) else {
        let near = Suggestion.nearest(event, in: program.events.map(\.name))
        throw list.fault(
          "there is no event `\(event)`", at: word.range,
          help: near.map { "did you mean `\($0).\(field)`?" } ?? "name a field alone for every event that has it")
      }
      return [Place(event: index, field: try place(of: field, in: index, word))]
    }
    var found: [Place] = []
    for (index, event) in program.events.enumerated() {
      if let field = event.fields.prefix(event.givenCount).firstIndex(where: { $0.name == word.text }) {
        found.append(Place(event: index, field: field))
      }
    }
    if !found.isEmpty { return found }
    if program.events.contains(where: { $0.fields.contains { $0.name == word.text } }) {
      throw computed(word)
    }
    let all = Set(program.events.flatMap { $0.fields.prefix($0.givenCount).map(\.name) })
    throw list.fault(
      "no event has a field `\(word.text)`", at: word.range,
      help: Suggestion.nearest(word.text, in: all).map { "did you mean `\($0)`?" }
        ?? "one of its fields, such as `\(all.sorted().prefix(6).joined(separator: "`, `"))`")
  }

  private func place(of field: String, in event: Int, _ word: CandidateText.Word) throws(BacktestFault) -> Int {
    let declared = program.events[event]
    let given = declared.fields.prefix(declared.givenCount)
    if let place = given.firstIndex(where: { $0.name == field }) { return place }
    if declared.fields.contains(where: { $0.name == field }) { throw computed(word) }
    throw list.fault(
      "`\(declared.name)` has no field `\(field)`", at: word.range,
      help: Suggestion.nearest(field, in: given.map(\.name)).map { "did you mean `\(declared.name).\($0)`?" }
        ?? "its fields are \(given.map { "`\($0.name)`" }.joined(separator: ", "))")
  }

  private func computed(_ word: CandidateText.Word) -> BacktestFault {
    list.fault(
      "`\(word.text)` is computed by the rules", at: word.range,
      help: "change the fields it is computed from, or the rules with a reform")
  }

  /// A field of the same events that another one is held against.
  private func field(_ word: CandidateText.Word, _ places: [Place]) throws(BacktestFault) -> String {
    var name = word.text
    if let dot = name.firstIndex(of: ".") {
      let event = String(name[..<dot])
      guard places.allSatisfy({ program.events[$0.event].name == event }) else {
        throw list.fault(
          "`\(name)` is no field of the event that is changed", at: word.range,
          help: "write `\(event).` before what is changed, too")
      }
      name = String(name[name.index(after: dot)...])
    }
    for place in places { _ = try self.place(of: name, in: place.event, word) }
    return name
  }

  // MARK: - Values

  /// A value in the words of scenarios, typed by the fields.
  private func value(
    _ range: Range<Int>, _ word: CandidateText.Word?, of places: [Place], _ name: String
  ) throws(BacktestFault) -> EventCall.Value {
    let text = list.string(range)
    var found: EventCall.Value?
    for place in places {
      let value = try value(text, word, type(place), name, range)
      if let found, found != value {
        throw list.fault(
          "`\(name)` is not the same in every event that has it", at: range,
          help: "name one: \(program.events[places[0].event].name).\(self.name(places[0]))")
      }
      found = value
    }
    return found ?? .number(ValueType.none)
  }

  private func value(
    _ text: String, _ word: CandidateText.Word?, _ type: QualifiedType, _ name: String, _ range: Range<Int>
  ) throws(BacktestFault) -> EventCall.Value {
    if text == "none", type.isOptional { return .number(ValueType.none) }
    if let quoted = word?.quoted {
      switch type.base {
      case .name, .key, .card, .record, .enumeration: return try read(quoted, type, name, range)
      default: break
      }
    }
    if text == "none" {
      throw list.fault("`\(name)` cannot be none", at: range, help: "write a value: \(name) is …")
    }
    return try read(text, type, name, range)
  }

  private func read(
    _ text: String, _ type: QualifiedType, _ name: String, _ range: Range<Int>
  ) throws(BacktestFault) -> EventCall.Value {
    do throws(LineFault) {
      return try lines.value(text, type, of: name, from: "comparison")
    } catch {
      throw list.fault(error.message, at: range, help: error.help)
    }
  }

  // MARK: - Checks

  private func checkCanChange(_ places: [Place], _ word: CandidateText.Word) throws(BacktestFault) {
    for place in places {
      switch type(place).base {
      case .key, .record:
        throw list.fault(
          "`\(word.text)` says what an event is about, which stays as it was", at: word.range,
          help: "choose events by it instead: output at most 500 where \(name(place)) is NAME")
      default: continue
      }
    }
  }

  private func isAmount(_ type: ValueType) -> Bool {
    switch type {
    case .money, .tokens, .integer, .duration: true
    default: false
    }
  }

  private func checkIsAmount(_ places: [Place], _ word: CandidateText.Word) throws(BacktestFault) {
    for place in places {
      let type = type(place).base
      guard isAmount(type) || type == .time || type == .rate else {
        throw list.fault(
          "`\(word.text)` is no amount, so it is neither more nor less than another", at: word.range,
          help: "\(word.text) is \(example([place]))")
      }
    }
  }

  private func checkShare(
    _ ratio: Ratio, _ part: CandidateText.Word, other: CandidateText.Word, _ places: [Place]
  ) throws(BacktestFault) {
    guard ratio.numerator >= 0 else {
      throw list.fault("a share is not below zero", at: part.range, help: "write `60%` or `3/5`")
    }
    for place in places {
      let own = type(place).base
      let name = other.text.split(separator: ".").last.map(String.init) ?? other.text
      let second = program.events[place.event].fields.first { $0.name == name }?.type.base
      guard isAmount(own), own == second else {
        throw list.fault(
          "`\(self.name(place))` is no share of `\(name)`", at: part.range.lowerBound..<other.range.upperBound,
          help: "both have to be amounts of one unit: cached at least 60% of input")
      }
    }
  }

  private func checkRange(
    _ amount: UsageChange.Amount, _ places: [Place], _ range: Range<Int>
  ) throws(BacktestFault) {
    guard case .value(.number(let number)) = amount, number != ValueType.none else { return }
    for place in places {
      let field = program.events[place.event].fields[place.field]
      // Ratios are packed: the engine compares them in its own way.
      guard field.type.base != .ratio, !field.range.contains(number) else { continue }
      var formatter = ValueFormatter(program)
      formatter.groupsDigits = true
      let ends = [field.range.low, field.range.high].map {
        formatter.text(Int64(clamping: $0), QualifiedType(field.type.base))
      }
      throw list.fault(
        "`\(program.events[place.event].name).\(field.name)` is from \(ends[0]) to \(ends[1])", at: range,
        help: "write a value within that")
    }
  }

  /// A name that no table lists where it is looked up would deny everything.
  private func checkName(_ amount: UsageChange.Amount, _ places: [Place], _ range: Range<Int>) throws(BacktestFault) {
    guard case .value(.text(let text)) = amount else { return }
    for place in places where type(place).base == .name {
      guard let known = LookupNames(program, event: place.event, field: place.field), !known.names.contains(text) else {
        continue
      }
      let tables = known.tables.map { "`\($0)`" }.joined(separator: " or ")
      throw list.fault(
        "no row of \(tables) is about `\(text)`", at: range,
        help: Suggestion.nearest(text, in: known.names).map { "did you mean `\($0)`?" }
          ?? "take one of its \(known.names.count) names, such as `\(known.names.first ?? "")`, or add a row to the rules"
      )
    }
  }

  // MARK: - Conditions

  /// What stands behind `where`, joined by `and`.
  ///
  /// - Parameter places: those of events that have no such field are left out of it.
  private func conditions(
    _ words: ArraySlice<CandidateText.Word>, _ part: CandidateText.Part, _ places: inout [Place], _ event: String?
  ) throws(BacktestFault) -> ([UsageChange.Condition], event: String?) {
    var conditions: [UsageChange.Condition] = []
    var event = event
    for group in words.split(omittingEmptySubsequences: false, whereSeparator: { $0.text == "and" }) {
      let example = "where account is NAME and model is NAME"
      guard let subject = group.first, group.count >= 3 else {
        throw list.fault(
          "a condition is missing", at: group.first?.range ?? part.words.last?.range, help: example)
      }
      var start = group.startIndex + 2
      let comparison: UsageChange.Condition.Comparison
      switch group[group.startIndex + 1].text {
      case "is", "=":
        comparison = group[start].text == "not" ? .notEqual : .equal
        if comparison == .notEqual { start += 1 }
      case "at" where ["most", "least"].contains(group[start].text):
        comparison = group[start].text == "most" ? .atMost : .atLeast
        start += 1
      default:
        throw list.fault(
          "a condition says `is`, `is not`, `at most` or `at least`", at: group[group.startIndex + 1].range,
          help: example)
      }
      guard start < group.endIndex, let last = group.last else {
        throw list.fault("nothing stands behind `\(group[start - 1].text)`", at: group[start - 1].range, help: example)
      }
      let range = group[start].range.lowerBound..<last.range.upperBound
      let word = start == group.endIndex - 1 ? group[start] : nil
      if subject.text == "account" {
        guard comparison == .equal || comparison == .notEqual else {
          throw list.fault("an account `is` or `is not` one of a name", at: subject.range, help: example)
        }
        conditions.append(.init(.account, comparison, .text(word?.quoted ?? list.string(range))))
        continue
      }
      // Of several events that have what is changed, it is about those that have what is asked for.
      let asked = try self.places(subject)
      if subject.text.contains("."), let only = asked.first {
        event = program.events[only.event].name
      }
      let kept = places.filter { place in asked.contains { $0.event == place.event } }
      guard !kept.isEmpty else {
        let names = Set(places.map { program.events[$0.event].name }).sorted().map { "`\($0)`" }
        throw list.fault(
          "`\(subject.text)` is no field of \(names.joined(separator: " or "))", at: subject.range, help: example)
      }
      places = kept
      let own = asked.filter { place in kept.contains { $0.event == place.event } }
      if comparison == .atMost || comparison == .atLeast { try checkIsAmount(own, subject) }
      let value = try value(range, word, of: own, subject.text)
      conditions.append(.init(.field(name(own[0])), comparison, value))
    }
    return (conditions, event)
  }
}
