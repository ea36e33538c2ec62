import Diagnostics
import Values

extension Checking {
  func declareTables(_ read: (_ family: String, _ file: String) -> Source?) {
    for declaration in declared.tables {
      let syntax = declaration.syntax
      guard
        declare(
          syntax.name, in: declaration.family, .table(program.tables.count),
          first: spanOfMember(syntax.name.text, of: declaration.family))
      else { continue }
      checkColumns(syntax)
      var table = Table(
        name: "\(declaration.family).\(syntax.name.text)", hit: syntax.hitPolicy?.text == "first" ? .first : .unique,
        inputs: syntax.inputs.compactMap { column($0) }, outputs: syntax.outputs.compactMap { column($0) }, rows: [],
        span: syntax.name.span)
      if table.inputs.count == syntax.inputs.count, table.outputs.count == syntax.outputs.count {
        if let file = syntax.file {
          if let source = read(declaration.family, file.text) {
            readRows(of: &table, source, file)
          } else {
            report(
              .missingTableFile, "the file `\(file.text)` cannot be read", file.span,
              help: "put it beside the policy, or make it: `payg import prices FILE -o \(file.text)`")
          }
        } else {
          for row in syntax.rows { if let row = self.row(row, table, declaration.family) { table.rows.append(row) } }
          narrowOutputs(of: &table)
        }
      } else {
        table.inputs = []
      }
      table.indexBySymbol()
      program.tables.append(table)
    }
  }

  private func checkColumns(_ syntax: TableSyntax) {
    var seen: [String: Span] = [:]
    for column in syntax.inputs + syntax.outputs {
      if let first = seen[column.name.text] {
        report(
          .duplicateName, "column `\(column.name.text)` is declared twice", column.name.span,
          labels: [Label(span: first, message: "first declared here")], help: "rename one of them")
      }
      seen[column.name.text] = column.name.span
    }
    for input in syntax.inputs where input.type.orNone && input.type.names.first?.text != "name" {
      report(
        .wrongTableUse, "a key of a table always has a value", input.type.span, label: "this one may be none",
        help: "\(input.name.text): \(input.type.names.map(\.text).joined(separator: " | "))")
    }
  }

  /// What stands in a table is all that it can give. A file is exchanged more often than the rules that read it, so there the
  /// whole type counts.
  private func narrowOutputs(of table: inout Table) {
    for (column, output) in table.outputs.enumerated() where output.type.base.isOrdered && output.type.base != .ratio {
      let values = table.rows.map { $0.values[column] }.filter { $0 != ValueType.none }
      guard let low = values.min(), let high = values.max() else { continue }
      table.outputs[column].range = ValueRange(low, high)
    }
  }

  private func column(_ syntax: TableSyntax.Column) -> Table.Column? {
    guard let type = type(syntax.type, of: .column) else { return nil }
    return Table.Column(name: syntax.name.text, type: type, range: type.base.naturalRange)
  }

  private func row(_ syntax: TableSyntax.Row, _ table: Table, _ family: String) -> Table.Row? {
    guard syntax.cells.count == table.inputs.count, syntax.values.count == table.outputs.count else {
      report(
        .wrongCount,
        "this row has \(counted(syntax.cells.count, "key")) and \(counted(syntax.values.count, "value"))", syntax.span,
        label: "`\(table.name)` has \(table.inputs.count) and \(table.outputs.count)",
        help:
          "row \(table.inputs.map(\.name).joined(separator: ", ")) -> \(table.outputs.map(\.name).joined(separator: ", "))"
      )
      return nil
    }
    let place = Place.constant(in: family)
    var cells: [(low: Int64, high: Int64)] = []
    for (cell, input) in zip(syntax.cells, table.inputs) {
      guard let range = self.cell(cell, input, place) else { return nil }
      cells.append(range)
    }
    var values: [Int64] = []
    for (value, output) in zip(syntax.values, table.outputs) {
      guard let (constant, expr) = constantValue(value, place, expecting: output.type),
        isAdmitted(constant, output, expr.span)
      else { return nil }
      values.append(constant)
    }
    return Table.Row(cells: cells, values: values, span: syntax.span)
  }

