import Engine
import Formats
import Language

extension EventCall {
  /// An event of a history as it was asked for, in the words of a program.
  ///
  /// - Parameters:
  ///   - event: its number in the program.
  ///   - fields: an object as the history keeps it; what is not in it is what the event begins with, or none.
  public init(_ event: Int, of program: Program, id: String, at: Int64, fields object: Json) {
    let declared = program.events[event]
    var values: [Value] = []
    values.reserveCapacity(declared.givenCount)
    for field in declared.fields.prefix(declared.givenCount) {
      switch object[field.name] {
      case .integer(let number)?: values.append(.number(number))
      case .bool(let isOn)?: values.append(.number(isOn ? 1 : 0))
      case .text(let text)?: values.append(.text(text))
      default: values.append(.number(FieldText.missing(field)))
      }
    }
    self.init(event: event, id: id, at: at, fields: values)
  }
}
