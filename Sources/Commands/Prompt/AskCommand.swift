import ArgumentParser
import Shell

/// A verb of the shell that is a command as well.
protocol AskedVerb: Sendable {
  /// `spend`; of a verb of two words the two joined by a hyphen, too: `what-if`.
  static var name: String { get }
}

/// `payg spend acme for last month --json`: one line of the shell.
struct AskCommand<Asked: AskedVerb>: ConsoleCommand {
  static var verb: Verb? { Verbs.all.first { AskedLine.command(of: $0) == Asked.name } }

  static var configuration: CommandConfiguration {
    guard let verb else { return CommandConfiguration(commandName: Asked.name, shouldDisplay: false) }
    let examples = verb.examples.map { "  \(AskedLine.text($0, verb))" }.joined(separator: "\n")
    return CommandConfiguration(
      commandName: Asked.name, abstract: verb.summary.prefix(1).uppercased() + verb.summary.dropFirst() + ".",
      usage: "payg \(Asked.name) \(verb.shape.text) [<options>]",
      discussion: (verb.details.isEmpty ? "" : AskedLine.flowing(verb.details) + "\n\n") + "EXAMPLES:\n" + examples)
  }

  @Argument(help: "What the shell has behind the verb.")
  var words: [String] = []

  @Option(name: .long, help: "The account that is meant, where the line names none.")
  var account: String?

  @Flag(name: .long, help: "All of it: no row is left out.")
  var all = false

  @OptionGroup
  var options: SessionOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    guard let verb = Self.verb else { throw Complaint(message: "there is no verb `\(Asked.name)`") }
    // Whoever forgot to name their store is told so, rather than what an account has that nobody keeps.
    if verb.isQuery, options.rules == nil { _ = try options.store.path(console) }
    let session = try options.session(console, isInteractive: false)
    session.surroundings.spell = AskedLine.spelled
    if let account { try session.use(account) }
    // Where the rest of the line is one thing, whoever wrote it has put it into quotes as one.
    let line = verb.shape.takesRest ? words.joined(separator: " ") : Words.line(of: words)
    return session.ask(([verb.name] + [line, all ? "--all" : ""].filter { !$0.isEmpty }).joined(separator: " ")).status
  }
}

/// Lines of the shell as they are typed where each is a command.
enum AskedLine {
  static func command(of verb: Verb) -> String { verb.name.replacing(" ", with: "-") }

  /// `payg what-if 'delta topup $20'`
  static func text(_ line: String, _ verb: Verb) -> String {
    let rest = line.hasPrefix(verb.name) ? String(line.dropFirst(verb.name.count).drop { $0 == " " }) : line
    let isOne = verb.shape.takesRest && isSpecial(rest)
    let words = isOne ? [quoted(rest)] : Words(rest).words.map { word($0, of: rest) }
    return (["payg", command(of: verb)] + words).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// A help with its line, if it has one, as a command: `the latest is: why r1`.
  ///
  /// What goes on with a second line is left alone.
  static func spelled(_ help: String) -> String {
    guard ![", then ", "; then ", "   or: "].contains(where: help.contains) else { return help }
    let starts = [help.startIndex] + help.ranges(of: ": ").map(\.upperBound)
    for start in starts {
      let line = String(help[start...])
      guard let verb = verb(of: line) else { continue }
      // What only shows how a line is built cannot be cut as one.
      let isPattern = line.contains("[") || line.contains("…")
      let rest = line.dropFirst(verb.name.count)
      return help[..<start] + (isPattern ? "payg \(command(of: verb))\(rest)" : text(line, verb))
    }
    return help
  }

  /// A text whose lines were broken by hand, to be broken where a terminal ends.
  static func flowing(_ text: String) -> String { text.replacing("\n", with: " ") }

  /// The verb that a line begins with, if it is a command.
  private static func verb(of line: String) -> Verb? {
    let names = Set((AskedVerbs.look + AskedVerbs.why).compactMap { $0.configuration.commandName })
    return Verbs.all.filter { verb in
      names.contains(command(of: verb)) && (line == verb.name || line.hasPrefix(verb.name + " "))
    }.max { $0.name.count < $1.name.count }
  }

  /// One word; what sends an answer elsewhere is left to the shell that reads it.
  private static func word(_ word: Word, of line: String) -> String {
    let written = String(decoding: Array(line.utf8)[word.range], as: UTF8.self)
    if [">", ">>", "|"].contains(written) { return written }
    // A quote that is doubled in a line ends the quotes of another shell.
    if word.isQuoted, written.hasPrefix("'"), !word.text.contains("'") { return written }
    return word.isQuoted || isSpecial(written) ? quoted(word.text) : written
  }

  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  private static func isSpecial(_ text: String) -> Bool { text.contains { "$#\"*?<>|;&()`\\!~".contains($0) } }
}
