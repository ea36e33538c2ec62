import Diagnostics
import Testing

@testable import Commands
@testable import Shell

/// The line that says how far something is.
@Suite("Progress bar")
struct ProgressBarTests {
  /// A terminal of so many columns.
  final class Screen: TextSink {
    var text = ""
    let isTerminal: Bool
    var isColored = false
    let width: Int

    init(width: Int = 80, isTerminal: Bool = true) {
      self.width = width
      self.isTerminal = isTerminal
    }

    func write(_ text: String) { self.text += text }
  }

  static func drawn(
    on screen: Screen, in environment: [String: String] = ["LANG": "en_US.UTF-8"],
    _ steps: [(milliseconds: Int, progress: ProgressBar.Progress)]
  ) -> ProgressBar {
    let start = ContinuousClock.now
    let console = Console(out: KeptText(), error: screen, environment: environment)
    var bar = ProgressBar("importing x.csv", counting: "rows", console, from: start)
    for (milliseconds, progress) in steps { bar.show(progress, now: start + .milliseconds(milliseconds)) }
    return bar
  }

  static let half = ProgressBar.Progress(count: 1_284, part: 50, whole: 100)

  @Test("it shows after half a second, at most ten times a second, and on a terminal only")
  func patience() {
    let screen = Screen()
    _ = Self.drawn(on: screen, [(0, Self.half), (499, Self.half)])
    #expect(screen.text.isEmpty)
    _ = Self.drawn(on: screen, [(500, Self.half), (550, Self.half), (599, Self.half)])
    #expect(screen.text.count { $0 == "\r" } == 1)
    _ = Self.drawn(on: screen, [(500, Self.half), (600, Self.half)])
    #expect(screen.text.count { $0 == "\r" } == 3)
    for (screen, environment) in [(Screen(isTerminal: false), [:]), (Screen(), ["TERM": "dumb"])] {
      _ = Self.drawn(on: screen, in: environment, [(900, Self.half)])
      #expect(screen.text.isEmpty)
    }
  }

  @Test("it says how far, how many, how fast and how long")
  func words() {
    let screen = Screen()
    _ = Self.drawn(on: screen, [(2_000, Self.half)])
    #expect(screen.text == "\rimporting x.csv  ▕████████████░░░░░░░░░░░░░▏  50%  1,284 rows  642/s  0:02 left\u{1B}[K")
    let unknown = Screen()
    _ = Self.drawn(on: unknown, [(2_000, ProgressBar.Progress(count: 10, part: 10))])
    #expect(unknown.text == "\rimporting x.csv  10 rows  5/s\u{1B}[K")
    let plain = Screen()
    _ = Self.drawn(on: plain, in: ["LC_ALL": "C", "LANG": "en_US.UTF-8"], [(2_000, Self.half)])
    #expect(plain.text.contains("[############.............]"))
  }

  @Test("no width breaks it, and it fits on the line", arguments: [0, 1, 19, 20, 30, 50, 79, 80, 200, 100_000])
  func widths(width: Int) {
    for progress in [
      Self.half, .init(count: 0, part: 0, whole: 0), .init(count: .max, part: .max, whole: 1),
      .init(count: 5, part: -3, whole: 7), .init(count: 5, part: 100, whole: 100), .init(count: 1, whole: nil),
      .init(count: 1, part: 1, whole: .max),
      .init(count: .max, part: .max - 1, whole: .max),
    ] {
      let screen = Screen(width: width)
      _ = Self.drawn(on: screen, [(3_000, progress)])
      let line = screen.text.dropFirst().replacing("\u{1B}[K", with: "")
      #expect(line.count < max(20, width), "\(width): \(line)")
    }
  }

  @Test("nothing of it is left")
  func clearing() {
    let screen = Screen()
    var bar = Self.drawn(on: screen, [(500, Self.half)])
    bar.clear()
    #expect(screen.text.hasSuffix("\r\u{1B}[K"))
    let before = screen.text
    bar.clear()
    #expect(screen.text == before)
    let silent = Screen()
    var unseen = Self.drawn(on: silent, [(10, Self.half)])
    unseen.clear()
    #expect(silent.text.isEmpty)
  }

  @Test("numbers have commas")
  func counts() {
    let table: [(Int, String)] = [
      (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (1_284_310, "1,284,310"), (-1_000, "-1,000"),
      (.max, "9,223,372,036,854,775,807"), (.min, "-9,223,372,036,854,775,808"),
    ]
    for (number, text) in table { #expect(Count.text(number) == text) }
    #expect(Count.text(1, "row") == "1 row" && Count.text(0, "row") == "0 rows" && Count.text(2, "key") == "2 keys")
  }

  @Test("the words of a provider's command")
  func providerWords() {
    let table: [(String, [String]?)] = [
      ("", []), ("  ", []), ("./p", ["./p"]), (" ./p  --live ", ["./p", "--live"]),
      ("'my prog' \"--key=a b\" c'd'e", ["my prog", "--key=a b", "cde"]), ("p ''", ["p", ""]), ("p 'x", nil),
      ("p \"x'", nil),
    ]
    for (command, words) in table { #expect(ProviderOptions.words(of: command) == words, "\(command)") }
  }
}
