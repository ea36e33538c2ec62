import Diagnostics
import Values

extension Rendering {
  /// A table for people: aligned, or a row over several lines where the screen is too narrow for it.
  func lines(of table: Table) -> [String] {
    if table.rows.isEmpty { return [] }
    if mode == .card { return cards(of: table) }
    let (head, tail) = parts(of: table)
    guard let grid = grid(of: table, table.rows[head] + table.rows[tail]) else { return cards(of: table) }
    var lines = [grid.header(ink)]
    lines += (0..<head.count).map { grid.line($0, ink) }
    if !tail.isEmpty {
      lines.append(" " + ink.dim("… \(Count.text(tail.lowerBound - head.upperBound, "row")) not shown (.all)"))
    }
    lines += (0..<tail.count).map { grid.line(head.count + $0, ink) }
    if let footer = grid.footer(ink) { lines.append(footer) }
    if let more = table.more, more > 0 { lines.append(" " + ink.dim("… \(Count.text(more)) more (.all)")) }
    return lines
  }

  /// As it fits the screen: long texts that may be are cut, then columns that can go are left out, the last first, then shorter
  /// texts are cut; nil where that is not enough.
  private func grid(of table: Table, _ rows: ArraySlice<[Table.Cell]>) -> Grid? {
    var (table, rows) = (table, rows)
    while true {
      var grid = Grid(table, rows, self)
      guard let width, grid.width > width else { return grid }
      grid.shrink(to: width, least: 28)
      if grid.width <= width { return grid }
      guard let place = table.columns.lastIndex(where: \.canGo) else {
        grid.shrink(to: width, least: 12)
        return grid.width <= width ? grid : nil
      }
      table.columns.remove(at: place)
      table.footer?.remove(at: place)
      if let bars = table.bars { table.bars = bars == place ? nil : bars > place ? bars - 1 : bars }
      for row in rows.indices { rows[row].remove(at: place) }
    }
  }

  /// The rows at the beginning and at the end that are shown.
  private func parts(of table: Table) -> (head: Range<Int>, tail: Range<Int>) {
    let count = table.rows.count
    guard let mostRows, count > max(2, mostRows) else { return (0..<count, count..<count) }
    let most = max(2, mostRows)
    return (0..<(most + 1) / 2, count - most / 2..<count)
  }

  private func cards(of table: Table) -> [String] {
    let (head, tail) = parts(of: table)
    let names = table.columns.map(\.title)
    let room = names.map(ShownText.columns).max() ?? 0
    func card(_ place: Int) -> [String] {
      let title = "── \(place + 1) ──"
      return [ink.dim(isPlain ? "-- \(place + 1) --" : title)]
        + zip(table.columns, table.rows[place]).compactMap { column, cell in
          if cell == .none { return nil }
          let name = column.title + String(repeating: " ", count: max(0, room - ShownText.columns(column.title)))
          return "\(ink.dim(name))  \(paint(CellText.people(cell, column.kind), column.kind))"
        }
    }
    let single = table.rows.count == 1
    var lines = head.flatMap { single ? Array(card($0).dropFirst()) : card($0) }
    if !tail.isEmpty {
      lines.append(ink.dim("… \(Count.text(tail.lowerBound - head.upperBound, "row")) not shown (.all)"))
    }
    lines += tail.flatMap(card)
    if let more = table.more, more > 0 { lines.append(ink.dim("… \(Count.text(more)) more (.all)")) }
    return lines
  }

  func paint(_ text: String, _ kind: Table.Kind) -> String {
    if text == CellText.nothing { return ink.dim(text) }
    guard kind == .verdict else { return text }
    // `declined, test card`
    switch String(text.prefix { $0.isLetter }).lowercased() {
    case "allowed", "paid", "open", "allow": return ink.green(text)
    case "denied", "conflict", "declined", "failed", "deny": return ink.red(text)
    case "waiting", "pending": return ink.yellow(text)
    default: return text
    }
  }
}

/// The cells of a table as texts, each in its column.
private struct Grid {
  private let rendering: Rendering
  private let columns: [Table.Column]
  private var titles: [String]
  private var cells: [[String]]
  private var sums: [String]?
  private var widths: [Int]
  private var bars: [Int64]?
  private let barWidth: Int

