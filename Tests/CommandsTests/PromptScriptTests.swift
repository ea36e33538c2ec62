import Formats
import Foundation
import Testing

@testable import Commands
@testable import Shell

/// Scripts of the shell with the real program: where lines come from, how they end, and what programs read of them.
@Suite("The prompt: scripts")
struct PromptScriptTests {
  /// What `balance delta` prints where nobody is at a terminal.
  private static let delta = """
    delta  2026-11-01 00:00:00 UTC
      quota    $0.00 of $20.00 until 2026-11-01T08:00:00Z
      balance  $30.049622

    """

  // MARK: - Where lines come from

  @Test("lines of one command line are one session: the account in focus and the last answer carry over")
  func lines() throws {
    let focused = try PromptStore.ask(["-c", "use delta", "-c", "balance"])
    #expect(focused.status == 0 && focused.out == Self.delta, "\(focused)")
    let asked = try PromptStore.ask(["-c", "why s0626-158", "-c", "need _"])
    let why = try PromptStore.ask(["-c", "why s0626-158"])
    let need = try PromptStore.ask(["-c", "need s0626-158"])
    #expect(asked.status == 0 && asked.out == why.out + need.out, "\(asked)")
    #expect(need.out.contains("any one of these"), "\(need)")
    let row = try PromptStore.ask(["-c", "select id from events where id = 's0626-158';", "-c", "why _1"])
    #expect(row.status == 0 && row.out.hasSuffix(why.out), "\(row)")
  }

