import Engine
import Formats
import Language
import Ledger
import Values

/// Fields of events as JSON and back: by name, numbers in their type's unit, names as texts; what is none is left out.
struct FieldText {
  let map: SlotMap

  // MARK: - Writing

  /// The fields of an event, as many as there are values.
  ///
  /// - Parameters:
  ///   - labels: the texts of fields of type `name`.
  ///   - said: what the caller said, for names that mean nothing here: they are kept as they were.
  func json(
    of fields: [Int64], event: Int, labels: [Transaction.Label], said: [EventCall.Value]? = nil,
    in account: borrowing AccountState
  ) -> [UInt8] {
    var line = JsonLine()
    let forms = map.fieldForms[event]
    for index in 0..<min(forms.count, fields.count) {
      let value = fields[index]
      switch forms[index].type {
      case .money, .rate, .tokens, .integer, .ratio, .time, .duration:
        if value != ValueType.none { line.add(quoted: forms[index].quoted, value) }
      case .bool: if value != ValueType.none { line.add(forms[index].name, value != 0) }
      default:
        if let text = text(value, forms[index], labels, account) ?? FieldText.said(index, said) {
          line.add(quoted: forms[index].quoted, text)
        } else if value != ValueType.none {
          // It names nothing: -1.
          line.add(quoted: forms[index].quoted, value)
        }
      }
    }
    return line.bytes()
  }

  private static func said(_ index: Int, _ said: [EventCall.Value]?) -> String? {
    guard let said, index < said.count, case .text(let text) = said[index] else { return nil }
    return text
  }

  private func text(
    _ value: Int64, _ form: SlotMap.FieldForm, _ labels: [Transaction.Label], _ account: borrowing AccountState
  ) -> String? {
    if case .name = form.type { return labels.first { $0.name == form.name }?.text ?? map.symbols[value] }
    if value == ValueType.none { return nil }
    guard let index = Int(exactly: value) else { return nil }
    switch form.type {
    case .key: return account.keyNames.indices.contains(index) ? account.keyNames[index] : nil
    case .card: return account.cardNames.indices.contains(index) ? account.cardNames[index] : nil
    case .record(.hold): return account.holds.has(index) ? account.holds[index].id : nil
    case .record(.payment): return account.payments.indices.contains(index) ? account.payments[index].key : nil
    case .record(.refund): return account.refunds.indices.contains(index) ? account.refunds[index].key : nil
    case .enumeration(let members): return members.indices.contains(index) ? members[index] : nil
    default: return nil
    }
  }

  // MARK: - Reading

  /// What JSON says an event was given; nil for JSON that is none.
  func call(_ event: Int, id: String, at: Int64, json: String) -> EventCall? {
    guard let object = FieldText.object(json) else { return nil }
    return EventCall(event, of: map.program, id: id, at: at, fields: object)
  }

  /// All fields of an event that made a record, derived ones too.
  func fields(_ event: Int, json: String, in account: AccountState) -> [Int64]? {
    guard let object = FieldText.object(json) else { return nil }
    return map.program.events[event].fields.map { field in
      switch object[field.name] {
      case .integer(let number)?: number
      case .bool(let isOn)?: isOn ? 1 : 0
      case .text(let text)?: number(text, field, account)
      default: FieldText.missing(field)
      }
    }
  }

  private func number(_ text: String, _ field: Event.Field, _ account: AccountState) -> Int64 {
    let index: Int? =
      switch field.type.base {
      case .name: Int(map.program.symbol(text))
      case .key: account.keyIndex(named: text)
      case .card: account.cardIndex(named: text)
      case .record(let kind): account.number(of: kind, named: text)
      case .enumeration(let members): members.firstIndex(of: text)
      default: nil
      }
    return index.map(Int64.init) ?? FieldText.missing(field)
  }

  /// What a field is that is not there: none, or what another policy than the one it was kept under gives it.
  static func missing(_ field: Event.Field) -> Int64 {
    if field.type.isOptional { return ValueType.none }
    let low = Int64(clamping: field.range.low)
    return field.value ?? max(low, min(0, Int64(clamping: field.range.high)))
  }

