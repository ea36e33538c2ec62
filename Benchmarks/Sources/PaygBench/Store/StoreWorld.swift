import Engine
import Language
import Ledger
import Store
import Values

/// A store with accounts in use, and requests for them.
struct StoreWorld {
  static let accountCount = 1_000
  /// No event is later than this.
  static let clock = "2035-01-01T00:00:00Z"

  let policy: [PolicyFile]
  let engine: RuleEngine
  private let start: Int64
  private let shares = HeavyTail(StoreWorld.accountCount)

  /// A request and the account it is for.
  struct Request {
    var account: String
    var call: EventCall
  }

  init(_ rules: String) throws {
    policy = try ShippedPolicy.files(rules)
    engine = try ShippedPolicy.compile(policy)
    start = try Instant(parsing: "2026-01-01T00:00:00Z").microseconds
  }

  static func account(_ number: Int) -> String { "account-\(number)" }
  static func key(_ number: Int) -> String { "key-\(number)" }

  // MARK: - Accounts

  /// Makes a store of 1,000 accounts.
  func create(at path: String) throws {
    try create(at: path) { writer, random in
      let keys = (0..<3).map(StoreWorld.key)
      for number in 0..<StoreWorld.accountCount {
        try add(StoreWorld.account(number), keys: keys, wealth: 10, to: writer, &random)
      }
    }
  }

  /// Makes a store and everything in it in one transaction.
  func create(at path: String, _ body: (StoreWriter, inout SeededGenerator) throws -> Void) throws {
    let clock = try Instant(parsing: StoreWorld.clock).microseconds
    let store = try AccountStore.create(at: path, policy: policy, testClock: clock, compile: ShippedPolicy.compile)
    try store.write { writer in
      var random = SeededGenerator(seed: 3)
      try body(writer, &random)
    }
  }

  /// Adds an account. Half of them have a plan, one in ten is about to run out, keys have limits here and there.
  ///
  /// - Parameter wealth: up to a hundred times so many dollars is what the others have.
  func add(
    _ name: String, keys: [String], wealth: Int64, to writer: StoreWriter, _ random: inout SeededGenerator
  ) throws {
    let dollar = Money.nanoPerDollar
    try writer.addAccount(name, at: start)
    for key in keys { try writer.addKey(key, to: name, at: start) }
    func set(_ setting: String, _ value: Int64, key: String? = nil) throws {
      guard let index = engine.compiled.setting(named: setting) else { throw Mismatch("no setting `\(setting)`") }
      try writer.change(index, to: .number(value), key: key, account: name, at: start)
    }
    if Bool.random(using: &random) {
      try set("subscription.plan_quota", Int64.random(in: 5...200, using: &random) * dollar)
      try set("funding.subscription_start", start - Int64.random(in: 0...27, using: &random) * Instant.perDay)
      if Int.random(in: 0..<8, using: &random) > 0 { try set("fallback.enabled", 1) }
      if Int.random(in: 0..<4, using: &random) == 0 { try set("subscription.plan_rate", 4 << 32 | 5) }
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      try set("limits.spending_limit", Int64.random(in: 1...50, using: &random) * dollar)
    }
    if Int.random(in: 0..<3, using: &random) == 0, let key = keys.last {
      try set("teams.key_limit", Int64.random(in: 1...400, using: &random) * dollar / 4, key: key)
      try set("teams.key_window", Int64.random(in: 0...3, using: &random), key: key)
    }
    guard let bucket = engine.compiled.bucket(named: "balance") else { throw Mismatch("no bucket `balance`") }
    let isPoor = Int.random(in: 0..<10, using: &random) == 0
    try writer.adjust(
      bucket: bucket, to: Int64.random(in: 1...100, using: &random) * dollar * (isPoor ? 1 : 10 * wealth) / 10,
      account: name, at: start)
  }

  // MARK: - Requests

  private static let models = ["gpt-4o-mini", "gpt-4o", "gpt-3.5-turbo", "gpt-4.1", "claude-sonnet-4-5"]

  /// Requests in the order of their times, the first ones once for each account.
  func requests(_ count: Int, warming: Bool = true) throws -> [Request] {
    guard let event = engine.compiled.event(named: "request") else { throw Mismatch("no event `request`") }
    let fields = engine.program.events[event].fields.prefix(engine.program.events[event].givenCount)
    var random = SeededGenerator(seed: 4)
    return (0..<count).map { place in
      let number =
        warming && place < StoreWorld.accountCount ? place : shares.pick(Double.random(in: 0..<1, using: &random))
      let values = StoreWorld.values(&random)
      return Request(
        account: StoreWorld.account(number),
        call: EventCall(
          event: event, id: "request-\(place)", at: start + Instant.perDay + Int64(place) * 1_700_000,
          fields: fields.map { values[$0.name] ?? .number($0.value ?? ValueType.none) }))
    }
  }

  /// Some thousand tokens of a model; of a hundred requests one has no price, no key or makes no sense.
  private static func values(_ random: inout SeededGenerator) -> [String: EventCall.Value] {
    let input = Int64.random(in: 50...(Bool.random(using: &random) ? 2_000 : 16_000), using: &random)
    let cached = Int.random(in: 0..<3, using: &random) == 0 ? Int64.random(in: 0...input, using: &random) : 0
    let oddity = Int.random(in: 0..<300, using: &random)
    return [
      "key": .text(oddity == 0 ? "no-such-key" : key(min(2, Int.random(in: 0..<6, using: &random) / 2))),
      "model": .text(oddity == 1 ? "no-such-model" : models[Int.random(in: 0..<models.count, using: &random)]),
      "input": .number(input), "cached": .number(oddity == 2 ? input + 1 : cached),
      "output": .number(Int64.random(in: 1...1_500, using: &random)),
    ]
  }
}
