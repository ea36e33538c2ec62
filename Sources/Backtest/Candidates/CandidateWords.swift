import Language

/// What may be written next in a candidate: for completion and hints at a prompt.
public struct CandidateWords {
  /// Where the word begins that the words replace: an offset in UTF-8.
  public private(set) var start: Int
  /// What may stand there, each with one line about it. What was begun is not looked at.
  public private(set) var words: [(text: String, about: String)] = []
  /// What follows, as help shows it; empty where too much may.
  public private(set) var hint = ""
  private let program: Program

  /// - Parameter text: the candidate as far as it is written.
  public init(behind text: String, _ program: Program) {
    self.program = program
    let part = CandidateText(text).parts.last
    var before = part?.words ?? []
    let isBetween = text.utf8.last.map { [0x20, 0x09, 0x2C].contains($0) } ?? true
    start = text.utf8.count
    if !isBetween, let begun = before.popLast() { start = begun.range.lowerBound }
    let isFirst = part?.range.lowerBound == 0 || text.isEmpty
    look(before.map(\.text), isFirst: isFirst)
    if !isBetween { hint = "" }
  }

  private mutating func look(_ before: [String], isFirst: Bool) {
    guard let first = before.first else { return begin(isFirst: isFirst) }
    let rest = before.dropFirst()
    switch first {
    case "fee":
      hint = rest.isEmpty ? "AMOUNT each month" : rest.count == 1 ? "each month" : ""
      if rest.isEmpty { words = [("$20 each month", "what a plan costs each account")] }
      if rest.count == 1 { words = [("each month", "")] }
    case "never":
      if rest.isEmpty {
        hint = "EVENT [where NAME is VALUE]"
        words = program.events.map { ($0.name, $0.summary) }
      } else if rest.count == 1 {
        words = [("where", "only some of them")]
      } else {
        condition(Array(rest.dropFirst()), of: events { $0.name == before[1] })
      }
    case "first":
      if rest.isEmpty {
        hint = "EVENT or SETTING VALUE"
        words = program.events.map { ($0.name, $0.summary) }
        words += program.settings.filter { $0.scope != .global }.map { ($0.name, "setting") }
      } else if let event = program.events.first(where: { $0.name == before[1] }) {
        let used = Set(before)
        words = event.fields.prefix(event.givenCount).filter { !used.contains($0.name) }
          .map { ($0.name, "\($0.type)") }
      }
    default:
      if program.settings.contains(where: { $0.name == first }) {
        if rest.isEmpty { (hint, words) = ("default VALUE", [("default", "while nobody has set it")]) }
      } else {
        change(first, Array(rest))
      }
    }
  }

  private mutating func begin(isFirst: Bool) {
    var seen = Set<String>()
    for event in program.events {
      for field in event.fields.prefix(event.givenCount) where canChange(field) && seen.insert(field.name).inserted {
        words.append((field.name, "\(field.type) of events"))
      }
    }
    words.sort { $0.text < $1.text }
    if isFirst { words.append(("current", "the policy in force")) }
    words += [
      ("first", "what accounts begin with besides"), ("never", "the same without events of a kind"),
      ("fee", "what a plan costs"),
    ]
    words += program.settings.map { ($0.name, "setting") }
  }

  private func canChange(_ field: Event.Field) -> Bool {
    switch field.type.base {
    case .key, .record: false
    default: true
    }
  }

  private func events(_ condition: (Event) -> Bool) -> [Int] {
    program.events.indices.filter { condition(program.events[$0]) }
  }

  /// The events and fields that a name is of.
  private func places(_ name: String) -> [(event: Int, field: Int)] {
    program.events.indices.compactMap { index in
      let event = program.events[index]
      let field = event.fields.prefix(event.givenCount).firstIndex {
        $0.name == name || "\(event.name).\($0.name)" == name
      }
      return field.map { (index, $0) }
    }
  }

  private func isAmount(_ places: [(event: Int, field: Int)]) -> Bool {
    places.contains { place in
      switch program.events[place.event].fields[place.field].type.base {
      case .money, .tokens, .integer, .duration, .time, .rate: true
      default: false
      }
    }
  }

  private mutating func change(_ name: String, _ rest: [String]) {
    let places = places(name)
    guard !places.isEmpty else { return }
    if let place = rest.firstIndex(of: "where") {
      return condition(Array(rest[(place + 1)...]), of: places.map(\.event))
    }
    compare(rest, places)
    if rest.count > 1, rest.last?.hasSuffix("%") == true || rest.last?.contains("/") == true {
      words = [("of", "a share of another field")] + words
    }
    if rest.last == "of", let place = places.first {
      let event = program.events[place.event]
      let type = event.fields[place.field].type.base
      words = event.fields.prefix(event.givenCount).filter { $0.type.base == type && $0.name != name }
        .map { ($0.name, "\($0.type)") }
    }
    if rest.isEmpty { hint = isAmount(places) ? "is|at most|at least VALUE" : "is VALUE" }
  }

  /// What follows a name: how it compares, what with, and `where`.
  private mutating func compare(_ rest: [String], _ places: [(event: Int, field: Int)], isCondition: Bool = false) {
    switch rest.count {
    case 0:
      words = [("is", "")] + (isCondition ? [("is not", "")] : [])
      if isAmount(places) { words += [("at most", ""), ("at least", "")] }
    case 1 where rest[0] == "at": words = [("most", ""), ("least", "")]
    case 1: words = values(places)
    case 2 where rest[0] == "at" || rest[1] == "not": words = values(places)
    default: words = [isCondition ? ("and", "another condition") : ("where", "only some of the events")]
    }
  }

  /// The last condition behind `where`.
  private mutating func condition(_ rest: [String], of events: [Int]) {
    let last = rest.lastIndex(of: "and").map { Array(rest[($0 + 1)...]) } ?? rest
    guard let name = last.first else {
      var seen = Set<String>()
      words = [("account", "the name of an account")]
      for event in events {
        let fields = program.events[event].fields.prefix(program.events[event].givenCount)
        words += fields.filter { seen.insert($0.name).inserted }.map { ($0.name, "\($0.type)") }
      }
      return
    }
    compare(Array(last.dropFirst()), places(name), isCondition: true)
  }

  private func values(_ places: [(event: Int, field: Int)]) -> [(text: String, about: String)] {
    guard let place = places.first else { return [] }
    let type = program.events[place.event].fields[place.field].type
    let none: [(text: String, about: String)] = type.isOptional ? [("none", "")] : []
    switch type.base {
    case .enumeration(let members): return members.map { ($0, "") } + none
    case .bool: return [("on", ""), ("off", "")] + none
    case .name:
      let known = places.lazy.compactMap { LookupNames(program, event: $0.event, field: $0.field) }.first
      // A name with a blank in it would be two words.
      return (known?.names ?? []).filter { !$0.contains(" ") && !$0.contains(",") }.map { ($0, "") } + none
    default: return none
    }
  }
}
