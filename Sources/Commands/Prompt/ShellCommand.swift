import ArgumentParser
import Diagnostics
import Lab
import Shell

/// `payg`, `payg -s STORE`, `payg -c LINE`, `payg -f FILE`: the shell, for people at a terminal and for scripts.
struct ShellCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell", abstract: "Ask, explain and simulate at a prompt (what `payg` alone does at a terminal).",
    discussion: """
      Lines are verbs, or SQL over documented views; `.help` lists them. Nothing changes the store. At a terminal it is a \
      prompt with completion; otherwise standard input is a script. A script stops at its first error.

      EXAMPLES:
        payg -s acme.payg                          the prompt
        payg -s acme.payg -c 'why r1' -c 'need _'
        payg -s acme.payg --json -c 'balance acme'
        payg -s acme.payg -f checks.payg
        payg -p rules                     no store: an account that is not kept

      A file that begins with `#!/usr/bin/env -S payg -f` is a program of its own.
      """)

  @Option(
    name: .customShort("c"), help: ArgumentHelp("A line to carry out; may be given several times.", valueName: "line"))
  var lines: [String] = []

  @Option(
    name: .customShort("f"), help: ArgumentHelp("A file of lines; `-` is standard input.", valueName: "file"),
    completion: .file())
  var file: String?

  @Flag(name: .long, help: "Go on after an error, and fail nevertheless.")
  var keepGoing = false

  @OptionGroup
  var options: SessionOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    if lines.isEmpty, file == nil, console.out.isTerminal, let converse = console.converse {
      return converse(try options.session(console, isInteractive: true))
    }
    let session = try options.session(console, isInteractive: false)
    var status = ExitStatus.answered
    for line in lines {
      let outcome = session.run(script: line, name: nil, goesOn: keepGoing)
      if status == .answered { status = outcome.status }
      if outcome.leaves || (outcome.status != .answered && !keepGoing) { return status }
    }
    guard lines.isEmpty || file != nil else { return status }
    let (text, name) = try script(console)
    let outcome = session.run(script: text, name: name, goesOn: keepGoing)
    return status == .answered ? outcome.status : status
  }

  private func script(_ console: Console) throws -> (text: String, name: String) {
    let bytes =
      file.map { $0 == "-" } ?? true ? console.input() : try TextFile.read(file ?? "", limit: Session.scriptBytes)
    let name = file.map { $0 == "-" ? "standard input" : $0 } ?? "standard input"
    guard bytes.count <= Session.scriptBytes, let text = String(validating: bytes, as: UTF8.self) else {
      throw Complaint(message: "\(name) is no text of at most \(Count.text(Session.scriptBytes)) bytes")
    }
    return (text, name)
  }
}
