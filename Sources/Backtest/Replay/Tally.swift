import Language
import Values

/// What is counted about one candidate.
struct Tally {
  /// More reasons than that are counted together.
  static let mostReasons = 1_000
  static let others = "others"

  var money = MoneyMoved()
  /// Events that its supposition changed, by their index in the history.
  var changed: [Int: Int] = [:]
  /// Of these, those that never came.
  var leftOut: [Int: Int] = [:]
  /// Of these, those that say an amount of money themselves, by its name: `request.costing`.
  var stated: [String: Int] = [:]
  /// Why accounts do not begin as is supposed.
  private(set) var failures: [String: Int] = [:]
  var verdicts = [Int](repeating: 0, count: Outcome.Verdict.allCases.count)
  var denials: [Reason: Int] = [:]
  var promises: [Int: Broken] = [:]
  private(set) var days: [Int: Day] = [:]
  private(set) var refusals: [String: Int] = [:]
  private(set) var impossible: [String: Int] = [:]
  // Most events are of the day of the one before.
  private var today = Day()
  private var date = Int.min

  struct Reason: Hashable {
    var code: Int32
    var decider: Int32
  }

  struct Broken {
    var count: Int
    var place: AccountTrack.Place
    var account: String
  }

  struct Day {
    var allowed = 0
    var denied = 0
    var money = MoneyMoved()
  }

  init(_ program: Program) {}

  mutating func count(_ outcome: Outcome, day: Int) {
    verdicts[Int(outcome.verdict.rawValue)] += 1
    open(day)
    switch outcome.verdict {
    case .allowed: today.allowed += 1
    case .denied:
      today.denied += 1
      denials[Reason(code: outcome.code, decider: outcome.decider), default: 0] += 1
    case .conflict: today.denied += 1
    case .waiting, .repeated, .impossible: break
    }
  }

  mutating func add(_ money: MoneyMoved, day: Int) throws(BacktestFault) {
    open(day)
    try today.money.add(money)
  }

  private mutating func open(_ day: Int) {
    if day == date { return }
    closeDay()
    date = day
    today = days[day] ?? Day()
  }

  mutating func closeDay() { if date != Int.min { days[date] = today } }

  mutating func breaks(_ promise: Int, _ place: AccountTrack.Place, of account: String) {
    guard var broken = promises[promise] else {
      promises[promise] = Broken(count: 1, place: place, account: account)
      return
    }
    broken.count += 1
    if Tally.precedes(place, account, broken.place, broken.account) {
      (broken.place, broken.account) = (place, account)
    }
    promises[promise] = broken
  }

  mutating func refuse(_ text: String) { Tally.count(text, in: &refusals) }

  mutating func fails(_ reason: String) { Tally.count(reason, in: &failures) }

  mutating func cannot(_ reason: String) { Tally.count(reason, in: &impossible) }

  static func count(_ text: String, _ times: Int = 1, in counts: inout [String: Int]) {
    counts[counts[text] == nil && counts.count >= mostReasons ? others : text, default: 0] += times
  }

  static func precedes(
    _ left: AccountTrack.Place, _ account: String, _ right: AccountTrack.Place, _ other: String
  ) -> Bool {
    if left.at != right.at { return left.at < right.at }
    if account != other { return account < other }
    return left.number < right.number
  }

  /// Adds what another shard counted.
  mutating func add(_ other: Tally) throws(BacktestFault) {
    closeDay()
    var other = other
    other.closeDay()
    date = Int.min
    try money.add(other.money)
    changed.merge(other.changed, uniquingKeysWith: +)
    leftOut.merge(other.leftOut, uniquingKeysWith: +)
    stated.merge(other.stated, uniquingKeysWith: +)
    failures.merge(other.failures, uniquingKeysWith: +)
    for index in verdicts.indices { verdicts[index] += other.verdicts[index] }
    denials.merge(other.denials, uniquingKeysWith: +)
    for (day, sums) in other.days {
      var mine = days[day] ?? Day()
      mine.allowed += sums.allowed
      mine.denied += sums.denied
      try mine.money.add(sums.money)
      days[day] = mine
    }
    for (text, times) in other.refusals { refusals[text, default: 0] += times }
    for (text, times) in other.impossible { impossible[text, default: 0] += times }
    for (promise, broken) in other.promises {
      guard var mine = promises[promise] else {
        promises[promise] = broken
        continue
      }
      mine.count += broken.count
      if Tally.precedes(broken.place, broken.account, mine.place, mine.account) {
        (mine.place, mine.account) = (broken.place, broken.account)
      }
      promises[promise] = mine
    }
  }
}
