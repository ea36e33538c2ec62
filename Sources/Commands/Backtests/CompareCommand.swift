import ArgumentParser
import Shell

struct CompareCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Replay the same traffic under several policies, and tell them apart.",
    discussion: """
      The first policy is compared with each of the others. A policy is `current` (the store's), a folder of rules, a \
      reform (laid over what is current), `rules+ten.rules`, `git:HEAD~1`, or `HEAD~1:rules`. Traffic is a period of the \
      store's history, or a file as `payg import usage` reads it. Each policy rules from the beginning of the period, \
      with the accounts as they were then; cards that were declined then are declined again.

      EXAMPLES:
        payg compare current ten.rules on last month
        payg compare rules rules+ten.rules on usage.csv --given 'balance is $20'
        payg compare current ten.rules on 2026-10-01..2026-10-15 --exit-code
      """)

  @Argument(help: "Policies, `on`, and a period or a file.")
  var words: [String]

  @OptionGroup
  var options: BacktestOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    try BacktestRun(options: options, store: store, console: console).run(words, base: nil)
  }
}

struct BacktestCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Replay traffic under other policies than the current one, and compare.",
    discussion: """
      The same as `payg compare current …`.

      EXAMPLES:
        payg backtest ten.rules on last month
        payg backtest ten.rules twenty.rules on 2026-10 --json
      """)

  @Argument(help: "Policies, `on`, and a period or a file.")
  var words: [String]

  @OptionGroup
  var options: BacktestOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    try BacktestRun(options: options, store: store, console: console).run(words, base: "current")
  }
}
