import Formats
import Foundation
import Lab
import Testing

/// Native plugins and payment providers on the command line.
@Suite("Plugins on the command line")
struct PluginCommandTests {
  static let policy = """
    policy invoices "late ones cost"
    bucket balance draw 10 keeps lots else too_little
    denial too_little 402 rank 90 "Too little"
    event invoice "a bill"
      amount: money in $0..$1000
      due: time
    on invoice rule charge
      pay invoice.amount
    after invoice rule late
      when days_late(invoice.due, now) > 2
      charge_fee $5 from balance because late

    """
  static let scenario = """
    scenario "Late"
    at     2026-01-31
    given  balance is $100
    when   invoice amount $60, due 2026-01-27
    then   notified late, balance is $35

    """

  /// A folder with rules that need the plugin `fees`, and the plugin, built from C with the given definitions.
  static func withPlugin<Result>(
    _ source: String = "fees", _ define: String = "", _ body: (URL) throws -> Result
  )
    throws -> Result
  {
    try Program.withFolder { (folder: URL) throws in
      try Program.write(policy, to: folder.appending(path: "rules/invoices/policy.rules"))
      try Program.write(scenario, to: folder.appending(path: "rules/invoices/late.scenario"))
      let build = Process()
      build.executableURL = URL(filePath: "/bin/sh")
      build.arguments =
        [
          "-c", "\"${CC:-$(command -v cc || command -v clang || command -v gcc)}\" -w -shared -fPIC \"$@\"", "sh", "-I",
          Program.root.appending(path: "Sources/CPaygPlugin/include").path, "-o",
          folder.appending(path: "fees.so").path,
          Program.root.appending(path: "Tests/Fixtures/native-plugin/\(source).c").path,
        ] + (define.isEmpty ? [] : ["-D\(define)"])
      try build.run()
      build.waitUntilExit()
      #expect(build.terminationStatus == 0, "a C compiler is needed")
      return try body(folder)
    }
  }

