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
    var begun: Begun?
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
    var taker = Taker()
    // Where so many cannot be read, it does not matter when the first one was.
    while taker.occurrences.isEmpty, taker.rejected.count < 10_000, try taker.take(1, of: reader) {}
    start = taker.occurrences.first?.at
    state = Mutex(State(begun: Begun(reader: reader, taker: taker)))
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
      defer { state.begun = nil }
      return Taken(begun: state.begun)
    }
    // It is read once more from the beginning.
    let begun = try taken.begun ?? Begun(reader: TrafficReader(path, program: program, options: options))
    return [Part(self, begun)]
  }

  /// A file that is open, and what was read of it so far.
  private struct Begun {
    var reader: TrafficReader
    var taker = Taker()
  }

  private struct Taken: @unchecked Sendable { var begun: Begun? }

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
    var taker: Taker
    var isAtEnd = false

    init(_ file: FileTraffic, _ begun: Begun) {
      self.file = file
      reader = begun.reader
      taker = begun.taker
    }

    var progress: (part: Int, whole: Int?) { (reader.consumed, reader.total) }

    func next() throws -> [Occurrence]? {
      if isAtEnd { return nil }
      taker.occurrences.reserveCapacity(Part.batch)
      isAtEnd = try !taker.take(Part.batch, of: reader)
      let rejected = taker.takeRejected()
      if !rejected.isEmpty || isAtEnd { file.note(rejected, unused: isAtEnd ? reader.unusedColumns : nil) }
      return taker.takeOccurrences()
    }
  }

  /// Makes occurrences of rows. A key comes up before the first row that has it.
  private struct Taker {
    var occurrences: [Occurrence] = []
    var rejected: [RejectedRow] = []
    /// By number of a key: the account that it came with last. Mostly there is but one.
    private var owners: [Int] = []
    /// Accounts and keys that were told of, by their numbers.
    private var pairs = Set<UInt64>()
    /// The same of those without numbers, as sums.
    private var sums = Set<UInt64>()

    mutating func takeOccurrences() -> [Occurrence] {
      defer { occurrences = [] }
      return occurrences
    }

    mutating func takeRejected() -> [RejectedRow] {
      defer { rejected = [] }
      return rejected
    }

    /// Takes so many rows at most. False at the end.
    mutating func take(_ count: Int, of reader: TrafficReader) throws(TrafficFault) -> Bool {
      try reader.next(count) { line, numbers in
        switch consume line {
        case .row(let row):
          let at = row.call.at
          if let key = row.key, isNew(key, of: row.account, numbers) {
            occurrences.append(Occurrence(account: row.account, at: at, .key(key)))
          }
          occurrences.append(Occurrence(account: row.account, at: at, .event(row.call)))
        case .rejected(let row): rejected.append(row)
        }
      }
    }

    private mutating func isNew(_ key: String, of account: String, _ numbers: TrafficNumbers) -> Bool {
      guard let keyNumber = numbers.key, let accountNumber = numbers.account else {
        var sum = TextSum()
        sum.add(account)
        sum.add(key)
        return sums.insert(sum.value).inserted
      }
      if keyNumber >= owners.count {
        owners.append(contentsOf: repeatElement(-1, count: max(256, keyNumber + 1)))
      } else if owners[keyNumber] == accountNumber {
        return false
      }
      owners[keyNumber] = accountNumber
      return pairs.insert(UInt64(keyNumber) << 32 | UInt64(accountNumber)).inserted
    }
  }
}
