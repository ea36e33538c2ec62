import ArgumentParser
import Formats
import Shell
import Store

struct BackupCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy a store, in one moment of it, while it is used.",
    discussion: """
      The copy is a store like any other. An existing file is never written over.

      EXAMPLES:
        payg backup acme-2026-01-31.payg
      """)

  @Argument(help: "Where the copy goes.", completion: .file())
  var file: String

  @Flag(name: .customLong("json"), help: "Say so as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let path = try store.path(console)
    try store.open(console, .read).backup(to: file)
    if asJSON {
      let json: [Json.Member] = [
        .init("schema", "payg.backup/1"), .init("store", .text(path)), .init("file", .text(file)),
      ]
      console.print(Json.object(json).compact)
    } else {
      console.print("copied \(path) to \(file)")
    }
    return .answered
  }
}
