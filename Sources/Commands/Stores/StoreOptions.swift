import ArgumentParser
import Engine
import Lab
import Language
import Shell
import Store

/// Which store a command works on, and what its policy needs to be read.
struct StoreOptions: ParsableArguments {
  /// Names the store where no option does.
  static let variable = "PAYG_STORE"

  @Option(
    name: [.customShort("s"), .customLong("store")],
    help: ArgumentHelp("The store; without it, $\(variable).", valueName: "file"), completion: .file())
  var path: String?

  @OptionGroup
  var opening: OpeningOptions

  /// The store that is meant.
  func path(_ console: Console) throws -> String {
    if let path { return path }
    if let path = console.environment[Self.variable], !path.isEmpty { return path }
    throw Complaint(
      message: "no store is named", help: "write `--store acme.payg`, or once: export \(Self.variable)=acme.payg",
      status: .badCommandLine)
  }

  func open(_ console: Console, _ access: AccountStore.Access = .write) throws -> AccountStore {
    try opening.open(path(console), console, access)
  }
}

extension StoreOptions {
  /// The store that a command line names which is wrong otherwise; nil where it names none.
  static func named(in arguments: [String], _ console: Console) -> StoreOptions? {
    var words: [String] = []
    for (word, next) in zip(arguments, arguments.dropFirst()) where word == "--store" || word == "-s" {
      words = [word, next]
    }
    guard let options = try? StoreOptions.parse(words), (try? options.path(console)) != nil else { return nil }
    return options
  }
}

/// How a store is opened.
struct OpeningOptions: ParsableArguments {
  /// A day.
  private static let longest = 86_400

  @Option(name: .customLong("wait"), help: ArgumentHelp("How long to wait for other writers.", valueName: "seconds"))
  var patience = 10

  @OptionGroup
  var plugins: PluginOptions

  func validate() throws {
    guard (0...Self.longest).contains(patience) else {
      throw ValidationError("--wait is from 0 to \(Self.longest) seconds")
    }
  }

  func open(_ path: String, _ console: Console, _ access: AccountStore.Access = .write) throws -> AccountStore {
    try AccountStore.open(path, access, patience: patience, compile: compiler(console))
  }

  /// Reads the policy texts that a store keeps.
  func compiler(_ console: Console) throws -> PolicyCompiler {
    PolicyReading.compiler(try plugins.loaded(console).vocabulary)
  }
}
