extension Program {
  /// The symbol of a name, a new one if nothing mentioned it before.
  public mutating func intern(_ name: String) -> Int64 {
    if let symbol = names[name] { return symbol }
    // Symbols are given out one after another and never taken back.
    let symbol = Int64(names.count)
    names[name] = symbol
    return symbol
  }

  /// Gives a table keyed by one name a row, in place of the one it has for that name if any: another price from now on.
  ///
  /// - Parameter values: one for each output column, in its type's unit.
  public mutating func setRow(of table: Int, named name: String, _ values: [Int64]) {
    let symbol = intern(name)
    let row = Table.Row(cells: [(symbol, symbol)], values: values, span: tables[table].span)
    if let place = tables[table].rowBySymbol[symbol] {
      tables[table].rows[place] = row
    } else {
      tables[table].rowBySymbol[symbol] = tables[table].rows.count
      tables[table].rows.append(row)
    }
  }
}

extension Table {
  /// Rows of a single `name` column are found by symbol, so a price list of thousands costs one look-up. To be called when
  /// rows have come or moved.
  public mutating func indexBySymbol() {
    rowBySymbol = [:]
    guard inputs.count == 1, inputs[0].type.base == .name else { return }
    for (number, row) in rows.enumerated() {
      let cell = row.cells[0]
      // A row for any name comes before all that follow it.
      guard cell.low == cell.high else { break }
      if rowBySymbol[cell.low] == nil { rowBySymbol[cell.low] = number }
    }
  }
}
