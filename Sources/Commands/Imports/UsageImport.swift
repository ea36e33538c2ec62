import Engine
import Formats
import Lab
import Shell
import Store

/// Charges the rows of a file, many in one transaction, each once.
struct UsageImport {
  /// How many rejected rows are told about; all are in the file of rejects.
  static let shownRejects = 5

  let store: AccountStore
  /// What rows without an id are called.
  let name: String
  /// The policy the rows were read for.
  let policy: String
  let provider: (any PaymentProvider)?
  let rejects: RejectFile?
  let addsAccounts: Bool
  let batch: Int
  private(set) var counts = UsageCounts()
  /// What its user should read, a line each.
  private(set) var notes: [String] = []
  /// Why the file cannot be read to its end.
  private var fault: TrafficFault?
  /// Keys that are known to be there, by account.
  private var keys: [String: Set<String>] = [:]

  init(
    _ store: AccountStore, name: String, policy: String, provider: (any PaymentProvider)?, rejects: RejectFile?,
    addsAccounts: Bool,
    batch: Int
  ) {
    self.store = store
    self.name = name
    self.policy = policy
    self.provider = provider
    self.rejects = rejects
    self.addsAccounts = addsAccounts
    self.batch = batch
  }

  /// Reads to the end, or to an interrupt, which is looked for between transactions.
  ///
  /// - Returns: why it ended early; what was counted until then has happened.
  mutating func run(
    _ reader: TrafficReader, isInterrupted: () -> Bool, progress: (Int) -> Void
  ) -> (any Error)? {
    let start = ContinuousClock.now
    defer { counts.elapsed = ContinuousClock.now - start }
    do {
      while !isInterrupted() {
        let lines = try next(of: reader)
        guard !lines.isEmpty else {
          try rejects?.close()
          return nil
        }
        var rest = lines[...]
        while !rest.isEmpty {
          rest = rest.dropFirst(try take(rest))
          progress(counts.rows)
        }
      }
      counts.isInterrupted = true
      try rejects?.close()
      return nil
    } catch {
      try? rejects?.close()
      return error
    }
  }

  /// A row, and what it was read of.
  private struct Line {
    var meaning: TrafficLine
    var bytes: [UInt8]
  }

  /// The next rows. Where the bytes stop coming, those before are handed out first.
  private mutating func next(of reader: TrafficReader) throws(TrafficFault) -> [Line] {
    if let fault { throw fault }
    var lines: [Line] = []
    lines.reserveCapacity(batch)
    do throws(TrafficFault) {
      while lines.count < batch, let line = try reader.next() {
        lines.append(Line(meaning: line, bytes: reader.rowBytes))
      }
    } catch {
      if lines.isEmpty { throw error }
      fault = error
    }
    return lines
  }

  // MARK: - One transaction

  /// Takes rows up to one that leads to a question to the payment provider.
  ///
  /// - Returns: how many.
  private mutating func take(_ lines: ArraySlice<Line>) throws -> Int {
    var counts = counts
    var keys = keys
    var rejected: [RejectedRow] = []
    var pending: StoredAnswer?
    try store.write { writer in
      guard try writer.policyHash == policy else {
        throw Complaint(
          message: "another policy was put in force meanwhile", help: "run the same command again: it goes on")
      }
      let engine = try writer.engine
      for line in lines {
        switch line.meaning {
        case .rejected(let row):
          rejected.append(row)
          counts.note(line: row.line)
        case .row(let row):
          counts.note(line: row.line)
          do throws(StoreFault) {
            try add(row, &keys, writer)
            if try writer.isKnown(row.call, account: row.account) {
              counts.pass(over: row.account)
              continue
            }
            let answer = try writer.submit(row.call, to: row.account)
            counts.take(answer, engine)
            let isOpen = !answer.requests.isEmpty && provider != nil
            if !answer.decision.isReplay, isOpen || answer.decision.verdict == .waiting { pending = answer }
          } catch {
            guard error.concernsOneEvent else { throw error }
            rejected.append(
              RejectedRow(
                line: row.line, firstLine: firstLine(of: row), reason: error.message, help: error.help,
                bytes: line.bytes))
          }
        }
        if pending != nil { break }
      }
    }
    let taken = counts.rows - self.counts.rows
    self.counts = counts
    self.keys = keys
    // First of all: a rerun passes over the row, and would not ask.
    let exchange = try pending.map { try store.goOn(with: $0, asking: provider) }
    for row in rejected { try reject(row) }
    if let pending, let exchange {
      self.counts.replace(pending, by: exchange, try store.read { reader in try reader.engine })
      if let fault = exchange.interruption { throw fault }
    }
    return taken
  }

  /// The line a row had in the file it first came from: what was once rejected keeps the id of then.
  private func firstLine(of row: TrafficRow) -> Int {
    row.call.id.split(separator: ":").last.flatMap { Int($0) }.flatMap { row.call.id == "\(name):\($0)" ? $0 : nil }
      ?? row.line
  }

  /// Adds the account and the key of a row where they are wanted and missing.
  private func add(_ row: TrafficRow, _ keys: inout [String: Set<String>], _ writer: StoreWriter) throws(StoreFault) {
    guard addsAccounts else { return }
    if keys[row.account] == nil {
      do throws(StoreFault) {
        keys[row.account] = Set(try writer.account(row.account).keyNames)
      } catch {
        guard case .unknownAccount = error.kind else { throw error }
        try writer.addAccount(row.account, at: row.call.at)
        keys[row.account] = []
      }
    }
    if let key = row.key, keys[row.account]?.contains(key) == false {
      try writer.addKey(key, to: row.account, at: row.call.at)
      keys[row.account]?.insert(key)
    }
  }

  private mutating func reject(_ row: RejectedRow) throws {
    counts.rejected += 1
    if counts.rejected <= UsageImport.shownRejects {
      notes.append("rejected line \(row.line): \(row.reason)" + (row.help.map { " (\($0))" } ?? ""))
    } else if counts.rejected == UsageImport.shownRejects + 1 {
      notes.append("and more, which are not shown")
    }
    try rejects?.append(row)
  }
}
