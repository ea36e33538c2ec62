import Values

/// The days of a report from the first to the last, in steps of one day or of several.
struct DayAxis {
  let first: Int
  let last: Int
  /// Days in one step.
  let stride: Int

  var count: Int { (last - first) / stride + 1 }

  /// - Parameter days: as results name them, `2026-10-01`.
  /// - Returns: nil where there is none.
  init?(_ days: some Sequence<String>, most: Int) {
    let numbers = days.compactMap(Self.number)
    guard let first = numbers.min(), let last = numbers.max() else { return nil }
    self.first = first
    self.last = last
    let span = last - first + 1
    stride = span <= most ? 1 : span <= 7 * most ? 7 : (span + most - 1) / most
  }

  static func number(_ day: String) -> Int? { (try? Instant(parsing: day))?.date.daysSinceEpoch }

  /// Which step a day belongs to.
  func step(of day: String) -> Int? { Self.number(day).map { ($0 - first) / stride } }

  func date(of step: Int) -> CivilDate { CivilDate(daysSinceEpoch: first + step * stride) }

  /// `2 Oct`
  func name(of step: Int) -> String { DayText.short(date(of: step)) }

  /// Steps that are named below a drawing, from the first on: days, months or years, as many as there is room for.
  var ticks: [(step: Int, text: String)] {
    let days = last - first + 1
    if days <= 45 {
      let width = [1, 2, 7, 14].first { (days - 1) / $0 < 7 } ?? 14
      var month = 0
      return Swift.stride(from: 0, to: days, by: width).map { day in
        let date = CivilDate(daysSinceEpoch: first + day)
        defer { month = date.month }
        return (day / stride, date.month == month ? "\(date.day)" : DayText.short(date))
      }
    }
    let months = date(of: count - 1).monthNumber - date(of: 0).monthNumber + 1
    let width = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1_200].first { months / $0 <= 6 } ?? 2_400
    var found: [(step: Int, text: String)] = []
    var year = 0
    for step in 0..<count {
      let date = date(of: step)
      guard step == 0 ? date.day == 1 : date.monthNumber != self.date(of: step - 1).monthNumber else { continue }
      guard (date.month - 1 + 12 * (width > 12 ? date.year : 0)) % width == 0 else { continue }
      found.append(
        (
          step,
          width >= 12
            ? "\(date.year)"
            : date.year == year ? DayText.months[date.month - 1] : "\(DayText.months[date.month - 1]) \(date.year)"
        ))
      year = date.year
    }
    return found
  }
}

/// Days and times as people write them in English.
enum DayText {
  static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  private static let names = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  static func short(_ date: CivilDate) -> String { "\(date.day) \(months[date.month - 1])" }

  /// `2 October 2026`
  static func long(_ date: CivilDate) -> String { "\(date.day) \(names[date.month - 1]) \(date.year)" }

  /// `from 1 to 31 October 2026`, `on 2 October 2026`
  static func period(_ first: CivilDate, _ last: CivilDate) -> String {
    if first == last { return "on \(long(first))" }
    if first.year != last.year { return "from \(long(first)) to \(long(last))" }
    if first.month != last.month { return "from \(first.day) \(names[first.month - 1]) to \(long(last))" }
    return "from \(first.day) to \(long(last))"
  }

  /// `2 October 2026, 17:14:50 UTC`
  static func moment(_ microseconds: Int64) -> String {
    let moment = Instant(microseconds: microseconds)
    let text = moment.description
    let time = text.drop { $0 != "T" }.dropFirst().prefix { $0 != "Z" && $0 != "." }
    return "\(long(moment.date)), \(time) UTC"
  }
}
