import Diagnostics
import Values

extension AnalysisReport {
  /// Gaps, overlaps and rows never reached.
  mutating func addTables() {
    for table in program.tables where !table.inputs.isEmpty {
      // Ratios have no place on a line of whole numbers; the grammar of cells gives them single values only.
      guard !table.inputs.contains(where: { $0.type.base == .ratio }) else { continue }
      var coverage = TableCoverage(table, steps: limits.tableSteps)
      for row in coverage.emptyRows {
        add(
          .rowNeverReached, .warning, "this row of table `\(table.name)` covers nothing", table.rows[row].span,
          label: "outside what its columns can be", labels: [Label(span: table.span, message: "in this table")],
          help: "delete the row, or widen the columns' ranges")
      }
      switch table.hit {
      case .unique: addGapsAndOverlaps(table, &coverage)
      case .first: addUnreachedRows(table, &coverage)
      }
    }
  }

  private mutating func addGapsAndOverlaps(_ table: Table, _ coverage: inout TableCoverage) {
    var isDecided = true
    switch coverage.overlaps() {
    case .nothing: break
    case .one(let pairs): for pair in pairs { addOverlap(table, pair.earlier, pair.later, pair.point) }
    case .unknown: isDecided = false
    }
    let isOpenList = table.inputs.count == 1 && [.name, .key].contains(table.inputs[0].type.base)
    if isDecided, !isOpenList {
      switch coverage.gap() {
      case .nothing: break
      case .one(let gap): addGap(table, gap.point, gap.last)
      case .unknown: isDecided = false
      }
    }
    if !isDecided { addTooLarge(table) }
  }

  private mutating func addOverlap(_ table: Table, _ earlier: Int, _ later: Int, _ point: [Int64]) {
    add(
      .tableOverlap, .error, "two rows of table `\(table.name)` cover \(keys(table, point))", table.rows[later].span,
      label: "covers it again", labels: [Label(span: table.rows[earlier].span, message: "covers it first")],
      notes: ["in a `unique` table each value has exactly one row"],
      help: "narrow one of them, or let the first that fits count: `table \(Names.split(table.name).name) first by …`")
  }

  private mutating func addGap(_ table: Table, _ point: [Int64], _ last: Int64) {
    let neighbours = table.rows.indices.filter { row in
      guard let column = table.inputs.indices.last, table.rows[row].cells.count == table.inputs.count else {
        return false
      }
      let isAlike = zip(table.rows[row].cells, point).dropLast().allSatisfy { $0.low <= $1 && $1 <= $0.high }
      let cell = table.rows[row].cells[column]
      let isBefore = cell.high < .max && cell.high + 1 == point[column]
      let isAfter = cell.low > .min && cell.low - 1 == last
      return isAlike && (isBefore || isAfter)
    }
    let outputs = (neighbours.first ?? table.rows.indices.first).map { row in
      zip(table.rows[row].values, table.outputs).map { terms.literal($0, $1.type.base) }.joined(separator: ", ")
    }
    add(
      .tableGap, .error, "table `\(table.name)` has a gap: nothing covers \(keys(table, point))", table.span,
      label: "each value needs exactly one row",
      labels: neighbours.prefix(2).map { Label(span: table.rows[$0].span, message: "ends next to the gap") },
      help: "row \(cells(table, point, last)) -> \(outputs ?? table.outputs.map(\.name).joined(separator: ", "))")
  }

  private mutating func addUnreachedRows(_ table: Table, _ coverage: inout TableCoverage) {
    switch coverage.unreached() {
    case .nothing: break
    case .one(let rows):
      for row in rows {
        let first = (0..<row).first { other in
          zip(table.rows[other].cells, table.rows[row].cells).allSatisfy { $0.low <= $1.low && $0.high >= $1.high }
        }
        add(
          .rowNeverReached, .warning, "this row of table `\(table.name)` is never reached", table.rows[row].span,
          label: first == nil ? "the rows before it cover all of it" : "covered already",
          labels: first.map { [Label(span: table.rows[$0].span, message: "this row comes first")] } ?? [],
          notes: ["in a `first` table the first row that fits counts"], help: "delete the row, or move it up")
      }
    case .unknown: addTooLarge(table)
    }
  }

  private mutating func addTooLarge(_ table: Table) {
    add(
      .tableTooLarge, .note, "table `\(table.name)` is too large to search for gaps and overlaps", table.span,
      label: "\(table.rows.count) rows of \(table.inputs.count) columns",
      help: "split it into tables of one column, or use `first` with a last row of `any`")
  }

  // MARK: - Words

  /// `balance = $20.000000001 and plan is gold`
  private func keys(_ table: Table, _ point: [Int64]) -> String {
    zip(table.inputs, point).map { terms.statement($0.name, $1, $0.type.base) }.joined(separator: " and ")
  }

  /// The cells of a row that would close a gap: the keys themselves, and the whole stretch in the last column.
  private func cells(_ table: Table, _ point: [Int64], _ last: Int64) -> String {
    var texts = zip(table.inputs, point).map { terms.literal($1, $0.type.base) }
    if let column = table.inputs.last, let from = point.last, column.type.base.isOrdered, from < last {
      let range = column.range
      if Int128(from) <= range.low {
        texts[texts.count - 1] = Int128(last) >= range.high ? "any" : "<= \(terms.literal(last, column.type.base))"
      } else if Int128(last) >= range.high {
        texts[texts.count - 1] = ">= \(terms.literal(from, column.type.base))"
      } else {
        texts[texts.count - 1] += " to \(terms.literal(last, column.type.base))"
      }
    }
    return texts.joined(separator: ", ")
  }
}
