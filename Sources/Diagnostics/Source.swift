/// One text that people wrote: a rule file, a scenario, a line typed at the shell.
///
/// Kept as its bytes, which need not be valid UTF-8. Copies share them.
public struct Source: Sendable {
  private let storage: Storage

  /// - Parameter name: the path, as it should be shown to people.
  public init(name: String, bytes: [UInt8]) { storage = Storage(name: name, bytes: bytes) }

  /// - Parameter name: the path, as it should be shown to people.
  public init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }

  /// A text with no name and nothing in it.
  public static let empty = Source(name: "", bytes: [])

  /// The path, as it is shown to people.
  public var name: String { storage.name }

  /// The text in UTF-8.
  public var bytes: [UInt8] { storage.bytes }

  /// How many lines there are: one more than there are line feeds.
  public var lineCount: Int { storage.lineStarts.count }

  private final class Storage: Sendable {
    let name: String
    let bytes: [UInt8]
    /// The offset of the first byte of each line.
    let lineStarts: [Int]

    init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
      var starts = [0]
      for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
      lineStarts = starts
    }
  }
}

extension Source: Hashable {
  public static func == (left: Source, right: Source) -> Bool {
    left.storage === right.storage || (left.name == right.name && left.bytes == right.bytes)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(bytes.count)
  }
}

// MARK: - Lines and columns

extension Source {
  /// The line and the column of a byte, both counted from 1.
  ///
  /// Columns count Unicode scalars, and each byte that is not valid UTF-8 as one. An offset outside the text is taken
  /// to its nearer end; one inside a scalar is taken to its start; one inside a line ending is just behind the line.
  /// Takes as long as the line is: for what is shown to people, not for every token.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = max(0, min(offset, bytes.count))
    let line = lineIndex(of: offset)
    let range = lineRange(line)
    var place = range.lowerBound
    var column = 1
    while place < min(offset, range.upperBound) {
      place += ScalarReader.scalar(in: bytes[range], at: place).length
      if place <= offset { column += 1 }
    }
    return (line + 1, column)
  }

  /// The bytes of a line, counted from 1, without its line ending. Empty for a line that does not exist.
  public func lineBytes(_ line: Int) -> ArraySlice<UInt8> {
    guard line >= 1, line <= lineCount else { return [] }
    return bytes[lineRange(line - 1)]
  }

  /// The text of a span, repaired where it is not valid UTF-8. A span outside the text is taken to its ends.
  public func text(_ span: Span) -> String {
    String(decoding: bytes[clamped(span)], as: UTF8.self)
  }

  /// The span's byte range, taken to the ends of the text.
  func clamped(_ span: Span) -> Range<Int> {
    let start = max(0, min(Int(span.start), bytes.count))
    return start..<max(start, min(Int(span.end), bytes.count))
  }

  /// The range of a line, counted from 0, without its line ending.
  private func lineRange(_ index: Int) -> Range<Int> {
    let start = storage.lineStarts[index]
    guard index + 1 < lineCount else { return start..<bytes.count }
    let feed = storage.lineStarts[index + 1] - 1
    let hasReturn = feed > start && bytes[feed - 1] == UInt8(ascii: "\r")
    return start..<(hasReturn ? feed - 1 : feed)
  }

  /// The last line, counted from 0, that begins at or before the offset.
  private func lineIndex(of offset: Int) -> Int {
    var low = 0
    var high = lineCount
    while high - low > 1 {
      let middle = (low + high) / 2
      if storage.lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