  @Test("every command that reads rules takes a plugin")
  func commands() throws {
    try Self.withPlugin { (folder: URL) throws in
      try Program.write(
        #"{"scenarios": []}"# + "\n", to: folder.appending(path: "cases.json"))
      for arguments in [["check"], ["test"], ["explain", "invoices.late"]] {
        let without = try Program.run(arguments, in: folder)
        #expect(without.status == 3 && without.error.contains("days_late"), "\(arguments): \(without.error)")
        let with = try Program.run(arguments + ["--plugin", "fees.so"], in: folder)
        #expect(with.status == 0 && with.error.isEmpty, "\(arguments): \(with.error)")
      }
      #expect(try Program.run(["conform", "cases.json"], in: folder).status == 3)
      let conform = try Program.run(["conform", "cases.json", "--plugin", "./fees.so"], in: folder)
      #expect(conform.status == 0 && conform.out == "0 passed, 0 failed\n", "\(conform.error)")
    }
  }

  @Test("plugins lists what a library brings, for people and for machines")
  func list() throws {
    try Self.withPlugin { (folder: URL) throws in
      let text = try Program.run(["plugins", "--plugin", "fees.so"], in: folder)
      #expect(text.status == 0, "\(text.error)")
      for line in [
        "fees 1: days late, and fees that say what they are for  (fees.so)\n",
        "    days_late(due: time, paid: time) -> integer\n", "      days_late(2026-01-31, 2026-02-03) is 3\n",
        "    charge_fee AMOUNT from BUCKET because REASON\n",
        "  payment providers\n    sandbox\n      moves no money, and says what the card is called\n",
      ] {
        #expect(text.out.contains(line), "\(text.out)")
      }
      let json = try JsonReader.read(
        Array(try Program.run(["plugins", "--json", "--plugin", "fees.so"], in: folder).out.utf8))
      let plugins = json["plugins"]?.elements ?? []
      #expect(plugins.map { $0["name"]?.text } == ["standard", "fees"])
      #expect(plugins.map { $0["file"]?.text } == [nil, "fees.so"])
      #expect(plugins.last?["providers"]?.elements.first?["name"]?.text == "sandbox")
      #expect(plugins.last?["effects"]?.elements.first?["verb"]?.text == "charge_fee")
    }
  }

  static let refused: [(define: String, words: String)] = [
    (
      "ABI=3",
      "error: `fees.so`: it was built for version 3 of the interface, and this payg has 1\n  help: build it again"
    ),
    ("CONSTRUCTOR=abort()", "error: `fees.so`: loading it crashes: signal 6"),
    ("CODE=abort()", "error: `fees.so`: the example of `twice` crashes: signal 6"),
    ("RESULT=\"43\"", "gives 42, not 43"),
    ("FUNCTION=\"abs\"", "`abs` comes from both `standard` and `small`"),
  ]

  @Test("a library that is wrong or crashes is a refusal: 1", arguments: refused)
  func refusal(define: String, words: String) throws {
    try Self.withPlugin("broken", define) { (folder: URL) throws in
      for arguments in [["plugins"], ["check"]] {
        let program = try Program.run(arguments + ["--plugin", "fees.so"], in: folder)
        #expect(program.status == 1 && program.out.isEmpty, "\(program.out)")
        #expect(program.error.contains(words), "\(program.error)")
      }
    }
  }

  @Test("the same library twice is a clash, and a file that is none a refusal")
  func twice() throws {
    try Self.withPlugin { (folder: URL) throws in
      let twice = try Program.run(["plugins", "--plugin", "fees.so", "--plugin", "./fees.so"], in: folder)
      #expect(twice.status == 1 && twice.error.contains("`./fees.so`: `fees` comes from both `fees` and `fees`"))
      for (file, words) in [("nowhere.so", "there is no such file"), ("rules", "it is not a file")] {
        let program = try Program.run(["check", "--plugin", file], in: folder)
        #expect(program.status == 1 && program.error.hasPrefix("error: `\(file)`: \(words)"), "\(program.error)")
      }
    }
  }

  // MARK: - Providers

  static let provider = [
    "--", "python3", Program.root.appending(path: "Tests/Fixtures/providers/example-provider.py").path,
  ]
  static func broken(_ way: String) -> [String] {
    ["--", "sh", Program.root.appending(path: "Tests/Fixtures/providers/broken-provider.sh").path, way]
  }

  @Test("one request to a program, and its answer")
  func tryProgram() throws {
    #expect(try Program.run(["provider", "try"] + Self.provider).out == "paid\n")
    let declined = try Program.run(["provider", "try", "--card", "declined", "--again"] + Self.provider)
    #expect(declined.status == 0 && declined.out == "declined: insufficient funds\n", "\(declined.error)")
    let json = try Program.run(
      ["provider", "try", "--card", "pending", "--amount", "2.50", "--key", "k", "--json", "--kind", "refund"]
        + Self.provider)
    let wanted =
      #"{"schema": "payg.provider/1", "provider": "python3", "key": "k", "amount_nano": 2500000000, "answer": "pending", "reason": null}"#
    #expect(json.out == wanted + "\n")
  }

  @Test("a provider that breaks the protocol: 1; another answer for the same key: 2; no provider: 64")
  func tryBroken() throws {
    for (way, words) in [
      ("junk", "wrote `paid, I think`, which is not an answer"), ("dies", "ended with status 3"),
      ("version", "speaks version 2"), ("wrong-key", "answered `another` where `try#1` was asked"),
    ] {
      let program = try Program.run(["provider", "try"] + Self.broken(way))
      #expect(program.status == 1 && program.out.isEmpty && program.error.contains(words), "\(program.error)")
    }
    let missing = try Program.run(["provider", "try", "--", "./no-such-provider"])
    #expect(missing.status == 1 && missing.error.contains("could not be started: no such file"), "\(missing.error)")
    let moody =
      "n=0; echo '{\"payg\": 1, \"ready\": true}'; for a in paid declined; do read -r line; "
      + "echo '{\"key\": \"try#1\", \"answer\": \"'$a'\"}'; done; read -r line"
    let twice = try Program.run(["provider", "try", "--again", "--", "sh", "-c", moody])
    #expect(twice.status == 2 && twice.error.contains("it answered `declined`"), "\(twice.error)")
    for arguments in [[], ["--amount", "0"] + Self.provider, ["--amount", "x"] + Self.provider, ["--kind", "gift"]] {
      #expect(try Program.run(["provider", "try"] + arguments).status == 64, "\(arguments)")
    }
  }

  @Test("a provider of a native plugin")
  func tryNative() throws {
    try Self.withPlugin { (folder: URL) throws in
      let paid = try Program.run(["provider", "try", "--plugin", "fees.so", "--name", "sandbox"], in: folder)
      #expect(paid.status == 0 && paid.out == "paid\n", "\(paid.error)")
      let broken = try Program.run(
        ["provider", "try", "--plugin", "fees.so", "--name", "sandbox", "--card", "broken"], in: folder)
      #expect(broken.status == 1 && broken.error.contains("`sandbox` failed with 1"), "\(broken.error)")
      let unknown = try Program.run(["provider", "try", "--plugin", "fees.so", "--name", "stripe"], in: folder)
      #expect(unknown.status == 1 && unknown.error.contains("payg provider try --name sandbox"), "\(unknown.error)")
    }
  }

  @Test("the command that tries plugins out is not for people")
  func hidden() throws {
    for arguments in [["--help"], ["completions", "bash"]] {
      #expect(try !Program.run(arguments).out.contains("__probe-plugin"), "\(arguments)")
    }
    #expect(try Program.run(["provider"]).out.contains("try"))
    #expect(try Program.run(["help", "providers"]).out.contains("{\"payg\": 1, \"ready\": true"))
    #expect(try Program.run(["completions", "bash"]).out.contains("--plugin"))
  }
}
