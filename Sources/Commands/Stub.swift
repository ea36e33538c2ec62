import Diagnostics
import Engine
import Formats
@testable import Lab
import Language
import Store

struct EventWords {
  let event: String, words: [String]
  init(event: String, _ words: [String]) { self.event = event; self.words = words }
  func request(on account: String, _ reader: StoreReader, _ console: Console) throws -> EventRun.Request {
    let program = try reader.engine.program
    let keys = try reader.account(account).keyNames
    guard case .event(let call)? = try stubBind("\(event) \(words.joined(separator: " "))", program, keys, console) else {
      throw ShownFault(status: .badCommandLine)
    }
    return EventRun.Request(
      event: call.event, fields: zip(call.fields, program.events[call.event].fields).map { stubValue($0, $1.type.base, call.labels.first { _ in false }?.text, keys, call, $1) },
      id: call.id.isEmpty ? nil : call.id, at: call.time)
  }
  static func call(_ event: String, id: String, at: Int64, _ fields: Json, _ program: Program, _ known: String?) throws -> EventCall {
    let words = fields.members.map { "\($0.name) \($0.value.text ?? $0.value.compact)" }.joined(separator: ", ")
    guard case .event(let call)? = try stubBind("\(event) \(words)", program, ["k1"], Console.kept()) else {
      throw SubmitLine.Mistake(message: "bad")
    }
    return EventCall(event: call.event, id: id, at: at, fields: zip(call.fields, program.events[call.event].fields).map { stubValue($0, $1.type.base, nil, ["k1"], call, $1) })
  }
}
func stubValue(_ value: ScenarioPlan.Value, _ type: ValueType, _ label: String?, _ keys: [String], _ call: ScenarioPlan.EventCall, _ field: Event.Field) -> EventCall.Value {
  if let text = call.labels.first(where: { $0.name == field.name })?.text { return .text(text) }
  switch value {
  case .card(let text), .record(_, let text): return .text(text)
  case .number(let number):
    if case .key = type, number != ValueType.none, keys.indices.contains(Int(number)) { return .text(keys[Int(number)]) }
    if case .enumeration(let members) = type, number != ValueType.none { return .text(members[Int(number)]) }
    return .number(number)
  }
}
func stubBind(_ text: String, _ program: Program, _ keys: [String], _ console: Console) throws -> ScenarioPlan.Deed? {
  var sources = program.sources
  let number = sources.add(Source(name: "line", text: text))
  let (steps, found) = ScenarioParser.parseSteps(.when, source: number, in: sources)
  let bound = ScenarioBinder.bind(steps, source: number, in: program, sources: sources, keys: keys, clock: 0, lastEvent: nil, hasDeed: false)
  var diagnostics = DiagnosticList()
  diagnostics.append(contentsOf: found + bound.diagnostics)
  if !diagnostics.isEmpty { console.show(diagnostics, of: sources); return nil }
  if case .deed(let deed)? = bound.steps.first?.kind { return deed }
  return nil
}
struct SettingLine {
  var name: String, key: String?, shown: String
  var setting = 0
  var value = EventCall.Value.number(0)
  init(_ text: String, in program: Program, keys: [String], file: String) throws {
    guard case .change(let setting, let key, let value)? = try stubBind("set \(text)", program, keys, Console.kept()) else {
      throw Complaint(message: "bad line", help: "x", status: .badCommandLine)
    }
    self.setting = setting
    name = program.settings[setting].name
    self.key = key.map { keys[$0] }
    if case .card(let text) = value { self.value = .text(text); shown = text }
    else if case .number(let number) = value {
      self.value = .number(number); shown = ValueFormatter(program).text(number, program.settings[setting].type) } else { shown = "" }
  }
  static func apply(_ changes: [SettingLine], to account: String?, at: Int64?, _ writer: StoreWriter) throws {
    for change in changes { try writer.change(change.setting, to: change.value, key: change.key, account: account, at: at) }
  }
}
