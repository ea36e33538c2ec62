import Values

/// Exact questions about the boxes that a table's rows make: what no row covers, what two cover, which row is never reached.
struct TableCoverage {
  typealias Interval = (low: Int64, high: Int64)

  /// What a search came to.
  enum Found<Result> {
    case nothing
    case one(Result)
    /// The steps ran out.
    case unknown
  }

  let table: Table
  /// What each column can be, as intervals in order.
  let domains: [[Interval]]
  /// Row by row the cells, cut to what the column can be; nil for a row with an empty cell.
  private let boxes: [[Interval]?]
  private var steps: Int

  init(_ table: Table, steps: Int) {
    self.table = table
    self.steps = steps
    let domains = table.inputs.indices.map { TableCoverage.domain(of: $0, in: table) }
    self.domains = domains
    boxes = table.rows.map { row in
      guard row.cells.count == domains.count else { return nil }
      var box: [Interval] = []
      for (cell, pieces) in zip(row.cells, domains) {
        guard let first = pieces.first, let last = pieces.last else { return nil }
        let cut = (low: max(cell.low, first.low), high: min(cell.high, last.high))
        guard cut.low <= cut.high, !TableCoverage.parts(of: pieces, in: cut).isEmpty else { return nil }
        box.append(cut)
      }
      return box
    }
  }

  /// Names and keys are open lists: there, only what some row lists can be asked for, unless a row takes any.
  private static func domain(of column: Int, in table: Table) -> [Interval] {
    let input = table.inputs[column]
    guard input.type.base == .name || input.type.base == .key else {
      return [(Int64(clamping: input.range.low), Int64(clamping: input.range.high))]
    }
    let cells = table.rows.filter { $0.cells.count == table.inputs.count }.map { $0.cells[column] }
    if cells.contains(where: { $0.low < $0.high }) { return [(ValueType.unset, Int64.max)] }
    return Set(cells.map(\.low)).sorted().map { ($0, $0) }
  }

  /// Rows that cover nothing their columns can be.
  var emptyRows: [Int] { boxes.indices.filter { boxes[$0] == nil } }

  // MARK: - Gaps

  /// The smallest keys no row covers, and how far the last of them can grow with the others kept.
  mutating func gap() -> Found<(point: [Int64], last: Int64)> {
    uncovered(0, boxes.indices.filter { boxes[$0] != nil }, domains)
  }

  /// Rows that can never be the first to cover their keys.
  mutating func unreached() -> Found<[Int]> {
    if table.inputs.count == 1 { return .one(unreachedInOneColumn()) }
    var result: [Int] = []
    for (index, box) in boxes.enumerated() {
      guard let box else { continue }
      steps -= index
      guard steps > 0 else { return .unknown }
      let earlier = (0..<index).filter { other in boxes[other].map { TableCoverage.meet($0, box) } ?? false }
      let within = zip(domains, box).map { TableCoverage.parts(of: $0, in: $1) }
      switch uncovered(0, earlier, within) {
      case .nothing: result.append(index)
      case .one: continue
      case .unknown: return .unknown
      }
    }
    return .one(result)
  }

  private mutating func uncovered(
    _ column: Int, _ rows: [Int], _ pieces: [[Interval]]
  ) -> Found<(point: [Int64], last: Int64)> {
    guard column < pieces.count else { return rows.isEmpty ? .one(([], 0)) : .nothing }
    steps -= rows.count + pieces[column].count
    guard steps > 0 else { return .unknown }
    let sorted = rows.sorted { (cell($0, column).low, $0) < (cell($1, column).low, $1) }
    if column + 1 < pieces.count { return sweep(column, sorted, pieces) }
    return hole(column, sorted, pieces[column]).map { .one(([$0.low], $0.high)) } ?? .nothing
  }

  /// The first stretch of a column that none of the sorted rows covers.
  private func hole(_ column: Int, _ sorted: [Int], _ pieces: [Interval]) -> Interval? {
    var arriving = sorted[...]
    var reach = Int128.min
    for piece in pieces {
      var next = Int128(piece.low)
      while next <= Int128(piece.high) {
        while let row = arriving.first, Int128(cell(row, column).low) <= next {
          arriving.removeFirst()
          reach = max(reach, Int128(cell(row, column).high) + 1)
        }
        guard reach > next else {
          let end = arriving.first.map { cell($0, column).low - 1 } ?? piece.high
          return (Int64(next), min(end, piece.high))
        }
        next = reach
      }
    }
    return nil
  }

