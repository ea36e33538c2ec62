/// Names seen before, found by their bytes: a name that comes a million times is one `String`.
///
/// Only what is UTF-8 without control characters, and no longer than ``nameBytes``, is a name.
public struct NamePool: ~Copyable {
  /// The longest name, in bytes.
  public static let nameBytes = 256
  /// How many names are kept. A file with more still gets its names, only not shared.
  public static let nameLimit = 1 << 16

  private struct Name {
    var text: String
    var bytes: Pattern
    /// Where the bytes of a long name begin in `letters`.
    var start: Int
  }

  /// The first and the last eight bytes of a name of sixteen at most, which with their count are all of it. Of a longer one,
  /// `front` is its hash.
  private struct Pattern: Equatable {
    var count: Int
    var front: UInt64 = 0
    var back: UInt64 = 0

    var isLong: Bool { count > 16 }
  }

  private var names: [Name] = []
  private var letters: [UInt8] = []
  /// By hash: its upper half, and below it the number of a name plus one; 0 is free. At most half of it is used.
  private var slots: [UInt64]
  // A file made to let all its names meet in one place would have to know this.
  private let seed = UInt64.random(in: 0...UInt64.max)

  private let limit: Int

  /// - Parameter limit: How many names are kept.
  public init(limit: Int = NamePool.nameLimit) {
    self.limit = min(limit, Int(UInt32.max) - 1)
    slots = Array(repeating: 0, count: 256)
  }

  /// How many names are kept.
  public var count: Int { names.count }

  /// The name with these bytes; nil where they are none.
  public mutating func name(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard let place = place(of: bytes) else { return NamePool.text(bytes) }
    return names[place].text
  }

  /// The name of this number.
  public subscript(_ place: Int) -> String { names[place].text }

  /// The number of the name with these bytes, the same each time; nil where they are no name, or one too many.
  public mutating func place(of bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count <= NamePool.nameBytes else { return nil }
    let pattern = pattern(bytes)
    let tag = tag(pattern)
    var slot = Int(tag) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] >> 32 == tag {
        let place = Int(slots[slot] & 0xFFFF_FFFF) - 1
        if isName(pattern, bytes, at: place) { return place }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return add(bytes, pattern, tag << 32, slot)
  }

  /// Whether the name of this number has these bytes.
  public func hasName(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard place >= 0, place < names.count else { return false }
    return isName(pattern(bytes), bytes, at: place)
  }

  @inline(__always)
  private func isName(_ pattern: Pattern, _ bytes: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard names[place].bytes == pattern else { return false }
    guard pattern.isLong, let other = bytes.baseAddress else { return true }
    let start = names[place].start
    return letters.withUnsafeBytes { letters in
      guard let base = letters.baseAddress else { return false }
      return areEqual(base + start, other, count: bytes.count)
    }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer, _ pattern: Pattern, _ tag: UInt64, _ slot: Int) -> Int? {
    guard names.count < limit, let text = NamePool.text(bytes) else { return nil }
    names.append(Name(text: text, bytes: pattern, start: letters.count))
    if pattern.isLong { letters.append(contentsOf: bytes) }
    slots[slot] = tag | UInt64(names.count)
    if 2 * names.count > slots.count { spread() }
    return names.count - 1
  }

  private mutating func spread() {
    let old = slots
    slots = Array(repeating: 0, count: 2 * old.count)
    for found in old where found != 0 {
      var slot = Int(found >> 32) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = found
    }
  }

  @inline(__always)
  private func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let (high, low) = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return high ^ low ^ (hash >> 32)
  }

  /// The upper half of a hash.
  @inline(__always)
  private func tag(_ pattern: Pattern) -> UInt64 {
    let hash = mixed(mixed(seed ^ UInt64(pattern.count), pattern.front), pattern.back)
    return (hash ^ (hash << 29)) >> 32
  }

  @inline(__always)
  private func pattern(_ bytes: UnsafeRawBufferPointer) -> Pattern {
    let count = bytes.count
    var pattern = Pattern(count: count)
    switch count {
    case 0: break
    case ..<4:
      for byte in bytes { pattern.front = pattern.front << 8 | UInt64(byte) }
    case ..<8:
      // The two halves may have bytes in common.
      let (first, last) = (
        bytes.loadUnaligned(as: UInt32.self), bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      )
      pattern.front = UInt64(first) << 32 | UInt64(last)
    case ...16:
      pattern.front = bytes.loadUnaligned(as: UInt64.self)
      pattern.back = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    default:
      var hash = seed ^ UInt64(count)
      var place = 0
      while place < count {
        hash = mixed(hash, bytes.loadUnaligned(fromByteOffset: min(place, count - 8), as: UInt64.self))
        place += 8
      }
      pattern.front = hash
    }
    return pattern
  }

  /// The bytes as a text; nil where they are no UTF-8, too long, or have control characters.
  public static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count <= nameBytes else { return nil }
    var isPlain = true
    for byte in bytes where byte &- 0x20 >= 0x5F {
      // Letters past ASCII are looked at one by one below.
      if byte < 0x80 { return nil }
      isPlain = false
    }
    if isPlain { return String(decoding: bytes, as: UTF8.self) }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    return text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : text
  }
}
