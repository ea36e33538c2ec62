import Engine
import Formats
import Language
import Values

/// Reads a file of usage, row by row, as events for the accounts it names.
///
/// CSV with a header or lines of JSON, packed by gzip or not, from a file or a pipe of any length. Which column is what its
/// name tells, or ``TrafficOptions/mapping``. A row that cannot be read is handed out as that, and the next one is read.
public final class TrafficReader {
  /// What ids begin with for rows that have none of their own: `NAME:LINE`. A file of rejected rows keeps the name of the file
  /// they came from.
  public var name: String { rows.name }
  public var format: TrafficFormat { rows.format }
  /// The header of a CSV file as it was written; empty for lines of JSON.
  public var header: [UInt8] { rows.header }
  /// How many rows were handed out whole.
  public var rowCount: Int { rows.rowCount }
  /// How many rows could not be read.
  public var rejectedCount: Int { rows.rejectedCount }
  /// The line of the row handed out last, from 1, as an editor counts.
  public var line: Int { rows.line }

  private let source: any ByteSource
  private var rows: TrafficRows

  // MARK: - Opening

  /// Opens a file, or standard input for `-`.
  ///
  /// - Throws: where there is no such file, where it says too little to be read at all, and where ``TrafficOptions`` name
  ///   what is not there.
  public convenience init(_ path: String, program: Program, options: TrafficOptions) throws(TrafficFault) {
    let source: any ByteSource
    do throws(InputFault) { source = try ByteInput.open(path) } catch { throw .input(error) }
    try self.init(unpacked: source, program, options)
  }

  /// Reads what any source yields, packed or not.
  public convenience init(
    _ source: any ByteSource, program: Program, options: TrafficOptions
  ) throws(TrafficFault) {
    try self.init(unpacked: UnpackingSource(source), program, options)
  }

  private init(unpacked source: any ByteSource, _ program: Program, _ options: TrafficOptions) throws(TrafficFault) {
    guard let usual = program.events.firstIndex(where: { $0.name == options.event }) else {
      throw .unknownEvent(options.event, known: program.events.map(\.name).sorted())
    }
    let peeked: PeekedSource
    do throws(InputFault) { peeked = try PeekedSource(source) { FirstByte($0).isKnown } } catch { throw .input(error) }
    self.source = peeked
    rows = TrafficRows(peeked, program, options, usual: usual)
    try rows.open()
  }

  /// `usage` of `exports/usage.csv.gz`.
  static func name(ofFile path: String) -> String {
    var name = TextFile.lastName(path)
    if name == "standard input" { return "stdin" }
    for endings in [[".gz"], [".csv", ".ndjson", ".jsonl", ".json"]] {
      let ending = endings.first { name.lowercased().hasSuffix($0) && name.utf8.count > $0.utf8.count }
      name.removeLast(ending?.count ?? 0)
    }
    return name
  }

  // MARK: - Rows

  /// The next row; nil at the end.
  ///
  /// - Throws: only where the bytes stop coming: a disk that fails, a packed file that is damaged. The rows before that were
  ///   handed out.
  public func next() throws(TrafficFault) -> TrafficLine? { try rows.next() }

  /// Hands out the next rows, so many at most, faster than one by one. False at the end.
  ///
  /// Whoever takes a row must not ask the reader for anything meanwhile.
  /// - Throws: as ``next()`` does.
  public func next(
    _ count: Int, _ receive: (consuming TrafficLine, TrafficNumbers) -> Void
  ) throws(TrafficFault) -> Bool { try rows.next(count, receive) }

  /// The row handed out last, exactly as it stands in the file, for whoever finds out later that it cannot be taken.
  public var rowBytes: [UInt8] { rows.rowBytes }
}

/// The numbers of the names in a row: the same number is the same name as long as the file is read.
public struct TrafficNumbers: Sendable, Hashable {
  /// From 0; nil where there are too many names to number them all.
  public var account: Int?
  /// From 0; nil where the row has no key, and where there are too many names to number them all.
  public var key: Int?

  public init(account: Int? = nil, key: Int? = nil) {
    self.account = account
    self.key = key
  }
}

// MARK: - Progress

extension TrafficReader {
  /// How many bytes were taken from the file as it is stored.
  public var consumed: Int { source.consumed }

  /// How many bytes the file has as it is stored; nil for a pipe.
  public var total: Int? { source.total }

  /// The columns of the file with what each is read as. Lines of JSON may bring more until the end.
  public var columns: [TrafficColumn] {
    rows.table.columns.map {
      TrafficColumn(name: $0.name, meaning: $0.meaning, isIgnored: $0.isIgnored)
    }
  }

  /// The columns that nothing reads, save those that were to be left alone.
  public var unusedColumns: [String] { columns.filter { $0.meaning == nil && !$0.isIgnored }.map(\.name) }
}
