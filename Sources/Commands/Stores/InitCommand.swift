import ArgumentParser
import Diagnostics
import Formats
import Lab
import Shell
import Store

struct InitCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a store: one file with accounts and all that ever happens to them.",
    discussion: """
      The store keeps the texts of its policy, so it needs the folder of rules no more. A test store has a clock of its \
      own that `payg clock` moves; a store without one lives by the clock of the machine.

      EXAMPLES:
        payg init acme.payg                           with the rules in ./rules
        payg init try.payg --test-clock 2026-01-01    to try things on
        payg init acme.payg --rules my-rules --reform ten.rules
      """)

  @Argument(help: "Where the store goes; without it, $\(StoreOptions.variable).", completion: .file())
  var store: String?

  @Option(name: .long, help: ArgumentHelp("The rules to decide by.", valueName: "dir"), completion: .directory)
  var rules: String?

  @Option(
    name: .long, help: ArgumentHelp("A reform to lay over the rules; may be given several times.", valueName: "file"))
  var reform: [String] = []

  @Option(name: .long, help: ArgumentHelp("Make a test store whose clock stands here.", valueName: "time"))
  var testClock: String?

  @Flag(name: .customLong("json"), help: "Print what was made as JSON.")
  var asJSON = false

  @OptionGroup
  var opening: OpeningOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    guard let path = store ?? console.environment[StoreOptions.variable], !path.isEmpty else {
      throw Complaint(message: "no store is named", help: "payg init acme.payg", status: .badCommandLine)
    }
    let clock = try testClock.map { try TimeText.time($0, of: "--test-clock") }
    let vocabulary = try opening.plugins.loaded(console).vocabulary
    guard let texts = try PolicyReading.checked(rules, reforms: reform, vocabulary, console) else {
      return .brokenPolicy
    }
    let made = try AccountStore.create(
      at: path, policy: texts, testClock: clock, patience: opening.patience,
      compile: PolicyReading.compiler(vocabulary))
    let hash = try made.read { reader in try reader.policyHash }
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.init/1"), .init("store", .text(path)), .init("id", .text(made.id)),
        .init("policy", .text(hash)), .init("test_clock", clock.map { .text(TimeText.text($0)) } ?? .null),
      ]
      console.print(Json.object(json).compact)
      return .answered
    }
    let kind = clock.map { "a test store, its clock at \(TimeText.text($0))" } ?? "a live store"
    console.print("made \(path): \(kind), policy \(PolicyTexts.short(hash))")
    console.print(Ink(console.out.isColored).dim("next: payg account add acme --key k1 --store \(path)"))
    return .answered
  }
}
