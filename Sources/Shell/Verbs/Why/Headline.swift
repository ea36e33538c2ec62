import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

/// The first line of an explanation: what came of which event, whose, when, and what it asked for in people's words.
struct Headline {
  var decision: Decision
  var program: Program
  var account: AccountState?
  var accountName: String
  /// What the caller wrote for texts, by field.
  var words: [String: String]
  var name: String

  /// Wider than that, what it asked for stands on a line of its own.
  private static let widest = 118

  func lines(_ ink: Ink) -> [String] {
    let event = program.events[decision.event]
    let word = decision.verdict.rawValue.uppercased()
    let painted =
      switch decision.verdict {
      case .allowed: ink.green(word)
      case .denied, .conflict: ink.red(word)
      case .waiting: ink.yellow(word)
      }
    let shown =
      name.hasPrefix("#") || name.hasPrefix("~")
      ? "\(name) \(event.name)" : name == event.name ? name : "\(name) (\(event.name))"
    var first = ["  " + ink.strong(ShownText.text(shown)), accountName + keyText, decision.at.minuteText].joined(
      separator: "  ")
    if decision.isReplay { first += "  (replayed)" }
    let fields = fieldText
    let length = word.count + shown.count + accountName.count + keyText.count + fields.count + 32
    if fields.isEmpty { return [painted + first] }
    return length <= Self.widest ? [painted + first + "  " + fields] : [painted + first, "  " + fields]
  }

  /// ` / ana`; a key nobody knows is shown as it was given.
  private var keyText: String {
    let event = program.events[decision.event]
    if let key = decision.key, let account, account.keyNames.indices.contains(key) {
      return " / \(account.keyNames[key])"
    }
    guard let field = event.keyField, field < event.givenCount else { return "" }
    guard let word = words[event.fields[field].name] else { return " / no key" }
    return " / \(ShownText.text(word)) (unknown key)"
  }

  /// `claude-opus-4-6, 120,000 input, 800 output tokens, cost $0.62`
  private var fieldText: String {
    let event = program.events[decision.event]
    var formatter = account.map { ValueFormatter(program, of: $0) } ?? ValueFormatter(program)
    formatter.groupsDigits = true
    let hasOneName = event.fields.prefix(event.givenCount).count { $0.type.base == .name } == 1
    var names: [String] = []
    var counts: [String] = []
    var others: [String] = []
    for (index, (field, value)) in zip(event.fields, decision.fields).enumerated() where index != event.keyField {
      let word = words[field.name]
      if value == ValueType.none, word == nil { continue }
      let isGiven = index < event.givenCount
      switch field.type.base {
      case .name:
        let text = word.map(ShownText.text) ?? formatter.text(value, field.type)
        if hasOneName { names.append(text) } else { others.append("\(field.name.replacing("_", with: " ")) \(text)") }
      case .tokens:
        if value == (isGiven ? field.value : 0) { continue }
        counts.append("\(ValueFormatter.grouped("\(value)")) \(field.name.replacing("_", with: " "))")
      case .card where !isGiven: continue
      case .card: others.append("\(field.name) \(formatter.text(value, field.type))")
      case .record(let kind):
        // By the name people know it by; one that nobody knows as it was given.
        let text =
          value >= 0 ? formatter.text(value, field.type) : "\(kind.rawValue) \(word.map(ShownText.text) ?? "unknown")"
        others.append(kind.rawValue == field.name ? text : "\(field.name) \(text)")
      default:
        if value == (isGiven ? field.value : 0) { continue }
        // What else the rules work out is told where it is compared.
        guard isGiven || field.type.base == .money else { continue }
        others.append("\(field.name) \(formatter.text(value, field.type))")
      }
    }
    let tokens = counts.isEmpty ? [] : [counts.joined(separator: ", ") + " tokens"]
    return (names + tokens + others).joined(separator: ", ")
  }
}

extension StoredEvent {
  /// What the caller wrote for fields whose values are texts.
  var texts: [String: String] {
    guard case .object(let members)? = try? JsonReader.read(Array(fields.utf8)) else { return [:] }
    return Dictionary(
      members.compactMap { member in member.value.text.map { (member.name, $0) } }, uniquingKeysWith: { $1 })
  }

  /// The same, for explanations.
  func labels(_ program: Program) -> [Transaction.Label] {
    let texts = texts
    guard let index = program.events.firstIndex(where: { $0.name == kind }) else { return [] }
    return program.events[index].fields.compactMap { field in
      switch field.type.base {
      case .name, .record: texts[field.name].map { Transaction.Label(field.name, $0) }
      default: nil
      }
    }
  }
}

extension EventCall {
  /// What the caller wrote for fields whose values are texts.
  func texts(_ program: Program) -> [String: String] {
    var texts: [String: String] = [:]
    for (field, value) in zip(program.events[event].fields, fields) {
      if case .text(let text) = value { texts[field.name] = text }
    }
    return texts
  }
}
