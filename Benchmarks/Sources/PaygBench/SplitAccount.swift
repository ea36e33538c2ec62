import Values

/// The split rule as somebody would write it by hand, with nothing else in mind: the measure for the engine.
struct SplitAccount: Equatable {
  var quota: Int64
  var balance: Int64
  /// What the balance paid so far.
  var spent: Int64 = 0
  /// What it may pay in all; nil: all there is.
  var limit: Int64?
  /// What was used, so that the books balance.
  var usage: Int64 = 0
  var clock: Int64 = 0
}

struct SplitRequest {
  var cost: Int64
  var at: Int64
}

struct SplitAnswer: Equatable {
  var code: Code
  var fromQuota: Int64 = 0
  var fromBalance: Int64 = 0
  var shortfall: Int64 = 0

  enum Code: UInt8 {
    case allowed
    case invalidUsage
    case spendingLimitExceeded
    case insufficientBalance
  }
}

extension SplitAccount {
  // Not inlined, as the engine's is not: a decision is a call for both.
  @inline(never)
  func decide(_ request: SplitRequest) -> SplitAnswer {
    let cost = request.cost
    guard cost >= 0, cost <= 1_000 * Money.nanoPerDollar else { return SplitAnswer(code: .invalidUsage) }
    let fromQuota = min(cost, max(0, quota))
    let rest = cost - fromQuota
    if rest == 0 { return SplitAnswer(code: .allowed, fromQuota: fromQuota) }
    var room = min(rest, max(0, balance))
    if let limit { room = min(room, max(0, limit - spent)) }
    if room == rest { return SplitAnswer(code: .allowed, fromQuota: fromQuota, fromBalance: rest) }
    if let limit, limit - spent < rest {
      return SplitAnswer(code: .spendingLimitExceeded, shortfall: rest - room)
    }
    return SplitAnswer(code: .insufficientBalance, shortfall: rest - room)
  }

  /// Carries an allowed answer out. The sums are Swift's own, which trap where they do not fit.
  @inline(never)
  mutating func apply(_ answer: SplitAnswer, at time: Int64) {
    quota -= answer.fromQuota
    balance -= answer.fromBalance
    spent += answer.fromBalance
    usage += answer.fromQuota + answer.fromBalance
    clock = max(clock, time)
  }
}
