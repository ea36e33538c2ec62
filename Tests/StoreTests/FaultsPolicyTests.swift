import Engine
import Foundation
import Store
import StoreStage
import Testing

@testable import Store

/// What is remembered of a transaction must go with it.
@Suite("Transactions that are taken back")
struct FaultsPolicyTests {
  struct Change: Error {}

  static func variant(_ cents: Int) -> [PolicyFile] {
    StagePolicy.files.map { file in
      guard file.name == "topup/policy.rules" else { return file }
      let text = String(decoding: file.bytes, as: UTF8.self)
      let changed = text.replacing(
        "setting minimum: money in $0..$1_000_000 = $5", with: "setting minimum: money in $0..$1_000_000 = $\(cents)")
      return PolicyFile(name: file.name, bytes: Array(changed.utf8))
    }
  }

  @Test("a policy that was taken back decides nothing, even where another has its number")
  func policyTakenBack() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      let first = try AccountStore.create(
        at: path, policy: StagePolicy.files, testClock: MixedWrites.end, compile: StagePolicy.compile)
      try MixedWrites.prepare(first)
      let second = try AccountStore.open(path, compile: StagePolicy.compile)
      #expect(throws: Change.self) {
        try first.write { writer in
          try writer.usePolicy(Self.variant(7))
          throw Change()
        }
      }
      try second.write { _ = try $0.usePolicy(Self.variant(9)) }
      for store in [first, second] {
        let call = try store.read { try $0.engine }
          .call("topup", at: MixedWrites.end, ["amount": .number(8_000_000_000)])
        let answer = try store.submit(call, to: "ada", asking: nil)
        #expect(answer.decision.verdict == .denied, "the minimum is $9")
      }
      #expect(try first.read { try $0.policyHash } == second.read { try $0.policyHash })
      #expect(try first.audit().isClean)
    }
  }

  @Test("nothing of what was taken back is remembered")
  func everythingTakenBack() throws {
    try StagePlace.withFolder { folder in
      let session = FaultSession(path: folder + "/a.payg", vfs: nil)
      session.run()
      let store = try #require(session.store)
      let (answers, outcome) = (try StoreDigest.answers(store), try StoreDigest.outcome(store))
      let engine = try store.read { try $0.engine }
      let at = FaultSession.start + 24 * 60_000_000
      #expect(throws: Change.self) {
        try store.write { writer in
          try writer.addAccount("cyd", at: at)
          try writer.addKey("spare", to: "ada", at: at)
          try writer.change(engine.setting("refunds.review_days"), to: .number(3), account: nil, at: at)
          try writer.change(engine.setting("limits.spending_limit"), to: .number(1), account: "ada", at: at)
          try writer.adjust(bucket: engine.bucket("balance"), to: 1, account: "bob", at: at)
          for (event, values) in [
            ("request", ["key": .text("main"), "costing": .number(1_000_000)]),
            ("hold", ["key": .text("main"), "estimate": .number(1_000_000)]),
            ("new_card", ["card": .text("other")]), ("topup", ["amount": .number(10_000_000_000)]),
          ] as [(String, [String: EventCall.Value])] {
            _ = try writer.submit(try engine.call(event, id: "gone", at: at, values), to: "ada")
          }
          try writer.moveClock(to: at + 600_000_000)
          try writer.usePolicy(Self.variant(9))
          throw Change()
        }
      }
      #expect(try StoreDigest.answers(store) == answers)
      #expect(try StoreDigest.outcome(store) == outcome)
      #expect(try store.audit().isClean)
      // The same id is free again.
      let call = try engine.call("request", id: "gone", at: at, ["key": .text("main"), "costing": .number(1_000_000)])
      #expect(try store.submit(call, to: "ada", asking: nil).decision.isReplay == false)
      #expect(try store.audit().isClean)
    }
  }

  @Test("a backup that fails leaves nothing that could be taken for one")
  func backups() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      let disk = FaultyDisk()
      let session = FaultSession(path: path, vfs: disk.name)
      session.run()
      let store = try #require(session.store)
      let answers = try StoreDigest.answers(store)
      disk.mend()
      try store.backup(to: folder + "/whole.payg")
      let calls: FaultyDisk.Calls = [.changes, .open]
      let total = disk.count(calls)
      #expect(total > 20)
      let whole = try AccountStore.open(folder + "/whole.payg", compile: StagePolicy.compile)
      #expect(try StoreDigest.answers(whole) == answers)
      #expect(try whole.audit().isClean)
      for nth in stride(from: 1, through: total, by: StagePlace.isThorough ? 1 : max(1, total / 40)) {
        let target = folder + "/\(nth).payg"
        disk.mend()
        disk.plan(calls, nth, nth % 2 == 0 ? .fails : .full)
        do throws(StoreFault) {
          try store.backup(to: target)
          disk.mend()
          let copy = try AccountStore.open(target, compile: StagePolicy.compile)
          let same = (try? StoreDigest.answers(copy)) == answers
          #expect(same, "call \(nth) failed unnoticed: \(disk.failed)")
        } catch {
          let complaint = FaultsTests.complaint(StoreFault(error.kind, path: "a.payg"), in: "backup")
          #expect(complaint == nil, "call \(nth)")
          let isLeft = FileManager.default.fileExists(atPath: target)
          #expect(!isLeft, "call \(nth) of \(total), \(disk.failed)")
          if isLeft { break }
        }
      }
      disk.mend()
      #expect(try store.audit().isClean)
    }
  }
}
