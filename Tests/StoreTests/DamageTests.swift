import Engine
import Foundation
import Store
import StoreStage
import Testing
import Values

@testable import Store

/// Files that are not what a store left: cut off, with wrong bytes, of other programs. Nobody is given a wrong answer without
/// a word, and nothing ends the program.
@Suite("A damaged file")
struct DamageTests {
  /// A store with something of everything in it, as one file.
  struct Sample {
    var bytes: [UInt8] = []
    var answers: [String] = []
    var problems: [String] = []
  }

  static let sample: Sample = {
    var sample = Sample()
    do {
      try StagePlace.withFolder { folder in
        let session = FaultSession(path: folder + "/a.payg", vfs: nil)
        session.run()
        sample.problems = session.faults.map { "\($0.step): \($0.fault)" }
        if let store = session.store { sample.answers = try StoreDigest.answers(store) }
        session.close()
        sample.bytes = try StagePlace.bytes(folder + "/a.payg")
      }
    } catch {
      sample.problems.append("\(error)")
    }
    return sample
  }()

  static let pageSize = 4_096

  /// The pages with the text of policies, and all others.
  static var pages: (texts: [Int], others: [Int]) {
    let all = 0..<sample.bytes.count / pageSize
    let isText = { (page: Int) in
      let bytes = sample.bytes[page * pageSize..<(page + 1) * pageSize]
      return bytes.count { $0 == UInt8(ascii: "\n") } > 20
    }
    return (all.filter(isText), all.filter { !isText($0) })
  }

  enum Outcome: Equatable {
    /// Opening, asking or the audit says so.
    case refused
    case found
    /// Nothing of what can be asked has changed.
    case same
    case wrong(String)
  }

