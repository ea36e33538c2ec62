import Values

/// The shipped rules about a request as somebody would write them by hand: the measure for the engine.
///
/// Everything the rules can be set to is here; nothing else is.
struct ShippedAccount {
  var planQuota: Int64 = 0
  var planRate = (numerator: Int64(1), denominator: Int64(1))
  var subscriptionStart: Int64?
  var status = Status.active
  var fallback = false
  var spendingLimit: Int64?

  var balance: Int64 = 0
  var quotaUsed: Int64 = 0
  var paygSpent: Int64 = 0
  /// The billing cycle that `quotaUsed` and `paygSpent` belong to.
  var cycle = Window(start: .min, end: .min)
  var usage: Int64 = 0
  var lastRequest: Int64 = .min
  var clock: Int64 = 0
  /// Its keys are in one list with those of all accounts.
  var firstKey = 0
  var keyCount = 0

  enum Status: Int64 {
    case active
    case pastDue
    case canceled
  }
}

struct ShippedKey {
  var limit: Int64?
  var window = Period.lifetime
  var isDeleted = false
  var ever: Int64 = 0
  var month = Total()
  var week = Total()
  var day = Total()
  var balanceSpent: Int64 = 0

  enum Period: Int64 {
    case lifetime
    case month
    case week
    case day
  }

  /// A sum that starts again with each window.
  struct Total {
    var sum: Int64 = 0
    var window = Window(start: .min, end: .min)

    @inline(__always)
    func sum(at now: Int64, _ kind: WindowKind) -> Int64 {
      if now < window.end { return sum }
      return BillingCalendar.window(kind, at: now, anchor: nil).start == window.start ? sum : 0
    }

    @inline(__always)
    mutating func add(_ amount: Int64, at now: Int64, _ kind: WindowKind) {
      if now >= window.end {
        let current = BillingCalendar.window(kind, at: now, anchor: nil)
        if current.start != window.start { sum = 0 }
        window = current
      }
      sum += amount
    }
  }
}

struct ShippedRequest {
  var at: Int64
  /// Its index among the account's keys.
  var key: Int?
  /// Its place in the price list; -1 for one that is not in it.
  var model: Int?
  var input: Int64 = 0
  var cached: Int64 = 0
  var output: Int64 = 0
  /// In nano-dollars.
  var costing: Int64?
}

/// What a model costs, in pico-dollars per token.
struct ShippedPrice {
  var input: Int64
  var cached: Int64?
  var output: Int64
}

/// Settings that serve every account.
struct ShippedKnobs {
  var rounding = Knob.up
  /// Whether a key's limit counts only what the balance paid.
  var keyLimitCountsBalance = false

  enum Knob {
    case up
    case halfEven
    case down
    case nano
  }
}

struct ShippedAnswer: Equatable {
  var code: Code
  var cost: Int64 = 0
  var fromQuota: Int64 = 0
  var fromBalance: Int64 = 0
  var shortfall: Int64 = 0

  enum Code: String, CaseIterable {
    case allowed
    case invalidUsage = "invalid_usage"
    case unknownModel = "unknown_model"
    case keyDisabled = "key_disabled"
    case keyQuotaExceeded = "key_quota_exceeded"
    case quotaExceeded = "quota_exceeded"
    case spendingLimitExceeded = "spending_limit_exceeded"
    case insufficientBalance = "insufficient_balance"
  }
}

/// How low a balance is.
enum ShippedLevel: Int, Comparable {
  case normal
  case low
  case warning
  case critical

  @inline(__always)
  init(_ balance: Int64) {
    let dollar = Money.nanoPerDollar
    self =
      balance > 20 * dollar ? .normal : balance >= 10 * dollar ? .low : balance >= 5 * dollar ? .warning : .critical
  }

  static func < (left: ShippedLevel, right: ShippedLevel) -> Bool { left.rawValue < right.rawValue }
}
