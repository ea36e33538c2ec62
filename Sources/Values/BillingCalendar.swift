/// Where hours, days, weeks, months and billing cycles begin and end, in UTC.
///
/// Everything is computed from the moment alone: there is no job that could run late, and no stored date that could
/// drift. All numbers are microseconds since 1970.
public enum BillingCalendar {
  /// How far from 1970 the calendar is kept, either way: some 146,000 years. Beyond it lies one endless window on each
  /// side, so that no number, however absurd, can overflow.
  @inlinable public static var reach: Int64 { 1 << 62 }

  /// The window of this kind that the moment `micro` is in.
  ///
  /// A `.cycle` lasts from one monthly anniversary of `anchor` to the next. Anniversaries are always counted from the
  /// anchor itself, and fall on the last day of a month that is too short: from 31 January come 28 or 29 February and
  /// then 31 March. Moments before the anchor are in the windows that go on backwards from it.
  ///
  /// - Parameter anchor: where the first cycle began; without one a `.cycle` never ends, like `.ever`.
  @inlinable
  public static func window(_ kind: WindowKind, at micro: Int64, anchor: Int64?) -> Window {
    switch kind {
    case .ever: return .ever
    case .cycle where anchor == nil: return .ever
    default: break
    }
    if micro < -reach { return Window(start: Window.ever.start, end: -reach) }
    if micro >= reach { return Window(start: reach, end: Window.ever.end) }

    let window =
      switch kind {
      case .hour: repeating(micro, every: Instant.perHour, from: 0)
      case .day: repeating(micro, every: Instant.perDay, from: 0)
      // 1970-01-05 was a Monday.
      case .week: repeating(micro, every: 7 * Instant.perDay, from: 4 * Instant.perDay)
      case .month: cycle(at: micro, anchor: 0)
      case .cycle: cycle(at: micro, anchor: max(-reach, min(reach, anchor ?? 0)))
      case .ever: Window.ever
      }
    return Window(start: max(window.start, -reach), end: min(window.end, reach))
  }

  /// The moment `count` business days, Monday to Friday, later, or earlier when negative, at the same time of day.
  ///
  /// Counting from a Saturday or Sunday, Monday is the first day ahead and Friday the first day back. Zero days change
  /// nothing. There are no public holidays in it. A result out of ``reach`` stays at its edge.
  @inlinable
  public static func addBusinessDays(_ micro: Int64, _ count: Int) -> Int64 {
    if count == 0 { return micro }
    let bounded = max(-reach, min(reach, micro))
    var days = floorQuotient(bounded, Instant.perDay)
    let weekday = CivilDate(daysSinceEpoch: Int(days)).weekday
    // A weekend counts as the business day just behind, seen in the direction of travel.
    if weekday > 5 { days += count > 0 ? Int64(5 - weekday) : Int64(8 - weekday) }
    let fromMonday = weekday > 5 ? (count > 0 ? 4 : 0) : weekday - 1

    // Twice the days within reach lead from one end past the other: more could not matter.
    let farthest = 2 * Int(reach / Instant.perDay)
    let total = fromMonday + max(-farthest, min(farthest, count))
    let weeks = floorQuotient(total, 5)
    days += Int64(weeks * 7 + (total - weeks * 5) - fromMonday)

    let lastDay = reach / Instant.perDay + 1
    let moved = max(-lastDay, min(lastDay, days)) * Instant.perDay + floorRemainder(bounded, Instant.perDay)
    return max(-reach, min(reach, moved))
  }

  @inlinable
  static func repeating(_ micro: Int64, every size: Int64, from origin: Int64) -> Window {
    let start = origin + floorQuotient(micro - origin, size) * size
    return Window(start: start, end: start + size)
  }

  @inlinable
  static func cycle(at micro: Int64, anchor: Int64) -> Window {
    let anchorDate = Instant(microseconds: anchor).date
    let ofDay = floorRemainder(anchor, Instant.perDay)
    func anniversary(_ months: Int) -> Int64 {
      Int64(anchorDate.addingMonths(months).daysSinceEpoch) * Instant.perDay + ofDay
    }

    // Each calendar month holds exactly one anniversary: the window begins with this month's, or with the one before.
    let date = Instant(microseconds: micro).date
    var months = date.monthNumber - anchorDate.monthNumber
    if anniversary(months) > micro { months -= 1 }
    return Window(start: anniversary(months), end: anniversary(months + 1))
  }
}
