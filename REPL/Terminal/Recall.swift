/// The lines of this session and those before it, and the way through them.
struct Recall {
  /// Oldest first.
  private(set) var lines: [String]
  /// Where we are; nil: at the line that is being written.
  private var place: Int?
  private var shown: String?
  private var draft = ""
  private var prefix: String?

  /// How many are kept in memory.
  static let limit = 10_000

  init(_ lines: [String] = []) { self.lines = Array(lines.suffix(Recall.limit)) }

  /// Adds a line, unless it is the same as the newest. Returns whether it was added.
  mutating func add(_ line: String) -> Bool {
    leave()
    guard !line.isEmpty, lines.last != line else { return false }
    lines.append(line)
    if lines.count > Recall.limit { lines.removeFirst(lines.count - Recall.limit) }
    return true
  }

  /// Back to the line that is being written.
  mutating func leave() {
    place = nil
    shown = nil
    prefix = nil
  }

  /// The text was brought by a search: go on from there.
  mutating func found(_ text: String) {
    guard let index = lines.lastIndex(of: text) else { return }
    place = index
    shown = text
    draft = ""
    prefix = nil
  }

  private mutating func begin(_ text: String) {
    if shown == text && place != nil { return }
    leave()
    draft = text
  }

  /// The next older or newer line. nil: there is none.
  mutating func step(from text: String, older: Bool) -> String? {
    begin(text)
    return go(from: text, older: older) { _ in true }
  }

  /// The next older or newer line that begins as the one that is being written does before the cursor.
  mutating func step(from text: String, beginning: String, older: Bool) -> String? {
    begin(text)
    let wanted = prefix ?? beginning
    defer { prefix = wanted }
    return go(from: text, older: older) { $0.unicodeScalars.starts(with: wanted.unicodeScalars) }
  }

  private mutating func go(from text: String, older: Bool, where fits: (String) -> Bool) -> String? {
    var index = place ?? lines.count
    while true {
      index += older ? -1 : 1
      guard index >= 0 else { return nil }
      if index >= lines.count {
        guard place != nil else { return nil }
        place = nil
        shown = nil
        return draft
      }
      if lines[index] != text && fits(lines[index]) {
        place = index
        shown = lines[index]
        return lines[index]
      }
    }
  }

  /// The newest line of one row that begins with a text and goes on.
  func suggestion(for text: String) -> String? {
    guard !text.isEmpty else { return nil }
    // Looked for at every key: far enough back for what somebody remembers.
    for line in lines.suffix(1000).reversed()
    where line.utf8.count > text.utf8.count && line.utf8.starts(with: text.utf8) && !line.utf8.contains(10) {
      return line
    }
    return nil
  }
}
