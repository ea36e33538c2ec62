import Engine
import Foundation
import Store
import StoreStage
import Testing

@testable import Store

/// Each change of the disk in the life of a store fails once, at its own place, in every way a disk can fail. What was
/// acknowledged is there afterwards, nothing is half there, and whoever sends the rest again ends where a run without
/// failures ends.
///
/// Every write, sync, deletion and truncation fails once, and the power goes at every one of them. Of the other ways to fail, and
/// of reads, an even sample is tried; with `PAYG_FULL_SWEEP` set, every single one.
@Suite("A disk that fails")
struct FaultsTests {
  /// A run without failures: how many calls of each kind it makes, and where it ends.
  struct Reference {
    var calls: [Int: Int] = [:]
    var outcome: [String] = []
    var problems: [String] = []
  }

  static let kinds: [FaultyDisk.Calls] = [.open, .delete, .read, .write, .sync, .truncate, .memory, .lock, .changes]

  static let reference: Reference = {
    var reference = Reference()
    do {
      try StagePlace.withFolder { folder in
        let disk = FaultyDisk()
        let session = FaultSession(path: folder + "/a.payg", vfs: disk.name)
        session.run()
        reference.problems += session.faults.map { "\($0.step): \($0.fault)" }
        guard let store = session.store else { return }
        for kind in kinds { reference.calls[kind.rawValue] = disk.count(kind) }
        reference.outcome = try outcome(store)
        reference.problems += try problems(of: store, after: session)
        session.close()
      }
    } catch {
      reference.problems.append("\(error)")
    }
    return reference
  }()

