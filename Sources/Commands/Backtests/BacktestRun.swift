import ArgumentParser
import Backtest
import Diagnostics
import Engine
import Formats
import Lab
import Language
import Shell
import Store
import Values

/// What `compare` and `backtest` have in common.
struct BacktestOptions: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp(
      "The rules that are current and that reforms are laid over; without it, those of the store.", valueName: "folder"),
    completion: .directory)
  var rules: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How the accounts of a file begin, as in scenarios: 'balance is $20'; may be given several times.",
      valueName: "lines"))
  var given: [String] = []

  @Flag(name: .long, help: "The accounts of a file begin as they are in the store now.")
  var fromStore = false

  @Option(name: .long, help: "The event a row of a file is, unless a column `event` says otherwise.")
  var event = "request"

  @Option(
    name: .long,
    help: ArgumentHelp("What a column of a file is; may be given several times.", valueName: "column=field"))
  var column: [String] = []

  @Option(name: .long, help: "The account of every row that names none.")
  var account: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What every row of a file has in a field, whatever its columns say; may be given several times.",
      valueName: "field=value"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("Where times begin that are seconds from zero.", valueName: "time"))
  var start: String?

  @Option(name: .long, help: "How many rows of differences are kept; all are counted.")
  var rows = ComparisonOptions.usualRows

  @Option(name: .long, help: "Threads at work; without it, one for each core.")
  var threads = 0

  @Flag(name: .customLong("json"), help: "Print the report as JSON.")
  var asJSON = false

  @Flag(name: .customLong("csv"), help: "Print the rows that differ as CSV.")
  var asCSV = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Also write the report as one page of HTML, with charts, that stands alone; `-` is standard output.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(name: .long, help: "End with 2 where anything differs.")
  var exitCode = false

  @Flag(name: .long, help: "Print what each account that is touched would have paid; with --csv as CSV.")
  var accounts = false

  func validate() throws {
    guard rows >= 0, rows <= 10_000_000 else { throw ValidationError("--rows is from 0 to 10,000,000") }
    guard (0...256).contains(threads) else { throw ValidationError("--threads is from 1 to 256") }
    if html == "-", asJSON || asCSV {
      throw ValidationError(
        "--html - and --\(asJSON ? "json" : "csv") both take standard output: name a file for the page")
    }
  }
}

/// Carries out one comparison from the words of a command line.
struct BacktestRun {
  let options: BacktestOptions
  let store: StoreOptions
  let console: Console

  /// - Parameters:
  ///   - words: policies, `on`, and the words of a period or a file.
  ///   - base: a policy that stands before those named.
  func run(_ words: [String], base: String?) throws -> ExitStatus {
    guard let on = words.lastIndex(of: "on"), on > 0, on + 1 < words.count else {
      throw Complaint(
        message: "no traffic is named", help: "payg compare current ten.rules on last month", status: .badCommandLine)
    }
    let names = (base.map { [$0] } ?? []) + words[..<on].filter { $0 != "with" && $0 != "and" }
    guard names.count > 1 else {
      throw Complaint(
        message: "a comparison takes two policies", help: "payg compare current ten.rules on last month",
        status: .badCommandLine)
    }
    let (reading, path) = try reading()
    let candidates = try names.map { try reading.candidate($0) }
    let traffic = words[(on + 1)...].joined(separator: " ")
    return try replay(candidates, on: traffic, path) { result in
      var report = ComparisonReport(result)
      report.openings = openings(of: traffic)
      show(report)
      try write { report.page }
    }
  }

  /// Tries a setting at several values.
  func run(_ sweep: Sweep, on traffic: String) throws -> ExitStatus {
    let (reading, path) = try reading()
    return try replay(sweep.candidates(reading), on: traffic, path) { result in
      var report = SweepReport(sweep, result)
      report.openings = openings(of: traffic)
      if options.html != "-" {
        let (width, color) = (console.out.width, console.out.isColored)
        console.out.write(
          options.asJSON
            ? report.json.compact + "\n"
            : options.asCSV ? ComparisonReport(result).csv : report.text(width: width, color: color))
      }
      try write { report.page }
    }
  }

  private func reading() throws -> (CandidateReading, path: String?) {
    let path = try? store.path(console)
    let vocabulary = try store.opening.plugins.loaded(console).vocabulary
    var reading = CandidateReading(vocabulary: vocabulary, current: try current(path))
    if let path {
      reading.kept = { name in
        guard name.utf8.count >= 4, name.allSatisfy(\.isHexDigit) else { return nil }
        return try store.opening.open(path, console, .read).read { try PolicyTexts(kept: name, $0) }
      }
    }
    return (reading, path)
  }

  private func replay(
    _ candidates: [Candidate], on traffic: String, _ path: String?, _ show: (BacktestResult) throws -> Void
  ) throws -> ExitStatus {
    // A page that has no place is better known before a long replay than after it.
    if let page = options.html, page != "-",
      let found = page == traffic ? "it is the traffic" : FileTarget.refusal(of: page, store: path)
    {
      throw Complaint(message: "cannot write \(page): \(found)", help: "name another file: --html report.html")
    }
    if traffic == "-" || TextFile.isFile(traffic) {
      return try compare(candidates, over: file(traffic, candidates, path), show)
    }
    guard let path else {
      throw Complaint(
        message: "there is no file `\(traffic)`, and no store is named whose history it could be a period of",
        help: "name a store: --store acme.payg", status: .badCommandLine)
    }
    return try compare(candidates, over: history(traffic, path), show)
  }

