/// A checksum over an entry of the history and the one before it: a row that was changed, lost or put in between is found. That
/// the last ones are lost is seen by what followed from them.
///
/// It finds accidents, not forgers: whoever can write the file can write the sums, too.
struct EventSum {
  private(set) var value: UInt64

  /// - Parameter earlier: the sum of the entry before; 0 for the first.
  init(after earlier: Int64) { value = UInt64(bitPattern: earlier) ^ 0x9e37_79b9_7f4a_7c15 }

  private mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0xff51_afd7_ed55_8ccd
    value ^= value >> 32
  }

  mutating func add(_ number: Int64?) {
    mix(number == nil ? 1 : 2)
    mix(UInt64(bitPattern: number ?? 0))
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    mix(UInt64(bytes.count))
    let raw = UnsafeRawBufferPointer(bytes)
    var place = 0
    while place + 8 <= raw.count {
      mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      place += 8
    }
    var rest: UInt64 = 0
    while place < raw.count {
      rest = rest << 8 | UInt64(raw[place])
      place += 1
    }
    mix(rest)
  }

  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add($0) }
  }

  mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { add($0) } }

  /// As it is kept.
  var kept: Int64 { Int64(bitPattern: value) }
}
