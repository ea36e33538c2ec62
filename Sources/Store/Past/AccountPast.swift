import Engine
import Language
import Ledger
import Values

/// Goes through the events of one account up to a moment of its history.
struct AccountPast {
  let memory: StoreMemory
  let path: String
  let id: Int64
  let name: String
  let timeline: Timeline
  let moment: StoreReader.Moment

  private var statements: StatementCache { memory.statements }
  private var eras: [Timeline.Era] { timeline.eras }

  /// So many events lie between two reports of progress.
  private static let stride = 512
  /// So many events are read at a time.
  private static let page = 1024

  /// The number of the first event that is too late, whichever account it is of; nil where the time says.
  var end: Int64? {
    switch moment {
    case .now: Int64.max
    case .before(let seq): seq
    case .after(let seq): seq == Int64.max ? seq : seq + 1
    case .time: nil
    }
  }

  // MARK: - What rows say already

  /// Whether nothing of the account and of what concerns all accounts comes after the moment: then its rows are what it was.
  func isNow(_ clock: Int64) throws(StoreFault) -> Bool {
    switch moment {
    case .now: return true
    case .before, .after:
      let end = end ?? 0
      let last = try statements["SELECT max(seq) FROM event WHERE account = ?"].bind(1, id).first { $0.integer(0) } ?? 0
      return last < end && (eras.last?.start ?? 0) < end
    case .time(let time):
      let last = try statements["SELECT at FROM event WHERE account = ? ORDER BY seq DESC LIMIT 1"].bind(1, id)
        .first { $0.integer(0) }
      return clock <= time && last ?? 0 <= time && eras.allSatisfy { $0.at <= time }
    }
  }

  // MARK: - Events

  /// The account at the moment.
  func run(progress: ((Int, Int) throws -> Void)?) throws -> AccountReplay.Stop {
    guard let first = eras.first else { throw memory.fault(.damaged("no policy was ever put in force")) }
    let known = memory.past.stop(of: id, where: isOnTheWay)
    var stop =
      known
      ?? AccountReplay.Stop(
        replay: AccountReplay(statements, path: path, id: id, name: name, first), era: 0, lastEvent: nil, count: 0)
    // Where it stood before what does not count yet. Something may have come after that which does.
    var counted: AccountReplay.Stop?
    let total = try count()
    var marks = marks(total)
    var entries = try page(after: stop.lastEvent ?? 0)
    walk: while !entries.isEmpty {
      for entry in entries {
        if let end, entry.seq >= end { break walk }
        let isLate = isLate(entry, stop.replay.state)
        if isLate { counted = counted ?? stop } else { counted = nil }
        try follow(entry, &stop)
        if case .time(let time) = moment, stop.replay.state.clock > time { break walk }
        if stop.count % AccountPast.stride == 0 { try progress?(min(stop.count, total), total) }
        if let mark = marks.first, stop.count >= mark {
          marks.removeFirst()
          if stop.count == mark { memory.past.keep(stop) }
        }
      }
      entries = try page(after: entries[entries.count - 1].seq)
    }
    stop = counted ?? stop
    if stop.lastEvent == nil { throw notYet() }
    try moveToEraOfThen(&stop)
    memory.past.keep(stop)
    try progress?(total, total)
    return stop
  }

  /// Whether an entry counts as of a later time than the moment.
  private func isLate(_ entry: LoggedEntry, _ state: borrowing AccountState) -> Bool {
    guard case .time(let time) = moment else { return false }
    return state.effectiveTime(entry.at) > time
  }

  /// Where to keep what a long way has come to: who asks next asks for something near.
  private func marks(_ total: Int) -> [Int] {
    total < 4_096 ? [] : (1...4).map { total - total >> $0 }
  }

  private func isOnTheWay(_ stop: AccountReplay.Stop) -> Bool {
    switch moment {
    case .now: false
    case .before, .after: (stop.lastEvent ?? 0) < (end ?? 0) && eras[stop.era].start < (end ?? 0)
    case .time(let time): stop.replay.state.clock <= time && stop.latest <= time && eras[stop.era].at <= time
    }
  }

  private func count() throws(StoreFault) -> Int {
    try statements["SELECT count(*) FROM event WHERE account = ? AND seq < ?"].bind(1, id).bind(2, end ?? Int64.max)
      .first { Int($0.integer(0)) } ?? 0
  }

  private func page(after seq: Int64) throws(StoreFault) -> [LoggedEntry] {
    var entries: [LoggedEntry] = []
    try statements[
      """
      SELECT seq, kind, id, attempt, at, resumes, fields FROM event WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?
      """
    ].bind(1, id).bind(2, seq).bind(3, AccountPast.page).forEach { entries.append(LoggedEntry($0)) }
    return entries
  }

  private func follow(_ entry: LoggedEntry, _ stop: inout AccountReplay.Stop) throws {
    while stop.era + 1 < eras.count, eras[stop.era + 1].start < entry.seq {
      stop.era += 1
      try stop.replay.move(to: eras[stop.era])
    }
    var journal = Journal()
    do {
      let decision = try stop.replay.carryOut(entry, &journal)
      if let decision, decision.isAllowed != (entry.attempt == 0) {
        throw AccountReplay.Trouble(text: "is not decided as it was")
      }
    } catch let fault as StoreFault {
      throw fault
    } catch {
      throw memory.fault(.damaged("event \(entry.seq) of `\(name)` \(AccountPast.message(error))"))
    }
    stop.replay.settle(entry)
    stop.latest = max(stop.latest, entry.at)
    stop.lastEvent = entry.seq
    stop.count += 1
  }

  private static func message(_ error: any Error) -> String {
    switch error {
    case let error as EngineFault: "cannot be carried out again: \(error.message)"
    case let error as Refusal: "cannot be carried out again: \(error.text)"
    case let error as AccountReplay.Trouble: error.text
    default: "cannot be carried out again: \(error)"
    }
  }

  /// What concerns all accounts may have happened since the last event of this one.
  private func moveToEraOfThen(_ stop: inout AccountReplay.Stop) throws(StoreFault) {
    let last: Int?
    switch moment {
    case .time(let time):
      let following =
        try statements["SELECT min(seq) FROM event WHERE account = ? AND seq > ?"].bind(1, id)
        .bind(2, stop.lastEvent ?? 0).first { $0.optional(0) } ?? nil
      last = eras.lastIndex { $0.at <= time && $0.start < following ?? Int64.max }
    default: last = eras.lastIndex { $0.start < end ?? 0 }
    }
    guard let last, last > stop.era else { return }
    for era in stop.era + 1...last { try stop.replay.move(to: eras[era]) }
    stop.era = last
  }

  private func notYet() -> StoreFault {
    let first =
      try? statements["SELECT seq, at FROM event WHERE account = ? ORDER BY seq LIMIT 1"].bind(1, id)
      .first { ($0.integer(0), $0.integer(1)) }
    let help = (first ?? nil).map { "it was made by event \($0), at \(Instant(microseconds: $1))" }
    return memory.fault(.refused("there was no account `\(name)` then", help: help))
  }
}

extension LoggedEntry {
  /// Of `seq, kind, id, attempt, at, resumes, fields`.
  init(_ row: RawStatement) {
    self.init(
      seq: row.integer(0), kind: row.text(1), id: row.text(2), attempt: row.integer(3), at: row.integer(4),
      resumes: row.optional(5).map { Int(truncatingIfNeeded: $0) }, fields: row.text(6))
  }
}
