import Diagnostics
import Values

extension Parser {
  mutating func parseTable() -> DeclarationSyntax.Kind? {
    advance()
    let example = "by model: name gives input: rate"
    guard let name = expectName("the table's name", example: "table price \(example)") else { return nil }
    var table = TableSyntax(name: name, inputs: [], outputs: [])
    if at("unique") || at("first") {
      let word = advance()
      table.hitPolicy = Identifier(word.text, word.span)
    }
    guard expect("by", after: "`\(previous.text)`", help: "table \(name.text) \(example)"),
      let inputs = parseColumns(),
      expect("gives", after: "the columns", help: "table \(name.text) \(example)"), let outputs = parseColumns()
    else { return nil }
    table.inputs = inputs
    table.outputs = outputs
    if accept("from") != nil {
      table.file = expectText("a file's name", help: "from \"prices.csv\"").map { $0 }
    } else if at("row") {
      parseRows(of: &table)
    } else {
      report(
        .rowsExpected, "expected rows or a file after the columns, found \(found(peek()))", at: peek().span,
        help: "row \"gpt-4o\" -> $2.50 per 1M tokens")
    }
    finish("table", clauses: ["row"])
    return .table(table)
  }

  private mutating func parseColumns() -> [TableSyntax.Column]? {
    var columns: [TableSyntax.Column] = []
    repeat {
      guard let name = expectName("a column's name", example: "model: name"),
        expectColon(after: name, help: "\(name.text): name"), let type = parseType()
      else { return nil }
      columns.append(TableSyntax.Column(name: name, type: type))
    } while accept(.comma) != nil
    return columns
  }

  private mutating func parseRows(of table: inout TableSyntax) {
    while at("row") {
      let first = advance()
      if table.rows.count == limits.tableRows {
        report(
          .tooManyRows, "the table `\(table.name.text)` has more than \(limits.tableRows) rows", at: first.span,
          help: "keep them in a CSV file and write `from \"\(table.name.text).csv\"`")
        while !isAtEnd, !startsDeclaration { advance() }
        return
      }
      if let row = parseRow(first) { table.rows.append(row) }
      resume(at: ["row"])
    }
  }

  private mutating func parseRow(_ first: Token) -> TableSyntax.Row? {
    var cells: [TableSyntax.Cell] = []
    repeat {
      cells.append(parseCell())
    } while !isRecovering && accept(.comma) != nil
    guard expect(.arrow, after: "the row's cells", help: "row any -> $2.50 per 1M tokens") else { return nil }
    var values: [ExprSyntax] = []
    repeat {
      values.append(parseExpression())
    } while !isRecovering && accept(.comma) != nil
    return TableSyntax.Row(cells: cells, values: values, span: span(from: first))
  }

  private mutating func parseCell() -> TableSyntax.Cell {
    let first = peek()
    if at("any"), !continuesOperand(peek(1)) {
      advance()
      return TableSyntax.Cell(.any, first.span)
    }
    if let comparison = BinaryOperator(comparison: first.kind) {
      advance()
      let value = parseOperand()
      return TableSyntax.Cell(comparison == .equal ? .equal(value) : .compare(comparison, value), span(from: first))
    }
    let low = parseOperand()
    guard accept("to") != nil else { return TableSyntax.Cell(.equal(low), low.span) }
    let excludesUpper = at("below") && !continuesOperand(peek(1))
    if excludesUpper { advance() }
    let high = parseOperand()
    return TableSyntax.Cell(.between(low, high, upperBelongs: !excludesUpper), span(from: first))
  }
}
