import Backtest
import Engine
import Lab
import Values

/// How an account begins: as the lines of a scenario state it, and for the rules written by hand.
struct GivenProfile {
  /// Dollars.
  var balance: Int64
  var plan: Plan?
  var limit: Int64?
  var hasFallback = false
  /// By their number.
  var keys: [Key] = []

  struct Plan {
    /// Dollars.
    var quota: Int64
    /// Before the first request.
    var days: Int64
    var rate = (numerator: Int64(1), denominator: Int64(1))
    var status = ShippedAccount.Status.active
  }

  struct Key {
    /// Dollars.
    var limit: Int64?
    var window = ShippedKey.Period.lifetime
    var isDeleted = false
  }

  /// More than anybody uses.
  private static let plenty: Int64 = 900_000

  /// Quotas, limits, keys and balances all run out for somebody.
  static let all: [GivenProfile] = {
    let team = [
      Key(limit: 40, window: .day), Key(limit: 6, window: .month), Key(limit: 4, window: .week), Key(limit: 5),
      Key(isDeleted: true),
    ]
    let wealthy = GivenProfile(balance: plenty)
    let ample = GivenProfile(balance: 0, plan: Plan(quota: plenty, days: 3))
    let fallback = GivenProfile(balance: plenty, plan: Plan(quota: 40, days: 12), hasFallback: true)
    return Array(repeating: wealthy, count: 9) + [
      GivenProfile(balance: 30), GivenProfile(balance: 3), GivenProfile(balance: plenty, keys: team),
      GivenProfile(balance: plenty, keys: team), ample, ample, ample, ample,
      GivenProfile(balance: 0, plan: Plan(quota: plenty, days: 3, rate: (9, 10))),
      GivenProfile(balance: 20, plan: Plan(quota: 5, days: 8)),
      GivenProfile(balance: plenty, plan: Plan(quota: 25, days: 20, status: .pastDue), hasFallback: true),
      GivenProfile(balance: plenty, plan: Plan(quota: 60, days: 5, rate: (4, 5)), limit: 50, hasFallback: true),
      GivenProfile(balance: plenty, plan: Plan(quota: 20, days: 5), limit: 400, hasFallback: true),
      GivenProfile(balance: plenty, plan: Plan(quota: 3, days: 25), limit: 0, hasFallback: true),
      fallback, fallback, GivenProfile(balance: 12, plan: Plan(quota: 15, days: 2), hasFallback: true),
      GivenProfile(balance: 8, plan: Plan(quota: 5, days: 2), hasFallback: true, keys: team),
      GivenProfile(balance: plenty, plan: Plan(quota: 50, days: 40, status: .canceled)),
      GivenProfile(balance: plenty, plan: Plan(quota: 100, days: 1), limit: 25, hasFallback: true, keys: team),
      wealthy, wealthy, ample,
    ]
  }()

  /// Which one an account has: by its name, so that any file will do.
  static func number(of account: String) -> Int {
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in account.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let mixed = (sum ^ (sum >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(mixed.multipliedFullWidth(by: UInt64(all.count)).high)
  }

  /// What stands behind `given`.
  ///
  /// - Parameter time: of the first request.
  func lines(at time: Int64) -> [String] {
    var lines = ["balance is $\(balance)"]
    if let plan {
      lines.append("plan_quota $\(plan.quota)")
      lines.append("plan_rate \(plan.rate.numerator)/\(plan.rate.denominator)")
      let start = "\(Instant(microseconds: Self.begin(of: plan, time)))"
      lines.append("subscription_start \(start.prefix(10)) \(start.dropFirst(11).prefix(5))")
      switch plan.status {
      case .active: break
      case .pastDue: lines.append("subscription_status past_due")
      case .canceled: lines.append("subscription_status canceled")
      }
    }
    if hasFallback { lines.append("fallback.enabled on") }
    if let limit { lines.append("spending_limit is $\(limit)") }
    for (number, key) in keys.enumerated() {
      var settings = ["key_window \(key.window)"]
      if let limit = key.limit { settings.append("key_limit $\(limit)") }
      if key.isDeleted { settings.append("teams.deleted on") }
      lines.append("key \"\(MadeTraffic.key(number))\" with \(settings.joined(separator: " and "))")
    }
    return lines
  }

  /// When a plan began, to the minute.
  private static func begin(of plan: Plan, _ time: Int64) -> Int64 {
    let begin = time - plan.days * Instant.perDay
    return begin - begin % (Instant.perHour / 60)
  }

  /// The same by hand.
  ///
  /// - Parameter usualLimit: the spending limit of whoever has set none.
  func side(at time: Int64, usualLimit: Int64?) -> HandAccount.Side {
    let dollar = Money.nanoPerDollar
    var account = ShippedAccount()
    account.balance = balance * dollar
    account.clock = time
    account.fallback = hasFallback
    account.spendingLimit = (limit ?? usualLimit).map { $0 * dollar }
    if let plan {
      account.planQuota = plan.quota * dollar
      account.planRate = plan.rate
      account.subscriptionStart = Self.begin(of: plan, time)
      account.status = plan.status
    }
    account.keyCount = keys.count
    var plain = keys.map { ShippedKey(limit: $0.limit.map { $0 * dollar }, window: $0.window, isDeleted: $0.isDeleted) }
    // There is always one to point to.
    if plain.isEmpty { plain.append(ShippedKey()) }
    return HandAccount.Side(state: account, keys: plain)
  }
}

/// The openings of all profiles, under each candidate.
struct GivenProfiles: Sendable {
  private let openings: [GivenOpenings]

  /// - Parameter time: of the first request.
  init(at time: Int64, for candidates: [Candidate]) throws {
    openings = try GivenProfile.all.map { try GivenOpenings($0.lines(at: time), at: time, for: candidates) }
  }

  /// An account as it begins under a candidate, whose own engine serves all.
  func opening(of account: String, under candidate: Candidate) -> Opening {
    Opening(account: openings[GivenProfile.number(of: account)].opening(under: candidate).account)
  }
}
