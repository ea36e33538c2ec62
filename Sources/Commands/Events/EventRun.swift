import ArgumentParser
import Diagnostics
import Engine
import Ledger
import Shell
import Store

/// Options of every command that submits an event.
struct EventOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("When it happens; without it, now.", valueName: "time"))
  var at: String?

  @Option(name: .long, help: "Its id: the same event with the same id happens once.")
  var id: String?

  @Flag(name: .customLong("json"), help: "Print the answer as JSON.")
  var asJSON = false

  @OptionGroup
  var provider: ProviderOptions
}

/// Submits one event to an account of a store, asks the payment provider what it has to be asked, and prints the answer.
struct EventRun {
  var options: EventOptions
  var store: StoreOptions
  var console: Console

  /// An event as its line says it.
  struct Request {
    /// Index of the event in the program.
    var event: Int
    var fields: [EventCall.Value]
    var id: String?
    var at: Int64?
  }

  /// - Parameter request: finds out, in the transaction of the event, what it is.
  func perform(on account: String, _ request: (StoreReader) throws -> Request) throws -> ExitStatus {
    let time = try options.at.map { try TimeText.time($0, of: "--at") }
    let open = try store.open(console)
    let provider = try options.provider.provider(console, isTest: open.read { reader in reader.isTest })
    let (call, submitted) = try open.write { writer in
      let found = try request(writer)
      if let id = options.id, let other = found.id, id != other {
        throw Complaint(
          message: "the line says `as \(other)` and --id says `\(id)`", help: "leave one of them out",
          status: .badCommandLine)
      }
      let call = EventCall(
        event: found.event, id: options.id ?? found.id ?? "", at: time ?? found.at ?? writer.now,
        fields: found.fields)
      return (call, try writer.submit(call, to: account))
    }
    let exchange = try open.goOn(with: submitted, asking: provider)
    let report = try open.read { reader in try AnswerReport(exchange, to: call, reader) }
    if options.asJSON {
      console.print(report.json(line: nil).compact)
    } else {
      for line in report.lines(Ink(console.out.isColored)) { console.print(line) }
    }
    if let fault = exchange.interruption {
      console.complain("the event is kept, and what followed is not: \(fault.message)", help: "payg pay pending")
      return fault.status
    }
    if let waiting = report.waitingText(hasProvider: provider != nil) {
      console.error.write(Ink(console.error.isColored).dim("note: \(waiting)") + "\n")
    }
    return report.status
  }
}
