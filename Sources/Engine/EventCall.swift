import Language
import Ledger
import Values

/// An event in words: what files, prompts and stores say, before an account gives the names in it their numbers.
public struct EventCall: Sendable, Hashable {
  /// Index of the event in the program.
  public var event: Int
  /// The caller's own name for it; empty for none.
  public var id: String
  /// Microseconds since 1970.
  public var at: Int64
  /// One for each given field, in the order of their declaration.
  public var fields: [Value]

  public enum Value: Sendable, Hashable {
    /// In the unit of the field's type; `ValueType.none` for none.
    case number(Int64)
    /// What a name, a key, a card, a record or a member of an enumeration is called.
    case text(String)
  }

  public init(event: Int, id: String = "", at: Int64, fields: [Value]) {
    self.event = event
    self.id = id
    self.at = at
    self.fields = fields
  }
}

extension RuleEngine {
  /// An event as the engine takes it, for one account.
  ///
  /// A key that the account does not have is none, a record that nobody knows is −1: the rules answer to both. A card it has
  /// not named yet is named by this. The texts of fields of type `name` become labels.
  ///
  /// - Throws: for an event or a field that the rules do not have, a text where a number is wanted, and a word that is no
  ///   member of an enumeration.
  public func input(_ call: EventCall, in account: inout AccountState) throws(EngineFault) -> EventInput {
    guard program.events.indices.contains(call.event) else { throw .unknownEvent("\(call.event)") }
    let event = program.events[call.event]
    guard call.fields.count == event.givenCount else {
      throw .field(event: event.name, field: "fields", problem: "are \(event.givenCount), not \(call.fields.count)")
    }
    var input = EventInput(event: call.event, id: call.id, at: call.at, fields: [])
    input.fields.reserveCapacity(event.givenCount)
    for (place, value) in call.fields.enumerated() {
      switch value {
      case .number(let number): input.fields.append(number)
      case .text(let text):
        let field = event.fields[place]
        input.fields.append(try number(of: text, field, event, in: &account))
        if field.type.base == .name { input.labels.append(Transaction.Label(field.name, text)) }
      }
    }
    return input
  }

  private func number(
    of text: String, _ field: Event.Field, _ event: Event, in account: inout AccountState
  ) throws(EngineFault) -> Int64 {
    if let number = number(of: .text(text), field.type.base, in: &account) { return number }
    guard case .enumeration(let members) = field.type.base else {
      throw .field(event: event.name, field: field.name, problem: "is \(field.type.base.name), not a text")
    }
    let known = members.map { "`\($0)`" }.joined(separator: ", ")
    throw .field(event: event.name, field: field.name, problem: "is one of \(known), not `\(text)`")
  }

  /// What a value in words is in an account, as ``input(_:in:)`` reads it; nil for a text where a number is wanted, and for a
  /// word that is no member of an enumeration.
  public func number(of value: EventCall.Value, _ type: ValueType, in account: inout AccountState) -> Int64? {
    switch (value, type) {
    case (.number(let number), _): number
    case (.text(let text), .name): program.symbol(text)
    case (.text(let text), .key): account.keyIndex(named: text).map(Int64.init) ?? ValueType.none
    case (.text(let text), .card): Int64(account.addCard(text))
    case (.text(let text), .record(let kind)): Int64(account.number(of: kind, named: text) ?? -1)
    case (.text(let text), .enumeration(let members)): members.firstIndex(of: text).map(Int64.init)
    case (.text, _): nil
    }
  }
}

extension AccountState {
  /// The record of this name: a payment and a refund are known by their key, which is unique, and by the id people gave them.
  public func number(of kind: RecordKind, named name: String) -> Int? {
    switch kind {
    case .hold: hold(name)
    case .payment: payments.lastIndex { $0.key == name } ?? payment(name)
    case .refund: refund(name) ?? refunds.lastIndex { $0.origin == name }
    }
  }
}
