/// The bytes of a file, or of standard input, as they are stored.
public final class FileSource: ByteSource {
  public let name: String
  public private(set) var consumed = 0
  public let total: Int?
  private let file: Int32
  private let isOwned: Bool

  /// Opens a file.
  ///
  /// - Throws: ``InputFault`` where there is none, where it is a folder, and where it may not be read.
  public init(_ path: String) throws(InputFault) {
    (file, total) = try openFile(reading: path)
    name = path
    isOwned = true
  }

  /// What comes in from outside.
  public static func standard() -> FileSource { FileSource(open: standardInput, name: "standard input") }

  private init(open file: Int32, name: String) {
    self.file = file
    self.name = name
    total = nil
    isOwned = false
  }

  deinit { if isOwned { _ = closeFile(file) } }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
    let count = try readFile(file, name, into: buffer)
    consumed += count
    return count
  }
}

/// Bytes written to a file piece by piece, a buffer at a time.
public final class FileOutput {
  /// How many bytes wait before they are written.
  public static let bufferBytes = 1 << 16

  public let path: String
  /// Whether nothing stood in the file when it was opened.
  public let wasEmpty: Bool
  private let file: Int32
  private var waiting: [UInt8] = []
  private var isOpen = true

  /// Opens or makes a file. What stands in it is dropped, unless it `appends`.
  public init(_ path: String, appends: Bool = false) throws(InputFault) {
    self.path = path
    file = try openFile(writing: path, appends: appends)
    wasEmpty = fileSize(file) == 0
    waiting.reserveCapacity(FileOutput.bufferBytes)
  }

  deinit { if isOpen { _ = closeFile(file) } }

  public func write(_ bytes: some Collection<UInt8>) throws(InputFault) {
    waiting.append(contentsOf: bytes)
    if waiting.count >= FileOutput.bufferBytes { try flush() }
  }

  /// Hands what waits to the system.
  public func flush() throws(InputFault) {
    let bytes = waiting
    waiting.removeAll(keepingCapacity: true)
    let fault = bytes.withUnsafeBytes { bytes -> InputFault? in
      do throws(InputFault) { try writeFile(file, path, bytes) } catch { return error }
      return nil
    }
    if let fault { throw fault }
  }

  /// Writes what waits and closes the file. Nothing can be written after it.
  public func close() throws(InputFault) {
    guard isOpen else { return }
    try flush()
    isOpen = false
    let code = closeFile(file)
    if code != 0 { throw InputFault(name: path, .unwritable(code: code)) }
  }
}
