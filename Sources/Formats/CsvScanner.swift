/// Cuts comma-separated text (RFC 4180) into rows and fields, over bytes as they come, and allocates nothing per row.
///
/// A row ends at a line feed, with or without a carriage return before it, or where the source ends. A field in quotes may
/// have commas, line ends and doubled quotes in it. Empty lines are skipped, and a byte order mark before the first line.
/// A row whose quotes make no sense costs only its own first line: the next line is the next row.
public struct CsvScanner: ~Copyable {
  private var buffer: ScanBuffer
  private let limits: ScanLimits
  private let search: FieldSearch
  private let comma: UInt8
  private let noteMark: [UInt8]

  private var slices: UnsafeMutablePointer<UnsafeRawBufferPointer>
  /// The fields whose quotes are doubled, and room to write them with single ones.
  private var doubled: [Int] = []
  private var scratch: UnsafeMutableRawBufferPointer
  private var isFresh = true

  /// How much of the buffer the row has, its line end included, and without it.
  private var rowLength = 0
  private var rowEnd = 0
  private var lineCount = 0
  /// What is kept of a row that was too long for the buffer.
  private var cut: [UInt8] = []

  /// The line the row begins on, from 1, as an editor counts.
  public private(set) var line = 0
  /// How many fields the row has. Those past the limit are counted too.
  public private(set) var fieldCount = 0

  /// - Parameters:
  ///   - comma: What parts the fields: no quote and no line end.
  ///   - noteMark: What lines begin with that are no rows; empty: there are none such.
  public init(
    _ source: any ByteSource, limits: ScanLimits = ScanLimits(), comma: UInt8 = UInt8(ascii: ","), noteMark: String = ""
  ) {
    buffer = ScanBuffer(source)
    self.limits = limits
    self.comma = comma
    search = FieldSearch(comma: comma)
    self.noteMark = Array(noteMark.utf8)
    slices = .allocate(capacity: limits.columns)
    scratch = .allocate(byteCount: 1_024, alignment: 1)
  }

  deinit {
    slices.deallocate()
    scratch.deallocate()
  }

  /// The fields of the row, unquoted. Their bytes are there until the next row is asked for.
  public var fields: UnsafeBufferPointer<UnsafeRawBufferPointer> {
    UnsafeBufferPointer(start: slices, count: min(fieldCount, limits.columns))
  }

  /// A copy of the row or note as it stands in the file, without its line end.
  public var bytes: [UInt8] { isCut ? cut : Array(UnsafeBufferPointer(start: buffer.row, count: rowEnd)) }

  /// Whether ``bytes`` has only the beginning of the row.
  public private(set) var isCut = false

  // MARK: - Rows

  /// Goes to the next row.
  ///
  /// - Throws: only where the source does. What is wrong with one row is in the answer.
  public mutating func next() throws(InputFault) -> ScannedRow {
    buffer.advance(rowLength)
    line += lineCount
    (rowLength, rowEnd, lineCount, fieldCount) = (0, 0, 0, 0)
    if isCut {
      (isCut, cut) = (false, [])
      try buffer.skipLine()
    }
    if isFresh {
      isFresh = false
      line = 1
      try buffer.skipByteOrderMark()
    }
    if buffer.count < 2 || buffer.row[0] <= 0x0D { line += try buffer.skipEmptyLines() }
    guard buffer.count > 0 else { return .end }
    if let mark = noteMark.first, buffer.row[0] == mark, try buffer.begins(with: noteMark) { return try takeNote() }
    return try takeRow()
  }

  private mutating func takeNote() throws(InputFault) -> ScannedRow {
    guard try takeLine() else { return .broken(.tooLong(limit: limits.lineBytes)) }
    return .note
  }

  /// Makes the row the line that begins here. False where that is too long.
  private mutating func takeLine() throws(InputFault) -> Bool {
    fieldCount = 0
    doubled.removeAll(keepingCapacity: true)
    guard let length = try buffer.lineLength(limit: limits.lineBytes) else {
      cutRow()
      return false
    }
    endRow(at: length, lines: 1)
    return true
  }

