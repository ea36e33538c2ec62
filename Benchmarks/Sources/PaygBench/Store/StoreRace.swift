import Allocations
import GRDBSQLite
import Store

/// Lets a store and the C API do the same, in turns, each on a fresh copy of one store.
struct StoreRace {
  let folder: String
  let world: StoreWorld

  var opening: String { folder + "/opening" }

  /// Both sides of every round.
  struct Results {
    var count = 0
    var store: [Lap] = []
    var raw: [Lap] = []

    /// - Parameter name: what was done.
    func readings(_ name: String) -> [Reading] {
      func microseconds(_ laps: [Lap], _ part: (Lap) -> Double) -> [Double] {
        laps.map { part($0) / Double(count) / 1_000 }
      }
      let perSecond = [store, raw].map { $0.map { Double(count) / $0.wall * 1e9 } }
      return [
        Reading(
          name: "\(name), per request", unit: .microseconds, rounds: microseconds(store, \.wall),
          baseline: microseconds(raw, \.wall), aim: .ratio(1.5)),
        Reading(
          name: "\(name), time of the thread", unit: .microseconds, rounds: microseconds(store, \.thread),
          baseline: microseconds(raw, \.thread)),
        Reading(name: "\(name), requests", unit: .perSecond, rounds: perSecond[0], baseline: perSecond[1]),
        Reading(
          name: "\(name), calls of malloc", unit: .allocations,
          rounds: store.map { Double($0.allocations) / Double(count) },
          baseline: raw.map { Double($0.allocations) / Double(count) }),
      ]
    }
  }

  /// What one side took in one round.
  struct Lap {
    var wall = 0.0
    var thread = 0.0
    var allocations = 0
    /// Rows that were written.
    var changes = 0

    mutating func measure(_ body: () throws -> Void) rethrows {
      let before = payg_allocations()
      let (wallStart, threadStart) = (System.wallTime, System.threadTime)
      try body()
      wall += System.wallTime - wallStart
      thread += System.threadTime - threadStart
      allocations += Int(payg_allocations() - before)
    }
  }

  /// What both sides do.
  private struct Course {
    /// The first are for each account once and bring everything into memory.
    let requests: [StoreWorld.Request]
    /// Those that are measured, in parts of as many as one transaction takes.
    let batches: [ArraySlice<StoreWorld.Request>]
    let script: SqliteScript
    /// Where in the script the first of them begins, and where each ends.
    let marks: [Int]
    /// Rows that are written, by all of it.
    let changes: Int

    var warming: ArraySlice<StoreWorld.Request> { requests[..<StoreWorld.accountCount] }
  }

  /// - Parameters:
  ///   - batch: requests in one transaction.
  ///   - count: requests that are measured.
  func run(batch: Int, count: Int, rounds: Int) throws -> Results {
    let course = try record(try world.requests(StoreWorld.accountCount + count), batch)
    try replay(course)
    var results = Results(count: count)
    for round in 0..<rounds {
      let (store, raw) = try run(course, storeFirst: round % 2 == 0)
      results.store.append(store)
      results.raw.append(raw)
    }
    return results
  }

  /// One round: transaction by transaction, both sides in turns.
  private func run(_ course: Course, storeFirst: Bool) throws -> (store: Lap, raw: Lap) {
    try BenchFolder.withCopy(of: opening, "store", in: folder) { path in
      try BenchFolder.withCopy(of: opening, "raw", in: folder) { other in
        let store = try AccountStore.open(path, compile: ShippedPolicy.compile)
        let connection = SqliteTap.shared.connection
        let player = try SqlitePlayer(other, course.script)
        try StoreRace.submit(course.warming, store)
        Stopwatch.checksum &+= try player.run(0..<course.marks[0])
        var (lap, rawLap) = (Lap(), Lap())
        for (place, batch) in course.batches.enumerated() {
          let steps = course.marks[place]..<course.marks[place + 1]
          let sides = [
            { try lap.measure { try StoreRace.submit(batch, store) } },
            { try rawLap.measure { Stopwatch.checksum &+= try player.run(steps) } },
          ]
          // Who begins changes, too.
          for side in (place % 2 == 0) == storeFirst ? sides : sides.reversed() { try side() }
        }
        try check(course, connection, player.connection)
        try player.close()
        return withExtendedLifetime(store) { (lap, rawLap) }
      }
    }
  }

  private static func submit(_ requests: ArraySlice<StoreWorld.Request>, _ store: AccountStore) throws {
    try store.write { writer in
      for request in requests { _ = try writer.submit(request.call, to: request.account) }
    }
  }

  // MARK: - That both do the same

  /// Looks whether both connections ran the same statements equally often, and wrote as many rows.
  private func check(_ course: Course, _ store: OpaquePointer?, _ raw: OpaquePointer?) throws {
    let runs = SqliteTap.runs(of: store)
    guard runs.filter({ $0.value > 0 }) == SqliteTap.runs(of: raw) else {
      throw Mismatch("the two sides run other statements")
    }
    for connection in [store, raw] where Int(sqlite3_total_changes(connection)) != course.changes {
      throw Mismatch("\(sqlite3_total_changes(connection)) rows were written, and \(course.changes) by the first run")
    }
  }

  /// Runs everything in a store once and writes down what it says to SQLite.
  private func record(_ requests: [StoreWorld.Request], _ batch: Int) throws -> Course {
    try BenchFolder.copy(opening, to: recorded)
    let tap = SqliteTap.shared
    let store = try AccountStore.open(recorded, compile: ShippedPolicy.compile)
    tap.record()
    try StoreRace.submit(requests[..<StoreWorld.accountCount], store)
    var marks = [tap.script?.steps.count ?? 0]
    var batches: [ArraySlice<StoreWorld.Request>] = []
    var rest = requests[StoreWorld.accountCount...]
    while !rest.isEmpty {
      batches.append(rest.prefix(batch))
      try StoreRace.submit(rest.prefix(batch), store)
      marks.append(tap.script?.steps.count ?? 0)
      rest = rest.dropFirst(batch)
    }
    let script = try tap.stop()
    let changes = Int(sqlite3_total_changes(tap.connection))
    return withExtendedLifetime(store) {
      Course(requests: requests, batches: batches, script: script, marks: marks, changes: changes)
    }
  }

  private var recorded: String { folder + "/recorded" }

  /// Runs the script to see that it leaves the very same file, row by row, on a connection that is set up alike.
  private func replay(_ course: Course) throws {
    try BenchFolder.withCopy(of: opening, "replayed", in: folder) { path in
      let player = try SqlitePlayer(path, course.script)
      let own = SqliteTap.settings(of: player.connection)
      Stopwatch.checksum &+= try player.run(0..<course.script.steps.count)
      guard Int(sqlite3_total_changes(player.connection)) == course.changes else {
        throw Mismatch("the baseline writes another number of rows")
      }
      try player.close()
      if let difference = try SqlitePlayer.difference(path, recorded) { throw Mismatch(difference) }
      let store = try AccountStore.open(path, compile: ShippedPolicy.compile)
      let others = SqliteTap.settings(of: SqliteTap.shared.connection)
      guard own == others else { throw Mismatch("the connections differ: \(own), \(others)") }
      withExtendedLifetime(store) {}
    }
    BenchFolder.remove(recorded)
  }
}
