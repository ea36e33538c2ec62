import Allocations
import GRDBSQLite
import Store

/// The store against the SQLite C API, which runs the same statements with the same values and does nothing else.
struct StoreBenchmark: Benchmark {
  let name = "store"
  let summary = "requests into a store of 1,000 accounts (baseline: the same statements through SQLite's C API)"

  func readings(_ options: Options) throws -> [Reading] {
    try SqliteTap.register()
    let world = try StoreWorld(options.rules)
    // A short run only shows that both sides agree.
    let isShort = options.seconds < 0.5
    let rounds = isShort ? 1 : 9
    let parts: [(String, Int, Int)] = [
      ("durable", 1, isShort ? 20 : 300), ("bulk, 1,000 at once", 1_000, isShort ? 1_000 : 30_000),
      ("bulk, 5,000 at once", 5_000, isShort ? 5_000 : 30_000),
    ]
    return try BenchFolder.with(options.folder) { folder in
      let race = StoreRace(folder: folder, world: world)
      try world.create(at: race.opening)
      return try parts.flatMap { name, batch, count in
        try race.run(batch: batch, count: count, rounds: rounds).readings(name)
      }
    }
  }
}

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

  /// One run of one side.
  struct Lap {
    var wall = 0.0
    var thread = 0.0
    var allocations = 0
    /// Rows that were written.
    var changes = 0

    static func measure(_ body: () throws -> Void) rethrows -> Lap {
      let before = Int(payg_allocations())
      let (wall, thread) = (System.wallTime, System.threadTime)
      try body()
      return Lap(
        wall: System.wallTime - wall, thread: System.threadTime - thread,
        allocations: Int(payg_allocations()) - before)
    }
  }

  /// - Parameters:
  ///   - batch: requests in one transaction.
  ///   - count: requests that are measured. So many as there are accounts, one for each, come before.
  func run(batch: Int, count: Int, rounds: Int) throws -> Results {
    let requests = try world.requests(StoreWorld.accountCount + count)
    let (script, start, changes) = try record(requests, batch)
    try replay(script, changes)
    var results = Results(count: count)
    for round in 0..<rounds {
      let sides = [
        { results.store.append(try store(requests, batch, script)) },
        { results.raw.append(try raw(script, start)) },
      ]
      // Who begins changes, too.
      for side in round % 2 == 0 ? sides : sides.reversed() { try side() }
    }
    for lap in results.store + results.raw where lap.changes != changes {
      throw Mismatch("\(lap.changes) rows were written, and \(changes) in another run")
    }
    return results
  }

  // MARK: - The store

  private func submit(_ requests: ArraySlice<StoreWorld.Request>, _ batch: Int, _ store: AccountStore) throws {
    var rest = requests
    while !rest.isEmpty {
      let group = rest.prefix(batch)
      try store.write { writer in
        for request in group { _ = try writer.submit(request.call, to: request.account) }
      }
      rest = rest.dropFirst(batch)
    }
  }

  private func warm(_ requests: [StoreWorld.Request]) -> ArraySlice<StoreWorld.Request> {
    requests[..<StoreWorld.accountCount]
  }

  private func store(_ requests: [StoreWorld.Request], _ batch: Int, _ script: SqliteScript) throws -> Lap {
    try BenchFolder.withCopy(of: opening, "store", in: folder) { path in
      let store = try AccountStore.open(path, compile: ShippedPolicy.compile)
      try submit(warm(requests), requests.count, store)
      let rest = requests[StoreWorld.accountCount...]
      var lap = try Lap.measure { try submit(rest, batch, store) }
      let connection = SqliteTap.shared.connection
      lap.changes = Int(sqlite3_total_changes(connection))
      let runs = SqliteTap.runs(of: connection)
      for (text, count) in script.runs where runs[text] != count {
        throw Mismatch("the store ran \(text) \(runs[text] ?? 0) times, the baseline \(count) times")
      }
      return withExtendedLifetime(store) { lap }
    }
  }

  /// What a store runs for the requests, the step at which the clock starts, and how many rows are written.
  private func record(
    _ requests: [StoreWorld.Request], _ batch: Int
  ) throws -> (script: SqliteScript, start: Int, changes: Int) {
    try BenchFolder.copy(opening, to: recorded)
    let tap = SqliteTap.shared
    let store = try AccountStore.open(recorded, compile: ShippedPolicy.compile)
    tap.record()
    try submit(warm(requests), requests.count, store)
    let start = tap.script?.steps.count ?? 0
    try submit(requests[StoreWorld.accountCount...], batch, store)
    let script = try tap.stop()
    let changes = Int(sqlite3_total_changes(tap.connection))
    return withExtendedLifetime(store) { (script, start, changes) }
  }

  private var recorded: String { folder + "/recorded" }

  // MARK: - The C API

  /// Runs the script once to see that it leaves the very same file, row by row.
  private func replay(_ script: SqliteScript, _ changes: Int) throws {
    try BenchFolder.withCopy(of: opening, "replayed", in: folder) { path in
      let player = try SqlitePlayer(path, script)
      let own = SqliteTap.settings(of: player.connection)
      Stopwatch.checksum &+= try player.run(0..<script.steps.count)
      guard Int(sqlite3_total_changes(player.connection)) == changes else {
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

  private func raw(_ script: SqliteScript, _ start: Int) throws -> Lap {
    try BenchFolder.withCopy(of: opening, "raw", in: folder) { path in
      let player = try SqlitePlayer(path, script)
      Stopwatch.checksum &+= try player.run(0..<start)
      var lap = try Lap.measure { Stopwatch.checksum &+= try player.run(start..<script.steps.count) }
      lap.changes = Int(sqlite3_total_changes(player.connection))
      try player.close()
      return lap
    }
  }
}
