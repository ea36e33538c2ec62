/// A source whose beginning can be looked at before it is read.
public final class PeekedSource: ByteSource {
  /// The most bytes that are looked at.
  public static let peekedBytes = 1 << 16

  /// The first bytes: as many as were enough.
  public let beginning: [UInt8]
  private let source: any ByteSource
  private var place = 0

  /// Reads until the beginning `isEnough`, or has ``peekedBytes``, or is all there is.
  public init(
    _ source: any ByteSource, until isEnough: (UnsafeRawBufferPointer) -> Bool
  ) throws(InputFault) {
    self.source = source
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PeekedSource.peekedBytes, alignment: 1)
    defer { buffer.deallocate() }
    var count = 0
    while count < buffer.count {
      let read = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if read == 0 { break }
      count += read
      if isEnough(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { break }
    }
    beginning = Array(buffer[..<count])
  }

  public var name: String { source.name }
  public var consumed: Int { source.consumed }
  public var total: Int? { source.total }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
    guard place < beginning.count else { return try source.read(into: buffer) }
    let count = min(buffer.count, beginning.count - place)
    beginning.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[place..<place + count])) }
    place += count
    return count
  }
}
