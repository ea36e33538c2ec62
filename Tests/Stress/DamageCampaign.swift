import Engine
import Foundation
import GRDBSQLite
import Store
import StoreStage
import Values

/// Changes one value of one row, or a few bytes, behind a store's back, and asks it everything. It may refuse, its audit may
/// find the change, or the change makes no difference; it gives no wrong answer without a word, and nothing ends the program.
struct DamageCampaign {
  let folder: String
  let seed: UInt64
  private(set) var outcomes: [String: Int] = [:]
  private(set) var findings: [String] = []

  var path: String { "\(folder)/sample.payg" }

  /// What nothing else in a store says, so that nothing can contradict it. None of it decides anything.
  static let free: Set<String> = [
    "store.created_at", "policy.added_at", "outbox.sent", "outbox.sent_at", "outbox.fault", "outbox.reason",
    "outbox.answered_at",
  ]

  init(folder: String, seed: UInt64) {
    self.folder = folder
    self.seed = seed
  }

  mutating func run(trials: Int, from first: Int) {
    let path = path
    let (lines, status) = Worker { say in
      do {
        try DamageCampaign.makeSample(path)
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish()
    if status != 0 { return findings.append("the sample could not be made (\(status)): \(lines)") }
    let sample = Sample(path)
    for trial in first..<first + trials {
      let (folder, seed) = (folder, seed)
      let (lines, status) = Worker { say in
        DamageCampaign.attempt(trial, seed, sample, copy: "\(folder)/\(trial).payg", say)
      }.finish()
      for ending in ["", "-wal", "-shm"] { unlink("\(folder)/\(trial).payg\(ending)") }
      let change = lines.first ?? "nothing was said"
      if status < 0 {
        findings.append("trial \(trial), \(change): the program was ended by signal \(-status)")
      } else if status > 0 {
        findings.append("trial \(trial), \(lines.joined(separator: ": "))")
      } else {
        outcomes[lines.last ?? "", default: 0] += 1
      }
      if findings.count > 99 { return }
    }
  }

  /// The sound file and the answers it gives.
  private struct Sample {
    var bytes: [UInt8] = []
    var answers: [String] = []

    init(_ path: String) {
      bytes = (try? StagePlace.bytes(path)) ?? []
      let text = String(decoding: (try? StagePlace.bytes(path + ".answers")) ?? [], as: UTF8.self)
      answers = text.split(separator: "\u{1e}", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func makeSample(_ path: String) throws {
    let store = try AccountStore.create(
      at: path, policy: StagePolicy.files, testClock: MixedWrites.end, compile: StagePolicy.compile)
    try MixedWrites.prepare(store)
    let engine = try store.read { try $0.engine }
    let provider = LoggedProvider(log: path + ".log", isMoody: true)
    let writes = MixedWrites(seed: 3, writer: 0)
    for number in 0..<130 {
      let deed = try writes.deed(number, engine)
      _ = try store.submit(deed.call, to: deed.account, asking: provider)
      if number == 70 { _ = try store.write { try $0.usePolicy(StagePolicy.dearer) } }
    }
    try store.write { try $0.moveClock(to: MixedWrites.end + 1) }
    try StagePlace.write(Array(try StoreDigest.answers(store).joined(separator: "\u{1e}").utf8), to: path + ".answers")
  }

  private static func attempt(
    _ trial: Int, _ seed: UInt64, _ sample: Sample, copy: String, _ say: (String) -> Void
  ) -> Int32 {
    do {
      var random = SeededGenerator(seed: seed &+ UInt64(trial) &* 6_364_136_223_846_793_005)
      try StagePlace.write(sample.bytes, to: copy)
      guard let change = try RowChange.make(in: copy, &random) else {
        say("no change\nnothing to change\n")
        return 0
      }
      say(change.replacing("\n", with: " ").prefix(300) + "\n")
      var outcome = "no difference"
      do {
        let store = try AccountStore.open(copy, patience: 0, compile: StagePolicy.compile)
        var wrong: String?
        var isRefused = false
        do {
          let given = try StoreDigest.answers(store)
          if given != sample.answers {
            wrong =
              zip(given, sample.answers).first { $0 != $1 }.map { "\($0.0.prefix(300)) instead of \($0.1.prefix(300))" }
              ?? "\(given.count) answers instead of \(sample.answers.count)"
          }
        } catch is StoreFault {
          isRefused = true
        }
        var isFound = false
        do {
          isFound = try !store.audit().isClean
        } catch {
          isRefused = true
        }
        if let wrong, !isFound, !isRefused {
          say("a wrong answer without a word: \(wrong.replacing("\n", with: " "))\n")
          return 1
        }
        outcome = isRefused ? "refused" : isFound ? "found by the audit" : outcome
        try write(to: store)
      } catch is StoreFault {
        outcome = "refused"
      }
      say(outcome + "\n")
      return 0
    } catch {
      say("\(error)\n")
      return 1
    }
  }

  /// Writes of every kind, each of which may be refused.
  private static func write(to store: AccountStore) throws {
    let writes = MixedWrites(seed: 3, writer: 0)
    guard let engine = try? store.read({ try $0.engine }) else { return }
    for number in 118..<150 {
      guard let deed = try? writes.deed(number, engine) else { return }
      do {
        _ = try store.submit(deed.call, to: deed.account, asking: nil)
      } catch is StoreFault {
        continue
      }
    }
    let provider = LoggedProvider(log: store.path + ".log", isMoody: false)
    do { _ = try store.drain(asking: provider) } catch is StoreFault {}
    unlink(store.path + ".log")
  }
}