  /// Whether a constant is one its column can have; reports where not.
  private func isAdmitted(_ value: Int64, _ column: Table.Column, _ span: Span) -> Bool {
    if value == ValueType.none || column.type.base.admits(value, in: column.range) { return true }
    let (low, high) = (shown(column.range.low, column.type.base), shown(column.range.high, column.type.base))
    report(
      .outOfRange, "`\(column.name)` lies between \(low) and \(high)", span,
      label: "this is \(shown(Int128(value), column.type.base))", help: "write a value between them")
    return false
  }

  private func cell(
    _ cell: TableSyntax.Cell, _ input: Table.Column, _ place: Place
  ) -> (low: Int64, high: Int64)? {
    let type = QualifiedType(input.type.base)
    let bottom = Int64(clamping: input.range.low)
    let top = Int64(clamping: input.range.high)
    func constant(_ syntax: ExprSyntax) -> Int64? {
      guard let (value, expr) = constantValue(syntax, place, expecting: type), isAdmitted(value, input, expr.span)
      else {
        return nil
      }
      return value
    }
    func isOrdered() -> Bool {
      if type.base.isOrdered, type.base != .ratio { return true }
      report(
        .unitsDoNotMix, "a column of \(type.base.name) has no ranges", cell.span, help: "list its values, one a row")
      return false
    }
    switch cell.kind {
    case .any:
      // Covers `none` and unlisted names too.
      return input.type.base == .name ? (Int64.min, Int64.max) : (bottom, top)
    case .equal(let value):
      guard let value = constant(value) else { return nil }
      return (value, value)
    case .compare(let operation, let value):
      guard let value = constant(value) else { return nil }
      let ordered = type.base.isOrdered && type.base != .ratio
      guard ordered || operation == .notEqual else {
        _ = isOrdered()
        return nil
      }
      switch operation {
      case .less where value > bottom: return (bottom, value - 1)
      case .greater where value < top: return (value + 1, top)
      case .less, .greater:
        report(
          .outOfRange, "this cell covers no value", cell.span,
          label:
            "`\(input.name)` lies between \(shown(input.range.low, type.base)) and \(shown(input.range.high, type.base))",
          help: "leave the row out")
        return nil
      case .lessOrEqual: return (bottom, value)
      case .greaterOrEqual: return (value, top)
      case .equal: return (value, value)
      default:
        report(
          .wrongTableUse, "a cell covers one range of values", cell.span,
          help: ordered
            ? "write two rows: one for `< \(shown(Int128(value), type.base))`, one for `> \(shown(Int128(value), type.base))`"
            : "write a row for each of the other values")
        return nil
      }
    case .between(let low, let high, let upperBelongs):
      guard let low = constant(low), let high = constant(high), isOrdered() else { return nil }
      let last = upperBelongs ? high : high - 1
      guard low <= last else {
        let (low, last) = (shown(Int128(low), type.base), shown(Int128(high), type.base))
        report(
          .outOfRange, "this cell covers no value", cell.span,
          help: low == last ? "write `\(low)` alone" : "write the smaller value first: `\(last) to \(low)`")
        return nil
      }
      return (low, last)
    }
  }

