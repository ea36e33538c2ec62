import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A language of a few verbs, and statements that end with `;`.
final class Stage: LineAssistant {
  static let verbs = [
    ("accounts", "all accounts"), ("balance", "what an account has"), ("decisions", "what was decided"),
    ("need", "the smallest change"), ("show", "one thing"), ("topup", "add money"), ("trace", "every rule"),
    ("why", "why it was denied"),
  ]
  static let ids = (1...63).map { "req_\($0 + 900)" }

  func completions(of line: String, cursor: Int) -> CompletionList {
    let before = Array(line.unicodeScalars.prefix(cursor))
    let start = before.lastIndex(of: " ").map { $0 + 1 } ?? 0
    var view = String.UnicodeScalarView()
    view.append(contentsOf: before[start...])
    let typed = String(view)
    let all = start == 0 ? Stage.verbs : Stage.ids.map { ($0, "a request") }
    let fits = all.filter { $0.0.hasPrefix(typed) }.map { Candidate($0.0, description: $0.1) }
    let alike = all.filter { fits.isEmpty && $0.0.contains(typed) }.map { Candidate($0.0, description: $0.1) }
    return CompletionList(
      start: start, candidates: Array(fits.prefix(50)), alike: alike, more: max(0, fits.count - 50),
      common: fits.count > 50 ? "req_9" : nil)
  }

  func hint(for line: String) -> Hint? {
    switch line {
    case "topup": Hint(" $AMOUNT [then ...]")
    case "why me": Hint(" and more", accepts: " and more")
    case "wide": Hint(String(repeating: "w", count: 100))
    default: nil
    }
  }

  func isComplete(_ text: String) -> Bool {
    guard text.hasPrefix("select") else { return !text.hasSuffix("\\") }
    return text.hasSuffix(";") || text.hasSuffix("\n")
  }

  func helpCard(for line: String, cursor: Int) -> String? {
    line.hasPrefix("why") ? "why REQUEST   why it was denied\nexample: why req_981" : nil
  }
}

/// What was received, as one line of JSON.
func report(_ kind: String, _ text: String = "") {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  let words = (try? encoder.encode([kind: text])) ?? Data()
  print(String(decoding: words, as: UTF8.self))
  fflush(nil)
}

let environment = ProcessInfo.processInfo.environment
let stage = Stage()
let history = environment["STAGE_HISTORY"].map { HistoryFile(path: $0, limit: 4096) }
let reader = LineEditor.make(assistant: stage, history: history)
var prompt = Prompt(environment["STAGE_PROMPT"] ?? "payg> ")
if environment["STAGE_COLOR"] != nil { prompt.text = "\u{1B}[1;31mpayg\u{1B}[0m>\u{1B}[0m " }
print(reader is LineEditor ? "editing" : "plain")
var isOpen = true
while isOpen {
  switch reader.next(prompt) {
  case .ended:
    report("ended")
    isOpen = false
  case .interrupted: report("interrupted")
  case .line("quit"): isOpen = false
  case .line("work"):
    // Until Ctrl-C comes, as a long query would.
    Interrupt.clear()
    report("working")
    while !Interrupt.isRaised { usleep(5000) }
    report("stopped")
  case .line("sleep"):
    report("sleeping")
    usleep(500_000)
  case .line("ghost"):
    reader.preset("why req_981")
    report("line", "ghost")
  case .line("hints"):
    reader.hintsShown.toggle()
    report("hints", "\(reader.hintsShown)")
  case .line("page"):
    Pager.show((1...200).map { "row \($0)\n" }.joined(), environment: environment)
    report("line", "page")
  case .line("crash"): exit(3)
  case .line(let text):
    reader.remember(text)
    report("line", text)
  }
}
reader.close()
