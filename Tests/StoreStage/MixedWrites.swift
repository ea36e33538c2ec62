import Engine
import Store
import Values

/// Events of every kind, numbered: the same number of the same seed is always the same event, so that a writer who does not
/// know whether one was kept can send it again.
public struct MixedWrites: Sendable {
  public static let accounts = ["ada", "bob", "cyd"]
  public static let start: Int64 = 1_767_225_600_000_000  // 2026-01-01
  /// The time of the store: no event is later.
  public static let end = start + 400 * 86_400_000_000
  static let dollar: Int64 = 1_000_000_000

  public var seed: UInt64
  /// Which of several writers of a store.
  public var writer: Int

  public init(seed: UInt64, writer: Int) {
    self.seed = seed
    self.writer = writer
  }

  /// Makes the accounts the events are about.
  public static func prepare(_ store: AccountStore) throws {
    try store.write { writer in
      let engine = try writer.engine
      for name in accounts {
        try writer.addAccount(name, at: start)
        try writer.addKey("main", to: name, at: start)
        for call in [
          try engine.call("grant", id: "welcome", at: start, ["amount": .number(25 * dollar)]),
          try engine.call("new_card", id: "card", at: start, ["card": .text("visa-\(name)")]),
          try engine.call(
            "auto_topup", id: "auto", at: start,
            ["enabled": .number(1), "threshold": .number(10 * dollar), "amount": .number(20 * dollar)]),
        ] { _ = try writer.submit(call, to: name) }
      }
      try writer.change(
        engine.setting("teams.key_limit"), to: .number(5_000 * dollar), key: "main", account: "ada", at: start)
      try writer.change(
        engine.setting("limits.spending_limit"), to: .number(9_000 * dollar), account: "bob", at: start)
    }
  }

  public struct Deed: Sendable {
    public var account: String
    public var call: EventCall
    /// This one and so many after it are one transaction; nobody is asked for money meanwhile.
    public var group: Int
  }

  func name(_ number: Int) -> String { "w\(writer)-\(number)" }

  public func deed(_ number: Int, _ engine: RuleEngine) throws -> Deed {
    var random = SeededGenerator(seed: seed &+ UInt64(writer) &* 1_000_003 &+ UInt64(number) &* 7_919)
    let account = MixedWrites.accounts[Int.random(in: 0..<MixedWrites.accounts.count, using: &random)]
    let at = MixedWrites.start + Int64(number + 1) * 600_000_000
    func dollars(_ range: ClosedRange<Int64>) -> EventCall.Value {
      .number(Int64.random(in: range, using: &random) * MixedWrites.dollar / 100)
    }
    func earlier() -> String { name(max(0, number - Int.random(in: 1...12, using: &random))) }
    let key = EventCall.Value.text("main")
    let id = name(number)
    let call: EventCall
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<42:
      call = try engine.call("request", id: id, at: at, ["key": key, "costing": dollars(1...400)])
    case 42..<46:
      call = try engine.call(
        "request", id: id, at: at,
        ["key": key, "model": .text("large"), "input": .number(40_000), "output": .number(9_000)])
    case 46..<60:
      call = try engine.call(
        "hold", id: id, at: at,
        [
          "key": key, "estimate": dollars(50...500),
          "ttl": .number(Int64.random(in: 1...9_000, using: &random) * 1_000_000),
        ])
    case 60..<72:
      call = try engine.call("settle", id: id, at: at, ["hold": .text(earlier()), "actual": dollars(1...600)])
    case 72..<75:
      call = try engine.call("void", id: id, at: at, ["hold": .text(earlier())])
    case 75..<85:
      call = try engine.call("topup", id: id, at: at, ["amount": dollars(400...3_000)])
    case 85..<88:
      call = try engine.call(
        "refund", id: id, at: at,
        [
          "amount": dollars(100...1_500), "approved_by": .text("eve"), "reason": .text("asked"), "up_to": .number(1),
        ])
    case 88..<91:
      call = try engine.call("dispute", id: id, at: at, ["payment": .text(earlier())])
    case 91..<92:
      call = try engine.call("dispute_won", id: id, at: at, ["payment": .text(earlier())])
    case 92..<96:
      call = try engine.call("grant", id: id, at: at, ["amount": dollars(1...900)])
    case 96..<98:
      call = try engine.call("new_card", id: id, at: at, ["card": .text("card-\(number % 9)")])
    default:
      call = try engine.call("subscribe", id: id, at: at, ["quota": dollars(0...2_000), "rate": .number(engine.whole)])
    }
    let group = Int.random(in: 0..<10, using: &random) == 0 ? Int.random(in: 1...6, using: &random) : 0
    return Deed(account: account, call: call, group: group)
  }
}

extension RuleEngine {
  /// One, as a ratio: what `subscribe.rate` is by default.
  fileprivate var whole: Int64 {
    program.events.first { $0.name == "subscribe" }?.fields.first { $0.name == "rate" }?.value ?? 1
  }
}