  /// What becomes of a file of these bytes, first for somebody who only reads, then for the audit.
  static func outcome(_ bytes: [UInt8]) throws -> Outcome {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      try StagePlace.write(bytes, to: path)
      var outcome = Outcome.same
      do {
        let store = try AccountStore.open(path, compile: StagePolicy.compile)
        var isRefused = false
        do {
          let answers = try StoreDigest.answers(store)
          if answers != sample.answers {
            let change = zip(answers, sample.answers).first { $0 != $1 }.map { "\($0) instead of \($1)" }
            outcome = .wrong(change ?? "\(answers.count) answers instead of \(sample.answers.count)")
          }
        } catch let fault as StoreFault {
          // A name that is no longer what it was is not found; then it is for the audit to say why.
          if let complaint = complaint(fault) { outcome = .wrong(complaint) } else { isRefused = true }
        }
        // The audit looks at everything, even where asking was refused.
        do throws(StoreFault) {
          if try !store.audit().isClean { outcome = .found }
        } catch {
          if let complaint = complaint(error) { return .wrong(complaint) }
          isRefused = true
        }
        try write(to: store)
        return isRefused ? .refused : outcome
      } catch let fault as StoreFault {
        if let complaint = complaint(fault) { return .wrong(complaint) }
        return .refused
      }
    }
  }

  /// Writes something of everything, which may be refused and must not end the program.
  static func write(to store: AccountStore) throws {
    let at = FaultSession.start + 25 * 60_000_000
    for (event, account, values) in [
      ("request", "ada", ["key": .text("main"), "costing": .number(7_000_000)]),
      ("request", "bob", ["key": .text("main"), "costing": .number(9_000_000_000)]),
      ("hold", "ada", ["key": .text("main"), "estimate": .number(1_000_000_000)]),
      ("settle", "ada", ["hold": .text("h3"), "actual": .number(1_000_000)]), ("void", "ada", ["hold": .text("h2")]),
      ("topup", "ada", ["amount": .number(10_000_000_000)]),
      (
        "refund", "ada",
        ["amount": .number(1_000_000_000), "approved_by": .text("eve"), "reason": .text("asked"), "up_to": .number(1)]
      ),
      ("dispute_won", "ada", ["payment": .text("t1")]),
    ] as [(String, String, [String: EventCall.Value])] {
      do {
        let call = try store.read { try $0.engine.call(event, id: "w-\(event)", at: at, values) }
        _ = try store.submit(call, to: account, asking: SessionProvider())
      } catch  where error is StoreFault || error is EngineFault {
        // The policy may have no such event any more.
        continue
      }
    }
    do { _ = try store.drain(asking: SessionProvider()) } catch is StoreFault {}
  }

  /// What is wrong with how damage is told; nil for nothing.
  static func complaint(_ fault: StoreFault) -> String? {
    switch fault.kind {
    case .damaged, .notAStore, .cannotOpen, .brokenPolicy, .newer, .io: nil
    default: "the wrong thing is blamed: \(fault.message)"
    }
  }

  @Test("a sound file")
  func sound() throws {
    #expect(Self.sample.problems == [])
    try #require(Self.sample.bytes.count > 20 * Self.pageSize)
    #expect(try Self.outcome(Self.sample.bytes) == .same)
  }

  @Test("every page, with a few wrong bytes in it", arguments: [1, 4, 32])
  func flippedBytes(count: Int) throws {
    let seed = UInt64(ProcessInfo.processInfo.environment["PAYG_SEED"] ?? "") ?? UInt64(7 * count)
    var random = SeededGenerator(seed: seed)
    let pages = Self.sample.bytes.count / Self.pageSize
    var outcomes: [String: Int] = [:]
    // Most pages are policy texts, of which any byte is as good as any other.
    let (texts, others) = Self.pages
    let rounds = StagePlace.isThorough ? 20 : count == 1 ? 4 : 1
    for page in texts + Array(repeating: others, count: rounds).flatMap({ $0 }) {
      var bytes = Self.sample.bytes
      // Where there is something: pages are half empty.
      let places = (page * Self.pageSize..<(page + 1) * Self.pageSize).filter { bytes[$0] != 0 }
      for _ in 0..<(places.isEmpty ? 0 : count) {
        bytes[places[Int.random(in: 0..<places.count, using: &random)]] ^= UInt8.random(in: 1...255, using: &random)
      }
      let outcome = try Self.outcome(bytes)
      if case .wrong(let text) = outcome { Issue.record("page \(page) of \(pages), seed \(seed): \(text)") }
      outcomes["\(outcome)", default: 0] += 1
    }
    print("\(count) wrong bytes in each page, seed \(seed): \(outcomes)")
  }

  @Test("every page lost: zeros, noise, or another page in its place", arguments: ["zeros", "noise", "another"])
  func lostPages(kind: String) throws {
    var random = SeededGenerator(seed: 11)
    let pages = Self.sample.bytes.count / Self.pageSize
    let step = StagePlace.isThorough ? 1 : max(1, pages / 40)
    for page in stride(from: 0, to: pages, by: step) {
      var bytes = Self.sample.bytes
      let place = page * Self.pageSize..<(page + 1) * Self.pageSize
      switch kind {
      case "zeros": bytes.replaceSubrange(place, with: [UInt8](repeating: 0, count: Self.pageSize))
      case "noise":
        bytes.replaceSubrange(place, with: (0..<Self.pageSize).map { _ in UInt8.random(in: 0...255, using: &random) })
      default:
        let other = (page + Int.random(in: 1..<pages, using: &random)) % pages
        bytes.replaceSubrange(place, with: Self.sample.bytes[other * Self.pageSize..<(other + 1) * Self.pageSize])
      }
      if case .wrong(let text) = try Self.outcome(bytes) { Issue.record("page \(page) of \(pages), \(kind): \(text)") }
    }
  }

  @Test("a file that was cut off")
  func cutOff() throws {
    let size = Self.sample.bytes.count
    var lengths = [
      0, 1, 15, 16, 99, 100, 101, 512, 1_000, Self.pageSize - 1, Self.pageSize, Self.pageSize + 1, size - 1, size - 100,
    ]
    lengths += stride(from: 2 * Self.pageSize, to: size, by: StagePlace.isThorough ? Self.pageSize : 7 * Self.pageSize)
    lengths += stride(from: Self.pageSize + 777, to: size, by: 13 * Self.pageSize)
    for length in lengths {
      let outcome = try Self.outcome(Array(Self.sample.bytes[0..<length]))
      if case .wrong(let text) = outcome { Issue.record("\(length) of \(size) bytes: \(text)") }
      // Its last page may be an empty one.
      #expect(outcome != .same || length > size - Self.pageSize, "\(length) of \(size) bytes go unnoticed")
    }
  }

  @Test("a log that was cut off or damaged loses the end, and never more than that")
  func damagedLog() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      let session = FaultSession(path: path, vfs: nil)
      session.run(FaultSession.steps[0..<20])
      try #require(session.faults.isEmpty)
      // As a program leaves them that is killed.
      let (main, log) = (try StagePlace.bytes(path), try StagePlace.bytes(path + "-wal"))
      try #require(log.count > 10_000)
      let order = session.acknowledged.map(\.event)
      session.close()
      var random = SeededGenerator(seed: 5)
      for trial in 0..<(StagePlace.isThorough ? 200 : 30) {
        let copy = folder + "/\(trial).payg"
        var damaged = log
        if trial % 2 == 0 {
          damaged = Array(log[0..<Int.random(in: 0..<log.count, using: &random)])
        } else {
          damaged[Int.random(in: 0..<log.count, using: &random)] ^= 0x5a
        }
        try StagePlace.write(main, to: copy)
        try StagePlace.write(damaged, to: copy + "-wal")
        do {
          let store = try AccountStore.open(copy, compile: StagePolicy.compile)
          let checkup = try Checkup(store)
          let there = order.map { checkup.history[$0] != nil }
          #expect(there.drop { $0 }.allSatisfy { !$0 }, "trial \(trial): a hole in the history")
          #expect(try store.audit().isClean, "trial \(trial)")
        } catch let fault as StoreFault {
          // Before its first commit the file is no store.
          #expect(Self.complaint(fault) == nil, "trial \(trial): \(fault)")
        }
      }
    }
  }

  // MARK: - Files of something else

  static func fault(_ body: () throws -> Void) -> StoreFault? { #expect(throws: StoreFault.self) { try body() } }

  @Test("files that are no stores")
  func otherFiles() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      func open() -> StoreFault? { Self.fault { _ = try AccountStore.open(path, compile: StagePolicy.compile) } }
      func kind(_ fault: StoreFault?) -> String { fault.map { "\($0.kind)" } ?? "" }
      #expect(kind(open()) == "missing")
      for bytes in [
        [], Array("{\"a\": 1}\n".utf8), [UInt8](repeating: 0, count: 8_192), Array("SQLite format 3\0".utf8),
      ] {
        try StagePlace.write(bytes, to: path)
        #expect(kind(open()) == "notAStore", "\(bytes.count) bytes")
        #expect(try StagePlace.bytes(path) == bytes)
      }
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      #expect(kind(open()).hasPrefix("cannotOpen"))
      #expect(
        kind(
          Self.fault { _ = try AccountStore.create(at: path, policy: StagePolicy.files, compile: StagePolicy.compile) })
          == "exists")
      let deep = folder + "/no/such/folder/a.payg"
      #expect(
        kind(
          Self.fault { _ = try AccountStore.create(at: deep, policy: StagePolicy.files, compile: StagePolicy.compile) }
        )
        .hasPrefix("cannotOpen"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/no"))
    }
  }

  @Test("a database of another program is left as it is")
  func otherDatabase() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      try Sqlite.run(
        path, "CREATE TABLE store (one); CREATE TABLE grdb_migrations (identifier); INSERT INTO store VALUES (1)")
      let bytes = try StagePlace.bytes(path)
      for access in [AccountStore.Access.read, .write] {
        let fault = Self.fault { _ = try AccountStore.open(path, access, compile: StagePolicy.compile) }
        if case .notAStore = fault?.kind {} else { Issue.record("\(fault?.message ?? "opened")") }
      }
      #expect(try StagePlace.bytes(path) == bytes)
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      // Even one that pretends.
      try Sqlite.run(path, "PRAGMA application_id = \(Schema.applicationID)")
      let fault = Self.fault { _ = try AccountStore.open(path, compile: StagePolicy.compile) }
      switch fault?.kind {
      case .notAStore, .damaged: break
      default: Issue.record("\(fault?.message ?? "opened")")
      }
    }
  }

  @Test("a store of a later program is refused and left as it is")
  func newer() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      try StagePlace.write(Self.sample.bytes, to: path)
      try Sqlite.run(path, "INSERT INTO grdb_migrations VALUES ('4711')")
      let bytes = try StagePlace.bytes(path)
      for access in [AccountStore.Access.read, .write] {
        let fault = Self.fault { _ = try AccountStore.open(path, access, compile: StagePolicy.compile) }
        guard case .newer(schema: 4_711, known: 1) = fault?.kind else {
          Issue.record("\(fault?.message ?? "opened")")
          continue
        }
        #expect(fault?.message.contains("newer payg") == true)
      }
      #expect(try StagePlace.bytes(path) == bytes)
    }
  }

  @Test("nothing is decided by a policy that is not the one that was put in force")
  func policyText() throws {
    for (before, after) in [("$5", "$6"), ("rank 90", "rank 91"), ("\n#", "\n# ")] {
      try StagePlace.withFolder { folder in
        let path = folder + "/a.payg"
        try StagePlace.write(Self.sample.bytes, to: path)
        try Sqlite.run(
          path,
          """
          DROP TRIGGER policy_file_no_update;
          UPDATE policy_file SET text = CAST(replace(CAST(text AS TEXT), '\(before)', '\(after)') AS BLOB)
          """)
        let fault = Self.fault {
          let store = try AccountStore.open(path, compile: StagePolicy.compile)
          let at = FaultSession.start + 25 * 60_000_000
          let call = try store.read {
            try $0.engine.call("request", at: at, ["key": .text("main"), "costing": .number(1_000)])
          }
          _ = try store.submit(call, to: "ada", asking: nil)
        }
        switch fault?.kind {
        case .damaged, .brokenPolicy: break
        default: Issue.record("\(before) → \(after): \(fault?.message ?? "decided")")
        }
      }
    }
  }

  @Test("a migration that is no number is of a later program, too")
  func unknownMigration() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      try StagePlace.write(Self.sample.bytes, to: path)
      try Sqlite.run(path, "INSERT INTO grdb_migrations VALUES ('with colors')")
      let fault = Self.fault { _ = try AccountStore.open(path, compile: StagePolicy.compile) }
      switch fault?.kind {
      case .newer, .notAStore, .damaged: break
      default: Issue.record("\(fault?.message ?? "opened")")
      }
    }
  }

  @Test("history cannot be changed by SQL, and what can is found by the audit")
  func rowsChanged() throws {
    let changes = [
      "UPDATE book SET amount = amount + 1 WHERE name LIKE '%balance%'",
      "UPDATE book SET held = held + 1000",
      "UPDATE meter SET value = value + 1",
      "UPDATE lot SET remaining = remaining - 1 WHERE remaining > 0",
      "UPDATE setting SET value = 1 WHERE name LIKE '%spending_limit'",
      "UPDATE global_setting SET value = 1",
      "UPDATE hold SET state = 'settled' WHERE state <> 'settled'",
      "UPDATE payment SET state = 'paid' WHERE state = 'declined'",
      "UPDATE payment SET refunded = 0 WHERE refunded > 0",
      "UPDATE refund SET state = 'failed'",
      "UPDATE account SET clock = clock - 1",
      "UPDATE account SET sequence = sequence + 1",
      "UPDATE account SET holds = holds + 1",
      "UPDATE outbox SET answer = NULL WHERE answer = 'paid'",
      "UPDATE period SET epoch = epoch + 1",
      "DELETE FROM setting WHERE name LIKE '%spending_limit'",
      "DELETE FROM book WHERE account = 1",
      "DELETE FROM meter",
      "DROP TRIGGER posting_no_update; UPDATE posting SET amount = amount + 1 WHERE n = 0",
      "DROP TRIGGER posting_no_delete; DELETE FROM posting WHERE event = (SELECT max(event) FROM posting)",
      "DROP TRIGGER decision_no_update; UPDATE decision SET verdict = 'allowed' WHERE verdict = 'denied'",
      "DROP TRIGGER decision_no_update; UPDATE decision SET amount = amount + 1 WHERE amount > 0",
      "DROP TRIGGER event_no_delete; PRAGMA foreign_keys = OFF; DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
      "DROP TRIGGER event_no_update; UPDATE event SET at = at + 1 WHERE kind = 'request'",
      "DROP TRIGGER event_no_update; UPDATE event SET fields = replace(fields, 'main', 'none') WHERE kind = 'request'",
      "DROP TRIGGER outbox_no_delete; DELETE FROM outbox",
      "DROP TRIGGER event_no_update; UPDATE event SET id = 'gift3' WHERE id = 'gift2'",
      "DROP TRIGGER event_no_update; UPDATE event SET id = 'r7' WHERE id = 'r5'",
      "DROP TRIGGER event_no_update; UPDATE event SET recorded_at = recorded_at + 1 WHERE seq = 5",
      "UPDATE account SET holds = 0",
      "DROP TRIGGER key_no_update; UPDATE key SET name = 'maim'",
      "DROP TRIGGER account_keeps; UPDATE account SET name = 'adb' WHERE name = 'ada'",
      "DROP TRIGGER policy_file_no_update; UPDATE policy_file SET name = 'x' || name",
      "UPDATE store SET test_clock = test_clock + 1",
      "UPDATE outbox SET sent = 0",
      "UPDATE active_policy SET policy = 1",
    ]
    for change in changes {
      try StagePlace.withFolder { folder in
        let path = folder + "/a.payg"
        try StagePlace.write(Self.sample.bytes, to: path)
        try Sqlite.run(path, change)
        #expect(try StagePlace.bytes(path) != Self.sample.bytes, "nothing to change: \(change)")
        let outcome = try Self.outcome(try StagePlace.bytes(path))
        #expect(outcome == .found || outcome == .refused, "\(change): \(outcome)")
      }
    }
    for table in Schema.history {
      try StagePlace.withFolder { folder in
        let path = folder + "/a.payg"
        try StagePlace.write(Self.sample.bytes, to: path)
        let failure = #expect(throws: Sqlite.Failure.self) { try Sqlite.run(path, "DELETE FROM \(table)") }
        #expect(failure?.description.hasPrefix("history cannot be") == true, "\(table)")
      }
    }
  }

  // MARK: - Stores in use

  @Test("a store that somebody else writes is busy, and readers do not mind")
  func busy() throws {
    try StagePlace.withFolder { folder in
      let path = folder + "/a.payg"
      try StagePlace.write(Self.sample.bytes, to: path)
      let first = try AccountStore.open(path, compile: StagePolicy.compile)
      let second = try AccountStore.open(path, patience: 0, compile: StagePolicy.compile)
      let reader = try AccountStore.open(path, .read, patience: 0, compile: StagePolicy.compile)
      try first.write { writer in
        try writer.addAccount("cyd", at: FaultSession.start)
        let fault = Self.fault { try second.write { try $0.addAccount("dan", at: FaultSession.start) } }
        if case .busy(seconds: 0) = fault?.kind {} else { Issue.record("\(fault?.message ?? "written")") }
        #expect(try reader.read { try $0.accountNames() } == ["ada", "bob"])
        #expect(try second.read { try $0.accountNames() } == ["ada", "bob"])
      }
      #expect(try reader.read { try $0.accountNames() } == ["ada", "bob", "cyd"])
      try second.write { try $0.addAccount("dan", at: FaultSession.start) }
      #expect(try first.read { try $0.accountNames() } == ["ada", "bob", "cyd", "dan"])
      let fault = Self.fault { try reader.write { try $0.addAccount("eve", at: FaultSession.start) } }
      if case .readOnly = fault?.kind {} else { Issue.record("\(fault?.message ?? "written")") }
    }
  }
}
