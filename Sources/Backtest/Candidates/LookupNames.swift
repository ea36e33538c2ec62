import Language

/// The names that tables list for a field of an event that they are looked up by: the models of a price list.
struct LookupNames {
  /// The tables it is looked up in.
  private(set) var tables: [String] = []
  private(set) var names: [String] = []

  /// Nil where nothing is looked up by the field, or where some table takes any name.
  init?(_ program: Program, event: Int, field: Int) {
    var found: [Int: Int] = [:]
    func look(_ expression: Expr) {
      expression.walk { node in
        guard case .lookup(let table, _, let keys) = node.kind, program.tables.indices.contains(table) else { return }
        for (place, key) in keys.enumerated() {
          if case .fact(.field(event, field)) = key.kind { found[table] = place }
        }
      }
    }
    for event in program.events {
      for field in event.fields { if let derivation = field.derivation { look(derivation) } }
    }
    for value in program.lets { look(value.value) }
    for rule in program.rules {
      for clause in rule.clauses { look(clause) }
      if case .cap(_, let limit, _) = rule.kind { look(limit) }
    }
    guard !found.isEmpty else { return nil }
    var symbols = Set<Int64>()
    for (table, place) in found {
      tables.append(program.tables[table].name)
      for row in program.tables[table].rows where row.cells.indices.contains(place) {
        let cell = row.cells[place]
        guard cell.low == cell.high else { return nil }
        symbols.insert(cell.low)
      }
    }
    tables.sort()
    names = program.names.filter { symbols.contains($0.value) }.map(\.key).sorted()
  }
}
