import ArgumentParser
import Engine
import Formats
import Lab
import Shell
import Store
import Values

/// `payg account …`: accounts from outside of the rules.
struct AccountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Add accounts.", subcommands: [AccountAddCommand.self])
}

struct AccountAddCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add accounts, with keys, an opening balance and settings.",
    discussion: """
      All of it happens or nothing. The balance goes into the bucket that payments go into. Put amounts into single \
      quotes: a shell takes `$20` for a variable.

      EXAMPLES:
        payg account add acme --key k1
        payg account add acme --key k1 --balance '$20' --set 'fallback.enabled on'
        payg account add north west --key k1 --set 'teams.key_limit to $5'
      """)

  @Argument(help: "The names.")
  var names: [String]

  @Option(name: .long, help: "A key of it; may be given several times.")
  var key: [String] = []

  @Option(name: .long, help: ArgumentHelp("What it has to begin with.", valueName: "amount"))
  var balance: String?

  @Option(name: .long, help: ArgumentHelp("A setting: `NAME to VALUE`; may be given several times.", valueName: "line"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("When; without it, now.", valueName: "time"))
  var at: String?

  @Flag(name: .customLong("json"), help: "Print them as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let time = try at.map { try TimeText.time($0, of: "--at") }
    let opening = try balance.map { try AmountText.nano($0, of: "--balance") }
    let open = try store.open(console)
    let states = try open.write { writer in
      let engine = try writer.engine
      let bucket = engine.program.paidBucket
      if opening != nil, bucket == nil {
        throw Complaint(message: "no bucket of the policy keeps lots, so none takes a balance")
      }
      for name in names {
        try writer.addAccount(name, at: time)
        for one in key { try writer.addKey(one, to: name, at: time) }
        for line in set {
          let change = try SettingLine(
            [line], in: engine.program, keys: key, from: "--set", now: time ?? writer.now, console)
          try change.check(account: name)
          try change.apply(to: name, at: time, writer)
        }
        if let opening, let bucket { try writer.adjust(bucket: bucket, to: opening, account: name, at: time) }
      }
      return try names.map { try AccountView($0, writer) }
    }
    if asJSON {
      console.print(AccountView.json(states, schema: "payg.accounts/1").compact)
    } else {
      for state in states { console.print("added \(state.name)\(state.keyText): \(state.summary)") }
    }
    return .answered
  }
}

/// Amounts on the command line.
enum AmountText {
  /// Nano-dollars, from `$20` or `20 usd`. A bare number is refused: it may be what a shell left of `$20`.
  static func nano(_ text: String, of what: String) throws(Complaint) -> Int64 {
    do throws(ValueError) {
      return try Money(parsing: text).nano
    } catch {
      throw Complaint(
        message: "\(what): \(error.message)", help: "write it in single quotes: \(what) '$20'", status: .badCommandLine)
    }
  }
}
