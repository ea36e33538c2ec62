import ArgumentParser
import Formats
import Shell
import Store

struct SetCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a setting of an account, of a key, or of all.",
    discussion: """
      LINE is what a scenario has behind `set`. What the policy does not allow is refused with its own words, exit 2.

      EXAMPLES:
        payg set acme limits.spending_limit to '$50'
        payg set acme 'teams.key_limit to $5 for key k2'
        payg set acme fallback.enabled on
        payg set --global topup.minimum to '$10'
      """)

  @Argument(help: "The account, unless --global is given; then `NAME to VALUE`, perhaps `for key KEY`.")
  var words: [String] = []

  @Flag(name: .customLong("global"), help: "Change what serves every account.")
  var isGlobal = false

  @Option(name: .long, help: ArgumentHelp("When; without it, now.", valueName: "time"))
  var at: String?

  @Flag(name: .customLong("json"), help: "Print the change as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    if words.count < (isGlobal ? 1 : 2) {
      throw ValidationError(
        isGlobal
          ? "name a setting: payg set --global topup.minimum to '$10'"
          : "name an account and a setting: payg set acme limits.spending_limit to '$50'")
    }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let time = try at.map { try TimeText.time($0, of: "--at") }
    let account = isGlobal ? nil : words[0]
    let line = Array(words.dropFirst(isGlobal ? 0 : 1))
    let change = try store.open(console).write { writer in
      let keys = try account.map { try writer.account($0).keyNames } ?? []
      let change = try SettingLine(
        line, in: writer.engine.program, keys: keys, from: "set", now: time ?? writer.now, console)
      try change.check(account: account)
      try change.apply(to: account, at: time, writer)
      return change
    }
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.set/1"), .init("account", account.map { .text($0) } ?? .null),
        .init("setting", .text(change.name)), .init("key", change.key.map { .text($0) } ?? .null),
        .init("value", .text(change.shown)),
      ]
      console.print(Json.object(json).compact)
    } else {
      let key = change.key.map { " for key \($0)" } ?? ""
      console.print("set \(change.name) to \(change.shown)\(key) \(account.map { "of \($0)" } ?? "for every account")")
    }
    return .answered
  }
}
