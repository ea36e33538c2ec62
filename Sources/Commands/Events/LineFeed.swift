import Shell

/// The lines of standard input, in the groups they arrive in.
struct LineFeed {
  /// Bytes of a line. What is longer is no request.
  static let lineLimit = 1 << 20

  struct Line {
    /// From 1, as an editor counts.
    var number: Int
    /// Without its end; nil for one that is too long.
    var bytes: [UInt8]?
  }

  private let feed: any TextFeed
  private var rest: [UInt8] = []
  /// Where the line begins that is not taken yet, and up to where there is no line end.
  private var start = 0
  private var searched = 0
  private var number = 0
  private var isTooLong = false
  private var hasEnded = false

  init(_ feed: any TextFeed) { self.feed = feed }

  /// The next lines: waits for the first, then takes what is there already. Nil at the end.
  mutating func group(atMost limit: Int) -> [Line]? {
    var lines: [Line] = []
    while lines.count < limit {
      if let line = takeLine() {
        lines.append(line)
        continue
      }
      if hasEnded { break }
      guard let piece = feed.next(waits: lines.isEmpty) else {
        hasEnded = true
        continue
      }
      if piece.isEmpty { break }
      compact()
      rest += piece
    }
    return lines.isEmpty ? nil : lines
  }

  /// The next whole line that has something on it; at the end, what is left.
  private mutating func takeLine() -> Line? {
    while true {
      guard let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) ?? (hasEnded ? rest.count : nil) else {
        searched = rest.count
        if searched - start > LineFeed.lineLimit {
          // Its end is still to be found, and nothing else of it.
          isTooLong = true
          start = searched
        }
        return nil
      }
      if end == rest.count, start == end, !isTooLong { return nil }
      let isLong = isTooLong || end - start > LineFeed.lineLimit
      var bytes = rest[start..<end]
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      start = min(end + 1, rest.count)
      searched = start
      number += 1
      isTooLong = false
      if isLong { return Line(number: number, bytes: nil) }
      if bytes.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) {
        return Line(number: number, bytes: Array(bytes))
      }
    }
  }

  /// Forgets the lines that were taken.
  private mutating func compact() {
    guard start > 0 else { return }
    rest.removeFirst(start)
    searched -= start
    start = 0
  }
}
