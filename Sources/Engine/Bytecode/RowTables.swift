import Language

/// All decision tables of a program as plain numbers.
///
/// A search gives the place of a row's first output among the outputs of all tables, or -1.
final class RowTables: @unchecked Sendable {
  // Written in `init` alone.
  let tables: UnsafeMutablePointer<RowTable>
  let outputs: UnsafeMutablePointer<Int64>
  private let count: Int

  init(_ program: Program) {
    count = program.tables.count
    tables = .allocate(capacity: max(1, count))
    outputs = .allocate(capacity: max(1, program.tables.reduce(0) { $0 + $1.rows.count * $1.outputs.count }))
    var next = 0
    for (index, table) in program.tables.enumerated() {
      (tables + index).initialize(to: RowTable(table, firstOutput: next))
      for row in table.rows {
        for value in row.values {
          outputs[next] = value
          next += 1
        }
      }
    }
  }

  deinit {
    for index in 0..<count { tables[index].deallocate() }
    tables.deallocate()
    outputs.deallocate()
  }
}

struct RowTable {
  let rowCount: Int
  let inputCount: Int
  let outputCount: Int
  let firstOutput: Int
  /// Low and high of every cell, row by row.
  let cells: UnsafeMutablePointer<Int64>
  /// One column whose ranges ascend without overlap.
  let isAscending: Bool
  /// Row by symbol, -1 for none.
  let rowBySymbol: UnsafeMutablePointer<Int32>
  let symbolCount: Int

  init(_ table: Table, firstOutput: Int) {
    rowCount = table.rows.count
    inputCount = table.inputs.count
    outputCount = table.outputs.count
    self.firstOutput = firstOutput
    cells = .allocate(capacity: max(1, 2 * rowCount * inputCount))
    var next = 0
    for cell in table.rows.lazy.flatMap(\.cells) {
      cells[next] = cell.low
      cells[next + 1] = cell.high
      next += 2
    }
    var ascends = inputCount == 1
    if ascends {
      for row in 0..<rowCount
      where cells[2 * row] > cells[2 * row + 1] || (row > 0 && cells[2 * row] <= cells[2 * row - 1]) {
        ascends = false
      }
    }
    isAscending = ascends
    // Symbols count up from zero, so the list by symbol is hardly longer than all names of the program.
    let symbols = (table.isBySymbol ? table.rowBySymbol : [:]).filter { $0.key >= 0 && $0.key <= Int64(Int32.max) }
    symbolCount = symbols.keys.max().map { Int($0) + 1 } ?? 0
    rowBySymbol = .allocate(capacity: max(1, symbolCount))
    rowBySymbol.initialize(repeating: -1, count: max(1, symbolCount))
    for (symbol, row) in symbols { rowBySymbol[Int(symbol)] = Int32(row) }
  }

  func deallocate() {
    cells.deallocate()
    rowBySymbol.deallocate()
  }

  @inline(__always)
  func place(symbol: Int64) -> Int64 {
    guard symbol >= 0, symbol < Int64(symbolCount) else { return -1 }
    let row = rowBySymbol[Int(symbol)]
    return row < 0 ? -1 : Int64(firstOutput &+ Int(row) &* outputCount)
  }

  func place(keys: UnsafePointer<Int64>) -> Int64 {
    if isAscending {
      var (low, high) = (0, rowCount)
      while low < high {
        let middle = (low + high) / 2
        if cells[2 * middle + 1] < keys[0] { low = middle + 1 } else { high = middle }
      }
      return low < rowCount && cells[2 * low] <= keys[0] ? Int64(firstOutput + low * outputCount) : -1
    }
    var cell = cells
    for row in 0..<rowCount {
      var covers = true
      for column in 0..<inputCount where keys[column] < cell[2 * column] || keys[column] > cell[2 * column + 1] {
        covers = false
        break
      }
      if covers { return Int64(firstOutput + row * outputCount) }
      cell += 2 * inputCount
    }
    return -1
  }
}
