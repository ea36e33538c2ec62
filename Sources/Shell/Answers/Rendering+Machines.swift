import Diagnostics
import Formats
import Values

extension Table {
  /// Its rows as objects. Money is a whole number of nano-dollars beside a text of dollars, never a fraction.
  var objects: [[Json.Member]] {
    let columns = distinct.columns
    return rows.map { row in
      zip(columns, row).flatMap { column, cell -> [Json.Member] in
        switch (column.kind, cell) {
        case (.money, .integer(let nano)):
          [
            .init(column.name + "_nano", .integer(nano)),
            .init(column.name + "_usd", .text(Money(nano: nano).plainText)),
          ]
        case (.money, _): [.init(column.name + "_nano", .null), .init(column.name + "_usd", .null)]
        case (.time, .integer(let time)): [.init(column.name, .text(TimeText.text(time)))]
        case (_, .integer(let number)): [.init(column.name, .integer(number))]
        case (_, .bool(let value)): [.init(column.name, .bool(value))]
        case (_, .text(let text)): [.init(column.name, .text(text))]
        case (_, .none): [.init(column.name, .null)]
        }
      }
    }
  }
}

extension Table {
  /// The same with a number behind a name that an earlier column has: `a`, `a_2`.
  var distinct: Table {
    var table = self
    var taken: Set<String> = []
    for place in columns.indices {
      var (name, number) = (columns[place].name, 1)
      while !taken.isDisjoint(with: Table.members(name, columns[place].kind)) {
        number += 1
        name = "\(columns[place].name)_\(number)"
      }
      taken.formUnion(Table.members(name, columns[place].kind))
      table.columns[place].name = name
    }
    return table
  }

  private static func members(_ name: String, _ kind: Kind) -> Set<String> {
    kind == .money ? [name + "_nano", name + "_usd"] : [name]
  }
}

extension Rendering {
  // MARK: - CSV

  /// RFC 4180, but for lines that end as everywhere else here.
  func csv(_ answer: Answer) -> String {
    guard let table = answer.table?.distinct else { return "" }
    let names = table.columns.flatMap { $0.kind == .money ? [$0.name + "_nano", $0.name + "_usd"] : [$0.name] }
    let rows = table.rows.map { row in
      zip(table.columns, row).flatMap { column, cell -> [String] in
        if column.kind == .money {
          guard case .integer(let nano) = cell else { return ["", ""] }
          return [String(nano), Money(nano: nano).plainText]
        }
        return [field(cell, column)]
      }
    }
    return lines(([names.map { quoted($0) }] + rows).map { $0.joined(separator: ",") })
  }

  private func field(_ cell: Table.Cell, _ column: Table.Column) -> String {
    guard case .text(let text) = cell else { return CellText.machine(cell, column.kind) }
    return quoted(text, guardsFormulas: column.isForeign && !leavesFormulas)
  }

  private func quoted(_ text: String, guardsFormulas: Bool = false) -> String {
    CsvText.cell(isTerminal ? ShownText.text(text) : text, guardsFormulas: guardsFormulas)
  }

  // MARK: - TSV

  /// Bare rows: one column each, amounts in dollars, no names above. What would end a cell or a row is escaped.
  func tsv(_ answer: Answer) -> String {
    if answer.isProse { return people(lines: answer) }
    guard let table = answer.table else {
      // Whoever pipes an answer that is no rows gets its lines.
      return answer.value.map { tsvCell($0) + "\n" } ?? people(lines: answer)
    }
    return lines(
      table.rows.map { row in
        zip(table.columns, row).map { tsvCell(CellText.machine($1, $0.kind)) }
          .map { isTerminal ? ShownText.text($0) : $0 }.joined(separator: "\t")
      })
  }

  private func people(lines answer: Answer) -> String {
    lines(answer.blocks.compactMap { if case .line(let line) = $0 { harmless(line) } else { nil } })
  }

  private func tsvCell(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0 == "\\" || $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    else {
      return text
    }
    return text.unicodeScalars.reduce(into: "") { cell, scalar in
      switch scalar {
      case "\t": cell += "\\t"
      case "\n": cell += "\\n"
      case "\r": cell += "\\r"
      case "\\": cell += "\\\\"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        cell += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: cell.unicodeScalars.append(scalar)
      }
    }
  }

  // MARK: - Markdown

  func markdown(_ answer: Answer) -> String {
    guard let table = answer.table else { return people(lines: answer) }
    func row(_ texts: [String]) -> String { "| " + texts.joined(separator: " | ") + " |" }
    let rule = table.columns.map { [.money, .integer, .number].contains($0.kind) ? "--:" : "---" }
    let rows = table.rows.map { cells in
      row(zip(table.columns, cells).map { CellText.people($1, $0.kind).replacing("|", with: "\\|") })
    }
    return lines(
      [row(table.columns.map { $0.title.replacing("|", with: "\\|") }), "|" + rule.joined(separator: "|") + "|"] + rows)
  }
}