  /// Where a session ends: without the charges that came to nothing, which are tried anew when a top-up is sent again.
  static func outcome(_ store: AccountStore) throws -> [String] {
    try StoreDigest.outcome(store).filter { !$0.hasSuffix("declined 0") && !$0.hasPrefix("collect_declined") }
      .map { $0.replacing(#/#\d+/#, with: "") }
  }

  /// What is wrong with a store that has gone through a session.
  static func problems(of store: AccountStore, after session: FaultSession) throws -> [String] {
    var checkup = try Checkup(store)
    checkup.find(session.acknowledged)
    checkup.countAnswers()
    let ids = Set(checkup.history.values.map(\.id))
    for step in FaultSession.steps where !step.together.isEmpty {
      let there = step.together.count(where: ids.contains)
      if there != 0, there != step.together.count { checkup.note("\(there) of \(step.together.count) of \(step.name)") }
      if there == 0, session.done.contains(where: { $0.name == step.name }) { checkup.note("\(step.name) is lost") }
    }
    var known: [String: Int] = [:]
    for name in try store.read({ try $0.accountNames() }) {
      let account = try store.read { try $0.account(name) }
      for key in account.payments.map(\.key) + account.refunds.map(\.key) {
        known["\(store.id)/\(name)/\(key)", default: 0] += 1
      }
    }
    for request in session.provider.requests where known[request.key] != 1 {
      checkup.note("`\(request.key)` was asked for and is \(known[request.key] ?? 0) records")
    }
    try checkup.audit()
    return checkup.findings
  }

  // MARK: - One failure

  struct Way: Sendable, CustomTestStringConvertible {
    var calls: FaultyDisk.Calls
    var ending: FaultyDisk.Ending
    /// Everything after it fails, too.
    var forever = false
    /// The program goes on after the failure, rather than being started again.
    var goesOn = false
    /// How many places are tried, where not all are.
    var sample = 20

    var testDescription: String {
      let names: [(FaultyDisk.Calls, String)] = [
        (.write, "write"), (.sync, "sync"), (.truncate, "truncate"), (.delete, "delete"), (.read, "read"),
        (.open, "open"), (.memory, "shared memory"), (.lock, "lock"),
      ]
      let words = names.filter { calls.contains($0.0) }.map(\.1).joined(separator: ", ")
      return "\(words): \(ending.rawValue)\(forever ? " from then on" : "")\(goesOn ? ", and the program goes on" : "")"
    }
  }

  static let ways: [Way] = [
    Way(calls: .sync, ending: .fails, sample: .max),
    Way(calls: .sync, ending: .fails, goesOn: true, sample: .max),
    Way(calls: .sync, ending: .torn, sample: .max),
    Way(calls: [.delete, .truncate], ending: .fails, sample: .max),
    Way(calls: .write, ending: .fails, sample: .max),
    Way(calls: .write, ending: .fails, goesOn: true),
    Way(calls: .write, ending: .torn),
    Way(calls: .write, ending: .torn, goesOn: true),
    Way(calls: .write, ending: .full),
    Way(calls: .write, ending: .full, forever: true),
    Way(calls: .changes, ending: .fails, forever: true),
    Way(calls: [.open, .memory], ending: .fails, sample: 30),
    Way(calls: .read, ending: .fails),
    Way(calls: .read, ending: .fails, goesOn: true),
    Way(calls: .lock, ending: .fails),
    Way(calls: .changes, ending: .power, sample: .max),
  ]

  @Test("a run without failures")
  func withoutFailures() {
    #expect(Self.reference.problems == [])
    #expect((Self.reference.calls[FaultyDisk.Calls.sync.rawValue] ?? 0) > 20)
    #expect((Self.reference.calls[FaultyDisk.Calls.write.rawValue] ?? 0) > 200)
  }

  @Test("each call fails once", arguments: ways)
  func sweep(way: Way) throws {
    let total = Self.kinds.filter { way.calls.contains($0) && $0 != .changes }
      .reduce(0) { $0 + (Self.reference.calls[$1.rawValue] ?? 0) }
    try #require(total > 0)
    let step = StagePlace.isThorough ? 1 : max(1, total / way.sample)
    // Each way starts at another place, so that together they try more of them.
    let first = 1 + (Self.ways.firstIndex { $0.testDescription == way.testDescription } ?? 0) * 5 % step
    for nth in stride(from: first, through: total, by: step) {
      let found = try Self.fail(way, at: nth)
      #expect(found == [], "\(way.testDescription), call \(nth) of \(total)")
      if !found.isEmpty { return }
    }
  }

  /// Runs a session of which one call fails; then opens the store on a sound disk and looks at it.
  static func fail(_ way: Way, at nth: Int) throws -> [String] {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      let disk = FaultyDisk()
      disk.plan(way.calls, nth, way.ending, forever: way.forever, seed: UInt64(nth))
      let session = FaultSession(path: path, vfs: disk.name)
      session.run(goingOn: way.goesOn)
      var found = session.faults.prefix(1).compactMap { complaint($0.fault, in: $0.step) }
      found += session.faults.dropFirst().filter { !($0.fault is StoreFault) }.map { "\($0.step): \($0.fault)" }
      if session.faults.isEmpty, way.ending == .power { disk.cutPower() }
      session.close()
      let failed = disk.failed
      if way.ending == .power, disk.restart(seed: UInt64(nth)) < 0 { found.append("the power is not back") }
      do {
        found += try look(session, path, goesOn: way.goesOn, power: way.ending == .power)
      } catch {
        found.append("the store afterwards: \(error)")
      }
      return found.map { "\($0) (\(failed), \(session.faults.first.map { "\($0.step): \($0.fault)" } ?? "unnoticed"))" }
    }
  }

  /// What is wrong with how a failure of the disk is told; nil for nothing.
  static func complaint(_ fault: any Error, in step: String) -> String? {
    guard let fault = fault as? StoreFault else { return "\(step) threw \(type(of: fault)): \(fault)" }
    switch fault.kind {
    case .io, .diskFull, .cannotOpen: return fault.message.contains("a.payg") ? nil : "no name in `\(fault.message)`"
    default: return "\(step) blamed something else: \(fault.message)"
    }
  }

  static func look(_ session: FaultSession, _ path: String, goesOn: Bool, power: Bool) throws -> [String] {
    if session.done.isEmpty {
      // It was never made: nothing is left, or nothing that is taken for a store with something in it.
      if !power, FileManager.default.fileExists(atPath: path) { return ["a store that was not made left a file"] }
      do throws(StoreFault) {
        let store = try AccountStore.open(path, compile: StagePolicy.compile)
        let names = try? store.read { try $0.accountNames() }
        if names != [] { return ["a store that was not made has accounts"] }
      } catch {
        switch error.kind {
        case .missing, .notAStore, .damaged, .cannotOpen: break
        default: return ["a store that was not made: \(error.message)"]
        }
      }
      for ending in ["", "-journal", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    } else {
      let store = try AccountStore.open(path, compile: StagePolicy.compile)
      let found = try problems(of: store, after: session)
      if !found.isEmpty { return found }
    }
    if goesOn { return [] }
    // The rest is sent again, beginning with the step that failed.
    let rest = FaultSession(path: path, vfs: nil, provider: session.provider)
    if !session.done.isEmpty {
      _ = try AccountStore.open(path, compile: StagePolicy.compile).drain(asking: session.provider)
    }
    rest.run(FaultSession.steps[min(session.done.count, FaultSession.steps.count - 1)...])
    if let fault = rest.faults.first { return ["sent again, \(fault.step): \(fault.fault)"] }
    guard let store = rest.store else { return ["sent again, there is no store"] }
    var found = try problems(of: store, after: rest)
    let outcome = try outcome(store)
    for (line, wanted) in zip(outcome, reference.outcome) where line != wanted {
      found.append("sent again, it is `\(line)` instead of `\(wanted)`")
      break
    }
    if outcome.count != reference.outcome.count {
      found.append("sent again, \(Set(outcome).symmetricDifference(reference.outcome).sorted())")
    }
    return found
  }

  @Test("a sync that lost something and a power cut after it")
  func syncsThatLie() throws {
    // The failing sync forgets what it did not bring to the disk, as systems do; the store must not count on it.
    let total = Self.reference.calls[FaultyDisk.Calls.sync.rawValue] ?? 0
    for nth in stride(from: 1, through: total, by: StagePlace.isThorough ? 1 : 3) {
      let found = try StagePlace.withFolder { folder in
        let path = folder + "/a.payg"
        let disk = FaultyDisk()
        disk.plan(.sync, nth, .torn, seed: UInt64(nth))
        let session = FaultSession(path: path, vfs: disk.name)
        session.run(goingOn: true)
        disk.cutPower()
        session.close()
        if disk.restart(seed: UInt64(nth)) < 0 { return ["the power is not back"] }
        do {
          return try Self.look(session, path, goesOn: true, power: true)
        } catch {
          return ["the store afterwards: \(error)"]
        }
      }
      #expect(found == [], "sync \(nth) of \(total)")
    }
  }
}
