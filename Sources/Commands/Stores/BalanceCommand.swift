import ArgumentParser
import Formats
import Store

struct BalanceCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance", abstract: "Show what an account has.",
    discussion: """
      EXAMPLES:
        payg balance acme
        payg balance acme --json
      """)

  @Argument(help: "The account.")
  var account: String

  @Flag(name: .customLong("json"), help: "Print it as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let view = try store.open(console, .read).read { reader in try AccountView(account, reader) }
    if asJSON {
      console.print(Json.object([.init("schema", "payg.balance/1")] + view.json.members).compact)
    } else {
      for line in view.lines(Ink(console.out.isColored)) { console.print(line) }
    }
    return .answered
  }
}
