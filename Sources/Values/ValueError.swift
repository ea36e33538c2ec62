/// Why a text is not the value it should be.
///
/// Each case carries the text as it was written. ``message`` and ``help`` are sentences for its author.
public enum ValueError: Error, Hashable, Sendable {
  /// The text is no number at all.
  case notANumber(String)
  /// The text does not have the form of such a value.
  case unreadable(String, as: ValueForm)
  /// The number has more digits after the point than the value can keep.
  case tooManyDecimals(String, limit: Int)
  /// The number is written with more digits than are read at all.
  case tooManyDigits(String, limit: Int)
  /// The number cannot be kept exactly at the wanted scale.
  case inexact(String)
  /// The value is beyond its declared range.
  case outOfRange(String, of: ValueForm)
  /// The calendar has no such day.
  case impossibleDate(String)
  /// The day has no such time.
  case impossibleTime(String)
  /// A 61st second: days here always have 86,400.
  case leapSecond(String)
  /// Business days, whose length depends on where they begin.
  case businessDays(String)
}

/// The kinds of value that are read from text.
public enum ValueForm: Hashable, Sendable, CaseIterable {
  case number, money, rate, ratio, instant, timeSpan
}

extension ValueError: CustomStringConvertible {
  /// What is wrong: one lower-case sentence with the author's text in backticks.
  public var message: String {
    switch self {
    case .notANumber(let text): "\(quoted(text)) is not a number"
    case .unreadable(let text, let form): "\(quoted(text)) is not \(form.noun)"
    case .tooManyDecimals(let text, 0): "\(quoted(text)) is not a whole number"
    case .tooManyDecimals(let text, let limit): "\(quoted(text)) has more than \(limit) decimals"
    case .tooManyDigits(let text, let limit): "\(quoted(text)) has more than \(limit) digits"
    case .inexact(let text): "\(quoted(text)) has more decimals than can be kept"
    case .outOfRange(let text, let form): "\(quoted(text)) is out of range: \(form.range)"
    case .impossibleDate(let text): "\(quoted(text)) is not a day of the calendar"
    case .impossibleTime(let text): "\(quoted(text)) is not a time of day"
    case .leapSecond(let text): "\(quoted(text)) is a leap second, which has no place here"
    case .businessDays(let text): "\(quoted(text)) has no fixed length"
    }
  }

  /// What to write instead, ready to paste, or nil when nothing general can be said.
  public var help: String? {
    switch self {
    case .notANumber: "write digits, such as `1500` or `0.25`"
    case .unreadable(_, let form): "write it like \(form.examples)"
    case .tooManyDecimals, .tooManyDigits, .inexact: "round it where it is written"
    case .outOfRange, .impossibleDate: nil
    case .impossibleTime: "write a time from `00:00` to `23:59:59`"
    case .leapSecond: "write the second before, `:59`"
    case .businessDays: "write days, such as `7 days`"
    }
  }

  /// The same as ``message``.
  public var description: String { message }
}

extension ValueError {
  /// The longest text, in bytes, that is read as one value. Nothing people write comes near it.
  public static let textLimit = 256

  // Long enough to recognise what was written, short enough for one line.
  private static let shownLimit = 48

  private func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(ValueError.shownLimit + 1)
    guard shown.count > ValueError.shownLimit else { return "`\(text)`" }
    return "`\(String(shown.dropLast()))…`"
  }
}

extension ValueForm {
  /// The kind with its article: `an amount of money`.
  public var noun: String {
    switch self {
    case .number: "a number"
    case .money: "an amount of money"
    case .rate: "a rate"
    case .ratio: "a ratio"
    case .instant: "a time"
    case .timeSpan: "a duration"
    }
  }

  /// Two or three texts that would be read.
  var examples: String {
    switch self {
    case .number: "`1500` or `0.25`"
    case .money: "`$5`, `$0.006` or `150 units`"
    case .rate: "`$2.50 per 1M tokens`"
    case .ratio: "`4/5` or `20%`"
    case .instant: "`2026-10-15`, `2026-10-15 14:02` or `2026-10-15T14:02:11Z` (UTC)"
    case .timeSpan: "`1 hour`, `90 minutes` or `7 days`"
    }
  }

  /// The declared range in words.
  var range: String {
    switch self {
    case .number: "a number has at most 18 digits at its scale"
    case .money: "an amount is at most \(Money.largest)"
    case .rate: "a rate is between \(Rate.zero) and \(Rate.largest)"
    case .ratio: "both parts of a ratio are at most \(Int32.max)"
    case .instant: "a time lies between \(Instant.earliest.dateText) and \(Instant.latest.dateText)"
    case .timeSpan: "a duration is at most \(Int64.max / 86_400_000_000) days"
    }
  }
}
