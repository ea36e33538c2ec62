import ArgumentParser
import Shell

/// `payg query "select …"`: SQL as a command.
struct QueryCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Answer SQL over documented, read-only views.",
    discussion: """
      `payg -c .schema` lists the views, `payg -c '.schema requests'` one with its columns.

      EXAMPLES:
        payg query "select code, count(*) from decisions group by code"
        payg query "select * from balances" --csv
      """)

  @Argument(help: "select, with or values.")
  var sql: String

  @Flag(name: .long, help: "All of it: no row is left out.")
  var all = false

  @OptionGroup
  var options: SessionOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    guard LineCutter.beginsSQL(sql) else {
      throw Complaint(message: "this is no query", help: "begin with select, with or values", status: .badCommandLine)
    }
    let session = try options.session(console, isInteractive: false)
    if all { session.showAll() }
    return session.ask(sql: sql).status
  }
}
