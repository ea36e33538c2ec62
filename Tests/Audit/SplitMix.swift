/// Random numbers that come out the same for the same seed, everywhere.
public struct SplitMix: Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of a range; the slight favour of small numbers does not matter here.
  public mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
    let count = UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
    return range.lowerBound &+ Int64(bitPattern: count == 0 ? next() : next() % count)
  }

  /// True `share` times in a thousand.
  public mutating func chance(_ share: Int64) -> Bool { within(0...999) < share }

  public mutating func one<Element>(of elements: [Element]) -> Element {
    precondition(!elements.isEmpty, "one of nothing was asked for")
    return elements[Int(within(0...Int64(elements.count - 1)))]
  }
}
