import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Shares the work out over threads: each reads the next batch of some part, or works on what waits for some group of accounts.
///
/// There is no thread that only reads, so that all cores are at work whatever takes longest. What happens to one account
/// happens in order, since a part is read and a shard is worked on by one thread at a time.
// Shards are touched by whoever took them off the board, and by nobody else.
final class WorkFloor: @unchecked Sendable {
  /// Occurrences that wait at most before nothing more is read.
  static let mostWaiting = 1 << 16

  let shards: [Shard]
  private let lineup: Lineup
  private let board: Mutex<Board>
  private let rows: Mutex<RowPile>
  private let report: @Sendable (ComparisonProgress) -> Void
  private let isInterrupted: @Sendable () -> Bool
  private let reporting = Mutex(false)

  /// What is to be done. Shards and parts are touched by whoever took them off the board.
  private struct Board: @unchecked Sendable {
    var parts: [any TrafficPart]
    var partIsFree: [Bool]
    var partIsDone: [Bool]
    var progress: [(part: Int, whole: Int?)]
    /// By shard: what is to be replayed, in order.
    var waiting: [[Bundle]]
    var shardIsFree: [Bool]
    var waitingCount = 0
    var next = 0
    var replayed = 0
    var fault: (any Error)?
    var isStopped = false
  }

  private enum Task {
    case read(Int, any TrafficPart)
    case replay(Int, [Bundle])
    case wait
    case done
  }

  init(
    _ lineup: Lineup, _ parts: [any TrafficPart], progress: @escaping @Sendable (ComparisonProgress) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.lineup = lineup
    let count = max(1, lineup.options.shards)
    shards = (0..<count).map { _ in Shard(lineup) }
    let board = Board(
      parts: parts, partIsFree: parts.map { _ in true }, partIsDone: parts.map { _ in false },
      progress: parts.map(\.progress), waiting: Array(repeating: [], count: count),
      shardIsFree: Array(repeating: true, count: count))
    self.board = Mutex(board)
    rows = Mutex(RowPile(cap: lineup.options.rows, pairs: max(0, lineup.entrants.count - 1)))
    report = progress
    self.isInterrupted = isInterrupted
  }

  var wasInterrupted: Bool { board.withLock { $0.isStopped } }

  /// The first rows by time, for each candidate but the first.
  func keptRows() -> [[Difference]] { rows.withLock { $0.kept() } }

  /// Works until everything is done, or somebody stops it.
  func run() throws {
    let wanted = lineup.options.threads > 0 ? lineup.options.threads : Threads.cores
    Threads.run(min(wanted, 256)) { self.work() }
    if let fault = board.withLock({ $0.fault }) { throw fault }
    for shard in shards { try shard.endAll() }
    for shard in shards { rows.withLock { $0.add(shard.takeRows()) } }
  }

  private func work() {
    while true {
      switch take() {
      case .read(let number, let part): read(number, part)
      case .replay(let number, let occurrences): replay(number, occurrences)
      case .wait: usleep(200)
      case .done: return
      }
      if isInterrupted() { board.withLock { $0.isStopped = true } }
    }
  }

  /// The next thing to do. Reading goes first while little waits.
  private func take() -> Task {
    board.withLock { board in
      if board.fault != nil || board.isStopped { return .done }
      if board.waitingCount < WorkFloor.mostWaiting,
        let part = board.parts.indices.first(where: { board.partIsFree[$0] && !board.partIsDone[$0] })
      {
        board.partIsFree[part] = false
        return .read(part, board.parts[part])
      }
      let count = board.waiting.count
      for step in 0..<count {
        let shard = (board.next + step) % count
        guard board.shardIsFree[shard], !board.waiting[shard].isEmpty else { continue }
        board.next = (shard + 1) % count
        board.shardIsFree[shard] = false
        let bundles = board.waiting[shard]
        board.waiting[shard] = []
        board.waitingCount -= bundles.reduce(0) { $0 + $1.count }
        return .replay(shard, bundles)
      }
      let isIdle = board.shardIsFree.allSatisfy(\.self) && board.partIsDone.allSatisfy(\.self)
      return isIdle ? .done : .wait
    }
  }

  private func read(_ number: Int, _ part: any TrafficPart) {
    do {
      let batch = try part.next()
      let progress = part.progress
      let bundles = batch.map { Bundle.sorted($0, over: shards.count) } ?? []
      board.withLock { board in
        board.partIsFree[number] = true
        board.partIsDone[number] = batch == nil
        board.progress[number] = progress
        board.waitingCount += batch?.count ?? 0
        for bundle in bundles { board.waiting[bundle.shard].append(bundle) }
      }
    } catch {
      fail(error)
    }
  }

  private func replay(_ number: Int, _ bundles: [Bundle]) {
    let shard = shards[number]
    do {
      for bundle in bundles { try bundle.forEach { sum, occurrence throws in try shard.take(occurrence, sum) } }
    } catch {
      fail(error)
      return
    }
    let found = shard.takeRows()
    if !found.isEmpty {
      if let tell = lineup.options.onDifference { for row in found { tell(row) } }
      rows.withLock { $0.add(found) }
    }
    let progress = board.withLock { board in
      board.shardIsFree[number] = true
      board.replayed += bundles.reduce(0) { $0 + $1.count }
      return ComparisonProgress(
        events: board.replayed, part: board.progress.reduce(0) { $0 + $1.part },
        whole: board.progress.reduce(Optional(0)) { sum, next in sum.flatMap { sum in next.whole.map { sum + $0 } } })
    }
    let mayReport = reporting.withLock { isBusy in
      defer { isBusy = true }
      return !isBusy
    }
    guard mayReport else { return }
    report(progress)
    reporting.withLock { $0 = false }
  }

  private func fail(_ error: any Error) {
    // Of several faults the first one counts.
    let box = FaultBox(error: error)
    board.withLock { board in board.fault = board.fault ?? box.error }
  }

  private struct FaultBox: @unchecked Sendable { var error: any Error }
}

/// The first rows by time of any number of them.
struct RowPile {
  private let cap: Int
  private var rows: [[Difference]]

  init(cap: Int, pairs: Int) {
    self.cap = max(0, cap)
    rows = Array(repeating: [], count: pairs)
  }

  mutating func add(_ found: [Difference]) {
    for row in found { rows[row.candidate - 1].append(row) }
    for pair in rows.indices where rows[pair].count > 2 * cap + 1_024 { trim(pair) }
  }

  private mutating func trim(_ pair: Int) {
    rows[pair].sort(by: Difference.precedes)
    if rows[pair].count > cap { rows[pair].removeLast(rows[pair].count - cap) }
  }

  mutating func kept() -> [[Difference]] {
    for pair in rows.indices { trim(pair) }
    return rows
  }
}
