import CFaultVFS
import Engine
import Store
import StoreStage

@testable import Store

/// Everything that is done to a store, step by step, with a note of what was acknowledged.
///
/// Steps can be taken again: what is there already is a replay or is left alone.
final class FaultSession {
  let path: String
  /// The file system; nil for the usual one.
  let vfs: String?
  let provider: SessionProvider
  private(set) var store: AccountStore?
  private(set) var acknowledged: [Acknowledgement] = []
  /// Steps that returned.
  private(set) var done: [Step] = []
  /// Steps that were turned away, with why.
  private(set) var faults: [(step: String, fault: any Error)] = []

  struct Step: Sendable {
    var name: String
    /// Ids of the events that one transaction writes: all are there, or none.
    var together: [String] = []
    var run: @Sendable (FaultSession) throws -> Void
  }

  init(path: String, vfs: String?, provider: SessionProvider = SessionProvider()) {
    self.path = path
    self.vfs = vfs
    self.provider = provider
  }

  /// Takes steps until one fails, or all of them.
  func run(_ steps: ArraySlice<Step> = FaultSession.steps[...], goingOn: Bool = false) {
    for step in steps {
      do {
        try step.run(self)
        done.append(step)
      } catch {
        faults.append((step.name, error))
        // Without a store nothing more can be done.
        if !goingOn || done.isEmpty { return }
      }
    }
  }

  func close() { store = nil }

  func open() throws {
    store = nil
    store = try AccountStore.open(path, .write, patience: 1, vfs: vfs, compile: StagePolicy.compile)
  }

  // MARK: - Steps

  static let start = MixedWrites.start
  static let dollar: Int64 = 1_000_000_000

  private func opened() throws -> AccountStore {
    if let store { return store }
    try open()
    return try opened()
  }

  private func submit(
    _ event: String, _ id: String, minute: Int64, _ values: [String: EventCall.Value], to account: String = "ada",
    asking: Bool = true
  ) throws {
    let store = try opened()
    let at = FaultSession.start + minute * 60_000_000
    let call = try store.read { try $0.engine.call(event, id: id, at: at, values) }
    let exchange = try store.exchange(call, with: account, asking: asking ? provider : nil)
    acknowledged.append(Acknowledgement(exchange.answer))
    if let fault = exchange.interruption { throw fault }
  }

  private static func event(
    _ event: String, _ id: String, minute: Int64, _ values: [String: EventCall.Value] = [:], to account: String = "ada",
    asking: Bool = true
  ) -> Step {
    Step(name: "\(event) \(id)") { session in
      try session.submit(event, id, minute: minute, values, to: account, asking: asking)
    }
  }

  private static func request(_ id: String, minute: Int64, cents: Int64, to account: String = "ada") -> Step {
    event(
      "request", id, minute: minute, ["key": .text("main"), "costing": .number(cents * dollar / 100)], to: account)
  }

  private static let group = (1...8).map { "g\($0)" }

  static let steps: [Step] = [
    Step(name: "create") { session in
      session.store = try AccountStore.create(
        at: session.path, policy: StagePolicy.files, testClock: start + 16 * 60_000_000, patience: 1, vfs: session.vfs,
        compile: StagePolicy.compile)
    },
    Step(name: "accounts") { session in
      try session.opened().write { writer in
        for name in ["ada", "bob"] where try !writer.accountNames().contains(name) {
          try writer.addAccount(name, at: start)
          try writer.addKey("main", to: name, at: start)
        }
      }
    },
    Step(name: "settings") { session in
      try session.opened().write { writer in
        let engine = try writer.engine
        try writer.change(
          engine.setting("teams.key_limit"), to: .number(900 * dollar), key: "main", account: "ada", at: start)
        try writer.change(engine.setting("limits.spending_limit"), to: .number(950 * dollar), account: "bob", at: start)
        try writer.change(engine.setting("refunds.review_days"), to: .number(9), account: nil, at: start)
      }
    },
    Step(name: "opening balance") { session in
      try session.opened().write { writer in
        let bucket = try writer.engine.bucket("balance")
        if try writer.account("bob").book(bucket) == 0 {
          try writer.adjust(bucket: bucket, to: 30 * dollar, account: "bob", at: start)
        }
      }
    },
    event("grant", "gift", minute: 1, ["amount": .number(12 * dollar)]),
    event("new_card", "c1", minute: 1, ["card": .text("visa")]),
    request("r1", minute: 2, cents: 150),
    request("r2", minute: 3, cents: 90_000),
    event(
      "hold", "h1", minute: 4, ["key": .text("main"), "estimate": .number(3 * dollar), "ttl": .number(3_600_000_000)]),
    event(
      "hold", "h2", minute: 5, ["key": .text("main"), "estimate": .number(2 * dollar), "ttl": .number(60_000_000)]),
    event("settle", "s1", minute: 6, ["hold": .text("h1"), "actual": .number(2 * dollar)]),
    event("topup", "t1", minute: 7, ["amount": .number(20 * dollar)]),
    // Nobody is asked: it stays in the outbox until it is drained.
    event("topup", "t3", minute: 9, ["amount": .number(10 * dollar), "card": .text("visa")], to: "bob", asking: false),
    event(
      "auto_topup", "a1", minute: 10,
      ["enabled": .number(1), "threshold": .number(25 * dollar), "amount": .number(15 * dollar)]),
    request("r3", minute: 11, cents: 900),
    request("r4", minute: 12, cents: 800, to: "bob"),
    Step(name: "group", together: group) { session in
      let store = try session.opened()
      session.acknowledged += try store.write { writer in
        try group.enumerated().map { number, id in
          let call = try writer.engine.call(
            "request", id: id, at: start + 13 * 60_000_000,
            ["key": .text("main"), "costing": .number(Int64(number + 1) * 10_000_000)])
          return Acknowledgement(try writer.submit(call, to: number % 2 == 0 ? "ada" : "bob"))
        }
      }
    },
    event(
      "refund", "f1", minute: 14,
      ["amount": .number(5 * dollar), "approved_by": .text("eve"), "reason": .text("asked"), "up_to": .number(1)]),
    event("dispute", "d1", minute: 15, ["payment": .text("t1")]),
    Step(name: "another policy") { session in
      _ = try session.opened().write { try $0.usePolicy(StagePolicy.dearer) }
    },
    Step(name: "clock") { session in
      try session.opened().write { try $0.moveClock(to: start + 25 * 60_000_000) }
    },
    event("topup", "t2", minute: 21, ["amount": .number(25 * dollar), "card": .text("declined")]),
    event("topup", "t4", minute: 21, ["amount": .number(6 * dollar)]),
    Step(name: "closing") { session in try session.open() },
    event("grant", "gift2", minute: 22, ["amount": .number(1 * dollar)], to: "bob"),
    request("r5", minute: 23, cents: 125, to: "bob"),
    Step(name: "drain") { session in
      _ = try session.opened().drain(asking: session.provider)
    },
    request("r6", minute: 24, cents: 50),
    event(
      "hold", "h3", minute: 24, ["key": .text("main"), "estimate": .number(dollar), "ttl": .number(3_600_000_000)]),
  ]
}
