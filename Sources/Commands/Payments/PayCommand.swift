import ArgumentParser
import Diagnostics
import Engine
import Formats
import Shell
import Store
import Values

/// `payg pay …`: what the payment provider has to be asked.
struct PayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pay", abstract: "Ask the payment provider what has to be asked, and see what waits.",
    subcommands: [PayPendingCommand.self, PayListCommand.self])
}

struct PayPendingCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "pending", abstract: "Ask the payment provider for everything that waits in the outbox.",
    discussion: """
      Each request goes out with the key it had before, so it takes effect once, however often it is sent and whoever \
      sends it. Events that wait for the answer are taken up. Run it every minute, and after a crash. Exit 1 where \
      something is still unknown; what the provider calls pending is not.

      EXAMPLES:
        payg pay pending --provider './my-provider --live'
        payg pay pending --limit 100 --json
      """)

  @Option(name: .long, help: "At most so many requests.")
  var limit: Int?

  @Flag(name: .customLong("json"), help: "Print what was asked and answered as JSON.")
  var asJSON = false

  @OptionGroup
  var provider: ProviderOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let open = try store.open(console)
    guard let provider = try provider.provider(console, isTest: open.read { reader in reader.isTest }) else {
      throw Complaint(
        message: "no payment provider is named",
        help: "payg pay pending --provider './my-provider --live', or once: export \(ProviderOptions.variable)=…",
        status: .badCommandLine)
    }
    var bar = ProgressBar("asking \(provider.name)", counting: "requests", console)
    defer { bar.clear() }
    let ink = Ink(console.out.isColored)
    let report = try open.drain(asking: provider, limit: limit ?? .max) { number, whole, asked in
      bar.clear()
      if !asJSON { console.print("\(asked.request.account)  \(paint(asked, ink))  \(asked.request.key)") }
      bar.show(ProgressBar.Progress(count: number, part: number, whole: whole))
    }
    bar.clear()
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.pay/1"), .init("sent", .integer(Int64(report.sent))),
        .init("resumed", .integer(Int64(report.resumed))),
        .init("asked", .list(report.asked.map(object))),
      ]
      console.print(Json.object(json).compact)
    } else {
      console.print(summary(report))
    }
    return report.faults.isEmpty ? .answered : .failed
  }

  private func summary(_ report: DrainReport) -> String {
    if report.sent == 0, report.resumed == 0 { return "nothing waits" }
    let counts = [
      (report.paid.count, "paid"), (report.declined.count, "declined"), (report.failed.count, "failed"),
      (report.pending.count, "pending"), (report.faults.count, "unknown"),
    ]
    let outcomes = counts.filter { $0.0 > 0 }.map { "\(Count.text($0.0)) \($0.1)" }
    let resumed = report.resumed > 0 ? "; \(Count.text(report.resumed, "event")) taken up" : ""
    return "\(Count.text(report.sent, "request")) sent: \(outcomes.joined(separator: ", "))\(resumed)"
  }

  private func paint(_ asked: Asked, _ ink: Ink) -> String {
    let text = AnswerReport.text(asked)
    return switch asked.outcome {
    case .paid: text
    case .pending: ink.yellow(text)
    case .declined, .failed, .unknown: ink.red(text)
    }
  }

  private func object(_ asked: Asked) -> Json {
    .object(
      [
        .init("account", .text(asked.request.account)), .init("event", .integer(asked.event)),
        .init("answer", asked.answer.map { .integer($0) } ?? .null),
      ] + AnswerJSON.object(asked).members)
  }
}

struct PayListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the requests to the payment provider that have no answer.",
    discussion: """
      EXAMPLES:
        payg pay list
        payg pay list --json
      """)

  @Flag(name: .customLong("json"), help: "Print them as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let entries = try store.open(console, .read).read { reader in try reader.outbox() }
    if asJSON {
      console.print(
        Json.object([.init("schema", "payg.outbox/1"), .init("requests", .list(entries.map(object)))]).compact)
      return .answered
    }
    if entries.isEmpty { console.error.write("nothing waits\n") }
    for entry in entries {
      let request = entry.request
      let card = request.card.isEmpty ? "no card" : request.card
      let deed = request.kind == .collect ? "\(request.payment) from \(card)" : "\(request.payment) back to \(card)"
      let sent =
        entry.sent == 0
        ? "not sent" : "sent \(Count.text(entry.sent, "time")), last \(entry.sentAt.map(TimeText.text) ?? "unknown")"
      let fault = entry.fault.map { "; \($0)" } ?? ""
      console.print("\(request.account)  \(Money(nano: request.amount))  \(deed)  \(request.key)  \(sent)\(fault)")
    }
    return .answered
  }

  private func object(_ entry: OutboxEntry) -> Json {
    .object([
      .init("account", .text(entry.request.account)), .init("kind", .text(entry.request.kind.rawValue)),
      .init("key", .text(entry.request.key)), .init("amount_nano", .integer(entry.request.amount)),
      .init("card", .text(entry.request.card)), .init("payment", .text(entry.request.payment)),
      .init("event", .integer(entry.event)), .init("sent", .integer(Int64(entry.sent))),
      .init("sent_at", entry.sentAt.map { .text(TimeText.text($0)) } ?? .null),
      .init("fault", entry.fault.map { .text($0) } ?? .null),
    ])
  }
}
