import ArgumentParser
import Shell

/// A word of the command line for one event of the policy.
protocol EventVerb: Sendable {
  static var name: String { get }
  /// The event it stands for.
  static var event: String { get }
  static var abstract: String { get }
  static var examples: [String] { get }
}

extension EventVerb {
  static var event: String { name }
}

/// `payg request ACCOUNT LINE…` and its like: an event of the policy, as a line of a scenario says it.
struct VerbCommand<Verb: EventVerb>: ConsoleCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Verb.name, abstract: Verb.abstract,
      discussion: """
        LINE is what a scenario has behind the event's name (payg help events). Put amounts and texts into single \
        quotes: a shell takes `$20` for a variable. Exit 2 where it is denied, waits, or its id was used before.

        EXAMPLES:
        \(Verb.examples.map { "  payg " + $0 }.joined(separator: "\n"))
        """)
  }

  @Argument(help: "The account.")
  var account: String

  @Argument(help: "The event's fields, and perhaps `as ID` and `at TIME`.")
  var line: [String] = []

  @OptionGroup
  var event: EventOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    try EventRun(options: event, store: store, console: console).perform(on: account) { reader in
      try EventWords(event: Verb.event, line).request(on: account, reader, console)
    }
  }
}

/// `payg event NAME ACCOUNT LINE…`: any event of the policy.
struct EventCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "event", abstract: "Submit any event of the store's policy.",
    discussion: """
      An event of a family of your own needs no command of its own. `payg policy` lists them.

      EXAMPLES:
        payg event auto_topup acme enabled on, preset regular
        payg event new_card acme card visa
        payg event refund_requested acme --at 2026-02-01
      """)

  @Argument(help: "The event.")
  var name: String

  @Argument(help: "The account.")
  var account: String

  @Argument(help: "The event's fields, and perhaps `as ID` and `at TIME`.")
  var line: [String] = []

  @OptionGroup
  var event: EventOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    try EventRun(options: event, store: store, console: console).perform(on: account) { reader in
      try EventWords(event: name, line).request(on: account, reader, console)
    }
  }
}
