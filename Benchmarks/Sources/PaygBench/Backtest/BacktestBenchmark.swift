import Backtest
import Engine
import Formats
import Lab
import Values

/// The same requests under two policies: read, decided, compared.
struct BacktestBenchmark: Benchmark {
  let name = "backtest"
  let summary = "a file of requests under the shipped rules, and with a spending limit of $10 (baseline: by hand)"

  func readings(_ options: Options) throws -> [Reading] {
    let isShort = options.seconds < 0.5
    let count = isShort ? 20_000 : options.events ?? 1_000_000
    return try BenchFolder.with(options.folder) { folder in
      var readings: [Reading] = []
      let path = options.ownTrace ?? folder + "/requests.csv"
      let world = try BacktestWorld(rules: options.rules, reform: options.reform, path: path)
      if options.ownTrace == nil {
        let start = System.threadTime
        try MadeTraffic(options.sample, world.program, count: count).write(to: path)
        readings.append(
          Reading(name: "making the file", unit: .seconds, rounds: [(System.threadTime - start) / 1e9]))
      }
      let rounds = options.seconds < 1 ? 1 : count > 3_000_000 ? 3 : 5
      readings += try BacktestBenchmark.parsing(world, rounds: rounds)
      let (answers, evaluation) = try evaluation(world, rounds: rounds, isMade: options.ownTrace == nil)
      readings += evaluation
      readings += try BacktestBenchmark.endToEnd(world, options, answers, rounds: rounds)
      readings.append(try BacktestBenchmark.memory(world, options, isShort ? 20_000 : 100_000, folder))
      return readings
    }
  }

  // MARK: - Reading

  private static func parsing(_ world: BacktestWorld, rounds: Int) throws -> [Reading] {
    // Keys that come up are told of too, a few thousand among millions.
    var count = 0
    let times = try (0..<rounds).map { _ in
      count = 0
      let start = System.ownTime
      try world.read { count += $0.count }
      return System.ownTime - start
    }
    return [
      Reading(
        name: "reading alone", unit: .megabytesPerSecond, rounds: times.map { Double(world.bytes) / $0 * 1e3 },
        aim: .atLeast(200)),
      Reading(name: "reading alone, an event", unit: .nanoseconds, rounds: times.map { $0 / Double(count) }),
    ]
  }

  // MARK: - Evaluation

  /// What came of it, in numbers that everybody who replays the same must come to.
  struct Answers: Equatable {
    var events: Int
    var accounts: Int
    var allowed: [Int]
    var differing: Int

    init(_ result: BacktestResult) {
      events = result.events
      accounts = result.accounts
      allowed = result.candidates.map { $0.count(.allowed) }
      differing = result.comparisons.first?.differing ?? 0
    }

    init(_ replay: HandReplay) {
      events = replay.events
      accounts = replay.accounts.count
      allowed = replay.totals.map { $0.verdicts[Int(Outcome.Verdict.allowed.rawValue)] }
      differing = replay.events - replay.differences.same
    }

    init(_ numbers: some Collection<Double>) {
      let whole = numbers.map { Int($0) }
      (events, accounts, allowed, differing) = (whole[0], whole[1], [whole[2], whole[3]], whole[4])
    }
  }

  /// On rows that are in memory, with one thread: what all threads of this program take, so that none can be forgotten.
  private func evaluation(
    _ world: BacktestWorld, rounds: Int, isMade: Bool
  ) throws -> (answers: Answers, readings: [Reading]) {
    let occurrences = try world.occurrences()
    let traffic = try world.listed(occurrences)
    let setting = try world.setting(occurrences)
    let answers = try BacktestBenchmark.agree(world, traffic, setting, isMade: isMade)
    let events = Double(answers.events)
    var readings: [Reading] = []
    for checksPromises in [true, false] {
      var options = ComparisonOptions()
      options.threads = 1
      options.checksPromises = checksPromises
      var (engine, hand): ([Double], [Double]) = ([], [])
      for round in 0..<2 * rounds {
        // Who begins changes.
        let isEngine = (round % 2 == 0) != (round / 2 % 2 == 1)
        let start = System.ownTime
        let found =
          isEngine
          ? Answers(try Comparison.run(world.candidates, over: traffic, options: options))
          : BacktestBenchmark.byHand(setting, occurrences, checksPromises: checksPromises)
        let time = (System.ownTime - start) / events
        guard found == answers else { throw Mismatch("a round came to other answers: \(found), not \(answers)") }
        if isEngine { engine.append(time) } else { hand.append(time) }
      }
      let name = checksPromises ? "evaluation, an event" : "the same, promises not asked"
      readings.append(
        Reading(name: name, unit: .nanoseconds, rounds: engine, baseline: hand, aim: .ratio(4)))
    }
    let total = Double(answers.events) / 100
    readings += [
      Reading(name: "allowed", unit: .percent, rounds: [Double(answers.allowed[0]) / total]),
      Reading(name: "answers that differ", unit: .percent, rounds: [Double(answers.differing) / total]),
    ]
    return (answers, readings)
  }