  static func object(_ json: String) -> Json? {
    guard let value = try? JsonReader.read(Array(json.utf8)), case .object = value else { return nil }
    return value
  }

  // MARK: - Settings

  /// A setting's value as it is kept; nil while its default holds.
  func kept(_ value: Int64, of setting: Int, cards: [String], keys: [String]) -> StoredValue? {
    if value == LedgerLayout.unset { return nil }
    if value == ValueType.none { return StoredValue.none }
    let index = Int(truncatingIfNeeded: value)
    switch map.program.settings[setting].type.base {
    case .name: return .text(map.symbols[value] ?? "")
    case .card: return cards.indices.contains(index) ? .text(cards[index]) : .integer(value)
    case .key: return keys.indices.contains(index) ? .text(keys[index]) : .integer(value)
    case .enumeration(let members): return members.indices.contains(index) ? .text(members[index]) : .integer(value)
    case .money, .rate, .tokens, .integer, .ratio, .bool, .time, .duration, .record: return .integer(value)
    }
  }

  /// The same the other way; nil for a text that means nothing under this policy.
  func number(_ value: StoredValue, of setting: Int, cards: [String], keys: [String]) -> Int64? {
    switch value {
    case .none: return ValueType.none
    case .integer(let number): return number
    case .text(let text):
      switch map.program.settings[setting].type.base {
      case .name: return map.program.symbol(text)
      case .card: return cards.firstIndex(of: text).map(Int64.init)
      case .key: return keys.firstIndex(of: text).map(Int64.init)
      case .enumeration(let members): return members.firstIndex(of: text).map(Int64.init)
      case .money, .rate, .tokens, .integer, .ratio, .bool, .time, .duration, .record: return nil
      }
    }
  }
}

/// Writes one JSON object, member by member, into bytes.
struct JsonLine {
  private var text: [UInt8] = [UInt8(ascii: "{")]

  init() { text.reserveCapacity(128) }

  private mutating func begin(_ name: String) { begin(quoted: JsonLine.quoted(name)) }

  private mutating func begin(quoted name: [UInt8]) {
    if text.count > 1 { text.append(UInt8(ascii: ",")) }
    text.append(contentsOf: name)
  }

  /// A name as it stands before its value: `"input":`
  static func quoted(_ name: String) -> [UInt8] {
    var line = JsonLine()
    line.quote(name)
    line.text.append(UInt8(ascii: ":"))
    return Array(line.text.dropFirst())
  }

  mutating func add(_ name: String, _ value: Int64) { add(quoted: JsonLine.quoted(name), value) }

  mutating func add(quoted name: [UInt8], _ value: Int64) {
    begin(quoted: name)
    if value < 0 { text.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var place = 20
      repeat {
        place -= 1
        digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      text.append(contentsOf: digits[place..<20])
    }
  }

  mutating func add(_ name: String, _ value: Bool) {
    begin(name)
    text.append(contentsOf: (value ? "true" : "false").utf8)
  }

  mutating func add(_ name: String, _ value: String) { add(quoted: JsonLine.quoted(name), value) }

  mutating func add(quoted name: [UInt8], _ value: String) {
    begin(quoted: name)
    quote(value)
  }

  /// JSON that is written already.
  mutating func add(_ name: String, raw: String) {
    begin(name)
    text.append(contentsOf: raw.utf8)
  }

  private mutating func quote(_ value: String) {
    text.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        text.append(UInt8(ascii: "\\"))
        text.append(byte)
      case 0..<0x20:
        text.append(contentsOf: "\\u00".utf8)
        text.append(JsonLine.digits[Int(byte >> 4)])
        text.append(JsonLine.digits[Int(byte & 15)])
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  consuming func bytes() -> [UInt8] {
    text.append(UInt8(ascii: "}"))
    return text
  }

  var string: String { String(decoding: (copy self).bytes(), as: UTF8.self) }
}
