import Engine

/// Which ids of an account took effect under which candidates, in a few bytes each: answers themselves are not needed again.
struct IdMemory {
  // A table of its own rather than a dictionary: the keys are sums already, and need no second hash.
  private var slots: [Slot] = []
  private var count = 0
  /// What is known of the key 0, which stands for an empty slot.
  private var ofZero: Entry?

  private struct Slot {
    var key: UInt64 = 0
    var entry = Entry(content: 0, allowed: 0)
  }

  struct Entry {
    /// Of what the event said.
    var content: UInt32
    /// A bit for each candidate that allowed it.
    var allowed: UInt32
  }

  /// The content of an event that nobody saw come.
  static let unknown: UInt32 = 0

  /// What names an event, as 64 bits that are the same on every machine.
  static func key(_ event: Int, _ id: String) -> UInt64 {
    var sum = TextSum()
    sum.add(UInt64(truncatingIfNeeded: event))
    sum.add(id)
    return sum.value
  }

  static func content(_ fields: [EventCall.Value]) -> UInt32 {
    var sum = TextSum()
    fields.withUnsafeBufferPointer { fields in
      guard let first = fields.baseAddress else { return }
      for place in 0..<fields.count { (first + place).pointee.add(to: &sum) }
    }
    return UInt32(truncatingIfNeeded: sum.value >> 32)
  }

  func entry(_ key: UInt64) -> Entry? {
    if key == 0 { return ofZero }
    if count == 0 { return nil }
    let slot = slots[place(of: key)]
    return slot.key == key ? slot.entry : nil
  }

  mutating func note(_ key: UInt64, content: UInt32, allowed: UInt32) {
    guard key != 0 else {
      ofZero = Entry(content: ofZero?.content ?? content, allowed: (ofZero?.allowed ?? 0) | allowed)
      return
    }
    if 4 * (count + 1) > 3 * slots.count { grow() }
    let place = place(of: key)
    if slots[place].key != key {
      slots[place] = Slot(key: key, entry: Entry(content: content, allowed: 0))
      count += 1
    }
    slots[place].entry.allowed |= allowed
  }

  /// Where a key is, or would be.
  private func place(of key: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: key) & mask
    while slots[place].key != 0, slots[place].key != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: max(4, 2 * old.count))
    for slot in old where slot.key != 0 { slots[place(of: slot.key)] = slot }
  }
}

extension EventCall.Value {
  fileprivate func add(to sum: inout TextSum) {
    switch self {
    case .number(let number): sum.add(UInt64(bitPattern: number))
    case .text(let text): sum.add(text)
    }
  }
}

/// A running sum over texts and numbers.
struct TextSum {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func add(_ number: UInt64) {
    let (high, low) = (state ^ number).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    state = high ^ low ^ 0xE703_7ED1_A0B4_28DB
  }

  /// The text is lent: names are shared by all threads, which would wait for one another at its count.
  mutating func add(_ text: borrowing String) {
    if text.utf8.withContiguousStorageIfAvailable({ bytes in add(UnsafeRawBufferPointer(bytes)) }) == nil {
      addCopy(of: text)
    }
  }

  /// For texts that the system keeps its own way.
  @inline(never)
  private mutating func addCopy(of text: borrowing String) {
    Array(text.utf8).withUnsafeBytes { bytes in add(bytes) }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var place = 0
    while place + 8 <= bytes.count {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      place += 8
    }
    var rest: UInt64 = 0
    while place < bytes.count {
      rest = rest << 8 | UInt64(bytes[place])
      place += 1
    }
    add(rest)
    add(UInt64(bytes.count))
  }

  /// Mixed once more: neighbours are far from each other.
  var value: UInt64 {
    var copy = self
    copy.add(0x8EBC_6AF0_9C88_C6E3)
    return copy.state
  }
}
