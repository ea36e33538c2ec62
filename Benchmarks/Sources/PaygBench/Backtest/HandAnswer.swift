import Backtest

/// What one policy makes of one request.
struct HandAnswer {
  var verdict: Outcome.Verdict
  var decider = Decider.nobody
  var answer = ShippedAnswer(code: .allowed)
  /// Promises that do not hold after it.
  var broken = 0

  /// What says no.
  enum Decider: Int, CaseIterable {
    case nobody
    /// A number outside the range of its field.
    case range
    case cachedIsPartOfInput
    case modelHasAPrice
    case keyIsActive
    case keyLimit
    case fallbackIsOn
    case zeroMeansOff
    case cycleLimit
    case balance

    /// As the rules name it.
    var name: String {
      switch self {
      case .nobody, .range: ""
      case .cachedIsPartOfInput: "pricing.cached_is_part_of_input"
      case .modelHasAPrice: "pricing.model_has_a_price"
      case .keyIsActive: "teams.key_is_active"
      case .keyLimit: "teams.key_limit_on_all"
      case .fallbackIsOn: "fallback.fallback_is_on"
      case .zeroMeansOff: "limits.zero_means_off"
      case .cycleLimit: "limits.cycle_limit"
      case .balance: "funding.balance"
      }
    }

    /// What the customer reads.
    var code: ShippedAnswer.Code {
      switch self {
      case .nobody: .allowed
      case .range, .cachedIsPartOfInput: .invalidUsage
      case .modelHasAPrice: .unknownModel
      case .keyIsActive: .keyDisabled
      case .keyLimit: .keyQuotaExceeded
      case .fallbackIsOn, .zeroMeansOff: .quotaExceeded
      case .cycleLimit: .spendingLimitExceeded
      case .balance: .insufficientBalance
      }
    }
  }

  /// How two answers differ; nil where they do not.
  @inline(__always)
  static func change(_ a: HandAnswer, _ b: HandAnswer) -> Change? {
    switch (a.verdict.isYes, b.verdict.isYes) {
    case (true, false): return .allowToDeny
    case (false, true): return .denyToAllow
    case (true, true):
      if a.verdict == .repeated || b.verdict == .repeated { return nil }
      let isSame = a.answer.fromQuota == b.answer.fromQuota && a.answer.fromBalance == b.answer.fromBalance
      return isSame && a.answer.cost == b.answer.cost ? nil : .paidDiffers
    case (false, false): return a.verdict == b.verdict && a.decider == b.decider ? nil : .ruleDiffers
    }
  }
}
