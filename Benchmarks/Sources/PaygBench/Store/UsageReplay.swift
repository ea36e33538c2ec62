import Engine
import Formats
import Lab
import Store
import Values

/// Real rows of usage, as many as are wanted: the rows of a sample for each of many copies of its accounts, and again after a
/// month when they run out.
struct UsageReplay {
  /// The accounts of the sample become so many times as many.
  static let copies = 84

  /// The keys of each account of the sample.
  let keys: [String: [String]]
  private let rows: [Row]
  private let span: Int64
  private let header: String

  /// A row, its parts in the order they are written.
  private struct Row {
    var at: Int64
    var account: String
    var id: String
    var rest: String
  }

  /// Reads a sample.
  init(_ path: String, _ engine: RuleEngine) throws {
    let reader = try TrafficReader(path, program: engine.program, options: TrafficOptions(event: "request"))
    guard let event = engine.program.events.first(where: { $0.name == "request" }) else {
      throw Mismatch("no requests")
    }
    let fields = event.fields.prefix(event.givenCount)
    header = "at,account,id," + fields.map(\.name).joined(separator: ",") + "\n"
    var keys: [String: Set<String>] = [:]
    var rows: [Row] = []
    while let line = try reader.next() {
      guard case .row(let row) = line else { throw Mismatch("`\(path)` has a row that cannot be read") }
      keys[row.account, default: []].formUnion(row.key.map { [$0] } ?? [])
      let values = zip(fields, row.call.fields).map { field, value in
        switch value {
        case .text(let text): ",\(text)"
        // What has a default may be left out, and is none otherwise.
        case .number(let number): field.type.isOptional && number == .min ? "," : ",\(number)"
        }
      }
      rows.append(Row(at: row.call.at, account: row.account, id: row.call.id, rest: values.joined() + "\n"))
    }
    guard let first = rows.first, let last = rows.last, first.at <= last.at else {
      throw Mismatch("`\(path)` is empty")
    }
    self.rows = rows
    self.keys = keys.mapValues { $0.sorted() }
    span = last.at - first.at + Instant.perDay
  }

  static func account(_ name: String, copy: Int) -> String { "\(name)-\(copy)" }

  /// The header of the rows as CSV, and the rows from one to before another.
  func text(_ numbers: Range<Int>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(128 * numbers.count)
    if numbers.lowerBound == 0 { text += header.utf8 }
    for number in numbers {
      let (row, copy) = (number / UsageReplay.copies, number % UsageReplay.copies)
      let month = row / rows.count
      let one = rows[row % rows.count]
      let at = Instant(microseconds: one.at + Int64(month) * span)
      text += "\(at),\(one.account)-\(copy),\(one.id)/\(copy)/\(month)\(one.rest)".utf8
    }
    return text
  }

  /// The first rows as CSV, some at a time.
  func chunks(_ count: Int) -> () -> [UInt8]? {
    var next = 0
    return {
      if next == count { return nil }
      let first = next
      next = min(count, first + 1_000)
      return text(first..<next)
    }
  }

  /// Makes a store with all accounts and their keys, most of them with more money than they will need.
  func createStore(at path: String, _ world: StoreWorld) throws {
    try world.create(at: path) { writer, random in
      for (name, keys) in keys.sorted(by: { $0.key < $1.key }) {
        for copy in 0..<UsageReplay.copies {
          try world.add(UsageReplay.account(name, copy: copy), keys: keys, wealth: 1_000, to: writer, &random)
        }
      }
    }
  }
}

/// The import as a program of its own does it: rows are read and submitted, 5,000 in a transaction.
struct UsageRun {
  static let batch = 5_000

  var rows = 0
  var allowed = 0
  /// Nanoseconds.
  var elapsed = 0.0

  init(_ source: any ByteSource, into store: AccountStore) throws {
    let program = try store.read { try $0.engine.program }
    let start = System.wallTime
    let reader = try TrafficReader(source, program: program, options: TrafficOptions(event: "request"))
    var isOver = false
    while !isOver {
      try store.write { writer in
        for _ in 0..<UsageRun.batch {
          guard let line = try reader.next() else {
            isOver = true
            return
          }
          guard case .row(let row) = line else { throw Mismatch("line \(reader.line) cannot be read") }
          if try writer.submit(row.call, to: row.account).decision.isAllowed { allowed += 1 }
        }
      }
    }
    rows = reader.rowCount
    elapsed = System.wallTime - start
  }
}
