/// Bytes of a terminal, as they come.
protocol ByteFeed: AnyObject {
  /// Waits for bytes. A negative time is for ever.
  func more(within milliseconds: Int32) -> Fed
}

enum Fed: Hashable {
  case bytes([UInt8])
  case late
  /// A signal was noted.
  case woken
  case ended
}

/// Keys that we tell libedit by one scalar of our own, whatever the terminal sends for them: in a map of vi a sequence that
/// begins with Escape could not be told from Escape.
enum Key: UInt32, CaseIterable {
  case paste = 0x80
  /// Ends the line, by libedit's own function.
  case submit = 0x81
  /// Puts the line in order; nobody presses it.
  case settle = 0x82
  case up = 0x83
  case down = 0x84
  case right = 0x85
  case left = 0x86
  case home = 0x87
  case end = 0x88
  case delete = 0x89
  case wordRight = 0x8A
  case wordLeft = 0x8B
  case help = 0x8C
  case pageUp = 0x8D
  case pageDown = 0x8E
  /// The line is too long.
  case refuse = 0x8F
}

/// Makes keys of bytes.
struct KeyReader {
  enum Event: Hashable {
    case key(Unicode.Scalar)
    case ours(Key)
    case woken
    case ended
  }

  private let feed: any ByteFeed
  private var bytes: [UInt8] = []
  private var head = 0
  /// The rest of a sequence that libedit reads one by one.
  private var rest: [Unicode.Scalar] = []
  /// Whether the keys so far are only the beginning of one, so that none of ours may come between.
  private(set) var isInside = false
  /// Whether all sequences are made keys of ours, as the maps of vi need it.
  var namesAll = false

  /// How long the rest of a sequence may take, in milliseconds: longer than it takes over a slow line, shorter than a person
  /// needs for the next key.
  static let sequenceTime: Int32 = 60
  /// The longest sequence that is waited for.
  static let sequenceLimit = 32

  init(_ feed: any ByteFeed) { self.feed = feed }

  /// Whether bytes are left that came and were not read.
  var hasMore: Bool { head < bytes.count }

  private enum Byte {
    case byte(UInt8)
    case late
    case woken
    case ended
  }

  /// The byte so many behind the next one.
  private mutating func peek(_ offset: Int, within time: Int32) -> Byte {
    while head + offset >= bytes.count {
      if head > 0 && (head == bytes.count || head > 4096) {
        bytes.removeFirst(head)
        head = 0
      }
      switch feed.more(within: time) {
      case .bytes(let more): bytes += more
      case .late: return .late
      case .woken: return .woken
      case .ended: return .ended
      }
    }
    return .byte(bytes[head + offset])
  }

  /// The next key; waits for it.
  mutating func next() -> Event {
    let event = read()
    switch event {
    // Escape, Ctrl-X and Ctrl-V wait for what comes next.
    case .key("\u{1B}"), .key("\u{18}"), .key("\u{16}"): isInside = true
    case .woken: break
    default: isInside = !rest.isEmpty
    }
    return event
  }

  private mutating func read() -> Event {
    if !rest.isEmpty { return .key(rest.removeFirst()) }
    while true {
      switch peek(0, within: -1) {
      case .late: continue
      case .woken: return .woken
      case .ended: return .ended
      case .byte(0x1B):
        if let event = sequence() { return event }
      case .byte(let first):
        return .key(scalar(first))
      }
    }
  }

  // MARK: - UTF-8

  /// The scalar that begins with a byte. What is not UTF-8, and what would control something beyond the keys of ASCII, is
  /// U+FFFD.
  private mutating func scalar(_ first: UInt8) -> Unicode.Scalar {
    head += 1
    let length: Int
    switch first {
    case 0..<0x80: return Unicode.Scalar(first)
    case 0xC2...0xDF: length = 1
    case 0xE0...0xEF: length = 2
    case 0xF0...0xF4: length = 3
    default: return "\u{FFFD}"
    }
    var value = UInt32(first) & (0x3F >> UInt32(length))
    for index in 0..<length {
      var next: UInt8?
      for _ in 0..<10 {
        // A signal is no reason to tear a character.
        guard case .woken = peek(index, within: 200) else { break }
      }
      if head + index < bytes.count { next = bytes[head + index] }
      guard let next, next & 0xC0 == 0x80 else {
        head += index
        return "\u{FFFD}"
      }
      value = value << 6 | UInt32(next & 0x3F)
    }
    head += length
    let least: UInt32 = [0, 0x80, 0x800, 0x10000][length]
    guard value >= least, value >= 0xA0, let scalar = Unicode.Scalar(value) else { return "\u{FFFD}" }
    return scalar
  }

