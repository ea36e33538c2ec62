import ArgumentParser
import Diagnostics
import Formats
import Shell
import Store

struct AuditCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Work everything out again from the history and say what differs.",
    discussion: """
      Decisions, postings, balances, meters, lots, holds, payments and sums. One line for each row that is not what \
      history says; exit 2 if there is one, 4 where the file itself is damaged.

      EXAMPLES:
        payg audit
        payg audit acme.payg --json
      """)

  @Argument(help: "The store; without it, that of --store.", completion: .file())
  var file: String?

  @Option(name: .long, help: "At most so many findings.")
  var limit = 100

  @Flag(name: .customLong("json"), help: "Print the findings as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit is at least 1") }
    if file != nil && store.path != nil { throw ValidationError("name the store once") }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let path = try file ?? store.path(console)
    let open = try store.opening.open(path, console, .read)
    var bar = ProgressBar("auditing \(path)", counting: "events", console)
    let report: AuditReport
    do throws(StoreFault) {
      report = try open.audit(limit: limit) { done, whole in
        bar.show(ProgressBar.Progress(count: done, part: done, whole: whole))
      }
    } catch {
      bar.clear()
      throw error
    }
    bar.clear()
    if asJSON {
      console.print(object(report, path).compact)
    } else {
      let ink = Ink(console.out.isColored)
      for finding in report.findings {
        let place = finding.account.map { "\($0)  " } ?? ""
        console.print(ink.red("wrong") + "  \(place)\(finding.table)  \(finding.row)  \(finding.text)")
      }
      let looked = "\(Count.text(report.events, "event")), \(Count.text(report.accounts, "account"))"
      if report.isClean {
        console.print(ink.green("clean") + "  \(path): \(looked)")
      } else {
        let more = report.more > 0 ? ", of which \(Count.text(report.findings.count)) are shown" : ""
        console.print("\(path): \(looked), \(Count.text(report.findings.count + report.more, "finding"))\(more)")
      }
    }
    return report.isClean ? .answered : .negative
  }

  private func object(_ report: AuditReport, _ path: String) -> Json {
    .object([
      .init("schema", "payg.audit/1"), .init("store", .text(path)), .init("clean", .bool(report.isClean)),
      .init("accounts", .integer(Int64(report.accounts))), .init("events", .integer(Int64(report.events))),
      .init("more", .integer(Int64(report.more))),
      .init(
        "findings",
        .list(
          report.findings.map { finding in
            [
              "account": finding.account.map { .text($0) } ?? .null, "table": .text(finding.table),
              "row": .text(finding.row), "text": .text(finding.text),
            ]
          })),
    ])
  }
}