  private mutating func endRow(at end: Int, lines: Int) {
    rowLength = min(end + 1, buffer.count)
    rowEnd = end > 0 && buffer.row[end - 1] == 0x0D ? end - 1 : end
    lineCount = lines
  }

  private mutating func cutRow() {
    cut = Array(UnsafeBufferPointer(start: buffer.row, count: min(buffer.count, limits.shownBytes)))
    isCut = true
    lineCount = 1
  }

  // MARK: - Fields

  private mutating func takeRow() throws(InputFault) -> ScannedRow {
    var row = UnsafePointer(buffer.row)
    var count = buffer.count
    var place = 0
    var fieldStart = 0
    var lines = 1
    var fields = 0
    /// The first column with a line end in its quotes, from 1; 0: none.
    var openColumn = 0
    let most = limits.columns
    let slices = slices

    while true {
      // Everything up to `place` is cut into fields.
      while place < count {
        var mask = search.mask(row + place)
        while mask != 0 {
          let at = place + mask.firstPlace
          guard at < count else { break }
          mask &= mask &- 1
          let byte = row[at]
          if byte == comma {
            if fields < most {
              slices[fields] = UnsafeRawBufferPointer(start: row + fieldStart, count: at - fieldStart)
            }
            fields += 1
            fieldStart = at + 1
          } else if byte == 0x0A {
            fieldCount = fields
            return try finish(from: fieldStart, to: at, lines: lines, openColumn)
          } else if at > fieldStart {
            return try spoiled(.strayQuote(column: fields + 1))
          } else {
            // A quoted field: on to the byte behind its comma, or to the end of the row.
            fieldCount = fields
            let end = try takeQuoted(from: at + 1, lines: &lines)
            fields += 1
            if lines > 1, openColumn == 0 { openColumn = fields }
            switch end {
            case .comma(let next): (place, fieldStart) = (next, next)
            case .end(let end): return try finish(at: end, lines: lines, openColumn)
            case .tooLong: return try overlong(lines, openColumn)
            case .broken(let fault): return try spoiled(fault)
            }
            row = UnsafePointer(buffer.row)
            count = buffer.count
            place -= 8
            break
          }
        }
        place += 8
      }
      if count > limits.lineBytes { return try overlong(lines, openColumn) }
      let resume = max(fieldStart, min(place, count))
      if try !more(filled: fields) {
        guard fieldStart < count || fields > 0 else { return .end }
        fieldCount = fields
        return try finish(from: fieldStart, to: count, lines: lines, openColumn)
      }
      row = UnsafePointer(buffer.row)
      count = buffer.count
      place = resume
    }
  }

  /// Reads more of the row, whose fields up to `filled` move with it.
  private mutating func more(filled: Int) throws(InputFault) -> Bool {
    let old = UnsafeRawPointer(buffer.row)
    let isMore = try buffer.fill()
    let new = UnsafeRawPointer(buffer.row)
    if old != new {
      for index in 0..<min(filled, limits.columns) {
        guard let base = slices[index].baseAddress else { continue }
        slices[index] = UnsafeRawBufferPointer(start: new + (base - old), count: slices[index].count)
      }
    }
    return isMore
  }

  private mutating func hasByte(at place: Int, filled: Int) throws(InputFault) -> Bool {
    if place < buffer.count { return true }
    return try more(filled: filled)
  }

  /// The last field has no quotes: a carriage return before the line end is none of it.
  private mutating func finish(
    from start: Int, to end: Int, lines: Int, _ openColumn: Int
  ) throws(InputFault) -> ScannedRow {
    let last = end > start && buffer.row[end - 1] == 0x0D ? end - 1 : end
    add(from: start, to: last)
    return try finish(at: end, lines: lines, openColumn)
  }