  // MARK: - Sequences

  private static let pasteStart = Array("\u{1B}[200~".utf8)
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// What begins with Escape. nil: something that means nothing.
  private mutating func sequence() -> Event? {
    guard case .byte(let kind) = peek(1, within: KeyReader.sequenceTime), kind == 0x5B || kind == 0x4F else {
      head += 1
      return .key("\u{1B}")
    }
    for offset in 1..<KeyReader.pasteStart.count {
      guard case .byte(KeyReader.pasteStart[offset]) = peek(offset, within: KeyReader.sequenceTime) else { break }
      if offset == KeyReader.pasteStart.count - 1 {
        head += KeyReader.pasteStart.count
        return .ours(.paste)
      }
    }
    var offset = 2
    while offset < KeyReader.sequenceLimit, case .byte(let byte) = peek(offset, within: KeyReader.sequenceTime) {
      // Linux sends `ESC [ [ A` for F1.
      if (0x40...0x7E).contains(byte) && !(byte == 0x5B && offset == 2) {
        let body = bytes[head + 2...head + offset]
        head += offset + 1
        if namesAll { return KeyReader.names[String(decoding: body, as: UTF8.self)].map { .ours($0) } }
        rest = [Unicode.Scalar(kind)] + body.map { Unicode.Scalar($0) }
        return .key("\u{1B}")
      }
      guard (0x20...0x3F).contains(byte) || byte == 0x5B else { break }
      offset += 1
    }
    head += 1
    return .key("\u{1B}")
  }

  /// What stands behind `ESC [` or `ESC O`.
  static let names: [String: Key] = [
    "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end,
    "1~": .home, "7~": .home, "4~": .end, "8~": .end, "3~": .delete, "5~": .pageUp, "6~": .pageDown,
    "P": .help, "11~": .help, "[A": .help,
    "1;3C": .wordRight, "1;5C": .wordRight, "1;9C": .wordRight, "1;3D": .wordLeft, "1;5D": .wordLeft, "1;9D": .wordLeft,
  ]

  // MARK: - Paste

  /// What was pasted, up to its end mark.
  ///
  /// - Returns: the bytes; nil where they were more than the limit, and were left out.
  mutating func paste(limit: Int, isInterrupted: () -> Bool) -> [UInt8]? {
    var result: [UInt8] = []
    var tooLong = false
    let mark = KeyReader.pasteEnd
    while true {
      switch peek(0, within: -1) {
      case .late: continue
      case .ended: return tooLong ? nil : result
      case .woken:
        // Not every terminal marks the end.
        if isInterrupted() { return [] }
      case .byte(let byte):
        head += 1
        result.append(byte)
        if byte == mark[mark.count - 1] && result.suffix(mark.count).elementsEqual(mark) {
          result.removeLast(mark.count)
          return tooLong ? nil : result
        }
        if result.count > limit + mark.count {
          tooLong = true
          result.removeFirst(result.count - mark.count)
        }
      }
    }
  }
}

/// What is pasted, made fit for a line.
enum Paste {
  /// A tab is a blank, every line end a line feed, none at the end; other control characters are shown as U+FFFD.
  static func cleaned(_ bytes: [UInt8]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n":
        if result.last != "\r" { result.append("\n") } else { result[result.count - 1] = "\n" }
      case "\r": result.append("\r")
      case "\t": result.append(" ")
      default: result.append(Glyphs.visible(scalar))
      }
    }
    for index in result.indices where result[index] == "\r" { result[index] = "\n" }
    while result.last == "\n" { result.removeLast() }
    return result
  }
}
