/// A stretch of one source, in bytes: from `start` up to, not including, `end`.
@frozen
public struct Span: Hashable, Sendable {
  /// The source's number in its ``SourceMap``; negative when there is none.
  public var source: Int32
  /// The offset of the first byte.
  public var start: Int32
  /// The offset just behind the last byte.
  public var end: Int32

  @inlinable
  public init(source: Int32, start: Int32, end: Int32) {
    self.source = source
    self.start = start
    self.end = end
  }

  /// The same from a range of offsets; those past 32 bits are taken to the last.
  @inlinable
  public init(source: Int32, range: Range<Int>) {
    self.init(source: source, start: Int32(clamping: range.lowerBound), end: Int32(clamping: range.upperBound))
  }

  /// No place in any source: for what the author did not write.
  @inlinable public static var none: Span { Span(source: -1, start: 0, end: 0) }

  /// Whether this is no place in any source.
  @inlinable public var isNone: Bool { source < 0 }

  /// The shortest span that covers both. With none, the other; with one of another source, this one.
  @inlinable
  public func joined(with other: Span) -> Span {
    if isNone { return other }
    guard source == other.source else { return self }
    return Span(source: source, start: min(start, other.start), end: max(end, other.end))
  }
}