  private func current(_ path: String?) throws -> PolicyTexts? {
    if options.rules == nil, let path {
      return try store.opening.open(path, console, .read).read { reader in try PolicyTexts(reader.policyFiles()) }
    }
    let folder = options.rules ?? RuleFolder.usual(executable: console.executable)
    if options.rules == nil, !TextFile.isFolder(folder) { return nil }
    return try RuleFolder(folder).load(vocabulary: store.opening.plugins.loaded(console).vocabulary).texts
  }

  // MARK: - Traffic

  private func history(_ period: String, _ path: String) throws -> StoreTraffic {
    let patience = store.opening.patience
    let compiler = try store.opening.compiler(console)
    let open: @Sendable () throws -> AccountStore = {
      try AccountStore.open(path, .read, patience: patience, compile: compiler)
    }
    let now = try open().read { reader in reader.now }
    let window = try Period(period, now: now)
    return try StoreTraffic(
      window.window, named: "\(period) (\(window.resolved))",
      readers: options.threads > 0 ? options.threads : ComparisonOptions.cores,
      open: open)
  }

  private func file(_ path: String, _ candidates: [Candidate], _ storePath: String?) throws -> FileTraffic {
    var reading = TrafficOptions(event: options.event)
    reading.account = options.account
    reading.start = try options.start.map { Instant(microseconds: try TimeText.time($0, of: "--start")) }
    for one in options.column where !reading.map(one) {
      throw Complaint(
        message: "`--column \(one)` names no field", help: "--column tokens_in=input", status: .badCommandLine)
    }
    for one in options.set where !reading.set(one) {
      throw Complaint(
        message: "`--set \(one)` sets no field", help: "--set model=gpt-4o", status: .badCommandLine)
    }
    let file = try FileTraffic(path, program: candidates[0].engine.program, options: reading)
    guard options.fromStore else {
      let openings = try GivenOpenings(options.given, at: file.start ?? 0, for: candidates)
      file.begin { _, candidate in openings.opening(under: candidate) }
      return file
    }
    guard options.given.isEmpty else {
      throw Complaint(
        message: "accounts begin as lines say or as in the store, not both", help: "leave out --given or --from-store",
        status: .badCommandLine)
    }
    let open = try store.open(console, .read)
    file.begin { account, candidate in
      try open.read { reader in
        let engine = try reader.candidate(candidate.engine, at: .now)
        guard try reader.hasAccount(account) else { return Opening(account: engine.newAccount(), engine: engine) }
        return Opening(account: try reader.account(account, at: .now, under: engine), engine: engine)
      }
    }
    return file
  }

  // MARK: - Comparing

  /// What several threads tell of, one at a time.
  private final class Progress: @unchecked Sendable {
    var bar: ProgressBar
    let hasCome: () -> Bool

    init(_ bar: ProgressBar, hasCome: @escaping () -> Bool) {
      self.bar = bar
      self.hasCome = hasCome
    }
  }

  private func compare(
    _ candidates: [Candidate], over traffic: some TrafficHistory, _ show: (BacktestResult) throws -> Void
  ) throws -> ExitStatus {
    var comparison = ComparisonOptions()
    comparison.rows = options.rows
    comparison.threads = options.threads
    console.interrupts.watch()
    let progress = Progress(
      ProgressBar("replaying \(traffic.name)", counting: "events", console), hasCome: console.interrupts.hasCome)
    defer { progress.bar.clear() }
    let result = try Comparison.run(
      candidates, over: traffic, options: comparison,
      progress: { step in
        progress.bar.show(ProgressBar.Progress(count: step.events, part: step.part, whole: step.whole))
      },
      isInterrupted: { progress.hasCome() })
    progress.bar.clear()
    try show(result)
    if result.isPartial {
      console.error.write("interrupted: the report is about the \(Count.text(result.events, "event")) until then\n")
      return .interrupted
    }
    return options.exitCode && result.differs ? .negative : .answered
  }

  /// How the accounts begin, for who reads the page.
  private func openings(of traffic: String) -> [String] {
    guard traffic == "-" || TextFile.isFile(traffic) else {
      return ["as they were in the store at the beginning of the period"]
    }
    if options.fromStore { return ["as they are in the store now"] }
    return options.given.isEmpty ? ["new, with nothing in them"] : options.given
  }

  private func write(_ page: () -> String) throws {
    guard let path = options.html else { return }
    guard path != "-" else {
      console.out.write(page())
      return
    }
    if let fault = FileTarget.write(page(), to: path) {
      throw Complaint(message: "cannot write \(path): \(fault)", help: "name a file that can be written")
    }
    console.error.write("wrote \(ShownText.text(path))\n")
  }

  private func show(_ report: ComparisonReport) {
    let result = report.result
    if options.html == "-" { return }
    if options.asJSON {
      console.print(report.json.compact)
    } else if options.accounts {
      let accounts = AccountsReport(result)
      console.out.write(options.asCSV ? accounts.csv : accounts.text())
    } else if options.asCSV {
      console.out.write(report.csv)
      for pair in result.comparisons where pair.rows.count < pair.differing {
        console.error.write(
          "note: the first \(Count.text(pair.rows.count)) of \(Count.text(pair.differing)) rows: --rows \(pair.differing)\n"
        )
      }
    } else {
      console.out.write(report.text(width: console.out.width, color: console.out.isColored))
    }
  }
}
