import Engine
import Language
import Ledger
import Values

/// Where the fields of a request are, and what stands in them.
struct RequestFields {
  let event: Int
  let key: Int
  let model: Int
  let input: Int
  let cached: Int
  let output: Int
  let costing: Int

  init(_ program: Program) throws {
    guard let event = program.events.firstIndex(where: { $0.name == "request" }) else { throw Mismatch("no requests") }
    func place(_ name: String) throws -> Int {
      let given = program.events[event].fields.prefix(program.events[event].givenCount)
      guard let place = given.firstIndex(where: { $0.name == name }) else { throw Mismatch("no field `\(name)`") }
      return place
    }
    self.event = event
    key = try place("key")
    model = try place("model")
    input = try place("input")
    cached = try place("cached")
    output = try place("output")
    costing = try place("costing")
  }

  @inline(__always)
  func text(_ place: Int, _ call: borrowing EventCall) -> String? {
    if case .text(let text) = call.fields[place] { text } else { nil }
  }

  @inline(__always)
  func number(_ place: Int, _ call: borrowing EventCall) -> Int64 {
    if case .number(let number) = call.fields[place] { number } else { 0 }
  }
}
