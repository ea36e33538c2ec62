/// Names seen before, found by their bytes: a name that comes a million times is one `String`.
///
/// Only what is UTF-8 without control characters, and no longer than ``nameBytes``, is a name.
public struct NamePool: ~Copyable {
  /// The longest name, in bytes.
  public static let nameBytes = 256
  /// How many names are kept. A file with more still gets its names, only not shared.
  public static let nameLimit = 1 << 16

  private var names: [String] = []
  private var hashes: [UInt64] = []
  /// Where the bytes of each name begin in `letters`; one more than there are names.
  private var starts: [Int] = [0]
  private var letters: [UInt8] = []
  /// Index of a name plus one, by hash; 0 is free. At most half of it is used.
  private var slots: [UInt32]
  // A file made to let all its names meet in one place would have to know this.
  private let seed = UInt64.random(in: 0...UInt64.max)

  private let limit: Int

  /// - Parameter limit: How many names are kept.
  public init(limit: Int = NamePool.nameLimit) {
    self.limit = limit
    slots = Array(repeating: 0, count: 256)
  }

  /// How many names are kept.
  public var count: Int { names.count }

  /// The name with these bytes; nil where they are none.
  public mutating func name(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard let place = place(of: bytes) else { return NamePool.text(bytes) }
    return names[place]
  }

  /// The name of this number.
  public subscript(_ place: Int) -> String { names[place] }

  /// The number of the name with these bytes, the same each time; nil where they are no name, or one too many.
  public mutating func place(of bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count <= NamePool.nameBytes else { return nil }
    let hash = hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if hashes[place] == hash, hasName(bytes, at: place) { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return add(bytes, hash, slot)
  }

  /// Whether the name of this number has these bytes.
  public func hasName(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard place >= 0, place < names.count else { return false }
    let start = starts[place]
    guard starts[place + 1] - start == bytes.count else { return false }
    guard let other = bytes.baseAddress else { return true }
    return letters.withUnsafeBytes { letters in
      guard let base = letters.baseAddress else { return bytes.isEmpty }
      return areEqual(base + start, other, count: bytes.count)
    }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64, _ slot: Int) -> Int? {
    guard names.count < limit, let text = NamePool.text(bytes) else { return nil }
    names.append(text)
    hashes.append(hash)
    letters.append(contentsOf: bytes)
    starts.append(letters.count)
    slots[slot] = UInt32(names.count)
    if 2 * names.count > slots.count { spread() }
    return names.count - 1
  }

  private mutating func spread() {
    slots = Array(repeating: 0, count: 2 * slots.count)
    for (place, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(place + 1)
    }
  }

  @inline(__always)
  private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = seed ^ UInt64(bytes.count)
    var place = 0
    let count = bytes.count
    while place < count {
      var word: UInt64 = 0
      if place + 8 <= count {
        word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      } else if count >= 8 {
        word = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      } else {
        for byte in bytes[place...] { word = word << 8 | UInt64(byte) }
      }
      let (high, low) = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      hash = high ^ low ^ (hash >> 32)
      place += 8
    }
    return hash ^ (hash >> 29)
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
