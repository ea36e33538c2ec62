import Backtest
import Values

extension ShippedAccount {
  /// Decides a request, and carries it out where it is allowed.
  mutating func submit(
    _ request: ShippedRequest, _ keys: inout [ShippedKey], prices: UnsafeBufferPointer<ShippedPrice?>,
    _ knobs: ShippedKnobs, checksPromises: Bool
  ) -> HandAnswer {
    keys.withUnsafeMutableBufferPointer { keys in
      guard let keys = keys.baseAddress else { return HandAnswer(verdict: .impossible) }
      let answer = decide(request, keys: keys, prices: prices, knobs)
      guard answer.code == .allowed else {
        return HandAnswer(verdict: .denied, decider: decider(of: answer, request), answer: answer)
      }
      let before = balance
      apply(answer, request, keys: keys)
      var result = HandAnswer(verdict: .allowed, answer: answer)
      // The owner would be told.
      if let level = react(from: before) { Stopwatch.checksum &+= level.rawValue }
      if checksPromises { result.broken = brokenPromises(after: answer, request, keys, knobs) }
      return result
    }
  }

  @inline(__always)
  private func decider(of answer: ShippedAnswer, _ request: ShippedRequest) -> HandAnswer.Decider {
    switch answer.code {
    case .allowed: .nobody
    case .invalidUsage:
      max(request.input, request.cached, request.output) > 1_000_000_000 ? .range : .cachedIsPartOfInput
    case .unknownModel: .modelHasAPrice
    case .keyDisabled: .keyIsActive
    case .keyQuotaExceeded: .keyLimit
    case .quotaExceeded: fallback ? .zeroMeansOff : .fallbackIsOn
    case .spendingLimitExceeded: .cycleLimit
    case .insufficientBalance: .balance
    }
  }

  /// How many of the shipped rules' promises about a request do not hold after it.
  @inline(__always)
  private func brokenPromises(
    after answer: ShippedAnswer, _ request: ShippedRequest, _ keys: UnsafePointer<ShippedKey>, _ knobs: ShippedKnobs
  ) -> Int {
    var broken = 0
    let isSubscribed = subscriptionStart != nil && status != .canceled
    if (isSubscribed && status == .active ? planQuota : 0) < quotaUsed { broken += 1 }
    if answer.fromBalance != 0, balance < 0 { broken += 1 }
    if answer.fromBalance != 0, isSubscribed, let limit = spendingLimit, paygSpent > limit { broken += 1 }
    guard let place = request.key, place < keyCount, answer.cost != 0, let limit = keys[firstKey + place].limit,
      !knobs.keyLimitCountsBalance
    else { return broken }
    let key = keys + firstKey + place
    let spent =
      switch key.pointee.window {
      case .lifetime: key.pointee.ever
      case .month: key.pointee.month.sum(at: clock, .month)
      case .week: key.pointee.week.sum(at: clock, .week)
      case .day: key.pointee.day.sum(at: clock, .day)
      }
    return broken + (spent > limit ? 1 : 0)
  }
}
