import Engine
import Formats
import Language
import Values

/// The rows of a usage file as they are read: all of a ``TrafficReader`` that changes from row to row.
///
/// One value rather than many variables of a class, whose every use would be checked for overlaps while the program runs.
struct TrafficRows: ~Copyable {
  /// See ``TrafficReader``.
  var name: String
  let format: TrafficFormat
  var header: [UInt8] = []
  var rowCount = 0
  var rejectedCount = 0
  var line = 0

  let program: Program
  let options: TrafficOptions
  /// The event of a row that names none.
  let usual: Int
  let fileName: String
  var table: ColumnTable
  /// Texts that come again and again.
  var names = NamePool()
  /// What was found of the row's account and key: the numbers of their names.
  var numbers = TrafficNumbers()
  /// The number of the account of rows that name none.
  private(set) var usualAccount: Int?
  var plans: [EventPlan?]
  var picks = RowPicks()
  /// What every row has, by event and by the place of the field.
  var constants: [Int: [Int: EventCall.Value]] = [:]
  /// The key of every row; nil: each has its own.
  var keyOfAll: String?

  private let first: FirstByte
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

  /// - Parameter usual: The event of a row that names none.
  init(_ source: PeekedSource, _ program: Program, _ options: TrafficOptions, usual: Int) {
    self.program = program
    self.options = options
    self.usual = usual
    fileName = source.name
    name = options.name ?? TrafficReader.name(ofFile: source.name)
    table = ColumnTable(mapping: options.mapping, usual: program.events[usual])
    plans = Array(repeating: nil, count: program.events.count)
    members = MemberColumns(limit: options.limits.columns)
    first = source.beginning.withUnsafeBytes { FirstByte($0) }
    format = options.format ?? (first.value == UInt8(ascii: "{") ? .ndjson : .csv)
    switch format {
    case .csv: csv = CsvScanner(source, limits: options.limits, noteMark: RejectNotes.mark)
    case .ndjson: ndjson = NdjsonScanner(source, limits: options.limits, noteMark: RejectNotes.mark)
    }
  }

  /// Reads the header, or the first object. Goes before everything else.
  mutating func open() throws(TrafficFault) {
    if options.format == nil, first.value == UInt8(ascii: "[") {
      throw .header(
        name: fileName, line: first.line, reason: "a list of JSON, where one object a line is wanted",
        help: "make lines of it: `jq -c '.[]' \(fileName)`")
    }
    try checkMapping()
    try takeConstants()
    if let account = options.account {
      usualAccount = Array(account.utf8).withUnsafeBytes { names.place(of: $0) }
    }
    switch format {
    case .csv: try takeHeader()
    case .ndjson: try takeFirstObject()
    }
  }

  private mutating func takeHeader() throws(TrafficFault) {
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

  private mutating func takeFirstObject() throws(TrafficFault) {
    let scanned = try scan(past: true)
    if scanned == .end || scanned == .note { throw .empty(name: fileName) }
    pending = scanned
    guard scanned == .row else { return }
    do throws(CellFault) { try takeMembers() } catch { return }
    try checkFirstObject()
  }

  // MARK: - Rows

  /// The next row; nil at the end. See ``TrafficReader/next()``.
  mutating func next() throws(TrafficFault) -> TrafficLine? {
    var next: TrafficLine?
    _ = try self.next(1) { line, _ in next = line }
    return next
  }

  /// Hands out so many rows at most. False at the end.
  mutating func next(
    _ count: Int, _ receive: (consuming TrafficLine, TrafficNumbers) -> Void
  ) throws(TrafficFault) -> Bool {
    var taken = 0
    while taken < count {
      let scanned: ScannedRow
      if let first = pending {
        scanned = first
        pending = nil
      } else {
        scanned = try scan(past: false)
      }
      let found: CellFault
      switch scanned {
      case .end: return false
      case .note:
        take(note: bytes)
        continue
      case .broken(let fault):
        if isPassedOver() { continue }
        found = CellFault(fault.message, help: fault.help)
      case .row:
        if isPassedOver() { continue }
        do throws(CellFault) {
          receive(.row(try takeRow()), numbers)
          rowCount += 1
          taken += 1
          notedLine = nil
          continue
        } catch {
          found = error
        }
      }
      rejectedCount += 1
      taken += 1
      let row = RejectedRow(
        line: line, firstLine: notedLine ?? (ownName == nil ? line : nil), reason: found.message, help: found.help,
        bytes: bytes, isCut: isCut)
      receive(.rejected(row), TrafficNumbers())
      notedLine = nil
    }
    return true
  }

  /// Whether the row was read before this import went on.
  private mutating func isPassedOver() -> Bool {
    line = scannedLine
    guard line <= options.resumesAfter else { return false }
    notedLine = nil
    return true
  }

  private mutating func takeRow() throws(CellFault) -> TrafficRow {
    if let fields = csv?.fields {
      guard fields.count == table.columns.count, let cells = fields.baseAddress else {
        throw CellFault("\(fields.count) fields, and the header has \(table.columns.count)")
      }
      return try read(cells)
    }
    try takeMembers()
    return try read(members.cells)
  }

  private mutating func takeMembers() throws(CellFault) {
    guard let found = ndjson?.members else { return }
    if try members.take(found, into: &table) { bindMembers() }
    try members.checkNested(found, table)
  }

  /// Scans one row or line. `past` notes: only until there is another.
  private mutating func scan(past notes: Bool) throws(TrafficFault) -> ScannedRow {
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
  var rowBytes: [UInt8] { mutating get { bytes } }

  // Scanners are looked into as if to change them: no other way is there into an optional that cannot be copied.
  private var bytes: [UInt8] {
    mutating get {
      if let bytes = csv?.bytes { return bytes }
      return ndjson?.bytes ?? []
    }
  }

  private var isCut: Bool {
    mutating get {
      if let isCut = csv?.isCut { return isCut }
      return ndjson?.isCut ?? false
    }
  }

  private var scannedLine: Int {
    mutating get {
      if let line = csv?.line { return line }
      return ndjson?.line ?? 0
    }
  }

  private mutating func take(note: [UInt8]) {
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
