import ArgumentParser
import Formats
import Store
import Values

struct AccountsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "accounts", abstract: "List the accounts and what they have.",
    discussion: """
      EXAMPLES:
        payg accounts
        payg accounts --store acme.payg --json
      """)

  @Flag(name: .customLong("json"), help: "Print them as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let views = try store.open(console, .read).read { reader in
      try reader.accountNames().map { try AccountView($0, reader) }
    }
    if asJSON {
      console.print(AccountView.json(views, schema: "payg.accounts/1").compact)
      return .answered
    }
    if views.isEmpty {
      console.error.write("there are no accounts yet: payg account add acme --key k1\n")
    }
    let width = views.map(\.name.count).max() ?? 0
    for view in views {
      console.print(view.name + String(repeating: " ", count: width - view.name.count) + "  " + view.summary)
    }
    return .answered
  }
}
