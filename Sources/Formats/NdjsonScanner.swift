/// Cuts lines of JSON, one object a line, into members, over bytes as they come, and allocates nothing per line.
///
/// Names and texts come without their quotes and escapes; numbers as they were written. A list or an object as a value is
/// handed out whole, its brackets matched and nothing more. Empty lines are skipped, and a byte order mark before the first.
public struct NdjsonScanner: ~Copyable {
  /// How deep lists and objects may stand in each other.
  public static let nestingLimit = 64

  /// One member of the object.
  public struct Member {
    public var name: UnsafeRawBufferPointer
    /// Of a text, what stands in its quotes; else the value as it was written.
    public var value: UnsafeRawBufferPointer
    public var kind: Kind
  }

  public enum Kind: UInt8, Sendable {
    case text, number, yes, no, null
    /// A list or an object.
    case nested
  }

  private var buffer: ScanBuffer
  private let limits: ScanLimits
  private let search = TextSearch()
  private let noteMark: [UInt8]

  private var slices: UnsafeMutablePointer<Member>
  /// Texts with escapes are written here without them.
  private var scratch: UnsafeMutablePointer<UInt8>
  private var scratchSize = 1_024
  private var written = 0
  private var isFresh = true

  private var lineLength = 0
  private var lineEnd = 0
  private var lineCount = 0
  private var cut: [UInt8] = []

  /// From 1, as an editor counts.
  public private(set) var line = 0
  public private(set) var memberCount = 0

  /// - Parameter noteMark: What lines begin with that are no objects; empty: there are none such.
  public init(_ source: any ByteSource, limits: ScanLimits = ScanLimits(), noteMark: String = "") {
    buffer = ScanBuffer(source)
    self.limits = limits
    self.noteMark = Array(noteMark.utf8)
    slices = .allocate(capacity: limits.columns)
    scratch = .allocate(capacity: scratchSize)
  }

  deinit {
    slices.deallocate()
    scratch.deallocate()
  }

  /// The members in their order. Their bytes are there until the next line is asked for.
  public var members: UnsafeBufferPointer<Member> { UnsafeBufferPointer(start: slices, count: memberCount) }

  /// A copy of the line as it stands in the file, without its end.
  public var bytes: [UInt8] { isCut ? cut : Array(UnsafeBufferPointer(start: buffer.row, count: lineEnd)) }

  /// Whether ``bytes`` has only the beginning of the line.
  public private(set) var isCut = false

  /// Goes to the next line.
  ///
  /// - Throws: only where the source does. What is wrong with one line is in the answer.
  public mutating func next() throws(InputFault) -> ScannedRow {
    buffer.advance(lineLength)
    line += lineCount
    (lineLength, lineEnd, lineCount, memberCount, written) = (0, 0, 0, 0, 0)
    if isCut {
      (isCut, cut) = (false, [])
      try buffer.skipLine()
    }
    if isFresh {
      isFresh = false
      line = 1
      try buffer.skipByteOrderMark()
    }
    line += try buffer.skipEmptyLines()
    guard buffer.count > 0 else { return .end }
    lineCount = 1
    guard let length = try buffer.lineLength(limit: limits.lineBytes) else {
      cut = Array(UnsafeBufferPointer(start: buffer.row, count: min(buffer.count, limits.shownBytes)))
      isCut = true
      return .broken(.tooLong(limit: limits.lineBytes))
    }
    lineLength = min(length + 1, buffer.count)
    lineEnd = length > 0 && buffer.row[length - 1] == 0x0D ? length - 1 : length
    if !noteMark.isEmpty, try buffer.begins(with: noteMark) { return .note }
    do throws(RowFault) {
      try takeObject()
      return .row
    } catch {
      memberCount = 0
      return .broken(error)
    }
  }

  // MARK: - The object

