import Engine
import Language
import Ledger
import Values

/// Writes what happens as the lines of scenarios that do it.
struct LineText {
  let program: Program
  let account: AccountState
  /// For people, with thousands parted; lines are read again and have none.
  let people: ValueFormatter

  init(_ program: Program, _ account: AccountState) {
    self.program = program
    self.account = account
    var people = ValueFormatter(program, of: account)
    people.groupsDigits = true
    self.people = people
  }

  /// `request model "gpt-4o", input 1200 tokens`
  func event(_ event: Int, _ fields: [Int64], words: [Int: String]) -> String {
    let declared = program.events[event]
    var parts: [String] = []
    for (place, field) in declared.fields.prefix(declared.givenCount).enumerated() where fields.indices.contains(place)
    {
      let usual = field.value ?? (field.type.isOptional ? ValueType.none : nil)
      // An event with a key that names none would come with the account's only one.
      if fields[place] == usual, place != declared.keyField { continue }
      parts.append("\(field.name) \(value(fields[place], field.type, word: words[place]))")
    }
    return declared.name + (parts.isEmpty ? "" : " " + parts.joined(separator: ", "))
  }

  func set(_ setting: Int, key: Int?, _ value: Int64) -> String {
    let declared = program.settings[setting]
    let whose = key.map { " for key \(LineText.quoted(account.keyNames[$0]))" } ?? ""
    return "set \(declared.name) to \(self.value(value, declared.type, word: nil))\(whose)"
  }

  func clock(_ time: Int64) -> String { "clock to \(Instant(microseconds: time))" }

  /// A value as it is written in a line.
  func value(_ value: Int64, _ type: QualifiedType, word: String?) -> String {
    if value == ValueType.none { return "none" }
    switch type.base {
    case .money: return Money(nano: value).description
    case .rate: return Rate(pico: value).description
    case .tokens: return value == 1 ? "1 token" : "\(value) tokens"
    case .integer: return "\(value)"
    case .ratio: return Int32(truncatingIfNeeded: value) > 0 ? Ratio(packed: value).description : "none"
    case .bool: return value == 0 ? "off" : "on"
    case .time: return Instant(microseconds: value).description
    case .duration: return TimeSpan(microseconds: value).description
    case .name: return LineText.quoted(word ?? program.names.first { $0.value == value }?.key ?? "somebody")
    case .key: return index(value, account.keyNames).map(LineText.quoted) ?? "none"
    case .card: return LineText.quoted(index(value, account.cardNames) ?? word ?? "card")
    case .record(let kind): return LineText.quoted(record(kind, value) ?? word ?? "nobody-knows-it")
    case .enumeration(let members): return index(value, members) ?? "none"
    }
  }

  private func index(_ value: Int64, _ names: [String]) -> String? {
    guard let index = Int(exactly: value), names.indices.contains(index) else { return nil }
    return names[index]
  }

  /// What a record is known by, if that finds it again.
  private func record(_ kind: RecordKind, _ value: Int64) -> String? {
    guard let index = Int(exactly: value), index >= 0 else { return nil }
    let names: [String]
    switch kind {
    case .hold: names = account.holds.has(index) ? [account.holds[index].id] : []
    case .payment:
      names = account.payments.indices.contains(index) ? [account.payments[index].id, account.payments[index].key] : []
    case .refund: names = account.refunds.indices.contains(index) ? [account.refunds[index].key] : []
    }
    return names.first { !$0.isEmpty && account.number(of: kind, named: $0) == index }
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// A value as people read it.
  func shown(_ value: Int64, _ type: QualifiedType, word: String? = nil) -> String {
    if value == ValueType.none { return "none" }
    switch type.base {
    case .name: return word ?? people.text(value, type)
    case .ratio: return self.value(value, type, word: word)
    case .time: return Explanation.minuteText(value)
    case .card:
      // One that nobody has named: of such a card nothing is known but that it pays.
      if value == Int64(account.cardNames.count - 1), account.cardNames.last == Question.newCard {
        return "a card that pays"
      }
      return index(value, account.cardNames) ?? word ?? "a card"
    default: return people.text(value, type)
    }
  }
}
