import ArgumentParser
import Diagnostics

/// The command line: `payg COMMAND …`.
public struct Payg: ParsableCommand {
  public static let version = "0.1.0"

  public static let configuration = CommandConfiguration(
    commandName: "payg",
    abstract: "Rules for pay-as-you-go billing: check them, test them, ask them why.",
    discussion: """
      EXAMPLES:
        payg check rules                 is the policy right, and what does it cost
        payg test rules --coverage       run its scenarios
        payg init acme.payg              make a store with accounts
        payg request acme model gpt-4o, input 1200, output 300 --store acme.payg

      More: payg help stores, events, submit, scenarios, providers, exit-codes, color
      """,
    version: version,
    subcommands: [ProbePluginCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Rules",
        subcommands: [
          CheckCommand.self, FormatCommand.self, TestCommand.self, ExplainCommand.self, ConformCommand.self,
        ]),
      CommandGroup(
        name: "A store and its accounts",
        subcommands: [
          InitCommand.self, AccountCommand.self, KeyCommand.self, SetCommand.self, ClockCommand.self,
          PolicyCommand.self, BackupCommand.self, AuditCommand.self,
        ]),
      CommandGroup(name: "Events", subcommands: EventVerbs.commands + [EventCommand.self]),
      CommandGroup(
        name: "Many events", subcommands: [SubmitCommand.self, ImportCommand.self, PayCommand.self]),
      CommandGroup(
        name: "Looking", subcommands: [AccountsCommand.self, BalanceCommand.self, WhyCommand.self]),
      CommandGroup(
        name: "Around it",
        subcommands: [PluginsCommand.self, ProviderCommand.self, CompletionsCommand.self]),
    ])

  public init() {}

  /// What `payg` alone prints.
  public static let greeting = """
    payg \(version): rules for pay-as-you-go billing

    try:
      payg check rules                 is the policy right, and what does it cost
      payg test rules --coverage       run its scenarios
      payg explain limits.cycle_limit  what a rule says, and which scenarios show it
      payg help stores                 accounts that are kept, requests that are charged

    all commands: payg --help

    """

  /// Runs one command line and ends the process.
  public static func start() -> Never {
    let console = Console.ofSystem()
    console.end(run(Array(CommandLine.arguments.dropFirst()), console))
  }

  /// Runs one command line.
  public static func run(_ arguments: [String], _ console: Console) -> ExitStatus {
    let arguments = movingFlags(arguments)
    guard let first = arguments.first else {
      console.out.write(greeting)
      return .answered
    }
    if first == "help", let topic = arguments.dropFirst().first, let text = HelpTopic.text(topic) {
      console.out.write(text)
      return .answered
    }
    let named = first == "help" ? arguments.dropFirst().first : first
    if let named, !named.hasPrefix("-"), !names.contains(named) {
      let near = Suggestion.nearest(named, in: names + (first == "help" ? HelpTopic.names : []))
      let prefix = first == "help" ? "payg help" : "payg"
      let help = near.map { "\(prefix) \($0)" } ?? "payg --help"
      console.complain("unknown command `\(named)`", help: eventHelp(named, arguments, console) ?? help)
      return .badCommandLine
    }
    do {
      var command = try parseAsRoot(arguments)
      if let command = command as? any ConsoleCommand { return try command.perform(prepared(console, command)) }
      try command.run()
      return .answered
    } catch {
      return report(error, console)
    }
  }

  /// What to write instead of the name of an event, which is no command.
  private static func eventHelp(_ name: String, _ arguments: [String], _ console: Console) -> String? {
    guard arguments.first == name, let options = StoreOptions.named(in: arguments, console),
      let program = try? options.open(console, .read).read({ reader in try reader.engine.program }),
      program.events.contains(where: { $0.name == name })
    else { return nil }
    return "payg event \(name) ACCOUNT …"
  }

  private static var names: [String] { configuration.subcommands.map { $0._commandName } + ["help"] }

  /// `--color` may stand before the command as well as behind it.
  private static func movingFlags(_ arguments: [String]) -> [String] {
    var rest = arguments[...]
    var flags: [String] = []
    while let first = rest.first, first == "--color" || first.hasPrefix("--color=") {
      flags += rest.prefix(first == "--color" ? 2 : 1)
      rest = rest.dropFirst(first == "--color" ? 2 : 1)
    }
    guard let command = rest.first, !flags.isEmpty, !command.hasPrefix("-"), command != "help" else {
      return flags.isEmpty ? arguments : Array(rest)
    }
    return [command] + flags + rest.dropFirst()
  }

  private static func prepared(_ console: Console, _ command: any ConsoleCommand) -> Console {
    for sink in [console.out, console.error] {
      sink.isColored = ColorChoice.isOn(
        command.shared.color, environment: console.environment, isTerminal: sink.isTerminal)
    }
    return console
  }

  private static func report(_ error: any Error, _ console: Console) -> ExitStatus {
    if let shown = error as? ShownFault { return shown.status }
    if let fault = error as? any CommandFault {
      console.complain(fault.message, help: fault.help)
      return fault.status
    }
    let code = exitCode(for: error)
    let message = fullMessage(for: error)
    let sink = code == .success ? console.out : console.error
    if !message.isEmpty { sink.write(message.hasSuffix("\n") ? message : message + "\n") }
    return ExitStatus(rawValue: code.rawValue) ?? .failed
  }
}

/// A command that writes to a console it is given.
protocol ConsoleCommand: ParsableCommand {
  var shared: SharedOptions { get }
  func perform(_ console: Console) throws -> ExitStatus
}

extension ConsoleCommand {
  func run() throws {
    let console = Console.ofSystem()
    console.end(try perform(console))
  }
}

/// Options that every command has.
struct SharedOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
  var color: ColorChoice?

  init() {}
}

/// Why a command could not do its work, for its user.
protocol CommandFault: Error {
  var message: String { get }
  var help: String? { get }
  var status: ExitStatus { get }
}

/// A fault that its user has been shown already.
struct ShownFault: Error {
  var status: ExitStatus
}

/// A fault made of a sentence.
struct Complaint: CommandFault {
  var message: String
  var help: String?
  var status: ExitStatus = .failed
}
