import ArgumentParser
import Diagnostics
import Formats
import Lab
import Shell
import Store
import Values

struct ImportUsage: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "Charge a file of usage: CSV or JSON lines, packed by gzip or not.",
    discussion: """
      Columns are found by their names; --column says what the others are: at, account, key, id, event or a field of \
      the event. Rows are charged in the order they stand, many in one transaction. A row is known by its id, or by the \
      file's name and its line, and is charged once: after Ctrl-C or a crash the same command goes on where it \
      stopped. What cannot be read goes into a file of rejects that can be mended and imported, and the command ends with 5. A denied \
      row is an answer: it is kept like the others.

      EXAMPLES:
        payg import usage october.csv --column customer=account
        payg import usage trace.csv.gz --start 2026-01-01 --set model=gpt-4o
        payg import usage october.csv --dry-run    on a copy that is deleted
      """)

  private static let largestBatch = 1_000_000

  @Argument(help: "The file; `-` reads standard input.", completion: .file())
  var file: String

  @Option(name: .long, help: "The event a row is, unless a column `event` says otherwise.")
  var event = "request"

  @Option(
    name: [.customLong("column"), .customLong("map")],
    help: ArgumentHelp(
      "What a column is; may be given several times. Nothing behind `=`: it is left alone.", valueName: "column=field"))
  var column: [String] = []

  @Option(name: .long, help: "The account of every row that names none.")
  var account: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What every row has in a field, whatever its columns say; may be given several times.", valueName: "field=value"))
  var set: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("Where times begin that are seconds from zero, as in traces.", valueName: "time"))
  var start: String?

  @Option(name: .long, help: "What rows without an id are called, `NAME:LINE`; without it, the file's name.")
  var name: String?

  @Option(
    name: .long, help: ArgumentHelp("Where rows go that cannot be read; without it, FILE.rejects.", valueName: "file"),
    completion: .file())
  var rejects: String?

  @Option(name: .long, help: "At most so many rows in one transaction.")
  var batch = 5_000

  @Flag(name: .long, help: "Add accounts and keys that the store does not have.")
  var addAccounts = false

  @Flag(name: .long, help: "Try it on a copy of the store, ask no payment provider, keep nothing.")
  var dryRun = false

  @Flag(name: .customLong("json"), help: "Print the summary as JSON.")
  var asJSON = false

  @OptionGroup
  var provider: ProviderOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    guard (1...Self.largestBatch).contains(batch) else {
      throw ValidationError("--batch is from 1 to \(Self.largestBatch)")
    }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let options = try options()
    let path = try store.path(console)
    guard dryRun else { return try run(store.open(console), path, options, console) }
    return try Scratch.withFolder { folder in
      let copy = TextFile.join(folder, TextFile.lastName(path))
      try store.open(console, .read).backup(to: copy)
      return try run(store.opening.open(copy, console), path, options, console)
    }
  }

  private func options() throws -> TrafficOptions {
    var options = TrafficOptions(event: event)
    options.name = name
    options.account = account
    options.start = try start.map { Instant(microseconds: try TimeText.time($0, of: "--start")) }
    for one in column where !options.map(one) {
      throw Complaint(
        message: "`--column \(one)` names no field", help: "--column tokens_in=input", status: .badCommandLine)
    }
    for one in set where !options.set(one) {
      throw Complaint(
        message: "`--set \(one)` sets no field", help: "--set model=gpt-4o", status: .badCommandLine)
    }
    return options
  }

  private func run(
    _ open: AccountStore, _ path: String, _ options: TrafficOptions, _ console: Console
  ) throws -> ExitStatus {
    let (program, hash, isTest) = try open.read { reader in
      (try reader.engine.program, try reader.policyHash, reader.isTest)
    }
    let reader = try TrafficReader(file, program: program, options: options)
    var usage = UsageImport(
      open, name: reader.name, policy: hash, provider: dryRun ? nil : try provider.provider(console, isTest: isTest),
      rejects: try rejectFile(reader), addsAccounts: addAccounts, batch: batch)
    console.interrupts.watch()
    var bar = ProgressBar(dryRun ? "trying \(reader.name)" : "importing \(reader.name)", counting: "rows", console)
    defer { bar.clear() }
    let failure = usage.run(reader, isInterrupted: console.interrupts.hasCome) { rows in
      bar.show(ProgressBar.Progress(count: rows, part: reader.consumed, whole: reader.total))
    }
    bar.clear()
    let ink = Ink(console.error.isColored)
    for column in reader.unusedColumns where !asJSON {
      console.error.write(ink.dim("note: the column `\(column)` is not read") + "\n")
    }
    for note in usage.notes { console.error.write("\(note)\n") }
    let report = UsageReport(usage.counts, of: file, into: path, isDryRun: dryRun, rejects: usage.rejects)
    if asJSON {
      console.print(report.json.compact)
    } else {
      for line in report.lines(Ink(console.out.isColored)) { console.print(line) }
    }
    if let failure { throw failure }
    guard usage.counts.isInterrupted else { return usage.counts.rejected > 0 ? .incomplete : .answered }
    console.error.write(
      "interrupted after line \(usage.counts.line); the same command goes on from there, rows that are known are passed over\n"
    )
    return .interrupted
  }

  /// Where rejected rows go. A file that is there already is never written over: a rerun takes the next name that is free.
  private func rejectFile(_ reader: TrafficReader) throws -> RejectFile? {
    if dryRun { return nil }
    if let rejects {
      guard !TextFile.isFile(rejects), !TextFile.isFolder(rejects) else {
        throw Complaint(message: "`\(rejects)` exists already", help: "choose another name, or move it: --rejects FILE")
      }
      return RejectFile(rejects, of: reader)
    }
    let usual = (file == "-" ? reader.name : file) + ".rejects"
    var path = usual
    var number = 2
    while TextFile.isFile(path) || TextFile.isFolder(path) {
      path = "\(usual)-\(number)"
      number += 1
    }
    return RejectFile(path, of: reader)
  }
}

extension TrafficFault: CommandFault {
  public var status: ExitStatus { .failed }
}

extension InputFault: CommandFault {
  public var status: ExitStatus { .failed }
}
