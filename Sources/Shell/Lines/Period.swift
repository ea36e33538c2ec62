import Values

/// A stretch of time as people say it: `last month`, `2026-10`, `yesterday`, `-7d`, `2026-10-01..2026-10-15`. Always UTC.
public struct Period: Sendable, Hashable {
  /// `[start, end)`, in microseconds since 1970.
  public var window: Window
  /// As it was said.
  public var text: String

  /// Words that can be a period, looked at alone.
  static func isPeriod(_ words: [String]) -> Bool { (try? Period(words.joined(separator: " "), now: 0)) != nil }

  /// - Parameters:
  ///   - text: `today`, `yesterday`, `this week`, `last month`, `last 7 days`, `-7d`, `2026`, `2026-10`, `2026-10-15`,
  ///     `2026-10-01..2026-10-15` (its last day included), `all`.
  ///   - now: the time it is, in microseconds since 1970.
  public init(_ text: String, now: Int64) throws(Complaint) {
    self.text = text
    let words = text.split(separator: " ").map(String.init)
    guard let window = try Period.window(words, now: now) else {
      throw Complaint(
        message: "`\(text)` is no period",
        help: "write `last month`, `this week`, `2026-10`, `2026-10-01..2026-10-15`, `-7d` or `all`")
    }
    self.window = window
  }

  /// Its days and their number, at least one.
  public var dayCount: Int { max(1, Int((window.end - window.start) / Instant.perDay)) }

  /// `2026-10-01 .. 2026-10-31 UTC`, both days included.
  public var resolved: String {
    if window == .all { return "all of it" }
    let last = Instant(microseconds: window.end - 1)
    let first = Instant(microseconds: window.start)
    let isWhole = window.start % Instant.perDay == 0 && window.end % Instant.perDay == 0
    if isWhole, first.dateText == last.dateText { return "\(first.dateText) UTC" }
    return isWhole
      ? "\(first.dateText) .. \(last.dateText) UTC"
      : "\(first) .. \(last)"
  }

  private static func window(_ words: [String], now: Int64) throws(Complaint) -> Window? {
    // What happens just now is in it.
    let end = min(now, Instant.latest.microseconds - 1) + 1
    switch words.count {
    case 1:
      switch words[0] {
      case "all": return .all
      case "today": return whole(.day, at: now)
      case "yesterday": return whole(.day, at: now, back: 1)
      default: break
      }
      if let back = days(words[0]) { return Window(start: now - back * Instant.perDay, end: end) }
      guard let dots = words[0].firstRange(of: "..") else { return calendar(words[0]) }
      guard let from = calendar(String(words[0][..<dots.lowerBound])),
        let to = calendar(String(words[0][dots.upperBound...]))
      else { return nil }
      guard from.start < to.end else {
        throw Complaint(message: "`\(words[0])` ends before it begins", help: "write the earlier day first")
      }
      return Window(start: from.start, end: to.end)
    case 2:
      guard words[0] == "this" || words[0] == "last" else { return nil }
      let back = words[0] == "last" ? 1 : 0
      switch words[1] {
      case "day": return whole(.day, at: now, back: back)
      case "week": return whole(.week, at: now, back: back)
      case "month": return whole(.month, at: now, back: back)
      case "year": return year(Instant(microseconds: now).date.year - back)
      default: return nil
      }
    case 3:
      guard words[0] == "last", let count = Int64(words[1]), (1...100_000).contains(count) else { return nil }
      switch words[2] {
      case "day", "days": return Window(start: now - count * Instant.perDay, end: end)
      case "hour", "hours": return Window(start: now - count * Instant.perHour, end: end)
      case "week", "weeks": return Window(start: now - count * 7 * Instant.perDay, end: end)
      default: return nil
      }
    default: return nil
    }
  }

  /// The window that a time is in, or one before it.
  private static func whole(_ kind: WindowKind, at time: Int64, back: Int = 0) -> Window {
    let window = BillingCalendar.window(kind, at: time, anchor: nil)
    return back == 0 ? window : whole(kind, at: window.start - 1, back: back - 1)
  }

  /// `-7d`
  private static func days(_ word: String) -> Int64? {
    guard word.hasPrefix("-"), word.hasSuffix("d"), let count = Int64(word.dropFirst().dropLast()),
      (1...100_000).contains(count)
    else { return nil }
    return count
  }

  /// `2026`, `2026-10`, `2026-10-15`
  private static func calendar(_ word: String) -> Window? {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count),
      parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(\.isWholeNumber) }),
      let number = Int(parts[0]), (1970...9998).contains(number)
    else { return nil }
    if parts.count == 1 { return year(number) }
    guard let first = try? Instant(parsing: parts.count == 3 ? word : word + "-01") else { return nil }
    return whole(parts.count == 3 ? .day : .month, at: first.microseconds)
  }

  private static func year(_ year: Int) -> Window {
    func start(_ year: Int) -> Int64 { (try? Instant(parsing: "\(year)-01-01").microseconds) ?? 0 }
    return Window(start: start(year), end: start(year + 1))
  }
}

extension Window {
  /// All that a history can hold.
  public static var all: Window { Window(start: 0, end: Instant.latest.microseconds) }
}
