import Engine
import Foundation
import Store
import StoreStage

/// Many programs spend the money of one account at once, while others read it.
struct Race {
  let folder: String
  let writers: Int
  /// How many requests each of them sends.
  let requests: Int
  /// How many of all of them the account can pay.
  let room: Int
  let readers = 2
  static let cost: Int64 = 10_000_000

  var path: String { "\(folder)/race.payg" }

  /// What went wrong; empty for nothing.
  func run() -> [String] {
    var findings = prepare()
    if !findings.isEmpty { return findings }
    let (start, end) = (Gate(), Gate())
    let spenders = (0..<writers).map { number in
      Worker { say in
        start.wait()
        return spend(number, say)
      }
    }
    let watchers = (0..<readers).map { _ in
      Worker { say in
        end.listen()
        start.wait()
        return watch(until: end, say)
      }
    }
    start.open()
    var acknowledged: [Acknowledgement] = []
    for (number, spender) in spenders.enumerated() {
      let (lines, status) = spender.finish()
      for line in lines {
        if let known = Acknowledgement(line: line) {
          acknowledged.append(known)
        } else {
          findings.append("writer \(number): \(line)")
        }
      }
      if status != 0 { findings.append("writer \(number) ended with \(status)") }
    }
    end.open()
    for watcher in watchers {
      let (lines, status) = watcher.finish()
      findings += lines.filter { !$0.hasPrefix("read ") }
      let reads = lines.compactMap { $0.hasPrefix("read ") ? Int($0.dropFirst(5)) : nil }.first ?? 0
      print("a reader saw the account \(reads) times meanwhile")
      if status != 0 || reads == 0 { findings.append("a reader ended with \(status) after \(reads) reads") }
    }
    let allowed = acknowledged.count { $0.verdict == "allowed" }
    print("\(allowed) of \(acknowledged.count) requests of \(writers) programs were allowed")
    if acknowledged.count != writers * requests { findings.append("only \(acknowledged.count) answers") }
    if allowed != room { findings.append("\(allowed) were allowed, and there was room for \(room)") }
    return findings + look(acknowledged)
  }

  private func prepare() -> [String] {
    Worker { say in
      do {
        let store = try AccountStore.create(
          at: path, policy: StagePolicy.files, testClock: MixedWrites.start, compile: StagePolicy.compile)
        try store.write { writer in
          try writer.addAccount("race", at: MixedWrites.start)
          try writer.addKey("main", to: "race", at: MixedWrites.start)
          try writer.adjust(
            bucket: try writer.engine.bucket("balance"), to: Race.cost * Int64(room), account: "race",
            at: MixedWrites.start)
        }
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish().lines
  }

  private func spend(_ number: Int, _ say: (String) -> Void) -> Int32 {
    do {
      let store = try AccountStore.open(path, patience: 120, compile: StagePolicy.compile)
      let engine = try store.read { try $0.engine }
      for request in 0..<requests {
        let call = try engine.call(
          "request", id: "\(number)-\(request)", at: MixedWrites.start,
          ["key": .text("main"), "costing": .number(Race.cost)])
        let answer = try store.write { try $0.submit(call, to: "race") }
        say(Acknowledgement(answer).line)
      }
      return 0
    } catch {
      say("\(error)\n")
      return 1
    }
  }

  /// Reads what is left, which only ever falls and is never below nothing. A reader has no patience at all: whoever made it
  /// wait would make it fail.
  private func watch(until end: Gate, _ say: (String) -> Void) -> Int32 {
    do {
      let store = try AccountStore.open(path, .read, patience: 0, compile: StagePolicy.compile)
      var (reads, before) = (0, Race.cost * Int64(room))
      while !end.isOpen() {
        let left = try store.read { try $0.account("race").book(try $0.engine.bucket("balance")) }
        if left > before || left < 0 || left % Race.cost != 0 { say("the balance went from \(before) to \(left)\n") }
        before = left
        reads += 1
        usleep(2_000)
      }
      say("read \(reads)\n")
      return 0
    } catch {
      say("a reader was turned away: \(error)\n")
      return 1
    }
  }

  private func look(_ acknowledged: [Acknowledgement]) -> [String] {
    let (lines, status) = Worker { say in
      do {
        let store = try AccountStore.open(path, compile: StagePolicy.compile)
        var checkup = try Checkup(store)
        checkup.find(acknowledged)
        checkup.countAnswers()
        let allowed = checkup.history.values.count { $0.kind == "request" && $0.verdict == "allowed" }
        if allowed != room { checkup.note("the history has \(allowed) allowed requests") }
        let left = try store.read { try $0.account("race").book(try $0.engine.bucket("balance")) }
        if left != 0 { checkup.note("\(left) is left") }
        try checkup.audit()
        for finding in checkup.findings.prefix(20) { say(finding + "\n") }
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish()
    return lines + (status == 0 ? [] : ["the look at the store ended with \(status)"])
  }
}