  private mutating func takeObject() throws(RowFault) {
    let row = UnsafePointer(buffer.row)
    var place = skipSpace(row, 0)
    guard byte(row, place) == UInt8(ascii: "{") else {
      throw fault(place, "expected an object", help: "write one object a line: `{\"account\": \"a1\", \"input\": 5}`")
    }
    place = skipSpace(row, place + 1)
    if byte(row, place) == UInt8(ascii: "}") { return try finish(row, place + 1) }
    while true {
      guard byte(row, place) == UInt8(ascii: "\"") else { throw fault(place, "expected a name in double quotes") }
      let name = try takeText(row, &place)
      place = skipSpace(row, place)
      guard byte(row, place) == UInt8(ascii: ":") else { throw fault(place, "expected `:`") }
      place = skipSpace(row, place + 1)
      guard memberCount < limits.columns else { throw .tooManyColumns(limit: limits.columns) }
      slices[memberCount] = try takeMember(named: name, row, &place)
      memberCount += 1
      place = skipSpace(row, place)
      let next = byte(row, place)
      if next == UInt8(ascii: "}") { return try finish(row, place + 1) }
      guard next == UInt8(ascii: ",") else { throw fault(place, "expected `,` or `}`") }
      place = skipSpace(row, place + 1)
    }
  }

  private func finish(_ row: UnsafePointer<UInt8>, _ place: Int) throws(RowFault) {
    let place = skipSpace(row, place)
    guard place == lineEnd else { throw fault(place, "the line goes on after its object") }
  }

  private func fault(_ place: Int, _ problem: String, help: String? = nil) -> RowFault {
    if place >= lineEnd {
      return .json(
        place: lineEnd + 1, problem: "the object is not closed on its line",
        help: "write one object a line: `jq -c . FILE`")
    }
    return .json(place: place + 1, problem: problem, help: help)
  }

  /// 0 past the end of the line; inside it no sign is 0.
  @inline(__always)
  private func byte(_ row: UnsafePointer<UInt8>, _ place: Int) -> UInt8 { place < lineEnd ? row[place] : 0 }

  @inline(__always)
  private func skipSpace(_ row: UnsafePointer<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < lineEnd, row[place] == 0x20 || row[place] == 0x09 || row[place] == 0x0D { place += 1 }
    return place
  }

  // MARK: - Values

  private mutating func takeMember(
    named name: UnsafeRawBufferPointer, _ row: UnsafePointer<UInt8>, _ place: inout Int
  ) throws(RowFault) -> Member {
    let start = place
    let kind: Kind
    switch byte(row, place) {
    case UInt8(ascii: "\""): return Member(name: name, value: try takeText(row, &place), kind: .text)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try skipNumber(row, &place)
      kind = .number
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      try skipNested(row, &place)
      kind = .nested
    case UInt8(ascii: "t"): kind = try takeWord("true", .yes, row, &place)
    case UInt8(ascii: "f"): kind = try takeWord("false", .no, row, &place)
    case UInt8(ascii: "n"): kind = try takeWord("null", .null, row, &place)
    default: throw fault(place, "expected a value")
    }
    return Member(name: name, value: UnsafeRawBufferPointer(start: row + start, count: place - start), kind: kind)
  }

  private func takeWord(
    _ word: StaticString, _ kind: Kind, _ row: UnsafePointer<UInt8>, _ place: inout Int
  ) throws(RowFault) -> Kind {
    guard lineEnd - place >= word.utf8CodeUnitCount,
      areEqual(row + place, word.utf8Start, count: word.utf8CodeUnitCount)
    else { throw fault(place, "expected a value") }
    place += word.utf8CodeUnitCount
    return kind
  }

  /// -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)?
  private func skipNumber(_ row: UnsafePointer<UInt8>, _ place: inout Int) throws(RowFault) {
    if row[place] == UInt8(ascii: "-") { place += 1 }
    let first = place
    try skipDigits(row, &place)
    if place - first > 1, row[first] == UInt8(ascii: "0") { throw fault(first, "a number must not begin with 0") }
    if byte(row, place) == UInt8(ascii: ".") {
      place += 1
      try skipDigits(row, &place)
    }
    if byte(row, place) | 0x20 == UInt8(ascii: "e") {
      place += 1
      if byte(row, place) == UInt8(ascii: "+") || byte(row, place) == UInt8(ascii: "-") { place += 1 }
      try skipDigits(row, &place)
    }
  }

  @inline(__always)
  private func skipDigits(_ row: UnsafePointer<UInt8>, _ place: inout Int) throws(RowFault) {
    let start = place
    while byte(row, place) &- 0x30 <= 9 { place += 1 }
    if place == start { throw fault(place, "expected a digit") }
  }

