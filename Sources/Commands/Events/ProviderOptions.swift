import ArgumentParser
import Engine
import Plugins
import Shell
import Standard
import Store

/// Who is asked for money.
struct ProviderOptions: ParsableArguments {
  /// Names the provider where no option does.
  static let variable = "PAYG_PROVIDER"

  @Option(
    name: .customLong("provider"),
    help: ArgumentHelp(
      "The payment provider's program and its arguments; without it, $\(variable). A test store has one of its own.",
      valueName: "command"))
  var command: String?

  /// The provider to ask; nil where there is none, and what is asked for stays in the outbox.
  ///
  /// A provider moves real money, so a test store only takes one that is named on the command line.
  func provider(_ console: Console, isTest: Bool) throws -> (any PaymentProvider)? {
    if let command { return try Self.child(command, of: "--provider") }
    if isTest { return TestProvider() }
    guard let command = console.environment[Self.variable], !command.isEmpty else { return nil }
    return try Self.child(command, of: Self.variable)
  }

  private static func child(_ command: String, of what: String) throws -> any PaymentProvider {
    guard let words = words(of: command), !words.isEmpty else {
      throw Complaint(
        message: "\(what): a quote in `\(command)` is not closed", help: "--provider './my-provider --sandbox'",
        status: .badCommandLine)
    }
    return ChildProvider(words)
  }

  /// The words of a command, as a shell would part them: blanks part, quotes hold together. Nil where a quote is open.
  static func words(of command: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in command {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let whole = word { words.append(whole) }
    return quote == nil ? words : nil
  }
}
