/// Bars with a label and a value each, longest over the width there is.
public struct Chart: Sendable {
  public struct Bar: Sendable {
    public var label: String
    public var value: Int64
    /// As people read it.
    public var text: String

    public init(_ label: String, _ value: Int64, _ text: String) {
      self.label = label
      self.value = value
      self.text = text
    }
  }

  public var bars: [Bar]
  /// A line below: a total, or how full something is.
  public var summary: String?
  /// Part of a whole below the bars: `▕███▉▏ 99%`.
  public var gauge: (part: Int64, whole: Int64)?

  public init(_ bars: [Bar], summary: String? = nil, gauge: (part: Int64, whole: Int64)? = nil) {
    self.bars = bars
    self.summary = summary
    self.gauge = gauge
  }
}
