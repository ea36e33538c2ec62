import Engine
import Formats
import Ledger
import Store

/// What somebody waits for who asks about one account of a large store: a program that starts, opens, answers and ends.
struct OpenBenchmark: Benchmark {
  let name = "open"
  let summary = "from the start of a program to its end: opening a large store and answering about one account of it"

  /// What is asked.
  private struct Question {
    var name: String
    var words: [String]
  }

  func readings(_ options: Options) throws -> [Reading] {
    let isShort = options.seconds < 0.5
    let count = isShort ? 10_000 : options.events ?? 1_000_000
    return try BenchFolder.with(options.folder) { folder in
      let path = options.store ?? folder + "/store"
      if BenchFolder.size(path) == 0 { try OpenBenchmark.build(path, count, options) }
      let questions = try OpenBenchmark.questions(path)
      var readings = [
        Reading(
          name: "size of the store", unit: .megabytes, rounds: [Double(BenchFolder.size(path)) / 1e6])
      ]
      for isCold in [false, true] {
        for question in questions {
          let laps = try (0..<(isShort ? 1 : 15)).map { _ in
            if isCold { BenchFolder.forget(path) }
            return try Child.run([question.words[0], path] + question.words.dropFirst())
          }
          readings += OpenBenchmark.readings(question.name + (isCold ? ", not in memory" : ""), laps)
        }
      }
      return readings
    }
  }

  private static func readings(_ name: String, _ laps: [Child]) -> [Reading] {
    let parts = ["program starts", "store opens", "policy compiles", "question is answered"]
    let whole = Reading(
      name: name, unit: .milliseconds, rounds: laps.map { $0.elapsed / 1e6 }, aim: .value(50))
    return [whole]
      + parts.enumerated().map { place, part in
        Reading(
          name: "  \(part)", unit: .milliseconds,
          rounds: laps.map { $0.numbers.indices.contains(place) ? $0.numbers[place] / 1e6 : .infinity })
      }
  }

  // MARK: - The store

  private static func build(_ path: String, _ count: Int, _ options: Options) throws {
    let world = try StoreWorld(options.rules)
    let replay = try UsageReplay(options.trace, world.engine)
    try replay.createStore(at: path, world)
    let next = replay.chunks(count)
    let source = ChunkSource("usage.csv") { () throws(InputFault) in next() }
    let run = try UsageRun(source, into: AccountStore.open(path, compile: ShippedPolicy.compile))
    guard run.rows == count else { throw Mismatch("\(run.rows) rows of \(count) were taken") }
  }

  /// The account with most events, the median of those that were used at all, and an event in the middle of each one's.
  private static func questions(_ path: String) throws -> [Question] {
    let player = try SqlitePlayer(path, SqliteScript())
    defer { try? player.close() }
    let accounts = try player.texts(
      """
      SELECT account FROM event WHERE account IS NOT NULL GROUP BY account HAVING count(*) > 20
      ORDER BY count(*), account
      """)
    guard let busiest = accounts.last else { throw Mismatch("the store has no events") }
    return try [("busiest account", busiest), ("median account", accounts[accounts.count / 2])].flatMap {
      what, number in
      let name = try player.texts("SELECT name FROM account WHERE id = \(number)")
      let events = try player.texts("SELECT count(*) FROM event WHERE account = \(number)")
      let id = try player.texts(
        """
        SELECT id FROM event WHERE account = \(number) AND id NOT LIKE '#%'
        ORDER BY seq LIMIT 1 OFFSET \((Int(events.first ?? "") ?? 0) / 2)
        """)
      guard let name = name.first, let id = id.first else { throw Mismatch("an account has no events") }
      return [
        Question(name: "balance, \(what)", words: ["balance", name]),
        Question(name: "why, \(what)", words: ["why", id]),
      ]
    }
  }

  // MARK: - The child

  /// Answers one question: what each part of it took, in nanoseconds.
  ///
  /// - Parameter start: when the child was started, on the clock that all programs share.
  static func child(_ question: String, _ path: String, _ name: String, start: Double) throws {
    var marks = [start, System.wallTime]
    let store = try AccountStore.open(path, .read, compile: ShippedPolicy.compile)
    marks.append(System.wallTime)
    try store.read { reader in
      _ = try reader.engine
      marks.append(System.wallTime)
      let answer = question == "balance" ? try balance(reader, name) : try why(reader, name)
      if answer.isEmpty { throw Mismatch("there is no answer") }
      marks.append(System.wallTime)
      print(zip(marks, marks.dropFirst()).map { "\($1 - $0)" }.joined(separator: " "))
    }
  }

  private static func balance(_ reader: StoreReader, _ name: String) throws -> String {
    let (engine, account) = (try reader.engine, try reader.account(name))
    return engine.program.buckets.map { bucket in
      "\(bucket.name) \(engine.value(of: bucket.name, in: account, at: account.clock)?.value ?? 0)"
    }.joined(separator: "\n")
  }

  private static func why(_ reader: StoreReader, _ id: String) throws -> String {
    guard let event = try reader.events(id: id, limit: 100).first(where: { $0.verdict != nil }),
      let (decision, engine) = try reader.decision(of: event.seq)
    else { throw Mismatch("there is no event `\(id)`") }
    let account = try event.account.map { try reader.account($0) }
    return Explanation(decision, by: engine, account: account).text()
  }
}
