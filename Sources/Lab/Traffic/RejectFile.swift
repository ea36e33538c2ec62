import Formats

/// The rows of a usage file that could not be read, as a file of the same format: correct it and import it.
///
/// Each row stands in it exactly as it was, below a note `# line 17: REASON`; a CSV file begins with the header of the one it
/// came from. Notes are passed over when it is imported, and a row without an id of its own gets the one it would have
/// had (`usage:17`): so importing the corrected rows twice, or here and in the first file, counts them once.
///
/// The file is made when the first row comes.
public final class RejectFile {
  public let path: String
  /// How many rows were written.
  public private(set) var count = 0
  private let reader: TrafficReader
  private let appends: Bool
  private var output: FileOutput?

  /// - Parameter appends: Whether to go on with a file that is there, as an import does that was interrupted.
  public init(_ path: String, of reader: TrafficReader, appends: Bool = false) {
    self.path = path
    self.reader = reader
    self.appends = appends
  }

  /// Writes one row. What was written lasts after ``flush()`` or ``close()``.
  public func append(_ row: RejectedRow) throws(InputFault) {
    let output = try opened()
    try output.write(RejectNotes.of(row).utf8)
    try output.write(row.bytes)
    try output.write(CollectionOfOne(0x0A))
    count += 1
  }

  /// Hands what was written to the system.
  public func flush() throws(InputFault) { try output?.flush() }

  /// Ends the file. Nothing can be written after it.
  public func close() throws(InputFault) { try output?.close() }

  private func opened() throws(InputFault) -> FileOutput {
    if let output { return output }
    let opened = try FileOutput(path, appends: appends)
    output = opened
    if opened.wasEmpty {
      try opened.write(RejectNotes.of(file: reader.name).utf8)
      if !reader.header.isEmpty {
        try opened.write(reader.header)
        try opened.write(CollectionOfOne(0x0A))
      }
    }
    return opened
  }
}
