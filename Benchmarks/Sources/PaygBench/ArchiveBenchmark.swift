import Allocations
import Engine
import Ledger

/// What keeping a decision costs: writing it as bytes, reading it back, how many bytes it is.
struct ArchiveBenchmark: Benchmark {
  let name = "archive"
  let summary = "decisions on requests of the shipped rules, as bytes and back"

  private static let eventCount = 4_096

  func readings(_ options: Options) throws -> [Reading] {
    let (stream, _) = try ShippedRules(options.rules).streams()
    let program = stream.engine.compiled
    stream.reopen()
    var decisions: [Decision] = []
    _ = stream.run(first: ArchiveBenchmark.eventCount) { input, account in
      if let decision = try? stream.engine.submit(copy input, to: &account) { decisions.append(decision) }
      return 0
    }
    let archives = decisions.map { $0.archived(by: program) }
    for (archive, decision) in zip(archives, decisions) {
      let again = try Decision(archive: archive, event: decision.event, id: decision.id, by: program)
      guard again.trace == decision.trace, again.afterwards == decision.afterwards else {
        throw Mismatch("a decision comes back as another")
      }
    }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(4_096)
    func write() -> Int {
      var sum = 0
      for decision in decisions {
        buffer.removeAll(keepingCapacity: true)
        decision.archive(into: &buffer, by: program)
        sum &+= buffer.count
      }
      return sum
    }
    func read() -> Int {
      var sum = 0
      for (archive, decision) in zip(archives, decisions) {
        guard let again = try? Decision(archive: archive, event: decision.event, id: decision.id, by: program) else {
          return -1
        }
        sum &+= again.drawn.count
      }
      return sum
    }
    let count = decisions.count
    let rounds = Stopwatch.measure(
      [Work(operations: count, run: write), Work(operations: count, run: read)], seconds: options.seconds)
    let before = payg_allocations()
    Stopwatch.checksum &+= write()
    let allocations = Double(payg_allocations() - before) / Double(count)
    let sizes = archives.map { Double($0.count) }
    return [
      Reading(name: "write", unit: .nanoseconds, rounds: rounds[0], aim: .value(1_000)),
      Reading(name: "write", unit: .allocations, rounds: [allocations], aim: .value(0)),
      Reading(name: "read", unit: .nanoseconds, rounds: rounds[1]),
      Reading(name: "size", unit: .bytes, rounds: sizes, aim: .value(200)),
    ]
  }
}
