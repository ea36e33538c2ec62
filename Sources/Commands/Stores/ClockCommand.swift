import ArgumentParser
import Formats
import Shell
import Store
import Values

struct ClockCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock", abstract: "Show the time of a store, or move that of a test store.",
    discussion: """
      A live store lives by the clock of the machine. That of a test store is moved forward, never back.

      EXAMPLES:
        payg clock
        payg clock to 2026-02-01
        payg clock forward 3 days
      """)

  @Argument(help: "Nothing, `to TIME`, or `forward SPAN`.")
  var words: [String] = []

  @Flag(name: .customLong("json"), help: "Print the time as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let rest = words.dropFirst().joined(separator: " ")
    switch words.first {
    case nil: break
    case "to" where !rest.isEmpty:
      let time = try TimeText.time(rest, of: "clock to")
      try move(console) { _ in time }
    case "forward" where !rest.isEmpty:
      let span = try TimeText.span(rest, of: "clock forward")
      try move(console) { now in
        let (time, overflow) = now.addingReportingOverflow(span)
        return overflow ? (span < 0 ? Int64.min : Int64.max) : time
      }
    default:
      throw Complaint(
        message: "`\(words.joined(separator: " "))` does not say where the clock goes",
        help: "payg clock to 2026-02-01, or payg clock forward 3 days", status: .badCommandLine)
    }
    let (now, isTest) = try store.open(console, .read).read { reader in (reader.now, reader.isTest) }
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.clock/1"), .init("now", .text(TimeText.text(now))), .init("test", .bool(isTest)),
      ]
      console.print(Json.object(json).compact)
    } else {
      console.print(TimeText.text(now) + (isTest ? "  (a test store)" : "  (the clock of this machine)"))
    }
    return .answered
  }

  private func move(_ console: Console, to target: (Int64) -> Int64) throws {
    try store.open(console).write { writer in try writer.moveClock(to: target(writer.now)) }
  }
}
