import Engine
import Language
import Ledger
import Values

/// When an account runs out of money, at the pace of its last days.
///
/// The pace is what was spent in the whole days (UTC) just before today, at standard rates. From now on so much is drawn in every
/// microsecond, from one bucket after another as the rules have it; a bucket with a window is full again when its window begins.
/// All sums are whole numbers, so the same days give the same moment.
public struct Forecast: Sendable {
  /// What was spent on a day.
  public struct Day: Sendable, Hashable {
    /// Any moment of the day, in microseconds since 1970.
    public var at: Int64
    /// Nano-dollars at standard rates.
    public var nano: Int64

    public init(at: Int64, nano: Int64) {
      self.at = at
      self.nano = nano
    }
  }

  /// A bucket as it stands.
  public struct Bucket: Sendable, Hashable {
    public var name: String
    /// Nano-dollars that can be drawn.
    public var available: Int64
    /// When it is filled anew and to how much; nil for money that stays until it is spent.
    public var refill: Refill?
    /// A plan's discount: so much of the standard price is drawn.
    public var rate: Ratio?
    /// What keeps it from paying at all; nil where nothing does.
    public var closedBy: String?
    /// Nano-dollars that the account owes of it.
    public var owed: Int64 = 0

    public struct Refill: Sendable, Hashable {
      public var window: WindowKind
      /// Where billing cycles are counted from.
      public var anchor: Int64?
      public var allowance: Int64

      public init(window: WindowKind, anchor: Int64? = nil, allowance: Int64) {
        self.window = window
        self.anchor = anchor
        self.allowance = allowance
      }
    }

    public init(_ name: String, available: Int64, refill: Refill? = nil, rate: Ratio? = nil, closedBy: String? = nil) {
      self.name = name
      self.available = available
      self.refill = refill
      self.rate = rate
      self.closedBy = closedBy
    }
  }

  public enum End: Sendable, Hashable {
    /// From then on there is nothing left, in microseconds since 1970.
    case at(Int64)
    /// Nothing is spent.
    case noPace
    /// What is filled anew is enough for the pace.
    case never
    /// Not before then; further was not looked.
    case notBefore(Int64)
  }

  /// How things go at one pace.
  public struct Outlook: Sendable, Hashable {
    /// The last so many days.
    public var days: Int
    /// What was spent in them, in nano-dollars.
    public var spent: Int64
    /// When all buckets are empty at once.
    public var end: End
    /// When each bucket is empty for the first time, in the order they are drawn.
    public var buckets: [End]

    /// What is spent in a day, rounded down to a nano-dollar.
    public var pace: Int64 { days > 0 ? spent / Int64(days) : 0 }
  }

  public let now: Int64
  public let buckets: [Bucket]
  public let outlooks: [Outlook]

  /// The stretches of days that are looked at.
  public static let stretches = [7, 30]
  /// How often buckets may run empty or full before the look ahead ends.
  public static let mostTurns = 20_000
  /// Windows in a row in which nothing that stays was spent, after which nothing ever will be: all lengths of months were seen.
  private static let quietTurns = 60

  /// - Parameters:
  ///   - days: what was spent, a day each; days that are missing are days without usage, and a day may come in parts.
  ///   - buckets: in the order they are drawn.
  ///   - stretches: how many days back the pace is taken from.
  public init(days: [Day], buckets: [Bucket], now: Int64, stretches: [Int] = Forecast.stretches) {
    self.now = now
    self.buckets = buckets
    let today = Axis.rounded(now, to: Instant.perDay, up: false) ?? 0
    outlooks = stretches.filter { $0 > 0 && $0 <= 10_000 }.map { count in
      let first = today - Int64(count) * Instant.perDay
      let sum = days.filter { $0.at >= first && $0.at < today }.reduce(Int128(0)) { $0 + Int128(max(0, $1.nano)) }
      let spent = Int64(clamping: sum)
      return Forecast.look(ahead: buckets, spent: spent, days: count, from: now)
    }
  }

  /// Of an account as it is: its buckets, what refills them, and the gates that close one whatever the event.
  public init(
    _ account: AccountState, by engine: RuleEngine, key: Int? = nil, days: [Day], at now: Int64,
    stretches: [Int] = Forecast.stretches
  ) {
    self.init(
      days: days, buckets: Forecast.buckets(of: account, engine, key, now), now: now, stretches: stretches)
  }

