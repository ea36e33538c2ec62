import Engine
import Language
import Values

/// Rows of views about rules, which are in no table: the store fills them where nobody else does.
struct QueryRows {
  let scope: QueryScope
  let store: AccountStore

  func rows(of view: String) throws -> [[QueryValue]] {
    switch view {
    case "policies": try policies()
    case "rules": rules()
    case "models": models()
    default: []
    }
  }

  private func policies() throws -> [[QueryValue]] {
    let eras = try store.read { reader in
      try reader.policyEras(until: scope.moment).map { era in
        (era, try reader.policyFiles(hash: era.hash).count)
      }
    }
    return eras.enumerated().map { index, era in
      let next = index + 1 < eras.count ? eras[index + 1].0.at : nil
      return [
        .integer(era.0.seq), .text(era.0.hash), .text(QueryTime.text(era.0.at)),
        QueryValue(next.map { QueryTime.text($0) }), QueryValue(next == nil), QueryValue(era.1),
      ]
    }
  }

  private func rules() -> [[QueryValue]] {
    let program = scope.engine.program
    func names(_ events: [Int]) -> String { events.map { program.events[$0].name }.joined(separator: ", ") }
    return program.rules.map { rule in
      let (kind, about, denial): (String, String, Int?) =
        switch rule.kind {
        case .deny(let events, let denial): ("deny", names(events), denial)
        case .gate(let bucket, let denial): ("gate", program.buckets[bucket].name, denial)
        case .cap(let bucket, _, let denial): ("cap", bucket.map { program.buckets[$0].name } ?? "total", denial)
        case .on(let events): ("on", names(events), nil)
        case .beforeDenial(let denial): ("before denial", program.denials[denial].code, nil)
        case .after(let events): ("after", names(events), nil)
        }
      let source = program.sources[rule.span]
      return [
        .text(rule.name),
        QueryValue(program.policies.indices.contains(rule.policy) ? program.policies[rule.policy].name : nil),
        .text(kind), .text(about), QueryValue(denial.map { program.denials[$0].code }), .text(source.name),
        QueryValue(source.position(of: Int(rule.span.start)).line),
      ]
    }
  }

  private func models() -> [[QueryValue]] {
    let program = scope.engine.program
    let formatter = scope.engine.formatter()
    var words: [Int64: String] = [:]
    for (name, symbol) in program.names { words[symbol] = name }
    var rows: [[QueryValue]] = []
    for table in program.tables where table.inputs.count == 1 && table.inputs[0].type.base == .name {
      for row in table.rows where row.cells.first.map({ $0.low == $0.high }) ?? false {
        guard let model = words[row.cells[0].low] else { continue }
        for (column, value) in zip(table.outputs, row.values) {
          rows.append([
            .text(table.name), .text(model), .text(column.name), .text(formatter.text(value, column.type)),
            value == ValueType.none ? .null : .integer(value),
          ])
        }
      }
    }
    return rows
  }
}

extension StoreReader {
  /// The policies that were in force up to a moment, in order.
  func policyEras(until moment: Moment) throws(StoreFault) -> [(seq: Int64, hash: String, at: Int64)] {
    var found: [(seq: Int64, hash: String, at: Int64)] = []
    try statements["SELECT seq, at, fields FROM event WHERE account IS NULL AND kind = ? ORDER BY seq"]
      .bind(1, StoreWriter.Own.policy).forEach { row in
        let (seq, at) = (row.integer(0), row.integer(1))
        let isIn: Bool =
          switch moment {
          case .now: true
          case .before(let end): seq < end
          case .after(let last): seq <= last
          case .time(let time): at <= time
          }
        if isIn { found.append((seq, FieldText.object(row.text(2))?["hash"]?.text ?? "", at)) }
      }
    return found
  }
}
