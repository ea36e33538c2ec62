import Diagnostics
import Values

/// A word that stands for every event whose rules do something, so that a rule about them needs no other family's names.
enum EventClass: String, Sendable, CaseIterable {
  /// Every event that pays or settles: money leaves buckets.
  case charge
  /// Every event that pays or holds: gates and caps may deny it.
  case admission

  func covers(_ draw: Draw) -> Bool { self == .charge ? draw.charges : draw.admits }

  /// As a message says it.
  var meaning: String {
    switch self {
    case .charge: "an event that pays or settles"
    case .admission: "an event that pays or holds"
    }
  }
}

extension Checking {
  /// How events draw on the buckets, from the verbs of their rules, before any rule is checked: what a gate is about and what
  /// a hold keeps must be known first. Which event holds is the first that does; a second is reported with its rules.
  func declareDraws() {
    let definitions = Dictionary(vocabulary.effects.map { ($0.verb, $0) }) { first, _ in first }
    for declaration in declared.rules {
      guard case .on(let events) = declaration.syntax.kind else { continue }
      for effect in declaration.syntax.effects {
        guard let draw = definitions[effect.verb.text]?.draws else { continue }
        for event in events {
          guard let index = names.events[event.text] else { continue }
          draws[index, default: []].append((draw, effect.span))
          if draw == .hold, program.roles.hold == nil { program.roles.hold = index }
        }
      }
    }
    guard let hold = program.roles.hold else { return }
    let own = Set(RecordKind.hold.numbers.map(\.name))
    let derived = declared.derivations.filter { $0.syntax.event.text == program.events[hold].name }
    let fields =
      program.events[hold].fields.map { ($0.name, $0.span) }
      + derived.map { ($0.syntax.field.text, $0.syntax.field.span) }
    for (name, span) in fields where own.contains(name) {
      report(
        .duplicateName, "every hold has a `\(name)` of its own", span, label: "a hold keeps this field beside it",
        help: "choose another name, such as `\(name)_given`")
    }
  }

  /// The events a class stands for, by their indices.
  func events(of group: EventClass) -> [Int] {
    draws.filter { $0.value.contains { group.covers($0.draw) } }.keys.sorted()
  }

  /// The events that draw on buckets: the ones a gate or a cap is about.
  func drawingEvents() -> [Int] { draws.keys.sorted() }

  /// The events a rule or a promise lists, classes written out; nil where a name means none. A class may stand for none, so
  /// `place` remembers that there was one.
  func indices(_ events: [Identifier], _ place: inout Place) -> [Int]? {
    var named: [Int] = []
    var classed: [Int] = []
    var isWhole = true
    for event in events {
      if let group = EventClass(rawValue: event.text) {
        place.namesClass = true
        classed += self.events(of: group)
        continue
      }
      guard let index = eventIndex(event, or: EventClass.allCases.map(\.rawValue)) else {
        isWhole = false
        continue
      }
      if named.contains(index) {
        report(.duplicateName, "event `\(event.text)` stands twice in this list", event.span, help: "remove one")
        return nil
      }
      named.append(index)
    }
    guard isWhole else { return nil }
    return named + Set(classed).subtracting(named).sorted()
  }

  /// What every event has beside its fields, and what `charge.…` and `admission.…` read.
  static let decisionWords = ["paid", "shortfall", "rescued"]

  /// `request.paid`, `charge.shortfall`, `admission.key`. Outer nil: no such word.
  func decisionFact(_ word: String, _ span: Span, _ place: Place) -> Expr?? {
    let money = ValueRange(low: 0, high: ValueType.money.naturalRange.high)
    switch word {
    case "paid", "rescued":
      guard place.phase == .afterwards || place.phase == .open else {
        report(
          .notKnownYet,
          word == "paid"
            ? "what was paid is known only after the decision"
            : "whether a rescue helped is known only after the decision",
          span, help: "use it in `after` rules and `always` promises")
        return .some(nil)
      }
      return word == "paid"
        ? Expr(.fact(.covered), QualifiedType(.money), money, span)
        : Expr(.fact(.rescued), QualifiedType(.bool), ValueType.bool.naturalRange, span)
    case "shortfall":
      guard [.rescue, .afterwards, .open].contains(place.phase) else {
        report(
          .notKnownYet, "the shortfall is known only before a denial and after the decision", span,
          help: "use it in `before denial` and `after` rules, and in `always` promises")
        return .some(nil)
      }
      return Expr(.fact(.shortfall), QualifiedType(.money), money, span)
    case "key":
      return Expr(.fact(.eventKey), QualifiedType(.key, isOptional: true), ValueType.key.naturalRange, span)
    default: return nil
    }
  }

  /// `charge.paid`: read where every event at hand is one of the class.
  func classFact(_ group: EventClass, _ path: [Identifier], _ span: Span, _ place: Place) -> Expr? {
    let word = path[1].text
    if place.phase == .settings {
      report(
        .settingsOnly, "a setting's condition reads settings only", span, label: "this is known of an event",
        help: "state a promise instead: `always CONDITION on \(group.rawValue) \"what it promises\"`")
      return nil
    }
    if let here = place.events, place.asker != .waterfall {
      let members = events(of: group)
      let isAtHand = here.isEmpty ? place.namesClass : here.allSatisfy(members.contains)
      guard isAtHand else {
        let other = here.first { !members.contains($0) }
        report(
          .otherEvent, "`\(group.rawValue).\(word)` is known only while \(group.meaning) is decided", span,
          label: other.map { "`\(program.events[$0].name)` is none" },
          help: place.asker == .promise && here.isEmpty
            ? "say which events the promise is about: `on \(group.rawValue)`"
            : "use it in rules on `\(group.rawValue)`")
        return nil
      }
    }
    if let fact = decisionFact(word, span, place) { return fact }
    let words = Checking.decisionWords + ["key"]
    report(
      .unknownName, "`\(group.rawValue)` has no `\(word)`", path[1].span,
      notes: ["what is known of every one of them is \(words.map { "`\($0)`" }.joined(separator: ", "))"],
      help: nearest(word, in: words).map { "did you mean `\(group.rawValue).\($0)`?" }
        ?? "write a rule for each event, and read its own field")
    return nil
  }
}
