/// A window that moves over the bytes of a source: what a row begins with stays at hand until the row has ended.
struct ScanBuffer: ~Copyable {
  /// How many bytes are read at once. Larger ones leave the cache of one core.
  static let chunkBytes = 1 << 17
  /// Whole words are read, so that many bytes past the last may be touched.
  private static let slack = 8

  let source: any ByteSource
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Where the row begins.
  private(set) var start = 0
  private(set) var end = 0
  private(set) var isAtEnd = false

  init(_ source: any ByteSource) {
    self.source = source
    capacity = ScanBuffer.chunkBytes
    base = .allocate(capacity: capacity + ScanBuffer.slack)
    base.initialize(repeating: 0, count: capacity + ScanBuffer.slack)
  }

  deinit { base.deallocate() }

  /// The row, from its first byte on.
  var row: UnsafeMutablePointer<UInt8> { base + start }
  /// How many bytes from the row's first one on have been read.
  var count: Int { end - start }

  /// The row is over: the next begins so many bytes later.
  mutating func advance(_ count: Int) { start = min(start + count, end) }

  /// Reads more behind what there is, moving the row to the front. False at the end of the source.
  mutating func fill() throws(InputFault) -> Bool {
    if isAtEnd { return false }
    if start > 0 {
      base.update(from: base + start, count: end - start)
      end -= start
      start = 0
    }
    if end == capacity { grow() }
    let read = try source.read(into: UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end))
    end += read
    isAtEnd = read == 0
    return read > 0
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + ScanBuffer.slack)
    larger.initialize(repeating: 0, count: 2 * capacity + ScanBuffer.slack)
    larger.update(from: base, count: end)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}

// MARK: - Lines

extension ScanBuffer {
  /// Whether at least `count` bytes are there, read now if need be.
  mutating func has(_ wanted: Int) throws(InputFault) -> Bool {
    while count < wanted { if try !fill() { return false } }
    return true
  }

  /// Whether the row begins with these bytes.
  mutating func begins(with bytes: [UInt8]) throws(InputFault) -> Bool {
    for (place, byte) in bytes.enumerated() {
      guard try has(place + 1), row[place] == byte else { return false }
    }
    return true
  }

  /// How long the line is that begins here, its line feed not counted; nil when it is longer than `limit`.
  mutating func lineLength(limit: Int) throws(InputFault) -> Int? {
    var seen = 0
    while true {
      if let place = place(of: 0x0A, in: row + seen, count: count - seen) {
        return seen + place <= limit ? seen + place : nil
      }
      seen = count
      if seen > limit { return nil }
      if try !fill() { return seen }
    }
  }

  /// Goes to the beginning of the next line, keeping nothing of this one.
  mutating func skipLine() throws(InputFault) {
    while true {
      if let place = place(of: 0x0A, in: row, count: count) { return advance(place + 1) }
      advance(count)
      if try !fill() { return }
    }
  }

  /// Skips the mark that some editors put before the first line.
  mutating func skipByteOrderMark() throws(InputFault) {
    if try begins(with: [0xEF, 0xBB, 0xBF]) { advance(3) }
  }

  private mutating func isEmptyAfterReturn() throws(InputFault) -> Bool {
    guard try has(2) else { return true }
    return row[1] == 0x0A
  }

  /// Skips empty lines and says how many there were.
  mutating func skipEmptyLines() throws(InputFault) -> Int {
    var lines = 0
    while try has(1) {
      if row[0] == 0x0A {
        advance(1)
      } else if row[0] == 0x0D, try isEmptyAfterReturn() {
        advance(2)
      } else {
        break
      }
      lines += 1
    }
    return lines
  }
}
