/// Reads Unicode scalars from bytes that may not be valid UTF-8.
///
/// Columns and carets both count with it, so they cannot disagree about broken text.
enum ScalarReader {
  /// The scalar that begins at `place`, or U+FFFD and a length of one where none does.
  static func scalar(in bytes: ArraySlice<UInt8>, at place: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let first = bytes[place]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let broken: (Unicode.Scalar, Int) = ("\u{FFFD}", 1)
    let length: Int
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return broken
    }
    guard place + length <= bytes.endIndex else { return broken }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for byte in bytes[place + 1..<place + length] {
      guard byte & 0xC0 == 0x80 else { return broken }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // Longer than needed, a surrogate, or past the last scalar.
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return broken }
    return (scalar, length)
  }
}
