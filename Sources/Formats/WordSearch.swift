// Eight bytes looked at together. In a mask, the highest bit of each byte that was looked for is set, and no other: the
// first of them in the text is the lowest in the word.

@inline(__always)
private func littleEndianWord(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
  UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
}

@inline(__always)
private func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

private let lowBits: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

/// Nothing is carried from one byte to the next, so every byte of the mask is exact.
@inline(__always)
private func zeros(_ word: UInt64) -> UInt64 { ~(((word & lowBits) &+ lowBits) | word | lowBits) }

/// The bytes that part one field from the next.
struct FieldSearch {
  private let comma: UInt64
  private let quote = repeated(0x22)
  private let newline = repeated(0x0A)

  init(comma: UInt8) { self.comma = repeated(comma) }

  @inline(__always)
  func mask(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    let word = littleEndianWord(bytes)
    return zeros(word ^ comma) | zeros(word ^ quote) | zeros(word ^ newline)
  }
}

/// Quotes and line feeds: what matters inside a quoted field.
struct QuoteSearch {
  private let quote = repeated(0x22)
  private let newline = repeated(0x0A)

  @inline(__always)
  func mask(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    let word = littleEndianWord(bytes)
    return zeros(word ^ quote) | zeros(word ^ newline)
  }
}

/// Quotes, backslashes and control characters: what matters inside a text of JSON.
struct TextSearch {
  private let quote = repeated(0x22)
  private let backslash = repeated(0x5C)
  private let upperBits = repeated(0xE0)

  @inline(__always)
  func mask(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    let word = littleEndianWord(bytes)
    return zeros(word ^ quote) | zeros(word ^ backslash) | zeros(word & upperBits)
  }
}

extension UInt64 {
  /// The place of the first byte a mask names.
  @inline(__always)
  var firstPlace: Int { trailingZeroBitCount >> 3 }
}
