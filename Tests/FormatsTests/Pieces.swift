import FoundationEssentials
import Values

@testable import Formats

/// A generator with a fresh seed, printed so that a failure can be run again with `PAYG_SEED=…`.
func seededGenerator(_ name: String) -> (random: SeededGenerator, seed: UInt64) {
  let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
  let seed = given ?? UInt64.random(in: 0...UInt64.max)
  print("\(name): PAYG_SEED=\(seed)")
  return (SeededGenerator(seed: seed), seed)
}

/// A source that hands bytes over in pieces of these lengths, again and again: what arrives together must change nothing.
func pieces(_ bytes: [UInt8], of lengths: [Int], name: String = "pieces") -> ChunkSource {
  var place = 0
  var turn = 0
  return ChunkSource(name) { () throws(InputFault) -> [UInt8]? in
    guard place < bytes.count else { return nil }
    let end = min(bytes.count, place + max(1, lengths[turn % lengths.count]))
    defer { (place, turn) = (end, turn + 1) }
    return Array(bytes[place..<end])
  }
}

/// All bytes of a source, read through a buffer of this size.
func drained(_ source: any ByteSource, through size: Int = 1 << 16) throws(InputFault) -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
  defer { buffer.deallocate() }
  var bytes: [UInt8] = []
  while true {
    let count = try source.read(into: buffer)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

/// One row as tests compare it.
struct SeenRow: Equatable, CustomStringConvertible {
  var line: Int
  /// Nil for a row that is broken or a note.
  var fields: [[UInt8]]?
  var bytes: [UInt8]

  init(_ line: Int, _ fields: [[UInt8]]?, _ bytes: [UInt8]) {
    self.line = line
    self.fields = fields
    self.bytes = bytes
  }

  var description: String {
    let cells = fields.map { $0.map { String(decoding: $0, as: UTF8.self) }.description } ?? "broken"
    return "\(line): \(cells) of \(String(decoding: bytes, as: UTF8.self).debugDescription)"
  }
}

func csvRows(
  _ source: any ByteSource, limits: ScanLimits = ScanLimits(), noteMark: String = ""
) throws(InputFault) -> (rows: [SeenRow], faults: [RowFault]) {
  var scanner = CsvScanner(source, limits: limits, noteMark: noteMark)
  var rows: [SeenRow] = []
  var faults: [RowFault] = []
  while true {
    switch try scanner.next() {
    case .row: rows.append(SeenRow(scanner.line, scanner.fields.map { Array($0) }, scanner.bytes))
    case .note: rows.append(SeenRow(scanner.line, nil, scanner.bytes))
    case .broken(let fault):
      rows.append(SeenRow(scanner.line, nil, scanner.bytes))
      faults.append(fault)
    case .end: return (rows, faults)
    }
  }
}

/// A path of a file that does not exist yet.
func temporaryPath(_ name: String) -> String {
  FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)-\(name)").path
}

func removeFile(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

func isWritable(_ path: String) -> Bool { FileManager.default.isWritableFile(atPath: path) }