  @Test("a file, standard input with and without `-f -`, and a here-document say the same")
  func sources() throws {
    try Program.withFolder { (folder: URL) throws in
      // With a byte order mark, a comment, Windows' line ends and no end of the last line.
      let script = "\u{FEFF}# who has what\r\nuse delta\r\n\r\nbalance"
      try Program.write(script, to: folder.appending(path: "ask.payg"))
      let runs = [
        try PromptStore.ask(["-f", "ask.payg"], in: folder),
        try PromptStore.ask(["-f", "-"], input: script),
        try PromptStore.ask([], input: script),
        try PromptStore.ask(["shell"], input: script),
        try PromptStore.bash(
          """
          payg -s "$0" <<'E'
          use delta
          balance
          E
          """, [try PromptStore.path()]),
        try PromptStore.bash(#"echo balance | payg -s "$0" -c 'use delta' -f -"#, [try PromptStore.path()]),
      ]
      for run in runs { #expect(run.status == 0 && run.out == Self.delta && run.error == "", "\(run)") }
      let missing = try PromptStore.ask(["-f", "nowhere.payg"], in: folder)
      #expect(missing.status == 1 && missing.error.hasPrefix("error: there is no `nowhere.payg`"), "\(missing)")
    }
  }

  @Test("a script with a first line for the kernel is a program")
  func kernel() throws {
    try Program.withFolder { (folder: URL) throws in
      // Written by the shell that starts it: no other child of this process may have it open for writing then.
      let run = try PromptStore.bash(
        """
        printf '%s\\n' '#!/usr/bin/env -S payg -f' 'use delta' balance 'expect balance is $1' balance > ask
        chmod +x ask
        ./ask
        """, environment: ["PAYG_STORE": try PromptStore.path()], in: folder)
      #expect(run.status == 2 && run.out.hasPrefix(Self.delta + "not ok  balance is $1\n"), "\(run)")
      #expect(run.out.components(separatedBy: Self.delta).count == 2, "what follows a check that fails is not done")
    }
  }

  @Test("SQL in a script ends at its semicolon, at an empty line, or with the script")
  func sql() throws {
    let script = "select 1 as a,\n  2 as b\n  ;\nselect 3 as a\n\nselect 4 as a"
    let run = try PromptStore.ask([], input: script)
    #expect(run.status == 0 && run.out == "1\t2\n3\n4\n", "\(run)")
  }

  // MARK: - How they end

  @Test("a script stops at the first error and says where; `--keep-going` goes on and fails nevertheless")
  func stops() throws {
    try Program.withFolder { (folder: URL) throws in
      try Program.write("use delta\nbalance\nwy s0626-158\nbalance\n", to: folder.appending(path: "ask.payg"))
      let error = """
        ask.payg:3: error: unknown verb `wy`
          wy s0626-158
          ^^
          try: why s0626-158

        """
      let stopped = try PromptStore.ask(["-f", "ask.payg"], in: folder)
      #expect(stopped.status == 1 && stopped.out == Self.delta && stopped.error == error, "\(stopped)")
      let gone = try PromptStore.ask(["--keep-going", "-f", "ask.payg"], in: folder)
      #expect(gone.status == 1 && gone.out == Self.delta + Self.delta && gone.error == error, "\(gone)")
      let piped = try PromptStore.ask([], input: "accounts\nshow nobody of\n")
      #expect(piped.status == 1 && piped.error.hasPrefix("standard input:2: error: "), "\(piped)")
      let lines = try PromptStore.ask(["-c", "balance delta", "-c", "wy x", "-c", "balance delta"])
      #expect(lines.status == 1 && lines.out == Self.delta && lines.error.hasPrefix("error: "), "\(lines)")
      // Verbs are written out, so that a new one breaks no script.
      let short = try PromptStore.ask(["-c", "bal delta"])
      #expect(short.status == 1 && short.error.contains("unknown verb `bal`"), "\(short)")
    }
  }

  /// One row of what the program may end with.
  struct Ending: Sendable, CustomTestStringConvertible {
    var status: Int32
    var arguments: [String]
    /// What standard error has; empty: nothing needs to be there.
    var says = ""
    var testDescription: String { "\(status): \(arguments.joined(separator: " "))" }
  }

  static let endings = [
    Ending(status: 0, arguments: ["-c", "balance delta"]),
    Ending(status: 0, arguments: ["-c", "why s0626-158"]),
    Ending(status: 0, arguments: ["why", "s0626-158"]),
    Ending(status: 0, arguments: ["-c", "why s0626-158", "-c", "expect denied by limits.cycle_limit"]),
    Ending(status: 0, arguments: ["-c", "quit", "-c", "wy"]),
    Ending(status: 1, arguments: ["-c", "why nobody-1"], says: "no event has the id"),
    Ending(status: 1, arguments: ["why", "nobody-1"], says: "no event has the id"),
    Ending(status: 1, arguments: ["-c", "select blance from accounts;"], says: "there is no column `blance`"),
    Ending(status: 1, arguments: ["-c", "delete from events;"], says: "unknown verb `delete`"),
    Ending(status: 1, arguments: ["-f", "nowhere"], says: "there is no `nowhere`"),
    Ending(status: 2, arguments: ["-c", "why s0626-158", "-c", "expect allowed"]),
    Ending(status: 2, arguments: ["-c", "use delta", "-c", "expect balance is $1"]),
    Ending(status: 3, arguments: ["-c", "why s0626-158 under 'limits.spendig_limit default $1'"], says: "P0451"),
    Ending(status: 3, arguments: ["why", "s0626-158", "--under", "limits.spendig_limit default $1"], says: "P0451"),
    Ending(status: 4, arguments: ["-s", "nowhere.payg", "-c", "accounts"], says: "there is no store"),
    Ending(status: 4, arguments: ["-s", "Package.swift", "-c", "accounts"], says: "is not a payg store"),
    Ending(status: 4, arguments: ["accounts", "--store", "nowhere.payg"], says: "there is no store"),
    Ending(status: 64, arguments: ["-c"], says: "Missing value"),
    Ending(status: 64, arguments: ["--nonsense"], says: "Unknown option"),
    Ending(status: 64, arguments: ["wy", "s0626-158"], says: "unknown command `wy`"),
    Ending(status: 64, arguments: ["-s", "a.payg", "-p", "rules", "-c", "accounts"], says: "without a store"),
    Ending(status: 64, arguments: ["query", "drop table events"], says: "this is no query"),
  ]

  @Test("each way to end has its number", arguments: PromptScriptTests.endings)
  func ends(ending: Ending) throws {
    let run = try PromptStore.ask(ending.arguments)
    #expect(run.status == ending.status && (ending.says.isEmpty || run.error.contains(ending.says)), "\(run)")
    if ending.status == 0 { #expect(run.error == "" && (run.out != "" || ending.arguments[1] == "quit"), "\(run)") }
  }

  @Test("the table of numbers is what is tried here")
  func numbers() throws {
    let shown = try Program.run(["help", "exit-codes"])
    let rows = shown.out.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first }
    // Files of usage and Ctrl-C have tests of their own.
    let tried = Set(Self.endings.map(\.status) + [5, 130]).sorted()
    #expect(rows.compactMap { Int32($0) } == tried)
  }

  @Test(
    "Ctrl-C ends what takes long with 130, and nothing follows",
    arguments: [
      PromptStore.endless, "compare current 'limits.spending_limit default $10' on all",
      "compare current 'limits.spending_limit default $10' on all --json",
    ])
  func interrupted(line: String) throws {
    try Program.withFolder { (folder: URL) throws in
      // From the first SQL on somebody watches for it; the file tells that this has been.
      let lines = ["select 1;", "accounts > ready", line, "balance delta > after"].flatMap { ["-c", $0] }
      let error = folder.appending(path: "error").path
      let process = try PromptStore.spawn(["-s", try PromptStore.path()] + lines, in: folder, error: error)
      let isReady = wait { FileManager.default.fileExists(atPath: folder.appending(path: "ready").path) }
      if isReady { kill(process, SIGINT) }
      var status: Int32 = 0
      let isOver = wait { waitpid(process, &status, WNOHANG) == process }
      if !isOver {
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
      }
      let said = try String(contentsOfFile: error, encoding: .utf8)
      try #require(isReady && isOver, "\(said)")
      // It ended by itself, not by the signal.
      #expect(status & 0x7F == 0 && (status >> 8) & 0xFF == 130, "\(status) \(said)")
      let after = FileManager.default.fileExists(atPath: folder.appending(path: "after").path)
      #expect(!after, "what follows is not done")
    }
  }

  /// Waits long: a machine may be slow.
  private func wait(until holds: () -> Bool) -> Bool {
    let end = Date.now.addingTimeInterval(120)
    while Date.now < end {
      if holds() { return true }
      usleep(10_000)
    }
    return holds()
  }

  @Test("a reader that has seen enough is no failure")
  func closedPipe() throws {
    let run = try PromptStore.bash(
      #"payg -s "$0" -c 'events --all' -c 'events --all' | head -n 1; exit "${PIPESTATUS[0]}""#,
      [try PromptStore.path()])
    #expect(run.status == 0 && run.out.split(separator: "\n").count == 1 && run.error == "", "\(run)")
  }

  // MARK: - What programs read

  @Test("JSON is one object a line, with what it is and where it was looked")
  func json() throws {
    let run = try PromptStore.ask([
      "--json", "-c", "balance delta", "-c", "why s0626-158", "-c", "accounts", "-c", "select 1 as a;", "-c",
      "balance ember as of 2026-10-15",
    ])
    #expect(run.status == 0, "\(run)")
    let objects = try run.out.split(separator: "\n").map { try JsonReader.read(Array($0.utf8)) }
    let schemas = objects.map { $0["schema"]?.text ?? "" }
    #expect(schemas == ["payg.balance/1", "payg.why/1", "payg.accounts/1", "payg.sql/1", "payg.balance/1"])
    let coordinates = objects.compactMap { $0["coordinates"] }
    let accounts = coordinates.map { $0["account"]?.text ?? "" }
    #expect(accounts == ["delta", "delta", "", "", "ember"])
    let policies = Set(coordinates.compactMap { $0["policy"]?.text })
    #expect(policies.count == 1 && policies.first?.count == 64)
    for place in coordinates {
      #expect(place["branch"] == .null)
      #expect(place["store"]?.text?.hasSuffix("demo.payg") == true)
    }
    #expect(coordinates.map { $0["as_of"]?.text }.last == "2026-10-15T00:00:00Z")
    let row = try #require(objects[0]["rows"]?.elements.last)
    #expect(row["balance_usd"] == nil && row["bucket"]?.text == "balance")
    #expect(row["amount_nano"]?.integer == 30_049_622_000 && row["amount_usd"]?.text == "30.049622")
  }

  @Test("what is wrong is JSON as well, on standard error")
  func jsonErrors() throws {
    func error(_ arguments: [String], input: String = "") throws -> Json {
      let run = try PromptStore.ask(arguments, input: input)
      #expect(run.out == "" && run.status != 0, "\(run)")
      let json = try JsonReader.read(Array(run.error.utf8))
      #expect(json["schema"]?.text == "payg.error/1" && json["status"]?.integer == Int64(run.status), "\(run)")
      #expect(json["message"]?.text?.isEmpty == false, "\(run)")
      return json
    }
    let verb = try error(["--json"], input: "\nwy s0626-158\nbalance delta\n")
    #expect(verb["file"]?.text == "standard input" && verb["line"]?.integer == 2)
    #expect(verb["code"]?.text == "unknown_verb" && verb["help"]?.text == "why s0626-158")
    #expect(verb["from"]?.integer == 0 && verb["to"]?.integer == 2)
    let column = try error(["--json", "-c", "select blance from accounts;"])
    #expect(column["code"]?.text == "sql" && column["from"]?.integer == 7)
    #expect(try error(["--json", "-s", "nowhere.payg", "-c", "accounts"])["status"]?.integer == 4)
    #expect(try error(["--json", "--safe", "-c", "accounts > a.csv"])["status"]?.integer == 1)
    #expect(try error(["why", "nobody-1", "--json"])["code"]?.text == "unknown_event")
  }

  @Test("CSV and tabs; a redirect writes a file in the form of its name")
  func files() throws {
    try Program.withFolder { (folder: URL) throws in
      let csv = try PromptStore.ask(["--csv", "-c", "balance delta"])
      #expect(csv.out.hasPrefix("bucket,amount_nano,amount_usd,"), "\(csv)")
      #expect(csv.out.contains("\r\nbalance,30049622000,30.049622,") || csv.out.contains("\nbalance,30049622000,"))
      let tabs = try PromptStore.ask(["-c", "accounts where account = 'delta'"])
      #expect(tabs.out == "delta\t0.00\t30.049622\t0.00\t1\n", "\(tabs)")
      let written = try PromptStore.ask(
        [
          "-c", "accounts > all.csv", "-c", "accounts --json > all.json", "-c", "balance delta > delta.txt", "-c",
          "balance delta >> delta.txt", "-c", "accounts | wc -l > count",
          "-c", "accounts where balance_nano > 60000000000",
        ], in: folder)
      #expect(written.status == 0, "\(written)")
      // A condition compares.
      #expect(written.out.hasPrefix("ember\t") && written.out.split(separator: "\n").count == 1, "\(written)")
      func file(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      }
      #expect(try file("all.csv").split(whereSeparator: \.isNewline).count == 13)
      #expect(try JsonReader.read(Array(file("all.json").utf8))["schema"]?.text == "payg.accounts/1")
      #expect(try file("delta.txt") == Self.delta + Self.delta)
      #expect(try Int(file("count").trimmingCharacters(in: .whitespacesAndNewlines)) == 12)
    }
  }

  @Test(
    "`--safe` opens no file and starts no program",
    arguments: [
      "accounts > made", "accounts >> made", "balance delta | tee made", ".read made", ".save made",
      "why s0626-158 under ./rules",
    ])
  func safe(line: String) throws {
    try Program.withFolder { (folder: URL) throws in
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "rules"), withDestinationURL: Program.root.appending(path: "rules"))
      let run = try PromptStore.ask(["--safe", "-c", line], in: folder)
      #expect(run.status == 1 && run.out == "", "\(run)")
      #expect(run.error.contains("closed") || run.error.contains("--safe"), "\(run)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "made").path))
    }
  }

