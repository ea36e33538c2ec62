import ArgumentParser
import Diagnostics
import Engine
import Formats
import Lab
import Shell
import Store

/// `payg policy …`: the rules a store decides by.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show, change and export the policy of a store.",
    discussion: """
      EXAMPLES:
        payg policy                   which rules are in force, since when
        payg policy use rules         put other rules in force
        payg policy export old-rules
      """,
    subcommands: [PolicyShowCommand.self, PolicyUseCommand.self, PolicyExportCommand.self],
    defaultSubcommand: PolicyShowCommand.self)
}

struct PolicyShowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show which rules are in force, and since when.",
    discussion: """
      EXAMPLES:
        payg policy
        payg policy show --json
      """)

  @Flag(name: .customLong("json"), help: "Print it as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    try store.open(console, .read).read { reader in
      let hash = try reader.policyHash
      let files = try reader.policyFiles()
      let since = try reader.events(kind: StoreWriter.Own.policy, limit: 1).first
      let events = try reader.engine.program.events.map { (name: $0.name, summary: $0.summary) }
        .sorted { $0.name < $1.name }
      if asJSON {
        let json: [Json.Member] = [
          .init("schema", "payg.policy/1"), .init("policy", .text(hash)),
          .init("since", since.map { .text(TimeText.text($0.recordedAt)) } ?? .null),
          .init(
            "files", .list(files.map { ["name": .text($0.name), "bytes": .integer(Int64($0.bytes.count))] })),
          .init("events", .list(events.map { ["name": .text($0.name), "summary": .text($0.summary)] })),
        ]
        console.print(Json.object(json).compact)
        return .answered
      }
      let ink = Ink(console.out.isColored)
      console.print("policy \(ink.strong(hash))" + (since.map { ", since \(TimeText.text($0.recordedAt))" } ?? ""))
      console.print("\nfiles")
      for file in files { console.print("  \(file.name)  \(ink.dim(Count.text(file.bytes.count, "byte")))") }
      console.print("\nevents")
      let width = events.map(\.name.count).max() ?? 0
      for event in events {
        console.print("  \(event.name)\(String(repeating: " ", count: width - event.name.count))  \(event.summary)")
      }
      return .answered
    }
  }
}

struct PolicyUseCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "use", abstract: "Put other rules in force.",
    discussion: """
      The rules are checked first. They are refused where accounts have something that they have no place for.

      EXAMPLES:
        payg policy use rules
        payg policy use rules --reform ten.rules
      """)

  @Argument(help: "A folder of rules.", completion: .directory)
  var folder: String

  @Option(
    name: .long, help: ArgumentHelp("A reform to lay over the rules; may be given several times.", valueName: "file"))
  var reform: [String] = []

  @Flag(name: .customLong("json"), help: "Print the change as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let vocabulary = try store.opening.plugins.loaded(console).vocabulary
    guard let files = try PolicyReading.checked(folder, reforms: reform, vocabulary, console) else {
      return .brokenPolicy
    }
    let (old, new) = try store.open(console).write { writer in
      (try writer.policyHash, try writer.usePolicy(files))
    }
    PolicyChange(from: old, to: new).show(console, asJSON: asJSON)
    return .answered
  }
}

/// What a change of the policy came to.
struct PolicyChange {
  var from: String
  var to: String

  init(from old: String, to new: String) {
    from = old
    to = new
  }

  func show(_ console: Console, asJSON: Bool) {
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.policy-use/1"), .init("before", .text(from)), .init("policy", .text(to)),
        .init("changed", .bool(from != to)),
      ]
      console.print(Json.object(json).compact)
    } else if from == to {
      console.print("policy \(PolicyTexts.short(to)) is in force already")
    } else {
      console.print("policy \(PolicyTexts.short(to)) is in force now, before it was \(PolicyTexts.short(from))")
    }
  }
}

struct PolicyExportCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the texts of the policy in force into a new folder.",
    discussion: """
      EXAMPLES:
        payg policy export rules-of-acme && payg check rules-of-acme
      """)

  @Argument(help: "A folder that is not there yet.", completion: .directory)
  var folder: String

  @Flag(name: .customLong("json"), help: "Print what was written as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let (hash, files) = try store.open(console, .read).read { reader in
      (try reader.policyHash, try reader.policyFiles())
    }
    try NewFolder.write(files, to: folder)
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.policy-export/1"), .init("policy", .text(hash)), .init("folder", .text(folder)),
        .init("files", .list(files.map { .text($0.name) })),
      ]
      console.print(Json.object(json).compact)
    } else {
      console.print("wrote \(Count.text(files.count, "file")) of policy \(PolicyTexts.short(hash)) to \(folder)")
    }
    let reforms = files.map(\.name).filter { $0.hasPrefix(PolicyTexts.reformFolder + "/") }
    if !reforms.isEmpty {
      let options = reforms.map { "--reform \(TextFile.join(folder, $0))" }.joined(separator: " ")
      console.error.write("its reforms are laid over with: payg policy use \(folder) \(options)\n")
    }
    return .answered
  }
}
