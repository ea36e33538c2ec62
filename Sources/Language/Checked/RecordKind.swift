import Values

/// What an account keeps a record of, so that a later event can name it: `settle.hold`, `refund.payment`.
///
/// A record is a row of numbers. The first are the same for every record of a kind (``numbers``); behind them a hold has
/// the fields of the event that made it, derived ones too, as they were then.
public enum RecordKind: String, Sendable, Hashable, CaseIterable {
  /// Money reserved for something that has begun.
  case hold
  /// A charge of a card: asked for, paid, or turned down.
  case payment
  /// Money on its way back to a card.
  case refund

  public struct Number: Sendable, Hashable {
    public var name: String
    public var type: QualifiedType
    public var range: ValueRange

    init(_ name: String, _ type: ValueType, isOptional: Bool = false, range: ValueRange? = nil) {
      self.name = name
      self.type = QualifiedType(type, isOptional: isOptional)
      self.range = range ?? type.naturalRange
    }

    init(_ name: String, _ type: QualifiedType, _ range: ValueRange) {
      self.name = name
      self.type = type
      self.range = range
    }
  }

  private static let amount = ValueRange(low: 0, high: ValueType.money.naturalRange.high)

  /// The numbers every record of this kind begins with, in this order.
  public var numbers: [Number] {
    switch self {
    case .hold:
      [
        Number("state", .enumeration(["open", "expired", "settled", "voided"])),
        Number("reserved", .money, range: RecordKind.amount), Number("expires", .time), Number("at", .time),
      ]
    case .payment:
      [
        Number("state", .enumeration(["pending", "paid", "declined", "failed"])),
        Number("amount", .money, range: RecordKind.amount), Number("paid", .money, range: RecordKind.amount),
        Number("refunded", .money, range: RecordKind.amount), Number("unspent", .money, range: RecordKind.amount),
        Number("clawed_back", .money, range: RecordKind.amount), Number("disputed", .bool),
        Number("automatic", .bool), Number("card", .card, isOptional: true), Number("at", .time),
      ]
    case .refund:
      [
        Number("state", .enumeration(["pending", "paid", "failed"])),
        Number("amount", .money, range: RecordKind.amount), Number("at", .time),
      ]
    }
  }
}

extension Program {
  /// The name, type and range of the number that a fact about a record reads; nil where there is none.
  public func number(of fact: Fact) -> RecordKind.Number? {
    switch fact {
    case .own(let kind, let number): return self.number(number, of: kind)
    case .record(let event, let field, let number):
      guard events.indices.contains(event), events[event].fields.indices.contains(field),
        case .record(let kind) = events[event].fields[field].type.base
      else { return nil }
      return self.number(number, of: kind)
    default: return nil
    }
  }

  /// Number `index` of every record of a kind.
  public func number(_ index: Int, of kind: RecordKind) -> RecordKind.Number? {
    let numbers = kind.numbers
    if numbers.indices.contains(index) { return numbers[index] }
    guard kind == .hold, let event = roles.hold, events[event].fields.indices.contains(index - numbers.count) else {
      return nil
    }
    let field = events[event].fields[index - numbers.count]
    return RecordKind.Number(field.name, field.type, field.range)
  }

  func name(of number: Int, in fact: Fact) -> String { self.number(of: fact)?.name ?? "number \(number)" }
}