  /// Walks along one column and asks the columns after it wherever other rows begin or end.
  private mutating func sweep(
    _ column: Int, _ sorted: [Int], _ pieces: [[Interval]]
  ) -> Found<(point: [Int64], last: Int64)> {
    var places = Set(pieces[column].map(\.low))
    for row in sorted {
      let cell = cell(row, column)
      if TableCoverage.isInside(cell.low, pieces[column]) { places.insert(cell.low) }
      if cell.high < .max, TableCoverage.isInside(cell.high + 1, pieces[column]) { places.insert(cell.high + 1) }
    }
    var arriving = sorted[...]
    var active: [Int] = []
    var asked: [Int]?
    for place in places.sorted() {
      active.removeAll { cell($0, column).high < place }
      while let row = arriving.first, cell(row, column).low <= place {
        arriving.removeFirst()
        if cell(row, column).high >= place { active.append(row) }
      }
      steps -= active.count + 1
      guard steps > 0 else { return .unknown }
      if active == asked { continue }
      asked = active
      switch uncovered(column + 1, active, pieces) {
      case .nothing: continue
      case .one(let found): return .one(([place] + found.point, found.last))
      case .unknown: return .unknown
      }
    }
    return .nothing
  }

  /// The parts of some intervals in order that lie within a cell.
  private static func parts(of pieces: [Interval], in cell: Interval) -> [Interval] {
    pieces[firstReaching(cell.low, pieces)...].prefix { $0.low <= cell.high }
      .map { (max($0.low, cell.low), min($0.high, cell.high)) }
  }

  private static func isInside(_ value: Int64, _ pieces: [Interval]) -> Bool {
    let place = firstReaching(value, pieces)
    return place < pieces.count && pieces[place].low <= value
  }

  /// Of intervals in order the first that ends at or after a value.
  private static func firstReaching(_ value: Int64, _ pieces: [Interval]) -> Int {
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].high < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func cell(_ row: Int, _ column: Int) -> Interval { boxes[row]?[column] ?? (0, -1) }

  // MARK: - Overlaps

  /// Pairs of rows that cover the same keys, each later row at most once, with the smallest keys both cover.
  mutating func overlaps() -> Found<[(earlier: Int, later: Int, point: [Int64])]> {
    let rows = boxes.indices.filter { boxes[$0] != nil }
    guard !table.inputs.isEmpty else { return .nothing }
    let column = table.inputs.indices.max { distinct($0, rows) < distinct($1, rows) } ?? 0
    let sorted = rows.sorted { (cell($0, column).low, $0) < (cell($1, column).low, $1) }
    var active: [Int] = []
    var found: [Int: (earlier: Int, point: [Int64])] = [:]
    for row in sorted {
      guard let box = boxes[row] else { continue }
      active.removeAll { cell($0, column).high < box[column].low }
      steps -= active.count + 1
      guard steps > 0 else { return .unknown }
      if let other = active.first(where: { boxes[$0].flatMap { shared($0, box) } != nil }),
        let point = boxes[other].flatMap({ shared($0, box) })
      {
        let pair = (earlier: min(row, other), later: max(row, other))
        if found[pair.later] == nil { found[pair.later] = (pair.earlier, point) }
      }
      if table.inputs.count == 1, let reaching = active.first {
        // In one column the row that reaches furthest meets whatever any of them meets.
        if box[0].high > cell(reaching, 0).high { active = [row] }
      } else {
        active.append(row)
      }
    }
    return .one(found.keys.sorted().compactMap { later in found[later].map { ($0.earlier, later, $0.point) } })
  }

  private func distinct(_ column: Int, _ rows: [Int]) -> Int { Set(rows.map { cell($0, column).low }).count }

  /// The smallest keys in both boxes that the columns can be.
  private func shared(_ first: [Interval], _ second: [Interval]) -> [Int64]? {
    var point: [Int64] = []
    for (column, pair) in zip(first, second).enumerated() {
      let (low, high) = (max(pair.0.low, pair.1.low), min(pair.0.high, pair.1.high))
      let place = TableCoverage.firstReaching(low, domains[column])
      guard low <= high, place < domains[column].count, domains[column][place].low <= high else { return nil }
      point.append(max(low, domains[column][place].low))
    }
    return point
  }

  private static func meet(_ first: [Interval], _ second: [Interval]) -> Bool {
    zip(first, second).allSatisfy { max($0.low, $1.low) <= min($0.high, $1.high) }
  }

  // MARK: - One column

  /// Keeps what is covered so far as disjoint intervals in order, neighbours joined.
  private func unreachedInOneColumn() -> [Int] {
    var covered: [Interval] = []
    var result: [Int] = []
    for (index, box) in boxes.enumerated() {
      guard let cell = box?.first else { continue }
      let isCovered = TableCoverage.parts(of: domains[0], in: cell).allSatisfy { part in
        let place = TableCoverage.firstReaching(part.low, covered)
        return place < covered.count && covered[place].low <= part.low && covered[place].high >= part.high
      }
      if isCovered { result.append(index) }
      insert(cell, into: &covered)
    }
    return result
  }

  private func insert(_ cell: Interval, into covered: inout [Interval]) {
    let begin = TableCoverage.firstReaching(cell.low == .min ? .min : cell.low - 1, covered)
    var end = begin
    var joined = cell
    while end < covered.count, covered[end].low == .min || covered[end].low - 1 <= cell.high {
      joined = (min(joined.low, covered[end].low), max(joined.high, covered[end].high))
      end += 1
    }
    covered.replaceSubrange(begin..<end, with: [joined])
  }
}