  /// Rows out of a CSV file whose header names the table's columns, in any order; other columns are not read.
  private func readRows(of table: inout Table, _ source: Source, _ file: QuotedText) {
    let number = program.sources.add(source)
    func report(_ message: String, _ start: Int, _ end: Int, help: String? = nil) {
      self.report(
        .badTableFile, message, Span(source: number, start: Int32(clamping: start), end: Int32(clamping: end)),
        help: help)
    }
    let rows: [CSVText.Row]
    do throws(CSVText.Failure) {
      rows = try CSVText.rows(source.bytes)
    } catch {
      switch error {
      case .unclosedQuote(let offset):
        report("this quote is never closed", offset, offset + 1, help: "a quote inside a quoted cell is written twice")
      case .notUTF8(let start, let end):
        report("this line is not UTF-8 text", start, end, help: "save the file as UTF-8")
      }
      return
    }
    guard let header = rows.first else {
      report("the file has no header line", 0, 0, help: headerLine(table))
      return
    }
    var positions: [Int] = []
    let titles = header.cells.map(trimmed)
    for column in table.inputs + table.outputs {
      guard let position = titles.firstIndex(of: column.name) else {
        report(
          "the file has no column `\(column.name)`", header.start, header.end,
          help: "begin it with the line `\(headerLine(table))`")
        return
      }
      if titles.lastIndex(of: column.name) != position {
        report("the file has two columns `\(column.name)`", header.start, header.end, help: "rename one of them")
        return
      }
      positions.append(position)
    }
    let columns = table.inputs + table.outputs
    table.rows.reserveCapacity(rows.count)
    program.names.reserveCapacity(program.names.count + rows.count)
    for row in rows.dropFirst() {
      guard row.cells.count == header.cells.count else {
        report(
          "this line has \(counted(row.cells.count, "cell")), the header \(header.cells.count)", row.start, row.end,
          help: "write \(header.cells.count): \(headerLine(table))")
        continue
      }
      var values: [Int64] = []
      values.reserveCapacity(columns.count)
      for place in columns.indices {
        let cell = trimmed(row.cells[positions[place]])
        guard let value = cellValue(cell, columns[place]) else {
          let column = columns[place]
          report(
            "column `\(column.name)`: expected \(column.type.name), found \(cell.isEmpty ? "nothing" : "`\(cell)`")",
            row.start, row.end, help: cellForm(column.type.base))
          break
        }
        values.append(value)
      }
      guard values.count == positions.count else { continue }
      table.rows.append(
        Table.Row(
          cells: values.prefix(table.inputs.count).map { ($0, $0) },
          values: Array(values.dropFirst(table.inputs.count)),
          span: Span(source: number, start: Int32(clamping: row.start), end: Int32(clamping: row.end))))
    }
  }

  private func headerLine(_ table: Table) -> String {
    (table.inputs + table.outputs).map(\.name).joined(separator: ",")
  }

  /// Spreadsheets leave spaces around cells; no name has one at its ends.
  private func trimmed(_ cell: String) -> String {
    guard cell.utf8.first == 32 || cell.utf8.last == 32 else { return cell }
    let rest = Substring(cell).drop { $0 == " " }
    return String(rest[..<(rest.lastIndex { $0 != " " }.map { rest.index(after: $0) } ?? rest.startIndex)])
  }

  /// How a cell of a type is written.
  private func cellForm(_ type: ValueType) -> String? {
    switch type {
    case .rate: "write dollars per million tokens, such as 2.50"
    case .money: "write dollars, such as 2.50"
    case .tokens, .integer: "write a whole number, such as 1000"
    case .bool: "write on or off"
    case .ratio: "write a fraction or a percentage, such as 4/5 or 20%"
    case .time: "write a time in UTC, such as 2026-01-31T14:02:11Z"
    case .duration: "write a number and a unit, such as 2 hours"
    case .enumeration(let members): "write one of \(members.joined(separator: ", "))"
    case .name: "write a name"
    case .key, .card, .record: "a file cannot name a \(type.name)"
    }
  }

  /// One cell as its column's type; an empty one is none.
  private func cellValue(_ text: String, _ column: Table.Column) -> Int64? {
    if text.isEmpty { return column.type.isOptional ? ValueType.none : nil }
    let value: Int64?
    switch column.type.base {
    case .name: return program.intern(text)
    case .rate: value = DecimalText.scaled(text, toPower: 6)
    case .money: value = DecimalText.scaled(text, toPower: 9)
    case .tokens, .integer: value = DecimalText.scaled(text, toPower: 0)
    case .bool: value = text == "on" ? 1 : text == "off" ? 0 : nil
    case .ratio: value = (try? Ratio(parsing: text))?.packed
    case .time: value = (try? Instant(parsing: text))?.microseconds
    case .duration: value = (try? TimeSpan(parsing: text))?.microseconds
    case .enumeration(let members): value = members.firstIndex(of: text).map(Int64.init)
    case .key, .card, .record: value = nil
    }
    guard let value, column.type.base.admits(value, in: column.range) else { return nil }
    return value
  }
}
