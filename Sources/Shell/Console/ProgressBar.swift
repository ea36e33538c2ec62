import Diagnostics

/// A line on standard error that says how far something is. It shows on a terminal only, once there is something to wait for,
/// and leaves nothing behind.
public struct ProgressBar {
  /// What is begun and done before that shows no bar.
  public static let patience = Duration.milliseconds(500)
  /// Drawn no more often than that.
  public static let pause = Duration.milliseconds(100)

  /// How far it is: `part` of `whole` in any unit, for the bar; `count` of what people count, for the rate.
  public struct Progress: Sendable {
    public var count: Int
    public var part: Int
    /// Nil where nobody knows.
    public var whole: Int?

    public init(count: Int, part: Int = 0, whole: Int? = nil) {
      self.count = count
      self.part = part
      self.whole = whole
    }
  }

  private let sink: TextSink
  private let title: String
  /// What is counted: `rows`.
  private let unit: String
  private let isOn: Bool
  private let isPlain: Bool
  private let start: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant?

  public init(
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
  public mutating func show(_ progress: Progress, now: ContinuousClock.Instant = .now) {
    guard isOn, now - start >= ProgressBar.patience, drawn.map({ now - $0 >= ProgressBar.pause }) ?? true else {
      return
    }
    drawn = now
    sink.write("\r" + line(progress, after: now - start) + "\u{1B}[K")
  }

  /// Takes it away, before anything else is written.
  public mutating func clear() {
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
