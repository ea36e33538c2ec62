import Engine
import Ledger
import Values

/// Accounts in pairs: one for the engine and one for the rules written by hand.
struct World {
  private(set) var engine: RuleEngine
  private(set) var accounts: [AccountState] = []
  private(set) var plain: [ShippedAccount] = []
  private(set) var keys: [ShippedKey] = []

  init(_ engine: RuleEngine) { self.engine = engine }

  /// Half of the accounts have a plan, some with a discount; most are well funded, some run out on the way.
  mutating func addAccount(_ random: inout SeededGenerator, at start: Int64) throws {
    let dollar = Money.nanoPerDollar
    var own = ShippedAccount()
    var account = engine.newAccount()
    own.firstKey = keys.count
    own.keyCount = Int.random(in: 1...3, using: &random)
    own.balance = Int64.random(in: 0...400, using: &random) * dollar / 10
    own.clock = start
    if Bool.random(using: &random) {
      own.subscriptionStart = start - Int64.random(in: 0...90 * Instant.perDay, using: &random)
      own.planQuota = Int64.random(in: 0...20, using: &random) * dollar / 10
      own.fallback = Int.random(in: 0..<4, using: &random) > 0
      own.status =
        [.active, .active, .active, .active, .active, .active, .pastDue, .canceled].randomElement(using: &random)
        ?? .active
      if Int.random(in: 0..<4, using: &random) == 0 { own.planRate = (4, 5) }
    }
    if Bool.random(using: &random) { own.spendingLimit = Int64.random(in: 0...10, using: &random) * dollar / 2 }

    try set("subscription.plan_quota", own.planQuota, &account, start)
    try set("subscription.plan_rate", own.planRate.numerator << 32 | own.planRate.denominator, &account, start)
    if let time = own.subscriptionStart { try set("funding.subscription_start", time, &account, start) }
    try set("funding.subscription_status", own.status.rawValue, &account, start)
    try set("fallback.enabled", own.fallback ? 1 : 0, &account, start)
    if let limit = own.spendingLimit { try set("limits.spending_limit", limit, &account, start) }
    guard let bucket = engine.compiled.bucket(named: "balance") else { throw Mismatch("no bucket `balance`") }
    try engine.adjust(bucket: bucket, to: own.balance, in: &account, at: start)

    for number in 0..<own.keyCount {
      var key = ShippedKey()
      if Bool.random(using: &random) { key.limit = Int64.random(in: 0...8, using: &random) * dollar }
      key.window = ShippedKey.Period(rawValue: Int64.random(in: 0...3, using: &random)) ?? .lifetime
      key.isDeleted = Int.random(in: 0..<40, using: &random) == 0
      account.addKey("k\(number)")
      if let limit = key.limit { try set("teams.key_limit", limit, &account, start, key: number) }
      try set("teams.key_window", key.window.rawValue, &account, start, key: number)
      keys.append(key)
    }
    try settle(&account, &own, at: start)
    for number in 0..<own.keyCount where keys[own.firstKey + number].isDeleted {
      try set("teams.deleted", 1, &account, start, key: number)
    }
    accounts.append(account)
    plain.append(own)
  }

  /// One request for nothing with each key, as accounts in use have had: their windows are those of `start`.
  private mutating func settle(_ account: inout AccountState, _ own: inout ShippedAccount, at start: Int64) throws {
    for number in 0..<own.keyCount {
      let request = ShippedRequest(at: start, key: number, costing: 0)
      _ = try engine.submit(engine.input("request", at: start, ["key": Int64(number), "costing": 0]), to: &account)
      keys.withUnsafeMutableBufferPointer { keys in
        if let base = keys.baseAddress { own.apply(ShippedAnswer(code: .allowed), request, keys: base) }
      }
    }
  }

  private mutating func set(
    _ name: String, _ value: Int64, _ account: inout AccountState, _ time: Int64, key: Int? = nil
  ) throws {
    guard let setting = engine.compiled.setting(named: name) else { throw Mismatch("no setting `\(name)`") }
    try engine.change(setting, to: value, key: key, in: &account, at: time)
  }
}
