import Diagnostics
import Engine
import Formats
import Language
import Values

@testable import Lab

/// Events by hand, with a field of every type, and files as texts.
enum TrafficBench {
  static func field(
    _ name: String, _ type: ValueType, isOptional: Bool = false, value: Int64? = nil
  ) -> Event.Field {
    Event.Field(
      name: name, type: QualifiedType(type, isOptional: isOptional), range: type.naturalRange, value: value, span: .none
    )
  }

  /// `request` as it is shipped, `refund` with a field that must be given, `all` with every type, `bare` with none.
  static let program: Program = {
    var program = Program()
    let request = [
      field("key", .key, isOptional: true), field("model", .name, isOptional: true), field("input", .tokens, value: 0),
      field("cached", .tokens, value: 0), field("output", .tokens, value: 0),
      field("costing", .money, isOptional: true),
    ]
    let all = [
      field("count", .integer, isOptional: true), field("rate", .rate, isOptional: true),
      field("share", .ratio, isOptional: true), field("flag", .bool, isOptional: true),
      field("due", .time, isOptional: true), field("ttl", .duration, isOptional: true),
      field("card", .card, isOptional: true), field("payment", .record(.payment), isOptional: true),
      field("mode", .enumeration(["fast", "slow"]), isOptional: true), field("max_output", .tokens, isOptional: true),
      field("price", .money, isOptional: true),
    ]
    for (name, fields, key) in [
      ("request", request, 0), ("refund", [field("amount", .money), field("payment", .record(.payment))], nil),
      ("all", all, nil), ("bare", [], nil),
    ] as [(String, [Event.Field], Int?)] {
      program.events.append(
        Event(
          name: name, policy: 0, summary: "", fields: fields, givenCount: fields.count, keyField: key, span: .none))
    }
    return program
  }()

  static func reader(
    _ text: String, event: String = "request", name: String = "exports/usage.csv",
    _ change: (inout TrafficOptions) -> Void = { _ in }
  ) throws(TrafficFault) -> TrafficReader {
    var options = TrafficOptions(event: event)
    change(&options)
    return try TrafficReader(ChunkSource(name, bytes: Array(text.utf8)), program: program, options: options)
  }

  static func all(_ reader: TrafficReader) throws(TrafficFault) -> [TrafficLine] {
    var lines: [TrafficLine] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }

  static func rows(
    _ text: String, event: String = "request", _ change: (inout TrafficOptions) -> Void = { _ in }
  ) throws(TrafficFault) -> [TrafficRow] {
    try all(try reader(text, event: event, change)).compactMap { if case .row(let row) = $0 { row } else { nil } }
  }

  static func rejected(
    _ text: String, event: String = "request", _ change: (inout TrafficOptions) -> Void = { _ in }
  ) throws(TrafficFault) -> [RejectedRow] {
    try all(try reader(text, event: event, change)).compactMap { if case .rejected(let row) = $0 { row } else { nil } }
  }

  static func fault(
    _ text: String, event: String = "request", _ change: (inout TrafficOptions) -> Void = { _ in }
  ) -> TrafficFault? {
    do throws(TrafficFault) { _ = try reader(text, event: event, change) } catch { return error }
    return nil
  }

  /// 2026-01-01T00:00:00Z.
  static let newYear: Int64 = 1_767_225_600_000_000
}
