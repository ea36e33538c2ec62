import Formats
import Foundation
import Testing

@testable import Commands
@testable import Shell

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The command line as others see it: exit codes, streams, files.
@Suite("Program")
struct ProgramTests {
  static let wallet = """
    policy wallet "Requests are paid from a balance."
    bucket balance draw 10 keeps lots else insufficient_balance
    denial insufficient_balance 402 rank 90 "Insufficient balance"
    event request "one call"
      costing: money in $0..$1000
    on request rule charge
      pay request.costing

    """
  static let passing = "scenario \"Paid\"\ngiven  balance is $5\nwhen   request costing $1\nthen   balance is $4\n"
  static let failing =
    "scenario \"Wrong <one> & \\\"two\\\"\"\ngiven  balance is $5\nwhen   request costing $1\nthen   balance is $3\n"

  /// A folder with `rules/wallet` and one scenario file.
  static func withRules<Result>(
    _ scenario: String? = passing, policy: String = wallet, _ body: (URL) throws -> Result
  ) throws -> Result {
    try Program.withFolder { (folder: URL) throws in
      try Program.write(policy, to: folder.appending(path: "rules/wallet/policy.rules"))
      if let scenario { try Program.write(scenario, to: folder.appending(path: "rules/wallet/wallet.scenario")) }
      return try body(folder)
    }
  }

  // MARK: - Exit codes

  @Test("what was asked is answered: 0")
  func answered() throws {
    for arguments in [
      [], ["--version"], ["--help"], ["help", "exit-codes"], ["help", "stores"], ["help", "events"],
      ["help", "submit"],
      ["help", "request"], ["help", "test"], ["test", "--help"], ["check"], ["test"],
      ["test", "rules/wallet"], ["test", "rules/wallet/wallet.scenario"], ["fmt", "--check"],
      ["explain", "wallet.charge"],
      ["explain", "charge"], ["explain", "insufficient_balance"], ["explain", "p0101"], ["plugins"],
      ["plugins", "--json"],
      ["completions", "bash"], ["completions", "zsh"], ["completions", "fish"], ["check", "--json"],
      ["test", "--json"],
    ] {
      try Self.withRules { (folder: URL) throws in
        let program = try Program.run(arguments, in: folder)
        #expect(program.status == 0, "\(arguments): \(program.error)")
        #expect(!program.out.isEmpty || arguments.first == "fmt", "\(arguments)")
        // `fmt` counts files there; nothing else has anything to say.
        #expect(program.error.isEmpty || arguments.first == "fmt", "\(arguments): \(program.error)")
      }
    }
  }

  @Test("what cannot be done: 1")
  func failed() throws {
    for arguments in [
      ["check", "nowhere"], ["test", "nowhere"], ["fmt", "nowhere"], ["conform", "nowhere.json"],
      ["explain", "nothing"],
      ["explain", "P9999"], ["test", "--filter", "no such title"], ["test", "--reform", "nowhere.rules"],
    ] {
      try Self.withRules { (folder: URL) throws in
        let program = try Program.run(arguments, in: folder)
        #expect(program.status == 1, "\(arguments): \(program.error)")
        #expect(program.error.hasPrefix("error: ") && program.out.isEmpty, "\(arguments)")
      }
    }
    try Self.withRules(nil) { (folder: URL) throws in
      let program = try Program.run(["test"], in: folder)
      #expect(program.status == 1 && program.error.contains("no scenarios"))
    }
  }

  @Test("the checked thing is negative: 2")
  func negative() throws {
    try Self.withRules(Self.failing) { (folder: URL) throws in
      #expect(try Program.run(["test"], in: folder).status == 2)
      #expect(try Program.run(["test", "--tap"], in: folder).status == 2)
      #expect(try Program.run(["test", "--json"], in: folder).status == 2)
      #expect(try Program.run(["check"], in: folder).status == 0, "a scenario that fails is no mistake of the text")
    }
    try Self.withRules(Self.passing.replacing("given  ", with: "given     ")) { (folder: URL) throws in
      let program = try Program.run(["fmt", "--check", "rules"], in: folder)
      #expect(program.status == 2 && program.out == "would change rules/wallet/wallet.scenario\n")
      #expect(try Program.run(["fmt", "rules"], in: folder).status == 0)
      #expect(try Program.run(["fmt", "--check", "rules"], in: folder).status == 0)
    }
    let skipped = Self.passing.replacing("\"Paid\"", with: "\"Paid\" skip \"later\"")
    try Self.withRules(skipped) { (folder: URL) throws in
      #expect(try Program.run(["test"], in: folder).status == 0)
      #expect(try Program.run(["test", "--strict"], in: folder).status == 2)
    }
    try Self.withRules(
      Self.passing,
      policy: Self.wallet + "deny request rule never when request.costing > $999 with insufficient_balance\n"
    ) { (folder: URL) throws in
      #expect(try Program.run(["test", "--coverage"], in: folder).status == 0)
      #expect(try Program.run(["test", "--coverage", "--strict"], in: folder).status == 2)
    }
  }

