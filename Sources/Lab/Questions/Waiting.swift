import Engine
import Language
import Ledger
import Values

/// The moments at which time alone may change an answer.
struct Waiting {
  let question: Question
  let account: AccountState
  let order: ReadingOrder
  /// How far ahead is looked.
  static let horizon = 400 * Instant.perDay
  /// Open holds whose ends are looked at, the first to expire.
  static let holds = 32

  /// Whether anything that decides can change by itself.
  var isWorthwhile: Bool {
    let program = question.program
    if !account.openHolds.isEmpty { return true }
    if program.cycleAnchor != nil, program.buckets.contains(where: { $0.resets != nil }) { return true }
    return order.all.contains { fact in
      switch fact {
      case .now, .cycleStart, .cycleEnd: true
      case .meter(let meter): program.meters[meter].window != .ever
      case .posted(let bucket), .available(let bucket): program.buckets[bucket].resets != nil
      case .setting(let setting): program.settings[setting].defaults.count > 1
      default: false
      }
    }
  }

  /// Whole seconds after the event, the nearest first.
  var moments: [Int64] {
    let now = account.effectiveTime(question.input.at)
    let program = question.program
    let reader = question.engine.reader(account, key: question.key, at: now)
    var found: Set<Int64> = []
    let anchor = program.cycleAnchor.map { reader.evaluate($0) }.flatMap { $0 == ValueType.none ? nil : $0 }
    let windows = account.layout.accountWindows + account.layout.keyWindows
    for window in windows {
      var time = now
      for _ in 0..<2 {
        let end = BillingCalendar.window(window.kind, at: time, anchor: anchor).end
        if end >= now &+ Waiting.horizon || end <= time { break }
        found.insert(end)
        time = end
      }
    }
    for hold in account.openHolds.prefix(Waiting.holds) { found.insert(account.holds[hold].expiresAt) }
    for setting in program.settings {
      for entry in setting.defaults where entry.from > now { found.insert(entry.from) }
    }
    // Times that rules compare with, alone and with every duration they know of.
    var times: Set<Int64> = order.numbers[.time] ?? []
    times.insert(now)
    let spans = order.numbers[.duration] ?? []
    for time in times {
      found.insert(time)
      for span in spans {
        let (sum, overflow) = time.addingReportingOverflow(span)
        if !overflow { found.insert(sum) }
      }
    }
    var ahead = Instant.perSecond
    while ahead < Waiting.horizon {
      found.insert(now + ahead)
      ahead *= 4
    }
    let latest = min(now + Waiting.horizon, Instant.latest.microseconds - Instant.perSecond)
    return found.compactMap { $0 > 0 && $0 <= latest ? Axis.rounded($0, to: Instant.perSecond, up: true) : nil }
      .filter { $0 > now && $0 <= latest }.sorted().reduce(into: [Int64]()) { if $0.last != $1 { $0.append($1) } }
  }

  /// The first second at which a test is true, and the second before; nil where no moment passes.
  func search(_ test: (Int64) -> Bool) -> (time: Int64, before: Int64?)? {
    let now = account.effectiveTime(question.input.at)
    var before = now
    for moment in moments {
      guard test(moment) else {
        before = moment
        continue
      }
      var (fails, passes) = (Axis.rounded(before, to: Instant.perSecond, up: false) ?? before, moment)
      while passes - fails > Instant.perSecond {
        let middle = Axis.rounded(fails + (passes - fails) / 2, to: Instant.perSecond, up: false) ?? fails
        if middle <= fails { break }
        if middle > now, test(middle) { passes = middle } else { fails = middle }
      }
      let second = passes - Instant.perSecond
      return (passes, second > now ? second : nil)
    }
    return nil
  }
}
