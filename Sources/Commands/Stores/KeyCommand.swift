import ArgumentParser
import Diagnostics
import Engine
import Formats
import Lab
import Language
import Shell
import Store

/// `payg key …`: the API keys of an account.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Add and delete the keys of an account.",
    subcommands: [KeyAddCommand.self, KeyDeleteCommand.self])
}

struct KeyAddCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Give an account one more key.",
    discussion: """
      EXAMPLES:
        payg key add acme k2
        payg key add acme k2 && payg set acme 'teams.key_limit to $5 for key k2'
      """)

  @Argument(help: "The account.")
  var account: String

  @Argument(help: "The key's name. Not the secret itself: nobody needs to know that here.")
  var name: String

  @Option(name: .long, help: ArgumentHelp("When; without it, now.", valueName: "time"))
  var at: String?

  @Flag(name: .customLong("json"), help: "Print the account as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let time = try at.map { try TimeText.time($0, of: "--at") }
    let state = try store.open(console).write { writer in
      try writer.addKey(name, to: account, at: time)
      return try AccountView(account, writer)
    }
    if asJSON {
      console.print(AccountView.json([state], schema: "payg.accounts/1").compact)
    } else {
      console.print("added key \(name) to \(account)\(state.keyText)")
    }
    return .answered
  }
}

struct KeyDeleteCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Take a key away from an account; its history stays.",
    discussion: """
      Which event deletes a key, and what that means, is said by the policy: the shipped one has `delete_key`.

      EXAMPLES:
        payg key delete acme k2
      """)

  @Argument(help: "The account.")
  var account: String

  @Argument(help: "The key.")
  var name: String

  @OptionGroup
  var event: EventOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    try EventRun(options: event, store: store, console: console).perform(on: account) { reader in
      let program = try reader.engine.program
      guard let deletion = program.keyDeletion else {
        throw Complaint(
          message: "no event of the policy deletes a key",
          help: "add one to its rules: event delete_key \"a key is taken away\" key: key")
      }
      let keys = try reader.account(account).keyNames
      guard keys.contains(name) else {
        throw Complaint(
          message: "the account `\(account)` has no key `\(name)`",
          help: Suggestion.nearest(name, in: keys).map { "payg key delete \(account) \($0)" } ?? "payg accounts")
      }
      let declared = program.events[deletion]
      let fields = declared.fields.prefix(declared.givenCount).map { field -> EventCall.Value in
        field.type.base == .key ? .text(name) : .number(field.value ?? ValueType.none)
      }
      return EventRun.Request(event: deletion, fields: fields)
    }
  }
}

extension Program {
  /// The event that takes a key away: it must be given a key and nothing else, and its rules switch something on for that key.
  /// Of several the one that says so.
  fileprivate var keyDeletion: Int? {
    let found = events.indices.filter { index in
      let given = events[index].fields.prefix(events[index].givenCount)
      let needed = given.filter { $0.value == nil && !$0.type.isOptional }
      guard needed.count == 1, needed[0].type.base == .key else { return false }
      return rules.contains { $0.kind.events?.contains(index) == true && switchesKey($0) }
    }
    return found.first { events[$0].name == "delete_key" } ?? (found.count == 1 ? found[0] : nil)
  }

  private func switchesKey(_ rule: Rule) -> Bool {
    rule.effects.flatMap(\.operations).contains { operation in
      guard case .set(let setting, let value) = operation, case .constant(1) = value.kind else { return false }
      return settings[setting].scope == .key && settings[setting].type.base == .bool
    }
  }
}
