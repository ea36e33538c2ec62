/// Reads single Unicode scalars from bytes that may not be UTF-8.
enum UTF8Reader {
  /// The scalar that begins at an offset, or nil where none does.
  static func scalar(in bytes: [UInt8], at offset: Int) -> Unicode.Scalar? {
    guard offset < bytes.count else { return nil }
    let first = UInt32(bytes[offset])
    let (count, start, least): (Int, UInt32, UInt32) =
      switch first {
      case 0..<0x80: (0, first, 0)
      case 0xC2...0xDF: (1, first & 0x1F, 0x80)
      case 0xE0...0xEF: (2, first & 0x0F, 0x800)
      case 0xF0...0xF4: (3, first & 0x07, 0x1_0000)
      default: (-1, 0, 0)
      }
    guard count >= 0, offset + count < bytes.count else { return nil }
    var value = start
    for next in bytes[(offset + 1)..<(offset + 1 + count)] {
      guard next & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3F)
    }
    guard value >= least else { return nil }
    return Unicode.Scalar(value)
  }

  /// How many bytes a scalar takes.
  static func length(of scalar: Unicode.Scalar) -> Int { UTF8.width(scalar) }

  /// Whether it takes no room or turns the direction of what follows, so that a line reads as something it is not.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x80...0x9F, 0x00AD, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
    default: false
    }
  }
}
