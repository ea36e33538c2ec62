import Engine
import Formats
import Lab
import Store

/// A file of usage into a store.
struct ImportBenchmark: Benchmark {
  let name = "import"
  let summary =
    "rows of real usage from a CSV file into a store of 1,008 accounts, 5,000 in a transaction; a program of its own"

  func readings(_ options: Options) throws -> [Reading] {
    let count = options.seconds < 0.5 ? 10_000 : options.events ?? 1_000_000
    return try BenchFolder.with(options.folder) { folder in
      let world = try StoreWorld(options.rules)
      let replay = try UsageReplay(options.trace, world.engine)
      let (store, file) = (folder + "/store", folder + "/usage.csv")
      try replay.createStore(at: store, world)
      let before = BenchFolder.size(store)
      let output = try FileOutput(file)
      let next = replay.chunks(count)
      while let chunk = next() { try output.write(chunk) }
      try output.close()
      let reading = try ImportBenchmark.read(file, world)
      guard reading.rows == count else { throw Mismatch("\(reading.rows) rows of \(count) can be read") }
      let numbers = try Child.run(["import", store, file]).numbers
      guard numbers.count == 4, Int(numbers[0]) == count else { throw Mismatch("the import took \(numbers) rows") }
      let bytes = Double(BenchFolder.size(store) - before)
      let perSecond = numbers[0] / numbers[2] * 1e9
      return [
        Reading(name: "\(count) rows", unit: .perSecond, rounds: [perSecond]),
        Reading(name: "one row", unit: .microseconds, rounds: [numbers[2] / numbers[0] / 1e3]),
        Reading(
          name: "reading them alone", unit: .perSecond, rounds: [Double(reading.rows) / reading.elapsed * 1e9]),
        Reading(name: "allowed", unit: .percent, rounds: [numbers[1] / numbers[0] * 100]),
        Reading(name: "the store grows by, a row", unit: .bytes, rounds: [bytes / numbers[0]]),
        Reading(name: "most memory in use", unit: .megabytes, rounds: [numbers[3] / 1e6]),
      ]
    }
  }

  /// Reads all rows and does nothing with them.
  private static func read(_ file: String, _ world: StoreWorld) throws -> (rows: Int, elapsed: Double) {
    let start = System.wallTime
    let reader = try TrafficReader(file, program: world.engine.program, options: TrafficOptions(event: "request"))
    while try reader.next() != nil {}
    return (reader.rowCount, System.wallTime - start)
  }

  /// The import in a child: rows, how many were allowed, nanoseconds, bytes of memory.
  static func child(_ store: String, _ file: String) throws {
    let store = try AccountStore.open(store, compile: ShippedPolicy.compile)
    let run = try UsageRun(FileSource(file), into: store)
    print(run.rows, run.allowed, run.elapsed, System.peakMemory)
  }
}