  private mutating func add(from start: Int, to end: Int) {
    if fieldCount < limits.columns {
      slices[fieldCount] = UnsafeRawBufferPointer(start: buffer.row + start, count: end - start)
    }
    fieldCount += 1
  }

  private mutating func finish(at end: Int, lines: Int, _ openColumn: Int) throws(InputFault) -> ScannedRow {
    if end > limits.lineBytes { return try overlong(lines, openColumn) }
    endRow(at: end, lines: lines)
    if !doubled.isEmpty { writeDoubled() }
    return fieldCount > limits.columns ? .broken(.tooManyColumns(limit: limits.columns)) : .row
  }

  /// The row is its first line and has no fields.
  private mutating func spoiled(_ fault: RowFault) throws(InputFault) -> ScannedRow {
    try takeLine() ? .broken(fault) : .broken(.tooLong(limit: limits.lineBytes))
  }

  /// A row of several lines is so long because of a quote: that costs the first of them.
  private mutating func overlong(_ lines: Int, _ openColumn: Int) throws(InputFault) -> ScannedRow {
    try spoiled(lines > 1 ? .unclosedQuote(column: openColumn) : .tooLong(limit: limits.lineBytes))
  }

  // MARK: - Quotes

  private enum QuotedEnd {
    /// The next field begins here.
    case comma(Int)
    /// The row ends here.
    case end(Int)
    case tooLong
    case broken(RowFault)
  }

  /// Takes a quoted field whose content begins at `start`.
  private mutating func takeQuoted(from start: Int, lines: inout Int) throws(InputFault) -> QuotedEnd {
    let search = QuoteSearch()
    var place = start
    var hasDoubled = false
    while true {
      while place < buffer.count {
        let row = UnsafePointer(buffer.row)
        let mask = search.mask(row + place)
        guard mask != 0 else {
          place += 8
          continue
        }
        place += mask.firstPlace
        guard place < buffer.count else { break }
        if row[place] == 0x0A {
          lines += 1
          place += 1
          continue
        }
        guard try hasByte(at: place + 1, filled: fieldCount), buffer.row[place + 1] == 0x22 else {
          return try closeQuoted(from: start, to: place, hasDoubled)
        }
        hasDoubled = true
        place += 2
      }
      place = min(place, buffer.count)
      if buffer.count > limits.lineBytes { return .tooLong }
      guard try more(filled: fieldCount) else { return .broken(.unclosedQuote(column: fieldCount + 1)) }
    }
  }

  private mutating func closeQuoted(from start: Int, to end: Int, _ hasDoubled: Bool) throws(InputFault) -> QuotedEnd {
    if hasDoubled, fieldCount < limits.columns { doubled.append(fieldCount) }
    let next = end + 1
    let filled = fieldCount
    add(from: start, to: end)
    guard next < buffer.count else { return .end(next) }
    switch buffer.row[next] {
    case comma: return .comma(next + 1)
    case 0x0A: return .end(next)
    case 0x0D:
      let isMore = try hasByte(at: next + 1, filled: filled + 1)
      if !isMore || buffer.row[next + 1] == 0x0A { return .end(isMore ? next + 1 : buffer.count) }
    default: break
    }
    fieldCount = filled
    return .broken(.afterQuote(column: filled + 1))
  }

  /// Writes the fields with doubled quotes once more, with single ones.
  private mutating func writeDoubled() {
    if scratch.count < rowLength {
      scratch.deallocate()
      scratch = .allocate(byteCount: max(2 * scratch.count, rowLength), alignment: 1)
    }
    var written = 0
    for index in doubled where index < fieldCount {
      let field = slices[index]
      let start = written
      var place = 0
      while place < field.count {
        let byte = field[place]
        scratch[written] = byte
        written += 1
        place += byte == 0x22 ? 2 : 1
      }
      slices[index] = UnsafeRawBufferPointer(rebasing: scratch[start..<written])
    }
    doubled.removeAll(keepingCapacity: true)
  }
}
