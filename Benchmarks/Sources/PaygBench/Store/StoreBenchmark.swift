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