  @Test("rules or scenarios that do not check: 3")
  func broken() throws {
    try Self.withRules(policy: Self.wallet.replacing("pay request", with: "pay reqest")) { (folder: URL) throws in
      for arguments in [["check"], ["test"], ["explain", "wallet.charge"], ["check", "--json"]] {
        let program = try Program.run(arguments, in: folder)
        #expect(program.status == 3, "\(arguments)")
        #expect(
          program.error.contains("rules/wallet/policy.rules:7:") != arguments.contains("--json"), "\(program.error)")
      }
    }
    try Self.withRules(Self.passing.replacing("request costing", with: "reqest costing")) { (folder: URL) throws in
      for command in ["check", "test"] {
        let program = try Program.run([command], in: folder)
        #expect(program.status == 3 && program.error.contains("error[P0410]"), "\(program.error)")
      }
    }
    try Self.withRules(policy: "bucket \"") { (folder: URL) throws in
      #expect(try Program.run(["fmt", "rules"], in: folder).status == 3)
    }
  }

  @Test("a wrong command line: 64, and what was probably meant")
  func commandLine() throws {
    for (arguments, word) in [
      (["chek"], "payg check"), (["tset", "rules"], "payg test"), (["completions", "tcsh"], "bash"),
      (["test", "--fliter", "x"], "--filter"),
      (["conform"], "file"), (["test", "--tap", "--json"], "--tap"), (["check", "--color", "purple"], "color"),
      (["test", "--filter", "("], "filter"),
      (["help", "exit-code"], "payg help exit-codes"), (["fmt", "-", "rules"], "-"),
    ] {
      let program = try Program.run(arguments)
      #expect(program.status == 64, "\(arguments): \(program.error)")
      #expect(program.error.contains(word), "\(arguments): \(program.error)")
      #expect(program.out.isEmpty)
    }
  }

  @Test("the table of exit codes is the list of exit codes")
  func table() {
    #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 64, 130])
    for status in ExitStatus.allCases { #expect(ExitStatus.table.contains("\(status.rawValue)  \(status.meaning)")) }
  }

  @Test("every command has an abstract and examples, none of which is wider than a terminal")
  func examples() throws {
    func look(_ command: Json, _ path: [String]) {
      let path = path + [command["commandName"]?.text ?? ""]
      let name = path.joined(separator: " ")
      if command["shouldDisplay"] == false || path.last == "help" { return }
      let discussion = command["discussion"]?.text ?? ""
      let lines = discussion.split(separator: "\n").filter { $0.hasPrefix("  ") }
      let inner = command["subcommands"]?.elements.filter { $0["commandName"] != "help" } ?? []
      let abstract = command["abstract"]?.text ?? ""
      #expect(abstract.hasSuffix(".") && abstract.first?.isUppercase == true, "\(name): \(abstract)")
      if inner.isEmpty {
        #expect(discussion.contains("EXAMPLES:\n"), "\(name)")
        // The shell is what there is without the name of a command.
        let start = name == "payg shell" ? "payg -" : name
        #expect(lines.contains { $0.contains(start) }, "\(name): no example of it")
      }
      for line in lines { #expect(line.count <= 80, "\(name): \(line)") }
      for one in inner { look(one, path) }
    }
    let dump = try Program.run(["--experimental-dump-help"]).out
    let tree = try #require(try JsonReader.read(Array(dump.utf8))["command"])
    #expect(tree["subcommands"]?.elements.count ?? 0 > 30)
    look(tree, [])
  }

  @Test("every topic is there, is named in the overview, and fits on a line")
  func topics() {
    for name in HelpTopic.names {
      #expect(HelpTopic.text(name)?.hasSuffix("\n") == true && Payg.configuration.discussion.contains(name), "\(name)")
    }
    for name in HelpTopic.names where name != "exit-codes" {
      for line in (HelpTopic.text(name) ?? "").split(separator: "\n") { #expect(line.count <= 122, "\(name): \(line)") }
    }
  }

  // MARK: - Streams

  @Test("standard input is formatted to standard output")
  func formatInput() throws {
    let program = try Program.run(["fmt", "-"], input: "policy   a \"A.\"\nsetting x : money   = $5\n")
    #expect(
      program.status == 0 && program.out.hasPrefix("policy a \"A.\"\nsetting x: money = $5")
        || program.out.contains("setting x : money = $5"))
    #expect(try Program.run(["fmt", "-", "--check"], input: "policy   a \"A.\"\n").status == 2)
    #expect(try Program.run(["fmt", "-"], input: "policy \"").status == 3)
    let scenario = try Program.run(["fmt", "-"], input: Self.passing)
    #expect(scenario.out == Self.passing)
  }

  @Test("a reader that goes away ends it quietly with 0")
  func closedPipe() throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", "set -o pipefail; \"$0\" completions bash | head -c 1 > /dev/null", Program.path]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
  }

  @Test("JUnit is well-formed XML with the counts of the run")
  func junit() throws {
    try Self.withRules(Self.passing + "\n" + Self.failing) { (folder: URL) throws in
      let program = try Program.run(["test", "--junit", "out.xml"], in: folder)
      #expect(program.status == 2)
      let reader = XMLReader()
      let parser = XMLParser(data: try Data(contentsOf: folder.appending(path: "out.xml")))
      parser.delegate = reader
      #expect(parser.parse(), "\(String(describing: parser.parserError))")
      #expect(reader.counts == ["testsuites": 1, "testsuite": 1, "testcase": 2, "failure": 1])
      #expect(reader.suites["tests"] == "2" && reader.suites["failures"] == "1")
      #expect(reader.names == ["Paid", "Wrong <one> & \"two\""])
    }
  }

  private final class XMLReader: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var suites: [String: String] = [:]
    var names: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      counts[name, default: 0] += 1
      if name == "testsuites" { suites = attributes }
      if name == "testcase" { names.append(attributes["name"] ?? "") }
    }
  }

  @Test("TAP has a plan, a line a scenario, and coverage as comments")
  func tap() throws {
    try Self.withRules(Self.passing + "\n" + Self.failing) { (folder: URL) throws in
      let lines = try Program.run(["test", "--tap", "--coverage"], in: folder).out.split(separator: "\n").map(
        String.init)
      #expect(lines.first == "TAP version 14" && lines.dropFirst().first == "1..2")
      #expect(lines.count { $0.hasPrefix("ok ") } == 1 && lines.count { $0.hasPrefix("not ok ") } == 1)
      #expect(lines.contains { $0.hasPrefix("# coverage of rules: ") })
      #expect(lines.allSatisfy { line in ["TAP", "1..", "ok ", "not ok ", "  ", "#"].contains { line.hasPrefix($0) } })
    }
  }

  @Test("what failed stands last, with the line, what there was, and the rule that decided")
  func report() throws {
    let text =
      "scenario \"Too much\"\ngiven  balance is $5\nwhen   request costing $6\nthen   allowed\n\n" + Self.passing
    try Self.withRules(text) { (folder: URL) throws in
      let out = try Program.run(["test"], in: folder).out
      let lines = out.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first == "not ok  rules/wallet/wallet.scenario  1 passed, 1 failed")
      #expect(
        out.contains(
          "  rules/wallet/wallet.scenario:4:8\n    wanted  allowed\n    got     denied with insufficient_balance by wallet.balance\n"
        ))
      #expect(lines.dropLast().last?.hasPrefix("1 passed, 1 failed, 0 skipped") == true)
    }
  }

  @Test("explain a diagnostic: what the example really renders to")
  func explain() throws {
    let out = try Program.run(["explain", "P0420"]).out
    #expect(
      out.contains("yields:") && out.contains("error[P0420]: unknown name `blance`")
        && out.contains("did you mean `balance`?"))
  }

  @Test("explain a rule: its whole text, and the scenarios that show it")
  func explainRule() throws {
    try Self.withRules { (folder: URL) throws in
      let out = try Program.run(["explain", "charge"], in: folder).out
      #expect(
        out.contains("  on request rule charge\n    pay request.costing\n")
          && out.contains("scenarios in which it decides or acts:\n  Paid\n"))
    }
  }

  @Test("a reform is laid over the rules")
  func reform() throws {
    try Self.withRules { (folder: URL) throws in
      try Program.write("reform \"Free\"\n  without wallet.charge\n", to: folder.appending(path: "free.rules"))
      #expect(try Program.run(["test", "--reform", "free.rules"], in: folder).status == 2)
      #expect(try Program.run(["check", "--reform", "free.rules"], in: folder).status == 0)
    }
  }

  @Test("the shipped rules are found from anywhere")
  func anywhere() throws {
    try Program.withFolder { (folder: URL) throws in
      let program = try Program.run(["explain", "limits.cycle_limit"], in: folder)
      #expect(program.status == 0 && program.out.contains("cap balance rule cycle_limit"))
    }
  }
}
