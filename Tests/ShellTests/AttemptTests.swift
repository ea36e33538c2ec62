import Engine
import Foundation
import Lab
import Language
import Standard
import Store
import Testing
import Values

@testable import Shell

/// Events that came more than once, late, with a key nobody has, or for another policy: what `why` says of them.
@Suite("Attempts")
struct AttemptTests {
  static func files() throws -> [PolicyFile] {
    try RuleFolder(DemoStore.root.appending(path: "rules").path).texts().texts
      .map { PolicyFile(name: $0.name, bytes: $0.bytes) }
  }

  /// A store of its own, and what happens in it: an account `acme` with one key, on the first of October 2026.
  static func within(_ body: (AccountStore, Typed) throws -> Void, then: (Typed) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-attempts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "s.payg").path
    let store = try AccountStore.create(
      at: path, policy: files(), testClock: time("2026-10-01"), compile: DemoStore.compile)
    try store.write { writer in
      try writer.addAccount("acme")
      try writer.addKey("main", to: "acme")
    }
    let typed = try Typed(path)
    try body(store, typed)
    try then(typed)
  }

  static func time(_ text: String) throws -> Int64 { try Instant(parsing: text).microseconds }

  /// Submits a line.
  @discardableResult
  static func submit(
    _ line: String, _ store: AccountStore, to account: String = "acme", at: String? = nil
  ) throws -> StoredAnswer {
    try store.write { writer in
      var call = try LineReader(writer.engine.program).event(
        line, keys: writer.account(account).keyNames, now: writer.now
      ).call
      if let at { call.at = try time(at) }
      return try writer.submit(call, to: account)
    }
  }

  @Test("attempts are counted, the latest is explained, and a conflict names the answer before it")
  func attempts() throws {
    try Self.within { store, _ in
      for _ in 0..<3 { try Self.submit("request costing $1 as \"r1\"", store) }
      try Self.submit("grant $5 as \"g1\"", store)
      try Self.submit("request costing $1 as \"r1\"", store)
      try Self.submit("request costing $2 as \"r1\"", store)
    } then: { typed in
      let text = typed.type("why r1")
      #expect(text.hasPrefix("CONFLICT  r1 (request)  acme / main  2026-10-01 00:00 UTC"), "\(text)")
      let before = try #require(
        text.firstMatch(of: #/it was used by (#\d+), 2026-10-01 00:00 UTC/#)?.output.1, "\(text)")
      #expect(text.contains("5 events have the id `r1`; this is the latest"), "\(text)")
      #expect(typed.type("why '\(before)'").hasPrefix("ALLOWED  r1"))
      #expect(typed.type("why last denied of acme").hasPrefix("DENIED  r1"))
      #expect(typed.type("need r1").contains("was answered before"))
    }
  }

  @Test("a late event says as of when it counted")
  func late() throws {
    try Self.within { store, _ in
      try Self.submit("grant $5 as \"g1\"", store)
      try store.write { writer in try writer.moveClock(to: Self.time("2026-10-20")) }
      try Self.submit("request costing $1 as \"r1\"", store)
      try Self.submit("request costing $1 as \"r2\"", store, at: "2026-10-05 12:00")
    } then: { typed in
      let text = typed.type("why r2")
      #expect(text.contains("it names 2026-10-05 12:00 UTC, and counted as of 2026-10-20 00:00 UTC"), "\(text)")
      #expect(!typed.type("why r1").contains("it came late"))
    }
  }

  @Test("the name of a key nobody has is shown")
  func unknownKey() throws {
    try Self.within { store, _ in
      try Self.submit("request key stolen, costing $1 as \"r1\"", store)
    } then: { typed in
      let text = typed.type("why r1")
      #expect(text.hasPrefix("DENIED  r1 (request)  acme / stolen (unknown key)"), "\(text)")
      #expect(text.contains("teams.key_is_active"), "\(text)")
      #expect(typed.type("need r1").contains("key main"), "another key would do")
    }
  }

  @Test("which rules stood still, and with which numbers")
  func idle() throws {
    try Self.within { store, _ in
      try Self.submit("grant $11 as \"g1\"", store)
      try Self.submit("new_card card visa", store)
      try Self.submit("auto_topup enabled on, threshold $10", store)
      try Self.submit("request costing $1 as \"r1\"", store)
    } then: { typed in
      let text = typed.type("why not r1")
      #expect(text.contains("nothing stood against it"), "\(text)")
      #expect(text.contains("did not act: topup.threshold_reached"), "\(text)")
      #expect(text.contains("funding.balance $10.00") && text.contains("topup.threshold $10.00"), "\(text)")
      #expect(typed.type("trace r1").contains("funding.balance $10.00"))
    }
  }

  @Test("rules can be tried on a store with no account")
  func empty() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-empty-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "s.payg").path
    _ = try AccountStore.create(
      at: path, policy: Self.files(), testClock: Self.time("2026-10-01"), compile: DemoStore.compile)
    let typed = try Typed(path)
    typed.type("what if topup $5")
    #expect(typed.status == .failed)
    typed.type("branch trial")
    for line in [
      "account zoe with web", "apply topup $20, card visa", "apply request costing $7", "expect balance is $13",
      "balance zoe", "set topup.threshold to $15",
    ] {
      let text = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(text)")
    }
    typed.type("account zoe")
    #expect(typed.status == .failed, "there is one of that name")
    typed.type("undo 9")
    typed.type("balance zoe")
    #expect(typed.status == .failed)
  }

  @Test("under another policy, and on a branch with one, accounts come along by name")
  func policies() throws {
    try Self.within { store, _ in
      try Self.submit("grant $20 as \"g1\"", store)
      try Self.submit("subscribe quota $1 as \"s1\"", store)
      try store.write { writer in
        for line in ["set limits.spending_limit to $5", "set fallback.enabled to on"] {
          let change = try LineReader(writer.engine.program).change(line, keys: [], now: writer.now)
          try writer.change(change.setting, to: change.value, account: "acme")
        }
      }
      try Self.submit("request costing $8 as \"r1\"", store)
    } then: { typed in
      #expect(typed.type("why r1").contains("by limits.cycle_limit"))
      #expect(typed.type("why r1 under 'without limits.cycle_limit'").hasPrefix("ALLOWED"))
      typed.type("branch free")
      typed.type("use acme")
      typed.type("apply request costing $2")
      typed.type("reform without limits.cycle_limit")
      #expect(typed.type("apply request costing $8").contains("allowed"))
      #expect(typed.type("balance --quiet") == "11.00\n")
      typed.type("policy current")
      #expect(typed.type("apply request costing $8").contains("denied spending_limit_exceeded"))
      typed.type("undo 2")
      #expect(typed.type("apply request costing $8").contains("allowed"))
    }
  }
}