  private static func buckets(of account: AccountState, _ engine: RuleEngine, _ key: Int?, _ now: Int64) -> [Bucket] {
    let reader = engine.reader(account, key: key, at: now)
    let program = engine.program
    let anchor = program.cycleAnchor.map { reader.evaluate($0) }.flatMap { $0 == ValueType.none ? nil : $0 }
    return program.buckets.enumerated().map { index, bucket in
      var made = Bucket(bucket.name, available: reader.value(of: .available(index)))
      if let resets = bucket.resets {
        made.refill = Bucket.Refill(
          window: resets.window, anchor: anchor, allowance: max(0, reader.evaluate(resets.allowance)))
      }
      made.owed = max(0, 0 - reader.value(of: .posted(index)))
      if let rate = bucket.rate.map({ reader.evaluate($0) }), rate != ValueType.none, rate >> 32 > 0 {
        made.rate = Ratio(packed: rate)
      }
      made.closedBy =
        program.rules.first { rule in
          guard case .gate(index, _) = rule.kind, rule.clauses.allSatisfy({ isAboutAccount($0, program) }) else {
            return false
          }
          return rule.clauses.contains { reader.evaluate($0) == 0 }
        }?.name
      return made
    }
  }

  /// Whether a condition is the same for every event.
  private static func isAboutAccount(_ expr: Expr, _ program: Program) -> Bool {
    var isSo = true
    expr.walk { node in
      switch node.kind {
      case .fact(.field), .fact(.record), .fact(.eventKey): isSo = false
      case .named(let index): if !isAboutAccount(program.lets[index].value, program) { isSo = false }
      default: break
      }
    }
    return isSo
  }

  // MARK: - Looking ahead

  private static func look(ahead buckets: [Bucket], spent: Int64, days: Int, from now: Int64) -> Outlook {
    var outlook = Outlook(
      days: days, spent: spent, end: .noPace, buckets: Array(repeating: .noPace, count: buckets.count))
    // Sums are kept times the microseconds of the stretch, so that what is spent in one of them is a whole number.
    let scale = Int128(days) * Int128(Instant.perDay)
    func worth(_ nano: Int64, _ bucket: Bucket) -> Int128 {
      guard bucket.closedBy == nil, nano > 0 else { return 0 }
      guard let rate = bucket.rate, rate.numerator > 0 else { return Int128(nano) * scale }
      return Int128(nano) * Int128(rate.denominator) / Int128(rate.numerator) * scale
    }
    var left = buckets.map { worth($0.available, $0) }
    var emptied: [Int64?] = left.map { $0 <= 0 ? now : nil }
    if left.allSatisfy({ $0 <= 0 }) {
      outlook.end = .at(now)
      outlook.buckets = emptied.map { $0.map(End.at) ?? .noPace }
      return outlook
    }
    guard spent > 0 else {
      outlook.buckets = emptied.map { $0.map(End.at) ?? .noPace }
      return outlook
    }
    func nextRefill(_ time: Int64) -> Int64 {
      buckets.compactMap { bucket in
        bucket.refill.flatMap { $0.allowance > 0 && bucket.closedBy == nil ? $0 : nil }
          .map { BillingCalendar.window($0.window, at: time, anchor: $0.anchor).end }
      }.min() ?? Int64.max
    }
    var time = now
    var quiet = 0
    let longest = buckets.compactMap { $0.refill?.window.rawValue }.max()
    let latest = Instant.latest.microseconds
    for _ in 0..<mostTurns {
      guard let drawn = left.firstIndex(where: { $0 > 0 }) else {
        outlook.end = .at(time)
        break
      }
      let refill = nextRefill(time)
      // The first microsecond in which there is not enough.
      let lasts = Int64(clamping: left[drawn] / Int128(spent))
      let (empties, overflow) = time.addingReportingOverflow(lasts)
      if buckets[drawn].refill == nil { quiet = 0 }
      if !overflow, empties < refill, empties <= latest {
        left[drawn] = 0
        time = empties
        emptied[drawn] = emptied[drawn] ?? time
        continue
      }
      if refill > latest || refill == Int64.max {
        outlook.end = .notBefore(latest)
        break
      }
      left[drawn] -= Int128(refill - time) * Int128(spent)
      time = refill
      for (place, bucket) in buckets.enumerated() {
        guard let filled = bucket.refill, filled.allowance > 0,
          BillingCalendar.window(filled.window, at: time, anchor: filled.anchor).start == time
        else { continue }
        left[place] = worth(filled.allowance, bucket)
        if filled.window.rawValue == longest { quiet += 1 }
      }
      if quiet >= quietTurns,
        emptied.enumerated().allSatisfy({ $1 == nil || buckets[$0].refill == nil || left[$0] > 0 })
      {
        outlook.end = .never
        break
      }
    }
    if outlook.end == .noPace { outlook.end = .notBefore(time) }
    outlook.buckets = emptied.map { $0.map(End.at) ?? (outlook.end == .never ? .never : .notBefore(time)) }
    return outlook
  }
}
