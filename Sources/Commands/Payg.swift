import ArgumentParser
import Diagnostics
import Engine
import Lab
import Shell
import Standard

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
      CommandGroup(name: "Looking", subcommands: AskedVerbs.look + [QueryCommand.self]),
      CommandGroup(name: "Asking why, and what if", subcommands: AskedVerbs.why),
      CommandGroup(
        name: "Replaying history", subcommands: [CompareCommand.self, BacktestCommand.self, SweepCommand.self]),
      CommandGroup(
        name: "Around it",
        subcommands: [PluginsCommand.self, ProviderCommand.self, CompletionsCommand.self, ShellCommand.self]),
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
  ///
  /// - Parameter converse: talks with somebody at a terminal; given by whoever has a line editor.
  public static func start(converse: ((Session) -> ExitStatus)? = nil) -> Never {
    var console = Console.ofSystem()
    if Console.isTyped { console.converse = converse }
    console.end(run(Array(CommandLine.arguments.dropFirst()), console))
  }

  /// Runs one command line.
  public static func run(_ arguments: [String], _ console: Console) -> ExitStatus {
    let arguments = movingFlags(arguments)
    if let status = promptAtOnce(arguments, console) { return status }
    guard let first = arguments.first else { return begin(console) }
    if isForShell(first) { return run(["shell"] + arguments, console) }
    // `payg acme.payg -c 'why r1'`
    if !names.contains(first), first.hasSuffix(".payg"), TextFile.isFile(first) {
      return run(["shell", "--store", first] + arguments.dropFirst(), console)
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

  /// `payg` alone: the shell at a terminal, a script from anywhere else; the greeting where there is nothing to ask.
  private static func begin(_ console: Console) -> ExitStatus {
    if console.isConversation || console.environment[StoreOptions.variable].map({ !$0.isEmpty }) ?? false {
      return run(["shell"], console)
    }
    console.out.write(greeting)
    return .answered
  }

  /// Whether a command line that begins so is the shell's: `-s acme.payg`, `-c 'why r1'`.
  private static func isForShell(_ first: String) -> Bool {
    first.hasPrefix("-") && !["-h", "--help", "--version", "--experimental-dump-help"].contains(first)
      && !first.hasPrefix("--generate-completion-script")
  }

  /// The prompt, where a command line says nothing but the store: `payg`, `payg -s acme.payg`, `payg acme.payg`.
  ///
  /// Reading options takes longer than all that a prompt needs, so that is left to command lines that have some.
  private static func promptAtOnce(_ arguments: [String], _ console: Console) -> ExitStatus? {
    guard console.isConversation, let converse = console.converse else { return nil }
    let path: String?
    switch arguments.count {
    case 0: path = console.environment[StoreOptions.variable]
    case 1: path = arguments[0].hasPrefix("-") || names.contains(arguments[0]) ? nil : arguments[0]
    case 2: path = ["-s", "--store"].contains(arguments[0]) ? arguments[1] : nil
    default: path = nil
    }
    guard let path, !path.isEmpty, TextFile.isFile(path) else { return nil }
    for sink in [console.out, console.error] {
      sink.isColored = ColorChoice.isOn(nil, environment: console.environment, isTerminal: sink.isTerminal)
    }
    var setup = SessionSetup(store: path)
    setup.isInteractive = true
    do {
      return converse(try setup.session(console, StandardPlugin.vocabulary))
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
      // What goes to the shell may have it in front.
      return flags.isEmpty || rest.first.map(isForShell) == true ? arguments : Array(rest)
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
