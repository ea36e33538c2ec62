import Engine
import Foundation
import Store
import StoreStage
import Values

/// Kills writers of a store at random moments, and holds the store against what they were told.
struct KillCampaign {
  let folder: String
  let seed: UInt64
  /// A store is given up after so many kills, so that working everything out again stays fast.
  let killsOfStore = 12
  let writers = 2

  private var random: SeededGenerator
  private var path = ""
  private var log = ""
  private var acknowledged: [Acknowledgement] = []
  private var next: [Int] = []
  private var stores = 0
  private(set) var kills = 0
  private(set) var answers = 0
  private(set) var charges = 0
  private(set) var findings: [String] = []

  init(folder: String, seed: UInt64) {
    self.folder = folder
    self.seed = seed
    random = SeededGenerator(seed: seed)
  }

  mutating func run(kills wanted: Int) {
    var left = 0
    while kills < wanted, findings.isEmpty {
      if left <= 0 {
        makeStore()
        left = killsOfStore
      }
      let before = kills
      killWriters()
      left -= kills - before
      // Mostly with what waits left waiting: the next writers find it.
      look(draining: left <= 0 || Int.random(in: 0..<4, using: &random) == 0)
    }
    charges += LoggedProvider.entries(log).count
  }

  private mutating func makeStore() {
    if stores > 0 { charges += LoggedProvider.entries(log).count }
    stores += 1
    path = "\(folder)/\(stores).payg"
    log = "\(folder)/\(stores).log"
    acknowledged = []
    next = Array(repeating: 0, count: writers)
    let path = path
    let (lines, status) = Worker { say in
      do {
        let store = try AccountStore.create(
          at: path, policy: StagePolicy.files, testClock: MixedWrites.end, compile: StagePolicy.compile)
        try MixedWrites.prepare(store)
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish()
    if status != 0 { findings.append("the store could not be made (\(status)): \(lines)") }
  }

  /// Two write; each is killed at a moment of its own. One that the provider let down may have ended itself before.
  private mutating func killWriters() {
    let workers = (0..<writers).map { number in
      let first = next[number]
      let seed = seed &+ UInt64(stores) &* 104_729
      let (path, log) = (path, log)
      return Worker { say in KillCampaign.write(path, log, MixedWrites(seed: seed, writer: number), from: first, say) }
    }
    for number in workers.indices.shuffled(using: &random) {
      // Some lives end while the store is being opened, most in the midst of a write, and long ones in a checkpoint.
      if Int.random(in: 0..<4, using: &random) > 0 { workers[number].hear() }
      let long = Int.random(in: 0..<4, using: &random) == 0 ? 400_000 : 60_000
      usleep(UInt32(Int.random(in: 0...long, using: &random)))
      workers[number].kill()
    }
    for (number, worker) in workers.enumerated() {
      let (lines, status) = worker.finish()
      for line in lines {
        if line.hasPrefix("done ") {
          next[number] = (Int(line.dropFirst(5)) ?? 0) + 1
        } else if let known = Acknowledgement(line: line) {
          acknowledged.append(known)
          answers += 1
        } else {
          findings.append("writer \(number): \(line)")
        }
      }
      if status == -SIGKILL { kills += 1 } else { findings.append("writer \(number) ended with \(status)") }
    }
  }

  /// Writes event after event until it is killed, saying what it was told as soon as it was.
  private static func write(
    _ path: String, _ log: String, _ writes: MixedWrites, from first: Int, _ say: (String) -> Void
  ) -> Int32 {
    do {
      let store = try AccountStore.open(path, patience: 60, compile: StagePolicy.compile)
      let provider = LoggedProvider(log: log, isMoody: true)
      let engine = try store.read { try $0.engine }
      var number = first
      while true {
        let deed = try writes.deed(number, engine)
        if deed.group > 0 {
          let answers = try store.write { writer in
            try (number...number + deed.group).map { number in
              let deed = try writes.deed(number, engine)
              return try writer.submit(deed.call, to: deed.account)
            }
          }
          number += deed.group
          say(answers.map { Acknowledgement($0).line }.joined() + "done \(number)\n")
        } else {
          let answer = try store.submit(deed.call, to: deed.account, asking: provider)
          say(Acknowledgement(answer).line + "done \(number)\n")
        }
        if number % 23 == 22 { _ = try store.drain(asking: provider, limit: 3) }
        if number % 31 == 30 { try store.write { try changeFromOutside($0, number, engine) } }
        number += 1
      }
    } catch {
      say("\(error)\n")
      return 1
    }
  }

  /// What operators do: another policy, another setting, another key, a later hour.
  private static func changeFromOutside(_ writer: StoreWriter, _ number: Int, _ engine: RuleEngine) throws {
    try writer.usePolicy(number % 2 == 0 ? StagePolicy.dearer : StagePolicy.files)
    try writer.change(
      engine.setting("refunds.review_days"), to: .number(Int64(number % 9)), account: nil, at: MixedWrites.start)
    try writer.change(
      engine.setting("topup.month_cap"), to: .number(Int64(1_000 + number % 7) * 1_000_000_000), account: "cyd",
      at: MixedWrites.start)
    if try writer.account("ada").keyIndex(named: "key-\(number)") == nil {
      try writer.addKey("key-\(number)", to: "ada", at: MixedWrites.start)
    }
    try writer.moveClock(to: writer.now + 1)
  }

  /// Opens the store after a kill.
  private mutating func look(draining: Bool) {
    let (path, log, acknowledged, writers) = (path, log, acknowledged, writers)
    let (lines, status) = Worker { say in
      do {
        let store = try AccountStore.open(path, compile: StagePolicy.compile)
        if draining {
          let provider = LoggedProvider(log: log, isMoody: false)
          for _ in 0..<4 where try !store.read({ try $0.outbox() }).isEmpty { _ = try store.drain(asking: provider) }
        }
        var checkup = try Checkup(store)
        checkup.find(acknowledged)
        checkup.countAnswers()
        try checkup.compare(log: LoggedProvider.entries(log), isDrained: draining)
        try checkup.audit()
        for finding in checkup.findings.prefix(20) { say(finding + "\n") }
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish()
    _ = writers
    findings += lines
    if status != 0 { findings.append("the look at the store ended with \(status)") }
  }
}