  /// All of it, until it is let go of again.
  private static func byHand(
    _ setting: HandReplay.Setting, _ occurrences: [Occurrence], checksPromises: Bool
  ) -> Answers {
    let replay = HandReplay(setting, checksPromises: checksPromises)
    replay.run(occurrences)
    return Answers(replay)
  }

  /// Both ways come to the same, to the last number and row.
  private static func agree(
    _ world: BacktestWorld, _ traffic: ListedTraffic, _ setting: HandReplay.Setting, isMade: Bool
  ) throws -> Answers {
    var options = ComparisonOptions()
    options.threads = 1
    let result = try Comparison.run(world.candidates, over: traffic, options: options)
    let replay = HandReplay(setting, checksPromises: true)
    replay.run(traffic.occurrences)
    try replay.verify(result)
    if isMade { try replay.verifyVariety() }
    return Answers(result)
  }

  // MARK: - From the file to the answer

  private static func endToEnd(
    _ world: BacktestWorld, _ options: Options, _ answers: Answers, rounds: Int
  ) throws -> [Reading] {
    var laps: [[Child]] = [[], []]
    for _ in 0..<rounds {
      for threads in 1...2 {
        let child = try run(world.path, options, threads: threads)
        guard Answers(child.numbers.dropFirst(3)) == answers else {
          throw Mismatch("with \(threads) threads from the file it came to other answers: \(child.numbers)")
        }
        laps[threads - 1].append(child)
      }
    }
    let events = Double(answers.events)
    var readings: [Reading] = []
    for (threads, laps) in zip(["1 thread", "2 threads"], laps) {
      readings += [
        Reading(name: "file to answer, \(threads)", unit: .seconds, rounds: laps.map { $0.numbers[0] / 1e9 }),
        Reading(
          name: "file to answer, \(threads), events", unit: .perSecond,
          rounds: laps.map { events / $0.numbers[0] * 1e9 }),
        Reading(
          name: "events a second of a core, \(threads)", unit: .perSecond,
          rounds: laps.map { events / $0.numbers[1] * 1e9 }),
        Reading(name: "most memory in use, \(threads)", unit: .megabytes, rounds: laps.map { $0.numbers[2] / 1e6 }),
      ]
    }
    let times = zip(laps[0], laps[1]).map { $0.numbers[0] / $1.numbers[0] }
    readings.append(Reading(name: "2 threads against 1", unit: .times, rounds: times, aim: .atLeast(1.8)))
    return readings
  }

  private static func run(_ path: String, _ options: Options, threads: Int) throws -> Child {
    let child = try Child.run(["compare", path, options.rules, options.reform, "\(threads)"])
    guard child.numbers.count == 8 else { throw Mismatch("the comparison says \(child.numbers)") }
    return child
  }

  /// The comparison in a child: nanoseconds on the wall and of all threads, bytes of memory, what came of it.
  static func child(_ words: [String]) throws {
    guard words.count == 4, let threads = Int(words[3]) else { throw Mismatch("what?") }
    let world = try BacktestWorld(rules: words[1], reform: words[2], path: words[0])
    var options = ComparisonOptions()
    options.threads = threads
    let traffic = try world.traffic()
    let (wall, own) = (System.wallTime, System.ownTime)
    let result = try Comparison.run(world.candidates, over: traffic, options: options)
    let times = (System.wallTime - wall, System.ownTime - own)
    let answers = Answers(result)
    print(
      times.0, times.1, System.peakMemory, answers.events, answers.accounts, answers.allowed[0], answers.allowed[1],
      answers.differing)
  }

  // MARK: - Memory

  /// What an account takes: a request of each of many against as many of a few.
  private static func memory(
    _ world: BacktestWorld, _ options: Options, _ count: Int, _ folder: String
  ) throws -> Reading {
    let few = 64
    let peaks = try [count, few].map { accounts in
      let path = "\(folder)/accounts.csv"
      try MadeTraffic.write(count, accounts: accounts, to: path)
      return try run(path, options, threads: 1).numbers[2]
    }
    return Reading(
      name: "memory, an account under both", unit: .bytes, rounds: [(peaks[0] - peaks[1]) / Double(count - few)])
  }
}
