import Language
import Ledger
import Values

extension RuleEngine {
  /// An event from names and values: what is not given gets its declared default, or none if it is optional.
  ///
  /// - Parameters:
  ///   - values: field name → value in its type's unit; a key is its index in the account, a name is `Program.symbol(_:)`.
  public func input(
    _ event: String, id: String = "", at: Int64, _ values: [String: Int64] = [:], labels: [Transaction.Label] = []
  ) throws(EngineFault) -> EventInput {
    guard let index = compiled.event(named: event) else { throw .unknownEvent(event) }
    let declared = program.events[index]
    let given = declared.fields.prefix(declared.givenCount)
    for name in values.keys.sorted() where !given.contains(where: { $0.name == name }) {
      throw .field(event: event, field: name, problem: "is not a field that can be given")
    }
    var fields: [Int64] = []
    for field in given {
      if let value = values[field.name] ?? field.value {
        fields.append(value)
      } else if field.type.isOptional {
        fields.append(ValueType.none)
      } else {
        throw .field(event: event, field: field.name, problem: "must be given")
      }
    }
    return EventInput(event: index, id: id, at: at, fields: fields, labels: labels)
  }
}
