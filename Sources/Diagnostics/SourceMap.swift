/// All the texts of one run, numbered in the order they came, so that a ``Span`` can name its own.
public struct SourceMap: Sendable {
  public private(set) var sources: [Source] = []

  public init() {}

  /// Keeps a source and gives its number, for ``Span/source``.
  public mutating func add(_ source: Source) -> Int32 {
    sources.append(source)
    return Int32(clamping: sources.count - 1)
  }

  /// The source with this number, or ``Source/empty``.
  public subscript(number: Int32) -> Source {
    sources.indices.contains(Int(number)) ? sources[Int(number)] : .empty
  }

  /// The source that a span lies in, or ``Source/empty``.
  public subscript(span: Span) -> Source { self[span.source] }

  /// The text of a span, or nothing.
  public func text(_ span: Span) -> String { self[span].text(span) }
}
