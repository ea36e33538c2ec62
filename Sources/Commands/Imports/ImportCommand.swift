import ArgumentParser

/// `payg import …`: brings lists and files of usage in.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring price lists and files of usage in.",
    subcommands: [ImportPrices.self, ImportUsage.self])
}