  @Test(
    "colour where somebody asks for it",
    arguments: [
      ([:], [], false), (["CLICOLOR_FORCE": "1"], [], true), (["CLICOLOR_FORCE": "0"], [], false),
      (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], [], false), (["CLICOLOR_FORCE": "1", "NO_COLOR": ""], [], true),
      (["NO_COLOR": "1"], ["--color", "always"], true), (["CLICOLOR_FORCE": "1"], ["--color", "never"], false),
    ] as [([String: String], [String], Bool)])
  func colors(environment: [String: String], arguments: [String], isColored: Bool) throws {
    let run = try PromptStore.ask(arguments + ["-c", "why s0626-158", "-c", "wy"], environment: environment)
    #expect(run.out.contains("DENIED") && run.out.contains("\u{1B}[") == isColored, "\(run)")
    #expect(run.error.contains("\u{1B}[") == isColored, "\(run)")
  }

  // MARK: - Verbs as commands

  static let verbs: [String] = (AskedVerbs.look + AskedVerbs.why).compactMap { $0.configuration.commandName }

  /// An example of each verb, as far as it runs here.
  private static func examples(_ name: String) -> (verb: Verb, lines: [String])? {
    guard let verb = Verbs.all.first(where: { $0.name.replacing(" ", with: "-") == name }) else { return nil }
    if name == "review" { return (verb, ["review juno-refund-1", "review haven-1"]) }
    // What is in a file is asked for by a test of its own.
    return (verb, verb.examples.filter { !$0.contains(" > ") })
  }

  /// The words behind the verb, as a shell would pass them.
  private static func words(_ line: String, _ verb: Verb) -> [String] {
    let count = verb.name.split(separator: " ").count
    if verb.shape.takesRest { return line.split(separator: " ").dropFirst(count).map(String.init) }
    return Words(line).words.dropFirst(count).map(\.text)
  }

  @Test("a verb as a command prints what its line prints, in JSON too", arguments: PromptScriptTests.verbs)
  func commands(name: String) throws {
    let (verb, lines) = try #require(Self.examples(name))
    #expect(!lines.isEmpty, "\(name) has no example")
    for line in lines {
      let words = Self.words(line, verb)
      let asked = try PromptStore.ask(["-c", line])
      let command = try PromptStore.ask([name] + words)
      #expect(asked.status == 0 && asked.out != "", "\(line)\n\(asked)")
      #expect((command.status, command.out, command.error) == (asked.status, asked.out, asked.error), "\(line)")
    }
    // One line has one mode.
    let line = try #require(lines.first { !$0.contains("--") })
    let json = try PromptStore.ask([name] + Self.words(line, verb) + ["--json"])
    let object = try JsonReader.read(Array(json.out.utf8))
    #expect(object["schema"]?.text == "payg.\(verb.name.replacing(" ", with: "_"))/1", "\(json.out.prefix(200))")
    #expect(object["coordinates"]?["policy"]?.text != nil, "\(json.out.prefix(200))")
    #expect(try PromptStore.ask(["--json", "-c", line]).out == json.out)
  }

  @Test("SQL as a command")
  func query() throws {
    let sql = "select account from accounts order by 1 limit 2"
    let (asked, command) = (try PromptStore.ask(["-c", sql]), try PromptStore.ask(["query", sql]))
    #expect(asked.status == 0 && asked.out == "ada\nbirch\n" && command.out == asked.out, "\(asked)\(command)")
  }

  // MARK: - Around it

  @Test("`payg` alone, where there is no store and nobody types, says what to type")
  func alone() throws {
    let run = try Program.run([], environment: ["PAYG_STORE": ""])
    #expect(run.status == 0 && run.out == Payg.greeting && run.error == "", "\(run)")
  }

  @Test("without a store and without rules there is still help, and what is missing is said in one sentence")
  func nothingThere() throws {
    try Program.withFolder { (folder: URL) throws in
      // Rules are looked for around the program as well.
      let program = folder.appending(path: "payg").path
      try FileManager.default.copyItem(atPath: Program.path, toPath: program)
      func run(_ words: String) throws -> Program {
        try PromptStore.bash(#""$0" "# + words, [program], environment: ["PAYG_STORE": ""], in: folder)
      }
      let help = try run("-c .help -c '.help why'")
      #expect(help.status == 0 && help.error == "" && help.out.contains("Ask why\n"), "\(help)")
      for line in ["-c accounts", "-c 'select 1;'", "query 'select 1'"] {
        let asked = try run(line)
        #expect(asked.status == 64 && asked.out == "", "\(asked)")
        #expect(
          asked.error == """
            error: no store is named, and there is no folder `rules` whose rules could be tried
              help: name one: payg -s acme.payg   or: payg -p FOLDER

            """, "\(asked)")
      }
      let rules = Program.root.appending(path: "rules").path
      let tried = try run("-p '\(rules)' -c 'balance' -c 'select account from accounts;'")
      #expect(tried.status == 0 && tried.out.hasSuffix("me\n"), "\(tried)")
      let wrong = try run("-p nowhere -c balance")
      #expect(wrong.status == 1 && wrong.error.contains("there is no `nowhere`"), "\(wrong)")
    }
  }

  @Test("the completion scripts are scripts", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let script = try Program.run(["completions", shell])
    #expect(script.status == 0 && script.error == "", "\(script.error)")
    for name in ["why", "what-if", "query", "compare"] { #expect(script.out.contains(name), "\(shell): \(name)") }
    try Program.withFolder { (folder: URL) throws in
      let file = folder.appending(path: "completions")
      try Program.write(script.out, to: file)
      // A shell that is not here cannot read it.
      let read = try PromptStore.bash(#"! command -v "$0" >/dev/null || "$0" -n "$1""#, [shell, file.path])
      #expect(read.status == 0 && read.error == "", "\(shell): \(read.error)")
    }
  }
}
