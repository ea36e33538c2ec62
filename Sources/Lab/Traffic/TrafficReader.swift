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
  public private(set) var name: String
  public let format: TrafficFormat
  /// The header of a CSV file as it was written; empty for lines of JSON.
  public private(set) var header: [UInt8] = []
  /// How many rows were handed out whole.
  public private(set) var rowCount = 0
  /// How many rows could not be read.
  public private(set) var rejectedCount = 0
  /// The line of the row handed out last, from 1, as an editor counts.
  public private(set) var line = 0

  let program: Program
  let options: TrafficOptions
  /// The event of a row that names none.
  let usual: Int
  let fileName: String
  let source: any ByteSource
  var table: ColumnTable
  /// Texts that come again and again.
  var names = NamePool()
  var plans: [EventPlan?]
  var picks = RowPicks()

  private var csv: CsvScanner?
  private var ndjson: NdjsonScanner?
  private var members: MemberColumns
  /// What was scanned to open the file and is not handed out yet.
  private var pending: ScannedRow?
  /// The line that a note gave the row below it, in the file that row came from.
  private var notedLine: Int?
  /// Where rows are called by lines of another file: what those are called that have none.
  private var ownName: String?

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
    self.program = program
    self.options = options
    self.usual = usual
    fileName = source.name
    name = options.name ?? TrafficReader.name(ofFile: source.name)
    table = ColumnTable(mapping: options.mapping, usual: program.events[usual])
    plans = Array(repeating: nil, count: program.events.count)
    members = MemberColumns(limit: options.limits.columns)
    let peeked: PeekedSource
    do throws(InputFault) { peeked = try PeekedSource(source) { FirstByte($0).isKnown } } catch { throw .input(error) }
    self.source = peeked
    let first = peeked.beginning.withUnsafeBytes { FirstByte($0) }
    format = options.format ?? (first.value == UInt8(ascii: "{") ? .ndjson : .csv)
    if options.format == nil, first.value == UInt8(ascii: "[") {
      throw .header(
        name: fileName, line: first.line, reason: "a list of JSON, where one object a line is wanted",
        help: "make lines of it: `jq -c '.[]' \(fileName)`")
    }
    try checkMapping()
    switch format {
    case .csv:
      csv = CsvScanner(peeked, limits: options.limits, noteMark: RejectNotes.mark)
      try takeHeader()
    case .ndjson:
      ndjson = NdjsonScanner(peeked, limits: options.limits, noteMark: RejectNotes.mark)
      try takeFirstObject()
    }
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

  private func takeHeader() throws(TrafficFault) {
    switch try scan(past: true) {
    case .end: throw .empty(name: fileName)
    case .note: throw .empty(name: fileName)
    case .broken(let fault):
      throw .header(name: fileName, line: scannedLine, reason: fault.message, help: fault.help)
    case .row: break
    }
    header = csv?.bytes ?? []
    line = scannedLine
    guard let fields = csv?.fields else { return }
    for field in fields {
      guard let text = String(validating: field, as: UTF8.self) else {
        throw .header(
          name: fileName, line: line, reason: "the header is not UTF-8",
          help: "save the file as UTF-8: `iconv -t UTF-8 \(fileName)`")
      }
      if text.utf8.contains(0x0D) {
        throw .header(
          name: fileName, line: line, reason: "lines end in carriage returns alone",
          help: "end them in line feeds: `tr '\\r' '\\n' < \(fileName) > usage.csv`")
      }
      table.add(text)
    }
    try bindHeader()
  }

  private func takeFirstObject() throws(TrafficFault) {
    let scanned = try scan(past: true)
    if scanned == .end || scanned == .note { throw .empty(name: fileName) }
    pending = scanned
    guard scanned == .row else { return }
    do throws(CellFault) { try takeMembers() } catch { return }
    try checkFirstObject()
  }

  // MARK: - Rows

  /// The next row; nil at the end.
  ///
  /// - Throws: only where the bytes stop coming: a disk that fails, a packed file that is damaged. The rows before that were
  ///   handed out.
  public func next() throws(TrafficFault) -> TrafficLine? {
    while true {
      let scanned: ScannedRow
      if let first = pending { scanned = first } else { scanned = try scan(past: false) }
      pending = nil
      let found: CellFault
      switch scanned {
      case .end: return nil
      case .note:
        take(note: bytes)
        continue
      case .broken(let fault):
        if isPassedOver() { continue }
        found = CellFault(fault.message, help: fault.help)
      case .row:
        if isPassedOver() { continue }
        do throws(CellFault) {
          let row = try takeRow()
          rowCount += 1
          notedLine = nil
          return .row(row)
        } catch {
          found = error
        }
      }
      rejectedCount += 1
      defer { notedLine = nil }
      return .rejected(
        RejectedRow(
          line: line, firstLine: notedLine ?? (ownName == nil ? line : nil), reason: found.message, help: found.help,
          bytes: bytes, isCut: csv?.isCut ?? ndjson?.isCut ?? false))
    }
  }

  /// Whether the row was read before this import went on.
  private func isPassedOver() -> Bool {
    line = scannedLine
    guard line <= options.resumesAfter else { return false }
    notedLine = nil
    return true
  }

  private func takeRow() throws(CellFault) -> TrafficRow {
    if let fields = csv?.fields {
      guard fields.count == table.columns.count, let cells = fields.baseAddress else {
        throw CellFault("\(fields.count) fields, and the header has \(table.columns.count)")
      }
      return try read(cells)
    }
    try takeMembers()
    return try read(members.cells)
  }

  private func takeMembers() throws(CellFault) {
    guard let found = ndjson?.members else { return }
    if try members.take(found, into: &table) { bindMembers() }
    try members.checkNested(found, table)
  }

  /// Scans one row or line. `past` notes: only until there is another.
  private func scan(past notes: Bool) throws(TrafficFault) -> ScannedRow {
    do throws(InputFault) {
      while true {
        let scanned: ScannedRow
        switch format {
        case .csv: scanned = try csv?.next() ?? .end
        case .ndjson: scanned = try ndjson?.next() ?? .end
        }
        guard notes, scanned == .note else { return scanned }
        take(note: bytes)
      }
    } catch {
      throw .input(error)
    }
  }

  /// The row handed out last, exactly as it stands in the file, for whoever finds out later that it cannot be taken.
  public var rowBytes: [UInt8] { bytes }

  private var bytes: [UInt8] { csv?.bytes ?? ndjson?.bytes ?? [] }

  private var scannedLine: Int { csv?.line ?? ndjson?.line ?? 0 }

  private func take(note: [UInt8]) {
    switch RejectNotes.meaning(of: note) {
    case .file(let first) where ownName == nil && rowCount + rejectedCount == 0:
      ownName = name
      if options.name == nil, !first.isEmpty { name = first }
    case .line(let line): notedLine = line
    case .file, .other: notedLine = nil
    }
  }

  /// What a row is called that has no id of its own.
  var defaultId: String {
    if let notedLine { return "\(name):\(notedLine)" }
    guard let ownName else { return "\(name):\(line)" }
    return "\(ownName):\(line)"
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
    table.columns.map {
      TrafficColumn(name: $0.name, meaning: $0.meaning, isIgnored: $0.isIgnored)
    }
  }

  /// The columns that nothing reads, save those that were to be left alone.
  public var unusedColumns: [String] { columns.filter { $0.meaning == nil && !$0.isIgnored }.map(\.name) }
}