  /// Matches brackets, with one bit for each that is open: 1 for `{`.
  private func skipNested(_ row: UnsafePointer<UInt8>, _ place: inout Int) throws(RowFault) {
    var open: UInt64 = 0
    var depth = 0
    let start = place
    repeat {
      switch byte(row, place) {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth < NdjsonScanner.nestingLimit else {
          throw fault(start, "lists and objects stand in each other more than \(NdjsonScanner.nestingLimit) deep")
        }
        open = open << 1 | (row[place] == UInt8(ascii: "{") ? 1 : 0)
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard open & 1 == (row[place] == UInt8(ascii: "}") ? 1 : 0) else {
          throw fault(place, "this bracket closes none")
        }
        open >>= 1
        depth -= 1
      case UInt8(ascii: "\""):
        var end = place + 1
        while byte(row, end) != UInt8(ascii: "\"") {
          guard end < lineEnd else { throw fault(lineEnd, "") }
          end += byte(row, end) == UInt8(ascii: "\\") ? 2 : 1
        }
        place = end
      default: if place >= lineEnd { throw fault(lineEnd, "") }
      }
      place += 1
    } while depth > 0
  }

  // MARK: - Texts

  /// Takes a text in quotes; one with escapes is written anew without them.
  private mutating func takeText(
    _ row: UnsafePointer<UInt8>, _ place: inout Int
  ) throws(RowFault) -> UnsafeRawBufferPointer {
    let start = place + 1
    place = start
    while place < lineEnd {
      let mask = search.mask(row + place)
      guard mask != 0 else {
        place += 8
        continue
      }
      place += mask.firstPlace
      guard place < lineEnd else { break }
      switch row[place] {
      case 0x22:
        place += 1
        return UnsafeRawBufferPointer(start: row + start, count: place - 1 - start)
      case 0x5C: return try takeEscaped(row, from: start, &place)
      default: throw fault(place, "a control character inside a text", help: "write it as an escape, such as `\\n`")
      }
    }
    throw fault(lineEnd, "")
  }

  /// Goes on with a text at its first escape.
  private mutating func takeEscaped(
    _ row: UnsafePointer<UInt8>, from start: Int, _ place: inout Int
  ) throws(RowFault) -> UnsafeRawBufferPointer {
    makeRoom()
    let first = written
    (scratch + written).update(from: row + start, count: place - start)
    written += place - start
    while place < lineEnd {
      switch row[place] {
      case 0x22:
        place += 1
        return UnsafeRawBufferPointer(start: scratch + first, count: written - first)
      case 0x5C: write(try takeEscape(row, &place))
      case ..<0x20:
        throw fault(place, "a control character inside a text", help: "write it as an escape, such as `\\n`")
      default:
        scratch[written] = row[place]
        written += 1
        place += 1
      }
    }
    throw fault(lineEnd, "")
  }

  /// Without its escapes no text is longer, so one line's length is room for all of them. Only the first text of a line can
  /// ask for more than there is: no other's place changes.
  private mutating func makeRoom() {
    guard written == 0, scratchSize < lineEnd else { return }
    scratch.deallocate()
    scratchSize = 2 * lineEnd
    scratch = .allocate(capacity: scratchSize)
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      scratch[written] = byte
      written += 1
    }
  }

  private func takeEscape(_ row: UnsafePointer<UInt8>, _ place: inout Int) throws(RowFault) -> Unicode.Scalar {
    let start = place
    let sign = byte(row, place + 1)
    place += 2
    switch sign {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(sign)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var value = try takeHex(row, &place, from: start)
      // A scalar past U+FFFF is written as a pair.
      if (0xD800..<0xDC00).contains(value), byte(row, place) == 0x5C, byte(row, place + 1) == UInt8(ascii: "u") {
        place += 2
        let low = try takeHex(row, &place, from: start)
        if (0xDC00..<0xE000).contains(low) { value = 0x1_0000 + (value - 0xD800) << 10 + (low - 0xDC00) }
      }
      if let scalar = Unicode.Scalar(value) { return scalar }
      throw fault(start, "half of a surrogate pair is not a character")
    default: throw fault(start, "JSON has no such escape", help: "write a backslash itself as `\\\\`")
    }
  }

  private func takeHex(_ row: UnsafePointer<UInt8>, _ place: inout Int, from start: Int) throws(RowFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit = byte(row, place)
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit & 0x0F)
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | UInt32((digit & 0x0F) + 9)
      default: throw fault(start, "`\\u` needs four hexadecimal digits")
      }
      place += 1
    }
    return value
  }
}
