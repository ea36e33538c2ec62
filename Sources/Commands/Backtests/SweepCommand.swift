import ArgumentParser
import Backtest
import Shell

struct SweepCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Replay traffic with one setting's default at several values.",
    discussion: """
      EXAMPLES:
        payg sweep 'limits.spending_limit in $10..$100 step $10' on last month
        payg sweep pricing.rounding in up, half_even on usage.csv
        payg sweep 'limits.spending_limit in $10, $20' on 2026-10 --html sweep.html
      """)

  @Argument(help: "A setting, `in`, its values, `on`, and a period or a file.")
  var words: [String]

  @OptionGroup
  var options: BacktestOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    // One word of the command line may be several.
    let words = words.flatMap { $0.split(separator: " ").map(String.init) }
    guard let on = words.lastIndex(of: "on"), on > 0, on + 1 < words.count else {
      throw Complaint(
        message: "no traffic is named", help: "payg sweep 'limits.spending_limit in $10..$100 step $10' on last month",
        status: .badCommandLine)
    }
    let sweep = try Sweep(words[..<on].joined(separator: " "))
    return try BacktestRun(options: options, store: store, console: console)
      .run(sweep, on: words[(on + 1)...].joined(separator: " "))
  }
}
