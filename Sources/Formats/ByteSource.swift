/// Anything that yields bytes in pieces: a file, a pipe, what unpacks another source.
///
/// A source is read by one reader, from its beginning to its end.
public protocol ByteSource: AnyObject {
  /// What messages call it: a path, or `standard input`.
  var name: String { get }
  /// How many bytes were taken from where they are stored; of a compressed file, compressed ones.
  var consumed: Int { get }
  /// How many bytes there are in all, as stored; nil where nobody knows, as for a pipe.
  var total: Int? { get }
  /// Fills the front of a buffer that is not empty and returns with how many bytes: 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int
}

/// Bytes from memory, or from whoever hands them over piece by piece.
public final class ChunkSource: ByteSource {
  public let name: String
  public private(set) var consumed = 0
  public let total: Int?
  private let more: () throws(InputFault) -> [UInt8]?
  private var chunk: [UInt8] = []
  private var place = 0

  /// A source of pieces of any length. `more` gives the next one, nil at the end.
  public init(_ name: String, total: Int? = nil, more: @escaping () throws(InputFault) -> [UInt8]?) {
    self.name = name
    self.total = total
    self.more = more
  }

  /// A source of bytes that are all there.
  public convenience init(_ name: String, bytes: [UInt8]) {
    var rest: [UInt8]? = bytes
    self.init(name, total: bytes.count) { () throws(InputFault) -> [UInt8]? in
      defer { rest = nil }
      return rest
    }
  }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
    while place == chunk.count {
      guard let next = try more() else { return 0 }
      chunk = next
      place = 0
    }
    let count = min(buffer.count, chunk.count - place)
    chunk.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[place..<place + count])) }
    place += count
    consumed += count
    return count
  }
}
