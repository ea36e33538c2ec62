import Diagnostics
import Engine
import Formats
import Lab
import Language
import Store
import Values

extension Verb {
  static let models = Verb(
    "models", .look, "[TEXT]", summary: "what is on the price list, or on any other table of the policy by name",
    details: "A word leaves those whose names have it; a table's name shows that table.",
    examples: ["models claude-opus", "models preset"], restIsPlain: true
  ) { request, session in
    try session.look(request.coordinates) { world in
      let engine = try world.engine
      let program = engine.program
      let wanted = request.arguments.text(.text)?.trimmed
      let tables = program.tables
      // The longest list of names is what everything is priced by.
      let lists = tables.indices.filter { tables[$0].inputs.count == 1 && tables[$0].inputs[0].type.base == .name }
      let named = wanted.flatMap { session.index(of: $0, in: tables.map(\.name)) }
      guard let index = named ?? lists.max(by: { tables[$0].rows.count < tables[$1].rows.count }) else {
        throw Complaint(message: "the policy has no list of names", help: "rules")
      }
      let filter = named == nil ? wanted?.inSmallLetters : nil
      var answer = Answer("payg.models/1")
      let table = tables[index]
      let formatter = engine.formatter()
      var shown = Table(
        table.inputs.map { Table.Column($0.name, isForeign: true, isElastic: true) }
          + table.outputs.map { column in
            switch column.type.base {
            case .money: return Table.Column(column.name, .money)
            case .rate:
              // A rate as what a million tokens cost.
              var priced = Table.Column(column.name + "_per_million", .money)
              priced.heading = "\(column.name) per 1M"
              return priced
            default: return Table.Column(column.name)
            }
          })
      for row in table.rows {
        let cells = zip(table.inputs, row.cells).map { column, cell in
          cell.low == cell.high
            ? formatter.text(cell.low, column.type)
            : "\(formatter.edge(cell.low, column)) to \(formatter.edge(cell.high, column))"
        }
        if let filter, !cells.contains(where: { $0.inSmallLetters.contains(filter) }) { continue }
        shown.rows.append(
          cells.map { .text($0) }
            + zip(table.outputs, row.values).map { column, value in
              switch column.type.base {
              case _ where value == ValueType.none: .none
              case .money: .integer(value)
              case .rate: .integer(value.multipliedReportingOverflow(by: 1_000).partialValue)
              default: .text(formatter.text(value, column.type))
              }
            })
      }
      // Who types a whole name wants that one first.
      if let wanted, let exact = shown.rows.firstIndex(where: { $0.first == .text(wanted) }) {
        shown.rows.insert(shown.rows.remove(at: exact), at: 0)
      }
      answer.show(shown)
      answer.say(
        session.ink.dim(" \(table.name): \(Count.text(shown.rows.count)) of \(Count.text(table.rows.count, "row"))"))
      if shown.rows.isEmpty, let filter {
        let near = Suggestion.ranked(filter, in: program.names.keys, limit: 3)
        answer.notes.append(
          near.isEmpty ? "no name on it has `\(filter)`" : "did you mean \(near.joined(separator: ", "))?")
      }
      return answer
    }
  }

  static let policies = Verb(
    "policies", .look, "", summary: "the policies the store has had, and which was in force when",
    examples: ["policies"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      var answer = Answer("payg.policies/1")
      var table = Table([
        Table.Column("policy"), Table.Column("from", .time), Table.Column("event"), Table.Column("families", .integer),
        Table.Column("rules", .integer), Table.Column("in_force", .bool).headed("in force"),
      ])
      let current = try world.reader.policyHash
      // Newest first.
      for event in try world.events(kinds: ["@policy"], most: 10_000) {
        guard let hash = event.json?["hash"]?.text else { continue }
        let files = (try? world.reader.policyFiles(hash: hash)) ?? []
        let program = try? session.program(of: files)
        table.rows.append([
          .text(String(hash.prefix(12))), .integer(event.at), .text(event.number),
          .integer(Int64(program?.policies.count ?? 0)),
          .integer(Int64(program?.rules.count ?? 0)), .bool(hash == current && table.rows.isEmpty),
        ])
      }
      answer.show(table)
      let here = try world.policyHash
      if here != current { answer.notes.append("here it is \(here.prefix(12))") }
      return answer
    }
  }
}

extension Session {
  /// The rules that texts of a store hold.
  func loaded(_ files: [PolicyFile]) throws -> LoadedRules {
    LoadedRules(
      try PolicyTexts(files.map { (name: $0.name, bytes: $0.bytes) }), vocabulary: options.vocabulary, depth: .checked)
  }

  func program(of files: [PolicyFile]) throws -> Program { try loaded(files).program }
}

extension ValueFormatter {
  /// An end of a range of a table; words where there is none.
  fileprivate func edge(_ value: Int64, _ column: Language.Table.Column) -> String {
    let range = column.type.base.naturalRange
    if Int128(value) <= range.low { return "any" }
    if Int128(value) >= range.high { return "any" }
    return text(value, column.type)
  }
}
