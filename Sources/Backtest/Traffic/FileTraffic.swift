import Engine
import Formats
import Lab
import Language
import Ledger
import Synchronization

/// A file of events as traffic: CSV or lines of JSON, as `payg import usage` reads them.
///
/// Accounts and keys are those the file names.
public final class FileTraffic: TrafficHistory {
  /// How accounts begin.
  public typealias Openings = @Sendable (String, Candidate) throws -> Opening

  public let name: String
  public let program: Program
  /// When the first row happened, in microseconds since 1970; nil for a file without one.
  public let start: Int64?
  private let path: String
  private let options: TrafficOptions
  private let state: Mutex<State>

  // A reader is used by one thread at a time.
  private struct State: @unchecked Sendable {
    var reader: TrafficReader?
    var first: [TrafficLine]
    var openings: Openings?
    var rejected = 0
    var shown: [String] = []
    var unused: [String] = []
  }

  /// Opens a file, or standard input for `-`, and reads its first row.
  public init(_ path: String, program: Program, options: TrafficOptions) throws(TrafficFault) {
    self.path = path
    self.program = program
    self.options = options
    let reader = try TrafficReader(path, program: program, options: options)
    name = path == "-" ? "standard input" : path
    var first: [TrafficLine] = []
    var start: Int64?
    while start == nil, let line = try reader.next() {
      if case .row(let row) = line { start = row.call.at }
      first.append(line)
      // Where so many cannot be read, it does not matter when the first one was.
      if first.count >= 10_000 { break }
    }
    self.start = start
    state = Mutex(State(reader: reader, first: first))
  }

  /// Says how accounts begin; without it, with nothing in them.
  public func begin(_ openings: @escaping Openings) { state.withLock { $0.openings = openings } }

  public var count: Int? { nil }

  public var notes: [String] {
    state.withLock { state in
      var notes = state.unused.map { "the column `\($0)` is not read" }
      notes += state.shown
      if state.rejected > state.shown.count {
        notes.append("\(state.rejected) rows cannot be read, of which \(state.shown.count) are shown")
      }
      notes.append("every charge of a card is paid: the file says nothing of the payment provider")
      return notes
    }
  }

  public func opening(of account: String, under candidate: Candidate) throws -> Opening {
    let openings = state.withLock { $0.openings }
    return try openings?(account, candidate) ?? Opening(account: candidate.engine.newAccount())
  }

  public func parts() throws -> [any TrafficPart] {
    let taken = state.withLock { state in
      defer { (state.reader, state.first) = (nil, []) }
      return Taken(reader: state.reader, first: state.first)
    }
    // It is read once more from the beginning.
    let reader = try taken.reader ?? TrafficReader(path, program: program, options: options)
    return [Part(self, reader, taken.first)]
  }

  private struct Taken: @unchecked Sendable {
    var reader: TrafficReader?
    var first: [TrafficLine]
  }

  private func note(_ rejected: [RejectedRow], unused: [String]?) {
    state.withLock { state in
      state.rejected += rejected.count
      for row in rejected where state.shown.count < 5 {
        state.shown.append("line \(row.line) is left out: \(row.reason)")
      }
      if let unused { state.unused = unused }
    }
  }

  private final class Part: TrafficPart {
    /// Rows per batch.
    static let batch = 4_096

    let file: FileTraffic
    let reader: TrafficReader
    var first: [TrafficLine]
    /// Accounts and keys that were told of, as sums.
    var known = Set<UInt64>()
    var isAtEnd = false

    init(_ file: FileTraffic, _ reader: TrafficReader, _ first: [TrafficLine]) {
      self.file = file
      self.reader = reader
      self.first = first
    }

    var progress: (part: Int, whole: Int?) { (reader.consumed, reader.total) }

    func next() throws -> [Occurrence]? {
      if isAtEnd { return nil }
      var occurrences: [Occurrence] = []
      occurrences.reserveCapacity(Part.batch)
      var rejected: [RejectedRow] = []
      for line in first { take(line, &occurrences, &rejected) }
      first = []
      while occurrences.count < Part.batch, rejected.count < Part.batch {
        guard let line = try reader.next() else {
          isAtEnd = true
          break
        }
        take(line, &occurrences, &rejected)
      }
      if !rejected.isEmpty || isAtEnd { file.note(rejected, unused: isAtEnd ? reader.unusedColumns : nil) }
      return occurrences
    }

    private func take(_ line: TrafficLine, _ occurrences: inout [Occurrence], _ rejected: inout [RejectedRow]) {
      switch line {
      case .rejected(let row): rejected.append(row)
      case .row(let row):
        if let key = row.key {
          var sum = TextSum()
          sum.add(row.account)
          sum.add(key)
          if known.insert(sum.value).inserted {
            occurrences.append(Occurrence(account: row.account, at: row.call.at, .key(key)))
          }
        }
        occurrences.append(Occurrence(account: row.account, at: row.call.at, .event(row.call)))
      }
    }
  }
}
