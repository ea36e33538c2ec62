/// A comma-separated text (RFC 4180) cut into rows of cells, each with its line. Bytes in, bytes out: a price list has
/// thousands of rows, and nothing in it needs more.
struct CSVText {
  struct Row {
    var line: Int
    /// Byte offset of the row's first byte.
    var start: Int
    var end: Int
    var cells: [String]
  }

  enum Failure: Error {
    /// A quote that is never closed, at this byte.
    case unclosedQuote(Int)
    /// The bytes up to this one, from the start of their row.
    case notUTF8(start: Int, end: Int)
  }

  /// Cuts the text; empty lines are skipped.
  static func rows(_ bytes: [UInt8]) throws(Failure) -> [Row] {
    var rows: [Row] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var line = 1
    var index = 0
    var start = 0
    let (quote, comma, newline, carriage) = (
      UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")
    )
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { (index, start) = (3, 3) }

    // A cell of a text that is UTF-8 is UTF-8, too: the ends of cells are ASCII.
    let isText = String(validating: bytes, as: UTF8.self) != nil
    func text(_ bytes: [UInt8], at offset: Int) throws(Failure) -> String {
      if isText { return String(decoding: bytes, as: UTF8.self) }
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8(start: start, end: offset) }
      return text
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == quote, cell.isEmpty {
        let opened = index
        index += 1
        while true {
          guard index < bytes.count else { throw .unclosedQuote(opened) }
          if bytes[index] == quote {
            if index + 1 < bytes.count, bytes[index + 1] == quote {
              cell.append(quote)
              index += 2
              continue
            }
            index += 1
            break
          }
          if bytes[index] == newline { line += 1 }
          cell.append(bytes[index])
          index += 1
        }
        continue
      }
      if byte == comma {
        cells.append(try text(cell, at: index))
        cell.removeAll(keepingCapacity: true)
      } else if byte == newline {
        cells.append(try text(cell, at: index))
        cell.removeAll(keepingCapacity: true)
        if cells != [""] { rows.append(Row(line: line, start: start, end: index, cells: cells)) }
        cells = []
        line += 1
        start = index + 1
      } else if byte != carriage {
        cell.append(byte)
      }
      index += 1
    }
    cells.append(try text(cell, at: index))
    if cells != [""] { rows.append(Row(line: line, start: start, end: index, cells: cells)) }
    return rows
  }
}
