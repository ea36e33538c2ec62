import CZlib

/// The bytes of another source, unpacked where gzip packed them, which its first two bytes tell, never its name.
///
/// Several packed parts one behind the other are one text, as `cat a.gz b.gz` makes them; zero bytes after the last are
/// padding. However much a small file unpacks to, no more of it is in memory than the reader's buffer.
public final class UnpackingSource: ByteSource {
  /// How many packed bytes are read at once.
  public static let chunkBytes = 1 << 16

  private let source: any ByteSource
  private let packed: UnsafeMutableRawBufferPointer
  /// What of `packed` was read and not used yet.
  private var rest = 0..<0
  private var state = State.unknown
  /// zlib keeps the address of it, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var hasStream = false
  /// Shown once what was unpacked before it has been handed out.
  private var fault: InputFault?

  private enum State { case unknown, plain, packed, betweenParts, padding, ended }

  public init(_ source: any ByteSource) {
    self.source = source
    packed = .allocate(byteCount: UnpackingSource.chunkBytes, alignment: 16)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
  }

  deinit {
    if hasStream { inflateEnd(stream) }
    stream.deallocate()
    packed.deallocate()
  }

  public var name: String { source.name }
  public var consumed: Int { source.consumed }
  public var total: Int? { source.total }
  /// Whether the bytes are packed; known after the first of them was read.
  public private(set) var isPacked = false

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
    if let fault { throw fault }
    if state == .unknown { try recognise() }
    guard state == .plain else { return try unpack(into: buffer) }
    if rest.isEmpty { return try source.read(into: buffer) }
    let count = min(buffer.count, rest.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: packed[rest.lowerBound..<rest.lowerBound + count]))
    rest = rest.lowerBound + count..<rest.upperBound
    return count
  }

  /// Reads two bytes at least, however they come.
  private func recognise() throws(InputFault) {
    while rest.count < 2 {
      let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: packed[rest.upperBound...]))
      if count == 0 { break }
      rest = 0..<rest.upperBound + count
    }
    isPacked = rest.count >= 2 && packed[0] == 0x1F && packed[1] == 0x8B
    state = isPacked ? .betweenParts : .plain
  }

  /// Where the next unused byte stands among the packed ones.
  private var offset: Int { source.consumed - rest.count }

  // MARK: - Unpacking

  private func unpack(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
    var made = 0
    do throws(InputFault) {
      while made < buffer.count, state != .ended {
        if rest.isEmpty, try !refill() { break }
        switch state {
        case .packed: made += try inflateSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[made...]))
        case .betweenParts: try beginPart()
        case .padding:
          guard packed[rest.lowerBound] == 0 else { throw InputFault(name: name, .afterGzip(offset: offset)) }
          rest = rest.dropFirst()
        case .unknown, .plain, .ended: state = .ended
        }
      }
    } catch {
      fault = error
      if made == 0 { throw error }
    }
    return made
  }

  /// False at the end, which must be one of a part.
  private func refill() throws(InputFault) -> Bool {
    let count = try source.read(into: packed)
    rest = 0..<count
    if count > 0 { return true }
    if state == .packed { throw InputFault(name: name, .truncatedGzip(offset: source.consumed)) }
    state = .ended
    return false
  }

  private func beginPart() throws(InputFault) {
    switch packed[rest.lowerBound] {
    case 0x1F: break
    case 0:
      state = .padding
      return
    default: throw InputFault(name: name, .afterGzip(offset: offset))
    }
    // 15 bits of window, and 16 for the form of gzip alone.
    let code =
      hasStream
      ? inflateReset(stream)
      : inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw damage() }
    hasStream = true
    state = .packed
  }

  private func inflateSome(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
    let room = min(buffer.count, 1 << 30)
    stream.pointee.next_in = packed.baseAddress.map { ($0 + rest.lowerBound).assumingMemoryBound(to: UInt8.self) }
    stream.pointee.avail_in = UInt32(rest.count)
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    let code = inflate(stream, Z_NO_FLUSH)
    rest = rest.upperBound - Int(stream.pointee.avail_in)..<rest.upperBound
    let made = room - Int(stream.pointee.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: state = .betweenParts
    default:
      // What was unpacked before the damage is whole: it is handed out first.
      fault = damage()
      state = .ended
      if made == 0, let fault { throw fault }
    }
    return made
  }

  private func damage() -> InputFault {
    let detail = stream.pointee.msg.map { String(cString: $0) } ?? "this is not how gzip goes on"
    return InputFault(name: name, .corruptGzip(offset: offset, detail: detail))
  }
}

/// Opens what a command line names.
public enum ByteInput {
  /// A file, or standard input for `-`; unpacked where it is packed.
  public static func open(_ path: String) throws(InputFault) -> any ByteSource {
    UnpackingSource(path == "-" ? FileSource.standard() : try FileSource(path))
  }
}