  /// Between two columns.
  private static let gap = "  "
  private static let widestBar = 20

  init(_ table: Table, _ rows: ArraySlice<[Table.Cell]>, _ rendering: Rendering) {
    self.rendering = rendering
    columns = table.columns
    titles = table.columns.map(\.title)
    cells = rows.map { row in
      zip(table.columns, row).map { column, cell in
        let text = CellText.people(cell, column.kind)
        // `2026-10-06 09:37`
        return column.isCoarse && column.kind == .time && cell != .none ? String(text.prefix(16)) : text
      }
    }
    sums = table.footer.map { footer in
      zip(table.columns, footer).map { column, cell in cell == .none ? "" : CellText.people(cell, column.kind) }
    }
    for column in columns.indices where columns[column].kind == .money { Self.align(column, &cells, &sums) }
    widths = columns.map { ShownText.columns($0.title) }
    for row in cells + (sums.map { [$0] } ?? []) {
      for (column, text) in row.enumerated() { widths[column] = max(widths[column], ShownText.columns(text)) }
    }
    let used = widths.reduce(0) { $0 + $1 + Self.gap.count }
    barWidth = min(Self.widestBar, (rendering.width ?? 100) - used)
    if let column = table.bars, barWidth >= 5 {
      bars = rows.map { row in if case .integer(let value) = row[column] { value } else { 0 } }
    }
  }

  /// Cuts texts that may be cut, as far as is needed.
  mutating func shrink(to width: Int, least: Int) {
    for column in columns.indices where columns[column].isElastic && self.width > width {
      let room = max(least, widths[column] - (self.width - width))
      guard room < widths[column] else { continue }
      widths[column] = room
      titles[column] = ShownText.cut(titles[column], to: room)
      for row in cells.indices { cells[row][column] = ShownText.cut(cells[row][column], to: room) }
      if let sum = sums?[column] { sums?[column] = ShownText.cut(sum, to: room) }
    }
  }

  /// Columns it takes.
  var width: Int { widths.reduce(0) { $0 + $1 + Self.gap.count } - 1 }

  /// Points of amounts below each other.
  private static func align(_ column: Int, _ cells: inout [[String]], _ sums: inout [String]?) {
    func decimals(_ text: String) -> Int? {
      text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) }
    }
    let texts = cells.map { $0[column] } + (sums.map { [$0[column]] } ?? [])
    let most = texts.compactMap(decimals).max() ?? 0
    func padded(_ text: String) -> String {
      decimals(text).map { text + String(repeating: " ", count: most - $0) } ?? text
    }
    for row in cells.indices { cells[row][column] = padded(cells[row][column]) }
    if let sum = sums?[column] { sums?[column] = padded(sum) }
  }

  func header(_ ink: Ink) -> String { line(titles) { text, _ in ink.dim(text) } }

  func line(_ row: Int, _ ink: Ink) -> String {
    var line = line(cells[row]) { text, kind in rendering.paint(text, kind) }
    guard let bars, let most = bars.map(\.magnitude).max(), most > 0 else { return line }
    let end = widths.reduce(1) { $0 + $1 + Self.gap.count } - Self.gap.count
    let bar = rendering.bar(bars[row], most: most, cells: barWidth)
    if bar.isEmpty { return line }
    line += String(repeating: " ", count: max(0, end - ShownText.columns(rendering.plain(line)))) + Self.gap + bar
    return line
  }

  func footer(_ ink: Ink) -> String? { sums.map { line($0) { text, _ in ink.strong(text) } } }

  private func line(_ texts: [String], _ paint: (String, Table.Kind) -> String) -> String {
    var line = " "
    for (column, text) in texts.enumerated() {
      let room = String(repeating: " ", count: max(0, widths[column] - ShownText.columns(text)))
      let kind = columns[column].kind
      let isRight = [.money, .integer, .number].contains(kind)
      line += isRight ? room + paint(text, kind) : paint(text, kind) + (column == texts.count - 1 ? "" : room)
      if column < texts.count - 1 { line += Self.gap }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension Rendering {
  /// A line without our colours, to count its columns.
  func plain(_ line: String) -> String {
    guard ink.isOn else { return line }
    return Ink.codes.reduce(line) { $0.replacing($1, with: "") }
  }
}
