/// What the program tells the shell that started it. Fixed numbers, never a count.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case answered = 0
  case failed = 1
  case negative = 2
  case brokenPolicy = 3
  case brokenStore = 4
  case incomplete = 5
  case badCommandLine = 64
  case interrupted = 130

  public var meaning: String {
    switch self {
    case .answered: "answered; a closed output pipe counts as that"
    case .failed:
      "failed: a file that is not there, an unknown name, no tests found, a plugin refused, a provider without an answer"
    case .negative:
      "the answer is no: a test failed, a file is not formatted, a case or a provider's answer differs, an event was denied or waits, a change was refused, an audit found something"
    case .brokenPolicy: "a rule file, a reform, a scenario or the policy of a store does not parse or check"
    case .brokenStore: "a store is missing, locked, full, of another version or damaged"
    case .incomplete:
      "done, but not all of it: rows of a file of usage were rejected, and are in the file of rejects; the others were taken"
    case .badCommandLine: "the command line is wrong"
    case .interrupted: "interrupted with Ctrl-C; what was done until then is kept"
    }
  }

  /// The table that `payg help exit-codes` prints.
  public static var table: String {
    let rows = allCases.map { status in
      let number = String(status.rawValue)
      return String(repeating: " ", count: 4 - number.utf8.count) + number + "  " + status.meaning
    }
    return (["exit  meaning"] + rows).joined(separator: "\n") + "\n"
  }
}
