import Language
import Ledger
import Values

/// The one place where a register becomes text: money in exact dollars, times in UTC.
public struct ValueFormatter: Sendable {
  private let names: [String: Int64]
  let keyNames: [String]
  let cardNames: [String]
  /// What people know the records of an account by, by their number.
  let recordNames: [RecordKind: [Int: String]]
  /// Whether thousands are parted, `$1,250.00`, as people read them. What is parted so cannot be read again as a value.
  public var groupsDigits = false

  public init(_ program: Program, keyNames: [String] = [], cardNames: [String] = []) {
    self.init(program, keyNames: keyNames, cardNames: cardNames, recordNames: [:])
  }

  /// With the names that an account gives its keys, cards, holds, payments and refunds.
  public init(_ program: Program, of account: AccountState) {
    func numbered(_ names: [String]) -> [Int: String] { Dictionary(uniqueKeysWithValues: zip(names.indices, names)) }
    let holds = account.holds.numbers.map { ($0, account.holds[$0].id) }
    let names: [RecordKind: [Int: String]] = [
      .hold: Dictionary(uniqueKeysWithValues: holds), .payment: numbered(account.payments.map(\.id)),
      .refund: numbered(account.refunds.map(\.key)),
    ]
    self.init(program, keyNames: account.keyNames, cardNames: account.cardNames, recordNames: names)
  }

  private init(
    _ program: Program, keyNames: [String], cardNames: [String], recordNames: [RecordKind: [Int: String]]
  ) {
    names = program.names
    self.keyNames = keyNames
    self.cardNames = cardNames
    self.recordNames = recordNames
  }

  public func text(_ value: Int64, _ type: QualifiedType) -> String {
    if value == ValueType.none { return "none" }
    return text(value, type.base)
  }

  public func text(_ value: Int64, _ type: ValueType) -> String {
    switch type {
    case .money: grouped(Money(nano: value).description)
    case .rate: Rate(pico: value).description
    case .tokens: value == 1 ? "1 token" : grouped("\(value) tokens")
    case .integer: grouped("\(value)")
    case .ratio: Int32(truncatingIfNeeded: value) > 0 ? Ratio(packed: value).percentText : "\(value)"
    case .bool: value == 0 ? "off" : "on"
    case .time: Instant(microseconds: value).description
    case .duration: TimeSpan(microseconds: value).description
    case .name: name(value) ?? "(not listed)"
    case .key: value >= 0 && value < keyNames.count ? keyNames[Int(value)] : "key \(value)"
    case .card: value >= 0 && value < cardNames.count ? cardNames[Int(value)] : "card \(value)"
    case .record(let kind): record(kind, value)
    case .enumeration(let members): value >= 0 && value < members.count ? members[Int(value)] : "\(value)"
    }
  }

  /// What the rules or their tables call a symbol. Looked for each time: a text has few names in it, a price list thousands.
  func name(_ symbol: Int64) -> String? { symbol < 0 ? nil : names.first { $0.value == symbol }?.key }

  private func grouped(_ text: String) -> String { groupsDigits ? ValueFormatter.grouped(text) : text }

  /// `$1,250.00` of `$1250.00`: a comma between thousands of the first whole number.
  public static func grouped(_ text: String) -> String {
    guard let start = text.firstIndex(where: { $0.isASCII && $0.isNumber }) else { return text }
    let end = text[start...].firstIndex { !($0.isASCII && $0.isNumber) } ?? text.endIndex
    let digits = text[start..<end]
    guard digits.count > 3 else { return text }
    var parted = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { parted.append(",") }
      parted.append(digit)
    }
    return text[..<start] + parted + text[end...]
  }

  /// `hold h1`; by its number, from 1, where nobody gave it a name.
  private func record(_ kind: RecordKind, _ value: Int64) -> String {
    guard let index = Int(exactly: value), index >= 0 else { return "no \(kind.rawValue)" }
    let name = recordNames[kind]?[index] ?? ""
    return "\(kind.rawValue) \(name.isEmpty ? "number \(index + 1)" : name)"
  }
}
