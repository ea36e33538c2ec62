import Backtest

/// What is counted about one policy, by hand.
struct HandTotals {
  var verdicts = [Int](repeating: 0, count: Outcome.Verdict.allCases.count)
  /// By what said no.
  var denials = [Int](repeating: 0, count: HandAnswer.Decider.allCases.count)
  var charged: Int64 = 0
  var quota: Int64 = 0
  var broken = 0
  /// By day since 1970.
  var days: [Int: Day] = [:]
  // Most requests are of the day of the one before.
  private var today = Day()
  private var date = Int.min

  struct Day {
    var allowed = 0
    var denied = 0
    var charged: Int64 = 0
    var quota: Int64 = 0
  }

  @inline(__always)
  mutating func count(_ one: HandAnswer, day: Int) {
    if day != date { open(day) }
    verdicts[Int(one.verdict.rawValue)] += 1
    broken += one.broken
    switch one.verdict {
    case .allowed:
      today.allowed += 1
      today.charged += one.answer.fromBalance
      today.quota += one.answer.fromQuota
      charged += one.answer.fromBalance
      quota += one.answer.fromQuota
    case .denied:
      today.denied += 1
      denials[one.decider.rawValue] += 1
    case .conflict: today.denied += 1
    default: break
    }
  }

  private mutating func open(_ day: Int) {
    close()
    date = day
    today = days[day] ?? Day()
  }

  mutating func close() { if date != .min { days[date] = today } }
}
