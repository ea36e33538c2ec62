import Engine
import Formats
import Language

extension TrafficRows {
  /// Reads what every row was said to have, once for every event that has the field.
  mutating func takeConstants() throws(TrafficFault) {
    for (field, text) in options.constants.sorted(by: { $0.key < $1.key }) {
      var isKnown = false
      for (index, event) in program.events.enumerated() {
        for place in 0..<event.givenCount
        where event.fields[place].name == field || (field == TrafficRole.key.rawValue && place == event.keyField) {
          isKnown = true
          do throws(CellFault) {
            constants[index, default: [:]][place] = try constant(text, event.fields[place].type)
          } catch {
            throw .unfitConstant(field: field, reason: error.message, help: error.help)
          }
        }
      }
      guard isKnown else {
        let own = program.events[usual]
        throw .unknownConstant(field: field, known: own.fields.prefix(own.givenCount).map(\.name))
      }
      if field == TrafficRole.key.rawValue { keyOfAll = text }
    }
  }

  private mutating func constant(_ text: String, _ type: QualifiedType) throws(CellFault) -> EventCall.Value {
    var members: [String]?
    if case .enumeration(let names) = type.base { members = names }
    let bytes = Array(text.utf8)
    var read: Result<EventCall.Value, CellFault> = .success(.number(ValueType.none))
    bytes.withUnsafeBytes { cell in
      do throws(CellFault) {
        read = .success(try value(cell, ValueCell(type.base), .unnamed, members))
      } catch {
        read = .failure(error)
      }
    }
    return try read.get()
  }
}
