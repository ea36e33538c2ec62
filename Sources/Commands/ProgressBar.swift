/// A line on standard error that says how far something is. It shows on a terminal only, once there is something to wait for,
/// and leaves nothing behind.
struct ProgressBar {
  /// What is begun and done before that shows no bar.
  static let patience = Duration.milliseconds(500)
  /// Drawn no more often than that.
  static let pause = Duration.milliseconds(100)

  /// How far it is: `part` of `whole` in any unit, for the bar; `count` of what people count, for the rate.
  struct Progress {
    var count: Int
    var part = 0
    /// Nil where nobody knows.
    var whole: Int?
  }

  private let sink: TextSink
  private let title: String
  /// What is counted: `rows`.
  private let unit: String
  private let isOn: Bool
  private let isPlain: Bool
  private let start: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant?

  init(
    _ title: String, counting unit: String, _ console: Console, from start: ContinuousClock.Instant = .now
  ) {
    sink = console.error
    self.title = title
    self.unit = unit
    self.start = start
    isOn = console.error.isTerminal && console.environment["TERM"] != "dumb"
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { console.environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    isPlain = !name.contains("utf-8") && !name.contains("utf8")
  }

  /// Draws it, if it is time to.
  mutating func show(_ progress: Progress, now: ContinuousClock.Instant = .now) {
    guard isOn, now - start >= ProgressBar.patience, drawn.map({ now - $0 >= ProgressBar.pause }) ?? true else {
      return
    }
    drawn = now
    sink.write("\r" + line(progress, after: now - start) + "\u{1B}[K")
  }

  /// Takes it away, before anything else is written.
  mutating func clear() {
    if drawn != nil { sink.write("\r\u{1B}[K") }
    drawn = nil
  }

  private func line(_ progress: Progress, after time: Duration) -> String {
    let width = max(20, min(sink.width, 1_000)) - 1
    let milliseconds = max(
      1, Int(time.components.seconds) * 1_000 + Int(time.components.attoseconds / 1_000_000_000_000_000))
    let rate = scaled(progress.count, 1_000, by: milliseconds)
    var words = "\(Count.text(progress.count)) \(unit)  \(Count.text(rate))/s"
    guard let whole = progress.whole, whole > 0 else { return clipped("\(title)  \(words)", width) }
    let part = min(max(0, progress.part), whole)
    words = "\(scaled(part, 100, by: whole))%  " + words
    if part > 0, part < whole {
      let left = scaled(milliseconds, whole - part, by: part) / 1_000
      words += "  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    }
    let room = width - title.count - words.count - 6
    guard room >= 5 else { return clipped("\(title)  \(words)", width) }
    let cells = min(30, room)
    let full = scaled(part, cells, by: whole)
    let bar =
      String(repeating: isPlain ? "#" : "█", count: full) + String(repeating: isPlain ? "." : "░", count: cells - full)
    return "\(title)  \(isPlain ? "[" : "▕")\(bar)\(isPlain ? "]" : "▏")  \(words)"
  }

  /// `number × factor ÷ divisor`, as near as 64 bits come to it.
  private func scaled(_ number: Int, _ factor: Int, by divisor: Int) -> Int {
    Int(clamping: Int128(number) * Int128(factor) / Int128(divisor))
  }

  private func clipped(_ text: String, _ width: Int) -> String { String(text.prefix(width)) }
}

/// Whole numbers for people: `1,284,310`.
enum Count {
  static func text(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 row`, `3 rows`
  static func text(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(text(number)) \(number == 1 ? one : many ?? one + "s")"
  }
}
