import ArgumentParser
import Shell

struct CompareCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Replay the same traffic under several policies, and tell them apart.",
    discussion: """
      The first is compared with each of the others. Each is `current` (the store's policy), a folder of rules, a reform \
      (laid over what is current), `rules+ten.rules`, `git:HEAD~1`, `HEAD~1:rules` or a hash of the store; or, in quotes \
      and with commas between them, what is supposed:

        limits.spending_limit default $10    a reform of one line
        model is gpt-4o-mini                 the same events, a field changed
        request.output at most 500           no more; `at least`: no less
        cached at least 60% of input         a share, rounded down to a unit
        output is 0 where account is acme    some events: where … and …
        never subscribe                      the same without such events
        first subscribe quota $20 rate 4/5   how accounts begin: a scenario's line
        fee $16 each month                   what a plan costs each account

      Traffic is a period of the store's history, or a file as `payg import usage` reads it. Each policy rules from the \
      beginning of the period, with the accounts as they were then; cards that were declined then are declined again.

      EXAMPLES:
        payg compare current ten.rules on last month
        payg compare rules rules+ten.rules on usage.csv --given 'balance is $20'
        payg compare current 'limits.spending_limit default $10' on last month
        payg compare current 'model is gpt-4o-mini' 'output at most 500' on 2026-10
        payg compare current 'cached at least 60% of input' on last month
        payg compare 'first cancel' 'first subscribe quota $20, fee $16 each month' \\
          on 2026-10 --accounts
        payg compare current ten.rules on 2026-10-01..2026-10-15 --exit-code
        payg compare current ten.rules on last month --html report.html
      """)

  @Argument(help: "Policies or what is supposed, `on`, and a period or a file.")
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
        payg backtest 'model is gpt-4o-mini' on 2026-10 --accounts
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
