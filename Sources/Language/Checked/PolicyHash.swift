/// FNV-1a, 64 bits: names a version of a policy by its texts.
public struct PolicyHash: Sendable {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  }

  /// Ends a part: a byte that no UTF-8 text has, so that two texts cannot run into each other.
  public mutating func separate() { add(CollectionOfOne(0xff)) }

  /// 16 digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
